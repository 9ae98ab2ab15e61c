import { waitBlockers, waitText } from '../kernel/machine/describeEvent';
import {
  initialState,
  inCall,
  step as move,
  currentWait,
  type StepEvent,
} from '../kernel/machine/machine';
import type { Program, Step, Wait } from '../kernel/compiler/program';
import type { Trace, TraceStep } from '../scenario/run/trace';
import { cObjectName, cFieldName, formatFieldValue } from './format';
import { callExpression } from '../scenario/format/callText';

/** One line of a run as C-like text. */
export interface TraceLine {
  readonly task: number;
  readonly kind: 'call' | 'result' | 'event' | 'blocks' | 'acquired';
  readonly text: string;
  /** Index into `Trace.steps`; the last step made for what blocks at the end. */
  readonly step: number;
  /** Index into `Program.calls`. */
  readonly call: number;
  /** Nested routines: 0 in the call's own. */
  readonly depth: number;
  /** Whether the outcome hangs on it. */
  readonly relevant: boolean;
}

/** All lines of a run in time order, with what blocks and what comes of it. */
export function traceLinesOf(trace: Trace): readonly TraceLine[] {
  const { program } = trace;
  const decisive = decisiveFields(trace);
  const state = initialState(program);
  const rows: TraceLine[] = [];
  const begun = new Set<number>();
  const waiting = new Map<number, Wait>();
  const noteBlocks = (at: number, end: boolean): void => {
    for (const { index: task } of program.tasks) {
      const wait = currentWait(program, state, task);
      if (
        !wait ||
        waiting.has(task) ||
        (!end && (wait.kind === 'name' || !inCall(program, state, task)))
      )
        continue;
      waiting.set(task, wait);
      const next = program.tasks[task]?.steps[state[program.tasks[task]?.pc ?? 0] ?? 0];
      if (!next) continue;
      const call = program.calls[next.call];
      const depth = depthOf(program, next);
      const row = { task, step: at, call: next.call, relevant: true };
      if (call && !begun.has(next.call)) {
        begun.add(next.call);
        rows.push({ ...row, kind: 'call', text: callExpression(call.call), depth: 0 });
      }
      if (wait.kind !== 'name')
        rows.push({
          ...row,
          kind: 'event',
          depth,
          text:
            wait.kind === 'mutex'
              ? `mutex_lock(&${cFieldName(program, wait.field)})`
              : `wait_for_completion(&${cFieldName(program, wait.field)})`,
        });
      const by = waitBlockers(program, state, wait).join(', ');
      rows.push({
        ...row,
        kind: 'blocks',
        depth,
        text:
          wait.kind === 'name'
            ? `/* waits for ${waitText(program, wait)}${by === '' ? '' : `, made by ${by}`} */`
            : `/* blocks${by === '' ? '' : `: held by ${by}`} */`,
      });
    }
  };
  for (const s of trace.steps) {
    const wait = waiting.get(s.task);
    waiting.delete(s.task);
    const call = program.calls[s.step.call];
    if (call && !begun.has(s.step.call) && !isStoreBufferFlush(program, s.task)) {
      begun.add(s.step.call);
      rows.push({
        task: s.task,
        kind: 'call',
        text: callExpression(call.call),
        step: s.index,
        call: s.step.call,
        depth: 0,
        relevant: true,
      });
    }
    const before = state.slice();
    rows.push(...linesOfStep(trace, s, before, decisive, wait));
    move(program, state, s.task);
    noteBlocks(s.index, false);
  }
  noteBlocks(trace.steps.length - 1, true);
  return rows;
}

function isStoreBufferFlush(program: Program, task: number): boolean {
  return program.tasks[task]?.name.includes(':') === true;
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
  s: TraceStep,
  before: Int32Array,
  decisive: ReadonlySet<number>,
  wait: Wait | undefined,
): TraceLine[] {
  const { program } = trace;
  const depth = depthOf(program, s.step);
  const broken = s.violations.length > 0;
  const seen = before.slice();
  return s.events.flatMap((event): TraceLine[] => {
    const { template: note } = event;
    if (note.kind === 'write' || note.kind === 'count') seen[note.field] = event.value;
    const row = { task: s.task, step: s.index, call: s.step.call, depth };
    if (wait && note.kind === 'lock' && wait.kind === 'mutex' && wait.field === note.field)
      return [{ ...row, kind: 'acquired', text: '/* acquired */', relevant: true }];
    if (wait && note.kind === 'wait')
      return [{ ...row, kind: 'acquired', text: '/* completed */', relevant: true }];
    if (note.kind === 'violation') return [];
    const text = eventText(program, event, seen);
    if (note.kind === 'return' || note.kind === 'skip')
      return [{ ...row, kind: 'result', depth: 0, text, relevant: true }];
    return [
      {
        ...row,
        kind: 'event',
        text,
        relevant: broken ? note.kind !== 'say' : isRelevant(event, decisive),
      },
    ];
  });
}

