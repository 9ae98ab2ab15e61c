import type { Program, ProgramCall, Wait } from '../compiler/program';
import { evaluate } from '../language/expressions';
import { eachStatement } from '../language/statements';
import { currentCall, currentWait, enabled, nextStep } from '../machine/machine';
import type { Property } from './property';

/** No set of tasks waits for each other forever. */
export const noDeadlock: Property = {
  id: 'no-deadlock',
  order: 16,
  label: 'DL',
  cite: 'docs/kernel-facts.md, Lock order',
  title: 'No deadlock',
  statement:
    'No cycle of tasks exists in which each waits for a lock that the next one holds, or for references that only the next ones can drop. No call but unregister waits for a completion that no task is left to signal.',
  consequence: 'None of these tasks can ever continue.',
  appliesTo: () => true,
  detectedIn: 'graph',
  checks: () => [],
};

/**
 * The cycles of the wait-for graph: each task of one waits for a mutex that the next task holds, or for a completion whose
 * counter the next task keeps up. A task waits for at most one other here, so cycles are disjoint. Each starts at its
 * lowest task, in ascending order.
 */
export function waitCycles(program: Program, state: Int32Array): readonly (readonly number[])[] {
  const waitsFor = waitTargets(program, state);
  return program.tasks.flatMap(({ index: start }) => {
    const cycle = [start];
    let task = waitsFor[start]!;
    // A cycle that does not contain `start` would never end.
    while (task > start && cycle.length < waitsFor.length) {
      cycle.push(task);
      task = waitsFor[task]!;
    }
    return task === start ? [cycle] : [];
  });
}

/** Whether some step may wait for a completion; without one no call can wait forever for it. */
export function waitsForCompletions({ tasks }: Program): boolean {
  return tasks.some(({ steps }) =>
    steps.some(({ waits }) => waits.some(({ kind }) => kind === 'completion')),
  );
}

/**
 * A call that waits for a completion when no task can continue: the wake-up is lost. Unregister may wait for a file that user
 * space never closes, so it has a property for that (`unregister-live`).
 */
export function lostWakeup(program: Program, state: Int32Array): ProgramCall | undefined {
  if (enabled(program, state).length > 0) return undefined;
  return program.tasks
    .filter(({ index }) => currentWait(program, state, index)?.kind === 'completion')
    .map(({ index }) => currentCall(program, state, index))
    .find((c) => c !== undefined && c.call.call !== 'unregister_device');
}

/** By task: a task that it waits for and that can itself never continue, or -1. */
function waitTargets(program: Program, state: Int32Array): readonly number[] {
  const waits = program.tasks.map(({ index }) => currentWait(program, state, index));
  if (!waits.some((w) => w?.kind === 'completion'))
    return waits.map((w) => (w?.kind === 'mutex' ? state[w.field]! - 1 : -1));
  /** Of each task, sets of tasks: it continues only if some task of every set does. */
  const blockers = waits.map((wait, task): readonly (readonly number[])[] => {
    if (wait?.kind === 'mutex') return [[state[wait.field]! - 1]];
    return wait?.kind === 'completion' ? referenceHolders(program, state, task, wait) : [];
  });
  const stuck = new Set(program.tasks.map((t) => t.index));
  const lastingSet = (task: number): readonly number[] | undefined =>
    blockers[task]!.find((set) => set.length > 0 && set.every((t) => stuck.has(t)));
  for (let before = -1; before !== stuck.size;) {
    before = stuck.size;
    for (const task of stuck) if (!lastingSet(task)) stuck.delete(task);
  }
  return program.tasks.map(({ index }) => (stuck.has(index) ? lastingSet(index)![0]! : -1));
}

/** Of each reference that a completion waits for: the other tasks that can drop it. */
function referenceHolders(
  program: Program,
  state: Int32Array,
  waiter: number,
  { counter }: Extract<Wait, { kind: 'completion' }>,
): readonly (readonly number[])[] {
  const holders = program.counters
    .find((c) => c.field === counter)
    ?.holders.filter((h) => evaluate(h.when, state) !== 0);
  if (!holders) return [];
  const sets = program.files
    .filter((f) => holders.some((h) => h.object === f.object))
    .map((file) => fileReleasers(program, state, program.files.indexOf(file)));
  // What is more than the holders account for belongs to calls under way.
  const accounted = holders.reduce((sum, h) => sum + h.weight, 0);
  if (state[counter]! > accounted)
    sets.push(
      program.tasks.flatMap(({ index }) => {
        const call = currentCall(program, state, index);
        const step = nextStep(program, state, index);
        return call && step && step.pc > call.start && raisesCounter(program, index, counter)
          ? [index]
          : [];
      }),
    );
  return sets.map((set) => set.filter((t) => t !== waiter));
}

/** The tasks that can still drop the last reference of a file. */
function fileReleasers(program: Program, state: Int32Array, file: number): readonly number[] {
  const releaser = state[program.objects[program.files[file]!.object]!.fields['releaser']!]!;
  if (releaser > 0) return [releaser - 1];
  const fds = program.fds.filter((fd) => fd.file === file);
  const owners = new Set([
    ...fds.filter((fd) => state[fd.installed] !== 0).map(({ process }) => process),
    ...processesThatPin(program, state, program.files[file]!.object),
  ]);
  return program.tasks
    .filter((t) => {
      if (!nextStep(program, state, t.index)) return false;
      const call = currentCall(program, state, t.index)?.call;
      return owners.has(t.process) || fds.some((fd) => fd.name === call?.fd);
    })
    .map((t) => t.index);
}

/** The processes with a mapping of a file, or with a VM that holds it. */
export function processesThatPin(
  program: Program,
  state: Int32Array,
  file: number,
): readonly string[] {
  return program.objects.flatMap(({ spec, key, links, lifetime }) => {
    const pins =
      (spec.per === 'mapping' || spec.per === 'kvmFile') &&
      lifetime !== undefined &&
      state[lifetime] === 1 &&
      Object.values(links).some((l) => l.object === file && l.edge === 'reference');
    return pins && key.process !== undefined ? [key.process] : [];
  });
}

/** Whether a step of the task increments the counter. */
export function raisesCounter(program: Program, task: number, counter: number): boolean {
  return program.tasks[task]!.steps.some((step) => {
    let found = false;
    eachStatement(step.body, (s) => {
      const event = s.op === 'emit' ? program.eventTemplates[s.event] : undefined;
      found ||= event?.kind === 'count' && event.by > 0 && event.field === counter;
    });
    return found;
  });
}
