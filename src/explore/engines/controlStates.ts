import type { Expr } from '../../kernel/language/expressions';
import type { Statement } from '../../kernel/language/statements';
import { simplify } from './simplify';
import type { FieldFacts } from './simplify';

/** One step of a task, before it is split by place. */
export interface StepCode {
  readonly task: number;
  readonly pc: number;
  guard: Expr;
  body: readonly Statement[];
}

/**
 * Where a task can be: its pc together with the fields that only it writes. A task has few places, and in each of them
 * those fields are constants: they need no bits of their own and its steps no tests of them.
 */
export interface ControlStates {
  readonly count: number;
  /** By field, its value in each place; the pc is among them. */
  readonly values: ReadonlyMap<number, readonly number[]>;
  /** By place, those with a step first: jumps go to places. */
  readonly steps: readonly StepCode[];
  /** Where the task starts. */
  readonly start: number;
}

/** More places than a task has steps and these make the code too large: fields are left out until they fit. */
const MAX_EXTRA_STATES = 64;
/** Statements that one step, and all steps of a task, may grow to. */
const MAX_STATEMENTS = { step: 400, task: 2500 };

/** A field that cannot be part of the places. */
class NonConstantField extends Error {
  constructor(readonly field: number) {
    super(`field ${field}`);
  }
}

class TooManyStates extends Error {}

/** The places of a task, with as many of the `owned` fields as fit. */
export function controlStatesOf(
  drafts: readonly StepCode[],
  pcField: number,
  owned: readonly number[],
  init: (field: number) => number,
  about: FieldFacts,
): ControlStates {
  let fields = owned;
  for (;;) {
    const finder = new ControlStateBuilder(drafts, pcField, fields, init, about);
    try {
      return finder.places();
    } catch (error) {
      if (error instanceof NonConstantField) fields = fields.filter((f) => f !== error.field);
      else if (error instanceof TooManyStates) fields = finder.withoutWorst();
      else throw error;
    }
  }
}

/** The statements behind an enclosing branch. */
interface Continuation {
  readonly rest: readonly Statement[];
  readonly next: Continuation | undefined;
}

class ControlStateBuilder {
  private readonly numbers = new Map<string, number>();
  /** By place: the pc, then the fields. */
  private readonly found: (readonly number[])[] = [];
  private readonly at: ReadonlyMap<number, number>;
  private size = 0;
  private total = 0;

  constructor(
    private readonly drafts: readonly StepCode[],
    private readonly pcField: number,
    private readonly fields: readonly number[],
    private readonly init: (field: number) => number,
    private readonly about: FieldFacts,
  ) {
    this.at = new Map(fields.map((f, i) => [f, i + 1]));
  }

