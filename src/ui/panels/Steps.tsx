import { memo, useEffect, useRef, type CSSProperties } from 'react';
import { branchMoments, frameOf } from '../../session/frame';
import { frameText, seek } from '../../session/moves';
import type { Moment } from '../../session/trail';
import { afterPaint } from '../afterPaint';
import { processColour } from '../processColour';
import { useSession, useSessionStore } from '../useSession';
import styles from './panels.module.css';

export function Steps() {
  const moments = useSession(branchMoments);
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
            <Row
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

const Row = memo(function Row({
  moment,
  current,
  future,
}: {
  readonly moment: Moment;
  readonly current: boolean;
  readonly future: boolean;
}) {
  const session = useSessionStore();
  const frame = frameOf(moment);
  const task = frame.program.tasks[frame.task ?? -1]?.name ?? '';
  const refused = frame.events.some(({ note }) => note.kind === 'fail');
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
          onClick={() => seek(session, moment.depth)}
        >
          {moment.depth}
        </button>
      </td>
      <td>
        <b>{task}</b>
      </td>
      <td className={styles.mono}>{frame.step?.id ?? 'call'}</td>
      <td className={refused ? styles.bad : ''}>
        {frameText(frame)}
        {frame.violations.map((each) => (
          <div key={each.text} className={styles.bad}>
            ⚠ {each.property}: {each.text}
          </div>
        ))}
      </td>
    </tr>
  );
});
