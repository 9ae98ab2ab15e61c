import type { Expr } from '../kernel/expr';
import type { Layout, Slot } from './layout';

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
  readonly slot: Slot;
  readonly truth: readonly number[];
}

/** One test among several; `other` holds where `e` is true (or false, as `wanted` says). */
export type Term =
  MaskTest | TableTest | { readonly kind: 'other'; readonly e: Expr; readonly wanted: boolean };

interface OnPlace {
  readonly slot: Slot | undefined;
  readonly values: readonly number[];
}

/** Finds tests of packed states that take one look at one word. */
export class Tests {
  private readonly known = new WeakMap<Expr, MaskTest | TableTest | 'none'>();
  private readonly basis = new WeakMap<Expr, Slot | 'none' | 'mixed'>();

  constructor(private readonly layout: Layout) {}

  /** The range of a field. */
  readonly range = (field: number): readonly [number, number] => {
    const slot = this.layout.slotOf.get(field);
    return slot ? [slot.lo, slot.hi] : [0, 0];
  };

  /** The expression as one test, where it is one. */
  single(e: Expr): MaskTest | TableTest | undefined {
    const known = this.known.get(e);
    if (known) return known === 'none' ? undefined : known;
    const found = this.mask(e) ?? this.table(e);
    this.known.set(e, found ?? 'none');
    return found;
  }

  /** The terms that are all true exactly where `e` is `wanted`: those on one word or one place are joined, the simple ones come first. */
  conjuncts(e: Expr, wanted: boolean): Term[] {
    const simple: Term[] = [];
    const others: Term[] = [];
    for (const [part, positive] of flatten(e, wanted)) {
      const found = this.single(part);
      const test = found && (positive ? found : opposite(found));
      if (!test) {
        others.push({ kind: 'other', e: part, wanted: positive });
        continue;
      }
      const at = simple.findIndex((t) => joined(t, test) !== undefined);
      if (at < 0) simple.push(test);
      else simple[at] = joined(simple[at]!, test)!;
    }
    return [...simple, ...others];
  }

  private mask(e: Expr): MaskTest | undefined {
    switch (e.op) {
      case 'field': {
        const slot = this.layout.slotOf.get(e.field);
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
        const slot = this.layout.slotOf.get(e.a.field);
        if (!slot || slot.table || e.b.value < slot.lo || e.b.value > slot.hi) return undefined;
        return normal({
          kind: 'mask',
          word: slot.word,
          mask: slot.mask << slot.shift,
          bits: (e.b.value - slot.lo) << slot.shift,
          equal: e.op === 'eq',
        });
      }
      case 'not': {
        const test = this.mask(e.a);
        return test && normal({ ...test, equal: !test.equal });
      }
      case 'and': {
        const a = this.mask(e.a);
        const b = a?.equal === true ? this.mask(e.b) : undefined;
        const both = a && b && joined(a, b);
        return both?.kind === 'mask' ? both : undefined;
      }
      default:
        return undefined;
    }
  }

  private table(e: Expr): TableTest | undefined {
    const slot = this.basisOf(e);
    const found = slot === 'none' || slot === 'mixed' ? undefined : this.onPlace(e);
    if (!found?.slot) return undefined;
    return { kind: 'table', slot: found.slot, truth: found.values.map((v) => (v === 0 ? 0 : 1)) };
  }

  /** The one place that the expression depends on. */
  private basisOf(e: Expr): Slot | 'none' | 'mixed' {
    const known = this.basis.get(e);
    if (known) return known;
    const parts =
      e.op === 'const' || e.op === 'field'
        ? []
        : e.op === 'not'
          ? [e.a]
          : e.op === 'select'
            ? [e.cond, e.a, e.b]
            : [e.a, e.b];
    let found: Slot | 'none' | 'mixed' = 'none';
    if (e.op === 'field') {
      const slot = this.layout.slotOf.get(e.field);
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
    this.basis.set(e, found);
    return found;
  }

  /** The expression's value by the bits of the one place that it depends on; without a slot when it is constant. */
  private onPlace(e: Expr): OnPlace | undefined {
    switch (e.op) {
      case 'const':
        return { slot: undefined, values: [e.value] };
      case 'field': {
        const slot = this.layout.slotOf.get(e.field);
        return slot?.table && { slot, values: slot.table };
      }
      case 'not': {
        const a = this.onPlace(e.a);
        return a && { slot: a.slot, values: a.values.map((v) => (v === 0 ? 1 : 0)) };
      }
      case 'select': {
        const [c, a, b] = [this.onPlace(e.cond), this.onPlace(e.a), this.onPlace(e.b)];
        return c && a && b && this.together([c, a, b], ([x, y, z]) => (x === 0 ? z! : y!));
      }
      default: {
        const a = this.onPlace(e.a);
        const b = a && this.onPlace(e.b);
        if (!a || !b) return undefined;
        const { op } = e;
        return this.together([a, b], ([x, y]) => apply(op, x!, y!));
      }
    }
  }

  private together(
    parts: readonly OnPlace[],
    make: (values: readonly number[]) => number,
  ): OnPlace | undefined {
    const slot = parts.find((p) => p.slot)?.slot;
    if (parts.some((p) => p.slot && (p.slot.word !== slot?.word || p.slot.shift !== slot.shift)))
      return undefined;
    return {
      slot,
      values: Array.from({ length: slot?.table?.length ?? 1 }, (_, i) =>
        make(parts.map((p) => (p.slot ? p.values[i]! : p.values[0]!))),
      ),
    };
  }
}

function apply(
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
function flatten(e: Expr, wanted: boolean): (readonly [part: Expr, wanted: boolean])[] {
  if (e.op === 'not') return flatten(e.a, !wanted);
  if ((e.op === 'and' && wanted) || (e.op === 'or' && !wanted))
    return [...flatten(e.a, wanted), ...flatten(e.b, wanted)];
  return [[e, wanted]];
}

function opposite(test: MaskTest | TableTest): MaskTest | TableTest {
  return test.kind === 'mask'
    ? normal({ ...test, equal: !test.equal })
    : { ...test, truth: test.truth.map((v) => 1 - v) };
}

/** One bit that is not set is one bit that equals zero, which can be joined with others. */
function normal(test: MaskTest): MaskTest {
  return !test.equal && test.mask !== 0 && (test.mask & (test.mask - 1)) === 0
    ? { ...test, bits: test.bits ^ test.mask, equal: true }
    : test;
}

/** One test for two that must both be true. */
function joined(a: Term, b: Term): MaskTest | TableTest | undefined {
  if (a.kind === 'mask' && b.kind === 'mask') {
    if (!a.equal || !b.equal || a.word !== b.word || (a.mask & b.mask) !== 0) return undefined;
    return { ...a, mask: a.mask | b.mask, bits: a.bits | b.bits };
  }
  if (
    a.kind === 'table' &&
    b.kind === 'table' &&
    a.slot.word === b.slot.word &&
    a.slot.shift === b.slot.shift
  )
    return { ...a, truth: a.truth.map((v, i) => v & b.truth[i]!) };
  return undefined;
}