  places(): ControlStates {
    this.number([this.init(this.pcField), ...this.fields.map(this.init)]);
    const steps: (StepCode | undefined)[] = [];
    for (let place = 0; place < this.found.length; place++)
      steps.push(this.step(this.found[place]!));
    // Places without a step go to the end; jumps are renumbered with them.
    const order = [...steps.keys()].sort(
      (a, b) =>
        Number(steps[a] === undefined) - Number(steps[b] === undefined) ||
        this.found[a]![0]! - this.found[b]![0]! ||
        a - b,
    );
    const numberOf = new Map(order.map((old, now) => [old, now]));
    const renumber = (body: readonly Statement[]): readonly Statement[] =>
      body.map((s) =>
        s.op === 'jump'
          ? { op: 'jump', pc: numberOf.get(s.pc)! }
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
        const draft = steps[old];
        return draft ? [{ ...draft, body: renumber(draft.body) }] : [];
      }),
      start: numberOf.get(0)!,
    };
  }

  /** The fields without those that tell the most places apart. */
  withoutWorst(): readonly number[] {
    // A sum of products tells places apart well enough for a choice, and a field is taken out of it by a subtraction.
    const part = (value: number, at: number): number =>
      Math.imul(value + 1, Math.imul(at + 1, 0x9e3779b1) | 1);
    const sums = this.found.map((place) =>
      place.reduce((sum, v, at) => (sum + part(v, at)) | 0, 0),
    );
    const merged = this.fields.map((field, i) => ({
      field,
      left: new Set(this.found.map((place, p) => (sums[p]! - part(place[i + 1]!, i + 1)) | 0)).size,
    }));
    const worst = new Set(
      merged
        .sort((a, b) => a.left - b.left)
        .slice(0, Math.ceil(merged.length / 6))
        .map((m) => m.field),
    );
    return this.fields.filter((f) => !worst.has(f));
  }

  private number(place: readonly number[]): number {
    const key = place.join();
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    if (this.found.length >= this.drafts.length + MAX_EXTRA_STATES && this.fields.length > 0)
      throw new TooManyStates();
    this.numbers.set(key, this.found.length);
    return this.found.push(place) - 1;
  }

  private step(place: readonly number[]): StepCode | undefined {
    const draft = this.drafts[place[0]!];
    if (!draft) return undefined;
    const now = [...place];
    const out: Statement[] = [];
    this.size = 0;
    const guard = simplify(draft.guard, this.knowing(now));
    if (guard.op === 'const' && guard.value === 0) return undefined;
    this.finish(draft.body, now, undefined, out);
    return { task: draft.task, pc: draft.pc, guard, body: out };
  }

  private knowing(place: readonly number[]): FieldFacts {
    return {
      rangeOf: this.about.rangeOf,
      constantOf: (f) => {
        const i = f === this.pcField ? 0 : this.at.get(f);
        return i === undefined ? this.about.constantOf(f) : place[i];
      },
    };
  }

  /** All statements to the end of the step, and the jump to the place behind it. */
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

  /** Rewrites statements for the place `now`, which they change; true when every way through has come to the step's end. */
  private walk(
    list: readonly Statement[],
    now: number[],
    tail: Continuation | undefined,
    out: Statement[],
  ): boolean {
    for (const [i, s] of list.entries()) {
      if (
        (++this.size > MAX_STATEMENTS.step || ++this.total > MAX_STATEMENTS.task) &&
        this.fields.length > 0
      )
        throw new TooManyStates();
      const about = this.knowing(now);
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
          const value = simplify(s.value, about);
          const mine = this.at.get(s.field);
          if (mine === undefined) {
            out.push({ op: 'set', field: s.field, value });
            break;
          }
          const [lo, hi] = this.about.rangeOf(s.field);
          if (value.op !== 'const' || value.value < lo || value.value > hi)
            throw new NonConstantField(s.field);
          now[mine] = value.value;
          break;
        }
        case 'if': {
          const cond = simplify(s.cond, about);
          const rest = list.slice(i + 1);
          if (cond.op === 'const') {
            if (this.walk(cond.value === 0 ? s.otherwise : s.then, now, { rest, next: tail }, out))
              return true;
            break;
          }
          const [then, otherwise]: [Statement[], Statement[]] = [[], []];
          const [nowThen, nowOther] = [[...now], [...now]];
          const here = { rest, next: tail };
          let endsThen = this.walk(s.then, nowThen, here, then);
          let endsOther = this.walk(s.otherwise, nowOther, here, otherwise);
          if (!endsThen && !endsOther && nowThen.some((v, at) => v !== nowOther[at])) {
            this.finish(rest, nowThen, tail, then);
            this.finish(rest, nowOther, tail, otherwise);
            endsThen = endsOther = true;
          }
          if (then.length > 0 || otherwise.length > 0)
            out.push({ op: 'if', cond, then, otherwise });
          if (endsThen && endsOther) return true;
          const after = endsThen ? nowOther : nowThen;
          after.forEach((value, at) => {
            now[at] = value;
          });
        }
      }
    }
    return false;
  }
}
