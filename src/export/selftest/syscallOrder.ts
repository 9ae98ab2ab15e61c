import { callErrorText } from '../../kernel/language/errno';
import type { Trace } from '../../scenario/run/trace';

/** A call of a run with its places among all beginnings and returns of calls, from 0. */
export interface OrderedCall {
  /** Index into `Program.calls`. */
  readonly call: number;
  readonly begunAt: number;
  /** Undefined if it does not return in the run. */
  readonly returnedAt: number | undefined;
  /** `0` or `-EBUSY`; undefined if it does not return, or the model cannot tell. */
  readonly returns: string | undefined;
}

/** The calls of a run in the order in which they begin; `count` is the number of beginnings and returns. Skipped calls are left out. */
export function syscallOrder({ program, steps }: Trace): {
  readonly calls: readonly OrderedCall[];
  readonly count: number;
} {
  const order: { call: number; begins: boolean; returns: string | undefined }[] = [];
  const begun = new Set<number>();
  const skipped = new Set(
    steps.flatMap(({ step, events }) =>
      events.some(({ template }) => template.kind === 'skip') ? [step.call] : [],
    ),
  );
  for (const { step, task, events } of steps) {
    const call = program.calls[step.call];
    if (!call || call.task !== task || skipped.has(call.index)) continue;
    if (!begun.has(call.index)) {
      begun.add(call.index);
      order.push({ call: call.index, begins: true, returns: undefined });
    }
    const end = events.find(({ template }) => template.kind === 'return');
    if (!end) continue;
    const errno = call.errnos[end.value - 1];
    order.push({
      call: call.index,
      begins: false,
      returns:
        errno === undefined ? '0' : errno === 'MODEL_LIMIT' ? undefined : callErrorText(errno),
    });
  }
  const calls = [...begun].map((call): OrderedCall => {
    const returnedAt = order.findIndex((each) => each.call === call && !each.begins);
    return {
      call,
      begunAt: order.findIndex((each) => each.call === call && each.begins),
      returnedAt: returnedAt < 0 ? undefined : returnedAt,
      returns: order[returnedAt]?.returns,
    };
  });
  return { calls, count: order.length };
}
