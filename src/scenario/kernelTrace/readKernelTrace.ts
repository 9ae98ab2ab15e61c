import { requireDesign } from '../../designs/registry';
import { defaultOptions } from '../../kernel/compiler/designModel';
import type { Options } from '../../kernel/language/design';
import type { World } from '../../kernel/language/world';
import { makeScenario, optionsAsJson } from '../format/makeScenario';
import { parseScenario } from '../format/parseScenario';
import { portToDesign } from '../format/portToDesign';
import { quote } from '../format/quote';
import { SCENARIO_FORMAT } from '../format/scenario';
import { ftraceLines, TraceLineError, type FtraceLine } from './ftraceLine';
import {
  MARKER,
  type KernelTrace,
  type ParsedKernelTrace,
  type ParsedTrace,
  type TracedCalls,
} from './kernelTrace';
import { completePart, type CompletePart } from './lostEvents';
import { readOwnMarkers, scenarioMarker } from './ownMarkers';
import { readSyscalls } from './syscallReader';

/** How a trace is read. */
export interface KernelTraceOptions {
  /** Default: the one of our own export, else upstream. */
  readonly design?: string | undefined;
  readonly options?: Options;
  /** The devices and their groups, which syscalls do not show; a marker in the trace has them too. */
  readonly world?: World | undefined;
  /** Addresses of mutexes outside the model, in hexadecimal without 0x. */
  readonly ignoredLocks?: ReadonlySet<string>;
}

/** Maximum length of a trace text. */
export const MAX_TRACE_CHARACTERS = 64 * 2 ** 20;

/** The start of a `trace.dat` (trace-cmd.dat(5)) and of a `perf.data` (perf.data-file-format.txt). */
const BINARY_STARTS: readonly string[] = ['\u0017\bDtracing', 'PERFILE2'];

/** Whether a text looks like a trace and not like JSON; also a binary one, whose error says how to print it. */
export function isKernelTrace(text: string): boolean {
  const start = text.slice(0, 4096);
  return (
    BINARY_STARTS.some((each) => start.startsWith(each)) ||
    /^# tracer:|^cpus=\d|^version = |^CPU:\d+ \[|^ *\S.{0,31}[- ]\d+ +(\([ \d-]+\) +)?\[\d+\] /m.test(
      start,
    )
  );
}

/** Whether the trace is our own export, which names its design. */
export function isOwnExport(text: string): boolean {
  return text.slice(0, 65_536).includes(`${MARKER} scenario {`);
}

/** Reads ftrace text: the file `trace`, the output of `trace-cmd report`, or our own export. Never throws for a bad text. */
export function readKernelTrace(text: string, options: KernelTraceOptions = {}): ParsedKernelTrace {
  if (text.length > MAX_TRACE_CHARACTERS)
    return rejected(
      '$',
      `expected a trace of at most ${MAX_TRACE_CHARACTERS} characters, got ${text.length}`,
    );
  try {
    return readPart(text, options, completePart(text));
  } catch (error) {
    if (!(error instanceof TraceLineError)) throw error;
    return rejected(`line ${error.line}`, error.message);
  }
}

function readPart(
  text: string,
  options: KernelTraceOptions,
  complete: CompletePart | undefined,
): ParsedKernelTrace {
  const lines = new CountedLines(markedLines(text, complete?.lastLine));
  const first = lines.next();
  const own = first.done ? undefined : scenarioMarker(first.value);
  if (!first.done && own !== undefined)
    return inDesign(
      { ...readOwnMarkers(own, first.value, lines), readEvents: lines.count, complete },
      options,
    );
  const recorded = recordedTrace(first.done ? [] : prepend(first.value, lines), options, complete);
  if (typeof recorded === 'number')
    return readPart(text, options, completePart(text, recorded - 1));
  return recorded.ok
    ? { ok: true, trace: { ...recorded.trace, readEvents: lines.count, complete } }
    : recorded;
}

/** Counts the lines that pass. */
class CountedLines implements IterableIterator<FtraceLine, undefined> {
  count = 0;

  constructor(private readonly lines: Iterator<FtraceLine, undefined>) {}

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<FtraceLine, undefined> {
    const next = this.lines.next();
    if (!next.done) this.count++;
    return next;
  }
}

function rejected(path: string, message: string): ParsedTrace<never> {
  return { ok: false, errors: [{ path, message }] };
}

function* prepend(first: FtraceLine, rest: Iterable<FtraceLine>): Generator<FtraceLine> {
  yield first;
  yield* rest;
}

