/** States in the order found, each `words` integers and the number of its parent, with a hash table. */
export interface StateStore {
  readonly words: number;
  readonly stride: number;
  readonly count: number;
  readonly records: Int32Array;
  /** Open addressing. An entry is six hash bits above the number of the state plus one; 0 is empty. */
  readonly table: Int32Array;
}

/** Maximum number of states in a table. */
export const MAX_STATES = 2 ** 26 - 2;
/** The table grows beyond this load factor. */
export const MAX_LOAD_FACTOR = 0.6;

/** A hash of `count` integers at `offset`. The WebAssembly engine computes the same. */
export function hashWords(words: Int32Array, offset: number, count: number): number {
  let h = 0;
  for (let i = 0; i < count; i++) {
    h = Math.imul(h ^ words[offset + i]!, 0x7feb352d);
    h ^= h >>> 15;
  }
  h = Math.imul(h, 0x2c1b3c6d);
  return h ^ (h >>> 16);
}

/** The number of the state whose words are at `offset` of `from`, or -1. */
export function findState(store: StateStore, from: Int32Array, offset: number): number {
  const { table, records, words, stride } = store;
  const h = hashWords(from, offset, words);
  const mask = table.length - 1;
  const tag = h >>> 26;
  for (let slot = h & mask; ; slot = (slot + 1) & mask) {
    const entry = table[slot]!;
    if (entry === 0) return -1;
    if (entry >>> 26 !== tag) continue;
    const index = (entry & 0x3ffffff) - 1;
    const at = index * stride;
    let i = 0;
    while (i < words && records[at + i] === from[offset + i]) i++;
    if (i === words) return index;
  }
}

/** Inserts the stored states from `from` to `to - 1` into a table that has none of them. */
export function insertStates(
  table: Int32Array,
  records: Int32Array,
  from: number,
  to: number,
  words: number,
): void {
  const mask = table.length - 1;
  for (let index = from, at = from * (words + 1); index < to; index++, at += words + 1) {
    const h = hashWords(records, at, words);
    let slot = h & mask;
    while (table[slot] !== 0) slot = (slot + 1) & mask;
    table[slot] = ((h >>> 26) << 26) | (index + 1);
  }
}

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
