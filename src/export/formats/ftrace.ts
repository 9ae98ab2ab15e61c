import { modifiedDesignText } from '../../kernel/language/design';
import type { Export } from '../export';
import type { Trace } from '../../scenario/run/trace';
import { callExpression } from '../../scenario/format/callText';
import { callErrorText } from '../../kernel/language/errno';
import { MARKER } from '../../scenario/kernelTrace/kernelTrace';
import { scenarioInOneLine } from '../../scenario/kernelTrace/readKernelTrace';
import { callStatus } from '../../kernel/machine/machine';
import { stateAt } from '../../scenario/run/scenarioRun';
import { returnValues } from '../../scenario/run/returnValues';
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
  const flushers = program.tasks.filter(({ index }) =>
    program.calls.every((c) => c.task !== index),
  );
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
  // What `validate` reads: the scenario, and which pid is which task. Perfetto ignores them.
  addMarker(0, 0, () => `${MARKER} scenario ${scenarioInOneLine(trace.scenario)}`);
  for (const { index, name } of program.tasks) addMarker(index, 0, () => `${MARKER} task ${name}`);
  const numbers = returnValues(trace);
  const end = stateAt(trace, trace.steps.length);
  const lastStepOfCall = new Map(
    trace.steps
      .filter(({ task }) => flushers.every(({ index }) => index !== task))
      .map((traceStep) => [traceStep.step.call, traceStep.index]),
  );
  const open = new Set<number>();
  for (const traceStep of trace.steps) {
    const time = (traceStep.index + 1) * STEP_MICROSECONDS;
    const call = program.calls[traceStep.step.call];
    const isFlush = flushers.some(({ index }) => index === traceStep.task);
    if (call && !isFlush && !open.has(traceStep.step.call)) {
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
    if (isFlush) continue;
    if (returned?.template.kind === 'return' && call)
      addMarker(traceStep.task, time + STEP_MICROSECONDS - 1, (tgid) => {
        const errno = call.errnos[returned.value - 1];
        return `I|${tgid}|returns ${errno === undefined ? (numbers.get(call.index) ?? 0) : callErrorText(errno)}`;
      });
    else if (returned)
      addMarker(
        traceStep.task,
        time + STEP_MICROSECONDS - 1,
        (tgid) => `I|${tgid}|returns skipped`,
      );
    if (
      call &&
      lastStepOfCall.get(call.index) === traceStep.index &&
      ['done', 'skipped'].includes(callStatus(program, end, call.index))
    )
      addMarker(traceStep.task, time + STEP_MICROSECONDS - 1, (tgid) => `E|${tgid}`);
  }
  return `${lines.join('\n')}\n`;
}

function sliceName(text: string): string {
  return toAscii(text).replaceAll('|', '/');
}
