import { callErrorText } from '../kernel/language/errno';
import { isStoreBufferFlush } from '../kernel/compiler/storeBuffers';
import { lockCall } from '../kernel/language/printOps';
import { waitBlockers, waitText } from '../kernel/machine/describeEvent';
import {
  initialState,
  inCall,
  isWaitForCall,
  step,
  currentWait,
  type StepEvent,
} from '../kernel/machine/machine';
import type { Program, Step, Wait } from '../kernel/compiler/program';
import type { Trace, TraceStep, TraceViolation } from '../scenario/run/trace';
import { cObjectName, cFieldName, formatFieldValue } from './format';
import { callExpression } from '../scenario/format/callText';

/** One line of a run as C-like text. */
export interface TraceLine {
  readonly task: number;
  readonly kind: 'call' | 'result' | 'event' | 'blocks' | 'acquired';
  readonly text: string;
  /** Index into `Trace.steps`; for what still blocks at the end, the last step. */
  readonly step: number;
  /** Index into `Program.calls`. */
  readonly call: number;
  /** Nesting of routines: 0 in the routine of the call. */
  readonly depth: number;
  /** Whether it affects the outcome. */
  readonly relevant: boolean;
}

/** All lines of a run in time order, with where tasks block and go on. Relevant is what affects `subject`, or the results of the calls. */
export function traceLinesOf(
  trace: Trace,
  subject: TraceViolation | undefined,
): readonly TraceLine[] {
  const { program } = trace;
  const decisive = decisiveFields(trace, subject);
  const state = initialState(program);
  const lines: TraceLine[] = [];
  const startedCalls = new Set<number>();
  const waiting = new Map<number, Wait>();
  const addBlockedTasks = (at: number, end: boolean): void => {
    for (const { index: task } of program.tasks) {
      const wait = currentWait(program, state, task);
      if (
        !wait ||
        waiting.has(task) ||
        (!end && (isWaitForCall(wait) || !inCall(program, state, task)))
      )
        continue;
      waiting.set(task, wait);
      const next = program.tasks[task]?.steps[state[program.tasks[task]?.pc ?? 0] ?? 0];
      if (!next) continue;
      const call = program.calls[next.call];
      const depth = depthOf(program, next);
      const line = { task, step: at, call: next.call, relevant: true };
      if (call && !startedCalls.has(next.call)) {
        startedCalls.add(next.call);
        lines.push({ ...line, kind: 'call', text: callExpression(call.call), depth: 0 });
      }
      if (!isWaitForCall(wait))
        lines.push({
          ...line,
          kind: 'event',
          depth,
          text:
            wait.kind === 'mutex'
              ? `${lockCall('lock', wait.rwsem)}(&${cFieldName(program, wait.field)})`
              : `wait_for_completion(&${cFieldName(program, wait.field)})`,
        });
      const by = waitBlockers(program, state, wait).join(', ');
      lines.push({
        ...line,
        kind: 'blocks',
        depth,
        text: isWaitForCall(wait)
          ? `/* waits for ${waitText(program, wait)}${wait.kind === 'name' ? `, made by ${by}` : ''} */`
          : `/* blocks${by === '' ? '' : `: held by ${by}`} */`,
      });
    }
  };
  for (const traceStep of trace.steps) {
    const wait = waiting.get(traceStep.task);
    waiting.delete(traceStep.task);
    const call = program.calls[traceStep.step.call];
    if (
      call &&
      !startedCalls.has(traceStep.step.call) &&
      !isStoreBufferFlush(program, traceStep.task)
    ) {
      startedCalls.add(traceStep.step.call);
      lines.push({
        task: traceStep.task,
        kind: 'call',
        text: callExpression(call.call),
        step: traceStep.index,
        call: traceStep.step.call,
        depth: 0,
        relevant: true,
      });
    }
    const before = state.slice();
    lines.push(...linesOfStep(trace, traceStep, before, decisive, wait));
    step(program, state, traceStep.task);
    addBlockedTasks(traceStep.index, false);
  }
  addBlockedTasks(trace.steps.length - 1, true);
  return lines;
}

function depthOf(program: Program, step: Step): number {
  const call = program.calls[step.call];
  const first = call && program.tasks[call.task]?.steps[call.start];
  const colons = step.id.split(':').length - 1;
  return colons > 0
    ? colons
    : first && step.routine !== first.routine && !first.id.startsWith('FILE.')
      ? 1
      : 0;
}

function linesOfStep(
  trace: Trace,
  traceStep: TraceStep,
  before: Int32Array,
  decisive: ReadonlySet<number>,
  wait: Wait | undefined,
): TraceLine[] {
  const { program } = trace;
  const depth = depthOf(program, traceStep.step);
  const violates = traceStep.violations.length > 0;
  const observed = before.slice();
  return traceStep.events.flatMap((event): TraceLine[] => {
    const { template } = event;
    if (template.kind === 'write' || template.kind === 'count')
      observed[template.field] = event.value;
    const line = { task: traceStep.task, step: traceStep.index, call: traceStep.step.call, depth };
    if (wait && template.kind === 'lock' && wait.kind === 'mutex' && wait.field === template.field)
      return [{ ...line, kind: 'acquired', text: '/* acquired */', relevant: true }];
    if (wait && template.kind === 'wait')
      return [{ ...line, kind: 'acquired', text: '/* completed */', relevant: true }];
    if (template.kind === 'violation') return [];
    const text = eventText(program, event, observed);
    if (template.kind === 'return' || template.kind === 'skip')
      return [{ ...line, kind: 'result', depth: 0, text, relevant: true }];
    return [
      {
        ...line,
        kind: 'event',
        text,
        relevant: violates ? template.kind !== 'say' : isRelevant(event, decisive),
      },
    ];
  });
}

