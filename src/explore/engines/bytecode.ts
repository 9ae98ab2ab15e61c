import type { Expr } from '../../kernel/language/expressions';
import type { Statement } from '../../kernel/language/statements';
import type { PackedLayout, BitField } from './packedLayout';
import { propertyBit } from './model';
import type { Action, Model } from './model';
import { interval } from './simplify';
import { MaskTests } from './maskTests';
import type { TestTerm } from './maskTests';

/**
 * Instructions, each a few 32-bit integers. Conditions jump; values are on a stack. The running action changes the packed
 * state in controlState. The comment of an opcode lists its operands.
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
  /** target: pop, jump if 0 */
  jumpZero: 8,
  /** target: pop, jump if not 0 */
  jumpNonZero: 9,
  /** word mask bits target: jump unless the masked word equals the bits */
  jumpUnless: 10,
  /** word mask bits target */
  jumpIf: 11,
  /** word clear bits: store a constant */
  set: 12,
  /** word shift mask lo hi action: pop into a variable, with a range check */
  store: 13,
  /** word shift mask max by action: add a constant to a variable, with a range check */
  addConstant: 14,
  /** bit */
  violate: 15,
  /** set: the step is done; test the successor for this set of properties */
  done: 16,
  /** the guard is false */
  blocked: 17,
  /** word shift mask table: push the table entry for these bits */
  loadTable: 18,
  /** word shift mask table target: jump if the table entry is 0 */
  jumpUnlessTable: 19,
  /** word shift mask table target */
  jumpIfTable: 20,
} as const;

/** The actions of a model as one array of integers, see `OPCODE`. Each is compiled when it is first needed. */
export interface Bytecode {
  /** Another array after each compilation. */
  readonly code: () => Int32Array;
  /** Start of each action, by `bases[task] + controlState`; `NO_ACTION`, or `NOT_COMPILED` before its `compileAction`. */
  readonly entries: Int32Array;
  readonly bases: readonly number[];
  /** Compiles the action of an entry. Returns its start. */
  readonly compileAction: (entry: number) => number;
  /** Starts of the tests of a property set. */
  readonly propertyTestsOf: (set: number) => readonly number[];
}

/** The task has ended in this control state. */
export const NO_ACTION = -1;
/** The action of this control state was not needed yet. */
export const NOT_COMPILED = -2;

/** Compiles a model for the bytecode interpreter, action by action. */
export function makeBytecode(model: Model, layout: PackedLayout): Bytecode {
  const out = new BytecodeAssembler(model, layout);
  const actions: (Action | undefined)[] = [];
  const bases = model.actions.map((ofTask, task) => {
    const base = actions.length;
    actions.push(...ofTask);
    // Control states after the last action are ends.
    for (let at = ofTask.length; at <= (model.controlStates[task]?.count ?? 0); at++)
      actions.push(undefined);
    return base;
  });
  const entries = Int32Array.from(actions, (action) => (action ? NOT_COMPILED : NO_ACTION));
  const sets: (readonly number[])[] = [];
  const tests: number[] = [];
  return {
    code: () => out.compiled(),
    entries,
    bases,
    compileAction: (entry) => {
      const action = actions[entry];
      if (!action) return NO_ACTION;
      return (entries[entry] = out.action(action, action.task));
    },
    propertyTestsOf: (set) =>
      (sets[set] ??= model
        .propertySet(set)
        .map((number) => (tests[number] ??= out.propertyTest(number)))),
  };
}

interface CodeTable {
  readonly values: readonly number[];
  /** Code positions that need the address. */
  readonly operands: number[];
  address: number | undefined;
}

class BytecodeAssembler {
  readonly code: number[] = [];
  private readonly tests: MaskTests;
  /** The code as integers, with room to grow. */
  private packed = new Int32Array(1024);
  private packedLength = 0;
  private readonly pendingTables = new Set<CodeTable>();
  /** By content. */
  private readonly tables = new Map<string, CodeTable>();

  constructor(
    private readonly model: Model,
    private readonly layout: PackedLayout,
  ) {
    this.tests = new MaskTests(layout);
  }

  /** All code so far. */
  compiled(): Int32Array {
    const { code } = this;
    if (code.length > this.packed.length) {
      const larger = new Int32Array(2 * code.length);
      larger.set(this.packed);
      this.packed = larger;
    }
    for (let at = this.packedLength; at < code.length; at++) this.packed[at] = code[at]!;
    this.packedLength = code.length;
    return this.packed;
  }

  /** Appends the tables that the code since `start` needs, and fills in their addresses. */
  private placeTables(start: number): number {
    for (const table of this.pendingTables) {
      if (table.address === undefined) {
        table.address = this.code.length;
        this.code.push(...table.values);
      }
      for (const at of table.operands) this.code[at] = table.address;
      table.operands.length = 0;
    }
    this.pendingTables.clear();
    return start;
  }

  /** Emits an operand for the address of a table. */
  private table(values: readonly number[]): void {
    const key = values.join();
    const known = this.tables.get(key) ?? { values, operands: [], address: undefined };
    this.tables.set(key, known);
    known.operands.push(this.code.push(0) - 1);
    this.pendingTables.add(known);
  }

  action(action: Action, task: number): number {
    const start = this.code.length;
    const blocked: number[] = [];
    this.jumpOn(action.guard, false, blocked);
    this.body(action.body, this.bitField(this.model.program.fields.length + task), action);
    for (const at of blocked) this.code[at] = this.code.length;
    this.code.push(OPCODE.blocked);
    return this.placeTables(start);
  }

