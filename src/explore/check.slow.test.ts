import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../designs/designs';
import { compile } from '../kernel/compiler/compile';
import { binary, constant } from '../kernel/language/expressions';
import {
  isEnabled,
  initialState,
  makeEventBuffer,
  readEvents,
  step,
} from '../kernel/machine/machine';
import { stepNames } from '../kernel/compiler/mutate';
import type { Mutation } from '../kernel/language/mutation';
import type { Program } from '../kernel/compiler/program';
import { stateChecks } from '../kernel/properties/properties';
import type { PropertyId } from '../kernel/language/propertyId';
import { scenarioVariant } from '../scenario/library/builtInScenario';
import { LIBRARY } from '../scenario/library/library';
import { makeRunResult } from '../scenario/run/runResult';
import type { Scenario, Schedule } from '../scenario/format/scenario';
import type { Trace } from '../scenario/run/trace';
import { runScenario } from '../scenario/run/runScenario';
import { makeCheck, runCheck } from './check';
import { compileRequest as mutatedProgram } from './checkRequest';
import type { CheckResult } from './checkResult';
import { makeModel, propertyBit } from './engines/model';
import { randomProgram } from './testing/randomProgram';
import { seededRandom } from '../scenario/run/seededRandom';
import { referenceSearch } from './testing/referenceSearch';
import { simpleLockCycles, dependenciesOnCycles } from './counterexample/lockDependencies';
import { startSearch } from './search/search';
import { makeSuccessors } from './counterexample/successors';

/** Maximum number of states for the reference search. */
const MAX_REFERENCE_STATES = 900;

/** The scenarios that are checked with every option. */
const SCENARIOS_WITH_ALL_OPTIONS = ['double-bind', 'hot-unplug'];

interface Case {
  readonly name: string;
  readonly scenario: Scenario;
  readonly defaults: boolean;
}

/** Every scenario in each of its designs with the default options; some also with each other value of one option. */
function allCases(): Case[] {
  return LIBRARY.flatMap((entry) =>
    DESIGNS.filter((d) => entry.designs.includes(d.id)).flatMap((design) => {
      const variants = design.options.flatMap((o) =>
        o.values.slice(1).map((value) => ({ [o.id]: value })),
      );
      return [{}, ...(SCENARIOS_WITH_ALL_OPTIONS.includes(entry.id) ? variants : [])].map(
        (options): Case => {
          const parsed = scenarioVariant(entry, design.id, options);
          if (!parsed.ok) throw new Error(`${entry.id} does not fit ${design.id}`);
          return {
            name: `${entry.id} in ${design.id} ${JSON.stringify(options)}`,
            scenario: parsed.scenario,
            defaults: Object.keys(options).length === 0,
          };
        },
      );
    }),
  );
}

function compileScenario(scenario: Scenario): Program {
  return compile(
    DESIGNS.find((d) => d.id === scenario.design)!,
    scenario.options,
    scenario.world,
    scenario.calls,
  );
}

const programs = new Map<string, Program>();

/** The program of a case, compiled once: compiling and emitting cost more than the search of most cases. */
function programOf({ name, scenario }: Case): Program {
  const known = programs.get(name);
  if (known) return known;
  const program = compileScenario(scenario);
  programs.set(name, program);
  return program;
}

const results = new Map<string, CheckResult>();

/** The result of the WebAssembly engine for a case, computed once. */
function wasmResult(one: Case): CheckResult {
  const known = results.get(one.name);
  if (known) return known;
  const result = runCheck(programOf(one), { engine: 'wasm' });
  results.set(one.name, result);
  return result;
}

function violatedBits(result: CheckResult, stateProperties: readonly PropertyId[]): number {
  return result.properties.reduce(
    (mask, p) =>
      p.status === 'violated' && stateProperties.includes(p.id)
        ? mask | (1 << propertyBit(p.id))
        : mask,
    0,
  );
}

