import { currentFrame } from '../../session/frame';
import { selectedAt } from '../../session/selected';
import { glyphOfType, KindGlyph } from '../stage/KindGlyph';
import { useSession } from '../useSession';
import styles from './SelectedName.module.css';

/** What is selected, by its sign and its name; nothing where nothing is. */
export function SelectedName() {
  const frame = useSession(currentFrame);
  const selection = useSession((state) => state.selection);
  const what = selectedAt(frame, selection);
  if (!what) return undefined;
  const name =
    what.kind === 'object' ? what.object.name : what.kind === 'actor' ? what.name : what.title;
  return (
    <small className={styles.name}>
      <KindGlyph
        glyph={
          what.kind === 'object'
            ? glyphOfType(what.object.type)
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
