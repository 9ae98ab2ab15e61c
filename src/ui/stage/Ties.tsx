import { memo, type CSSProperties } from 'react';
import { ViewportPortal } from '@xyflow/react';
import styles from './edge.module.css';
import { headOf, placedHead } from '../../graph/edgeHeads';
import { isWait } from '../../graph/graph';
import { useTieLook } from './looks';
import { markColour } from './ProcessMark';
import { useStage } from './stageStore';

/**
 * The edges of the stage, in one picture below the nodes and one above them. Their ways are known, so that React Flow, which would keep a
 * picture and a place in its store for each, need not hear of them. They are told by the nodes that they leave.
 */
export const Ties = memo(function Ties() {
  const { below, above } = useStage(state => state.tieIds);
  return (
    <ViewportPortal>
      <svg className={styles.ties} aria-hidden="true">{below.map(id => <Tie key={id} id={id} />)}</svg>
      {above.length > 0 && <svg className={`${styles.ties} ${styles.above}`} aria-hidden="true">{above.map(id => <Tie key={id} id={id} />)}</svg>}
      {above.map(id => <WaitLabel key={id} id={id} />)}
    </ViewportPortal>
  );
});

/** Every edge of the stage: what it means is told by its line and its head. */
const Tie = memo(function Tie({ id }: { readonly id: string }) {
  const { edge, lit: shown, dim, reached } = useTieLook(id);
  if (!edge) return undefined;
  const { end, labelAt } = edge;
  const crosses = isWait(edge);
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
      {crosses && <path className={styles.casing} d={edge.path} />}
      <path className={styles.line} d={edge.path} />
      <path className={styles.head} data-head={headOf(edge)} d={placedHead(headOf(edge), end)} />
      {edge.circle && edge.middle && <path className={styles.head} data-head="arrow" d={placedHead('arrow', edge.middle)} />}
      {!crosses && (shown || edge.fresh || edge.dangling) && <text x={labelAt.x} y={labelAt.y + 3}>{edge.label}{edge.dangling ? ', freed' : ''}</text>}
    </g>
  );
});

/** Who waits or who holds, on a tag over all lines. */
const WaitLabel = memo(function WaitLabel({ id }: { readonly id: string }) {
  const { edge } = useTieLook(id);
  if (!edge) return undefined;
  const { label, circle, process = -1, labelAt: { x, y } } = edge;
  return <span className={styles.waitLabel} aria-hidden="true" data-circle={circle || undefined} style={{ left: x, top: y, '--who': markColour(process) } as CSSProperties}>{label}</span>;
});
