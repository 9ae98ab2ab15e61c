import { memo, useMemo, type CSSProperties } from 'react';
import { ViewportPortal } from '@xyflow/react';
import styles from './Edges.module.css';
import { arrowHeadOf, arrowHeadPath } from '../../../graph/routing/arrowHeads';
import { badgeRect } from '../../../graph/layout/badgeRect';
import { edgeLabelPositions } from '../../../graph/routing/edgeLabel';
import { isTaskEdge, type EdgeView } from '../../../graph/model/graph';
import { processColourAt } from '../../controls/processColour';
import { useStage } from '../stageStore';
import type { EdgeState } from './edgeState';
import { useEdge, useEdgesThat, useEdgeState } from './useEdgeState';

interface EdgeIdProps {
  readonly id: string;
}
interface EdgeProps {
  readonly edge: EdgeView;
}

/**
 * All edges, in two SVGs below the nodes: labels are in the upper one, so that no line crosses them. Routes are known, so React Flow need
 * not manage the edges: it would add an SVG and a store entry for each. Screen readers get them from the labels of their source nodes.
 *
 * With dimming on, the lower SVG holds a dimmed copy of every edge and never repaints; undimmed edges are drawn in the upper one. An edge
 * spans half the stage, so changing its colour in place would repaint everything along it.
 */
export const Edges = memo(function Edges() {
  const { below, above } = useStage((state) => state.edgeIds);
  const dimming = useStage((state) => state.dimUntouched);
  return (
    <ViewportPortal>
      <svg className={styles.edges} aria-hidden="true" data-edge-layer="">
        {below.map((id) => (dimming ? <DimmedEdge key={id} id={id} /> : <Edge key={id} id={id} />))}
      </svg>
      <svg
        className={styles.edges}
        aria-hidden="true"
        data-edge-layer=""
        data-own-layer={dimming || undefined}
      >
        {dimming && <UndimmedEdges ids={below} />}
        {above.map((id) => (
          <Edge key={id} id={id} />
        ))}
        <EdgeLabels ids={below} />
      </svg>
      {above.map((id) => (
        <WaitLabel key={id} id={id} />
      ))}
    </ViewportPortal>
  );
});

/** The part of an edge that stays while dimming is on. */
const DimmedEdge = memo(function DimmedEdge({ id }: EdgeIdProps) {
  const edge = useEdge(id);
  if (!edge) return undefined;
  return (
    <g
      className={styles.edge}
      data-dimmed=""
      data-style={lineStyleOf(edge)}
      data-fops={fopsKindOf(edge)}
    >
      <EdgeLine edge={edge} />
    </g>
  );
});

function UndimmedEdges({ ids }: { readonly ids: readonly string[] }) {
  return useEdgesThat(isUndimmed, ids).map((id) => <Edge key={id} id={id} />);
}

const Edge = memo(function Edge({ id }: EdgeIdProps) {
  const { edge, highlighted, dimmed, newlyReachable } = useEdgeState(id);
  if (!edge) return undefined;
  return (
    <g
      className={styles.edge}
      data-edge={id}
      data-style={lineStyleOf(edge)}
      data-fops={fopsKindOf(edge)}
      data-changed={edge.changed || undefined}
      data-newly-reachable={newlyReachable || undefined}
      data-highlighted={highlighted || undefined}
      data-dimmed={(dimmed && !highlighted) || undefined}
      data-cycle={edge.inCycle || undefined}
      style={
        edge.process === undefined
          ? undefined
          : ({ '--process-colour': processColourAt(edge.process) } as CSSProperties)
      }
    >
      <EdgeLine edge={edge} />
    </g>
  );
});

function EdgeLine({ edge }: EdgeProps) {
  const { path, end, inCycle, midpoint } = edge;
  return (
    <>
      {isTaskEdge(edge) && <path className={styles.outline} d={path} />}
      <path className={styles.line} d={path} />
      <path
        className={styles.head}
        data-head={arrowHeadOf(edge)}
        d={arrowHeadPath(arrowHeadOf(edge), end)}
      />
      {inCycle && midpoint && (
        <path className={styles.head} data-head="arrow" d={arrowHeadPath('arrow', midpoint)} />
      )}
    </>
  );
}

function EdgeLabels({ ids }: { readonly ids: readonly string[] }) {
  const shown = useEdgesThat(showsLabel, ids);
  const edges = useStage((state) => state.edgesById);
  const nodes = useStage((state) => state.nodesInReadingOrder);
  const layout = useStage((state) => state.scene.layout);
  const labels = useMemo(() => {
    const withText = shown.flatMap((id) => {
      const edge = edges.get(id);
      return edge ? [{ ...edge, text: edgeLabelText(edge) }] : [];
    });
    const positions = edgeLabelPositions(layout, withText, nodes.flatMap(badgeRect));
    // A label without room would cover another one or be covered by a node.
    return withText.flatMap(({ id }, i) => {
      const position = positions[i];
      return position ? [{ id, position }] : [];
    });
  }, [shown, edges, nodes, layout]);
  return labels.map(({ id, position: { x, y } }) => <EdgeLabel key={id} id={id} x={x} y={y} />);
}

function edgeLabelText({ label, dangling }: EdgeView): string {
  return `${label}${dangling ? ', freed' : ''}`;
}

const EdgeLabel = memo(function EdgeLabel({
  id,
  x,
  y,
}: EdgeIdProps & { readonly x: number; readonly y: number }) {
  const { edge, highlighted } = useEdgeState(id);
  if (!edge) return undefined;
  return (
    <g
      className={styles.edge}
      data-edge-label={id}
      data-style={lineStyleOf(edge)}
      data-changed={edge.changed || undefined}
      data-highlighted={highlighted || undefined}
    >
      <text x={x} y={y + 4}>
        {edgeLabelText(edge)}
      </text>
    </g>
  );
});

/** The label of a wait or hold edge, above all lines. */
const WaitLabel = memo(function WaitLabel({ id }: EdgeIdProps) {
  const { edge } = useEdgeState(id);
  if (!edge) return undefined;
  const {
    style,
    label,
    inCycle,
    process = -1,
    labelPosition: { x, y },
  } = edge;
  return (
    <span
      className={styles.waitLabel}
      aria-hidden="true"
      data-edge-style={style}
      data-cycle={inCycle || undefined}
      style={{ left: x, top: y, '--process-colour': processColourAt(process) } as CSSProperties}
    >
      {label}
    </span>
  );
});

function isUndimmed({ highlighted, dimmed }: EdgeState): boolean {
  return highlighted || !dimmed;
}

function showsLabel({ edge, highlighted, dimmed }: EdgeState): boolean {
  return edge !== undefined && (highlighted || (!dimmed && (edge.changed || edge.dangling)));
}

function lineStyleOf({ dangling, style }: EdgeView): string {
  return dangling ? 'dangling' : style;
}

/** `parked` or `normal` for an f_op edge. */
function fopsKindOf({ style, target }: EdgeView): string | undefined {
  return style === 'fops' ? target.slice('fops:'.length) : undefined;
}
