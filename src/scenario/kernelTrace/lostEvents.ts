import { quote } from '../format/quote';
import { EVENT_LINE, PREAMBLE_LINE, TraceLineError } from './ftraceLine';

/** A place where the recorder lost events of one CPU. */
interface LostEvents {
  /** 1-based line that reports the loss, before the first event after it. */
  readonly line: number;
  readonly cpu: number;
  /** Undefined if the trace does not count them. */
  readonly count: number | undefined;
  /** Line of the last event of that CPU before the loss; 0 if the trace has none. */
  readonly after: number;
}

/** The part of a trace before which nothing is missing. */
export interface CompletePart {
  readonly lost: readonly LostEvents[];
  /** Last line of the part. */
  readonly lastLine: number;
  /** Events on later lines. */
  readonly notRead: number;
}

/*
 * Kernel: `CPU:3 [LOST 12 EVENTS]`, `CPU:3 [LOST EVENTS]` (print_trace_line, kernel/trace/trace.c, v6.12).
 * trace-cmd: `CPU:3 [12 EVENTS DROPPED]`, `CPU:3 [EVENTS DROPPED]` (trace_show_data, tracecmd/trace-read.c, commit 016bc1fd8e02).
 * Both print it before the next event of that CPU.
 */
const LOSS_LINE =
  /^ *(?:CPU:(\d{1,5}) )?\[(?:LOST (?:(\d{1,15}) )?EVENTS|(?:(\d{1,15}) ?)?(?:EVENTS DROPPED|MISSED EVENTS|LOST EVENTS))/;

/**
 * The complete part of a trace that lost events; undefined if it lost none. A lost event can lie anywhere between the last event
 * of its CPU and the report, and can be of any task, so the part ends at the earliest such event. Throws `TraceLineError` if
 * nothing is complete. The caller can end it earlier.
 */
export function completePart(text: string, end = Infinity): CompletePart | undefined {
  if (!/EVENTS(?: DROPPED)?\]/.test(text)) return undefined;
  const lastOfCpu = new Map<number, number>();
  const eventLines: number[] = [];
  const lost: LostEvents[] = [];
  for (const [index, content] of text.split(/\r?\n/).entries()) {
    const cpu = EVENT_LINE.exec(content)?.[4];
    if (cpu !== undefined) {
      lastOfCpu.set(Number(cpu), index + 1);
      eventLines.push(index + 1);
      continue;
    }
    const loss = PREAMBLE_LINE.test(content) ? undefined : LOSS_LINE.exec(content);
    if (!loss) continue;
    const [, lossCpu, counted, dropped] = loss;
    const after = lossCpu === undefined ? 0 : (lastOfCpu.get(Number(lossCpu)) ?? 0);
    if (after === 0)
      throw new TraceLineError(
        index + 1,
        `expected an event of ${lossCpu === undefined ? 'a named CPU' : `CPU ${lossCpu}`} before its loss, got ${quote(content)}: events can be missing from the first line on, so no part of the trace is complete. Record again with a larger buffer (trace-cmd record -b 20000)`,
      );
    const count = counted ?? dropped;
    lost.push({
      line: index + 1,
      cpu: Number(lossCpu),
      count: count === undefined ? undefined : Number(count),
      after,
    });
  }
  if (lost.length === 0) return undefined;
  const lastLine = Math.min(end, ...lost.map(({ after }) => after));
  return { lost, lastLine, notRead: eventLines.filter((line) => line > lastLine).length };
}

/** What is missing and what that means, in sentences. */
export function lossText({ lost, lastLine, notRead }: CompletePart): readonly string[] {
  return [
    ...lost.map(
      ({ line, cpu, count, after }) =>
        `Line ${line}: CPU ${cpu} lost ${count === undefined ? 'events' : count === 1 ? '1 event' : `${count} events`} after line ${after}.`,
    ),
    `The trace is complete up to line ${lastLine}. A lost event can be of any task, so the ${notRead} later events are not judged: the answer is about the first part only.`,
  ];
}
