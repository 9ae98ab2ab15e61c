import type { Step } from '../../kernel/compiler/program';
import { fieldsRead } from '../../kernel/language/expressions';
import type { Expr } from '../../kernel/language/expressions';
import { eachStatement } from '../../kernel/language/statements';
import type { Statement } from '../../kernel/language/statements';
import { controlStatesOf } from './controlStates';
import type { ControlStates, StepCode } from './controlStates';
import { simplify, simplifyBody } from './simplify';
import type { FieldFacts } from './simplify';
import { removeTransientField } from './transientFields';

type Assignment = Extract<Statement, { op: 'set' }>;

/** The facts about some fields: two numbers each, the range. A constant is a range of one value. */
type KnownFacts = Int32Array;

/**
 * A guard and a body, with what was last made of them and from which facts. The compiler keeps the steps that a key did not
 * change, so most models find the simplified forms of the model before.
 */
export class StepForm {
  private readFields: ReadonlySet<number> | undefined;
  private assignments: readonly Assignment[] | undefined;
  private stored: ReadonlyMap<number, readonly (number | undefined)[]> | undefined;
  private folded: { readonly facts: KnownFacts; readonly form: StepForm } | undefined;
  /** By removed field. */
  private readonly removed = new Map<
    number,
    { readonly start: number; readonly facts: KnownFacts; readonly form: StepForm | undefined }
  >();

  constructor(
    readonly guard: Expr,
    readonly body: readonly Statement[],
  ) {}

  /** Its assignments, those in branches included. */
  get sets(): readonly Assignment[] {
    if (!this.assignments) {
      const found: Assignment[] = [];
      eachStatement(this.body, (s) => {
        if (s.op === 'set') found.push(s);
      });
      this.assignments = found;
    }
    return this.assignments;
  }

  /** By field: the values of its assignments, undefined for those that are not constant. */
  get storedValues(): ReadonlyMap<number, readonly (number | undefined)[]> {
    if (!this.stored) {
      const found = new Map<number, (number | undefined)[]>();
      for (const { field, value } of this.sets) {
        const constantValue = value.op === 'const' ? value.value : undefined;
        const known = found.get(field);
        if (known) known.push(constantValue);
        else found.set(field, [constantValue]);
      }
      this.stored = found;
    }
    return this.stored;
  }

  /** The fields that decide what it does. */
  get reads(): ReadonlySet<number> {
    if (!this.readFields) {
      const found = new Set<number>();
      const add = (field: number): void => {
        found.add(field);
      };
      fieldsRead(this.guard, add);
      eachStatement(this.body, (s) => {
        if (s.op === 'set') fieldsRead(s.value, add);
        if (s.op === 'if') fieldsRead(s.cond, add);
      });
      this.readFields = found;
    }
    return this.readFields;
  }

  readsAny(fields: ReadonlySet<number>): boolean {
    const { reads } = this;
    for (const field of fields) if (reads.has(field)) return true;
    return false;
  }

  /** The simplified form; itself if nothing changes. */
  fold(facts: FieldFacts): StepForm {
    if (this.folded && areKnown(this.reads, facts, this.folded.facts)) return this.folded.form;
    const guard = simplify(this.guard, facts);
    const body = simplifyBody(this.body, facts);
    const form = guard === this.guard && body === this.body ? this : new StepForm(guard, body);
    this.folded = { facts: factsOf(this.reads, facts), form };
    return form;
  }

  /** The form without a field whose value is `start` before and after the step; undefined if that is not so. */
  withoutField(field: number, start: number, facts: FieldFacts): StepForm | undefined {
    const known = this.removed.get(field);
    if (known?.start === start && areKnown(this.reads, facts, known.facts)) return known.form;
    const body = removeTransientField(this.body, field, start, facts);
    const form = body && new StepForm(this.guard, body);
    this.removed.set(field, { start, facts: factsOf(this.reads, facts), form });
    return form;
  }
}

const formsOfSteps = new WeakMap<Step, StepForm>();

/** The first form of a step. */
export function formOf(step: Step): StepForm {
  const known = formsOfSteps.get(step) ?? new StepForm(step.guard, step.body);
  formsOfSteps.set(step, known);
  return known;
}

/** A step of a model while it is simplified. */
export class FoldedStep implements StepCode {
  constructor(
    readonly task: number,
    readonly pc: number,
    public form: StepForm,
  ) {}

  get guard(): Expr {
    return this.form.guard;
  }

  get body(): readonly Statement[] {
    return this.form.body;
  }

  get sets(): readonly Assignment[] {
    return this.form.sets;
  }
}

/** The control states of a task, with the forms of their steps. */
interface SpecialisedTask {
  readonly states: ControlStates;
  readonly forms: readonly StepForm[];
}

interface KnownTask extends SpecialisedTask {
  readonly stepForms: readonly StepForm[];
  /** The pc and the candidates, and their initial values. */
  readonly fields: readonly number[];
  readonly inits: readonly number[];
  /** All fields that decide. */
  readonly reads: ReadonlySet<number>;
  readonly facts: KnownFacts;
}

/** By the form of the first step of a task. */
const knownTasks = new WeakMap<StepForm, KnownTask>();

/** `controlStatesOf`, or what it last gave for the same steps and facts. */
export function specialise(
  stepCodes: readonly FoldedStep[],
  pcField: number,
  candidates: readonly number[],
  init: (field: number) => number,
  facts: FieldFacts,
  nameOf: (field: number) => string,
): SpecialisedTask {
  const stepForms = stepCodes.map(({ form }) => form);
  const fields = [pcField, ...candidates];
  const inits = fields.map(init);
  const known = stepForms[0] && knownTasks.get(stepForms[0]);
  if (
    known &&
    areEqual(known.stepForms, stepForms) &&
    areEqual(known.fields, fields) &&
    areEqual(known.inits, inits) &&
    areKnown(known.reads, facts, known.facts)
  )
    return known;
  const states = controlStatesOf(stepCodes, pcField, candidates, init, facts, nameOf);
  const forms = states.steps.map(({ guard, body }) => new StepForm(guard, body));
  const reads = new Set([...fields, ...stepForms.flatMap((form) => [...form.reads])]);
  const made = { states, forms, stepForms, fields, inits, reads, facts: factsOf(reads, facts) };
  if (stepForms[0]) knownTasks.set(stepForms[0], made);
  return made;
}

function areEqual<Value>(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}

function factsOf(fields: ReadonlySet<number>, { constantOf, rangeOf }: FieldFacts): KnownFacts {
  const found = new Int32Array(2 * fields.size);
  let at = 0;
  for (const field of fields) {
    const value = constantOf(field);
    const [lo, hi] = value === undefined ? rangeOf(field) : [value, value];
    found[at++] = lo;
    found[at++] = hi;
  }
  return found;
}

/** Whether the facts about the fields are those known. */
function areKnown(
  fields: ReadonlySet<number>,
  { constantOf, rangeOf }: FieldFacts,
  known: KnownFacts,
): boolean {
  let at = 0;
  for (const field of fields) {
    const value = constantOf(field);
    if (value === undefined) {
      const range = rangeOf(field);
      if (known[at] !== range[0] || known[at + 1] !== range[1]) return false;
    } else if (known[at] !== value || known[at + 1] !== value) return false;
    at += 2;
  }
  return true;
}
