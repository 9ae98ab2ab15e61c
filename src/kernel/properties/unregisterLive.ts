import { callStatus, enabled } from '../machine/machine';
import type { Program, ProgramCall } from '../compiler/program';
import { eachStatement } from '../language/statements';
import type { Property } from './property';

/** Unregister returns once the files are closed, and later opens cannot delay it. Decided on the graph of all runs; a single run shows the second half only. */
export const unregisterLive: Property = {
  id: 'unregister-live',
  order: 9,
  label: 'I8',
  cite: 'docs/kernel-facts.md, I8',
  title: 'Unregister returns',
  statement:
    'Once the registration is withdrawn and the existing fds are closed, unregister returns; later opens cannot delay it.',
  consequence: "The driver's unregister can block forever.",
  appliesTo: (p) => p.calls.some((c) => c.call.call === 'unregister_device'),
  detectedIn: 'graph',
  checks: () => [],
};

/** A place where an unregister waits, its registration withdrawn, until a counter is down at zero. */
export interface UnregisterWait {
  readonly task: number;
  readonly pc: number;
  readonly counter: number;
}

/** Every such place: while `task` stands at `pc`, a call that begins must not raise `counter`. */
export function unregisterWaits(program: Program): UnregisterWait[] {
  return program.tasks.flatMap((t) =>
    t.steps
      .filter((s) => program.calls[s.call]?.call.call === 'unregister_device')
      .flatMap((s) =>
        s.waits.flatMap((w): UnregisterWait[] =>
          w.kind === 'completion' ? [{ task: t.index, pc: s.pc, counter: w.counter }] : [],
        ),
      ),
  );
}

/** The withdrawals that a task stands at in this state. */
export function activeUnregisterWaits(
  program: Program,
  places: readonly UnregisterWait[],
  state: Int32Array,
): UnregisterWait[] {
  return places.filter((w) => state[program.tasks[w.task]!.pc] === w.pc);
}

/** The calls of other tasks that can raise the counter that a withdrawal waits for: opens of its device. */
export function callsRaisingCounter(program: Program, w: UnregisterWait): ProgramCall[] {
  const raises = (note: Program['eventTemplates'][number] | undefined): boolean =>
    note?.kind === 'count' && note.by > 0 && note.field === w.counter;
  return program.calls.filter(
    (c) =>
      c.task !== w.task &&
      program.tasks[c.task]!.steps.slice(c.start, c.end).some((step) => {
        let found = false;
        eachStatement(step.body, (s) => {
          found ||= s.op === 'emit' && raises(program.eventTemplates[s.event]);
        });
        return found;
      }),
  );
}

/**
 * An unregister call that can never return although all files of its device and its group are closed: nobody can move any more.
 * That is all there is to look for where every state can still come to such an end, as with all calls of the designs: the loops
 * of their releases take something away in each round (a test holds it). A task that went round for ever would not be seen.
 */
export function stuckUnregister(program: Program, state: Int32Array): ProgramCall | undefined {
  if (enabled(program, state).length > 0) return undefined;
  return program.calls.find(
    (c) =>
      c.call.call === 'unregister_device' &&
      callStatus(program, state, c.index) === 'running' &&
      !program.files.some((f) => {
        const { lifetime: life } = program.objects[f.object]!;
        const group = program.world.devices.find((d) => d.name === c.call.device)?.group;
        return (
          (f.device === c.call.device ||
            f.kind === 'container' ||
            (f.kind === 'group' && f.group === group)) &&
          life !== undefined &&
          state[life] === 1
        );
      }),
  );
}