const GRAPH_PROPERTIES: readonly PropertyId[] = [
  'unregister-live',
  'lock-order',
  'clean-unwind',
  'no-deadlock',
];

describe('a check of every design and scenario', () => {
  const cases = allCases();

  it('gives the same result with both engines and the reference search', () => {
    let compared = 0;
    for (const one of cases.filter((c) => c.defaults)) {
      const { name, scenario } = one;
      const program = programOf(one);
      const wasm = wasmResult(one);
      const bytecode = runCheck(program, { engine: 'bytecode' });
      expect({ ...bytecode, engine: 'wasm' }, name).toEqual(wasm);
      expect(wasm.coverage, name).toBe('complete');
      outcomesAreEnds(name, scenario, wasm);
      if (wasm.states > MAX_REFERENCE_STATES) continue;
      compared++;
      const reference = referenceSearch(program, stateChecks(program), MAX_REFERENCE_STATES);
      const onStates = wasm.properties
        .map((p) => p.id)
        .filter((id) => !GRAPH_PROPERTIES.includes(id));
      expect(
        {
          states: wasm.states,
          transitions: wasm.transitions,
          depth: wasm.depth,
          violated: violatedBits(wasm, onStates),
          terminalStates: wasm.outcomes.reduce((sum, o) => sum + o.states, 0),
          complete: true,
        },
        name,
      ).toEqual({
        ...reference,
        violated:
          reference.violated & onStates.reduce((mask, id) => mask | (1 << propertyBit(id)), 0),
      });
    }
    expect(compared).toBeGreaterThan(8);
  }, 300_000);

  it('agrees with runs: a counterexample shows its property at its last step, and no random run shows more', () => {
    let witnesses = 0;
    for (const one of cases) {
      const { name, scenario } = one;
      const result = wasmResult(one);
      for (const { id, witness } of result.properties) {
        if (!witness) continue;
        witnesses++;
        const violations = makeRunResult(traceOf(name, scenario, witness.schedule)).violations;
        expect(
          violations.find((v) => v.property === id),
          `${name}, ${id}`,
        ).toMatchObject({ step: witness.steps - 1, text: witness.text });
      }
      for (const v of makeRunResult(traceOf(name, scenario, { random: 7 })).violations) {
        expect(
          result.properties.find((p) => p.id === v.property)?.status,
          `${name}: ${v.text}`,
        ).toBe('violated');
      }
    }
    expect(witnesses).toBeGreaterThan(1);
  }, 300_000);

  function traceOf(name: string, scenario: Scenario, schedule: Schedule): Trace {
    const run = runScenario(scenario, { schedule });
    if (!run.ok) throw new Error(`${name}: ${run.errors[0]?.message}`);
    return run.trace;
  }

  /** The schedule of an outcome is a complete run with this outcome. */
  function outcomesAreEnds(name: string, scenario: Scenario, result: CheckResult): void {
    for (const { witness, calls } of result.outcomes) {
      const trace = traceOf(name, scenario, witness.schedule);
      expect(trace.steps.length, name).toBe(witness.steps);
      const told = makeRunResult(trace).calls.map((c) =>
        typeof c.returns === 'string' ? c.returns : c.returns === undefined ? undefined : 'ok',
      );
      expect(
        calls.map((c) => c.result),
        name,
      ).toEqual(told);
    }
  }
});

