import { compile } from '../../kernel/compiler/compile';
import type { Design } from '../../kernel/language/design';
import { mutate, stepNames } from '../../kernel/compiler/mutate';
import type { Mutation } from '../../kernel/language/mutation';
import type { Program } from '../../kernel/compiler/program';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { Statement } from '../../kernel/language/statements';
import { makeCheck } from '../check';
import type { CheckOptions } from '../check';
import type { CheckResult, Counterexample } from '../checkResult';
import type { MatrixCase, DesignConfig } from './matrix';
import { readField } from '../engines/packedLayout';
import { makeModel } from '../engines/model';
import { DEFAULT_LIMITS, bestEngine, startSearch } from '../search/search';

/** A property that holds in a scenario, and no longer does after a mutation. */
interface Detection {
  readonly property: PropertyId;
  readonly scenario: string;
  readonly witness: Counterexample;
}

/** What became of the properties when one row was changed. */
export interface MutationOutcome {
  readonly mutation: Mutation;
  /** The row's own words. */
  readonly title: string;
  /**
   * `noticed`: some property breaks. Nobody notices where a row does work that no property asks for (`unnoticed`), where it
   * only tells or jumps in these scenarios (`idle`), and where no run comes to it (`unreached`).
   */
  readonly status: 'noticed' | 'unnoticed' | 'idle' | 'unreached';
  /** The shortest notice of each property. */
  readonly notices: readonly Detection[];
  /** Scenarios that run through the row. */
  readonly scenarios: readonly string[];
  /** Scenarios whose search a limit ended. */
  readonly incomplete: readonly string[];
}

/** A report under way: call `advance` until it is done. */
export interface MutationReport {
  /** Works off about `budget` states. */
  readonly advance: (budget: number) => 'more' | 'done';
  readonly outcomes: () => readonly MutationOutcome[];
  /** Mutations in all. */
  readonly total: number;
}

/** Every removal of one row of a variant. */
export function stepRemovals(variant: DesignConfig): readonly Mutation[] {
  return stepNames(variant.design, variant.options).map((step) => ({ kind: 'without', step }));
}

/** Begins to try mutations of one variant, each over the scenarios that run through its row. Rows that none runs through are left out. */
export function startMutationReport(
  cases: readonly MatrixCase[],
  mutations: readonly Mutation[],
  options: Omit<CheckOptions, 'outcomes'> = {},
): MutationReport {
  const bases = cases.map((c): BaselineCase => {
    const program = compileCase(c, c.config.design);
    return { case: c, program, reached: reachedSteps(program, options.limits) };
  });
  const work = mutations
    .map((mutation) => ({
      mutation,
      runs: bases.filter((b) => containsMutatedStep(b.program, mutation)),
    }))
    .filter((w) => w.runs.length > 0);
  const held = new Map<MatrixCase, ReadonlySet<PropertyId>>();
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
  function* run(): Generator<number> {
    for (const { mutation, runs } of work) {
      const found = new Map<PropertyId, Detection>();
      const incomplete: string[] = [];
      const rows = mutatedSteps(mutation);
      let works = false;
      for (const { case: c, program, reached } of runs) {
        const changed = mutate(c.config.design, c.config.options, [mutation]);
        if (!changed.ok) throw new Error(changed.message);
        if (!held.has(c))
          held.set(
            c,
            new Set(
              (yield* check(program)).properties
                .filter((p) => p.status !== 'violated')
                .map((p) => p.id),
            ),
          );
        const mutant = compileCase(c, changed.design);
        // What no run comes to, or does nothing else than before, leaves every state as it was.
        if (
          !rows.some((row) => reached.has(row)) ||
          (mutation.kind !== 'swap' &&
            rows.every((row) => stateEffectOf(program, row) === stateEffectOf(mutant, row)))
        )
          continue;
        works = true;
        const result = yield* check(mutant);
        if (result.coverage !== 'complete') incomplete.push(c.id);
        for (const { id, witness } of result.properties) {
          if (!witness || !held.get(c)?.has(id)) continue;
          const best = found.get(id);
          if (!best || witness.steps < best.witness.steps)
            found.set(id, { property: id, scenario: c.id, witness });
        }
        yield 1;
      }
      const reached = runs.some((r) => rows.some((row) => r.reached.has(row)));
      const status =
        found.size > 0 ? 'noticed' : works ? 'unnoticed' : reached ? 'idle' : 'unreached';
      outcomes.push({
        mutation,
        title: mutatedStepTitle(runs[0]?.program, mutation),
        status,
        notices: [...found.values()],
        scenarios: runs.map((r) => r.case.id),
        incomplete,
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

/** Tries them all in one go. */
export function runMutationReport(
  ...args: Parameters<typeof startMutationReport>
): readonly MutationOutcome[] {
  const report = startMutationReport(...args);
  while (report.advance(100_000) === 'more');
  return report.outcomes();
}

/** An unchanged case, and the names of the steps that its search came through. */
interface BaselineCase {
  readonly case: MatrixCase;
  readonly program: Program;
  readonly reached: ReadonlySet<string>;
}

function reachedSteps(program: Program, limits: CheckOptions['limits']): ReadonlySet<string> {
  const model = makeModel(program, []);
  const search = startSearch(model, bestEngine(), { ...DEFAULT_LIMITS, ...limits });
  while (search.advance(100_000) === 'more');
  const { records, stride, count } = search.engine.store();
  const reached = new Set<string>();
  for (const task of program.tasks) {
    const pcs = new Set<number>();
    for (let state = 0; state < count; state++)
      pcs.add(readField(model, search.layout, records, state * stride, task.pc));
    for (const pc of pcs) reached.add(task.steps[pc]?.name ?? '');
  }
  return reached;
}

/** What a row does to the state in this program, without what it tells people. */
function stateEffectOf(program: Program, row: string): string {
  const silent = (body: readonly Statement[]): readonly Statement[] =>
    body.flatMap((s): readonly Statement[] => {
      if (s.op === 'emit' || s.op === 'violate') return [];
      return [s.op === 'if' ? { ...s, then: silent(s.then), otherwise: silent(s.otherwise) } : s];
    });
  return JSON.stringify(
    program.tasks.flatMap((t) =>
      t.steps.filter((s) => s.name === row).map((s) => [s.guard, silent(s.body)]),
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
  const rows = mutatedSteps(mutation);
  return program.tasks.some((t) => t.steps.some((s) => rows.includes(s.name)));
}

function mutatedStepTitle(program: Program | undefined, mutation: Mutation): string {
  const steps = program?.tasks.flatMap((t) => t.steps) ?? [];
  return mutatedSteps(mutation)
    .map((row) => steps.find((s) => s.name === row)?.title ?? row)
    .join('; ');
}
