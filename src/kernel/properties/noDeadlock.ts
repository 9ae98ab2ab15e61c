import { evaluate } from '../language/expressions';
import { nextStep, currentWait } from '../machine/machine';
import type { Program } from '../compiler/program';
import type { Property } from './property';

/** No set of tasks waits for one another for ever. */
export const noDeadlock: Property = {
  id: 'no-deadlock',
  cite: 'domain.md section 5.11',
  title: 'No deadlock',
  statement: 'There is no circle of tasks in which each waits for a lock that the next one holds.',
  appliesTo: () => true,
  detectedIn: 'graph',
  checks: () => [],
};

/** The tasks of a circle of mutex waits, in order, or undefined. */
export function waitCycle(program: Program, state: Int32Array): number[] | undefined {
  for (const start of program.tasks) {
    const seen: number[] = [];
    let task = start.index;
    while (!seen.includes(task)) {
      seen.push(task);
      const wait = nextStep(program, state, task) && currentWait(program, state, task);
      if (wait?.kind !== 'mutex' || evaluate(wait.when, state) === 0) {
        seen.length = 0;
        break;
      }
      task = state[wait.field]! - 1;
    }
    if (seen.length > 0 && task === start.index) return seen;
  }
  return undefined;
}
