import { compile } from '../../kernel/compiler/compile';
import type { Design } from '../../kernel/language/design';
import { mutate, stepNames } from '../../kernel/compiler/mutate';
import type { Mutation } from '../../kernel/language/mutation';
import type { Program } from '../../kernel/compiler/program';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { Statement } from '../../kernel/language/statements';
import type { Call } from '../../kernel/language/world';
import { makeCheck } from '../check';
import type { CheckOptions } from '../check';
import type { CheckResult, Counterexample } from '../checkResult';
import type { MatrixCase, DesignConfig } from './matrix';
import { unnoticedReason } from './unnoticedReasons';
import type { UnnoticedReason } from './unnoticedReasons';
import { readField } from '../engines/packedLayout';
import { makeModel } from '../engines/model';
import { DEFAULT_LIMITS, startSearch } from '../search/search';

/** A property that holds in a scenario but not after a mutation, with the shortest counterexample there. */
interface Detection {
  readonly property: PropertyId;
  readonly scenario: string;
  readonly witness: Counterexample;
}

/** The effect of one mutation on the properties. */
export interface MutationOutcome {
  readonly mutation: Mutation;
  /** The titles of the mutated steps. */
  readonly title: string;
  /**
   * `noticed`: a property is violated. `unnoticed`: the step has an effect, but no property depends on it. `idle`: the mutation
   * does not change the effect of the step, or only keeps a `fault` of the scenario from happening. `unreached`: no run
   * reaches the step.
   */
  readonly status: 'noticed' | 'unnoticed' | 'idle' | 'unreached';
  /** The properties that are violated in the smallest scenario that notices; larger ones are not checked then. */
  readonly notices: readonly Detection[];
  /** Scenarios whose calls contain the step. */
  readonly scenarios: readonly string[];
  /** Scenarios whose search was stopped by a limit. */
  readonly incomplete: readonly string[];
  /** Of an unnoticed removal: the property that should notice it, and why it does not. */
  readonly unnoticedReason?: UnnoticedReason;
}

/** A report in progress. Call `advance` until it is done. */
export interface MutationReport {
  /** Processes about `budget` states. */
  readonly advance: (budget: number) => 'more' | 'done';
  readonly outcomes: () => readonly MutationOutcome[];
  /** Number of mutations. */
  readonly total: number;
}

/** The removal of each step of a design configuration. */
export function stepRemovals(config: DesignConfig): readonly Mutation[] {
  return stepNames(config.design, config.options).map((step) => ({ kind: 'without', step }));
}

/** Starts a mutation test of one design configuration. Each mutation runs in the scenarios that reach its step, the smallest first, until one notices; a mutation whose step none contains is left out. */
export function startMutationReport(
  cases: readonly MatrixCase[],
  mutations: readonly Mutation[],
  options: Omit<CheckOptions, 'outcomes'> = {},
): MutationReport {
  const baselines = cases
    .map((c): BaselineCase => {
      const program = compileCase(c, c.config.design);
      return { case: c, program, ...reachedSteps(program, options.limits) };
    })
    .toSorted((a, b) => a.states - b.states);
  const work = mutations
    .map((mutation) => ({
      mutation,
      runs: baselines.filter((b) => containsMutatedStep(b.program, mutation)),
    }))
    .filter((w) => w.runs.length > 0);
  const holdsByCase = new Map<MatrixCase, ReadonlySet<PropertyId>>();
  const outcomes: MutationOutcome[] = [];

  function* check(program: Program): Generator<number, CheckResult> {
    const running = makeCheck(program, { ...options, outcomes: false });
    for (let before = 0; running.advance(slice) === 'more';) {
      const { states } = running.progress();
      yield Math.max(1, states - before);
      before = states;
    }
    return running.result(0);
  }
  function* holding({
    case: c,
    program,
  }: BaselineCase): Generator<number, ReadonlySet<PropertyId>> {
    const known = holdsByCase.get(c);
    if (known) return known;
    const { properties } = yield* check(program);
    const holds = new Set(properties.filter((p) => p.status !== 'violated').map((p) => p.id));
    holdsByCase.set(c, holds);
    return holds;
  }
  function* run(): Generator<number> {
    for (const { mutation, runs } of work) {
      let notices: readonly Detection[] = [];
      const incomplete: string[] = [];
      const steps = mutatedSteps(mutation);
      let hasEffect = false;
      for (const baseline of runs) {
        const { case: c, program, reached } = baseline;
        // An unreached step cannot change a state.
        if (!steps.some((step) => reached.has(step))) continue;
        const changed = mutate(c.config.design, c.config.options, [mutation]);
        if (!changed.ok) throw new Error(changed.message);
        const mutant = compileCase(c, changed.design);
        // Nor can one with an unchanged effect.
        if (
          mutation.kind !== 'swap' &&
          steps.every(
            (step) =>
              stateEffectOf(program, step) === stateEffectOf(mutant, step) ||
              onlyFails(c, changed.design, step),
          )
        )
          continue;
        hasEffect = true;
        const holds = yield* holding(baseline);
        const result = yield* check(mutant);
        if (result.coverage !== 'complete') incomplete.push(c.id);
        notices = result.properties.flatMap(({ id, witness }) =>
          witness && holds.has(id) ? [{ property: id, scenario: c.id, witness }] : [],
        );
        if (notices.length > 0) break;
        yield 1;
      }
      const reached = runs.some((r) => steps.some((step) => r.reached.has(step)));
      const status =
        notices.length > 0 ? 'noticed' : hasEffect ? 'unnoticed' : reached ? 'idle' : 'unreached';
      const reason =
        status === 'unnoticed' && mutation.kind === 'without'
          ? unnoticedReason(mutation.step)
          : undefined;
      outcomes.push({
        mutation,
        title: mutatedStepTitle(runs[0]?.program, mutation),
        status,
        notices,
        scenarios: runs.map((r) => r.case.id),
        incomplete,
        ...(reason === undefined ? {} : { unnoticedReason: reason }),
      });
    }
  }
  const running = run();
  let slice = 1024;
  return {
    total: work.length,
    outcomes: () => outcomes,
    advance: (budget) => {
      slice = Math.max(1, budget);
      for (let left = budget; left > 0;) {
        const turn = running.next();
        if (turn.done) return 'done';
        left -= turn.value;
      }
      return 'more';
    },
  };
}

