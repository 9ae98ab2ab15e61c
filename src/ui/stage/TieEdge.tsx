import { memo, type CSSProperties } from 'react';
import type { EdgeProps } from '@xyflow/react';
import styles from './edge.module.css';
import type { EdgeView } from '../../graph/graph';
import { headOf, placedHead } from '../../graph/edgeHeads';
import { useTieLook } from './looks';
import { markColour } from './ProcessMark';

/** Every edge of the stage: what it means is told by its line and its head. */
export const TieEdge = memo(function TieEdge({ id }: EdgeProps) {
  const { edge, lit: shown, dim, reached } = useTieLook(id);
  if (!edge) return undefined;
  const { end, labelAt } = edge;
  return (
    <g
      className={styles.tie}
      data-edge={id}
      data-style={edge.dangling ? 'dangling' : edge.style}
      data-table={edge.style === 'fops' ? edge.target.slice('fops:'.length) : undefined}
      data-fresh={edge.fresh || undefined}
      data-reached={reached || undefined}
      data-lit={shown || undefined}
      data-dim={(dim && !shown) || undefined}
      data-circle={edge.circle || undefined}
      style={edge.process === undefined ? undefined : ({ '--who': markColour(edge.process) } as CSSProperties)}
    >
      <path className={styles.line} d={edge.path} />
      <path className={styles.head} data-head={headOf(edge)} d={placedHead(headOf(edge), end)} />
      {(shown || edge.fresh || ALWAYS.has(edge.style) || edge.dangling) && <text x={labelAt.x} y={labelAt.y + 3}>{edge.label}{edge.dangling ? ', freed' : ''}{edge.circle ? ', in a circle' : ''}</text>}
    </g>
  );
});

const ALWAYS: ReadonlySet<EdgeView['style']> = new Set(['wait', 'hold']);
