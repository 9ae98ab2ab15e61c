import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { compile } from '../../kernel/compiler/compile';
import { stepNames } from '../../kernel/compiler/mutate';
import type { Mutation } from '../../kernel/language/mutation';
import type { Program } from '../../kernel/compiler/program';
import type { Call } from '../../kernel/language/world';
import { LIBRARY } from '../../scenario/library/library';
import { runCheck } from '../check';
import { compileRequest } from '../checkRequest';
import type { CheckResult, Reduction } from '../checkResult';
import { randomProgram } from '../testing/randomProgram';
import { fuzzRounds } from '../../scenario/testing/fuzzRounds';
import { seededRandom } from '../../scenario/run/seededRandom';
import { randomSymmetricProgram } from '../testing/randomSymmetricProgram';

const REDUCTIONS: readonly Reduction[] = ['symmetry', 'partial-order', 'both'];
const MAX_STATES_COMPARED = 400;

/** What a reduction must not change: the verdicts, and the length of counterexamples. */
function verdicts(result: CheckResult): unknown {
  return result.properties.map((p) => [p.id, p.status, p.witness?.steps, p.witness?.switches]);
}

/** Compares reductions with the full search. Returns the number of states of the full search (0 if it was stopped) and of each reduction. */
function compareReductions(
  program: Program,
  what: string,
  engine: 'wasm' | 'bytecode',
  reductions = REDUCTIONS,
  maxStates = MAX_STATES_COMPARED,
): readonly number[] {
  const limits = { maxStates };
  const full = runCheck(program, { engine, limits, outcomes: false });
  if (full.coverage !== 'complete') return [0];
  return [
    full.states,
    ...reductions.map((reduce) => {
      const reduced = runCheck(program, { engine, limits, outcomes: false, reduce });
      expect(verdicts(reduced), `${what}, ${reduce}`).toEqual(verdicts(full));
      expect(reduced.states).toBeLessThanOrEqual(full.states);
      return reduced.states;
    }),
  ];
}

function columnSums(rows: readonly (readonly number[])[]): number[] {
  const complete = rows.filter((r) => r[0]! > 0);
  return [
    complete.length,
    ...[0, 1, 2, 3].map((i) => complete.reduce((sum, r) => sum + (r[i] ?? 0), 0)),
  ];
}

describe('a reduction changes no verdict', () => {
  it('on random programs', () => {
    const rows = Array.from({ length: fuzzRounds(400, 1500) }, (_, seed) =>
      compareReductions(
        randomProgram(seededRandom(seed + 1000)),
        `seed ${seed + 1000}`,
        'bytecode',
        ['partial-order'],
      ),
    );
    const [compared, full, partial] = columnSums(rows);
    expect(compared).toBeGreaterThan(rows.length * 0.8);
    expect(partial).toBeLessThan(full!);
  });

  it('on random programs with symmetric tasks', () => {
    const rows = Array.from({ length: fuzzRounds(150, 400) }, (_, seed) =>
      compareReductions(randomSymmetricProgram(seed), `symmetric, seed ${seed}`, 'bytecode'),
    );
    const [compared, full, symmetry, , both] = columnSums(rows);
    expect(compared).toBeGreaterThan(rows.length * 0.6);
    expect(symmetry! * 1.3).toBeLessThan(full!);
    expect(both).toBeLessThanOrEqual(symmetry!);
  });

  it('on the built-in scenarios, in every design', () => {
    const rows = LIBRARY.flatMap((entry) =>
      entry.variants
        .slice(0, 2)
        .map((variant) =>
          compareReductions(
            compileRequest({ scenario: variant }),
            `${entry.id} in ${variant.design}`,
            'bytecode',
            ['both'],
          ),
        ),
    );
    expect(columnSums(rows)[0]).toBeGreaterThan(8);
  });

  it('on designs without a step, with symmetric processes', () => {
    let compared = 0;
    for (const design of DESIGNS) {
      const steps = stepNames(design, {}).filter((a) =>
        /\/(open_cdev|release_cdev|unregister_device)\//.test(a),
      );
      steps.forEach((step, i) => {
        if (i % 3 !== 0) return;
        const calls: Call[] = ['a', 'b'].flatMap((by) => [
          { by, call: 'open_cdev' as const, device: 'vfio0', as: `fd_${by}` },
          { by, call: 'close' as const, fd: `fd_${by}` },
        ]);
        const mutations: Mutation[] = [{ kind: 'without', step }];
        const world = { devices: [{ name: 'vfio0', group: '12' }], processes: ['a', 'b'] };
        const scenario = {
          design: design.id,
          options: {},
          world,
          calls: [...calls, { by: 'driver', call: 'unregister_device' as const, device: 'vfio0' }],
        };
        if (
          compareReductions(
            compileRequest({ scenario, mutations }),
            step,
            'wasm',
            REDUCTIONS,
            6000,
          )[0]! > 0
        )
          compared++;
      });
    }
    expect(compared).toBeGreaterThan(10);
  });
});

describe('symmetry', () => {
  const opening = (processes: readonly string[], devices: readonly string[]): Program => {
    const calls = processes.flatMap((by, i): Call[] => [
      { by, call: 'open_cdev', device: devices[i % devices.length]!, as: `fd_${by}` },
      { by, call: 'close', fd: `fd_${by}` },
    ]);
    return compile(
      DESIGNS.find((d) => d.id === 'parked-shim')!,
      {},
      { devices: devices.map((name) => ({ name, group: '12' })), processes },
      calls,
    );
  };

  it('keeps one state per multiset of control states of alike tasks, with either engine', () => {
    const program = opening(['a', 'b', 'c', 'd'], ['vfio0']);
    const full = runCheck(program);
    for (const engine of ['wasm', 'bytecode'] as const) {
      const reduced = runCheck(program, { reduce: 'symmetry', engine });
      // Four independent tasks: ordered and unordered selections of their control states.
      const controlStates = Math.round(full.states ** 0.25);
      expect(full.states).toBe(controlStates ** 4);
      expect(reduced.states).toBe(
        (controlStates * (controlStates + 1) * (controlStates + 2) * (controlStates + 3)) / 24,
      );
    }
  });

  it('exchanges devices together with the tasks that use them', () => {
    const program = opening(['a', 'b', 'c', 'd'], ['vfio0', 'vfio1']);
    const controlStates = Math.round(runCheck(program).states ** 0.25);
    const pairs = (controlStates * (controlStates + 1)) / 2;
    expect(runCheck(program, { reduce: 'symmetry' }).states).toBe((pairs * (pairs + 1)) / 2);
  });
});
