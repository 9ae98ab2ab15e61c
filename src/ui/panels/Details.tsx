import { fieldText, holders } from '../../kernel/describe';
import { waiters } from '../../kernel/machine';
import { currentFrame } from '../../session/frame';
import { tasksOf, waitSentence } from '../../session/tasks';
import { useSession } from '../useSession';
import styles from './panels.module.css';

export function Details() {
  const frame = useSession(currentFrame);
  const selection = useSession((state) => state.selection);
  const { program, state } = frame;
  const object = program.objects.find((each) => each.name === selection);
  const task = tasksOf(frame).find((each) => each.name === selection);
  const blocked = tasksOf(frame).flatMap((each) => (each.wait && each.call ? [`${each.name} ${waitSentence(each.wait)}`] : []));
  return (
    <section className={`${styles.panel} ${styles.details}`} aria-label="Details" tabIndex={0}>
      <h2 className={styles.heading}>{object ? `${object.type} ${object.name}` : (task?.name ?? 'Details')}</h2>
      {!object && !task && <p className={styles.note}>Select an object on the stage to see its fields and who holds it.</p>}
      {task && <p className={styles.note}>{task.wait ? waitSentence(task.wait) : (task.next?.title ?? 'has made all its calls')}</p>}
      {blocked.map((line) => <p key={line} className={`${styles.note} ${styles.wait}`}>{line}</p>)}
      {object && <p className={styles.note}>{object.spec.about}</p>}
      {object && (
        <dl>
          {Object.entries(object.fields).map(([name, field]) => {
            const held = holders(program, state, field).map((each) => `${each.name}: ${each.why}`);
            const line = program.fields[field]?.kind === 'mutex' ? waiters(program, state, field).map((each) => `${program.tasks[each]?.name ?? ''} waits`) : [];
            return <div key={name}><dt>{name}</dt><dd>{fieldText(program, state, field)}{[...held, ...line].map((each) => <div key={each}>{each}</div>)}</dd></div>;
          })}
        </dl>
      )}
    </section>
  );
}
