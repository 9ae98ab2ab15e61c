import { memo, useEffect, useRef, type CSSProperties } from 'react';
import { snapshotAt } from '../../session/trace/replay';
import { visiblePath } from '../../session/queries/visiblePath';
import type { TraceNode } from '../../session/trace/traceTree';
import { afterPaint } from '../schedule';
import { processColour } from '../controls/processColour';
import { useSession, useSessionStore } from '../useSession';
import { NoSteps } from './NoSteps';
import { propertyById } from '../../kernel/properties/properties';
import { eventText } from '../../session/trace/snapshotText';
import panels from './panels.module.css';
import styles from './StepTable.module.css';
import { dispatch } from '../../session/actions/dispatch';

/** Every step of the branch as a table row. */
export function StepTable() {
  const path = useSession(visiblePath);
  const cursor = useSession((state) => state.run.cursor);
  const panel = useRef<HTMLElement>(null);
  useEffect(
    () =>
      afterPaint(() => {
        const row = panel.current?.querySelector<HTMLElement>('[aria-current]');
        const list = panel.current;
        if (row && list) list.scrollTop = row.offsetTop - list.clientHeight / 2;
      }),
    [cursor],
  );
  return (
    <section className={panels.panel} aria-label="Steps" tabIndex={0} ref={panel}>
      <table className={styles.steps}>
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">Task</th>
            <th scope="col">Step</th>
            <th scope="col">Effect</th>
          </tr>
        </thead>
        <tbody>
          {path.slice(1).map((node) => (
            <StepTableRow
              key={node.depth}
              node={node}
              current={node.depth === cursor}
              future={node.depth > cursor}
            />
          ))}
        </tbody>
      </table>
      {path.length < 2 && <NoSteps className={styles.empty} />}
    </section>
  );
}

const StepTableRow = memo(function StepTableRow({
  node,
  current,
  future,
}: {
  readonly node: TraceNode;
  readonly current: boolean;
  readonly future: boolean;
}) {
  const session = useSessionStore();
  const snapshot = snapshotAt(node);
  const task = snapshot.program.tasks[snapshot.task ?? -1]?.name ?? '';
  const refused = snapshot.events.some(({ template }) => template.kind === 'fail');
  return (
    <tr
      aria-current={current ? 'step' : undefined}
      data-future={future ? '' : undefined}
      style={{ '--process-colour': processColour(snapshot.program.world, task) } as CSSProperties}
    >
      <td>
        <button
          type="button"
          aria-label={`Go to step ${node.depth}`}
          onClick={() => dispatch(session, 'seek', { depth: node.depth })}
        >
          {node.depth}
        </button>
      </td>
      <td>
        <b>{task}</b>
      </td>
      <td className={styles.stepId}>{snapshot.step?.id ?? 'call'}</td>
      <td className={refused ? panels.bad : ''}>
        {eventText(snapshot)}
        {snapshot.violations.map(({ property, text }) => (
          <div key={text} className={panels.bad} data-tooltip={text}>
            property violated: {propertyById(property).title}
          </div>
        ))}
      </td>
    </tr>
  );
});
