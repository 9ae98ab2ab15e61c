import type { Expr } from '../kernel/expr';
import type { Statement } from '../kernel/statement';
import type { Layout, Slot } from './layout';
import { propertyBit } from './model';
import type { Action, Model } from './model';
import { interval } from './simplify';

/**
 * Instructions of the flat form, each a few 32-bit integers. Conditions jump; values go over a stack. `n` is the packed
 * state that the running action changes in place.
 */
export const OP = {
  /** value: push it */
  push: 0,
  /** word shift mask lo: push a variable */
  load: 1,
  add: 2,
  sub: 3,
  eq: 4,
  lt: 5,
  le: 6,
  /** target */
  jump: 7,
  /** target: pop, jump on 0 */
  jumpZero: 8,
  /** target: pop, jump on anything else */
  jumpOther: 9,
  /** word mask bits target: jump unless the masked word has these bits */
  jumpUnless: 10,
  /** word mask bits target */
  jumpIf: 11,
  /** word clear bits: constant into a variable */
  set: 12,
  /** word shift mask lo action: pop into a variable, checked */
  store: 13,
  /** word shift mask by action: add to a variable, checked */
  bump: 14,
  /** bit */
  violate: 15,
  /** action: the step is done */
  done: 16,
  /** the guard is false */
  blocked: 17,
} as const;

/** All actions of a model as one array of integers. */
export interface Bytecode {
  readonly code: Int32Array;
  /** Start of each action, by `bases[task] + pc`; -1 behind the last. */
  readonly entries: Int32Array;
  readonly bases: readonly number[];
}

/** Flattens a model for the switch loop. */
export function makeBytecode(model: Model, layout: Layout): Bytecode {
  const out = new Assembler(model, layout);
  const entries: number[] = [];
  const bases = model.actions.map((actions, task) => {
    const base = entries.length;
    for (const action of actions) entries.push(out.action(action, task));
    entries.push(-1);
    return base;
  });
  return { code: Int32Array.from(out.code), entries: Int32Array.from(entries), bases };
}

class Assembler {
  readonly code: number[] = [];
  private readonly range: (field: number) => readonly [number, number];

  constructor(
    private readonly model: Model,
    private readonly layout: Layout,
  ) {
    this.range = (field) => {
      const slot = layout.slotOf.get(field);
      return slot ? [slot.lo, slot.hi] : [0, 0];
    };
  }

  action(action: Action, task: number): number {
    const start = this.code.length;
    const blocked: number[] = [];
    this.jumpOn(action.guard, false, blocked);
    const pc = this.slot(this.model.pcs[task] ?? -1);
    this.body(action.body, pc, action, true);
    for (const at of blocked) this.code[at] = this.code.length;
    this.code.push(OP.blocked);
    return start;
  }

  private slot(field: number): Slot {
    const slot = this.layout.slotOf.get(field);
    if (!slot) throw new Error(`field ${field} has no bits`);
    return slot;
  }

  /** Returns whether every way through ended. */
  private body(statements: readonly Statement[], pc: Slot, action: Action, whole: boolean): boolean {
    for (const s of statements) {
      switch (s.op) {
        case 'note': break;
        case 'violate': this.code.push(OP.violate, propertyBit(s.property)); break;
        case 'set': this.set(this.slot(s.field), s.value, action); break;
        case 'jump': this.finish(pc, s.pc, action); return true;
        case 'if': {
          const skip: number[] = [];
          this.jumpOn(s.cond, false, skip);
          const ended = this.body(s.then, pc, action, false);
          let over = -1;
          if (!ended && s.otherwise.length > 0) over = this.code.push(OP.jump, 0) - 1;
          for (const at of skip) this.code[at] = this.code.length;
          this.body(s.otherwise, pc, action, false);
          if (over >= 0) this.code[over] = this.code.length;
        }
      }
    }
    if (whole) this.finish(pc, action.pc + 1, action);
    return false;
  }

  private finish(pc: Slot, value: number, action: Action): void {
    this.setConstant(pc, value);
    this.code.push(OP.done, action.index);
  }

  private setConstant(slot: Slot, value: number): void {
    this.code.push(OP.set, slot.word, ~(slot.mask << slot.shift), (value - slot.lo) << slot.shift);
  }

  private set(slot: Slot, value: Expr, action: Action): void {
    if (value.op === 'const' && value.value >= slot.lo && value.value <= slot.hi) return this.setConstant(slot, value.value);
    const by = increment(slot.field, value);
    if (by !== undefined) {
      this.code.push(OP.bump, slot.word, slot.shift, slot.mask, slot.hi - slot.lo, by, action.index);
      return;
    }
    this.value(value);
    this.code.push(OP.store, slot.word, slot.shift, slot.mask, slot.lo, slot.hi, action.index);
  }

  private value(e: Expr): void {
    switch (e.op) {
      case 'const': this.code.push(OP.push, e.value); return;
      case 'field': {
        const slot = this.slot(e.field);
        this.code.push(OP.load, slot.word, slot.shift, slot.mask, slot.lo);
        return;
      }
      case 'add': case 'sub': case 'eq': case 'lt': case 'le':
        this.value(e.a);
        this.value(e.b);
        this.code.push(OP[e.op]);
        return;
      case 'select': this.either(e.cond, e.a, e.b); return;
      default: this.either(e, { op: 'const', value: 1 }, { op: 'const', value: 0 });
    }
  }

