import { currentSnapshot, type Snapshot } from '../../session/trace/replay';
import { resolveSelection } from '../../session/queries/selectedItem';
import { taskStatuses } from '../../session/queries/taskStatus';
import { lazyPart } from '../controls/lazyPart';
import buttons from '../controls/controls.module.css';
import { useSession, useSessionStore } from '../useSession';
import styles from './DetailsPanel.module.css';
import panels from './panels.module.css';
import { dispatch } from '../../session/actions/dispatch';

const SelectionDetails = lazyPart({
  name: 'The details',
  load: async () => (await import('./SelectionDetails')).SelectionDetails,
  preload: true,
});

/** Details of the selection: fields, references, holders and block reasons of an object; calls and locks of a process. */
export function DetailsPanel() {
  const session = useSessionStore();
  const snapshot = useSession(currentSnapshot);
  const selection = useSession((state) => state.selection);
  const item = resolveSelection(snapshot, selection);
  const { name, title } = suggestedSelection(snapshot);
  return (
    <section
      id="details"
      className={`${panels.panel} ${panels.details} ${styles.panel}`}
      aria-label="Details"
      tabIndex={0}
      data-empty={item ? undefined : ''}
    >
      <h2 className={panels.heading} data-named={item ? '' : undefined}>
        {item?.kind === 'object' ? (
          <>
            struct {item.object.type} <b>{item.object.name}</b>
          </>
        ) : item ? (
          <b>{item.kind === 'caller' ? item.name : item.title}</b>
        ) : (
          'Details'
        )}
      </h2>
      {item ? (
        <SelectionDetails item={item} />
      ) : (
        <div className={styles.empty}>
          <p>
            Select a process, object or file on the stage to see its fields, holders and references,
            and why it is blocked.
          </p>
          {name !== '' && (
            <button
              type="button"
              className={`${buttons.button} ${buttons.small}`}
              onClick={() => dispatch(session, 'select', { name })}
            >
              {title}
            </button>
          )}
        </div>
      )}
    </section>
  );
}

/** A useful first selection: a blocked task, else an object that the last step touched, else any device. */
function suggestedSelection(snapshot: Snapshot): { readonly name: string; readonly title: string } {
  const { program, step } = snapshot;
  const blocked = taskStatuses(snapshot).find(({ wait, currentCall }) => wait && currentCall);
  if (blocked) return { name: blocked.name, title: `Show why ${blocked.name} waits` };
  const touched = step?.touches
    .map((field) => program.objects[program.fields[field]?.object ?? -1])
    .find((object) => object);
  const name =
    (touched ?? program.objects.find(({ type }) => type === 'vfio_device') ?? program.objects[0])
      ?.name ?? '';
  return { name, title: `Show ${name}` };
}
