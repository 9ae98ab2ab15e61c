import type { Program } from '../../kernel/compiler/program';
import { callErrorText } from '../../kernel/language/errno';
import { waitBlockers, waitText } from '../../kernel/machine/describeEvent';
import {
  callStatus,
  currentWait,
  inCall,
  initialState,
  makeEventBuffer,
  nextStep,
  readEvents,
  step,
} from '../../kernel/machine/machine';
import { callExpression } from '../../scenario/format/callText';
import type { KernelEvent } from '../../scenario/kernelTrace/kernelTrace';
import { returnOf, type StuckState } from './traceSearch';

/** Why the next event cannot follow, or where another call can be at that point. */
export interface RejectionReason {
  readonly by: string;
  readonly call: string;
  readonly text: string;
}

/** Reasons of one kind that are listed. */
const MAX_REASONS = 8;

/** The reasons in all states that the accepted events leave possible, each once, those of the event's own call first. */
export function rejectionReasons(
  program: Program,
  event: KernelEvent,
  stuck: readonly StuckState[],
): readonly RejectionReason[] {
  const task = program.tasks.findIndex(({ name }) => name === event.task);
  const reasons = new Set<string>();
  const positions = program.tasks.map(() => new Set<string>());
  for (const { schedule, final } of stuck) {
    const { state, failure } = replayTo(program, schedule);
    for (const { index } of program.tasks) {
      const next = nextStep(program, state, index);
      if (next && inCall(program, state, index)) positions[index]?.add(next.id);
    }
    const reason = reasonIn(program, state, event, task, final, failure(event.call));
    if (reason !== undefined) reasons.add(reason);
  }
  const own = [...reasons];
  if (own.length === 0) {
    const at = [...(positions[task] ?? [])];
    own.push(
      `${eventPhrase(program, event)}, but it is ${at.length === 0 ? 'in no call' : `at ${listed(at)}`} then`,
    );
  }
  const call = program.calls[event.call];
  return [
    ...own.slice(0, MAX_REASONS).map((text) => ({
      by: event.task,
      call: call?.call.call ?? '',
      text,
    })),
    ...program.tasks.flatMap(({ index, name, steps }) => {
      const at = [...(positions[index] ?? [])];
      if (index === task || at.length === 0) return [];
      const id = at[0];
      const inFlight = program.calls[steps.find((each) => each.id === id)?.call ?? -1];
      return [
        {
          by: name,
          call: inFlight?.call.call ?? '',
          text: `can be at ${listed(at)}; no order of its steps makes the event possible`,
        },
      ];
    }),
  ];
}

/** The state after a schedule, and the failure that each call met. */
function replayTo(
  program: Program,
  schedule: readonly number[],
): { readonly state: Int32Array; readonly failure: (call: number) => string | undefined } {
  const state = initialState(program);
  const events = makeEventBuffer();
  const failures = new Map<number, string>();
  for (const task of schedule) {
    const next = nextStep(program, state, task);
    step(program, state, task, events);
    for (const { template } of readEvents(program, events)) {
      if (template.kind !== 'fail' || !next || failures.has(next.call)) continue;
      const object =
        template.object === undefined ? '' : `${program.objects[template.object]?.name}: `;
      failures.set(
        next.call,
        `${callErrorText(template.errno)} is expected at ${next.id} (${object}${template.reason})`,
      );
    }
  }
  return { state, failure: (call) => failures.get(call) };
}

/** Why the event is impossible in this state; undefined if silent steps can still lead to another answer. */
function reasonIn(
  program: Program,
  state: Int32Array,
  event: KernelEvent,
  task: number,
  final: boolean,
  failure: string | undefined,
): string | undefined {
  const phrase = eventPhrase(program, event);
  const hasReturned = event.call >= 0 && isReturned(program, state, event.call);
  if (event.kind === 'exit' && hasReturned) {
    const returns = returnOf(program, state, event.call);
    if (returns === 'success')
      return `${phrase}, but 0 is expected: none of its steps fails in this state`;
    return `${phrase}, but ${failure ?? `the model returns ${returns}`}`;
  }
  if (hasReturned && event.kind !== 'enter')
    return `${phrase}, but the call has returned ${returnOf(program, state, event.call)} in the model`;
  if (!final) return undefined;
  const wait = currentWait(program, state, task);
  const next = nextStep(program, state, task);
  if (wait) {
    const by = waitBlockers(program, state, wait).join(', ');
    return `${phrase}, but it is blocked at ${next?.id}: waits for ${waitText(program, wait)}${by === '' ? '' : `, held by ${by}`}`;
  }
  return next ? `${phrase}, but its next step is ${next.id}` : undefined;
}

function isReturned(program: Program, state: Int32Array, call: number): boolean {
  const compiled = program.calls[call];
  if (!compiled) return false;
  const status = callStatus(program, state, call);
  return status === 'done' || status === 'skipped' || (state[compiled.result] ?? 0) !== 0;
}

/** `dpdk's bind_iommufd(fd1, ictx1) returned 0`. */
function eventPhrase(program: Program, event: KernelEvent): string {
  const call = program.calls[event.call]?.call;
  const subject = call ? `${event.task}'s ${callExpression(call)}` : event.task;
  switch (event.kind) {
    case 'enter':
      return `${subject} begins`;
    case 'exit':
      return `${subject} returned${event.returns === undefined ? '' : event.returns === 'success' ? ' 0' : ` ${event.returns}`}`;
    case 'step':
      return `${subject} runs ${event.step}`;
    case 'function':
      return `${subject} enters ${event.name}()`;
    case 'contention':
      return event.phase === 'begin'
        ? `${subject} waits for the mutex at ${event.lock}`
        : `${subject} gets the mutex at ${event.lock}`;
  }
}

function listed(ids: readonly string[]): string {
  return ids.length <= 6
    ? ids.join(', ')
    : `${ids.slice(0, 5).join(', ')} and ${ids.length - 5} other steps`;
}
