import { useLayoutEffect, useMemo } from 'react';
import { propertyById } from '../../../kernel/properties/properties';
import type { ComparedRun, DesignColumn } from '../../../session/queries/compareDesigns';
import {
  comparisonOf,
  comparisonPosition,
  currentDifference,
} from '../../../session/queries/comparison';
import { summaryTexts, type DifferenceSide } from '../../../session/queries/sharedTimeline';
import { createSession } from '../../../session/store/session';
import { snapshotAt } from '../../../session/trace/replay';
import { snapshotText } from '../../../session/trace/snapshotText';
import { Icon, type IconName } from '../../controls/Icon';
import { processColour } from '../../controls/processColour';
import { Stage } from '../../stage/Stage';
import { SessionContext, useSession, useSessionStore } from '../../useSession';
import styles from './CompareView.module.css';
import { sharedLayoutsOf } from './sharedLayouts';

/** A call that passes or is refused is neither good nor bad: only a property says which. */
const SIDE_ICONS: Readonly<Partial<Record<DifferenceSide['kind'], IconName>>> = {
  holds: 'check',
  violates: 'close',
  blocked: 'lock',
};

interface ComparedStageProps {
  readonly column: DesignColumn;
  readonly compared: ComparedRun;
  /** Index of the run on the shared timeline. */
  readonly line: number;
  readonly inPage: boolean;
}

/** The stage of one run at the position of the shared timeline, under what happens there. */
export function ComparedStage({ column, compared, line, inPage }: ComparedStageProps) {
  const session = useSessionStore();
  // Selection, hover and camera of this stage do not concern the session on screen.
  const stageSession = useMemo(() => createSession(compared.run.setup, compared.run), [compared]);
  const depth = useSession((state) => {
    const { tick } = comparisonPosition(state);
    return comparisonOf(state).timeline?.depths[line]?.[tick] ?? 0;
  });
  useLayoutEffect(() => {
    const update = (): void =>
      stageSession.setState({
        run: { ...compared.run, cursor: depth },
        settings: session.getState().settings,
      });
    // While playing, one stage per frame, after that of the page: all at once would make a frame too long.
    return session.getState().settings.playing ? afterFrames(line + 1, update) : update();
  }, [stageSession, compared, depth, line, session]);
  const sharedLayout = useSession((state) => {
    const { timeline } = comparisonOf(state);
    return timeline && sharedLayoutsOf(timeline).get(compared);
  });
  return (
    <section
      className={styles.compared}
      aria-label={`Stage of ${column.name}`}
      data-current={column.isCurrent ? '' : undefined}
    >
      <div className={styles.stageHead}>
        <h3>
          {column.title} <code>{column.name}</code>
        </h3>
        <RunSummary compared={compared} depth={depth} />
      </div>
      <StageText title={column.title} compared={compared} line={line} depth={depth} />
      <div className={styles.stage}>
        <SessionContext value={stageSession}>
          <Stage
            wheel={inPage ? 'pan' : 'host'}
            toolbar={false}
            arrangement={COMPARED_ARRANGEMENT}
            sharedLayout={sharedLayout}
            sideBySide
          />
        </SessionContext>
      </div>
    </section>
  );
}

/** Calls back after a number of frames, at least one; returns the function that cancels it. */
function afterFrames(count: number, callback: () => void): () => void {
  let left = count;
  let frame = requestAnimationFrame(function next() {
    left -= 1;
    if (left === 0) callback();
    else frame = requestAnimationFrame(next);
  });
  return () => cancelAnimationFrame(frame);
}

function SideText({ side: { text, step } }: { readonly side: DifferenceSide }) {
  if (step === undefined) return text;
  const [before = '', after] = text.split(step, 2);
  return after === undefined ? (
    text
  ) : (
    <>
      {before}
      <code>{step}</code>
      {after}
    </>
  );
}

/** Not that of the stage of the page, which has room for all that the calls could make. */
const COMPARED_ARRANGEMENT = 1000;

/** How the run ends: what the calls do that do not do the same in all runs, and the first violated property, bold once violated. */
function RunSummary({
  compared,
  depth,
}: {
  readonly compared: ComparedRun;
  readonly depth: number;
}) {
  const differences = useSession((state) => comparisonOf(state).timeline?.differences);
  const [violation] = compared.result.violations;
  const isViolated = compared.path
    .slice(0, depth + 1)
    .some((node) => snapshotAt(node).violations.length > 0);
  const title = violation && propertyById(violation.property).title;
  const results = summaryTexts(differences ?? [], compared);
  return (
    <p
      className={styles.summary}
      aria-label="Result"
      data-tooltip={[
        ...results,
        title === undefined ? 'No property is violated' : `Violated: ${title}`,
      ].join('; ')}
    >
      {results.length > 0 && <span>{results.join(', ')}</span>}
      {title === undefined ? (
        <span className={styles.holds}>
          <Icon name="check" size={13} /> no violation
        </span>
      ) : (
        <strong data-violated={isViolated ? '' : undefined}>
          <Icon name="close" size={13} /> {title}
        </strong>
      )}
    </p>
  );
}

/** The sentence of this run where results differ; elsewhere what its last step did. */
function StageText({
  title,
  compared,
  line,
  depth,
}: {
  readonly title: string;
  readonly compared: ComparedRun;
  readonly line: number;
  readonly depth: number;
}) {
  const side = useSession((state) => {
    const difference = currentDifference(state);
    return difference?.tick === comparisonPosition(state).tick ? difference.sides[line] : undefined;
  });
  const holds = useSession((state) => {
    const { tick } = comparisonPosition(state);
    return tick > 0 && comparisonOf(state).timeline?.depths[line]?.[tick - 1] === depth;
  });
  if (side) {
    const icon = SIDE_ICONS[side.kind];
    return (
      <p className={styles.side} data-kind={side.kind}>
        {icon && <Icon name={icon} />}
        <span>
          {title} <SideText side={side} />
        </span>
      </p>
    );
  }
  const node = compared.path[depth];
  const snapshot = node && snapshotAt(node);
  const task = snapshot?.program.tasks[snapshot.task ?? -1]?.name;
  // The line above has the title of the property.
  const violation = snapshot?.violations[0];
  return (
    <p
      className={styles.step}
      data-holds={holds ? '' : undefined}
      data-violated={violation && !holds ? '' : undefined}
      data-tooltip={
        snapshot && depth > 0 && !holds ? (violation?.text ?? snapshotText(snapshot)) : undefined
      }
    >
      {depth === 0 || !snapshot ? (
        'No step has run yet.'
      ) : (
        <span>
          {task !== undefined && (
            <b style={{ color: processColour(snapshot.program.world, task) }}>{task}</b>
          )}
          {snapshot.step && <code>{snapshot.step.id}</code>}
          {holds
            ? depth === compared.path.length - 1
              ? 'The run is over.'
              : 'Holds until the others are here.'
            : (violation?.text ?? snapshotText(snapshot))}
        </span>
      )}
    </p>
  );
}
