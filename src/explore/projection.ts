import type { Layout, Slot } from './layout';

/** Part of a key: some bits of one word, or what a table makes of them. */
interface Part { readonly word: number; readonly shift: number; readonly mask: number; readonly size: number; readonly table: Int32Array | undefined }

/** Tells states apart by some fields alone: states with equal keys agree on them. Fields without bits are the same everywhere. */
export function makeProjection(layout: Layout, fields: Iterable<number>): (words: Int32Array, offset: number) => string | number {
  const slots = [...new Set(fields)].flatMap((f) => layout.slotOf.get(f) ?? []);
  // Numbers stay exact up to 2^53: parts that fit together make one.
  const groups: Part[][] = [];
  let room = 0;
  for (const part of [...slots.filter((s) => !s.table).map(plainPart), ...placeParts(slots)]) {
    if (room < part.size) {
      groups.push([]);
      room = 2 ** 52;
    }
    groups.at(-1)!.push(part);
    room = Math.floor(room / part.size);
  }
  const [only, ...more] = groups;
  if (!only) return () => 0;
  if (more.length === 0) return (words, offset) => number(only, words, offset);
  return (words, offset) => groups.map((g) => number(g, words, offset)).join(' ');
}

function number(group: readonly Part[], words: Int32Array, offset: number): number {
  let key = 0;
  for (let i = 0; i < group.length; i++) {
    const { word, shift, mask, size, table } = group[i]!;
    const raw = (words[offset + word]! >>> shift) & mask;
    key = key * size + (table ? table[raw]! : raw);
  }
  return key;
}

function plainPart({ word, shift, mask }: Slot): Part {
  return { word, shift, mask, size: mask + 1, table: undefined };
}

/** For each task with fields among these: which of its places agree on them. */
function placeParts(slots: readonly Slot[]): Part[] {
  const byPlace = new Map<string, Slot[]>();
  for (const slot of slots) if (slot.table) byPlace.set(`${slot.word} ${slot.shift}`, [...byPlace.get(`${slot.word} ${slot.shift}`) ?? [], slot]);
  return [...byPlace.values()].map((of): Part => {
    const { word, shift, mask, table } = of[0]!;
    const classes = new Map<string, number>();
    const classOf = Int32Array.from(table!, (_, place) => {
      const key = of.map((s) => s.table![place]).join();
      const known = classes.get(key) ?? classes.size;
      classes.set(key, known);
      return known;
    });
    return { word, shift, mask, size: classes.size, table: classOf };
  });
}

/** A map from keys of a projection; numbers that are too large for a Map to be quick with are at home here. */
export class KeyMap<T> {
  private keys = new Float64Array(256);
  private values: (T | undefined)[] = Array.from({ length: 256 });
  private readonly strings = new Map<string, T>();
  private count = 0;

  get(key: string | number): T | undefined {
    if (typeof key === 'string') return this.strings.get(key);
    return this.values[this.slot(key)];
  }

  /** Adds a key that is not there yet. */
  add(key: string | number, value: T): void {
    if (typeof key === 'string') {
      this.strings.set(key, value);
      return;
    }
    if (++this.count * 2 > this.keys.length) this.grow();
    const at = this.slot(key);
    this.keys[at] = key;
    this.values[at] = value;
  }

  private slot(key: number): number {
    const mask = this.keys.length - 1;
    const h = Math.imul((key >>> 0) ^ Math.imul((key / 4_294_967_296) | 0, 0x7feb352d), 0x2c1b3c6d);
    let at = (h ^ (h >>> 15)) & mask;
    while (this.values[at] !== undefined && this.keys[at] !== key) at = (at + 1) & mask;
    return at;
  }

  private grow(): void {
    const { keys, values } = this;
    this.keys = new Float64Array(keys.length * 2);
    this.values = Array.from({ length: keys.length * 2 });
    values.forEach((value, i) => {
      if (value === undefined) return;
      const at = this.slot(keys[i]!);
      this.keys[at] = keys[i]!;
      this.values[at] = value;
    });
  }
}
