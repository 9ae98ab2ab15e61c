import { quote } from '../format/quote';
import { parseScenario, inputErrorText } from '../format/parseScenario';
import { TraceLineError, type FtraceLine } from './ftraceLine';
import { MARKER, type KernelEvent, type KernelEventKind, type TracedCalls } from './kernelTrace';

/** Where a task of our own export is. */
interface TaskPosition {
  readonly name: string;
  /** Calls begun. */
  calls: number;
  /** Index of the call that it is in; -1 outside. */
  call: number;
  /** Slices that have begun and not ended. */
  depth: number;
}

/** The scenario of our own export, from its marker; undefined for another line. */
export function scenarioMarker({ rest }: FtraceLine): string | undefined {
  const start = `${MARKER} scenario `;
  return rest.startsWith(start) ? rest.slice(start.length) : undefined;
}

/** Reads the slices of our own export after its scenario marker. Throws `TraceLineError`. */
export function readOwnMarkers(
  json: string,
  at: FtraceLine,
  lines: Iterable<FtraceLine>,
): TracedCalls {
  const parsed = parseScenario(json);
  if (!parsed.ok)
    throw new TraceLineError(at.line, `in the scenario, ${inputErrorText(parsed.errors)}`);
  const { scenario } = parsed;
  const callsByTask = new Map<string, number[]>();
  for (const [index, { by }] of scenario.calls.entries())
    callsByTask.set(by, [...(callsByTask.get(by) ?? []), index]);
  const tasks = new Map<number, TaskPosition>();
  const events: KernelEvent[] = [];
  for (const { line, pid, event, rest } of lines) {
    if (event !== 'tracing_mark_write') continue;
    const taskMarker = `${MARKER} task `;
    if (rest.startsWith(taskMarker)) {
      const name = rest.slice(taskMarker.length);
      if (!callsByTask.has(name.replace(/:flush$/, '')))
        throw new TraceLineError(
          line,
          `expected a task of the scenario (${[...callsByTask.keys()].join(', ')}), got ${quote(name)}`,
        );
      tasks.set(pid, { name, calls: 0, call: -1, depth: 0 });
      continue;
    }
    const [, kind, words = ''] = /^([BEI])\|\d+(?:\|(.*))?$/.exec(rest) ?? [];
    if (kind === undefined)
      throw new TraceLineError(line, `expected B|, E| or I| and a text, got ${quote(rest)}`);
    const task = tasks.get(pid);
    if (!task)
      throw new TraceLineError(
        line,
        `expected the task marker of pid ${pid} before, got ${quote(rest)}`,
      );
    const add = (what: KernelEventKind): void => {
      events.push({ ...what, line, text: rest, task: task.name, call: task.call });
    };
    if (kind === 'E') {
      if (task.depth === 0)
        throw new TraceLineError(line, 'expected a slice that has begun, got the end of none');
      task.depth--;
    } else if (kind === 'I') {
      const [, returns] = /^returns (.+)$/.exec(words) ?? [];
      if (returns !== undefined) add({ kind: 'exit', returns: tracedReturn(returns) });
    } else if (task.depth++ === 0 && !task.name.endsWith(':flush')) {
      const call = callsByTask.get(task.name)?.[task.calls++];
      const expected = call === undefined ? undefined : scenario.calls[call]?.call;
      const [name = ''] = words.split('(');
      if (call === undefined || name !== expected)
        throw new TraceLineError(
          line,
          `expected ${expected === undefined ? `no more calls of ${task.name}` : `${expected}, call ${task.calls} of ${task.name} in the scenario`}, got ${quote(words)}`,
        );
      task.call = call;
      add({ kind: 'enter' });
    } else add({ kind: 'step', step: words.split(' ')[0] ?? '' });
  }
  return { scenario, events, assumptions: [] };
}

/** The word of our own export as a return: a name or a number is success. */
function tracedReturn(words: string): string {
  return /^-E|^limit |^skipped$/.test(words) ? words : 'success';
}
