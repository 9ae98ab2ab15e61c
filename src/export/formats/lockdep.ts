import { designName, modifiedDesignText } from '../../kernel/language/design';
import type { Export } from '../export';
import { initialState, step } from '../../kernel/machine/machine';
import { LockOrderGraph, locksHeld, type LockEdge } from '../../kernel/properties/lockOrder';
import type { Trace } from '../../scenario/run/trace';
import { toAscii, cFieldName, wrapText } from '../format';

/** A report in the form of the kernel's lockdep: the first cycle in the lock order of a run or unlock of a lock that is not held, else the orders it took. */
export const lockdepExport: Export = {
  id: 'lockdep',
  title: 'Lockdep-like report',
  extension: 'txt',
  order: 20,
  make: lockdepText,
};

const BAR = '======================================================';
/** A spinlock is taken and released within one atomic step, so a run has no event of it. */
const SCOPE =
  'Mutexes and read-write semaphores only: the model holds a spinlock (such as kvm_ref_lock or xa_lock) within one step, so an order under or over one is not listed.';
const RULE = '------------------------------------------------------';

function lockdepText(trace: Trace): string {
  const { program } = trace;
  const { edges, cycle, badUnlock } = lockOrderOf(trace);
  const lockName = (field: number): string => toAscii(cFieldName(program, field));
  const task = (index: number): string => toAscii(program.tasks[index]?.name ?? '?');
  const lines = ['Simulated by vfio-playground, not a kernel log', '', BAR];
  const last = cycle?.[0];
  const note = modifiedDesignText(program.design);
  const design = `${toAscii(designName(program.design, program.options))} (model${note === undefined ? '' : `, ${note}`})`;
  if (badUnlock) {
    lines.push('WARNING: bad unlock balance detected!', design, RULE);
    lines.push(...wrapText(`${task(badUnlock.task)} ${toAscii(badUnlock.text)}`, 72));
    lines.push(...wrapText(`  at: ${badUnlock.step}`, 72));
    return `${lines.join('\n')}\n`;
  }
  if (!cycle || !last) {
    lines.push('No cycle in the lock order of this run.', RULE);
    lines.push(
      ...(edges.length === 0
        ? ['No lock was taken while another one was held.']
        : ['Orders seen (outer -> inner):']),
    );
    for (const e of edges)
      lines.push(
        ...wrapText(
          `  ${lockName(e.held)} -> ${lockName(e.taken)}  (${task(e.task)}, ${e.step})`,
          72,
        ),
      );
    lines.push('', ...wrapText(SCOPE, 72));
    return `${lines.join('\n')}\n`;
  }
  const isRecursive = last.held === last.taken;
  lines.push(
    `WARNING: ${isRecursive ? 'possible recursive locking' : 'possible circular locking dependency'} detected`,
    design,
    RULE,
  );
  lines.push(
    ...wrapText(`${task(last.task)} is trying to acquire lock:`, 72),
    ...wrapText(`  (${lockName(last.taken)}), at: ${last.step}`, 72),
    '',
    'but task is already holding lock:',
    ...wrapText(`  (${lockName(last.held)})`, 72),
    '',
  );
  lines.push(
    'which lock already depends on the new lock.',
    '',
    'the existing dependency chain (in reverse order) is:',
  );
  cycle.forEach((e, i) =>
    lines.push(
      '',
      ...wrapText(`-> #${cycle.length - 1 - i} (${lockName(e.taken)}):`, 72),
      ...wrapText(`       taken by ${task(e.task)} in ${e.step}`, 72),
      ...wrapText(`       while holding (${lockName(e.held)})`, 72),
    ),
  );
  lines.push(
    '',
    ' Possible unsafe locking scenario:',
    '',
    cpuRow('CPU0', 'CPU1'),
    cpuRow('----', '----'),
  );
  const cell = (field: number): string => `lock(${lockName(field)});`;
  const other = cycle.at(-1) ?? last;
  lines.push(
    ...(isRecursive
      ? [cpuRow(cell(last.held), ''), cpuRow(cell(last.taken), '')]
      : [
          cpuRow(cell(last.held), ''),
          cpuRow('', cell(other.taken === last.held ? other.held : last.taken)),
          cpuRow('', cell(last.held)),
          cpuRow(cell(last.taken), ''),
        ]),
  );
  lines.push('', ' *** DEADLOCK ***', '');
  lines.push(...wrapText(`Only the locks of this cycle are listed. ${SCOPE}`, 72));
  return `${lines.join('\n')}\n`;
}

/** CPU0 at column 7, CPU1 at column 31. */
function cpuRow(left: string, right: string): string {
  return `${' '.repeat(7)}${left.padEnd(right === '' ? 0 : 23)}${right === '' ? '' : ` ${right}`}`;
}

/** An unlock of a lock that the task does not hold; as print_unlock_imbalance_bug of kernel/locking/lockdep.c. */
interface BadUnlock {
  readonly text: string;
  readonly task: number;
  readonly step: string;
}

function lockOrderOf({ program, steps }: Trace): {
  readonly edges: readonly LockEdge[];
  readonly cycle?: readonly LockEdge[];
  readonly badUnlock?: BadUnlock;
} {
  const graph = new LockOrderGraph();
  const state = initialState(program);
  const edges: LockEdge[] = [];
  for (const traceStep of steps) {
    const held = locksHeld(program, state, traceStep.task);
    for (const { template } of traceStep.events) {
      // The property monitor finds cycles; a step reports only an unlock.
      if (template.kind === 'violation' && template.property === 'lock-order')
        return {
          edges,
          badUnlock: { text: template.text, task: traceStep.task, step: traceStep.step.name },
        };
      if (template.kind === 'unlock') held.splice(held.indexOf(template.field), 1);
      if (template.kind !== 'lock') continue;
      for (const outer of held) {
        const edge = {
          held: outer,
          taken: template.field,
          task: traceStep.task,
          step: traceStep.step.name,
        };
        if (!edges.some((e) => e.held === edge.held && e.taken === edge.taken)) edges.push(edge);
        const cycle = graph.add(edge);
        if (cycle) return { edges, cycle };
      }
      held.push(template.field);
    }
    step(program, state, traceStep.task);
  }
  return { edges };
}
