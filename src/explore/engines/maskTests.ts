import type { Expr } from '../../kernel/language/expressions';
import type { PackedLayout, BitField } from './packedLayout';

/** A test of some bits of one word: `(words[word] & mask) === bits`, or `!==` where `equal` is false. */
export interface MaskTest {
  readonly kind: 'mask';
  readonly word: number;
  readonly mask: number;
  readonly bits: number;
  readonly equal: boolean;
}

/** A test that the place of one task decides: by the bits of the place, 1 or 0. */
export interface TableTest {
  readonly kind: 'table';
  readonly bitField: BitField;
  readonly truth: readonly number[];
}

/** One test among several; `other` holds where `e` is true (or false, as `wanted` says). */
export type TestTerm =
  MaskTest | TableTest | { readonly kind: 'other'; readonly e: Expr; readonly wanted: boolean };

interface ControlStateValues {
  readonly bitField: BitField | undefined;
  readonly values: readonly number[];
}

/** Finds tests of packed states that take one look at one word. */
export class MaskTests {
  private readonly testCache = new WeakMap<Expr, MaskTest | TableTest | 'none'>();
  private readonly basisCache = new WeakMap<Expr, BitField | 'none' | 'mixed'>();

  constructor(private readonly layout: PackedLayout) {}

  /** The range of a field. */
  readonly range = (field: number): readonly [number, number] => {
    const slot = this.layout.bitFieldOf.get(field);
    return slot ? [slot.lo, slot.hi] : [0, 0];
  };

  /** The expression as one test, where it is one. */
  single(e: Expr): MaskTest | TableTest | undefined {
    const known = this.testCache.get(e);
    if (known) return known === 'none' ? undefined : known;
    const found = this.mask(e) ?? this.table(e);
    this.testCache.set(e, found ?? 'none');
    return found;
  }

  /** The terms that are all true exactly where `e` is `wanted`: those on one word or one place are joined, the simple ones come first. */
  conjuncts(e: Expr, wanted: boolean): TestTerm[] {
    const simple: TestTerm[] = [];
    const others: TestTerm[] = [];
    for (const [part, positive] of conjunctsOf(e, wanted)) {
      const found = this.single(part);
      const test = found && (positive ? found : negateTest(found));
      if (!test) {
        others.push({ kind: 'other', e: part, wanted: positive });
        continue;
      }
      const at = simple.findIndex((t) => mergeTests(t, test) !== undefined);
      if (at < 0) simple.push(test);
      else simple[at] = mergeTests(simple[at]!, test)!;
    }
    return [...simple, ...others];
  }

  private mask(e: Expr): MaskTest | undefined {
    switch (e.op) {
      case 'field': {
        const slot = this.layout.bitFieldOf.get(e.field);
        if (!slot || slot.table || slot.lo !== 0 || slot.hi !== 1) return undefined;
        return {
          kind: 'mask',
          word: slot.word,
          mask: 1 << slot.shift,
          bits: 1 << slot.shift,
          equal: true,
        };
      }
      case 'eq':
      case 'ne': {
        if (e.a.op !== 'field' || e.b.op !== 'const') return undefined;
        const slot = this.layout.bitFieldOf.get(e.a.field);
        if (!slot || slot.table || e.b.value < slot.lo || e.b.value > slot.hi) return undefined;
        return normalizeTest({
          kind: 'mask',
          word: slot.word,
          mask: slot.mask << slot.shift,
          bits: (e.b.value - slot.lo) << slot.shift,
          equal: e.op === 'eq',
        });
      }
      case 'not': {
        const test = this.mask(e.a);
        return test && normalizeTest({ ...test, equal: !test.equal });
      }
      case 'and': {
        const a = this.mask(e.a);
        const b = a?.equal === true ? this.mask(e.b) : undefined;
        const both = a && b && mergeTests(a, b);
        return both?.kind === 'mask' ? both : undefined;
      }
      default:
        return undefined;
    }
  }

  private table(e: Expr): TableTest | undefined {
    const slot = this.basisOf(e);
    const found = slot === 'none' || slot === 'mixed' ? undefined : this.controlStateValues(e);
    if (!found?.bitField) return undefined;
    return {
      kind: 'table',
      bitField: found.bitField,
      truth: found.values.map((v) => (v === 0 ? 0 : 1)),
    };
  }

