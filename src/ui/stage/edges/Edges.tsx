import { memo, type CSSProperties } from 'react';
import { ViewportPortal } from '@xyflow/react';
import styles from './Edges.module.css';
import { arrowHeadOf, arrowHeadPath } from '../../../graph/routing/arrowHeads';
import { isTaskEdge, type EdgeView } from '../../../graph/model/graph';
import { processColourAt } from '../../controls/processColour';
import { useStage } from '../stageStore';
import { useEdgeState, useUndimmedEdges } from './useEdgeState';

interface EdgeIdProps {
  readonly id: string;
}
interface EdgeProps {
  readonly edge: EdgeView;
}

/**
 * All edges, in one SVG below the nodes and one above them. Their routes are known, so React Flow need not manage them: it would add an
 * SVG and a store entry for each. Screen readers get them from the labels of their source nodes.
 *
 * With dimming on, the lower SVG holds a dimmed copy of every edge and never repaints; undimmed edges are drawn in the upper one. An edge
 * spans half the stage, so changing its colour in place would repaint everything along it. Edges do not cross nodes, so the order does
 * not show.
 */
export const Edges = memo(function Edges() {
  const { below, above } = useStage((state) => state.edgeIds);
  const dimming = useStage((state) => state.dimUntouched);
  return (
    <ViewportPortal>
      <svg className={styles.edges} aria-hidden="true" data-edge-layer="">
        {below.map((id) =>
          dimming ? <BackgroundEdge key={id} id={id} /> : <Edge key={id} id={id} />,
        )}
      </svg>
      {(dimming || above.length > 0) && (
        <svg
          className={`${styles.edges} ${styles.above}`}
          aria-hidden="true"
          data-edge-layer=""
          data-own-layer={dimming || undefined}
        >
          {dimming && <UndimmedEdges ids={below} />}
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

/** The part of an edge that stays below the nodes while dimming is on: the dimmed line, and the label, which nodes may cover. */
const BackgroundEdge = memo(function BackgroundEdge({ id }: EdgeIdProps) {
  const { edge, highlighted, dimmed } = useEdgeState(id);
  if (!edge) return undefined;
  return (
    <>
      <DimmedEdge edge={edge} />
      {(highlighted || !dimmed) && showsLabel(edge, highlighted) && (
        <g
          className={styles.edge}
          data-style={lineStyleOf(edge)}
          data-changed={edge.changed || undefined}
          data-highlighted={highlighted || undefined}
        >
          <EdgeLabel edge={edge} />
        </g>
      )}
    </>
  );
});

const DimmedEdge = memo(function DimmedEdge({ edge }: EdgeProps) {
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
  return useUndimmedEdges(ids).map((id) => <Edge key={id} id={id} hideLabel />);
}

const Edge = memo(function Edge({
  id,
  hideLabel = false,
}: EdgeIdProps & { readonly hideLabel?: boolean }) {
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
      {!hideLabel && showsLabel(edge, highlighted) && <EdgeLabel edge={edge} />}
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

function EdgeLabel({ edge: { label, labelPosition, dangling } }: EdgeProps) {
  return (
    <text x={labelPosition.x} y={labelPosition.y + 3}>
      {label}
      {dangling ? ', freed' : ''}
    </text>
  );
}

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

function showsLabel(edge: EdgeView, highlighted: boolean): boolean {
  return !isTaskEdge(edge) && (highlighted || edge.changed || edge.dangling);
}

function lineStyleOf({ dangling, style }: EdgeView): string {
  return dangling ? 'dangling' : style;
}

/** `parked` or `normal` for an f_op edge. */
function fopsKindOf({ style, target }: EdgeView): string | undefined {
  return style === 'fops' ? target.slice('fops:'.length) : undefined;
}
