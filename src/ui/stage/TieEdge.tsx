import { memo, type CSSProperties } from 'react';
import type { EdgeProps } from '@xyflow/react';
import { useSession } from '../useSession';
import styles from './edge.module.css';
import type { EdgeView } from './graph';
import { markColour } from './ProcessMark';
import { useStage, type StageState } from './stageStore';

/** Every edge of the stage: what it means is told by its line and its head. */
export const TieEdge = memo(function TieEdge({ id }: EdgeProps) {
  const edge = useStage(state => state.edges.get(id));
  const lit = useStage(state => edge !== undefined && isLit(state, edge));
  const dim = useStage(state => edge !== undefined && state.focus && !(state.spotlight.has(edge.source) && state.spotlight.has(edge.target)));
  const selected = useSession(state => state.selection !== undefined && edge !== undefined && (bare(edge.source) === state.selection || bare(edge.target) === state.selection));
  if (!edge) return undefined;
  const { end, labelAt } = edge;
  const turn = `translate(${end.x} ${end.y}) rotate(${(Math.atan2(end.dy, end.dx) * 180) / Math.PI})`;
  const shown = lit || selected;
  return (
    <g
      className={styles.tie}
      data-edge={id}
      data-style={edge.dangling ? 'dangling' : edge.style}
      data-table={edge.style === 'fops' ? edge.target.slice('fops:'.length) : undefined}
      data-fresh={edge.fresh || undefined}
      data-lit={shown || undefined}
      data-dim={(dim && !shown) || undefined}
      data-circle={edge.circle || undefined}
      style={edge.process === undefined ? undefined : ({ '--who': markColour(edge.process) } as CSSProperties)}
    >
      <path className={styles.line} d={edge.path} />
      <path className={styles.head} data-head={headOf(edge)} d={HEADS[headOf(edge)]} transform={turn} />
      {(shown || edge.fresh || ALWAYS.has(edge.style) || edge.dangling) && <text x={labelAt.x} y={labelAt.y + 3}>{edge.label}{edge.dangling ? ', freed' : ''}{edge.circle ? ', in a circle' : ''}</text>}
    </g>
  );
});

const ALWAYS: ReadonlySet<EdgeView['style']> = new Set(['wait', 'hold']);

/** Heads point to the right and end at the origin. */
export const HEADS = {
  open: 'M-7,-4.5 L0,0 L-7,4.5',
  full: 'M-9,-5 L0,0 L-9,5 Z',
  ring: 'M-8,0 a4,4 0 1 0 8,0 a4,4 0 1 0 -8,0 Z',
  diamond: 'M-12,0 L-6,-4.5 L0,0 L-6,4.5 Z',
  double: 'M-7,-4.5 L0,0 L-7,4.5 M-13,-4.5 L-6,0 L-13,4.5',
  bar: 'M0,-6 L0,6 M-4,-6 L-4,6',
  cross: 'M-8,-5 L2,5 M-8,5 L2,-5',
  dot: 'M-9,0 a4.5,4.5 0 1 0 9,0 a4.5,4.5 0 1 0 -9,0 Z',
} as const;

export type Head = keyof typeof HEADS;

export const HEAD_OF: Readonly<Record<EdgeView['style'], Head>> = {
  pointer: 'open', reference: 'full', member: 'ring', embedded: 'diamond', fd: 'full', fops: 'full', wait: 'double', hold: 'dot',
};

function headOf(edge: EdgeView): Head {
  if (edge.dangling) return 'cross';
  return edge.style === 'fops' && edge.target === 'fops:parked' ? 'bar' : HEAD_OF[edge.style];
}

/** Both ends are lit, or the one thing that is lit is an end of it. */
function isLit({ lit, pointed }: StageState, { source, target }: EdgeView): boolean {
  if (pointed !== undefined) return pointed === source || pointed === target;
  return lit.has(source) && lit.has(target);
}

function bare(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}