/** The lines, with the markers of `trace-cmd report` as those of the file `trace`. */
function* markedLines(
  text: string,
  lastLine: number | undefined,
): Generator<FtraceLine, undefined> {
  for (const line of ftraceLines(text, lastLine)) {
    const [, marker] = line.event === 'print' ? (/^[\w ]+: (.*)$/.exec(line.rest) ?? []) : [];
    yield marker === undefined
      ? line
      : { ...line, event: 'tracing_mark_write', rest: marker.trimEnd() };
  }
  return undefined;
}

/** Our own export read for another design, or for other options of its design. */
function inDesign(
  trace: KernelTrace,
  { design, options = {} }: KernelTraceOptions,
): ParsedKernelTrace {
  const ported = portToDesign(trace.scenario, design ?? trace.scenario.design, options);
  if (!ported.ok) return { ok: false, errors: ported.errors };
  return {
    ok: true,
    trace: {
      ...trace,
      scenario: { ...ported.scenario, schedule: 'sequential', expect: undefined },
    },
  };
}

/** The trace without what only the text tells; or, if the complete part ends inside a call that cannot be read without its later events, the line of that call. */
function recordedTrace(
  lines: Iterable<FtraceLine>,
  { design = 'upstream', options = {}, world, ignoredLocks = new Set() }: KernelTraceOptions,
  complete: CompletePart | undefined,
): ParsedTrace<TracedCalls> | number {
  const { model, options: known } = requireDesign(design);
  const full = { ...defaultOptions(requireDesign(design)), ...options };
  const bad = Object.entries(options).find(
    ([id, value]) => !known.some((each) => each.id === id && each.values.includes(value)),
  );
  if (bad)
    return rejected('options', `expected an option of ${design}, got ${quote(bad.join('='))}`);
  const buffered = world ? undefined : [...lines];
  const marked = world ?? worldMarker(buffered ?? []);
  const recorded = readSyscalls(buffered ?? lines, model(full), marked, ignoredLocks);
  if (complete && recorded.undecidedFrom !== undefined) return recorded.undecidedFrom;
  if (recorded.calls.length === 0 && complete)
    return rejected(
      `line ${complete.lost[0]?.line ?? 1}`,
      `expected a call of a VFIO program before the first lost event, got none up to line ${complete.lastLine}: record again with a larger buffer (trace-cmd record -b 20000)`,
    );
  if (recorded.calls.length === 0)
    return rejected(
      'line 1',
      'expected the calls of a VFIO program, got none: record openat and ioctl, and a probe that shows the path (vfio-playground record)',
    );
  const used = new Set(recorded.calls.map(({ by }) => by.replace(/\/\d$/, '')));
  const processes = [...used].filter((name) => name !== 'driver');
  const parsed = parseScenario({
    format: SCENARIO_FORMAT,
    title: 'Recorded trace',
    design,
    options: optionsAsJson(options),
    world: {
      devices: recorded.world.devices,
      processes: processes.length === 0 ? ['none'] : processes,
    },
    calls: recorded.calls,
  });
  if (!parsed.ok)
    return {
      ok: false,
      errors: parsed.errors.map(({ path, message }) => {
        const call = /^calls\[(\d+)\]/.exec(path)?.[1];
        const line = call === undefined ? recorded.lines.at(-1) : recorded.lines[Number(call)];
        return { path: `line ${line ?? 1}`, message: `${path}: ${message}` };
      }),
    };
  return {
    ok: true,
    trace: {
      scenario: parsed.scenario,
      events: recorded.events,
      assumptions: recorded.assumptions,
    },
  };
}

/** The devices that `record` wrote into the trace. Throws `TraceLineError`. */
function worldMarker(lines: readonly FtraceLine[]): World | undefined {
  const start = `${MARKER} world `;
  const marker = lines.find(
    ({ event, rest }) => event === 'tracing_mark_write' && rest.startsWith(start),
  );
  if (!marker) return undefined;
  let world: unknown;
  try {
    world = JSON.parse(marker.rest.slice(start.length));
  } catch {
    throw new TraceLineError(marker.line, `expected a world as JSON, got ${quote(marker.rest)}`);
  }
  const parsed = parseScenario({ format: SCENARIO_FORMAT, title: 'World', world, calls: [] });
  if (!parsed.ok)
    throw new TraceLineError(
      marker.line,
      `in the world, ${parsed.errors[0]?.path}: ${parsed.errors[0]?.message}`,
    );
  return parsed.scenario.world;
}

/** The text of a scenario in one line of ASCII, for a marker. */
export function scenarioInOneLine(scenario: Parameters<typeof makeScenario>[0]): string {
  const plain = {
    ...scenario,
    about: '',
    schedule: 'sequential',
    beats: [],
    expect: undefined,
  } as const;
  return JSON.stringify(JSON.parse(makeScenario(plain))).replaceAll(
    /[^ -~]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
