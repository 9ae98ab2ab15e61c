import { describe, expect, it } from 'vitest';
import { changedDesign, parsedDesign } from '../../designs/changedDesign';
import { compile } from '../../kernel/compiler/compile';
import type { Program } from '../../kernel/compiler/program';
import { initialState, isEnabled, nextStep, step } from '../../kernel/machine/machine';
import type { Call } from '../../kernel/language/world';
import type { PropertyId } from '../../kernel/language/propertyId';
import { makeEventBuffer, readEvents } from '../../kernel/machine/machine';
import { checkState, stateChecks } from '../../kernel/properties/properties';
import { stuckUnregister } from '../../kernel/properties/unregisterLive';
import { waitCycles } from '../../kernel/properties/noDeadlock';
import { parseScheduleEntry } from '../../scenario/format/scheduleText';
import { libraryEntry } from '../../scenario/library/library';
import { runCheck } from '../check';
import { explain, type Explanation } from './decidingSteps';

interface Ends {
  readonly violated: number;
  readonly total: number;
}

/** Counts the complete schedules from a state by walking all of them; equal states share their count. */
function bruteForce(program: Program, property: PropertyId): (state: Int32Array) => Ends {
  const checks = stateChecks(program).filter((check) => check.property === property);
  const known = new Map<string, Ends>();
  const count = (state: Int32Array): Ends => {
    const key = state.join();
    const found = known.get(key);
    if (found) return found;
    let violated = 0;
    let total = 0;
    for (const { index } of program.tasks) {
      if (!isEnabled(program, state, index)) continue;
      const next = state.slice();
      const events = makeEventBuffer();
      step(program, next, index, events);
      const isViolation =
        readEvents(program, events).some(
          ({ template }) => template.kind === 'violation' && template.property === property,
        ) || checkState(checks, next).length > 0;
      const rest = count(next);
      total += rest.total;
      violated += isViolation ? rest.total : rest.violated;
    }
    if (total === 0) {
      const isBad =
        property === 'no-deadlock'
          ? waitCycles(program, state).length > 0
          : property === 'unregister-live' && stuckUnregister(program, state) !== undefined;
      total = 1;
      violated = isBad ? 1 : 0;
    }
    const ends = { violated, total };
    known.set(key, ends);
    return ends;
  };
  return count;
}

function explained(
  program: Program,
  property: PropertyId,
  schedule: readonly string[],
): Explanation {
  const work = explain(program, property, schedule);
  for (;;) {
    const turn = work.next();
    if (!turn.done) continue;
    if (typeof turn.value === 'string') throw new Error(turn.value);
    return turn.value;
  }
}

function tasksOf(program: Program, schedule: readonly string[]): number[] {
  return schedule.flatMap((entry) => {
    const { task, count } = parseScheduleEntry(entry);
    const index = program.tasks.findIndex(({ name }) => name === task);
    return Array.from({ length: count }, () => index);
  });
}

/** Two threads that take two locks in opposite orders. */
const DEADLOCK = `design ab "Two locks";
struct pair: per global, name "pair" { mutex a; mutex b; int n: max 2; };
call first() = take_ab;
call second() = take_ba;
int take_ab()
{
A:	mutex_lock(&pair->a);
B:	mutex_lock(&pair->b);
N:	pair->n++;
UB:	mutex_unlock(&pair->b);
UA:	mutex_unlock(&pair->a);
	return ret;
}
int take_ba()
{
B:	mutex_lock(&pair->b);
A:	mutex_lock(&pair->a);
N:	pair->n++;
UA:	mutex_unlock(&pair->a);
UB:	mutex_unlock(&pair->b);
	return ret;
}
`;

function programOf(id: string, without: string | undefined): Program {
  if (id === 'deadlock') {
    const { design, diagnostics } = parsedDesign(DEADLOCK);
    if (!design) throw new Error(JSON.stringify(diagnostics));
    const world = { devices: [], processes: ['p'] };
    const calls = [
      { by: 'p', call: 'first' },
      { by: 'p/2', call: 'second' },
    ] as unknown as readonly Call[];
    return compile(design, {}, world, calls);
  }
  const { scenario } = libraryEntry(id)!;
  const changed = changedDesign(
    scenario.design,
    scenario.options,
    without === undefined ? [] : [{ kind: 'without', step: without }],
  );
  if (!changed.ok) throw new Error(changed.message);
  return compile(changed.design, scenario.options, scenario.world, scenario.calls);
}

describe.each([
  ['deadlock', undefined],
  ['bind-race', 'upstream/bind_iommufd/BIND.10'],
  ['double-bind', 'upstream/bind_iommufd/BIND.6'],
  ['open-before-bind', undefined],
  ['hot-unplug', 'upstream/unregister_device/UNREG.1'],
  ['unregister-starved', undefined],
  ['kvm-failed-bind', undefined],
] as const)('%s without %s', (id, without) => {
  const program = programOf(id, without);
  const result = runCheck(program, { outcomes: false });
  const violated = result.properties.filter(
    (each) => each.witness && !['clean-unwind', 'lock-order', 'unregister-live'].includes(each.id),
  );

  it.each(violated.map(({ id: property, witness }) => [property, witness!] as const))(
    'is explained as by brute force: %s',
    (property, witness) => {
      const endsFrom = bruteForce(program, property);
      const { share, decision } = explained(program, property, witness.schedule);
      const start = initialState(program);
      const ends = endsFrom(start);
      if (ends.total <= Number.MAX_SAFE_INTEGER) expect(share).toEqual(ends);
      expect(share!.violated / share!.total).toBeCloseTo(ends.violated / ends.total, 12);
      // The last state of the counterexample from which both ends are reachable.
      const tasks = tasksOf(program, witness.schedule);
      const states = [start];
      for (const task of tasks) {
        const next = states.at(-1)!.slice();
        step(program, next, task);
        states.push(next);
      }
      const open = states.slice(0, -1).findLastIndex((state) => {
        const { violated: bad, total } = endsFrom(state);
        return bad > 0 && bad < total;
      });
      if (!decision) {
        expect(open).toBe(-1);
        return;
      }
      expect(decision.depth).toBe(open);
      expect(nextStep(program, states[open]!, tasks[open]!)?.name).toBe(decision.before.step);
      const safe = tasksOf(program, decision.safeSchedule);
      expect(program.tasks[safe[open]!]?.name).toBe(decision.after.task);
      const state = start.slice();
      for (const task of safe) step(program, state, task);
      expect(program.tasks.some(({ index }) => isEnabled(program, state, index))).toBe(false);
      const again = explainedRun(program, property, safe);
      expect(again).toBe(false);
    },
  );
});

/** Whether a complete schedule violates the property. */
function explainedRun(program: Program, property: PropertyId, tasks: readonly number[]): boolean {
  const checks = stateChecks(program).filter((check) => check.property === property);
  const state = initialState(program);
  return tasks.some((task) => {
    const events = makeEventBuffer();
    step(program, state, task, events);
    return (
      checkState(checks, state).length > 0 ||
      readEvents(program, events).some(
        ({ template }) => template.kind === 'violation' && template.property === property,
      )
    );
  });
}
