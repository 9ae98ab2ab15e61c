import type { Expr } from '../../kernel/language/expressions';
import type { Statement } from '../../kernel/language/statements';
import { simplify } from './simplify';
import type { FieldFacts } from './simplify';

/** One step of a task, before it is specialised for each control state. */
export interface StepCode {
  readonly task: number;
  readonly pc: number;
  readonly guard: Expr;
  readonly body: readonly Statement[];
}

/**
 * The control states of a task: its pc together with fields that only it writes. There are few, and in each of them these
 * fields are constants: they need no bits in a state, and steps need not test them.
 */
export interface ControlStates {
  readonly count: number;
  /** By field (the pc included): its value in each control state. */
  readonly values: ReadonlyMap<number, readonly number[]>;
  /** By control state; those without a step come after. Jumps go to control states. */
  readonly steps: readonly StepCode[];
  /** The initial control state. */
  readonly start: number;
}

/** A task may have this many more control states than steps. Fields are left out until it has no more, to limit the code. */
const MAX_EXTRA_STATES = 64;
/** Maximum number of statements of one step and of all steps of a task. */
const MAX_STATEMENTS = { step: 400, task: 2500 };

/** Thrown for a field whose value is not constant in each control state. */
class NonConstantField extends Error {
  constructor(readonly field: number) {
    super(`field ${field}`);
  }
}

class TooManyStates extends Error {}

/** By the names of the candidates: the fields that fitted. The last few are kept. */
const keptFields = new Map<string, ReadonlySet<string>>();
const MAX_KEPT = 64;

function rememberFields(key: string, names: readonly string[]): void {
  keptFields.delete(key);
  keptFields.set(key, new Set(names));
  for (const oldest of keptFields.keys()) {
    if (keptFields.size <= MAX_KEPT) return;
    keptFields.delete(oldest);
  }
}

/** The control states of a task, with as many of the `candidates` fields as fit. */
export function controlStatesOf(
  stepCodes: readonly StepCode[],
  pcField: number,
  candidates: readonly number[],
  init: (field: number) => number,
  facts: FieldFacts,
  nameOf: (field: number) => string,
): ControlStates {
  // The next version of a design usually ends with the same fields; any choice gives the same states.
  const key = JSON.stringify(candidates.map(nameOf));
  const kept = keptFields.get(key);
  let fields = kept ? candidates.filter((field) => kept.has(nameOf(field))) : candidates;
  for (let attempt = 0; ; attempt++) {
    const builder = new ControlStateBuilder(stepCodes, pcField, fields, init, facts);
    try {
      const states = builder.build();
      if (attempt > 0) rememberFields(key, fields.map(nameOf));
      return states;
    } catch (error) {
      if (error instanceof NonConstantField) fields = fields.filter((f) => f !== error.field);
      else if (error instanceof TooManyStates) fields = builder.fieldsWithoutWorst();
      else throw error;
    }
  }
}

/** The statements after an enclosing branch. */
interface Continuation {
  readonly rest: readonly Statement[];
  readonly next: Continuation | undefined;
}

class ControlStateBuilder {
  private readonly numbers = new Map<string, number>();
  /** By control state: the pc, then the fields. */
  private readonly found: (readonly number[])[] = [];
  private readonly indexOf: ReadonlyMap<number, number>;
  private size = 0;
  private total = 0;

  constructor(
    private readonly stepCodes: readonly StepCode[],
    private readonly pcField: number,
    private readonly fields: readonly number[],
    private readonly init: (field: number) => number,
    private readonly facts: FieldFacts,
  ) {
    this.indexOf = new Map(fields.map((f, i) => [f, i + 1]));
  }

  build(): ControlStates {
    this.number([this.init(this.pcField), ...this.fields.map(this.init)]);
    const steps: (StepCode | undefined)[] = [];
    for (let controlState = 0; controlState < this.found.length; controlState++)
      steps.push(this.step(this.found[controlState]!));
    // Control states without a step go to the end, and jumps are renumbered.
    const order = [...steps.keys()].sort(
      (a, b) =>
        Number(steps[a] === undefined) - Number(steps[b] === undefined) ||
        this.found[a]![0]! - this.found[b]![0]! ||
        a - b,
    );
    const newNumbers = new Map(order.map((old, now) => [old, now]));
    const renumber = (body: readonly Statement[]): readonly Statement[] =>
      body.map((s) =>
        s.op === 'jump'
          ? { op: 'jump', pc: newNumbers.get(s.pc)! }
          : s.op === 'if'
            ? { ...s, then: renumber(s.then), otherwise: renumber(s.otherwise) }
            : s,
      );
    return {
      count: order.length,
      values: new Map(
        [this.pcField, ...this.fields].map((f, i) => [f, order.map((old) => this.found[old]![i]!)]),
      ),
      steps: order.flatMap((old) => {
        const stepCode = steps[old];
        return stepCode ? [{ ...stepCode, body: renumber(stepCode.body) }] : [];
      }),
      start: newNumbers.get(0)!,
    };
  }

