import { currentSnapshot, type Snapshot } from '../../session/trace/replay';
import { resolveSelection } from '../../session/queries/selectedItem';
import { taskStatuses } from '../../session/queries/taskStatus';
import { lazyPart } from '../lazyPart';
import { LoadErrorBoundary } from '../controls/LoadErrorBoundary';
import buttons from '../controls/controls.module.css';
import { useSession, useSessionStore } from '../useSession';
import styles from './DetailsPanel.module.css';
import panels from './panels.module.css';
import { dispatch } from '../../session/actions/dispatch';

const SelectionDetails = lazyPart(
  async () => (await import('./SelectionDetails')).SelectionDetails,
);

/** What is selected, in words: of an object its fields, who points at it, who holds it and since when, and why anybody waits. */
export function DetailsPanel() {
  const session = useSessionStore();
  const frame = useSession(currentSnapshot);
  const selection = useSession((state) => state.selection);
  const what = resolveSelection(frame, selection);
  const { name, title } = suggestedSelection(frame);
  return (
    <section
      id="details"
      className={`${panels.panel} ${panels.details} ${styles.panel}`}
      aria-label="Details"
      tabIndex={0}
      data-empty={what ? undefined : ''}
    >
      <h2 className={panels.heading} data-named={what ? '' : undefined}>
        {what?.kind === 'object' ? (
          <>
            struct {what.object.type} <b>{what.object.name}</b>
          </>
        ) : what ? (
          <b>{what.kind === 'actor' ? what.name : what.title}</b>
        ) : (
          'Details'
        )}
      </h2>
      {what ? (
        <LoadErrorBoundary part="What is known of it">
          <SelectionDetails what={what} />
        </LoadErrorBoundary>
      ) : (
        <div className={styles.empty}>
          <p>
            Why does it wait, who holds it, who points at it, who freed it: select anything on the
            stage and ask.
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

/** What to ask about first: who waits, else what the last step touched, else any object. */
function suggestedSelection(frame: Snapshot): { readonly name: string; readonly title: string } {
  const { program, step } = frame;
  const stuck = taskStatuses(frame).find(({ wait, currentCall: call }) => wait && call);
  if (stuck) return { name: stuck.name, title: `Why does ${stuck.name} wait?` };
  const touched = step?.touches
    .map((field) => program.objects[program.fields[field]?.object ?? -1])
    .find((object) => object);
  const name =
    (touched ?? program.objects.find(({ type }) => type === 'vfio_device') ?? program.objects[0])
      ?.name ?? '';
  return { name, title: `Look at ${name}` };
}
