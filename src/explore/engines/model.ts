import { evaluate } from '../../kernel/language/expressions';
import type { Expr } from '../../kernel/language/expressions';
import type { Program } from '../../kernel/compiler/program';
import { PROPERTY_IDS } from '../../kernel/properties/properties';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { Statement } from '../../kernel/language/statements';
import type { ControlStates } from './controlStates';
import { FoldedStep, formOf, specialise } from './foldedStep';
import type { StepForm } from './foldedStep';
import { AffectedProperties, readersOf } from './stateProperties';
import type { StateProperty } from './stateProperties';
import { interval, simplify } from './simplify';
import type { FieldFacts } from './simplify';

/** One number that a search stores per state. */
interface StateVariable {
  /** Index into `Program.fields`, or `fields.length + task` for the control state of a task. */
  readonly field: number;
  readonly lo: number;
  readonly hi: number;
  readonly init: number;
}

/** One step as the engines run it in one control state of its task: constants folded, events dropped. */
export interface Action {
  /** Number of its step among the steps of all tasks. */
  readonly index: number;
  readonly task: number;
  /** pc of its step. */
  readonly pc: number;
  readonly guard: Expr;
  /** Jumps go to control states, and every path ends with one. */
  readonly body: readonly Statement[];
  /** By target control state: the properties to test there, as an index into `Model.propertySets`; absent for none. Computed at the first use. */
  readonly propertySetAt: ReadonlyMap<number, number>;
}

/** What a search runs on: the program without its constants. Field indices are those of the program. */
export interface Model {
  readonly program: Program;
  readonly variables: readonly StateVariable[];
  /** By task, then control state. Control states after the last action are ends. */
  readonly actions: readonly (readonly Action[])[];
  /** By task. */
  readonly controlStates: readonly ControlStates[];
  /** The properties that a single state can violate. */
  readonly stateProperties: readonly StateProperty[];
  /** Sets of indices into `stateProperties` that a step can affect; the first set is empty. Computes those of all actions. */
  readonly propertySets: readonly (readonly number[])[];
  /** One of them, without computing all. */
  readonly propertySet: (index: number) => readonly number[];
  /** Properties that the initial state violates, as a mask of `propertyBit`. */
  readonly initialViolations: number;
  /** Field index of each task's pc. */
  readonly pcs: readonly number[];
  /** The fields that have the same value in every state between steps. */
  readonly constants: ReadonlyMap<number, number>;
}

/** The bit number of a property in violation masks. */
export function propertyBit(property: PropertyId): number {
  return PROPERTY_IDS.indexOf(property);
}

/** Bounds may converge slowly; after this many rounds they are good enough. */
const MAX_ROUNDS = 24;

