import { evaluate } from '../../kernel/language/expressions';
import type { Expr } from '../../kernel/language/expressions';
import type { Program } from '../../kernel/compiler/program';
import { PROPERTY_IDS } from '../../kernel/properties/properties';
import type { PropertyId } from '../../kernel/language/propertyId';
import { eachStatement } from '../../kernel/language/statements';
import type { Statement } from '../../kernel/language/statements';
import { controlStatesOf } from './controlStates';
import type { StepCode, ControlStates } from './controlStates';
import { AffectedProperties } from './stateProperties';
import type { StateProperty } from './stateProperties';
import { interval, simplify, simplifyBody } from './simplify';
import type { FieldFacts } from './simplify';
import { removeTransientField } from './transientFields';

/** One number that a search has to store. */
interface StateVariable {
  /** Index into `Program.fields`; behind them, `fields.length + task` is the place of a task. */
  readonly field: number;
  readonly lo: number;
  readonly hi: number;
  readonly init: number;
}

/** One step as the engines run it, at one place of its task: constants folded, notes dropped. */
export interface Action {
  /** Number of its step over all tasks. */
  readonly index: number;
  readonly task: number;
  /** pc of its step. */
  readonly pc: number;
  readonly guard: Expr;
  /** Jumps go to places, and every way through ends with one. */
  readonly body: readonly Statement[];
  /** By the place that it leads to: the set of rules to test there (an index into `Model.ruleSets`); absent for none. */
  readonly propertySetAt: ReadonlyMap<number, number>;
}

/** What a search runs on: the program without what cannot change. Field numbers are those of the program. */
export interface Model {
  readonly program: Program;
  readonly variables: readonly StateVariable[];
  /** By task, then place; places behind the last one are ends. */
  readonly actions: readonly (readonly Action[])[];
  /** By task. */
  readonly controlStates: readonly ControlStates[];
  /** What must not be true of a state. */
  readonly stateProperties: readonly StateProperty[];
  /** Which rules a step may have turned, by their numbers; the first set is empty. */
  readonly propertySets: readonly (readonly number[])[];
  /** Properties that the start state itself breaks, as a mask of `propertyBit`. */
  readonly initialViolations: number;
  /** Field index of each task's pc. */
  readonly pcs: readonly number[];
  /** Every other field has this value in every state between steps. */
  readonly constants: ReadonlyMap<number, number>;
}

/** The bit of a property in violation masks. */
export function propertyBit(property: PropertyId): number {
  return PROPERTY_IDS.indexOf(property);
}

/** Bounds can creep towards each other for ever; after so many rounds they are good enough. */
const MAX_ROUNDS = 24;

/** Folds constants and removes fields that are back at their start value whenever a step ends. */
export function makeModel(program: Program, stateRules: readonly StateProperty[]): Model {
  const fixed = new Map<number, number>();
  const pcs = program.tasks.map((task) => task.pc);
  let drafts: readonly StepCode[] = program.tasks.flatMap((task) =>
    task.steps.map((step) => ({
      task: task.index,
      pc: step.pc,
      guard: step.guard,
      body: step.body,
    })),
  );
  const ranges = program.fields.map((f): [number, number] => [f.lo, f.hi]);
  const about: FieldFacts = {
    constantOf: (f) => fixed.get(f),
    rangeOf: (f) => ranges[f] ?? [0, 0],
  };
  for (const f of program.fields)
    if (f.constant && !pcs.includes(f.index)) fixed.set(f.index, f.init);

  const fold = (): void => {
    for (const draft of drafts) {
      draft.guard = simplify(draft.guard, about);
      draft.body = simplifyBody(draft.body, about);
    }
  };
  const settle = (kept: ReadonlySet<number>): void => {
    fold();
    for (let changed = true, round = 0; changed; round++) {
      changed =
        dropUnwrittenFields(program, drafts, kept, fixed) ||
        (round < MAX_ROUNDS && narrowRanges(program, drafts, kept, ranges, about)) ||
        dropTransientFields(program, drafts, kept, fixed, about);
      if (changed) fold();
    }
  };
  settle(new Set(pcs));

  const owned = ownedFields(program, drafts, pcs);
  const places = program.tasks.map((task) =>
    controlStatesOf(
      drafts.filter((d) => d.task === task.index),
      task.pc,
      owned[task.index] ?? [],
      (f) => program.fields[f]?.init ?? 0,
      about,
    ),
  );
  const kept = new Set<number>();
  for (const { values } of places) {
    for (const [field, each] of values) {
      kept.add(field);
      ranges[field] = [Math.min(...each), Math.max(...each)];
    }
  }
  drafts = places.flatMap((p) => p.steps);
  settle(kept);

  const rules = stateRules
    .map((rule) => ({ property: rule.property, violatedWhen: simplify(rule.violatedWhen, about) }))
    .filter((rule) => !(rule.violatedWhen.op === 'const' && rule.violatedWhen.value === 0));
  const start = Int32Array.from(program.fields, (f) => f.init);
  const brokenAtStart = rules.reduce(
    (mask, rule) =>
      evaluate(rule.violatedWhen, start) === 0 ? mask : mask | (1 << propertyBit(rule.property)),
    0,
  );
  const firstOf: number[] = [];
  program.tasks.reduce((sum, task) => {
    firstOf.push(sum);
    return sum + task.steps.length;
  }, 0);
  const ruleSets: (readonly number[])[] = [[]];
  const setNumbers = new Map([['', 0]]);
  const setOf = (numbers: readonly number[]): number => {
    const key = numbers.join();
    const known = setNumbers.get(key) ?? ruleSets.push(numbers) - 1;
    setNumbers.set(key, known);
    return known;
  };
  let at = 0;
  const actions = places.map((p, task): Action[] => {
    const tested = new AffectedProperties(rules, p.values, about);
    return p.steps.map((_, place): Action => {
      const { guard, body, pc } = drafts[at++]!;
      const rulesAt = new Map(
        [...tested.after(body, place)].flatMap(([to, numbers]) =>
          numbers.length === 0 ? [] : [[to, setOf(numbers)] as const],
        ),
      );
      return { index: firstOf[task]! + pc, task, pc, guard, body, propertySetAt: rulesAt };
    });
  });
  const variables: StateVariable[] = program.fields
    .filter((f) => !fixed.has(f.index) && !kept.has(f.index))
    .map((f) => {
      const [lo, hi] = about.rangeOf(f.index);
      return { field: f.index, lo, hi, init: f.init };
    });
  places.forEach((p, task) =>
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
    controlStates: places,
    stateProperties: rules,
    propertySets: ruleSets,
    initialViolations: brokenAtStart,
    pcs,
    constants: fixed,
  };
}