/** An event as a line of C, or as a C comment for what was seen: `now` is the state at that event. */
function eventText(program: Program, event: StepEvent, now: Int32Array): string {
  const { template: note, value } = event;
  switch (note.kind) {
    case 'lock':
      return `mutex_lock(&${cFieldName(program, note.field)})`;
    case 'unlock':
      return `mutex_unlock(&${cFieldName(program, note.field)})`;
    case 'write': {
      const seen = formatFieldValue(program, note.field, value);
      return note.release
        ? `smp_store_release(&${cFieldName(program, note.field)}, ${seen})`
        : `${cFieldName(program, note.field)} = ${seen}`;
    }
    case 'read': {
      const fields = [...new Set(note.fields)];
      const only = fields[0];
      if (only !== undefined && fields.length === 1) {
        const seen = formatFieldValue(program, only, now[only] ?? 0);
        return note.acquire
          ? `smp_load_acquire(&${cFieldName(program, only)}) /* ${seen} */`
          : `/* ${cFieldName(program, only)} == ${seen} */`;
      }
      return `/* ${value ? note.text : negateCondition(note.text)} */`;
    }
    case 'count': {
      const place = cFieldName(program, note.field);
      const counted = program.fields[note.field]?.kind === 'refcount';
      return `${counted ? `refcount_${note.by > 0 ? 'inc' : 'dec'}(&${place})` : `${place}${note.by > 0 ? '++' : '--'}`} /* == ${value} */`;
    }
    case 'alloc':
      return `${cObjectName(program, note.object)} = alloc()`;
    case 'free':
      return `free(${cObjectName(program, note.object)})`;
    case 'fops':
      return `${cObjectName(program, note.object)}->f_op = ${note.to} fops`;
    case 'fdInstall':
      return `fd_install(${note.fd})`;
    case 'fdRemove':
      return `fd_remove(${note.fd})`;
    case 'queueRelease':
      return `/* last reference of ${cObjectName(program, note.object)}: release at return */`;
    case 'runRelease':
      return `${cObjectName(program, note.object)}->f_op->release()`;
    case 'complete':
      return `complete(&${cFieldName(program, note.field)})`;
    case 'wait':
      return `wait_for_completion(&${cFieldName(program, note.field)})`;
    case 'fail':
      return `/* ${note.object === undefined ? '' : `${cObjectName(program, note.object)} refuses: `}${note.reason} */`;
    case 'return': {
      const call = program.calls[note.call];
      const errno = call?.errnos[value - 1];
      return `= ${errno === undefined ? (call?.call.as ?? '0') : `-${errno}`}`;
    }
    case 'skip':
      return `/* skipped: ${note.missing} was not made */`;
    case 'driverOp':
      return `ops->${note.name}()`;
    case 'warn':
      return `WARN_ON(1) /* ${note.reason} */`;
    case 'say':
      return `/* ${note.text} */`;
    case 'violation':
      return `/* ${note.property}: ${note.text} */`;
  }
}

/** The opposite of a condition, in the shortest form. */
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

function isRelevant({ template: note }: StepEvent, decisive: ReadonlySet<number>): boolean {
  if (ALWAYS_RELEVANT.has(note.kind)) return true;
  if (note.kind === 'read') return note.fields.some((f) => decisive.has(f));
  return 'field' in note && (decisive.has(note.field) || (note.kind === 'write' && note.release));
}

/** Fields that tasks fight over, or that a refusal was decided on, or that belong to what a violation names. */
function decisiveFields({ program, steps }: Trace): ReadonlySet<number> {
  const users = new Map<number, Set<number>>();
  const written = new Set<number>();
  const found = new Set<number>();
  const stop = steps.findIndex((s) => s.violations.length > 0);
  for (const s of stop < 0 ? steps : steps.slice(0, stop + 1)) {
    const refuses = s.events.some((e) => e.template.kind === 'fail');
    for (const { template: note } of s.events) {
      if (note.kind === 'read' && refuses) note.fields.forEach((f) => found.add(f));
      const fields =
        note.kind === 'read'
          ? note.fields
          : note.kind === 'write' || note.kind === 'count'
            ? [note.field]
            : [];
      for (const f of fields) {
        users.set(f, (users.get(f) ?? new Set()).add(s.task));
        if (note.kind !== 'read') written.add(f);
      }
    }
  }
  for (const [f, tasks] of users)
    if (tasks.size > 1 && written.has(f) && program.fields[f]?.kind !== 'refcount') found.add(f);
  return found;
}