/** Runs a whole report. */
export function runMutationReport(
  ...args: Parameters<typeof startMutationReport>
): readonly MutationOutcome[] {
  const report = startMutationReport(...args);
  while (report.advance(100_000) === 'more');
  return report.outcomes();
}

/** An unchanged case with the names of the steps that its search reached. */
interface BaselineCase {
  readonly case: MatrixCase;
  readonly program: Program;
  readonly reached: ReadonlySet<string>;
  readonly states: number;
}

function reachedSteps(
  program: Program,
  limits: CheckOptions['limits'],
): Pick<BaselineCase, 'reached' | 'states'> {
  const model = makeModel(program, []);
  const search = startSearch(model, 'bytecode', { ...DEFAULT_LIMITS, ...limits });
  while (search.advance(100_000) === 'more');
  const { records, stride, count } = search.engine.store();
  const reached = new Set<string>();
  for (const task of program.tasks) {
    const pcs = new Set<number>();
    for (let state = 0; state < count; state++)
      pcs.add(readField(model, search.layout, records, state * stride, task.pc));
    for (const pc of pcs) reached.add(task.steps[pc]?.name ?? '');
  }
  return { reached, states: count };
}

/** Whether the mutation changes the step only where the scenario makes it fail. */
function onlyFails(c: MatrixCase, mutant: Design, step: string): boolean {
  if (!c.scenario.calls.some((call) => call.fault !== undefined)) return false;
  const calls = c.scenario.calls.map(
    (call): Call =>
      Object.fromEntries(
        Object.entries(call).filter(([key]) => key !== 'fault'),
      ) as unknown as Call,
  );
  const [before, after] = [c.config.design, mutant].map((design) =>
    stateEffectOf(compile(design, c.scenario.options, c.scenario.world, calls), step),
  );
  return before === after;
}

/** The effect of a step on the state, without events and violations. */
function stateEffectOf(program: Program, step: string): string {
  const effectsOnly = (body: readonly Statement[]): readonly Statement[] =>
    body.flatMap((s): readonly Statement[] => {
      if (s.op === 'emit' || s.op === 'violate') return [];
      if (s.op !== 'if') return [s];
      const then = effectsOnly(s.then);
      const otherwise = effectsOnly(s.otherwise);
      return then.length + otherwise.length === 0 ? [] : [{ ...s, then, otherwise }];
    });
  return JSON.stringify(
    program.tasks.flatMap((t) =>
      t.steps.filter((s) => s.name === step).map((s) => [s.guard, effectsOnly(s.body)]),
    ),
  );
}

function compileCase(c: MatrixCase, design: Design): Program {
  return compile(design, c.scenario.options, c.scenario.world, c.scenario.calls);
}

function mutatedSteps(mutation: Mutation): readonly string[] {
  return mutation.kind === 'swap' ? [mutation.a, mutation.b] : [mutation.step];
}

function containsMutatedStep(program: Program, mutation: Mutation): boolean {
  const steps = mutatedSteps(mutation);
  return program.tasks.some((t) => t.steps.some((s) => steps.includes(s.name)));
}

function mutatedStepTitle(program: Program | undefined, mutation: Mutation): string {
  const steps = program?.tasks.flatMap((t) => t.steps) ?? [];
  return mutatedSteps(mutation)
    .map((step) => steps.find((s) => s.name === step)?.title ?? step)
    .join('; ');
}
