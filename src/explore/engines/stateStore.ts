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
