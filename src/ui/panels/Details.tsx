import { select } from '../../session/attention';
import { currentFrame, type Frame } from '../../session/frame';
import { tasksOf } from '../../session/tasks';
import { late } from '../late';
import { LoadGuard } from '../LoadGuard';
import buttons from '../controls/controls.module.css';
import { useSession, useSessionStore } from '../useSession';
import styles from './Details.module.css';
import panels from './panels.module.css';

const Facts = late(async () => (await import('./Facts')).Facts);

/** The selected object, task or process in words: its fields, who points at it, who holds it and since when, and why anybody waits. */
export function Details() {
  const session = useSessionStore();
  const frame = useSession(currentFrame);
  const selection = useSession((state) => state.selection);
  const object = frame.program.objects.find((each) => each.name === selection);
  const who = selection !== undefined && (selection === 'driver' || frame.program.world.processes.includes(selection) || tasksOf(frame).some(({ name }) => name === selection)) ? selection : undefined;
  const { name, title } = worthALook(frame);
  return (
    <section id="details" className={`${panels.panel} ${panels.details} ${styles.panel}`} aria-label="Details" tabIndex={0} data-empty={object || who !== undefined ? undefined : ''}>
      <h2 className={panels.heading} data-named={object || who !== undefined ? '' : undefined}>{object ? <>struct {object.type} <b>{object.name}</b></> : who === undefined ? 'Details' : <b>{who}</b>}</h2>
      {object || who !== undefined
        ? <LoadGuard what="What is known of it"><Facts object={object} who={who ?? ''} /></LoadGuard>
        : (
          <div className={styles.empty}>
            <p>Why does it wait, who holds it, who points at it, who freed it: select anything on the stage and ask.</p>
            {name !== '' && <button type="button" className={`${buttons.button} ${buttons.small}`} onClick={() => select(session, name)}>{title}</button>}
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
  const touched = step?.touches.map((field) => program.objects[program.fields[field]?.object ?? -1]).find((object) => object);
  const name = (touched ?? program.objects.find(({ type }) => type === 'vfio_device') ?? program.objects[0])?.name ?? '';
  return { name, title: `Look at ${name}` };
}
