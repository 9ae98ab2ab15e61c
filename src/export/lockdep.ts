import { initialState, step as move } from '../kernel/machine';
import { LockGraph, locksHeld, type LockEdge } from '../kernel/properties/lockOrder';
import type { Trace } from '../scenario/trace';
import { ascii, placeWord, wrap } from './words';

const BAR = '======================================================';
const RULE = '------------------------------------------------------';

/** A report in the shape of the kernel's lockdep: the circle of lock orders of the run, or, where there is none, the orders that it took. */
export function lockdepText(trace: Trace): string {
  const { program } = trace;
  const { edges, circle } = ordersOf(trace);
  const word = (field: number): string => ascii(placeWord(program, field));
  const task = (index: number): string => ascii(program.tasks[index]?.name ?? '?');
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
        ...wrap(`  ${word(e.held)} -> ${word(e.taken)}  (${task(e.task)}, ${e.step})`, 72),
      );
    return `${lines.join('\n')}\n`;
  }
  const twice = last.held === last.taken;
  lines.push(
    `WARNING: ${twice ? 'possible recursive locking' : 'possible circular locking dependency'} detected`,
    `${ascii(program.design.id)} (model)`,
    RULE,
  );
  lines.push(
    ...wrap(`${task(last.task)} is trying to acquire lock:`, 72),
    ...wrap(`  (${word(last.taken)}), at: ${last.step}`, 72),
    '',
    'but task is already holding lock:',
    ...wrap(`  (${word(last.held)})`, 72),
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
      ...wrap(`-> #${circle.length - 1 - i} (${word(e.taken)}):`, 72),
      ...wrap(`       taken by ${task(e.task)} in ${e.step}`, 72),
      ...wrap(`       while holding (${word(e.held)})`, 72),
    ),
  );
  lines.push(
    '',
    ' Possible unsafe locking scenario:',
    '',
    cpus('CPU0', 'CPU1'),
    cpus('----', '----'),
  );
  const cell = (field: number): string => `lock(${word(field)});`;
  const other = circle.at(-1) ?? last;
  lines.push(
    ...(twice
      ? [cpus(cell(last.held), ''), cpus(cell(last.taken), '')]
      : [
          cpus(cell(last.held), ''),
          cpus('', cell(other.taken === last.held ? other.held : last.taken)),
          cpus('', cell(last.held)),
          cpus(cell(last.taken), ''),
        ]),
  );
  lines.push('', ' *** DEADLOCK ***');
  return `${lines.join('\n')}\n`;
}

/** CPU0 at column 7, CPU1 at column 31. */
function cpus(left: string, right: string): string {
  return `${' '.repeat(7)}${left.padEnd(right === '' ? 0 : 23)}${right === '' ? '' : ` ${right}`}`;
}

function ordersOf({ program, steps }: Trace): {
  readonly edges: readonly LockEdge[];
  readonly circle: readonly LockEdge[] | undefined;
} {
  const graph = new LockGraph();
  const state = initialState(program);
  const edges: LockEdge[] = [];
  for (const s of steps) {
    const held = locksHeld(program, state, s.task);
    for (const { note } of s.events) {
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
