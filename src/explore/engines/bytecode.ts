import type { Expr } from '../../kernel/language/expressions';
import type { Statement } from '../../kernel/language/statements';
import type { PackedLayout, BitField } from './packedLayout';
import { propertyBit } from './model';
import type { Action, Model } from './model';
import { interval } from './simplify';
import { MaskTests } from './maskTests';
import type { TestTerm } from './maskTests';

/**
 * Instructions of the flat form, each a few 32-bit integers. Conditions jump; values go over a stack. `n` is the packed
 * state that the running action changes in place.
 */
const OPCODE = {
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
  /** set: the step is done, its successor is to be tested by these rules */
  done: 16,
  /** the guard is false */
  blocked: 17,
  /** word shift mask table: push what the table has for these bits */
  loadTable: 18,
  /** word shift mask table target: jump where the table has 0 */
  jumpUnlessTable: 19,
  /** word shift mask table target */
  jumpIfTable: 20,
} as const;

/** All actions of a model as one array of integers. */
export interface Bytecode {
  readonly code: Int32Array;
  /** Start of each action, by `bases[task] + place`; -1 at places without one. */
  readonly entries: Int32Array;
  readonly bases: readonly number[];
  /** Start of each set of rules. */
  readonly propertySets: Int32Array;
}

/** Flattens a model for the switch loop. */
export function makeBytecode(model: Model, layout: PackedLayout): Bytecode {
  const out = new BytecodeAssembler(model, layout);
  const entries: number[] = [];
  const bases = model.actions.map((actions, task) => {
    const base = entries.length;
    for (const action of actions) entries.push(out.action(action, task));
    for (let place = actions.length; place <= (model.controlStates[task]?.count ?? 0); place++)
      entries.push(-1);
    return base;
  });
  const ruleSets = model.propertySets.map((set) => out.rules(set));
  out.placeTables();
  return {
    code: Int32Array.from(out.code),
    entries: Int32Array.from(entries),
    bases,
    propertySets: Int32Array.from(ruleSets),
  };
}

class BytecodeAssembler {
  readonly code: number[] = [];
  private readonly tests: MaskTests;
  /** Tables by content, with the places in the code that want their address. */
  private readonly tables = new Map<
    string,
    { readonly values: readonly number[]; readonly wanted: number[] }
  >();

  constructor(
    private readonly model: Model,
    private readonly layout: PackedLayout,
  ) {
    this.tests = new MaskTests(layout);
  }

  /** Puts the tables behind the code. */
  placeTables(): void {
    for (const { values, wanted } of this.tables.values()) {
      for (const at of wanted) this.code[at] = this.code.length;
      this.code.push(...values);
    }
  }

  /** Emits a place for the address of a table. */
  private table(values: readonly number[]): void {
    const key = values.join();
    const known = this.tables.get(key) ?? { values, wanted: [] };
    this.tables.set(key, known);
    known.wanted.push(this.code.push(0) - 1);
  }

  action(action: Action, task: number): number {
    const start = this.code.length;
    const blocked: number[] = [];
    this.jumpOn(action.guard, false, blocked);
    this.body(action.body, this.slot(this.model.program.fields.length + task), action);
    for (const at of blocked) this.code[at] = this.code.length;
    this.code.push(OPCODE.blocked);
    return start;
  }

  /** Tests of one set of rules; ends like a step. */
  rules(set: readonly number[]): number {
    const start = this.code.length;
    for (const number of set) {
      const { violatedWhen: bad, property } = this.model.stateProperties[number]!;
      const fine: number[] = [];
      this.jumpOn(bad, false, fine);
      this.code.push(OPCODE.violate, propertyBit(property));
      for (const at of fine) this.code[at] = this.code.length;
    }
    this.code.push(OPCODE.done, 0);
    return start;
  }

  private slot(field: number): BitField {
    const slot = this.layout.bitFieldOf.get(field);
    if (!slot) throw new Error(`field ${field} has no bits`);
    return slot;
  }

  /** Returns whether every way through ended. */
  private body(statements: readonly Statement[], place: BitField, action: Action): boolean {
    for (const s of statements) {
      switch (s.op) {
        case 'emit':
          break;
        case 'violate':
          this.code.push(OPCODE.violate, propertyBit(s.property));
          break;
        case 'set':
          this.set(this.slot(s.field), s.value, action);
          break;
        case 'jump':
          this.setConstant(place, s.pc);
          this.code.push(OPCODE.done, action.propertySetAt.get(s.pc) ?? 0);
          return true;
        case 'if': {
          const skip: number[] = [];
          this.jumpOn(s.cond, false, skip);
          const ended = this.body(s.then, place, action);
          let over = -1;
          if (!ended && s.otherwise.length > 0) over = this.code.push(OPCODE.jump, 0) - 1;
          for (const at of skip) this.code[at] = this.code.length;
          this.body(s.otherwise, place, action);
          if (over >= 0) this.code[over] = this.code.length;
        }
      }
    }
    return false;
  }