describe('a counterexample', () => {
  it('has the fewest steps, then the fewest switches, compared with all shortest schedules', () => {
    let tried = 0;
    for (let seed = 0; seed < 200; seed++) {
      const program = randomProgram(seededRandom(seed));
      const result = runCheck(program, { limits: { maxStates: 3000 } });
      if (result.coverage !== 'complete') continue;
      for (const { id, witness } of result.properties) {
        if (!witness || GRAPH_PROPERTIES.includes(id)) continue;
        tried++;
        expect([witness.steps, witness.switches], `seed ${seed}, ${id}`).toEqual(
          bestByTrying(program, id),
        );
      }
    }
    expect(tried).toBeGreaterThan(30);
  }, 120_000);

  /** Fewest steps and switches of a schedule whose last step violates the property: breadth-first over pairs of state and last task. */
  function bestByTrying(
    program: Program,
    id: PropertyId,
  ): readonly [steps: number, switches: number] {
    const events = makeEventBuffer();
    let layer = new Map([['', { state: initialState(program), last: -1, switches: 0 }]]);
    for (let steps = 1; layer.size > 0; steps++) {
      let best = Infinity;
      const next: typeof layer = new Map();
      for (const { state, last, switches } of layer.values()) {
        for (const t of program.tasks) {
          if (!isEnabled(program, state, t.index)) continue;
          const after = state.slice();
          step(program, after, t.index, events);
          const cost = switches + (last < 0 || last === t.index ? 0 : 1);
          if (
            readEvents(program, events).some(
              (e) => e.template.kind === 'violation' && e.template.property === id,
            )
          )
            best = Math.min(best, cost);
          const key = `${after.subarray(0, program.fields.length).join()} ${t.index}`;
          const known = next.get(key);
          if (!known || known.switches > cost)
            next.set(key, { state: after, last: t.index, switches: cost });
        }
      }
      if (best < Infinity) return [steps, best];
      layer = next;
    }
    throw new Error(`no transition violates ${id}`);
  }
});

describe('a check', () => {
  const race = compileScenario(allCases().find((c) => c.name.startsWith('hot-unplug'))!.scenario);

  it('gives the same result in small slices as in one', () => {
    const whole = runCheck(race);
    const check = makeCheck(race);
    let slices = 0;
    while (check.advance(50) === 'more') slices++;
    expect(check.result(0)).toEqual(whole);
    expect(slices).toBeGreaterThan(20);
  });

  it('keeps what was found when it is stopped, and never reports holds', () => {
    const check = makeCheck(race);
    check.advance(100);
    check.stop('cancel');
    while (check.advance(100) === 'more');
    const result = check.result(1.5);
    expect(result).toMatchObject({
      verdict: 'incomplete',
      coverage: 'stopped',
      stoppedBy: 'cancel',
      seconds: 1.5,
    });
    expect(result.states).toBeGreaterThan(50);
    expect(result.properties.map((p) => p.status)).not.toContain('holds');
  });

  it('finds counterexamples and outcomes although it is stopped during a rehash', () => {
    const processes = ['a', 'b', 'c', 'd'];
    const mutant = mutatedProgram({
      scenario: {
        design: 'upstream',
        options: {},
        world: { devices: [{ name: 'vfio0', group: '12' }], processes },
        calls: processes.flatMap((by) => [
          { by, call: 'open_cdev' as const, device: 'vfio0', as: `f${by}` },
          { by, call: 'close' as const, fd: `f${by}` },
        ]),
      },
      mutations: [{ kind: 'without', step: 'upstream/release_cdev/CLOSE.7' }],
    });
    const most = runCheck(mutant, {
      outcomes: false,
      limits: { maxStates: 9000 },
    }).properties.filter((p) => p.witness);
    for (const why of ['time', 'cancel'] as const) {
      const check = makeCheck(mutant, { engine: 'bytecode' });
      // The first table has room for this many states; one more makes it grow.
      while (check.progress().states < 2457 - 4 && check.advance(1) === 'more');
      for (let i = 0; i < 6; i++) check.advance(1);
      expect(check.progress().states).toBeGreaterThan(2440);
      check.stop(why);
      while (check.advance(50) === 'more');
      const found = check.result(0).properties.filter((p) => p.witness);
      expect(found.length).toBeGreaterThan(0);
      expect(
        found.every((p) => p.witness!.steps >= most.find((m) => m.id === p.id)!.witness!.steps),
      ).toBe(true);
    }
  });

  it('stops at each limit and names it', () => {
    const whole = runCheck(race);
    expect(runCheck(race, { limits: { maxStates: 200 } })).toMatchObject({
      coverage: 'stopped',
      stoppedBy: 'states',
    });
    expect(runCheck(race, { limits: { maxBytes: 1000 } })).toMatchObject({
      coverage: 'stopped',
      stoppedBy: 'memory',
    });
    const shallow = runCheck(race, { limits: { maxDepth: 5 } });
    expect(shallow).toMatchObject({ coverage: 'bounded', stoppedBy: 'depth', depth: 5 });
    expect(shallow.states).toBeLessThan(whole.states);
  });

  it('checks only the requested properties', () => {
    const result = runCheck(race, { properties: ['memory', 'single-bind'] });
    expect(result.properties.map((p) => [p.id, p.status])).toEqual([
      ['single-bind', 'holds'],
      ['memory', 'holds'],
    ]);
  });
});

