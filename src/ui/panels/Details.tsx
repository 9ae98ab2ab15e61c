import { select } from '../../session/attention';
import { currentFrame, type Frame } from '../../session/frame';
import { selectedAt } from '../../session/selected';
import { tasksOf } from '../../session/tasks';
import { late } from '../late';
import { LoadGuard } from '../LoadGuard';
import buttons from '../controls/controls.module.css';
import { useSession, useSessionStore } from '../useSession';
import styles from './Details.module.css';
import panels from './panels.module.css';

const Facts = late(async () => (await import('./Facts')).Facts);

/** What is selected, in words: of an object its fields, who points at it, who holds it and since when, and why anybody waits. */
export function Details() {
  const session = useSessionStore();
  const frame = useSession(currentFrame);
  const selection = useSession((state) => state.selection);
  const what = selectedAt(frame, selection);
  const { name, title } = worthALook(frame);
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
        <LoadGuard what="What is known of it">
          <Facts what={what} />
        </LoadGuard>
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
              onClick={() => select(session, name)}
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
function worthALook(frame: Frame): { readonly name: string; readonly title: string } {
  const { program, step } = frame;
  const stuck = tasksOf(frame).find(({ wait, call }) => wait && call);
  if (stuck) return { name: stuck.name, title: `Why does ${stuck.name} wait?` };
  const touched = step?.touches
    .map((field) => program.objects[program.fields[field]?.object ?? -1])
    .find((object) => object);
  const name =
    (touched ?? program.objects.find(({ type }) => type === 'vfio_device') ?? program.objects[0])
      ?.name ?? '';
  return { name, title: `Look at ${name}` };
}
