import type { AccessFlag } from '../../../graph/model/accessText';
import type { Point } from '../../../graph/layout/geometry';
import type { Graph, TaskRef } from '../../../graph/model/graph';

/** What one animation of a step shows. Motion never carries information that the nodes do not show as well. */
export type EffectKind =
  | 'alloc'
  | 'free'
  | 'acquire'
  | 'handover'
  | 'contend'
  | 'release'
  | 'swap'
  | 'access'
  | 'reachNode'
  | 'reachEdge'
  | 'memoryOrder'
  | 'count'
  | 'write'
  | 'complete'
  | 'refusal'
  | 'claim'
  | 'useFreed'
  | 'violation';

/** One animation. Positions in stage coordinates, times in ms at speed 1. */
export interface Effect {
  readonly kind: EffectKind;
  /** Id of the node it belongs to. */
  readonly node: string;
  /** Field name, if it belongs to a row of the node. */
  readonly row: string | undefined;
  /** Top left of the node. */
  readonly corner: Point;
  readonly from: Point;
  readonly to: Point;
  /** `contend`: the padlock; otherwise the task that made the step. */
  readonly other: Point | undefined;
  /** `swap` and `access`: waypoints of the f_op edge before and after. */
  readonly edgePaths: readonly [old: readonly Point[], now: readonly Point[]] | undefined;
  readonly size: { readonly width: number; readonly height: number };
  /** Text to show. `reachEdge`: the edge id; `swap` and `access`: the new access. */
  readonly text: string;
  readonly mark: TaskRef | undefined;
  /** `access`: the flag that changes. */
  readonly accessFlag: AccessFlag | undefined;
  readonly delay: number;
  readonly duration: number;
}

/** All animations of a step end within this time, ms at speed 1. */
export const MAX_EFFECT_MS = 400;

/** Shift to the right from the owner in a lock row to the first waiter, px. */
export const QUEUE_HEAD_OFFSET = 34;

/** The lazily loaded animation code. */
export interface AnimationModule {
  /** Effects of a step, from the difference of its graphs. `process` is the node id of the process that made the step. */
  readonly planEffects: (before: Graph, after: Graph, process?: string) => readonly Effect[];
  /** Measures where the targets of the effects are at the current detail level. */
  readonly measureTargets: (
    layer: HTMLElement,
    root: HTMLElement,
    effects: readonly Effect[],
  ) => TargetPositions;
  /** Plays the effects; returns the function that cancels them. */
  readonly playEffects: (
    layer: HTMLElement,
    root: HTMLElement,
    effects: readonly Effect[],
    targets: TargetPositions,
  ) => () => void;
}

/** Stage coordinates of each effect's target; without an entry, the target is not drawn. */
export type TargetPositions = ReadonlyMap<Effect, Point>;
