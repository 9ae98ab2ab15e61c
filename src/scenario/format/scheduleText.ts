import { quote } from './quote';
import type { InputError, Schedule } from './scenario';

/** Parses a schedule of the command line: `sequential`, `random:42` or `qemu*3,dpdk`. */
export function parseScheduleText(
  text: string,
):
  | { readonly ok: true; readonly schedule: Schedule }
  | { readonly ok: false; readonly error: InputError } {
  if (text === 'sequential') return { ok: true, schedule: text };
  const seed = /^random:(\d{1,10})$/.exec(text)?.[1];
  if (seed !== undefined && Number(seed) <= 0xffffffff)
    return { ok: true, schedule: { random: Number(seed) } };
  const entries = text.split(',');
  if (!text.startsWith('random:') && entries.every((e) => /^[^\s*,]+(\*[1-9]\d{0,5})?$/.test(e)))
    return { ok: true, schedule: entries };
  return {
    ok: false,
    error: {
      path: 'schedule',
      message: `expected sequential, random:SEED (an integer from 0 to 4294967295) or a comma-separated list of tasks (qemu*3,dpdk), got ${quote(text)}`,
    },
  };
}

/** Task names as schedule entries, repeats counted: `qemu, qemu, dpdk` as `qemu*2, dpdk`. */
export function makeScheduleEntries(tasks: readonly string[]): string[] {
  const entries: string[] = [];
  for (let start = 0; start < tasks.length;) {
    const task = tasks[start] ?? '';
    let end = start;
    while (tasks[end] === task) end++;
    entries.push(end - start === 1 ? task : `${task}*${end - start}`);
    start = end;
  }
  return entries;
}

/** The task and the number of steps of a schedule entry such as `qemu*3`. */
export function parseScheduleEntry(entry: string): {
  readonly task: string;
  readonly count: number;
} {
  const [task = '', count = '1'] = entry.split('*');
  return { task, count: Number(count) };
}
