import { memo, useEffect, useRef, type CSSProperties } from 'react';
import { branchPath, snapshotAt } from '../../session/trace/replay';
import type { TraceNode } from '../../session/trace/traceTree';
import { afterPaint } from '../afterPaint';
import { processColour } from '../processColour';
import { useSession, useSessionStore } from '../useSession';
import styles from './panels.module.css';
import { snapshotText } from '../../session/trace/snapshotText';
import { dispatch } from '../../session/actions/dispatch';

export function StepTable() {
  const moments = useSession(branchPath);
  const cursor = useSession((state) => state.run.cursor);
  const body = useRef<HTMLElement>(null);
  useEffect(
    () =>
      afterPaint(() => {
        const row = body.current?.querySelector<HTMLElement>('[aria-current]');
        const list = body.current;
        if (row && list) list.scrollTop = row.offsetTop - list.clientHeight / 2;
      }),
    [cursor],
  );
  return (
    <section className={styles.panel} aria-label="Steps" tabIndex={0} ref={body}>
      <table className={styles.steps}>
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">Task</th>
            <th scope="col">Step</th>
            <th scope="col">What happened</th>
          </tr>
        </thead>
        <tbody>
          {moments.slice(1).map((moment) => (
            <StepTableRow
              key={moment.depth}
              moment={moment}
              current={moment.depth === cursor}
              future={moment.depth > cursor}
            />
          ))}
        </tbody>
      </table>
      {moments.length < 2 && (
        <p className={styles.blank}>
          Nothing has happened yet. Act for somebody, or play the story: every step becomes a row
          here.
        </p>
      )}
    </section>
  );
}

const StepTableRow = memo(function Row({
  moment,
  current,
  future,
}: {
  readonly moment: TraceNode;
  readonly current: boolean;
  readonly future: boolean;
}) {
  const session = useSessionStore();
  const frame = snapshotAt(moment);
  const task = frame.program.tasks[frame.task ?? -1]?.name ?? '';
  const refused = frame.events.some(({ template: note }) => note.kind === 'fail');
  return (
    <tr
      aria-current={current ? 'step' : undefined}
      data-future={future ? '' : undefined}
      style={{ '--who': processColour(frame.program.world, task) } as CSSProperties}
    >
      <td>
        <button
          type="button"
          aria-label={`Go to step ${moment.depth}`}
          onClick={() => dispatch(session, 'seek', { depth: moment.depth })}
        >
          {moment.depth}
        </button>
      </td>
      <td>
        <b>{task}</b>
      </td>
      <td className={styles.mono}>{frame.step?.id ?? 'call'}</td>
      <td className={refused ? styles.bad : ''}>
        {snapshotText(frame)}
        {frame.violations.map((each) => (
          <div key={each.text} className={styles.bad}>
            ⚠ {each.property}: {each.text}
          </div>
        ))}
      </td>
    </tr>
  );
});
