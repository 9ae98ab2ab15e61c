import { currentFrame } from '../../session/frame';
import { tasksOf, waitSentence } from '../../session/tasks';
import { late } from '../late';
import { LoadGuard } from '../LoadGuard';
import { useSession } from '../useSession';
import styles from './Details.module.css';
import panels from './panels.module.css';
import { Part } from './Part';

const ObjectFacts = late(async () => (await import('./ObjectFacts')).ObjectFacts);

/** The selected object or task in words: its fields, who points at it, who holds it and since when, and why anybody waits. */
export function Details() {
  const frame = useSession(currentFrame);
  const selection = useSession((state) => state.selection);
  const object = frame.program.objects.find((each) => each.name === selection);
  const tasks = tasksOf(frame);
  const task = tasks.find((each) => each.name === selection);
  const blocked = tasks.flatMap((each) => (each.wait && each.call ? [`${each.name} ${waitSentence(each.wait)}`] : []));
  return (
    <section className={`${panels.panel} ${panels.details} ${styles.panel}`} aria-label="Details" tabIndex={0} data-empty={object || task ? undefined : ''}>
      <h2 className={panels.heading}>{object ? `struct ${object.type} ${object.name}` : (task?.name ?? 'Details')}</h2>
      {!object && !task && <p className={panels.note}>Select an object on the stage to see its fields, who points at it, and who holds it.</p>}
      {task && <p className={panels.note}>{task.wait ? `${task.name} ${waitSentence(task.wait)}` : (task.next?.title ?? 'has made all its calls')}</p>}
      {blocked.length > 0 && <Part title="Why blocked?"><ul>{blocked.map((line) => <li key={line} className={panels.wait}>{line}</li>)}</ul></Part>}
      {object && <LoadGuard what="What is known of it"><ObjectFacts object={object} /></LoadGuard>}
    </section>
  );
}
