import type { Export } from '../export';
import type { Trace } from '../../scenario/run/trace';
import { callExpression } from '../../scenario/format/callText';
import { toAscii } from '../format';

/** The export `ftrace`. */
export const ftraceExport: Export = {
  id: 'ftrace',
  title: 'ftrace text for Perfetto',
  extension: 'ftrace',
  order: 80,
  make: ftraceText,
};

const STEP_MICROSECONDS = 10;

/** The run as ftrace text, which Perfetto opens: calls and steps as nested slices, one invented 10 us per step, on one CPU. */
function ftraceText(trace: Trace): string {
  const { program } = trace;
  const processes = [...new Set(program.tasks.map((t) => t.process))];
  const lines = [
    '# tracer: nop',
    '#',
    '# Simulated by vfio-playground, not a kernel log',
    '#',
    '#           TASK-PID    TGID   CPU#  ||||   TIMESTAMP  FUNCTION',
  ];
  const mark = (task: number, microseconds: number, text: (tgid: number) => string): void => {
    const t = program.tasks[task];
    if (!t) return;
    const tgid = 100 * (processes.indexOf(t.process) + 1);
    const who = toAscii(t.name.replaceAll(/\s/g, '_')).slice(0, 15).padStart(16);
    lines.push(
      `${who}-${String(tgid + task).padEnd(6)} (${String(tgid).padStart(5)}) [000] .... ${(microseconds / 1e6).toFixed(6).padStart(12)}: tracing_mark_write: ${text(tgid)}`,
    );
  };
  const lastOf = new Map(trace.steps.map((s) => [s.step.call, s.index]));
  const open = new Set<number>();
  for (const s of trace.steps) {
    const at = (s.index + 1) * STEP_MICROSECONDS;
    const call = program.calls[s.step.call];
    if (call && !open.has(s.step.call)) {
      open.add(s.step.call);
      mark(s.task, at, (tgid) => `B|${tgid}|${sliceName(callExpression(call.call))}`);
    }
    mark(s.task, at, (tgid) => `B|${tgid}|${sliceName(`${s.step.id} ${s.texts.join('; ')}`)}`);
    mark(s.task, at + STEP_MICROSECONDS - 1, (tgid) => `E|${tgid}`);
    const returned = s.events.find(
      (e) => e.template.kind === 'return' || e.template.kind === 'skip',
    );
    for (const v of s.violations)
      mark(
        s.task,
        at + STEP_MICROSECONDS - 1,
        (tgid) => `I|${tgid}|${sliceName(`${v.property}: ${v.text}`)}`,
      );
    if (returned && call && lastOf.get(s.step.call) === s.index)
      mark(s.task, at + STEP_MICROSECONDS - 1, (tgid) => `E|${tgid}`);
    else if (
      call &&
      lastOf.get(s.step.call) === s.index &&
      program.tasks[s.task]?.steps[s.step.pc + 1]?.call !== s.step.call
    )
      mark(s.task, at + STEP_MICROSECONDS - 1, (tgid) => `E|${tgid}`);
  }
  return `${lines.join('\n')}\n`;
}

function sliceName(text: string): string {
  return toAscii(text).replaceAll('|', '/');
}
