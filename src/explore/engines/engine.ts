import type { StateStore } from './stateStore';

/** In a list of successors: the task is blocked. */
export const TASK_BLOCKED = -1;
/** In a list of successors: the successor is not stored, because the search stopped before it. */
export const STATE_UNKNOWN = -2;

/** Expands stored states again, after the search. The results of the last `expand` are at `(state - from) * tasks + task`. */
export interface Successors {
  readonly tasks: number;
  /** Maximum number of states per call. */
  readonly batch: number;
  readonly expand: (from: number, to: number) => void;
  /** Numbers of the successors, `TASK_BLOCKED` or `STATE_UNKNOWN`. Call it again after every `expand`. */
  readonly next: () => Int32Array;
  /** Properties that the transition violates, as masks of `propertyBit`. */
  readonly violated: () => Int32Array;
  /** Under symmetry: the index of the running task in the canonical successor. */
  readonly permutedTask?: () => Int32Array;
}

/** Receives what an engine finds while it expands states. */
export interface EngineListener {
  /** The step of `task` from `state` violates properties (a mask) for the first time. */
  readonly violated: (bits: number, state: number, task: number) => void;
  /** No task is enabled in this state. */
  readonly terminal: (state: number) => void;
}

/** Reductions that an engine applies; all absent for a full search. */
export interface EngineReduction {
  /** Replaces the successor at `offset` by the canonical state of its orbit. */
  readonly canonicalize?: ((words: Int32Array, offset: number) => void) | undefined;
  /** The only task that must be expanded in the state at `offset`, or -1 for all. */
  readonly ampleTask?: ((words: Int32Array, offset: number) => number) | undefined;
}

/** Runs all actions of a model over a store of states. */
export interface Engine {
  readonly name: 'wasm' | 'bytecode' | 'reference';
  /** Expands the states from `from` to `to - 1` in order. Returns the first state not expanded: less than `to` if the store is full. */
  readonly expand: (from: number, to: number) => number;
  /** Enlarges the store after `expand` returned early. Then call `continueRehash` until it returns false. */
  readonly grow: () => void;
  /** Inserts about `states` stored states into the larger table. Returns whether some are left. */
  readonly continueRehash: (states: number) => boolean;
  /** The states so far. The arrays are valid until the next `expand` or `grow`. */
  readonly store: () => StateStore;
  readonly count: () => number;
  readonly transitions: () => number;
  /** Bytes of table and records. */
  readonly bytes: () => number;
  /** Bytes after the next `grow`. */
  readonly bytesAfterGrow: () => number;
  /** A faster `Successors` for this engine. The search must not continue afterwards. */
  readonly successors?: () => Successors;
}
