import { quote } from '../format/quote';

/** One event line of ftrace text: of the file `trace`, of `trace-cmd report`, or of our own export. */
export interface FtraceLine {
  /** 1-based. */
  readonly line: number;
  readonly comm: string;
  readonly pid: number;
  /** Thread group, if the trace was recorded with it. */
  readonly tgid: number | undefined;
  /** Name of the event: `sys_enter_ioctl`, `tracing_mark_write`, or a function. */
  readonly event: string;
  /** What follows the name. */
  readonly rest: string;
}

/** A damaged line of a trace: its message says what was expected. */
export class TraceLineError extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

/** Groups: comm, pid, tgid, CPU, time, event. */
export const EVENT_LINE =
  /^ *(.{1,32}?)-(\d{1,10}) +(?:\( *(-+|\d{1,10})\) +)?\[(\d{1,5})\] (?:[\w.#+-]{4,8} )? *(\d{1,12}\.\d{1,9}): +(.*)$/;
/** `qemu 940 [001] 5807.145124: syscalls:sys_enter_ioctl: …` (perf-script(1)). */
const PERF_SCRIPT_LINE = /^ *\S.{0,31}? +\d+(?:\/\d+)? +\[\d+\] +\d+\.\d+: +(?:\d+ +)?\w+:\w+:/;
/** Lines of `trace-cmd report` that are no events. */
export const PREAMBLE_LINE =
  /^(#.*|version ?=.*|cpus ?=\d+|CPU \d+ is empty|trace-cmd: .*|  ?\S.* = .*|\[\w+\])?$/;

/** The header of the file `trace`: events in the buffer, and events written to it. */
const ENTRIES = /^# entries-in-buffer\/entries-written: *(\d{1,15})\/(\d{1,15})\b/;

/** The event lines of a trace text in order, up to a last line. Throws `TraceLineError` for a damaged one. */
export function* ftraceLines(text: string, lastLine = Infinity): Generator<FtraceLine> {
  let line = 0;
  let last = -Infinity;
  for (let start = 0; start < text.length && line < lastLine;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const content = text.slice(start, text[end - 1] === '\r' ? end - 1 : end);
    line++;
    start = end + 1;
    const match = EVENT_LINE.exec(content);
    if (!match) {
      const [, kept, written] = ENTRIES.exec(content) ?? [];
      if (Number(kept) < Number(written))
        throw new TraceLineError(
          line,
          `expected every event, got ${kept} of ${written}: the buffer was overwritten from the first event on, so no part of the trace is complete. Record again with a larger buffer (buffer_size_kb)`,
        );
      if (PREAMBLE_LINE.test(content)) continue;
      throw new TraceLineError(
        line,
        content.startsWith('PERFILE2') || PERF_SCRIPT_LINE.test(content)
          ? 'expected ftrace text, got a recording of perf: record with trace-cmd (vfio-playground record writes the command)'
          : content.includes('\0')
            ? 'expected ftrace text, got binary data: trace-cmd report prints a trace.dat as text'
            : `expected an event, TASK-PID [CPU] TIME: EVENT, got ${quote(content)}`,
      );
    }
    const [, comm = '', pid, tgid, , time = '', body = ''] = match;
    const seconds = Number(time);
    if (seconds < last)
      throw new TraceLineError(
        line,
        `expected a time of at least ${last.toFixed(6)}, got ${time}: the events are out of order`,
      );
    last = seconds;
    const { event, rest } = splitEvent(body);
    yield {
      line,
      comm,
      pid: Number(pid),
      tgid: tgid === undefined || tgid.startsWith('-') ? undefined : Number(tgid),
      event,
      rest,
    };
  }
}

/** `sys_ioctl(fd: 5)`, `sys_ioctl -> 0x0`, `name: rest`, or `function <-caller`. */
function splitEvent(body: string): { readonly event: string; readonly rest: string } {
  const [, event = '', rest = ''] = /^([\w./]+)(?::\s*|\s*(?=\(|->|<-))(.*)$/.exec(body) ?? [];
  return event === '' ? { event: body.trim(), rest: '' } : { event, rest };
}
