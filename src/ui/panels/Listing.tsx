import { Fragment, type CSSProperties } from 'react';
import { hover } from '../../session/attention';
import { callText } from '../../session/callText';
import { currentFrame } from '../../session/frame';
import { tasksOf } from '../../session/tasks';
import type { Step } from '../../kernel/program';
import { processColour } from '../processColour';
import { useSession, useSessionStore } from '../useSession';
import styles from './panels.module.css';

export function Listing() {
  const session = useSessionStore();
  const frame = useSession(currentFrame);
  const lit = useSession((state) => state.hover);
  const { program } = frame;
  const tasks = tasksOf(frame);
  const shown = tasks.find((task) => task.index === frame.task && task.call)?.call ?? (frame.step && program.calls[frame.step.call]) ?? tasks.find((task) => task.next)?.upcoming ?? tasks.find((task) => task.call)?.call;
  const steps = shown ? (program.tasks[shown.task]?.steps.slice(shown.start, shown.end) ?? []) : [];
  const light = (each: Step) => () => hover(session, { objects: [...new Set(each.touches.map((field) => program.fields[field]?.object ?? -1))].filter((object) => object >= 0), fields: each.touches, step: each.name });
  return (
    <section className={styles.panel} aria-label="Listing" tabIndex={0} onMouseLeave={() => hover(session, undefined)}>
      <h2 className={styles.heading}>Listing{shown && `: ${shown.call.by}, ${callText(shown.call)}`}</h2>
      {!shown && <p className={styles.note}>The call that runs is listed here.</p>}
      {steps.map((each, index) => {
        const at = tasks.filter((task) => task.next?.name === each.name && (task.index !== shown?.task || task.next.pc === each.pc));
        const first = at[0];
        return (
          <Fragment key={each.pc}>
            {each.routine !== steps[index - 1]?.routine && <h3 className={styles.routine}>{each.routine}()</h3>}
            <div className={styles.line} aria-current={first ? 'step' : undefined} data-lit={lit?.step === each.name ? '' : undefined} style={{ '--who': first ? processColour(program.world, first.name) : 'transparent' } as CSSProperties} onMouseEnter={light(each)}>
              <pre>{each.code.length > 0 ? each.code.join('\n') : `/* ${each.title} */`}</pre>
              <span className={styles.tag}>{each.id} {each.confidence}<span className={styles.markers}>{at.map((task) => <span key={task.name}>◀ {task.name}</span>)}</span></span>
              {(first !== undefined || lit?.step === each.name) && <cite>{each.cite}</cite>}
            </div>
          </Fragment>
        );
      })}
    </section>
  );
}
