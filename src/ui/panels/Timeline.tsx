import {
  memo,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type CSSProperties,
  type PointerEvent,
} from 'react';
import { branchCaptions } from '../../session/queries/captions';
import { branchPath, currentSnapshot, snapshotAt } from '../../session/trace/replay';
import { fieldsTouchedAt } from '../../session/queries/fieldsTouchedBy';
import { groupMarks, timelineLanes, type TimelineLane } from '../../session/queries/timeline';
import type { TraceNode } from '../../session/trace/traceTree';
import { afterPaint } from '../afterPaint';
import { processColour } from '../processColour';
import { useSession, useSessionStore } from '../useSession';
import styles from './Timeline.module.css';
import { snapshotText } from '../../session/trace/snapshotText';
import { dispatch } from '../../session/actions/dispatch';

/** px that a step takes at least. */
const MIN_STEP_WIDTH_PX = 9;
/** Steps that a mark needs for itself. */
const STEPS_PER_MARK = 2;
/** px: the bar of a call, the line of a lock below it, and the ruler on top; smaller where there are more lanes than this. */
const LANE_PX = { bar: 22, line: 6 };
const COMPACT_LANE_PX = { bar: 15, line: 3 };
const MAX_FULL_SIZE_LANES = 4;
const RULER_PX = 24;

/** One lane per task over the steps of the branch; the ruler on top is a slider. */
export function Timeline() {
  const session = useSessionStore();
  const moments = useSession(branchPath);
  const cursor = useSession((state) => state.run.cursor);
  const world = useSession((state) => currentSnapshot(state).program.world);
  const [at, setAt] = useState<number>();
  const scroller = useRef<HTMLDivElement>(null);
  const lanes = timelineLanes(moments);
  const many = lanes.length > MAX_FULL_SIZE_LANES;
  const now = steppedTask(moments[cursor]);
  const steps = Math.max(moments.length - 1, 12);
  const end = moments.length - 1;
  useEffect(
    () =>
      afterPaint(() => {
        const box = scroller.current;
        const head = box?.querySelector<HTMLElement>('[data-head]');
        if (!box || !head) return;
        const x = head.offsetLeft;
        if (x < box.scrollLeft + 120 || x > box.scrollLeft + box.clientWidth - 60)
          box.scrollLeft = x - box.clientWidth / 2;
        const lane = box.querySelector<HTMLElement>('[data-now]');
        if (!lane) return;
        const [top, bottom] = [
          lane.offsetTop - RULER_PX,
          lane.offsetTop + lane.offsetHeight - box.clientHeight,
        ];
        if (top < box.scrollTop || bottom > box.scrollTop)
          box.scrollTop = top < box.scrollTop ? top : bottom;
      }),
    [cursor],
  );
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return undefined;
    const hint = (): void => {
      box.toggleAttribute('data-more-left', box.scrollLeft > 2);
      box.toggleAttribute(
        'data-more-right',
        box.scrollLeft + box.clientWidth < box.scrollWidth - 2,
      );
    };
    const observer = new ResizeObserver(hint);
    observer.observe(box);
    for (const child of box.children) observer.observe(child);
    box.addEventListener('scroll', hint, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener('scroll', hint);
    };
  }, []);
  const depthAt = (event: PointerEvent<HTMLElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(end, Math.ceil(((event.clientX - box.left) / box.width) * steps)));
  };
  const look = (depth: number | undefined): void => {
    setAt(depth);
    const moment = moments[depth ?? -1];
    dispatch(session, 'hover', { target: moment && fieldsTouchedAt(moment) });
  };
  const to = (depth: number): void => {
    dispatch(session, 'pause');
    dispatch(session, 'seek', { depth });
  };
  return (
    <section className={styles.timeline} aria-label="Timeline" data-many={many ? '' : undefined}>
      <div ref={scroller} className={styles.scroller} style={{ '--steps': steps } as CSSProperties}>
        <div className={styles.names} aria-hidden="true">
          <span />
          {lanes.map((lane) => (
            <b
              key={lane.task}
              data-now={lane.task === now ? '' : undefined}
              style={
                {
                  '--who': processColour(world, lane.task),
                  height: laneHeight(lane, many),
                } as CSSProperties
              }
            >
              {lane.task}
            </b>
          ))}
        </div>
        <div className={styles.tracks} style={{ minWidth: steps * MIN_STEP_WIDTH_PX }}>
          <TimelineRuler steps={steps} />
          <input
            className={styles.slider}
            style={{ width: `${(end / steps) * 100}%` }}
            type="range"
            aria-label="Step position"
            aria-valuetext={`step ${cursor} of ${end}`}
            min={0}
            max={end}
            value={cursor}
            disabled={end === 0}
            onChange={(event) => to(event.target.valueAsNumber)}
          />
          <div
            className={styles.lanes}
            onPointerDown={(event) => {
              if (event.target instanceof Element && event.target.closest('button')) return;
              event.currentTarget.setPointerCapture(event.pointerId);
              to(depthAt(event));
            }}
            onPointerMove={(event) => {
              const depth = depthAt(event);
              if (depth !== at) look(depth);
              if (event.currentTarget.hasPointerCapture(event.pointerId)) to(depth);
            }}
            onPointerLeave={() => look(undefined)}
          >
            {lanes.map((lane) => (
              <TimelineLane
                key={lane.task}
                lane={lane}
                compact={many}
                steps={steps}
                colour={processColour(world, lane.task)}
                onSelectStep={to}
              />
            ))}
            {lanes.length === 0 && (
              <p className={styles.empty}>
                Nothing has happened yet. Act for somebody, or play the story.
              </p>
            )}
          </div>
          <i className={styles.future} style={{ left: `${(cursor / steps) * 100}%` }} />
          {at !== undefined && at > 0 && (
            <i className={styles.look} style={{ left: `${((at - 1) / steps) * 100}%` }} />
          )}
          <i className={styles.head} data-head="" style={{ left: `${(cursor / steps) * 100}%` }} />
        </div>
      </div>
      <p className={styles.caption} title={stepText(moments[at ?? cursor])}>
        {stepText(moments[at ?? cursor])}
      </p>
    </section>
  );
}

