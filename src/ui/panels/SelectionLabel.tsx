import { currentSnapshot } from '../../session/trace/replay';
import { resolveSelection } from '../../session/queries/selectedItem';
import { iconForType, KindIcon } from '../controls/KindIcon';
import { useSession } from '../useSession';
import styles from './SelectionLabel.module.css';

/** Icon and name of the selection, if any. */
export function SelectionLabel() {
  const snapshot = useSession(currentSnapshot);
  const selection = useSession((state) => state.selection);
  const item = resolveSelection(snapshot, selection);
  if (!item) return undefined;
  const name =
    item.kind === 'object' ? item.object.name : item.kind === 'caller' ? item.name : item.title;
  return (
    <small className={styles.name}>
      <KindIcon
        glyph={
          item.kind === 'object'
            ? iconForType(item.object.type)
            : item.kind === 'caller'
              ? 'process'
              : 'fops'
        }
        size={12}
      />
      <span>{` ${name}`}</span>
    </small>
  );
}