/** An event as a line of C, an observed value as a C comment. `now` is the state at the event. */
function eventText(program: Program, event: StepEvent, now: Int32Array): string {
  const { template, value } = event;
  switch (template.kind) {
    case 'lock':
    case 'trylock':
    case 'unlock':
      return `${lockCall(template.kind, template.rwsem)}(&${cFieldName(program, template.field)})`;
    case 'write': {
      const observed = formatFieldValue(program, template.field, value);
      return template.release
        ? `smp_store_release(&${cFieldName(program, template.field)}, ${observed})`
        : `${cFieldName(program, template.field)} = ${observed}`;
    }
    case 'read': {
      const fields = [...new Set(template.fields)];
      const only = fields[0];
      if (only !== undefined && fields.length === 1) {
        const observed = formatFieldValue(program, only, now[only] ?? 0);
        return template.acquire
          ? `smp_load_acquire(&${cFieldName(program, only)}) /* ${observed} */`
          : `/* ${cFieldName(program, only)} == ${observed} */`;
      }
      return `/* ${value ? template.text : negateCondition(template.text)} */`;
    }
    case 'count': {
      const name = cFieldName(program, template.field);
      const isRefcount = program.fields[template.field]?.kind === 'refcount';
      return `${isRefcount ? `refcount_${template.by > 0 ? 'inc' : 'dec'}(&${name})` : `${name}${template.by > 0 ? '++' : '--'}`} /* == ${value} */`;
    }
    case 'alloc':
      return `${cObjectName(program, template.object)} = alloc()`;
    case 'free':
      return `free(${cObjectName(program, template.object)})`;
    case 'fops':
      return `${cObjectName(program, template.object)}->f_op = ${template.to} fops`;
    case 'fdInstall':
      return `fd_install(${template.fd})`;
    case 'fdRemove':
      return `fd_remove(${template.fd})`;
    case 'queueRelease':
      return `/* last reference of ${cObjectName(program, template.object)}: release at return */`;
    case 'runRelease':
      return `${cObjectName(program, template.object)}->f_op->release()`;
    case 'complete':
      return `complete(&${cFieldName(program, template.field)})`;
    case 'wait':
      return `wait_for_completion(&${cFieldName(program, template.field)})`;
    case 'fail':
      return `/* ${template.object === undefined ? '' : `${cObjectName(program, template.object)} refuses: `}${template.reason} */`;
    case 'return': {
      const call = program.calls[template.call];
      const errno = call?.errnos[value - 1];
      return `= ${errno === undefined ? (call?.call.as ?? '0') : callErrorText(errno)}`;
    }
    case 'skip':
      return `/* skipped: ${template.reason} */`;
    case 'driverOp':
      return `ops->${template.name}()`;
    case 'warn':
      return `WARN_ON(1) /* ${template.reason} */`;
    case 'say':
      return `/* ${template.text} */`;
    case 'violation':
      return `/* ${template.property}: ${template.text} */`;
  }
}

/** The negation of a condition, in the shortest form. */
function negateCondition(text: string): string {
  if (/^[\w>.-]+$/.test(text)) return `!${text}`;
  const not = /^!\(?([\w>.-]+)\)?$/.exec(text);
  if (not?.[1] !== undefined) return not[1];
  const compared = /^([\w>.-]+) ([=!])= ([\w>.-]+)$/.exec(text);
  return compared
    ? `${compared[1]} ${compared[2] === '=' ? '!' : '='}= ${compared[3]}`
    : `!(${text})`;
}

const ALWAYS_RELEVANT: ReadonlySet<string> = new Set([
  'fail',
  'fops',
  'warn',
  'skip',
  'complete',
  'wait',
  'free',
]);

function isRelevant({ template }: StepEvent, decisive: ReadonlySet<number>): boolean {
  if (ALWAYS_RELEVANT.has(template.kind)) return true;
  if (template.kind === 'read') return template.fields.some((field) => decisive.has(field));
  return (
    'field' in template &&
    (decisive.has(template.field) || (template.kind === 'write' && template.release))
  );
}

/** Fields that a failing step read, and fields (no refcounts) that several tasks use and one writes, up to the violation that the run is about. */
function decisiveFields(
  { program, steps }: Trace,
  subject: TraceViolation | undefined,
): ReadonlySet<number> {
  const users = new Map<number, Set<number>>();
  const written = new Set<number>();
  const decisive = new Set<number>();
  for (const traceStep of subject ? steps.slice(0, subject.step + 1) : steps) {
    const fails = traceStep.events.some((e) => e.template.kind === 'fail');
    for (const { template } of traceStep.events) {
      if (template.kind === 'read' && fails)
        template.fields.forEach((field) => decisive.add(field));
      const fields =
        template.kind === 'read'
          ? template.fields
          : template.kind === 'write' || template.kind === 'count'
            ? [template.field]
            : [];
      for (const field of fields) {
        users.set(field, (users.get(field) ?? new Set()).add(traceStep.task));
        if (template.kind !== 'read') written.add(field);
      }
    }
  }
  for (const [field, tasks] of users)
    if (tasks.size > 1 && written.has(field) && program.fields[field]?.kind !== 'refcount')
      decisive.add(field);
  return decisive;
}