function stepText(moment: TraceNode | undefined): string {
  if (!moment || moment.depth === 0) return '';
  const frame = snapshotAt(moment);
  return `${moment.depth}  ${steppedTask(moment) ?? ''}${frame.step ? ` ${frame.step.id}` : ''}: ${snapshotText(frame)}`;
}

/** The task whose step led to a moment. */
function steppedTask(moment: TraceNode | undefined): string | undefined {
  if (!moment || moment.depth === 0) return undefined;
  const { program, task } = snapshotAt(moment);
  return program.tasks[task ?? -1]?.name;
}

function laneHeight(lane: TimelineLane, many: boolean): number {
  const { bar, line } = many ? COMPACT_LANE_PX : LANE_PX;
  const lines = Math.max(0, ...lane.holds.map((hold) => hold.row + 1));
  return bar + 6 + Math.max(1, lines) * line;
}

const TimelineRuler = memo(function Ruler({ steps }: { readonly steps: number }) {
  const beats = useSession(branchCaptions);
  const branches = useSession((state) => state.run.branches);
  const here = useSession((state) => state.run.branchId);
  const every = steps > 120 ? 20 : steps > 50 ? 10 : 5;
  return (
    <div className={styles.ruler} aria-hidden="true">
      {Array.from({ length: Math.floor(steps / every) }, (_, index) => (index + 1) * every).map(
        (depth) => (
          <span key={depth} style={{ left: `${(depth / steps) * 100}%` }}>
            {depth}
          </span>
        ),
      )}
      {beats.map(
        (beat, depth) =>
          beat && (
            <i key={depth} className={styles.beat} style={{ left: `${(depth / steps) * 100}%` }} />
          ),
      )}
      {branches.map(
        ({ id, forkedFrom: from }) =>
          from &&
          (from.branch === here || id === here) &&
          from.depth <= steps && (
            <i
              key={`fork${id}`}
              className={styles.fork}
              style={{ left: `${(from.depth / steps) * 100}%` }}
            />
          ),
      )}
    </div>
  );
});

interface TimelineLaneProps {
  readonly lane: TimelineLane;
  readonly compact: boolean;
  readonly steps: number;
  readonly colour: string;
  readonly onSelectStep: (depth: number) => void;
}

const MARK_SYMBOLS = { refused: '✕', swap: '⇄', violation: '!', warn: '!' } as const;

function TimelineLane({
  lane,
  compact: many,
  steps,
  colour,
  onSelectStep: onMark,
}: TimelineLaneProps) {
  const place = (from: number, to: number): CSSProperties => ({
    left: `${(from / steps) * 100}%`,
    width: `${((to - from) / steps) * 100}%`,
  });
  const { bar: high, line } = many ? COMPACT_LANE_PX : LANE_PX;
  return (
    <div
      className={styles.lane}
      role="group"
      aria-label={`Calls of ${lane.task}`}
      style={{ '--who': colour, height: laneHeight(lane, many) } as CSSProperties}
    >
      {lane.bars.map((bar) => (
        <div
          key={bar.from}
          className={styles.bar}
          data-refused={bar.returnText?.startsWith('-') === true ? '' : undefined}
          data-open={bar.returnText === undefined ? '' : undefined}
          style={
            {
              ...place(bar.from, bar.to),
              '--whole': bar.text.length,
              '--short': bar.call.call.length,
            } as CSSProperties
          }
          title={bar.text}
        >
          <span>{bar.text}</span>
          <span aria-hidden="true">{bar.call.call}</span>
        </div>
      ))}
      <svg
        className={styles.moves}
        viewBox={`0 0 ${steps} 1`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <path d={lane.transitionDepths.map((depth) => `M${depth - 0.92} 0h.84v1h-.84z`).join('')} />
      </svg>
      {lane.waits.map((wait) => (
        <div
          key={wait.from}
          className={styles.wait}
          style={place(wait.from, wait.to)}
          title={wait.text}
        />
      ))}
      {lane.holds.map((hold) => (
        <div
          key={`${hold.from} ${hold.text}`}
          className={styles.hold}
          style={{ ...place(hold.from, hold.to), top: high + 5 + hold.row * line }}
          title={`holds ${hold.text}`}
        />
      ))}
      {groupMarks(lane.marks, STEPS_PER_MARK).map(({ depth, kind, marks }) => {
        const text = marks.map((mark) =>
          marks.length === 1 ? mark.text : `${mark.depth}: ${mark.text}`,
        );
        return (
          <button
            key={depth}
            type="button"
            className={styles.mark}
            data-kind={kind}
            style={{ left: `${((depth - 0.5) / steps) * 100}%` }}
            aria-label={`Step ${depth}, ${lane.task}: ${text.join('; ')}`}
            title={text.join('\n')}
            onClick={() => onMark(depth)}
          >
            {MARK_SYMBOLS[kind]}
            {marks.length > 1 && <small>{marks.length}</small>}
          </button>
        );
      })}
    </div>
  );
}
