import { currentWait } from '../machine/machine';
import type { Program } from '../compiler/program';
import type { Property } from './property';

/** No set of tasks waits for each other forever. */
export const noDeadlock: Property = {
  id: 'no-deadlock',
  order: 16,
  label: 'DL',
  cite: 'docs/kernel-facts.md, Lock order',
  title: 'No deadlock',
  statement: 'No cycle of tasks exists in which each waits for a lock that the next one holds.',
  consequence: 'None of these tasks can ever continue.',
  appliesTo: () => true,
  detectedIn: 'graph',
  checks: () => [],
};

/**
 * The cycles of the wait-for graph: each task of one waits for a mutex that the next task holds, the last one for the
 * first. A task waits for at most one mutex, so cycles are disjoint. Each starts at its lowest task, in ascending order.
 */
export function waitCycles(program: Program, state: Int32Array): readonly (readonly number[])[] {
  const waitsFor = program.tasks.map(({ index }) => {
    const wait = currentWait(program, state, index);
    return wait?.kind === 'mutex' ? state[wait.field]! - 1 : -1;
  });
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
