import { modifiedDesignText } from '../../kernel/language/design';
import type { Export } from '../export';
import type { Trace } from '../../scenario/run/trace';
import { callExpression } from '../../scenario/format/callText';
import { toAscii } from '../format';

/** A run as ftrace text for Perfetto: calls and steps as nested slices on one CPU. Steps have no duration, so each gets 10 us. */
export const ftraceExport: Export = {
  id: 'ftrace',
  title: 'ftrace text for Perfetto',
  extension: 'ftrace',
  order: 80,
  make: ftraceText,
};

const STEP_MICROSECONDS = 10;

function ftraceText(trace: Trace): string {
  const { program } = trace;
  const processes = [...new Set(program.tasks.map((owner) => owner.process))];
  const note = modifiedDesignText(program.design);
  const lines = [
    '# tracer: nop',
    '#',
    '# Simulated by vfio-playground, not a kernel log',
    ...(note === undefined ? [] : [`# Design: ${toAscii(program.design.id)}, ${note}`]),
    '#',
    '#           TASK-PID    TGID   CPU#  ||||   TIMESTAMP  FUNCTION',
  ];
  const addMarker = (task: number, microseconds: number, text: (tgid: number) => string): void => {
    const owner = program.tasks[task];
    if (!owner) return;
    const tgid = 100 * (processes.indexOf(owner.process) + 1);
    const comm = toAscii(owner.name.replaceAll(/\s/g, '_')).slice(0, 15).padStart(16);
    lines.push(
      `${comm}-${String(tgid + task).padEnd(6)} (${String(tgid).padStart(5)}) [000] .... ${(microseconds / 1e6).toFixed(6).padStart(12)}: tracing_mark_write: ${text(tgid)}`,
    );
  };
  const lastStepOfCall = new Map(
    trace.steps.map((traceStep) => [traceStep.step.call, traceStep.index]),
  );
  const open = new Set<number>();
  for (const traceStep of trace.steps) {
    const time = (traceStep.index + 1) * STEP_MICROSECONDS;
    const call = program.calls[traceStep.step.call];
    if (call && !open.has(traceStep.step.call)) {
      open.add(traceStep.step.call);
      addMarker(
        traceStep.task,
        time,
        (tgid) => `B|${tgid}|${sliceName(callExpression(call.call))}`,
      );
    }
    addMarker(
      traceStep.task,
      time,
      (tgid) => `B|${tgid}|${sliceName(`${traceStep.step.id} ${traceStep.texts.join('; ')}`)}`,
    );
    addMarker(traceStep.task, time + STEP_MICROSECONDS - 1, (tgid) => `E|${tgid}`);
    const returned = traceStep.events.find(
      (e) => e.template.kind === 'return' || e.template.kind === 'skip',
    );
    for (const violation of traceStep.violations)
      addMarker(
        traceStep.task,
        time + STEP_MICROSECONDS - 1,
        (tgid) => `I|${tgid}|${sliceName(`${violation.property}: ${violation.text}`)}`,
      );
    if (returned && call && lastStepOfCall.get(traceStep.step.call) === traceStep.index)
      addMarker(traceStep.task, time + STEP_MICROSECONDS - 1, (tgid) => `E|${tgid}`);
    else if (
      call &&
      lastStepOfCall.get(traceStep.step.call) === traceStep.index &&
      program.tasks[traceStep.task]?.steps[traceStep.step.pc + 1]?.call !== traceStep.step.call
    )
      addMarker(traceStep.task, time + STEP_MICROSECONDS - 1, (tgid) => `E|${tgid}`);
  }
  return `${lines.join('\n')}\n`;
}

function sliceName(text: string): string {
  return toAscii(text).replaceAll('|', '/');
}
