import { evaluate, fieldsRead } from '../../kernel/language/expressions';
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

/** Finds tests of packed states that read one word only. */
export class MaskTests {
  private readonly testCache = new Map<Expr, MaskTest | TableTest | 'none'>();
  private readonly basisCache = new Map<Expr, BitField | 'none' | 'mixed'>();

  /** A state of which only the fields of one control state are set. */
  private readonly state: Int32Array;

  constructor(private readonly layout: PackedLayout) {
    this.state = new Int32Array(Math.max(0, ...layout.bitFieldOf.keys()) + 1);
  }

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
    if (bitField === 'none' || bitField === 'mixed' || !bitField.table) return undefined;
    const derived = new Set<BitField>();
    fieldsRead(e, (field) => {
      const own = this.layout.bitFieldOf.get(field);
      if (own) derived.add(own);
    });
    const { state } = this;
    const truth = bitField.table.map((_, controlState) => {
      for (const { field, table } of derived) state[field] = table?.[controlState] ?? 0;
      return evaluate(e, state) === 0 ? 0 : 1;
    });
    return { kind: 'table', bitField, truth };
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