describe('unregister-live', () => {
  // The releases have loops (over bindings, over groups), but each iteration removes something, so every loop ends.
  it('needs terminal states only: in every design and scenario each state reaches one', () => {
    let looked = 0;
    for (const one of allCases().filter((c) => c.defaults)) {
      const { name } = one;
      const program = programOf(one);
      const search = startSearch(makeModel(program, stateChecks(program)), 'bytecode');
      while (search.advance(100_000) === 'more');
      const { tasks, batch, expand, next } = makeSuccessors(search);
      const count = search.engine.count();
      const ending = new Uint8Array(count);
      for (const state of search.terminalStates) ending[state] = 1;
      // Backwards, because most states have a successor that was found later.
      for (let changed = true; changed;) {
        changed = false;
        for (let to = count; to > 0; to -= batch) {
          const from = Math.max(0, to - batch);
          expand(from, to);
          const list = next();
          for (let state = to - 1; state >= from; state--) {
            if (ending[state] === 1) continue;
            for (
              let at = (state - from) * tasks;
              at < (state - from + 1) * tasks && ending[state] === 0;
              at++
            )
              if (list[at]! >= 0) ending[state] = ending[list[at]!]!;
            changed ||= ending[state] === 1;
          }
        }
        if (!ending.includes(0)) break;
      }
      looked += count;
      expect(ending.indexOf(0), name).toBe(-1);
    }
    expect(looked).toBeGreaterThan(10_000);
  }, 300_000);

  const under = (options: Record<string, string>): CheckResult => {
    const { scenario } = allCases().find(
      (c) => c.name === `hot-unplug in parked-shim ${JSON.stringify(options)}`,
    )!;
    return runCheck(compileScenario(scenario), { properties: ['unregister-live'] });
  };

  it('holds if the cdev is deleted before the wait, and is violated if later opens still succeed', () => {
    expect(under({}).verdict).toBe('holds');
    expect(under({ delBeforeWait: 'false' }).properties[0]?.witness?.text).toContain(
      'began after driver had withdrawn the registration',
    );
  });
});

