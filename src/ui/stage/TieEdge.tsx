import { memo, type CSSProperties } from 'react';
import type { EdgeProps } from '@xyflow/react';
import { useSession } from '../useSession';
import styles from './edge.module.css';
import type { EdgeView } from '../../graph/graph';
import { HEADS, headOf } from '../../graph/edgeHeads';
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

/** Both ends are lit, or the one thing that is lit is an end of it. */
function isLit({ lit, pointed }: StageState, { source, target }: EdgeView): boolean {
  if (pointed !== undefined) return pointed === source || pointed === target;
  return lit.has(source) && lit.has(target);
}

function bare(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}
