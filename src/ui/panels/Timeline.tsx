import {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type CSSProperties,
  type PointerEvent,
} from 'react';
import { currentSnapshot, snapshotAt } from '../../session/trace/replay';
import { fieldsTouchedAt } from '../../session/queries/fieldsTouchedBy';
import { visiblePath } from '../../session/queries/visiblePath';
import { timelineLanes } from '../../session/queries/timeline';
import type { TraceNode } from '../../session/trace/traceTree';
import { afterPaint } from '../schedule';
import { processColour } from '../controls/processColour';
import { useSession, useSessionStore } from '../useSession';
import { NoSteps } from './NoSteps';
import { StepFooter } from './StepFooter';
import { StepSlider } from './StepSlider';
import styles from './Timeline.module.css';
import { snapshotText } from '../../session/trace/snapshotText';
import { laneHeight, TimelineLaneRow } from './TimelineLaneRow';
import { TimelineRuler } from './TimelineRuler';
import { dispatch } from '../../session/actions/dispatch';

const MIN_STEP_WIDTH_PX = 9;
/** A short run does not stretch over the whole width. */
const MIN_STEPS = 12;
const MAX_FULL_SIZE_LANES = 4;
const RULER_PX = 24;
/** A lane with two held locks. */
const USUAL_LANE_PX = 40;

/** One lane per task over the steps of the branch, with a slider on the ruler. */
export function Timeline() {
  const session = useSessionStore();
  const path = useSession(visiblePath);
  const cursor = useSession((state) => state.run.cursor);
  const world = useSession((state) => currentSnapshot(state).program.world);
  const [hoveredDepth, setHoveredDepth] = useState<number>();
  const scroller = useRef<HTMLDivElement>(null);
  const lanes = timelineLanes(path);
  const compact = lanes.length > MAX_FULL_SIZE_LANES;
  const currentTask = steppedTask(path[cursor]);
  const end = path.length - 1;
  const steps = Math.max(end, MIN_STEPS);
  useEffect(() => afterPaint(() => scroller.current && scrollToCursor(scroller.current)), [cursor]);
  useLayoutEffect(() => (scroller.current ? markOverflow(scroller.current) : undefined), []);
  const depthAt = (event: PointerEvent<HTMLElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(end, Math.ceil(((event.clientX - box.left) / box.width) * steps)));
  };
  const hover = (depth: number | undefined): void => {
    setHoveredDepth(depth);
    const node = path[depth ?? -1];
    dispatch(session, 'hover', { target: node && fieldsTouchedAt(node) });
  };
  const seek = (depth: number): void => {
    dispatch(session, 'pause');
    dispatch(session, 'seek', { depth });
  };
  const text = stepText(path[hoveredDepth ?? cursor]);
  return (
    <section
      className={styles.timeline}
      aria-label="Timeline"
      data-compact={compact ? '' : undefined}
    >
      <div ref={scroller} className={styles.scroller} style={{ '--steps': steps } as CSSProperties}>
        <div className={styles.names} aria-hidden="true">
          <span />
          {lanes.map((lane) => (
            <b
              key={lane.task}
              data-now={lane.task === currentTask ? '' : undefined}
              style={
                {
                  '--process-colour': processColour(world, lane.task),
                  height: laneHeight(lane, compact),
                } as CSSProperties
              }
            >
              {lane.task}
            </b>
          ))}
        </div>
        <div className={styles.tracks} style={{ minWidth: steps * MIN_STEP_WIDTH_PX }}>
          <TimelineRuler steps={steps} />
          <StepSlider
            className={styles.slider}
            style={{ width: `${(end / steps) * 100}%` }}
            cursor={cursor}
            end={end}
            onSeek={seek}
          />
          <div
            className={styles.lanes}
            style={{ '--reserved': `${reservedHeight(world.processes.length)}px` } as CSSProperties}
            onPointerDown={(event) => {
              if (event.target instanceof Element && event.target.closest('button')) return;
              event.currentTarget.setPointerCapture(event.pointerId);
              seek(depthAt(event));
            }}
            onPointerMove={(event) => {
              const depth = depthAt(event);
              if (depth !== hoveredDepth) hover(depth);
              if (event.currentTarget.hasPointerCapture(event.pointerId)) seek(depth);
            }}
            onPointerLeave={() => hover(undefined)}
          >
            {lanes.map((lane) => (
              <TimelineLaneRow
                key={lane.task}
                lane={lane}
                compact={compact}
                steps={steps}
                colour={processColour(world, lane.task)}
                onSelectStep={seek}
              />
            ))}
            {lanes.length === 0 && <NoSteps className={styles.empty} />}
          </div>
          <i className={styles.future} style={{ left: `${(cursor / steps) * 100}%` }} />
          {hoveredDepth !== undefined && hoveredDepth > 0 && (
            <i
              className={styles.hoveredStep}
              style={{ left: `${((hoveredDepth - 1) / steps) * 100}%` }}
            />
          )}
          <i
            className={styles.playhead}
            data-playhead=""
            style={{ left: `${(cursor / steps) * 100}%` }}
          />
        </div>
        <i className={styles.moreBelow} />
      </div>
      <StepFooter text={text} />
    </section>
  );
}

/** A process that makes its first call gets a lane: the place is reserved, so that the playback bar above stays where it is. */
function reservedHeight(processes: number): number {
  return Math.min(processes, MAX_FULL_SIZE_LANES) * USUAL_LANE_PX;
}

/** Scrolls the playhead and the lane of the current task into view. */
function scrollToCursor(scroller: HTMLElement): void {
  const playhead = scroller.querySelector<HTMLElement>('[data-playhead]');
  if (!playhead) return;
  const x = playhead.offsetLeft;
  if (x < scroller.scrollLeft + 120 || x > scroller.scrollLeft + scroller.clientWidth - 60)
    scroller.scrollLeft = x - scroller.clientWidth / 2;
  const lane = scroller.querySelector<HTMLElement>('[data-now]');
  if (!lane) return;
  const top = lane.offsetTop - RULER_PX;
  const bottom = lane.offsetTop + lane.offsetHeight - scroller.clientHeight;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (bottom > scroller.scrollTop) scroller.scrollTop = bottom;
}

/** Sets `data-more-left`, `data-more-right` and `data-more-below` while there is more to scroll to; returns the clean-up. */
function markOverflow(scroller: HTMLElement): () => void {
  const update = (): void => {
    scroller.toggleAttribute('data-more-left', scroller.scrollLeft > 2);
    scroller.toggleAttribute(
      'data-more-right',
      scroller.scrollLeft + scroller.clientWidth < scroller.scrollWidth - 2,
    );
    scroller.toggleAttribute(
      'data-more-below',
      scroller.scrollTop + scroller.clientHeight < scroller.scrollHeight - 2,
    );
  };
  const observer = new ResizeObserver(update);
  observer.observe(scroller);
  for (const child of scroller.children) observer.observe(child);
  scroller.addEventListener('scroll', update, { passive: true });
  return () => {
    observer.disconnect();
    scroller.removeEventListener('scroll', update);
  };
}

function stepText(node: TraceNode | undefined): string {
  if (!node || node.depth === 0) return '';
  const snapshot = snapshotAt(node);
  return `${node.depth}  ${steppedTask(node) ?? ''}${snapshot.step ? ` ${snapshot.step.id}` : ''}: ${snapshotText(snapshot)}`;
}

/** The task whose step led to a trace node. */
function steppedTask(node: TraceNode | undefined): string | undefined {
  if (!node || node.depth === 0) return undefined;
  const { program, task } = snapshotAt(node);
  return program.tasks[task ?? -1]?.name;
}
