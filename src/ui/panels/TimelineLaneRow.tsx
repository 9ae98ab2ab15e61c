import type { CSSProperties } from 'react';
import { groupMarks, type TimelineLane } from '../../session/queries/timeline';
import { SymbolIcon } from '../controls/SymbolIcon';
import styles from './Timeline.module.css';

/** Heights of a call bar and of the line of a held lock below it; `COMPACT` when there are many lanes. */
const LANE_PX = { bar: 22, line: 6 };
const COMPACT_LANE_PX = { bar: 17, line: 3 };
/** Steps that one mark covers: closer marks are grouped. */
const STEPS_PER_MARK = 2;

interface TimelineLaneRowProps {
  readonly lane: TimelineLane;
  readonly compact: boolean;
  readonly steps: number;
  readonly colour: string;
  readonly onSelectStep: (depth: number) => void;
}

/** The height of a lane in px. */
export function laneHeight(lane: TimelineLane, compact: boolean): number {
  const { bar, line } = compact ? COMPACT_LANE_PX : LANE_PX;
  const lines = Math.max(0, ...lane.holds.map((hold) => hold.row + 1));
  return bar + 6 + Math.max(1, lines) * line;
}

/** The calls, steps, waits, held locks and marks of one task. */
export function TimelineLaneRow({
  lane,
  compact,
  steps,
  colour,
  onSelectStep,
}: TimelineLaneRowProps) {
  const span = (from: number, to: number): CSSProperties => ({
    left: `${(from / steps) * 100}%`,
    width: `${((to - from) / steps) * 100}%`,
  });
  const { bar: barHeight, line: lineHeight } = compact ? COMPACT_LANE_PX : LANE_PX;
  return (
    <div
      className={styles.lane}
      role="group"
      aria-label={`Calls of ${lane.task}`}
      style={{ '--process-colour': colour, height: laneHeight(lane, compact) } as CSSProperties}
    >
      {lane.bars.map((bar) => (
        <div
          key={bar.from}
          className={styles.bar}
          data-refused={bar.returnText?.startsWith('-') === true ? '' : undefined}
          data-open={bar.returnText === undefined ? '' : undefined}
          style={
            {
              ...span(bar.from, bar.to),
              '--whole': bar.text.length,
              '--short': bar.call.call.length,
            } as CSSProperties
          }
          data-tooltip={bar.text}
        >
          <span>{bar.text}</span>
          <span aria-hidden="true">{bar.call.call}</span>
        </div>
      ))}
      <svg
        className={styles.steps}
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
          style={span(wait.from, wait.to)}
          data-tooltip={wait.text}
        />
      ))}
      {lane.holds.map((hold) => (
        <div
          key={`${hold.from} ${hold.text}`}
          className={styles.hold}
          style={{ ...span(hold.from, hold.to), top: barHeight + 5 + hold.row * lineHeight }}
          data-tooltip={`holds ${hold.text}`}
        />
      ))}
      {groupMarks(lane.marks, STEPS_PER_MARK).map(({ depth, kind, marks }) => {
        const texts = marks.map((mark) =>
          marks.length === 1 ? mark.text : `${mark.depth}: ${mark.text}`,
        );
        return (
          <button
            key={depth}
            type="button"
            className={styles.mark}
            data-kind={kind}
            style={{ left: `${((depth - 0.5) / steps) * 100}%` }}
            aria-label={`Step ${depth}, ${lane.task}: ${texts.join('; ')}`}
            data-tooltip={texts.join('\n')}
            onClick={() => onSelectStep(depth)}
          >
            {kind === 'refused' || kind === 'swap' ? <SymbolIcon symbol={kind} /> : '!'}
            {marks.length > 1 && <small>{marks.length}</small>}
          </button>
        );
      })}
    </div>
  );
}
