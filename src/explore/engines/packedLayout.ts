import type { Model } from './model';

/** Where a variable lives in a packed state: `((words[word] >>> shift) & mask) + lo`. */
export interface BitField {
  readonly field: number;
  readonly word: number;
  readonly shift: number;
  readonly bits: number;
  /** All ones, `bits` wide, not shifted. */
  readonly mask: number;
  readonly lo: number;
  readonly hi: number;
  /** For a field that is a function of the bits: its value by them (`lo` is not added). Nothing is ever stored into it. */
  readonly table?: readonly number[];
}

/** The packed form of a model's states. */
export interface PackedLayout {
  readonly words: number;
  readonly bits: number;
  /** Where bits are. */
  readonly bitFields: readonly BitField[];
  /** Fields that follow from the places of the tasks. */
  readonly derivedFields: readonly BitField[];
  /** By field index (or that of a place); absent for fields that need no bits. */
  readonly bitFieldOf: ReadonlyMap<number, BitField>;
  readonly initial: Int32Array;
}

function bitWidth(lo: number, hi: number): number {
  return 32 - Math.clz32(hi - lo);
}

/** Packs first-fit, widest first; no variable crosses a word. */
export function makePackedLayout(model: Model): PackedLayout {
  const widest = model.variables
    .map((v) => ({ ...v, bits: bitWidth(v.lo, v.hi) }))
    .sort((a, b) => b.bits - a.bits || a.field - b.field);
  const used: number[] = [];
  const slots = widest.map((v): BitField => {
    if (v.bits > 31) throw new Error(`field ${v.field} needs ${v.bits} bits`);
    let word = used.findIndex((taken) => taken + v.bits <= 32);
    if (word < 0) word = used.push(0) - 1;
    const shift = used[word] ?? 0;
    used[word] = shift + v.bits;
    return { field: v.field, word, shift, bits: v.bits, mask: 2 ** v.bits - 1, lo: v.lo, hi: v.hi };
  });
  const slotOf = new Map(slots.map((slot) => [slot.field, slot]));
  const derived = model.controlStates.flatMap(({ values }, task) =>
    [...values].map(([field, table]): BitField => ({
      ...slotOf.get(model.program.fields.length + task)!,
      field,
      lo: Math.min(...table),
      hi: Math.max(...table),
      table,
    })),
  );
  const initial = new Int32Array(Math.max(1, used.length));
  for (const v of model.variables) packValue(initial, 0, slotOf.get(v.field), v.init);
  return {
    words: initial.length,
    bits: slots.reduce((sum, slot) => sum + slot.bits, 0),
    bitFields: slots,
    derivedFields: derived,
    bitFieldOf: new Map([...slotOf, ...derived.map((slot) => [slot.field, slot] as const)]),
    initial,
  };
}

function packValue(
  words: Int32Array,
  offset: number,
  slot: BitField | undefined,
  value: number,
): void {
  if (!slot) return;
  const at = offset + slot.word;
  words[at] = (words[at] ?? 0) | ((value - slot.lo) << slot.shift);
}

/** Writes the full state (one element per field) of the packed words at `offset` into `state`. */
export function unpackState(
  model: Model,
  layout: PackedLayout,
  words: Int32Array,
  offset: number,
  state: Int32Array,
): void {
  const { length } = model.program.fields;
  for (const [field, value] of model.constants) state[field] = value;
  for (const slot of layout.bitFields)
    if (slot.field < length) state[slot.field] = readBitField(slot, words, offset);
  for (const slot of layout.derivedFields) state[slot.field] = readBitField(slot, words, offset);
}

/** One field of the packed words at `offset`. */
export function readField(
  model: Model,
  layout: PackedLayout,
  words: Int32Array,
  offset: number,
  field: number,
): number {
  const slot = layout.bitFieldOf.get(field);
  return slot ? readBitField(slot, words, offset) : (model.constants.get(field) ?? 0);
}

/** The value of one slot of the packed words at `offset`. */
function readBitField(slot: BitField, words: Int32Array, offset: number): number {
  const raw = ((words[offset + slot.word] ?? 0) >>> slot.shift) & slot.mask;
  return slot.table ? (slot.table[raw] ?? 0) : raw + slot.lo;
}

/** The states `from` to `to - 1` in whose bits at `slot` something is wanted; they are written into `found`, which has room for all. */
export function statesMatching(
  records: Int32Array,
  stride: number,
  from: number,
  to: number,
  slot: BitField,
  wanted: readonly unknown[],
  found: Int32Array,
): Int32Array {
  const flags = Uint8Array.from({ length: slot.mask + 1 }, (_, raw) =>
    wanted[raw] === undefined ? 0 : 1,
  );
  const { shift, mask } = slot;
  let count = 0;
  for (let state = from, at = from * stride + slot.word; state < to; state++, at += stride) {
    found[count] = state;
    count += flags[(records[at]! >>> shift) & mask]!;
  }
  return found.subarray(0, count);
}
