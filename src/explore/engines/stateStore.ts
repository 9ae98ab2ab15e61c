/** States in the order found, each `words` integers and the number of its parent, and the hash table over them. */
export interface StateStore {
  readonly words: number;
  readonly stride: number;
  readonly count: number;
  readonly records: Int32Array;
  /** Open addressing: six hash bits above the state's number plus one; 0 is empty. */
  readonly table: Int32Array;
}

/** Most states that a table can number. */
export const MAX_STATES = 2 ** 26 - 2;
/** The table grows when this part of it is full. */
export const MAX_LOAD_FACTOR = 0.6;

/** A hash of `words` integers at `offset`; the WebAssembly engine computes the same. */
export function hashWords(words: Int32Array, offset: number, count: number): number {
  let h = 0;
  for (let i = 0; i < count; i++) {
    h = Math.imul(h ^ words[offset + i]!, 0x7feb352d);
    h ^= h >>> 15;
  }
  h = Math.imul(h, 0x2c1b3c6d);
  return h ^ (h >>> 16);
}

/** The number of the state with the words at `offset` of `from`, or -1. */
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

/** Enters the stored states `from` to `to - 1` into a table that has none of them. */
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

/** In a list of successors: the task cannot move. */
export const TASK_BLOCKED = -1;
/** In a list of successors: the successor is not among the stored states (the search stopped before it). */
export const STATE_UNKNOWN = -2;

/** Expands stored states again, after the search: what `expand` last wrote is read at `(state - from) * tasks + task`. */
export interface Successors {
  readonly tasks: number;
  /** Most states in one call. */
  readonly batch: number;
  readonly expand: (from: number, to: number) => void;
  /** Numbers of the successors, `BLOCKED` or `UNKNOWN`. Read it anew after every `expand`. */
  readonly next: () => Int32Array;
  /** Properties that the transition breaks, as a mask of `propertyBit`. */
  readonly violated: () => Int32Array;
  /** Under symmetry: what the running task was turned into in the successor. */
  readonly permutedTask?: () => Int32Array;
}

/** What an engine tells while it expands states. */
export interface EngineListener {
  /** Properties were broken for the first time, by the step of `task` from `state`. */
  readonly violated: (bits: number, state: number, task: number) => void;
  /** No task can move in this state. */
  readonly terminal: (state: number) => void;
}

/** How an engine may leave states out; absent for a full search. */
export interface EngineReduction {
  /** Puts the successor at `offset` into the form that stands for all its images. */
  readonly canonicalize?: ((words: Int32Array, offset: number) => void) | undefined;
  /** The only task that has to be tried in the state at `offset`, or -1 for all. */
  readonly ampleTask?: ((words: Int32Array, offset: number) => number) | undefined;
}

/** Runs all actions of a model over a store of states. */
export interface Engine {
  readonly name: 'wasm' | 'bytecode' | 'reference';
  /** Expands states `from` to `to - 1`, in order; returns the first one left, short of `to` when the store is full. */
  readonly expand: (from: number, to: number) => number;
  /** Makes room; must be called when `expand` fell short. Then `enter` has to be called until it is through. */
  readonly grow: () => void;
  /** Enters about so many of the stored states into the larger table; whether some are left. */
  readonly continueRehash: (states: number) => boolean;
  /** The states so far; arrays are valid until the next call of `expand` or `grow`. */
  readonly store: () => StateStore;
  readonly count: () => number;
  readonly transitions: () => number;
  /** Bytes held by table and store. */
  readonly bytes: () => number;
  /** Bytes that the next `grow` will hold. */
  readonly bytesAfterGrow: () => number;
  /** The engine's own way to look at its states again; the search must not go on afterwards. */
  readonly successors?: () => Successors;
}
