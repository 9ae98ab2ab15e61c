import { quote } from './quote';
import type { InputError, Schedule } from './scenario';

/** Reads a schedule as the command line has it: `sequential`, `random:42` or `qemu*3,dpdk`. */
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
      message: `${quote(text)} stood here; accepted: sequential, random:SEED (a whole number from 0 to 4294967295), or tasks with commas between (qemu*3,dpdk)`,
    },
  };
}