  private setConstant(slot: BitField, value: number): void {
    this.code.push(
      OPCODE.set,
      slot.word,
      ~(slot.mask << slot.shift),
      (value - slot.lo) << slot.shift,
    );
  }

  private set(slot: BitField, value: Expr, action: Action): void {
    if (value.op === 'const' && value.value >= slot.lo && value.value <= slot.hi)
      return this.setConstant(slot, value.value);
    const by = constantIncrement(slot.field, value);
    if (by !== undefined) {
      this.code.push(
        OPCODE.bump,
        slot.word,
        slot.shift,
        slot.mask,
        slot.hi - slot.lo,
        by,
        action.index,
      );
      return;
    }
    this.value(value);
    this.code.push(OPCODE.store, slot.word, slot.shift, slot.mask, slot.lo, slot.hi, action.index);
  }

  private value(e: Expr): void {
    switch (e.op) {
      case 'const':
        this.code.push(OPCODE.push, e.value);
        return;
      case 'field': {
        const slot = this.slot(e.field);
        this.code.push(
          slot.table ? OPCODE.loadTable : OPCODE.load,
          slot.word,
          slot.shift,
          slot.mask,
        );
        if (slot.table) this.table(slot.table);
        else this.code.push(slot.lo);
        return;
      }
      case 'add':
      case 'sub':
      case 'eq':
      case 'lt':
      case 'le':
        this.value(e.a);
        this.value(e.b);
        this.code.push(OPCODE[e.op]);
        return;
      case 'select':
        this.either(e.cond, e.a, e.b);
        return;
      default:
        this.either(e, { op: 'const', value: 1 }, { op: 'const', value: 0 });
    }
  }

  private either(cond: Expr, a: Expr, b: Expr): void {
    const otherwise: number[] = [];
    this.jumpOn(cond, false, otherwise);
    this.value(a);
    const over = this.code.push(OPCODE.jump, 0) - 1;
    for (const at of otherwise) this.code[at] = this.code.length;
    this.value(b);
    this.code[over] = this.code.length;
  }

  /** Jumps when `e` is `wanted`, else falls through; the places of the targets are added to `targets`. */
  private jumpOn(e: Expr, wanted: boolean, targets: number[]): void {
    switch (e.op) {
      case 'const':
        if ((e.value !== 0) === wanted) targets.push(this.code.push(OPCODE.jump, 0) - 1);
        return;
      case 'not':
        return this.jumpOn(e.a, !wanted, targets);
      case 'or':
      case 'and': {
        // An `or` is an `and` of the opposites, the other way round.
        const terms = this.tests.conjuncts(e, e.op === 'and');
        const whenAll = (e.op === 'and') === wanted;
        if (!whenAll) {
          for (const t of terms) this.jumpTerm(t, false, targets);
          return;
        }
        const past: number[] = [];
        for (const t of terms.slice(0, -1)) this.jumpTerm(t, false, past);
        this.jumpTerm(terms.at(-1)!, true, targets);
        for (const at of past) this.code[at] = this.code.length;
        return;
      }
      default: {
        const test = this.tests.single(e);
        if (test) return this.jumpTerm(test, wanted, targets);
        if (e.op === 'ne') return this.jumpOn({ op: 'eq', a: e.a, b: e.b }, !wanted, targets);
        this.value(e);
        targets.push(this.code.push(wanted ? OPCODE.jumpOther : OPCODE.jumpZero, 0) - 1);
      }
    }
  }

  private jumpTerm(test: TestTerm, wanted: boolean, targets: number[]): void {
    if (test.kind === 'other') return this.jumpOn(test.e, wanted === test.wanted, targets);
    if (test.kind === 'mask')
      this.code.push(
        wanted === test.equal ? OPCODE.jumpIf : OPCODE.jumpUnless,
        test.word,
        test.mask,
        test.bits,
      );
    else {
      this.code.push(
        wanted ? OPCODE.jumpIfTable : OPCODE.jumpUnlessTable,
        test.bitField.word,
        test.bitField.shift,
        test.bitField.mask,
      );
      this.table(test.truth);
    }
    targets.push(this.code.push(0) - 1);
  }
}

/** The constant that `value` adds to `field`, when that is all it does. */
export function constantIncrement(field: number, value: Expr): number | undefined {
  if (value.op !== 'add' && value.op !== 'sub') return undefined;
  if (value.a.op !== 'field' || value.a.field !== field || value.b.op !== 'const') return undefined;
  return value.op === 'add' ? value.b.value : -value.b.value;
}

/** Whether storing `value` can leave the slot's range. */
export function mayLeaveRange(
  slot: BitField,
  value: Expr,
  range: (field: number) => readonly [number, number],
): boolean {
  const [lo, hi] = interval(value, range);
  return lo < slot.lo || hi > slot.hi;
}