/** Folds constants, and removes fields that have their initial value again at the end of every step. */
export function makeModel(program: Program, properties: readonly StateProperty[]): Model {
  const constants = new Map<number, number>();
  const pcs = program.tasks.map((task) => task.pc);
  let stepCodes = program.tasks.flatMap((task) =>
    task.steps.map((step) => new FoldedStep(task.index, step.pc, formOf(step))),
  );
  const ranges = program.fields.map((f): [number, number] => [f.lo, f.hi]);
  const facts: FieldFacts = {
    constantOf: (f) => constants.get(f),
    rangeOf: (f) => ranges[f] ?? [0, 0],
  };
  for (const f of program.fields)
    if (f.constant && !pcs.includes(f.index)) constants.set(f.index, f.init);

  const fold = (changed: ReadonlySet<number> | undefined): void => {
    for (const stepCode of stepCodes) {
      if (changed && !stepCode.form.readsAny(changed)) continue;
      stepCode.form = stepCode.form.fold(facts);
    }
  };
  const reduce = (controlFields: ReadonlySet<number>): void => {
    fold(undefined);
    for (let round = 0; ; round++) {
      const changed = new Set<number>();
      if (
        !dropUnwrittenFields(program, stepCodes, controlFields, constants, changed) &&
        !(
          round < MAX_ROUNDS &&
          narrowRanges(program, stepCodes, controlFields, ranges, facts, changed)
        ) &&
        !dropTransientFields(program, stepCodes, controlFields, constants, facts, changed)
      )
        return;
      fold(changed);
    }
  };
  reduce(new Set(pcs));

  const exclusiveFields = exclusivelyWrittenFields(program, stepCodes, pcs);
  const specialised = program.tasks.map((task) =>
    specialise(
      stepCodes.filter((d) => d.task === task.index),
      task.pc,
      exclusiveFields[task.index] ?? [],
      (f) => program.fields[f]?.init ?? 0,
      facts,
      (f) => `${task.name} ${program.fields[f]?.title ?? ''}`,
    ),
  );
  const controlStates = specialised.map(({ states }) => states);
  const controlFields = new Set<number>();
  for (const { values } of controlStates) {
    for (const [field, each] of values) {
      controlFields.add(field);
      ranges[field] = [Math.min(...each), Math.max(...each)];
    }
  }
  stepCodes = specialised.flatMap(({ states, forms }) =>
    states.steps.map(({ task, pc }, at) => new FoldedStep(task, pc, forms[at]!)),
  );
  reduce(controlFields);

  const stateProperties = properties
    .map(({ property, violatedWhen }) => ({
      property,
      violatedWhen: simplify(violatedWhen, facts),
    }))
    .filter(({ violatedWhen }) => !(violatedWhen.op === 'const' && violatedWhen.value === 0));
  const start = Int32Array.from(program.fields, (f) => f.init);
  const initialViolations = stateProperties.reduce(
    (mask, { property, violatedWhen }) =>
      evaluate(violatedWhen, start) === 0 ? mask : mask | (1 << propertyBit(property)),
    0,
  );
  const firstAction: number[] = [];
  program.tasks.reduce((sum, task) => {
    firstAction.push(sum);
    return sum + task.steps.length;
  }, 0);
  const propertySets: (readonly number[])[] = [[]];
  const setIndices = new Map([['', 0]]);
  const propertySetOf = (numbers: readonly number[]): number => {
    const key = numbers.join();
    const known = setIndices.get(key) ?? propertySets.push(numbers) - 1;
    setIndices.set(key, known);
    return known;
  };
  let at = 0;
  const readers = readersOf(stateProperties);
  const actions = controlStates.map((p, task): Action[] => {
    const affected = new AffectedProperties(stateProperties, readers, p.values, facts);
    return p.steps.map((_, controlState): Action => {
      const { guard, body, pc } = stepCodes[at++]!;
      let known: ReadonlyMap<number, number> | undefined;
      return {
        index: firstAction[task]! + pc,
        task,
        pc,
        guard,
        body,
        // A search of few states reaches few actions.
        get propertySetAt() {
          known ??= new Map(
            [...affected.after(body, controlState)].flatMap(([to, numbers]) =>
              numbers.length === 0 ? [] : [[to, propertySetOf(numbers)] as const],
            ),
          );
          return known;
        },
      };
    });
  });
  const variables: StateVariable[] = program.fields
    .filter((f) => !constants.has(f.index) && !controlFields.has(f.index))
    .map((f) => {
      const [lo, hi] = facts.rangeOf(f.index);
      return { field: f.index, lo, hi, init: f.init };
    });
  controlStates.forEach((p, task) =>
    variables.push({
      field: program.fields.length + task,
      lo: 0,
      hi: Math.max(1, p.count - 1),
      init: p.start,
    }),
  );
  return {
    program,
    variables,
    actions,
    controlStates,
    stateProperties,
    get propertySets() {
      for (const each of actions) for (const action of each) void action.propertySetAt;
      return propertySets;
    },
    propertySet: (index) => propertySets[index] ?? [],
    initialViolations,
    pcs,
    constants,
  };
}

