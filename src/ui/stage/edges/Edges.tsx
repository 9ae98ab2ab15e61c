import { memo, type CSSProperties } from 'react';
import { ViewportPortal } from '@xyflow/react';
import styles from './Edges.module.css';
import { arrowHeadOf, arrowHeadPath } from '../../../graph/routing/arrowHeads';
import { isTaskEdge, type EdgeView } from '../../../graph/model/graph';
import { useUndimmedEdges, useEdgeState } from '../viewStates';
import { processColourAt } from '../../controls/ProcessMark';
import { useStage } from '../stageStore';

interface EdgeIdProps {
  readonly id: string;
}
interface EdgeProps {
  readonly edge: EdgeView;
}

/**
 * The edges of the stage, in one picture below the nodes and one above them. Their ways are known, so that React Flow, which would keep a
 * picture and a place in its store for each, need not hear of them. They are told by the nodes that they leave.
 *
 * Where most of them are dimmed, the lines of those that are not belong to the upper picture, and the lower one stays as it is from step
 * to step: an edge runs across half the stage, and to change its tone there would paint everything along it anew. No edge runs behind a
 * node, so that this is not seen.
 */
export const Edges = memo(function Ties() {
  const { below, above } = useStage((state) => state.edgeIds);
  const focus = useStage((state) => state.dimUntouched);
  return (
    <ViewportPortal>
      <svg className={styles.ties} aria-hidden="true">
        {below.map((id) =>
          focus ? <BackgroundEdge key={id} id={id} /> : <Edge key={id} id={id} />,
        )}
      </svg>
      {(focus || above.length > 0) && (
        <svg
          className={`${styles.ties} ${styles.above}`}
          aria-hidden="true"
          data-apart={focus || undefined}
        >
          {focus && <UndimmedEdges ids={below} />}
          {above.map((id) => (
            <Edge key={id} id={id} />
          ))}
        </svg>
      )}
      {above.map((id) => (
        <WaitLabel key={id} id={id} />
      ))}
    </ViewportPortal>
  );
});

/** What stays of an edge below the nodes while its line may be above them: the dimmed line, and its words, which nodes may cover. */
const BackgroundEdge = memo(function Ground({ id }: EdgeIdProps) {
  const { edge, highlighted: lit, dimmed: dim } = useEdgeState(id);
  if (!edge) return undefined;
  return (
    <>
      <DimmedEdge edge={edge} />
      {(lit || !dim) && showsLabel(edge, lit) && (
        <g
          className={styles.tie}
          data-style={lineStyleOf(edge)}
          data-fresh={edge.changed || undefined}
          data-lit={lit || undefined}
        >
          <EdgeLabel edge={edge} />
        </g>
      )}
    </>
  );
});

const DimmedEdge = memo(function Faint({ edge }: EdgeProps) {
  return (
    <g
      className={styles.tie}
      data-dim=""
      data-style={lineStyleOf(edge)}
      data-table={fopsKindOf(edge)}
    >
      <EdgeLine edge={edge} />
    </g>
  );
});

function UndimmedEdges({ ids }: { readonly ids: readonly string[] }) {
  return useUndimmedEdges(ids).map((id) => <Edge key={id} id={id} wordless />);
}

/** Every edge of the stage: what it means is told by its line and its head. */
const Edge = memo(function Tie({
  id,
  wordless = false,
}: EdgeIdProps & { readonly wordless?: boolean }) {
  const { edge, highlighted: shown, dimmed: dim, newlyReachable: reached } = useEdgeState(id);
  if (!edge) return undefined;
  return (
    <g
      className={styles.tie}
      data-edge={id}
      data-style={lineStyleOf(edge)}
      data-table={fopsKindOf(edge)}
      data-fresh={edge.changed || undefined}
      data-reached={reached || undefined}
      data-lit={shown || undefined}
      data-dim={(dim && !shown) || undefined}
      data-circle={edge.inCycle || undefined}
      style={
        edge.process === undefined
          ? undefined
          : ({ '--who': processColourAt(edge.process) } as CSSProperties)
      }
    >
      <EdgeLine edge={edge} />
      {!wordless && showsLabel(edge, shown) && <EdgeLabel edge={edge} />}
    </g>
  );
});

function EdgeLine({ edge }: EdgeProps) {
  const { path, end, inCycle: circle, midpoint: middle } = edge;
  return (
    <>
      {isTaskEdge(edge) && <path className={styles.casing} d={path} />}
      <path className={styles.line} d={path} />
      <path
        className={styles.head}
        data-head={arrowHeadOf(edge)}
        d={arrowHeadPath(arrowHeadOf(edge), end)}
      />
      {circle && middle && (
        <path className={styles.head} data-head="arrow" d={arrowHeadPath('arrow', middle)} />
      )}
    </>
  );
}

function EdgeLabel({ edge: { label, labelPosition: labelAt, dangling } }: EdgeProps) {
  return (
    <text x={labelAt.x} y={labelAt.y + 3}>
      {label}
      {dangling ? ', freed' : ''}
    </text>
  );
}

/** Who waits or who holds, on a tag over all lines. */
const WaitLabel = memo(function WaitLabel({ id }: EdgeIdProps) {
  const { edge } = useEdgeState(id);
  if (!edge) return undefined;
  const {
    style,
    label,
    inCycle: circle,
    process = -1,
    labelPosition: { x, y },
  } = edge;
  return (
    <span
      className={styles.waitLabel}
      aria-hidden="true"
      data-of={style}
      data-circle={circle || undefined}
      style={{ left: x, top: y, '--who': processColourAt(process) } as CSSProperties}
    >
      {label}
    </span>
  );
});

function showsLabel(edge: EdgeView, lit: boolean): boolean {
  return !isTaskEdge(edge) && (lit || edge.changed || edge.dangling);
}

function lineStyleOf({ dangling, style }: EdgeView): string {
  return dangling ? 'dangling' : style;
}

function fopsKindOf({ style, target }: EdgeView): string | undefined {
  return style === 'fops' ? target.slice('fops:'.length) : undefined;
}