  /** Emits the test of one property. */
  propertyTest(number: number): number {
    const start = this.code.length;
    const { violatedWhen, property } = this.model.stateProperties[number]!;
    const holds: number[] = [];
    this.jumpOn(violatedWhen, false, holds);
    this.code.push(OPCODE.violate, propertyBit(property));
    for (const at of holds) this.code[at] = this.code.length;
    this.code.push(OPCODE.done, 0);
    return this.placeTables(start);
  }

  private bitField(field: number): BitField {
    const bitField = this.layout.bitFieldOf.get(field);
    if (!bitField) throw new Error(`field ${field} has no bits`);
    return bitField;
  }

  /** Returns whether every path ended. */
  private body(statements: readonly Statement[], controlState: BitField, action: Action): boolean {
    for (const s of statements) {
      switch (s.op) {
        case 'emit':
          break;
        case 'violate':
          this.code.push(OPCODE.violate, propertyBit(s.property));
          break;
        case 'set':
          this.set(this.bitField(s.field), s.value, action);
          break;
        case 'jump':
          this.setConstant(controlState, s.pc);
          this.code.push(OPCODE.done, action.propertySetAt.get(s.pc) ?? 0);
          return true;
        case 'if': {
          const skip: number[] = [];
          this.jumpOn(s.cond, false, skip);
          const ended = this.body(s.then, controlState, action);
          let toEnd = -1;
          if (!ended && s.otherwise.length > 0) toEnd = this.code.push(OPCODE.jump, 0) - 1;
          for (const at of skip) this.code[at] = this.code.length;
          this.body(s.otherwise, controlState, action);
          if (toEnd >= 0) this.code[toEnd] = this.code.length;
        }
      }
    }
    return false;
  }

  private setConstant(bitField: BitField, value: number): void {
    this.code.push(
      OPCODE.set,
      bitField.word,
      ~(bitField.mask << bitField.shift),
      (value - bitField.lo) << bitField.shift,
    );
  }

  private set(bitField: BitField, value: Expr, action: Action): void {
    if (value.op === 'const' && value.value >= bitField.lo && value.value <= bitField.hi)
      return this.setConstant(bitField, value.value);
    const by = constantIncrement(bitField.field, value);
    if (by !== undefined) {
      this.code.push(
        OPCODE.addConstant,
        bitField.word,
        bitField.shift,
        bitField.mask,
        bitField.hi - bitField.lo,
        by,
        action.index,
      );
      return;
    }
    this.value(value);
    this.code.push(
      OPCODE.store,
      bitField.word,
      bitField.shift,
      bitField.mask,
      bitField.lo,
      bitField.hi,
      action.index,
    );
  }

  private value(e: Expr): void {
    switch (e.op) {
      case 'const':
        this.code.push(OPCODE.push, e.value);
        return;
      case 'field': {
        const bitField = this.bitField(e.field);
        this.code.push(
          bitField.table ? OPCODE.loadTable : OPCODE.load,
          bitField.word,
          bitField.shift,
          bitField.mask,
        );
        if (bitField.table) this.table(bitField.table);
        else this.code.push(bitField.lo);
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
        this.conditional(e.cond, e.a, e.b);
        return;
      default:
        this.conditional(e, { op: 'const', value: 1 }, { op: 'const', value: 0 });
    }
  }

  private conditional(cond: Expr, a: Expr, b: Expr): void {
    const otherwise: number[] = [];
    this.jumpOn(cond, false, otherwise);
    this.value(a);
    const toEnd = this.code.push(OPCODE.jump, 0) - 1;
    for (const at of otherwise) this.code[at] = this.code.length;
    this.value(b);
    this.code[toEnd] = this.code.length;
  }

  /** Jumps if `e` is `wanted`, else falls through. Adds the code positions of the jump targets to `targets`. */
  private jumpOn(e: Expr, wanted: boolean, targets: number[]): void {
    switch (e.op) {
      case 'const':
        if ((e.value !== 0) === wanted) targets.push(this.code.push(OPCODE.jump, 0) - 1);
        return;
      case 'not':
        return this.jumpOn(e.a, !wanted, targets);
      case 'or':
      case 'and': {
        // By De Morgan, an `or` is the negation of an `and` of negations.
        const terms = this.tests.conjuncts(e, e.op === 'and');
        const whenAll = (e.op === 'and') === wanted;
        if (!whenAll) {
          for (const t of terms) this.jumpTerm(t, false, targets);
          return;
        }
        const failed: number[] = [];
        for (const t of terms.slice(0, -1)) this.jumpTerm(t, false, failed);
        this.jumpTerm(terms.at(-1)!, true, targets);
        for (const at of failed) this.code[at] = this.code.length;
        return;
      }
      default: {
        const test = this.tests.single(e);
        if (test) return this.jumpTerm(test, wanted, targets);
        if (e.op === 'ne') return this.jumpOn({ op: 'eq', a: e.a, b: e.b }, !wanted, targets);
        this.value(e);
        targets.push(this.code.push(wanted ? OPCODE.jumpNonZero : OPCODE.jumpZero, 0) - 1);
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

/** The constant that `value` adds to `field`; undefined for any other expression. */
export function constantIncrement(field: number, value: Expr): number | undefined {
  if (value.op !== 'add' && value.op !== 'sub') return undefined;
  if (value.a.op !== 'field' || value.a.field !== field || value.b.op !== 'const') return undefined;
  return value.op === 'add' ? value.b.value : -value.b.value;
}

/** Whether `value` can be outside the range of the bit field. */
export function mayLeaveRange(
  bitField: BitField,
  value: Expr,
  range: (field: number) => readonly [number, number],
): boolean {
  const [lo, hi] = interval(value, range);
  return lo < bitField.lo || hi > bitField.hi;
}