  /** The one place that the expression depends on. */
  private basisOf(e: Expr): BitField | 'none' | 'mixed' {
    const known = this.basisCache.get(e);
    if (known) return known;
    const parts =
      e.op === 'const' || e.op === 'field'
        ? []
        : e.op === 'not'
          ? [e.a]
          : e.op === 'select'
            ? [e.cond, e.a, e.b]
            : [e.a, e.b];
    let found: BitField | 'none' | 'mixed' = 'none';
    if (e.op === 'field') {
      const slot = this.layout.bitFieldOf.get(e.field);
      found = slot?.table ? slot : 'mixed';
    }
    for (const part of parts) {
      const next = this.basisOf(part);
      if (next === 'none' || found === 'mixed') continue;
      found =
        next === 'mixed' ||
        (found !== 'none' && (found.word !== next.word || found.shift !== next.shift))
          ? 'mixed'
          : next;
    }
    this.basisCache.set(e, found);
    return found;
  }

  /** The expression's value by the bits of the one place that it depends on; without a slot when it is constant. */
  private controlStateValues(e: Expr): ControlStateValues | undefined {
    switch (e.op) {
      case 'const':
        return { bitField: undefined, values: [e.value] };
      case 'field': {
        const slot = this.layout.bitFieldOf.get(e.field);
        return slot?.table && { bitField: slot, values: slot.table };
      }
      case 'not': {
        const a = this.controlStateValues(e.a);
        return a && { bitField: a.bitField, values: a.values.map((v) => (v === 0 ? 1 : 0)) };
      }
      case 'select': {
        const [c, a, b] = [
          this.controlStateValues(e.cond),
          this.controlStateValues(e.a),
          this.controlStateValues(e.b),
        ];
        return c && a && b && this.combine([c, a, b], ([x, y, z]) => (x === 0 ? z! : y!));
      }
      default: {
        const a = this.controlStateValues(e.a);
        const b = a && this.controlStateValues(e.b);
        if (!a || !b) return undefined;
        const { op } = e;
        return this.combine([a, b], ([x, y]) => applyBinary(op, x!, y!));
      }
    }
  }

  private combine(
    parts: readonly ControlStateValues[],
    make: (values: readonly number[]) => number,
  ): ControlStateValues | undefined {
    const slot = parts.find((p) => p.bitField)?.bitField;
    if (
      parts.some(
        (p) => p.bitField && (p.bitField.word !== slot?.word || p.bitField.shift !== slot.shift),
      )
    )
      return undefined;
    return {
      bitField: slot,
      values: Array.from({ length: slot?.table?.length ?? 1 }, (_, i) =>
        make(parts.map((p) => (p.bitField ? p.values[i]! : p.values[0]!))),
      ),
    };
  }
}

function applyBinary(
  op: Exclude<Expr['op'], 'const' | 'field' | 'not' | 'select'>,
  a: number,
  b: number,
): number {
  switch (op) {
    case 'eq':
      return a === b ? 1 : 0;
    case 'ne':
      return a !== b ? 1 : 0;
    case 'lt':
      return a < b ? 1 : 0;
    case 'le':
      return a <= b ? 1 : 0;
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'and':
      return a !== 0 && b !== 0 ? 1 : 0;
    case 'or':
      return a !== 0 || b !== 0 ? 1 : 0;
  }
}

/** The parts that are all as wanted exactly where `e` is `wanted`. */
function conjunctsOf(e: Expr, wanted: boolean): (readonly [part: Expr, wanted: boolean])[] {
  if (e.op === 'not') return conjunctsOf(e.a, !wanted);
  if ((e.op === 'and' && wanted) || (e.op === 'or' && !wanted))
    return [...conjunctsOf(e.a, wanted), ...conjunctsOf(e.b, wanted)];
  return [[e, wanted]];
}

function negateTest(test: MaskTest | TableTest): MaskTest | TableTest {
  return test.kind === 'mask'
    ? normalizeTest({ ...test, equal: !test.equal })
    : { ...test, truth: test.truth.map((v) => 1 - v) };
}

/** One bit that is not set is one bit that equals zero, which can be joined with others. */
function normalizeTest(test: MaskTest): MaskTest {
  return !test.equal && test.mask !== 0 && (test.mask & (test.mask - 1)) === 0
    ? { ...test, bits: test.bits ^ test.mask, equal: true }
    : test;
}

/** One test for two that must both be true. */
function mergeTests(a: TestTerm, b: TestTerm): MaskTest | TableTest | undefined {
  if (a.kind === 'mask' && b.kind === 'mask') {
    if (!a.equal || !b.equal || a.word !== b.word || (a.mask & b.mask) !== 0) return undefined;
    return { ...a, mask: a.mask | b.mask, bits: a.bits | b.bits };
  }
  if (
    a.kind === 'table' &&
    b.kind === 'table' &&
    a.bitField.word === b.bitField.word &&
    a.bitField.shift === b.bitField.shift
  )
    return { ...a, truth: a.truth.map((v, i) => v & b.truth[i]!) };
  return undefined;
}
