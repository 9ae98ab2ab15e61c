import { memo, type CSSProperties } from 'react';
import { ViewportPortal } from '@xyflow/react';
import styles from './edge.module.css';
import { headOf, placedHead } from '../../graph/edgeHeads';
import { isAct, type EdgeView } from '../../graph/graph';
import { useBrightTies, useTieLook } from './looks';
import { markColour } from './ProcessMark';
import { useStage } from './stageStore';

interface TieProps {
  readonly id: string;
}
interface PartProps {
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
export const Ties = memo(function Ties() {
  const { below, above } = useStage((state) => state.tieIds);
  const focus = useStage((state) => state.focus);
  return (
    <ViewportPortal>
      <svg className={styles.ties} aria-hidden="true">
        {below.map((id) => (focus ? <Ground key={id} id={id} /> : <Tie key={id} id={id} />))}
      </svg>
      {(focus || above.length > 0) && (
        <svg
          className={`${styles.ties} ${styles.above}`}
          aria-hidden="true"
          data-apart={focus || undefined}
        >
          {focus && <Bright ids={below} />}
          {above.map((id) => (
            <Tie key={id} id={id} />
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
const Ground = memo(function Ground({ id }: TieProps) {
  const { edge, lit, dim } = useTieLook(id);
  if (!edge) return undefined;
  return (
    <>
      <Faint edge={edge} />
      {(lit || !dim) && hasWords(edge, lit) && (
        <g
          className={styles.tie}
          data-style={styleOf(edge)}
          data-fresh={edge.fresh || undefined}
          data-lit={lit || undefined}
        >
          <Words edge={edge} />
        </g>
      )}
    </>
  );
});

const Faint = memo(function Faint({ edge }: PartProps) {
  return (
    <g className={styles.tie} data-dim="" data-style={styleOf(edge)} data-table={tableOf(edge)}>
      <Line edge={edge} />
    </g>
  );
});

function Bright({ ids }: { readonly ids: readonly string[] }) {
  return useBrightTies(ids).map((id) => <Tie key={id} id={id} wordless />);
}

/** Every edge of the stage: what it means is told by its line and its head. */
const Tie = memo(function Tie({
  id,
  wordless = false,
}: TieProps & { readonly wordless?: boolean }) {
  const { edge, lit: shown, dim, reached } = useTieLook(id);
  if (!edge) return undefined;
  return (
    <g
      className={styles.tie}
      data-edge={id}
      data-style={styleOf(edge)}
      data-table={tableOf(edge)}
      data-fresh={edge.fresh || undefined}
      data-reached={reached || undefined}
      data-lit={shown || undefined}
      data-dim={(dim && !shown) || undefined}
      data-circle={edge.circle || undefined}
      style={
        edge.process === undefined
          ? undefined
          : ({ '--who': markColour(edge.process) } as CSSProperties)
      }
    >
      <Line edge={edge} />
      {!wordless && hasWords(edge, shown) && <Words edge={edge} />}
    </g>
  );
});

function Line({ edge }: PartProps) {
  const { path, end, circle, middle } = edge;
  return (
    <>
      {isAct(edge) && <path className={styles.casing} d={path} />}
      <path className={styles.line} d={path} />
      <path className={styles.head} data-head={headOf(edge)} d={placedHead(headOf(edge), end)} />
      {circle && middle && (
        <path className={styles.head} data-head="arrow" d={placedHead('arrow', middle)} />
      )}
    </>
  );
}

function Words({ edge: { label, labelAt, dangling } }: PartProps) {
  return (
    <text x={labelAt.x} y={labelAt.y + 3}>
      {label}
      {dangling ? ', freed' : ''}
    </text>
  );
}

/** Who waits or who holds, on a tag over all lines. */
const WaitLabel = memo(function WaitLabel({ id }: TieProps) {
  const { edge } = useTieLook(id);
  if (!edge) return undefined;
  const {
    style,
    label,
    circle,
    process = -1,
    labelAt: { x, y },
  } = edge;
  return (
    <span
      className={styles.waitLabel}
      aria-hidden="true"
      data-of={style}
      data-circle={circle || undefined}
      style={{ left: x, top: y, '--who': markColour(process) } as CSSProperties}
    >
      {label}
    </span>
  );
});

function hasWords(edge: EdgeView, lit: boolean): boolean {
  return !isAct(edge) && (lit || edge.fresh || edge.dangling);
}

function styleOf({ dangling, style }: EdgeView): string {
  return dangling ? 'dangling' : style;
}

function tableOf({ style, target }: EdgeView): string | undefined {
  return style === 'fops' ? target.slice('fops:'.length) : undefined;
}
