import type { Expr } from '../../kernel/language/expressions';
import type { PackedLayout, BitField } from './packedLayout';

/** A test of some bits of one word: `(words[word] & mask) === bits`, or `!==` if `equal` is false. */
export interface MaskTest {
  readonly kind: 'mask';
  readonly word: number;
  readonly mask: number;
  readonly bits: number;
  readonly equal: boolean;
}

/** A test that depends only on the control state of one task: 1 or 0 by its bits. */
export interface TableTest {
  readonly kind: 'table';
  readonly bitField: BitField;
  readonly truth: readonly number[];
}

/** One conjunct. `other` is true if `e` is `wanted`. */
export type TestTerm =
  MaskTest | TableTest | { readonly kind: 'other'; readonly e: Expr; readonly wanted: boolean };

interface ControlStateValues {
  readonly bitField: BitField | undefined;
  readonly values: readonly number[];
}

/** Finds tests of packed states that read one word only. */
export class MaskTests {
  private readonly testCache = new Map<Expr, MaskTest | TableTest | 'none'>();
  private readonly basisCache = new Map<Expr, BitField | 'none' | 'mixed'>();

  constructor(private readonly layout: PackedLayout) {}

  /** The range of a field. */
  readonly range = (field: number): readonly [number, number] => {
    const bitField = this.layout.bitFieldOf.get(field);
    return bitField ? [bitField.lo, bitField.hi] : [0, 0];
  };

  /** The expression as one test; undefined if it needs more. */
  single(e: Expr): MaskTest | TableTest | undefined {
    const known = this.testCache.get(e);
    if (known) return known === 'none' ? undefined : known;
    const found = this.mask(e) ?? this.table(e);
    this.testCache.set(e, found ?? 'none');
    return found;
  }

  /** Terms whose conjunction is true if and only if `e` is `wanted`. Tests of the same bits are merged; simple ones come first. */
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
        const bitField = this.layout.bitFieldOf.get(e.field);
        if (!bitField || bitField.table || bitField.lo !== 0 || bitField.hi !== 1) return undefined;
        return {
          kind: 'mask',
          word: bitField.word,
          mask: 1 << bitField.shift,
          bits: 1 << bitField.shift,
          equal: true,
        };
      }
      case 'eq':
      case 'ne': {
        if (e.a.op !== 'field' || e.b.op !== 'const') return undefined;
        const bitField = this.layout.bitFieldOf.get(e.a.field);
        if (!bitField || bitField.table || e.b.value < bitField.lo || e.b.value > bitField.hi)
          return undefined;
        return normalizeTest({
          kind: 'mask',
          word: bitField.word,
          mask: bitField.mask << bitField.shift,
          bits: (e.b.value - bitField.lo) << bitField.shift,
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
        const merged = a && b && mergeTests(a, b);
        return merged?.kind === 'mask' ? merged : undefined;
      }
      default:
        return undefined;
    }
  }

  private table(e: Expr): TableTest | undefined {
    const bitField = this.basisOf(e);
    const found =
      bitField === 'none' || bitField === 'mixed' ? undefined : this.controlStateValues(e);
    if (!found?.bitField) return undefined;
    return {
      kind: 'table',
      bitField: found.bitField,
      truth: found.values.map((v) => (v === 0 ? 0 : 1)),
    };
  }

  /** The only control state that the expression depends on. */
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
      const bitField = this.layout.bitFieldOf.get(e.field);
      found = bitField?.table ? bitField : 'mixed';
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

  /** The value of the expression by the bits of its control state; no `bitField` if it is constant. */
  private controlStateValues(e: Expr): ControlStateValues | undefined {
    switch (e.op) {
      case 'const':
        return { bitField: undefined, values: [e.value] };
      case 'field': {
        const bitField = this.layout.bitFieldOf.get(e.field);
        return bitField?.table && { bitField, values: bitField.table };
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
    const bitField = parts.find((p) => p.bitField)?.bitField;
    if (
      parts.some(
        (p) =>
          p.bitField && (p.bitField.word !== bitField?.word || p.bitField.shift !== bitField.shift),
      )
    )
      return undefined;
    return {
      bitField,
      values: Array.from({ length: bitField?.table?.length ?? 1 }, (_, i) =>
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

/** Parts that are all as wanted if and only if `e` is `wanted`. */
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

/** `bit !== 1` as `bit === 0`, because only equalities can be merged. */
function normalizeTest(test: MaskTest): MaskTest {
  return !test.equal && test.mask !== 0 && (test.mask & (test.mask - 1)) === 0
    ? { ...test, bits: test.bits ^ test.mask, equal: true }
    : test;
}

/** The conjunction of two tests as one; undefined if it needs two. */
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
