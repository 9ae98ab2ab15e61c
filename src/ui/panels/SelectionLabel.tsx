import { currentSnapshot } from '../../session/trace/replay';
import { resolveSelection } from '../../session/queries/selectedItem';
import { iconForType, KindIcon } from '../controls/KindIcon';
import { useSession } from '../useSession';
import styles from './SelectionLabel.module.css';

/** What is selected, by its sign and its name; nothing where nothing is. */
export function SelectionLabel() {
  const frame = useSession(currentSnapshot);
  const selection = useSession((state) => state.selection);
  const what = resolveSelection(frame, selection);
  if (!what) return undefined;
  const name =
    what.kind === 'object' ? what.object.name : what.kind === 'actor' ? what.name : what.title;
  return (
    <small className={styles.name}>
      <KindIcon
        glyph={
          what.kind === 'object'
            ? iconForType(what.object.type)
            : what.kind === 'actor'
              ? 'process'
              : 'fops'
        }
        size={12}
      />
      <span>{` ${name}`}</span>
    </small>
  );
}
