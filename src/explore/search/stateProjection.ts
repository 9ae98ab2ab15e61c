import type { PackedLayout, BitField } from '../engines/packedLayout';
import { hashWords } from '../engines/stateStore';

/** Numbers stored states by some of their fields alone: those that agree on them all have one number. */
export interface StateProjection {
  /** The number of the state with the words at `offset`; numbers are given out from 0 on, as states come. */
  readonly numberOf: (words: Int32Array, offset: number) => number;
}

/** Place bits of which several values look alike: each is told by the first like it. */
interface ControlStateClasses {
  readonly word: number;
  readonly shift: number;
  readonly mask: number;
  readonly first: Int32Array;
}

/** A projection on some fields. Fields without bits are the same everywhere. */
export function makeStateProjection(
  layout: PackedLayout,
  fields: Iterable<number>,
): StateProjection {
  const slots = [...new Set(fields)].flatMap((f) => layout.bitFieldOf.get(f) ?? []);
  const keep = new Int32Array(layout.words);
  for (const { word, shift, mask, table } of slots) if (!table) keep[word]! |= mask << shift;
  const alike = controlStateClasses(slots, keep);
  return new ProjectionTable(keep, alike);
}

/** For each task with fields among these: which of its places agree on them. Where no two do, its bits tell it. */
function controlStateClasses(slots: readonly BitField[], keep: Int32Array): ControlStateClasses[] {
  const byPlace = new Map<string, BitField[]>();
  for (const slot of slots)
    if (slot.table)
      byPlace.set(`${slot.word} ${slot.shift}`, [
        ...(byPlace.get(`${slot.word} ${slot.shift}`) ?? []),
        slot,
      ]);
  return [...byPlace.values()].flatMap((of): ControlStateClasses[] => {
    const { word, shift, mask, table } = of[0]!;
    const firsts = new Map<string, number>();
    const first = Int32Array.from(table!, (_, place) => {
      const key = of.map((s) => s.table![place]).join();
      const known = firsts.get(key) ?? place;
      firsts.set(key, known);
      return known << shift;
    });
    if (firsts.size > 1 && firsts.size === table!.length) {
      keep[word]! |= mask << shift;
      return [];
    }
    return firsts.size > 1 ? [{ word, shift, mask, first }] : [];
  });
}

class ProjectionTable implements StateProjection {
  private readonly width: number;
  private readonly key: Int32Array;
  /** Open addressing over the keys: a number plus one, 0 is empty. */
  private table = new Int32Array(1024);
  private keys: Int32Array;
  private count = 0;

  constructor(
    private readonly keep: Int32Array,
    private readonly classes: readonly ControlStateClasses[],
  ) {
    this.width = keep.length;
    this.key = new Int32Array(this.width);
    this.keys = new Int32Array(512 * this.width);
  }

  numberOf(words: Int32Array, offset: number): number {
    const { key: now, keep, width, classes: alike } = this;
    for (let i = 0; i < width; i++) now[i] = words[offset + i]! & keep[i]!;
    for (let i = 0; i < alike.length; i++) {
      const { word, shift, mask, first } = alike[i]!;
      now[word]! |= first[(words[offset + word]! >>> shift) & mask]!;
    }
    const { table, keys } = this;
    const mask = table.length - 1;
    for (let slot = hashWords(now, 0, width) & mask; ; slot = (slot + 1) & mask) {
      const entry = table[slot]!;
      if (entry === 0) return this.add(slot);
      const at = (entry - 1) * width;
      let i = 0;
      while (i < width && keys[at + i] === now[i]) i++;
      if (i === width) return entry - 1;
    }
  }

  private add(slot: number): number {
    const { width } = this;
    this.keys.set(this.key, this.count * width);
    this.table[slot] = ++this.count;
    if (this.count * 2 === this.table.length) this.grow();
    return this.count - 1;
  }

  private grow(): void {
    const { width, keys, count } = this;
    this.keys = new Int32Array(keys.length * 2);
    this.keys.set(keys);
    this.table = new Int32Array(this.table.length * 2);
    const mask = this.table.length - 1;
    for (let k = 0; k < count; k++) {
      let slot = hashWords(keys, k * width, width) & mask;
      while (this.table[slot] !== 0) slot = (slot + 1) & mask;
      this.table[slot] = k + 1;
    }
  }
}
