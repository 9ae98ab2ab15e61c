import type { Program } from '../../kernel/compiler/program';
import {
  initialState,
  isEnabled,
  makeEventBuffer,
  nextStep,
  readEvents,
  step,
} from '../../kernel/machine/machine';
import { callErrorText } from '../../kernel/language/errno';
import type { KernelEvent } from '../../scenario/kernelTrace/kernelTrace';

/** One task beside the machine: the call that it is in (-1 outside), its return until the trace has it, and whether its exit was seen. */
interface OracleTask {
  readonly call: number;
  readonly returned: string;
  readonly left: boolean;
}

interface OracleState {
  readonly machine: Int32Array;
  readonly tasks: readonly OracleTask[];
}

/**
 * How many events some schedule explains: all possible states after each event, by brute force. It shares no code with the
 * search and leaves out contention.
 */
export function acceptedByOracle(program: Program, events: readonly KernelEvent[]): number {
  const key = ({ machine, tasks }: OracleState): string =>
    `${machine.subarray(0, program.fields.length).join()} ${JSON.stringify(tasks)}`;
  const start: OracleState = {
    machine: initialState(program),
    tasks: program.tasks.map(() => ({ call: -1, returned: '', left: true })),
  };
  let now = new Map([[key(start), start]]);
  for (const [index, event] of events.entries()) {
    const queue = [...now.values()];
    for (let at = 0; at < queue.length; at++)
      for (const { index: task } of program.tasks) {
        const after = move(program, queue[at]!, task);
        if (!after || now.has(key(after))) continue;
        now.set(key(after), after);
        queue.push(after);
      }
    const next = new Map<string, OracleState>();
    for (const state of now.values()) {
      const after = see(program, state, event);
      if (after) next.set(key(after), after);
    }
    if (next.size === 0) return index;
    now = next;
  }
  return events.length;
}

function move(program: Program, state: OracleState, task: number): OracleState | undefined {
  const next = nextStep(program, state.machine, task);
  const own = state.tasks[task]!;
  const makesCalls = program.calls.some((call) => call.task === task);
  if (!next || !isEnabled(program, state.machine, task)) return undefined;
  if (makesCalls && (next.call !== own.call || own.returned !== '')) return undefined;
  const machine = state.machine.slice();
  const events = makeEventBuffer();
  step(program, machine, task, events);
  const end = readEvents(program, events).find(
    ({ template: { kind } }) => kind === 'return' || kind === 'skip',
  );
  if (!end || !makesCalls) return { machine, tasks: state.tasks };
  const errno =
    end.template.kind === 'return' ? program.calls[own.call]?.errnos[end.value - 1] : undefined;
  const returned =
    end.template.kind === 'skip'
      ? 'skipped'
      : errno === undefined
        ? 'success'
        : callErrorText(errno);
  return { machine, tasks: state.tasks.with(task, { ...own, returned }) };
}

function see(program: Program, state: OracleState, event: KernelEvent): OracleState | undefined {
  const task = program.tasks.findIndex(({ name }) => name === event.task);
  const own = state.tasks[task]!;
  const next = nextStep(program, state.machine, task);
  const started = next && program.calls[next.call]?.start === next.pc;
  switch (event.kind) {
    case 'enter':
      return own.left && started && next.call === event.call
        ? {
            ...state,
            tasks: state.tasks.with(task, { call: event.call, returned: '', left: false }),
          }
        : undefined;
    case 'exit':
      return own.returned !== '' && (event.returns ?? own.returned) === own.returned
        ? { ...state, tasks: state.tasks.with(task, { ...own, returned: '', left: true }) }
        : undefined;
    case 'step':
      return next?.id === event.step ? move(program, state, task) : undefined;
    case 'function':
      return next && next.call === event.call && next.routine === event.name ? state : undefined;
    case 'contention':
      throw new Error('the oracle has no contention');
  }
}
