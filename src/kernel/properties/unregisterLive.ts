import type { Program } from '../program';
import type { Property } from './property';

/** I8: unregister ends once the files are closed, and later opens cannot hold it up; a law on the graph of all runs, of which a run shows the second half. */
export const unregisterLive: Property = {
  id: 'unregister-live',
  source: 'I8',
  title: 'Unregister comes to an end',
  statement: 'Once registration is withdrawn and the existing fds are closed, unregister returns; opens that begin later cannot put it off.',
  applies: p => p.calls.some(c => c.call.call === 'unregister_device'),
  seenIn: 'graph',
  checks: () => [],
};

/** A place where an unregister waits, its registration withdrawn, until a counter is down at zero. */
export interface Withdrawn { readonly task: number; readonly pc: number; readonly counter: number }

/** Every such place: while `task` stands at `pc`, a call that begins must not raise `counter`. */
export function withdrawals(program: Program): Withdrawn[] {
  return program.tasks.flatMap(t => t.steps.filter(s => program.calls[s.call]?.call.call === 'unregister_device').flatMap(s => s.waits.flatMap((w): Withdrawn[] =>
    (w.kind === 'completion' ? [{ task: t.index, pc: s.pc, counter: w.counter }] : []))));
}

/** The withdrawals that a task stands at in this state. */
export function withdrawnNow(program: Program, places: readonly Withdrawn[], state: Int32Array): Withdrawn[] {
  return places.filter(w => state[program.tasks[w.task]!.pc] === w.pc);
}
