import { evaluate } from '../kernel/expr';
import type { Expr } from '../kernel/expr';
import type { Program } from '../kernel/program';
import { PROPERTY_IDS } from '../kernel/propertyId';
import type { PropertyId } from '../kernel/propertyId';
import { eachStatement } from '../kernel/statement';
import type { Statement } from '../kernel/statement';
import { withRules } from './rules';
import type { StateRule } from './rules';
import { interval, simplify, simplifyBody } from './simplify';
import type { Knowledge } from './simplify';
import { withoutTransient } from './transient';

/** One field that a search has to store. */
export interface Variable {
  /** Index into `Program.fields`. */
  readonly field: number;
  readonly lo: number;
  readonly hi: number;
  readonly init: number;
}

/** One step as the engines run it: constants folded, notes dropped. */
export interface Action {
  /** Number over all tasks, for "which steps ran". */
  readonly index: number;
  readonly task: number;
  readonly pc: number;
  readonly guard: Expr;
  readonly body: readonly Statement[];
}

/** What a search runs on: the program without what cannot change. Field numbers are those of the program. */
export interface Model {
  readonly program: Program;
  readonly variables: readonly Variable[];
  /** By task, then pc. */
  readonly actions: readonly (readonly Action[])[];
  /** Properties that the start state itself breaks, as a mask of `propertyBit`. */
  readonly brokenAtStart: number;
  /** Field index of each task's pc. */
  readonly pcs: readonly number[];
  /** Every other field has this value in every state between steps. */
  readonly fixed: ReadonlyMap<number, number>;
}

/** The bit of a property in violation masks. */
export function propertyBit(property: PropertyId): number {
  return PROPERTY_IDS.indexOf(property);
}

interface Draft {
  readonly task: number;
  readonly pc: number;
  guard: Expr;
  body: readonly Statement[];
}

/** Folds constants and removes fields that are back at their start value whenever a step ends. */
export function makeModel(program: Program, stateRules: readonly StateRule[]): Model {
  const fixed = new Map<number, number>();
  const pcs = program.tasks.map((task) => task.pc);
  const drafts: Draft[] = program.tasks.flatMap((task) =>
    task.steps.map((step) => ({ task: task.index, pc: step.pc, guard: step.guard, body: step.body })),
  );
  const ranges = program.fields.map((f): [number, number] => [f.lo, f.hi]);
  const about: Knowledge = {
    known: (f) => fixed.get(f),
    range: (f) => ranges[f] ?? [0, 0],
  };
  for (const f of program.fields) if (f.constant && !pcs.includes(f.index)) fixed.set(f.index, f.init);

  const fold = (): void => {
    for (const draft of drafts) {
      draft.guard = simplify(draft.guard, about);
      draft.body = simplifyBody(draft.body, about);
    }
  };
  fold();
  for (let changed = true; changed;) {
    changed = dropUnwritten(program, drafts, pcs, fixed) || narrow(program, drafts, pcs, ranges, about) || dropTransients(program, drafts, pcs, fixed, about);
    if (changed) fold();
  }

  const rules = stateRules
    .map((rule) => ({ property: rule.property, bad: simplify(rule.bad, about) }))
    .filter((rule) => !(rule.bad.op === 'const' && rule.bad.value === 0));
  for (const draft of drafts) draft.body = withRules(draft, pcs[draft.task] ?? -1, rules, about);
  const start = Int32Array.from(program.fields, (f) => f.init);
  const brokenAtStart = rules.reduce((mask, rule) => (evaluate(rule.bad, start) === 0 ? mask : mask | (1 << propertyBit(rule.property))), 0);

  const actions: Action[][] = program.tasks.map(() => []);
  drafts.forEach((draft, index) => {
    const list = actions[draft.task];
    if (list?.length !== draft.pc) throw new Error(`step ${draft.pc} of task ${draft.task} is out of order`);
    list.push({ index, ...draft });
  });
  const variables = program.fields
    .filter((f) => !fixed.has(f.index))
    .map((f): Variable => {
      const [lo, hi] = pcs.includes(f.index) ? [0, program.tasks[pcs.indexOf(f.index)]?.steps.length ?? 0] : about.range(f.index);
      return { field: f.index, lo, hi, init: f.init };
    });
  return { program, variables, actions, brokenAtStart, pcs, fixed };
}

/** Fields that no remaining step writes keep their start value. */
function dropUnwritten(program: Program, drafts: readonly Draft[], pcs: readonly number[], fixed: Map<number, number>): boolean {
  const written = new Set<number>(pcs);
  for (const draft of drafts) eachStatement(draft.body, (s) => s.op === 'set' && written.add(s.field));
  let changed = false;
  for (const f of program.fields) {
    if (written.has(f.index) || fixed.has(f.index)) continue;
    fixed.set(f.index, f.init);
    changed = true;
  }
  return changed;
}

/** Bounds every field by the smallest and largest value that some step gives it. */
function narrow(program: Program, drafts: readonly Draft[], pcs: readonly number[], ranges: [number, number][], about: Knowledge): boolean {
  const seen = program.fields.map((f): [number, number] => [f.init, f.init]);
  for (const draft of drafts) {
    eachStatement(draft.body, (s) => {
      const bounds = s.op === 'set' ? seen[s.field] : undefined;
      if (s.op !== 'set' || !bounds) return;
      const [lo, hi] = interval(s.value, about.range);
      bounds[0] = Math.min(bounds[0], lo);
      bounds[1] = Math.max(bounds[1], hi);
    });
  }
  let changed = false;
  seen.forEach(([lo, hi], f) => {
    const range = ranges[f];
    if (!range || pcs.includes(f)) return;
    const next: [number, number] = [Math.max(lo, range[0]), Math.min(hi, range[1])];
    if (next[0] === range[0] && next[1] === range[1]) return;
    ranges[f] = next;
    changed = true;
  });
  return changed;
}

function dropTransients(program: Program, drafts: readonly Draft[], pcs: readonly number[], fixed: Map<number, number>, about: Knowledge): boolean {
  const writers = new Map<number, Draft[]>();
  for (const draft of drafts) {
    const fields = new Set<number>();
    eachStatement(draft.body, (s) => s.op === 'set' && fields.add(s.field));
    for (const f of fields) writers.set(f, [...(writers.get(f) ?? []), draft]);
  }
  for (const [f, users] of writers) {
    const { init } = program.fields[f] ?? { init: 0 };
    if (fixed.has(f) || pcs.includes(f)) continue;
    const bodies = users.map((draft) => withoutTransient(draft.body, f, init, about));
    if (bodies.includes(undefined)) continue;
    users.forEach((draft, i) => {
      draft.body = bodies[i] ?? [];
    });
    fixed.set(f, init);
    return true;
  }
  return false;
}