/** The stable name of a step by `Action.index`. */
export function stepName(model: Model, action: number): string {
  return model.program.tasks.flatMap((t) => t.steps)[action]?.name ?? 'an unknown step';
}

/** By task: the fields that no other task writes. */
function exclusivelyWrittenFields(
  program: Program,
  stepCodes: readonly FoldedStep[],
  pcs: readonly number[],
): number[][] {
  const writerOf = new Map<number, number>();
  for (const { task, sets } of stepCodes)
    for (const { field } of sets)
      writerOf.set(field, (writerOf.get(field) ?? task) === task ? task : -1);
  return program.tasks.map((task) =>
    [...writerOf]
      .filter(([field, by]) => by === task.index && !pcs.includes(field))
      .map(([field]) => field)
      .sort((a, b) => a - b),
  );
}

/** Fields that no remaining step writes are constants. */
function dropUnwrittenFields(
  program: Program,
  stepCodes: readonly FoldedStep[],
  controlFields: ReadonlySet<number>,
  constants: Map<number, number>,
  changedFields: Set<number>,
): boolean {
  const written = new Set<number>(controlFields);
  for (const { sets } of stepCodes) for (const { field } of sets) written.add(field);
  let changed = false;
  for (const f of program.fields) {
    if (written.has(f.index) || constants.has(f.index)) continue;
    constants.set(f.index, f.init);
    changedFields.add(f.index);
    changed = true;
  }
  return changed;
}

/** Bounds every field by the smallest and largest value that a step stores. */
function narrowRanges(
  program: Program,
  stepCodes: readonly FoldedStep[],
  controlFields: ReadonlySet<number>,
  ranges: [number, number][],
  facts: FieldFacts,
  changedFields: Set<number>,
): boolean {
  const smallest = program.fields.map(({ init }) => init);
  const largest = [...smallest];
  for (const { sets } of stepCodes)
    for (const { field, value } of sets) {
      const [lo, hi] = interval(value, facts.rangeOf);
      if (lo < smallest[field]!) smallest[field] = lo;
      if (hi > largest[field]!) largest[field] = hi;
    }
  let changed = false;
  ranges.forEach(([lo, hi], f) => {
    if (controlFields.has(f) || (smallest[f]! <= lo && largest[f]! >= hi)) return;
    ranges[f] = [Math.max(smallest[f]!, lo), Math.min(largest[f]!, hi)];
    changedFields.add(f);
    changed = true;
  });
  return changed;
}

function dropTransientFields(
  program: Program,
  stepCodes: readonly FoldedStep[],
  controlFields: ReadonlySet<number>,
  constants: Map<number, number>,
  facts: FieldFacts,
  changedFields: Set<number>,
): boolean {
  const writers = new Map<number, FoldedStep[]>();
  /** Fields that some step changes for good on every path. */
  const permanent = new Set<number>();
  for (const stepCode of stepCodes)
    for (const [f, values] of stepCode.form.storedValues) {
      const known = writers.get(f);
      if (known) known.push(stepCode);
      else writers.set(f, [stepCode]);
      const init = program.fields[f]?.init;
      if (values.every((value) => value !== undefined && value !== init)) permanent.add(f);
    }
  let changed = false;
  for (const [f, users] of writers) {
    const { init } = program.fields[f] ?? { init: 0 };
    if (constants.has(f) || controlFields.has(f) || permanent.has(f)) continue;
    const forms: StepForm[] = [];
    for (const { form } of users) {
      const removed = form.withoutField(f, init, facts);
      if (!removed) break;
      forms.push(removed);
    }
    if (forms.length < users.length) continue;
    users.forEach((stepCode, i) => {
      stepCode.form = forms[i]!;
    });
    constants.set(f, init);
    changedFields.add(f);
    // Those bodies were not simplified as a whole.
    for (const { sets } of users) for (const { field } of sets) changedFields.add(field);
    changed = true;
  }
  return changed;
}
