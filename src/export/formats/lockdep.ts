import type { Export } from '../export';
import { initialState, step as move } from '../../kernel/machine/machine';
import { LockOrderGraph, locksHeld, type LockEdge } from '../../kernel/properties/lockOrder';
import type { Trace } from '../../scenario/run/trace';
import { toAscii, cFieldName, wrapText } from '../format';

/** The export `lockdep`. */
export const lockdepExport: Export = {
  id: 'lockdep',
  title: 'Lockdep-like report',
  extension: 'txt',
  order: 20,
  make: lockdepText,
};

const BAR = '======================================================';
const RULE = '------------------------------------------------------';

/** A report in the shape of the kernel's lockdep: the circle of lock orders of the run, or, where there is none, the orders that it took. */
function lockdepText(trace: Trace): string {
  const { program } = trace;
  const { edges, circle } = lockOrderOf(trace);
  const word = (field: number): string => toAscii(cFieldName(program, field));
  const task = (index: number): string => toAscii(program.tasks[index]?.name ?? '?');
  const lines = ['Simulated by vfio-playground, not a kernel log', '', BAR];
  const last = circle?.[0];
  if (!circle || !last) {
    lines.push('No circle of lock orders in this run.', RULE);
    lines.push(
      ...(edges.length === 0
        ? ['No lock was taken while another one was held.']
        : ['Orders seen (outer -> inner):']),
    );
    for (const e of edges)
      lines.push(
        ...wrapText(`  ${word(e.held)} -> ${word(e.taken)}  (${task(e.task)}, ${e.step})`, 72),
      );
    return `${lines.join('\n')}\n`;
  }
  const twice = last.held === last.taken;
  lines.push(
    `WARNING: ${twice ? 'possible recursive locking' : 'possible circular locking dependency'} detected`,
    `${toAscii(program.design.id)} (model)`,
    RULE,
  );
  lines.push(
    ...wrapText(`${task(last.task)} is trying to acquire lock:`, 72),
    ...wrapText(`  (${word(last.taken)}), at: ${last.step}`, 72),
    '',
    'but task is already holding lock:',
    ...wrapText(`  (${word(last.held)})`, 72),
    '',
  );
  lines.push(
    'which lock already depends on the new lock.',
    '',
    'the existing dependency chain (in reverse order) is:',
  );
  circle.forEach((e, i) =>
    lines.push(
      '',
      ...wrapText(`-> #${circle.length - 1 - i} (${word(e.taken)}):`, 72),
      ...wrapText(`       taken by ${task(e.task)} in ${e.step}`, 72),
      ...wrapText(`       while holding (${word(e.held)})`, 72),
    ),
  );
  lines.push(
    '',
    ' Possible unsafe locking scenario:',
    '',
    cpuRow('CPU0', 'CPU1'),
    cpuRow('----', '----'),
  );
  const cell = (field: number): string => `lock(${word(field)});`;
  const other = circle.at(-1) ?? last;
  lines.push(
    ...(twice
      ? [cpuRow(cell(last.held), ''), cpuRow(cell(last.taken), '')]
      : [
          cpuRow(cell(last.held), ''),
          cpuRow('', cell(other.taken === last.held ? other.held : last.taken)),
          cpuRow('', cell(last.held)),
          cpuRow(cell(last.taken), ''),
        ]),
  );
  lines.push('', ' *** DEADLOCK ***');
  return `${lines.join('\n')}\n`;
}

/** CPU0 at column 7, CPU1 at column 31. */
function cpuRow(left: string, right: string): string {
  return `${' '.repeat(7)}${left.padEnd(right === '' ? 0 : 23)}${right === '' ? '' : ` ${right}`}`;
}

function lockOrderOf({ program, steps }: Trace): {
  readonly edges: readonly LockEdge[];
  readonly circle: readonly LockEdge[] | undefined;
} {
  const graph = new LockOrderGraph();
  const state = initialState(program);
  const edges: LockEdge[] = [];
  for (const s of steps) {
    const held = locksHeld(program, state, s.task);
    for (const { template: note } of s.events) {
      if (note.kind === 'unlock') held.splice(held.indexOf(note.field), 1);
      if (note.kind !== 'lock') continue;
      for (const outer of held) {
        const edge = { held: outer, taken: note.field, task: s.task, step: s.step.name };
        if (!edges.some((e) => e.held === edge.held && e.taken === edge.taken)) edges.push(edge);
        const circle = graph.add(edge);
        if (circle) return { edges, circle };
      }
      held.push(note.field);
    }
    move(program, state, s.task);
  }
  return { edges, circle: undefined };
}
