import type { Model } from './model';

/** The position of a variable in a packed state: `((words[word] >>> shift) & mask) + lo`. */
export interface BitField {
  readonly field: number;
  readonly word: number;
  readonly shift: number;
  readonly bits: number;
  /** `bits` ones, not shifted. */
  readonly mask: number;
  readonly lo: number;
  readonly hi: number;
  /** For a field derived from a control state: its value by the bits (`lo` is not added). Such a field is never stored. */
  readonly table?: readonly number[];
}

/** The packed form of a model's states. */
export interface PackedLayout {
  readonly words: number;
  readonly bits: number;
  /** The stored variables. */
  readonly bitFields: readonly BitField[];
  /** Fields whose values follow from the control states of the tasks. */
  readonly derivedFields: readonly BitField[];
  /** By `StateVariable.field`; absent for fields that need no bits. */
  readonly bitFieldOf: ReadonlyMap<number, BitField>;
  readonly initial: Int32Array;
}

function bitWidth(lo: number, hi: number): number {
  return 32 - Math.clz32(hi - lo);
}

/** Packs variables first-fit, widest first. No variable crosses a word boundary. */
export function makePackedLayout(model: Model): PackedLayout {
  const widest = model.variables
    .map((v) => ({ ...v, bits: bitWidth(v.lo, v.hi) }))
    .sort((a, b) => b.bits - a.bits || a.field - b.field);
  const used: number[] = [];
  const bitFields = widest.map((v): BitField => {
    if (v.bits > 31) throw new Error(`field ${v.field} needs ${v.bits} bits`);
    let word = used.findIndex((taken) => taken + v.bits <= 32);
    if (word < 0) word = used.push(0) - 1;
    const shift = used[word] ?? 0;
    used[word] = shift + v.bits;
    return { field: v.field, word, shift, bits: v.bits, mask: 2 ** v.bits - 1, lo: v.lo, hi: v.hi };
  });
  const bitFieldOf = new Map(bitFields.map((bitField) => [bitField.field, bitField]));
  const derived = model.controlStates.flatMap(({ values }, task) =>
    [...values].map(([field, table]): BitField => ({
      ...bitFieldOf.get(model.program.fields.length + task)!,
      field,
      lo: Math.min(...table),
      hi: Math.max(...table),
      table,
    })),
  );
  const initial = new Int32Array(Math.max(1, used.length));
  for (const v of model.variables) packValue(initial, 0, bitFieldOf.get(v.field), v.init);
  return {
    words: initial.length,
    bits: bitFields.reduce((sum, bitField) => sum + bitField.bits, 0),
    bitFields,
    derivedFields: derived,
    bitFieldOf: new Map([
      ...bitFieldOf,
      ...derived.map((bitField) => [bitField.field, bitField] as const),
    ]),
    initial,
  };
}

function packValue(
  words: Int32Array,
  offset: number,
  bitField: BitField | undefined,
  value: number,
): void {
  if (!bitField) return;
  const at = offset + bitField.word;
  words[at] = (words[at] ?? 0) | ((value - bitField.lo) << bitField.shift);
}

/** What unpacking needs, one element per bit field. */
interface UnpackTables {
  readonly constants: readonly (readonly [field: number, value: number])[];
  readonly field: Int32Array;
  readonly word: Int32Array;
  readonly shift: Int32Array;
  readonly mask: Int32Array;
  readonly lo: Int32Array;
  readonly tables: readonly (readonly number[] | undefined)[];
}

const unpackTables = new WeakMap<PackedLayout, UnpackTables>();

function unpackTablesOf(model: Model, layout: PackedLayout): UnpackTables {
  const known = unpackTables.get(layout);
  if (known) return known;
  const { length } = model.program.fields;
  const unpacked = [
    ...layout.bitFields.filter(({ field }) => field < length),
    ...layout.derivedFields,
  ];
  const made = {
    constants: [...model.constants],
    field: Int32Array.from(unpacked, ({ field }) => field),
    word: Int32Array.from(unpacked, ({ word }) => word),
    shift: Int32Array.from(unpacked, ({ shift }) => shift),
    mask: Int32Array.from(unpacked, ({ mask }) => mask),
    lo: Int32Array.from(unpacked, ({ lo }) => lo),
    tables: unpacked.map(({ table }) => table),
  };
  unpackTables.set(layout, made);
  return made;
}

/** Unpacks the words at `offset` into `state`, one element per field. */
export function unpackState(
  model: Model,
  layout: PackedLayout,
  words: Int32Array,
  offset: number,
  state: Int32Array,
): void {
  const { constants, field, word, shift, mask, lo, tables } = unpackTablesOf(model, layout);
  for (let i = 0; i < constants.length; i++) state[constants[i]![0]] = constants[i]![1];
  for (let i = 0; i < field.length; i++) {
    const raw = (words[offset + word[i]!]! >>> shift[i]!) & mask[i]!;
    const table = tables[i];
    state[field[i]!] = table ? table[raw]! : raw + lo[i]!;
  }
}

/** One field of the packed words at `offset`. */
export function readField(
  model: Model,
  layout: PackedLayout,
  words: Int32Array,
  offset: number,
  field: number,
): number {
  const bitField = layout.bitFieldOf.get(field);
  return bitField ? readBitField(bitField, words, offset) : (model.constants.get(field) ?? 0);
}

/** The value of one bit field of the packed words at `offset`. */
function readBitField(bitField: BitField, words: Int32Array, offset: number): number {
  const raw = ((words[offset + bitField.word] ?? 0) >>> bitField.shift) & bitField.mask;
  return bitField.table ? (bitField.table[raw] ?? 0) : raw + bitField.lo;
}

/** The states from `from` to `to - 1` for whose bits at `bitField` `wanted` is defined. They are written into `found`, which must have room for all. */
export function statesMatching(
  records: Int32Array,
  stride: number,
  from: number,
  to: number,
  bitField: BitField,
  wanted: readonly unknown[],
  found: Int32Array,
): Int32Array {
  const flags = Uint8Array.from({ length: bitField.mask + 1 }, (_, raw) =>
    wanted[raw] === undefined ? 0 : 1,
  );
  const { shift, mask } = bitField;
  let count = 0;
  for (let state = from, at = from * stride + bitField.word; state < to; state++, at += stride) {
    found[count] = state;
    count += flags[(records[at]! >>> shift) & mask]!;
  }
  return found.subarray(0, count);
}
