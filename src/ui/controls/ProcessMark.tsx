import type { CSSProperties } from 'react';
import { processShapeAt } from '../../graph/model/processShape';
import { processColourAt } from './processColour';

/** The mark of a process: its shape in its colour. For a task of another thread than the first: the outline, from the third thread on with a dot. */
export function ProcessMark({
  process,
  task = '',
  size = 12,
}: {
  readonly process: number;
  readonly task?: string;
  readonly size?: number;
}) {
  const thread = Number(/\/(\d+)$/.exec(task)?.[1] ?? 1);
  const outline = { fill: 'none', stroke: 'currentColor', strokeWidth: 2.6 };
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
      data-thread={thread}
      style={{ color: processColourAt(process), flex: 'none' } as CSSProperties}
    >
      <path
        d={processShapeAt(process)}
        fillRule="evenodd"
        {...(thread > 1
          ? { ...outline, transform: 'translate(1.3 1.3) scale(0.84)' }
          : { fill: 'currentColor' })}
      />
      {thread > 2 && <circle cx={8} cy={8} r={2} fill="currentColor" />}
    </svg>
  );
}