  private either(cond: Expr, a: Expr, b: Expr): void {
    const otherwise: number[] = [];
    this.jumpOn(cond, false, otherwise);
    this.value(a);
    const over = this.code.push(OP.jump, 0) - 1;
    for (const at of otherwise) this.code[at] = this.code.length;
    this.value(b);
    this.code[over] = this.code.length;
  }

  /** Jumps when `e` is `wanted`, else falls through; the places of the targets are added to `targets`. */
  private jumpOn(e: Expr, wanted: boolean, targets: number[]): void {
    switch (e.op) {
      case 'const':
        if ((e.value !== 0) === wanted) targets.push(this.code.push(OP.jump, 0) - 1);
        return;
      case 'not': return this.jumpOn(e.a, !wanted, targets);
      case 'and': case 'or': {
        const test = this.masked(e);
        if (test) return this.jumpMasked(test, wanted, targets);
        // An `and` jumps on false as soon as one side is false; on true only when both are.
        if ((e.op === 'and') !== wanted) {
          this.jumpOn(e.a, wanted, targets);
          return this.jumpOn(e.b, wanted, targets);
        }
        const past: number[] = [];
        this.jumpOn(e.a, !wanted, past);
        this.jumpOn(e.b, wanted, targets);
        for (const at of past) this.code[at] = this.code.length;
        return;
      }
      default: {
        const test = this.masked(e);
        if (test) return this.jumpMasked(test, wanted, targets);
        if (e.op === 'ne') return this.jumpOn({ op: 'eq', a: e.a, b: e.b }, !wanted, targets);
        this.value(e);
        targets.push(this.code.push(wanted ? OP.jumpOther : OP.jumpZero, 0) - 1);
      }
    }
  }

  private jumpMasked(test: MaskTest, wanted: boolean, targets: number[]): void {
    this.code.push(wanted === test.equal ? OP.jumpIf : OP.jumpUnless, test.word, test.mask, test.bits);
    targets.push(this.code.push(0) - 1);
  }

  private masked(e: Expr): MaskTest | undefined {
    return maskTest(e, (field) => this.layout.slotOf.get(field), this.range);
  }
}

/** A test of some bits of one word: `(words[word] & mask) === bits`, or `!==` where `equal` is false. */
export interface MaskTest {
  readonly word: number;
  readonly mask: number;
  readonly bits: number;
  readonly equal: boolean;
}

/** The expression as one masked comparison, where it is one: a field against a constant, or an `and` of such in one word. */
export function maskTest(e: Expr, slotOf: (field: number) => Slot | undefined, range: (field: number) => readonly [number, number]): MaskTest | undefined {
  switch (e.op) {
    case 'field': {
      const slot = slotOf(e.field);
      if (!slot || slot.lo !== 0 || slot.hi !== 1) return undefined;
      return { word: slot.word, mask: 1 << slot.shift, bits: 1 << slot.shift, equal: true };
    }
    case 'eq': case 'ne': {
      if (e.a.op !== 'field' || e.b.op !== 'const') return undefined;
      const slot = slotOf(e.a.field);
      const [lo, hi] = range(e.a.field);
      if (!slot || e.b.value < lo || e.b.value > hi) return undefined;
      return { word: slot.word, mask: slot.mask << slot.shift, bits: (e.b.value - slot.lo) << slot.shift, equal: e.op === 'eq' };
    }
    case 'not': {
      const test = maskTest(e.a, slotOf, range);
      if (!test) return undefined;
      // One bit: "not set" is "equal to zero", which can be joined with others.
      if (isOneBit(test.mask)) return { ...test, bits: test.bits ^ test.mask };
      return { ...test, equal: !test.equal };
    }
    case 'and': {
      const a = maskTest(e.a, slotOf, range);
      const b = a?.equal === true ? maskTest(e.b, slotOf, range) : undefined;
      if (!a || b?.equal !== true || a.word !== b.word || (a.mask & b.mask) !== 0) return undefined;
      return { word: a.word, mask: a.mask | b.mask, bits: a.bits | b.bits, equal: true };
    }
    default: return undefined;
  }
}

function isOneBit(mask: number): boolean {
  return mask !== 0 && (mask & (mask - 1)) === 0;
}

/** The constant that `value` adds to `field`, when that is all it does. */
export function increment(field: number, value: Expr): number | undefined {
  if (value.op !== 'add' && value.op !== 'sub') return undefined;
  if (value.a.op !== 'field' || value.a.field !== field || value.b.op !== 'const') return undefined;
  return value.op === 'add' ? value.b.value : -value.b.value;
}

/** Whether storing `value` can leave the slot's range. */
export function mayLeave(slot: Slot, value: Expr, range: (field: number) => readonly [number, number]): boolean {
  const [lo, hi] = interval(value, range);
  return lo < slot.lo || hi > slot.hi;
}