describe('properties of the graph of all runs', () => {
  const { scenario } = allCases().find((c) => c.name === 'double-bind in parked-shim {}')!;
  const mutant = (mutations: readonly Mutation[], over: Partial<Scenario> = {}): CheckResult =>
    runCheck(mutatedProgram({ scenario: { ...scenario, ...over }, mutations }));
  const status = (result: CheckResult, id: PropertyId): unknown =>
    result.properties.find((p) => p.id === id);

  it('find a lock that an error path keeps at the return to user space', () => {
    const result = mutant([{ kind: 'without', step: 'parked-shim/bind_iommufd/BIND.U1' }]);
    expect(status(result, 'no-lock-at-user')).toMatchObject({ status: 'violated' });
  });

  it('find a failed bind that keeps its claim', () => {
    const calls = scenario.calls.map((c) =>
      c.call === 'bind_iommufd' ? { ...c, fault: 'BIND.7b' } : c,
    );
    const address = stepNames(
      DESIGNS.find((d) => d.id === 'parked-shim')!,
      {},
    ).filter((a) => a.includes('bind_iommufd/BIND.U3:IUNBIND'));
    const noticed = address.filter(
      (step) =>
        (
          status(mutant([{ kind: 'without', step }], { calls }), 'clean-unwind') as {
            status: string;
          }
        ).status === 'violated',
    );
    expect(noticed.length).toBeGreaterThan(2);
  });

  it('find two locks taken in both orders before the deadlock, and the deadlock', () => {
    const program = twoOrders(false);
    const result = runCheck(program);
    expect(status(result, 'lock-order')).toMatchObject({
      status: 'violated',
      witness: { steps: 6, switches: 1, schedule: ['a*4', 'b*2'] },
    });
    expect(status(result, 'no-deadlock')).toMatchObject({
      status: 'violated',
      witness: { steps: 2, switches: 1, text: 'deadlock: a waits for b waits for a' },
    });
  });

  it('find the lock orders although a third lock prevents the deadlock', () => {
    const result = runCheck(twoOrders(true));
    expect(status(result, 'no-deadlock')).toMatchObject({ status: 'holds' });
    expect(status(result, 'lock-order')).toMatchObject({
      status: 'violated',
      witness: { steps: 9, switches: 1 },
    });
  });

  /** Task a takes x then y, task b takes y then x; if `guarded`, both under a third lock. */
  function twoOrders(guarded: boolean): Program {
    const base = randomProgram(seededRandom(1));
    const names = ['x', 'y', 'z'];
    const fields: Program['fields'] = [
      ...names.map((name, index) => ({
        index,
        object: -1,
        name,
        title: name,
        kind: 'mutex' as const,
        lo: 0,
        hi: 2,
        init: 0,
        constant: false,
      })),
      ...['a', 'b'].map((name, i) => ({
        index: 3 + i,
        object: -1,
        name: 'pc',
        title: `${name}.pc`,
        kind: 'pc' as const,
        lo: 0,
        hi: 6,
        init: 0,
        constant: false,
      })),
    ];
    const notes: Program['eventTemplates'] = names.flatMap((_, field) => [
      { kind: 'lock' as const, field },
      { kind: 'unlock' as const, field },
    ]);
    const tasks = ['a', 'b'].map((name, index): Program['tasks'][number] => {
      const [first, second] = index === 0 ? [0, 1] : [1, 0];
      const order = [
        ...(guarded ? [[2, 1]] : []),
        [first!, 1],
        [second!, 1],
        [second!, 0],
        [first!, 0],
        ...(guarded ? [[2, 0]] : []),
      ];
      return {
        index,
        name,
        process: name,
        pc: 3 + index,
        steps: order.map(([field, takes], pc) => ({
          ...base.tasks[0]!.steps[0]!,
          pc,
          id: `${name}${pc}`,
          name: `${name}${pc}`,
          guard:
            takes === 1 ? binary('eq', { op: 'field', field: field! }, constant(0)) : constant(1),
          waits: takes === 1 ? [{ kind: 'mutex' as const, field: field!, when: constant(1) }] : [],
          body: [
            { op: 'set' as const, field: field!, value: constant(takes === 1 ? index + 1 : 0) },
            { op: 'emit' as const, event: 2 * field! + (takes === 1 ? 0 : 1), value: constant(0) },
          ],
        })),
      };
    });
    return { ...base, fields, eventTemplates: notes, tasks };
  }
});

describe('cycles of lock dependencies', () => {
  const o = (held: number, taken: number) => ({ held, taken });

  it('are found once each', () => {
    const orders = [o(1, 2), o(2, 3), o(3, 1), o(2, 1), o(3, 4), o(5, 5)];
    expect(dependenciesOnCycles(orders)).toEqual([o(1, 2), o(2, 3), o(3, 1), o(2, 1), o(5, 5)]);
    expect(simpleLockCycles(dependenciesOnCycles(orders))).toEqual([
      [o(1, 2), o(2, 3), o(3, 1)],
      [o(1, 2), o(2, 1)],
      [o(5, 5)],
    ]);
  });
});
