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
import type { DecidingOrder, TaskStep } from './decidingOrder';
import { explain, type Explanation } from './decidingSteps';

interface Ends {
  readonly violated: bigint;
  readonly total: bigint;
  readonly random: number;
}

/** Counts the complete schedules from a state by walking all of them; equal states share their count. */
function bruteForce(program: Program, property: PropertyId): (state: Int32Array) => Ends {
  const checks = stateChecks(program).filter((check) => check.property === property);
  const known = new Map<string, Ends>();
  const count = (state: Int32Array): Ends => {
    const key = state.join();
    const found = known.get(key);
    if (found) return found;
    let violated = 0n;
    let total = 0n;
    let random = 0;
    const able = program.tasks.filter(({ index }) => isEnabled(program, state, index));
    for (const { index } of able) {
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
      random += (isViolation ? 1 : rest.random) / able.length;
    }
    if (total === 0n) {
      const isBad =
        property === 'no-deadlock'
          ? waitCycles(program, state).length > 0
          : property === 'unregister-live' && stuckUnregister(program, state) !== undefined;
      total = 1n;
      violated = isBad ? 1n : 0n;
      random = isBad ? 1 : 0;
    }
    const ends = { violated, total, random };
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
      const { share, decision, order } = explained(program, property, witness.schedule);
      if (order) expect(contradictions(program, property, order)).toBe(0);
      const start = initialState(program);
      const ends = endsFrom(start);
      expect(share).toEqual({ ...ends, random: expect.closeTo(ends.random, 12) as number });
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
        return bad > 0n && bad < total;
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

/** Counts the ends, in equal states once, of interleavings that contradict: exactly those with `before` before `after` are violated. */
function contradictions(
  program: Program,
  property: PropertyId,
  { before, after }: DecidingOrder,
): number {
  const checks = stateChecks(program).filter((check) => check.property === property);
  const seen = new Set<string>();
  let count = 0;
  const walk = (state: Int32Array, first: string | undefined, violated: boolean): void => {
    const key = `${state.join()} ${first} ${violated}`;
    if (seen.has(key)) return;
    seen.add(key);
    const able = program.tasks.filter(({ index }) => isEnabled(program, state, index));
    const isStuck =
      able.length === 0 && property === 'no-deadlock' && waitCycles(program, state).length > 0;
    if (able.length === 0 && (violated || isStuck) !== (first === 'before')) count++;
    for (const { index, name } of able) {
      const next = state.slice();
      const events = makeEventBuffer();
      const now = nextStep(program, next, index)?.name;
      step(program, next, index, events);
      const isBad =
        checkState(checks, next).length > 0 ||
        readEvents(program, events).some(
          ({ template }) => template.kind === 'violation' && template.property === property,
        );
      const isStep = (named: TaskStep): boolean => named.task === name && named.step === now;
      walk(
        next,
        first ?? (isStep(before) ? 'before' : isStep(after) ? 'after' : undefined),
        violated || isBad,
      );
    }
  };
  walk(initialState(program), undefined, false);
  return count;
}

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

const smallProgram = (text: string): Program => {
  const { design, diagnostics } = parsedDesign(text);
  if (!design) throw new Error(JSON.stringify(diagnostics));
  const calls = [
    { by: 'p', call: 'first' },
    { by: 'p/2', call: 'second' },
  ] as unknown as readonly Call[];
  return compile(design, {}, { devices: [], processes: ['p'] }, calls);
};

/** Two threads that are in one region at a time if they are lucky. */
const REGION = `design region "A region without a lock";
struct stats stats: per global, name "stats" { int inside: max 1; int total: max 2; };
call first() = add;
call second() = add;
int add()
{
ENTER:	stats->inside++;
COUNT:	stats->total++;
LEAVE:	stats->inside--;
	return ret;
}
`;

/** A use that is one too many after the other thread has freed the object. */
const FREED = `design freed "A use after a free";
struct obj obj: per global, name "obj" { int freed: max 1; int uses: max 1; int calls: max 4; };
call first() = frees;
call second() = uses;
int frees()
{
F0:	obj->calls++;
F1:	obj->freed++;
F2:	obj->calls++;
	return ret;
}
int uses()
{
U0:	obj->uses++;
U1:	obj->calls++;
U2:	if (obj->freed == 1) {
		obj->uses++;
	}
U3:	obj->calls++;
	return ret;
}
`;

interface Interleaving {
  /** The tasks and names of its steps. */
  readonly steps: readonly string[];
  /** The number of the first step that violates the property. */
  readonly violatedAt: number | undefined;
}

/** Every complete interleaving, walked one after the other. */
function everyInterleaving(program: Program): readonly Interleaving[] {
  const found: Interleaving[] = [];
  const walk = (state: Int32Array, { steps, violatedAt }: Interleaving): void => {
    const able = program.tasks.filter(({ index }) => isEnabled(program, state, index));
    if (able.length === 0) found.push({ steps, violatedAt });
    for (const { index, name } of able) {
      const next = state.slice();
      const events = makeEventBuffer();
      const now = nextStep(program, next, index)?.name ?? '';
      step(program, next, index, events);
      const isBad = readEvents(program, events).some(
        ({ template }) => template.kind === 'violation',
      );
      walk(next, {
        steps: [...steps, `${name} ${now}`],
        violatedAt: violatedAt ?? (isBad ? steps.length : undefined),
      });
    }
  };
  walk(initialState(program), { steps: [], violatedAt: undefined });
  return found;
}

/** Every pair of steps such that the property is violated if and only if the first runs before the second. */
function decidingPairs(all: readonly Interleaving[]): readonly string[] {
  const names = [...new Set(all.flatMap(({ steps }) => steps))];
  const at = (steps: readonly string[], name: string): number =>
    steps.includes(name) ? steps.indexOf(name) : Infinity;
  return names.flatMap((a) =>
    names
      .filter((b) =>
        all.every(
          ({ steps, violatedAt }) =>
            (violatedAt !== undefined) === (steps.includes(a) && at(steps, a) < at(steps, b)),
        ),
      )
      .map((b) => `${a} < ${b}`),
  );
}

describe.each([
  ['a region without a lock', REGION, 20, 18, 6],
  ['a use after a free', FREED, 35, 22, undefined],
] as const)('every interleaving of %s', (_, text, total, violated, cutTotal) => {
  const program = smallProgram(text);
  const all = everyInterleaving(program);
  const witness = runCheck(program, { outcomes: false }).properties.find(
    ({ id }) => id === 'counters',
  )?.witness;
  const { share, order } = explained(program, 'counters', witness!.schedule);

  it('is counted once and to its end', () => {
    expect([share!.total, share!.violated]).toEqual([BigInt(total), BigInt(violated)]);
    expect(all.length).toBe(total);
    expect(all.filter(({ violatedAt }) => violatedAt !== undefined).length).toBe(violated);
    // Cut at the violation, several would become one.
    const cut = new Set(
      all.map(({ steps, violatedAt }) => steps.slice(0, (violatedAt ?? steps.length) + 1).join()),
    );
    if (cutTotal !== undefined) expect(cut.size).toBe(cutTotal);
  });

  it('is decided by the two steps that are named, if any two decide', () => {
    const pairs = decidingPairs(all);
    if (!order) expect(pairs).toEqual([]);
    else {
      const { before, after } = order;
      expect(pairs).toContain(`${before.task} ${before.step} < ${after.task} ${after.step}`);
    }
    expect(order === undefined).toBe(text === REGION);
  });
});

it('does not say that a step of the owner decides for a failed bind that comes later', () => {
  const program = programOf('kvm-failed-bind', undefined);
  const { properties } = runCheck(program, { outcomes: false });
  for (const property of ['kvm-ref', 'counters'] as const) {
    const { witness } = properties.find(({ id }) => id === property)!;
    const { order, share } = explained(program, property, witness!.schedule);
    expect(order?.after.step).toMatch(/CLOSE|FILE/);
    // Few interleavings, but most random runs: those with the bind after the many steps of the owner are few.
    expect(Number((100n * share!.violated) / share!.total)).toBe(2);
    expect(share!.random).toBeGreaterThan(0.8);
  }
});

it('explains a bad unlock by the step that makes it', () => {
  const program = programOf('cdev-path', 'upstream/bind_iommufd/BIND.6');
  const { properties } = runCheck(program, { outcomes: false });
  const { witness } = properties.find(({ id }) => id === 'lock-order')!;
  expect(witness?.text).toContain('without holding it');
  const { decision, share } = explained(program, 'lock-order', witness!.schedule);
  expect(decision).toBeUndefined();
  expect(share!.violated).toBe(share!.total);
});