/** The stable name of a step by the number of its actions. */
export function stepName(model: Model, action: number): string {
  return model.program.tasks.flatMap((t) => t.steps)[action]?.name ?? 'a step';
}

/** By task: the fields that it alone writes. */
function ownedFields(
  program: Program,
  drafts: readonly StepCode[],
  pcs: readonly number[],
): number[][] {
  const writer = new Map<number, number>();
  for (const draft of drafts) {
    eachStatement(draft.body, (s) => {
      if (s.op === 'set')
        writer.set(s.field, (writer.get(s.field) ?? draft.task) === draft.task ? draft.task : -1);
    });
  }
  return program.tasks.map((task) =>
    [...writer]
      .filter(([field, by]) => by === task.index && !pcs.includes(field))
      .map(([field]) => field)
      .sort((a, b) => a - b),
  );
}

/** Fields that no remaining step writes keep their start value. */
function dropUnwrittenFields(
  program: Program,
  drafts: readonly StepCode[],
  kept: ReadonlySet<number>,
  fixed: Map<number, number>,
): boolean {
  const written = new Set<number>(kept);
  for (const draft of drafts)
    eachStatement(draft.body, (s) => s.op === 'set' && written.add(s.field));
  let changed = false;
  for (const f of program.fields) {
    if (written.has(f.index) || fixed.has(f.index)) continue;
    fixed.set(f.index, f.init);
    changed = true;
  }
  return changed;
}

/** Bounds every field by the smallest and largest value that some step gives it. */
function narrowRanges(
  program: Program,
  drafts: readonly StepCode[],
  kept: ReadonlySet<number>,
  ranges: [number, number][],
  about: FieldFacts,
): boolean {
  const seen = program.fields.map((f): [number, number] => [f.init, f.init]);
  for (const draft of drafts) {
    eachStatement(draft.body, (s) => {
      const bounds = s.op === 'set' ? seen[s.field] : undefined;
      if (s.op !== 'set' || !bounds) return;
      const [lo, hi] = interval(s.value, about.rangeOf);
      bounds[0] = Math.min(bounds[0], lo);
      bounds[1] = Math.max(bounds[1], hi);
    });
  }
  let changed = false;
  seen.forEach(([lo, hi], f) => {
    const range = ranges[f];
    if (!range || kept.has(f)) return;
    const next: [number, number] = [Math.max(lo, range[0]), Math.min(hi, range[1])];
    if (next[0] === range[0] && next[1] === range[1]) return;
    ranges[f] = next;
    changed = true;
  });
  return changed;
}

function dropTransientFields(
  program: Program,
  drafts: readonly StepCode[],
  kept: ReadonlySet<number>,
  fixed: Map<number, number>,
  about: FieldFacts,
): boolean {
  const writers = new Map<number, StepCode[]>();
  /** Fields that some step leaves with another value, whatever way it takes. */
  const staying = new Set<number>();
  for (const draft of drafts) {
    const fields = new Set<number>();
    const back = new Set<number>();
    eachStatement(draft.body, (s) => {
      if (s.op !== 'set') return;
      fields.add(s.field);
      if (s.value.op !== 'const' || s.value.value === program.fields[s.field]?.init)
        back.add(s.field);
    });
    for (const f of fields) {
      writers.set(f, [...(writers.get(f) ?? []), draft]);
      if (!back.has(f)) staying.add(f);
    }
  }
  let changed = false;
  for (const [f, users] of writers) {
    const { init } = program.fields[f] ?? { init: 0 };
    if (fixed.has(f) || kept.has(f) || staying.has(f)) continue;
    const bodies = users.map((draft) => removeTransientField(draft.body, f, init, about));
    if (bodies.includes(undefined)) continue;
    users.forEach((draft, i) => {
      draft.body = bodies[i] ?? [];
    });
    fixed.set(f, init);
    changed = true;
  }
  return changed;
}
