import type { Layout, Slot } from './layout';

/** Tells states apart by some fields alone: states with equal keys agree on them. Fields without bits are the same everywhere. */
export function makeProjection(layout: Layout, fields: Iterable<number>): (words: Int32Array, offset: number) => string | number {
  const slots = [...new Set(fields)].flatMap((f) => layout.slotOf.get(f) ?? []);
  // Numbers stay exact up to 2^53: slots that fit together make one.
  const groups: (readonly [slot: Slot, size: number])[][] = [];
  let room = 0;
  for (const slot of slots) {
    const size = slot.hi - slot.lo + 1;
    if (room < size) {
      groups.push([]);
      room = 2 ** 52;
    }
    groups.at(-1)!.push([slot, size]);
    room = Math.floor(room / size);
  }
  const number = (group: readonly (readonly [slot: Slot, size: number])[], words: Int32Array, offset: number): number => {
    let key = 0;
    for (const [slot, size] of group) {
      const raw = (words[offset + slot.word]! >>> slot.shift) & slot.mask;
      key = key * size + (slot.table ? slot.table[raw]! - slot.lo : raw);
    }
    return key;
  };
  const [only, ...more] = groups;
  if (!only) return () => 0;
  if (more.length === 0) return (words, offset) => number(only, words, offset);
  return (words, offset) => groups.map((g) => number(g, words, offset)).join(' ');
}
