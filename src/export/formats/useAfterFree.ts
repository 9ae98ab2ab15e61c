import { modifiedDesignText } from '../../kernel/language/design';
import type { Export } from '../export';
import type { Trace, TraceStep } from '../../scenario/run/trace';
import { toAscii, wrapText } from '../format';

/** A report in the order of KASAN for the first `memory` violation of a run: used by, allocated by, freed by. Without one it says so. */
export const useAfterFreeExport: Export = {
  id: 'use-after-free',
  title: 'Use-after-free report',
  extension: 'txt',
  order: 30,
  make: useAfterFreeText,
};

const BAR = '='.repeat(66);

function useAfterFreeText(trace: Trace): string {
  const { program } = trace;
  const note = modifiedDesignText(program.design);
  const head = `Simulated by vfio-playground, not a kernel log${note === undefined ? '' : ` (${note})`}`;
  const violation = trace.steps
    .flatMap((traceStep) => traceStep.violations)
    .find((violation) => violation.property === 'memory');
  if (!violation) return `${head}\n\nNo memory violation in this run.\n`;
  const lastStepWith = (
    kind: 'alloc' | 'free',
    from: readonly TraceStep[],
  ): TraceStep | undefined =>
    from.findLast((traceStep) =>
      traceStep.events.some(
        (event) => event.template.kind === kind && event.template.object === violation.object,
      ),
    );
  const use = trace.steps[violation.step];
  const before = trace.steps.slice(0, violation.step + 1);
  const freed = lastStepWith('free', before);
  const slot = violation.object === undefined ? undefined : program.objects[violation.object];
  const section = (title: string, traceStep: TraceStep | undefined, absent: string): string[] =>
    traceStep
      ? [
          '',
          ...wrapText(`${title} task ${program.tasks[traceStep.task]?.name ?? ''}:`, 72),
          ...wrapText(` ${traceStep.step.routine}: ${traceStep.step.name}`, 72),
          ...wrapText(` ${traceStep.step.title}`, 72),
        ]
      : absent === ''
        ? []
        : ['', absent];
  const allocated = lastStepWith('alloc', before);
  // Without an object the access is through NULL: nothing was allocated or freed.
  const isObject = violation.object !== undefined;
  const lines = [
    head,
    '',
    BAR,
    ...wrapText(
      `BUG: ${freed ? 'use-after-free' : 'bad access'} in ${use?.step.routine ?? '?'}`,
      72,
    ),
    ...wrapText(`Step ${violation.step + 1}: ${violation.text}`, 72),
    ...section('Used by', use, ''),
    ...section('Allocated by', allocated, isObject ? 'Allocated before the run.' : ''),
    ...section('Freed by', freed, isObject ? 'Not freed in this run.' : ''),
  ];
  if (slot) lines.push('', ...wrapText(`The object is ${slot.name}, a struct ${slot.type}.`, 72));
  lines.push(BAR);
  return `${lines.map(toAscii).join('\n')}\n`;
}