  /** The fields without those that distinguish the most control states. */
  fieldsWithoutWorst(): readonly number[] {
    // A sum of products is a good enough hash for this choice, and subtraction removes a field from it.
    const part = (value: number, at: number): number =>
      Math.imul(value + 1, Math.imul(at + 1, 0x9e3779b1) | 1);
    const sums = this.found.map((controlState) =>
      controlState.reduce((sum, v, at) => (sum + part(v, at)) | 0, 0),
    );
    const merged = this.fields.map((field, i) => ({
      field,
      left: new Set(
        this.found.map((controlState, p) => (sums[p]! - part(controlState[i + 1]!, i + 1)) | 0),
      ).size,
    }));
    const worst = new Set(
      merged
        .sort((a, b) => a.left - b.left)
        .slice(0, Math.ceil(merged.length / 6))
        .map((m) => m.field),
    );
    return this.fields.filter((f) => !worst.has(f));
  }

  private number(controlState: readonly number[]): number {
    const key = controlState.join();
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    if (this.found.length >= this.stepCodes.length + MAX_EXTRA_STATES && this.fields.length > 0)
      throw new TooManyStates();
    this.numbers.set(key, this.found.length);
    return this.found.push(controlState) - 1;
  }

  private step(controlState: readonly number[]): StepCode | undefined {
    const stepCode = this.stepCodes[controlState[0]!];
    if (!stepCode) return undefined;
    const now = [...controlState];
    const out: Statement[] = [];
    this.size = 0;
    const guard = simplify(stepCode.guard, this.factsAt(now));
    if (guard.op === 'const' && guard.value === 0) return undefined;
    this.finish(stepCode.body, now, undefined, out);
    return { task: stepCode.task, pc: stepCode.pc, guard, body: out };
  }

  private factsAt(controlState: readonly number[]): FieldFacts {
    return {
      rangeOf: this.facts.rangeOf,
      constantOf: (f) => {
        const i = f === this.pcField ? 0 : this.indexOf.get(f);
        return i === undefined ? this.facts.constantOf(f) : controlState[i];
      },
    };
  }

  /** Emits all statements to the end of the step, and the jump to the next control state. */
  private finish(
    rest: readonly Statement[],
    now: number[],
    tail: Continuation | undefined,
    out: Statement[],
  ): void {
    if (this.walk(rest, now, tail, out)) return;
    if (tail) return this.finish(tail.rest, now, tail.next, out);
    out.push({ op: 'jump', pc: this.number([now[0]! + 1, ...now.slice(1)]) });
  }

  /** Specialises statements for the control state `now`, which they change. True if every path has ended the step. */
  private walk(
    list: readonly Statement[],
    now: number[],
    tail: Continuation | undefined,
    out: Statement[],
  ): boolean {
    // It reads `now` as it is then.
    const facts = this.factsAt(now);
    for (let i = 0; i < list.length; i++) {
      const s = list[i]!;
      if (
        (++this.size > MAX_STATEMENTS.step || ++this.total > MAX_STATEMENTS.task) &&
        this.fields.length > 0
      )
        throw new TooManyStates();
      switch (s.op) {
        case 'emit':
          break;
        case 'violate':
          out.push(s);
          break;
        case 'jump':
          out.push({ op: 'jump', pc: this.number([s.pc, ...now.slice(1)]) });
          return true;
        case 'set': {
          const value = simplify(s.value, facts);
          const index = this.indexOf.get(s.field);
          if (index === undefined) {
            out.push({ op: 'set', field: s.field, value });
            break;
          }
          const [lo, hi] = this.facts.rangeOf(s.field);
          if (value.op !== 'const' || value.value < lo || value.value > hi)
            throw new NonConstantField(s.field);
          now[index] = value.value;
          break;
        }
        case 'if': {
          const cond = simplify(s.cond, facts);
          const rest = list.slice(i + 1);
          if (cond.op === 'const') {
            if (this.walk(cond.value === 0 ? s.otherwise : s.then, now, { rest, next: tail }, out))
              return true;
            break;
          }
          const [then, otherwise]: [Statement[], Statement[]] = [[], []];
          const [afterThen, afterOther] = [[...now], [...now]];
          const here = { rest, next: tail };
          let endsThen = this.walk(s.then, afterThen, here, then);
          let endsOther = this.walk(s.otherwise, afterOther, here, otherwise);
          if (!endsThen && !endsOther && afterThen.some((v, at) => v !== afterOther[at])) {
            this.finish(rest, afterThen, tail, then);
            this.finish(rest, afterOther, tail, otherwise);
            endsThen = endsOther = true;
          }
          if (then.length > 0 || otherwise.length > 0)
            out.push({ op: 'if', cond, then, otherwise });
          if (endsThen && endsOther) return true;
          const after = endsThen ? afterOther : afterThen;
          after.forEach((value, at) => {
            now[at] = value;
          });
        }
      }
    }
    return false;
  }
}
