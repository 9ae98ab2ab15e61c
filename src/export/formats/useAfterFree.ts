import type { Export } from '../export';
import type { Trace, TraceStep } from '../../scenario/run/trace';
import { toAscii, wrapText } from '../format';

/** The export `use-after-free`. */
export const useAfterFreeExport: Export = {
  id: 'use-after-free',
  title: 'Use-after-free report',
  extension: 'txt',
  order: 30,
  make: useAfterFreeText,
};

const BAR = '='.repeat(66);

/** A report in KASAN's order for the first `memory` violation of the run: used, allocated, freed by. Says so where there is none. */
function useAfterFreeText(trace: Trace): string {
  const { program } = trace;
  const head = 'Simulated by vfio-playground, not a kernel log';
  const bad = trace.steps.flatMap((s) => s.violations).find((v) => v.property === 'memory');
  if (!bad) return `${head}\n\nNo memory violation in this run.\n`;
  const touch = (kind: 'alloc' | 'free', from: readonly TraceStep[]): TraceStep | undefined =>
    from.findLast((s) =>
      s.events.some((e) => e.template.kind === kind && e.template.object === bad.object),
    );
  const use = trace.steps[bad.step];
  const before = trace.steps.slice(0, bad.step + 1);
  const freed = touch('free', before);
  const slot = bad.object === undefined ? undefined : program.objects[bad.object];
  const part = (title: string, s: TraceStep | undefined, absent: string): string[] => [
    '',
    ...wrapText(`${title} task ${s ? (program.tasks[s.task]?.name ?? '') : '?'}:`, 72),
    ...(s
      ? wrapText(` ${s.step.routine}: ${s.step.name}`, 72).concat(wrapText(` ${s.step.title}`, 72))
      : [` ${absent}`]),
  ];
  const lines = [
    head,
    '',
    BAR,
    ...wrapText(
      `BUG: ${freed ? 'use-after-free' : 'bad access'} in ${use?.step.routine ?? '?'}`,
      72,
    ),
    ...wrapText(`Step ${bad.step + 1}: ${bad.text}`, 72),
    ...part('Used by', use, ''),
    ...part('Allocated by', touch('alloc', before), 'not allocated in this run'),
    ...part('Freed by', freed, 'not freed in this run'),
  ];
  if (slot) lines.push('', ...wrapText(`The object is ${slot.name}, a struct ${slot.type}.`, 72));
  lines.push(BAR);
  return `${lines.map(toAscii).join('\n')}\n`;
}
