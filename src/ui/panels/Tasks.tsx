import type { CSSProperties } from 'react';
import { callText } from '../../session/callText';
import { currentFrame } from '../../session/frame';
import { runTask, step } from '../../session/moves';
import { tasksOf, waitSentence } from '../../session/tasks';
import { pause } from '../../session/transport';
import buttons from '../controls/controls.module.css';
import { processColour } from '../processColour';
import { useSession, useSessionStore } from '../useSession';
import styles from './panels.module.css';

export function Tasks() {
  const session = useSessionStore();
  const frame = useSession(currentFrame);
  const tasks = tasksOf(frame).filter((task) => task.next);
  return (
    <section className={styles.panel} aria-label="Tasks" tabIndex={0}>
      <h2 className={styles.heading}>Who moves next</h2>
      {tasks.length === 0 && <p className={styles.note}>No call is under way. Pick an action of an actor.</p>}
      {tasks.map((task) => {
        const call = task.call ?? task.upcoming;
        const act = (make: typeof step) => () => {
          pause(session);
          make(session, task.name);
        };
        return (
          <div key={task.name} className={styles.task} style={{ '--who': processColour(frame.program.world, task.name) } as CSSProperties}>
            <div><b>{task.name}</b> <span className={styles.mono}>{call && callText(call.call)}</span></div>
            {task.canStep && <button type="button" className={buttons.button} aria-label={`Step ${task.name}`} onClick={act(step)}>Step</button>}
            {task.canStep && <button type="button" className={buttons.button} aria-label={`Run ${task.name}`} onClick={act(runTask)}>Run</button>}
            <small className={task.wait ? styles.wait : ''}>{task.wait ? waitSentence(task.wait) : task.next?.title}</small>
          </div>
        );
      })}
    </section>
  );
}
