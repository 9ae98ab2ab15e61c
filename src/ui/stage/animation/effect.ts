import type { Point } from '../../../graph/layout/geometry';
import type { Graph, TaskRef } from '../../../graph/model/graph';

/** What is told of a step by movement. Everything that it tells stands on the nodes as well. */
export type EffectKind =
  | 'alloc'
  | 'free'
  | 'take'
  | 'handover'
  | 'contend'
  | 'release'
  | 'swap'
  | 'gate'
  | 'reach'
  | 'open'
  | 'order'
  | 'count'
  | 'write'
  | 'complete'
  | 'refuse'
  | 'violate';

/** One movement, in stage coordinates, with its time in ms at speed 1. */
export interface Effect {
  readonly kind: EffectKind;
  /** The node that it happens at. */
  readonly node: string;
  /** Row of the node, where it is about one. */
  readonly row: string | undefined;
  readonly from: Point;
  readonly to: Point;
  /** Swap and gate: the corners of the f_op edge as it was and as it is now. */
  readonly edgePaths: readonly [old: readonly Point[], now: readonly Point[]] | undefined;
  readonly size: { readonly width: number; readonly height: number };
  /** `open`: the edge. */
  readonly text: string;
  readonly mark: TaskRef | undefined;
  readonly delay: number;
  readonly duration: number;
}

/** No step takes longer on the stage than this, ms at speed 1. */
export const MAX_EFFECT_MS = 400;

/** Plans and plays. */
export interface AnimationModule {
  /** The movements from one graph to the next; `actor` is the node of the process that acted. */
  readonly planEffects: (before: Graph, after: Graph, actor?: string) => readonly Effect[];
  /** Where on the stage effects are at work: on the layer, by what the nodes show at the moment. */
  readonly measureTargets: (
    layer: HTMLElement,
    root: HTMLElement,
    effects: readonly Effect[],
  ) => TargetPositions;
  /** Moves tokens over the graph; returns how to stop at once. */
  readonly playEffects: (
    layer: HTMLElement,
    root: HTMLElement,
    effects: readonly Effect[],
    spots: TargetPositions,
  ) => () => void;
}

/** In stage coordinates; effects on what is not drawn have none. */
export type TargetPositions = ReadonlyMap<Effect, Point>;
