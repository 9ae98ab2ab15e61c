import { callStatus, enabled } from '../machine/machine';
import type { EventTemplate, Program, ProgramCall } from '../compiler/program';
import { evaluate } from '../language/expressions';
import { eachStatement } from '../language/statements';
import { processOf } from '../language/world';
import { processesThatPin } from './noDeadlock';
import type { Property } from './property';

/** Unregister returns once the files are closed, and later opens cannot delay it. Decided on the graph of all runs; a single run shows the second half only. */
export const unregisterLive: Property = {
  id: 'unregister-live',
  order: 9,
  label: 'I8',
  cite: 'docs/kernel-facts.md, I8',
  title: 'Unregister returns',
  statement:
    'Once the registration is withdrawn and the fds that the design waits for are closed, unregister returns; later opens cannot delay it.',
  consequence: "The driver's unregister can block forever.",
  appliesTo: (p) => p.calls.some((c) => c.call.call === 'unregister_device'),
  detectedIn: 'graph',
  checks: () => [],
};

/** A step at which unregister waits, after it withdrew the registration, until a counter is zero. */
export interface UnregisterWait {
  readonly task: number;
  readonly pc: number;
  readonly counter: number;
}

/** All such waits: while `task` is at `pc`, a call that starts must not increment `counter`. */
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

/** The waits that a task is at in this state. */
export function activeUnregisterWaits(
  program: Program,
  waits: readonly UnregisterWait[],
  state: Int32Array,
): UnregisterWait[] {
  return waits.filter((w) => state[program.tasks[w.task]!.pc] === w.pc);
}

/** Calls of other tasks that can increment the awaited counter: opens of the device. */
export function callsRaisingCounter(program: Program, w: UnregisterWait): ProgramCall[] {
  const increments = (template: EventTemplate | undefined): boolean =>
    template?.kind === 'count' && template.by > 0 && template.field === w.counter;
  return program.calls.filter(
    (c) =>
      c.task !== w.task &&
      program.tasks[c.task]!.steps.slice(c.start, c.end).some((step) => {
        let found = false;
        eachStatement(step.body, (s) => {
          found ||= s.op === 'emit' && increments(program.eventTemplates[s.event]);
        });
        return found;
      }),
  );
}

/**
 * An unregister call that blocks forever although all files of its device and its group are closed: no task is enabled.
 * A file that an exited process still refers to counts as closed. Enough if every run ends, as in all designs: no step table has
 * an endless loop (a test checks it). A livelock would not be found.
 */
export function stuckUnregister(program: Program, state: Int32Array): ProgramCall | undefined {
  if (enabled(program, state).length > 0) return undefined;
  return program.calls.find(
    (c) =>
      c.call.call === 'unregister_device' &&
      callStatus(program, state, c.index) === 'running' &&
      !program.unregisterDelays.some(({ device, file, when }) => {
        const life = program.objects[program.files[file]!.object]!.lifetime;
        return (
          device === c.call.device &&
          life !== undefined &&
          state[life] === 1 &&
          evaluate(when, state) !== 0 &&
          !isHeldByExitedProcess(program, state, file)
        );
      }),
  );
}

/** Whether a process that has exited still refers to the file: nothing can drop that reference any more. */
function isHeldByExitedProcess(program: Program, state: Int32Array, file: number): boolean {
  const exited = program.calls
    .filter((c) => c.call.call === 'process_exit' && callStatus(program, state, c.index) === 'done')
    .map((c) => processOf(c.call.by));
  if (exited.length === 0) return false;
  return [
    ...program.fds.filter((fd) => fd.file === file && state[fd.installed] !== 0),
    ...processesThatPin(program, state, program.files[file]!.object).map((process) => ({
      process,
    })),
  ].some(({ process }) => exited.includes(process));
}
