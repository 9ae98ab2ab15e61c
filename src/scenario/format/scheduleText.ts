import { quote } from './quote';
import type { InputError, Schedule } from './scenario';

/** Parses a schedule of the command line: `sequential`, `random:42` or `qemu*3,driver until REG.12,dpdk`. */
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
  if (
    !text.startsWith('random:') &&
    entries.every((e) => /^[^\s*,]+(\*[1-9]\d{0,5}| until [^\s*,]+)?$/.test(e))
  )
    return { ok: true, schedule: entries };
  return {
    ok: false,
    error: {
      path: 'schedule',
      message: `expected sequential, random:SEED (an integer from 0 to 4294967295) or a comma-separated list of tasks (qemu*3,driver until REG.12,dpdk), got ${quote(text)}`,
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

/** The task of a schedule entry, and how far it runs: `count` steps (`qemu*3`), or up to and without the step `until` (`driver until REG.12`). */
export function parseScheduleEntry(entry: string): {
  readonly task: string;
  readonly count: number;
  readonly until: string | undefined;
} {
  const [tasks = '', until] = entry.split(' until ');
  const [task = '', count = '1'] = tasks.split('*');
  return { task, count: until === undefined ? Number(count) : Infinity, until };
}
