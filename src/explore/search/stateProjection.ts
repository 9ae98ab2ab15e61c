import type { PackedLayout, BitField } from '../engines/packedLayout';
import { TupleNumbers } from '../engines/tupleNumbers';
import { hashWords } from '../engines/stateStore';

/** Numbers the classes of stored states that agree on some fields. */
export interface StateProjection {
  /** The class of the state with the words at `offset`; numbered from 0 in order of appearance. */
  readonly numberOf: (words: Int32Array, offset: number) => number;
}

/** Bits of a control state of which several values agree on the fields: each value is replaced by the first equal one. */
interface ControlStateClasses {
  readonly word: number;
  readonly shift: number;
  readonly mask: number;
  readonly first: Int32Array;
}

/** Makes a projection onto some fields. Fields without bits are constants. */
export function makeStateProjection(
  layout: PackedLayout,
  fields: Iterable<number>,
): StateProjection {
  const bitFields = [...new Set(fields)].flatMap((f) => layout.bitFieldOf.get(f) ?? []);
  const keep = new Int32Array(layout.words);
  for (const { word, shift, mask, table } of bitFields) if (!table) keep[word]! |= mask << shift;
  const classes = controlStateClasses(bitFields, keep);
  return new ProjectionTable(keep, classes);
}

/** For each task with derived fields among these: which of its control states agree on them. If none do, its bits are kept as they are. */
function controlStateClasses(
  bitFields: readonly BitField[],
  keep: Int32Array,
): ControlStateClasses[] {
  const byPosition = new Map<string, BitField[]>();
  for (const bitField of bitFields)
    if (bitField.table)
      byPosition.set(`${bitField.word} ${bitField.shift}`, [
        ...(byPosition.get(`${bitField.word} ${bitField.shift}`) ?? []),
        bitField,
      ]);
  return [...byPosition.values()].flatMap((group): ControlStateClasses[] => {
    const { word, shift, mask, table } = group[0]!;
    const values = new TupleNumbers();
    const classes = new Int32Array(table!.length);
    for (const each of group)
      each.table!.forEach((value, controlState) => {
        classes[controlState] = values.append(classes[controlState]!, value);
      });
    const firsts = new Map<number, number>();
    const first = classes.map((number, controlState) => {
      const known = firsts.get(number) ?? controlState;
      firsts.set(number, known);
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
  /** Open addressing over the keys. An entry is a class number plus one; 0 is empty. */
  private table = new Int32Array(64);
  private keys: Int32Array;
  private count = 0;

  constructor(
    private readonly keep: Int32Array,
    private readonly classes: readonly ControlStateClasses[],
  ) {
    this.width = keep.length;
    this.key = new Int32Array(this.width);
    this.keys = new Int32Array(32 * this.width);
  }

  numberOf(words: Int32Array, offset: number): number {
    const { key, keep, width, classes } = this;
    for (let i = 0; i < width; i++) key[i] = words[offset + i]! & keep[i]!;
    for (let i = 0; i < classes.length; i++) {
      const { word, shift, mask, first } = classes[i]!;
      key[word]! |= first[(words[offset + word]! >>> shift) & mask]!;
    }
    const { table, keys } = this;
    const mask = table.length - 1;
    for (let slot = hashWords(key, 0, width) & mask; ; slot = (slot + 1) & mask) {
      const entry = table[slot]!;
      if (entry === 0) return this.add(slot);
      const at = (entry - 1) * width;
      let i = 0;
      while (i < width && keys[at + i] === key[i]) i++;
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
