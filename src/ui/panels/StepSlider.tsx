import type { CSSProperties } from 'react';

interface StepSliderProps {
  /** The current depth on the branch. */
  readonly cursor: number;
  /** The depth of the branch's last step. */
  readonly end: number;
  readonly onSeek: (depth: number) => void;
  readonly className?: string | undefined;
  readonly style?: CSSProperties;
}

/** The position on the branch as a range input. */
export function StepSlider({ cursor, end, onSeek, className, style }: StepSliderProps) {
  return (
    <input
      className={className}
      style={style}
      type="range"
      aria-label="Step position"
      aria-valuetext={`step ${cursor} of ${end}`}
      min={0}
      max={end}
      value={cursor}
      disabled={end === 0}
      onChange={(event) => onSeek(event.target.valueAsNumber)}
    />
  );
}
