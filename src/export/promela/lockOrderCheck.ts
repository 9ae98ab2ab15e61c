import type { Program } from '../../kernel/compiler/program';
import { eachStatement } from '../../kernel/language/statements';
import type { PromelaContext } from './promelaContext';
import { violationStatement } from './promelaContext';

/** The mutexes that some step takes (by field index), and the tasks that do. */
export function tasksByLock(program: Program): ReadonlyMap<number, ReadonlySet<number>> {
  const found = new Map<number, Set<number>>();
  for (const task of program.tasks) {
    for (const step of task.steps) {
      eachStatement(step.body, (s) => {
        const note = s.op === 'emit' ? program.eventTemplates[s.event] : undefined;
        if (note?.kind === 'lock')
          found.set(note.field, (found.get(note.field) ?? new Set()).add(task.index));
      });
    }
  }
  return found;
}

/** More locks than this do not fit one number's bits. */
const MAX_LOCKS = 30;

/** Whether the model can state lock-order: a circle takes two locks, and their set is one number. */
export function canStateLockOrder(locks: readonly number[]): boolean {
  return locks.length >= 2 && locks.length <= MAX_LOCKS;
}

/**
 * Property lock-order: before[b] is the set of locks that were ever held while b was taken, or come before those. It grows over
 * the whole search, so it is no part of a state.
 */
export function lockOrderDeclarations({ locks, names }: PromelaContext): string {
  if (!canStateLockOrder(locks)) return '';
  const n = locks.length;
  return [
    '/* Locks, as bits of a set: */',
    ...locks.map((f, i) => `/* ${1 << i}: ${names.field(f)} */`),
    '/* before[b]: the locks that were held while b was taken, and those that come before them. One that comes before itself closes a circle. */',
    `hidden int before[${n}];`,
    'hidden int held;',
    'hidden byte lock;',
    'inline took(taken) {',
    '  if',
    '  :: (held & ~before[taken]) == 0 -> skip',
    '  :: else ->',
    '      lock = 0;',
    '      do',
    `      :: lock < ${n} -> held = ((held & (1 << lock)) != 0 -> held | before[lock] : held); lock++`,
    '      :: else -> break',
    '      od;',
    '      lock = 0;',
    '      do',
    `      :: lock < ${n} -> before[lock] = ((lock == taken || (before[lock] & (1 << taken)) != 0) -> before[lock] | held : before[lock]); lock++`,
    '      :: else -> break',
    '      od;',
    `      if :: (before[taken] & (1 << taken)) != 0 -> ${violationStatement('lock-order')} :: else -> skip fi`,
    '  fi;',
    '  held = 0',
    '}',
  ].join('\n');
}

/** What a task does when it has taken `lock`: it tells which others it holds, of those that it ever takes. */
export function lockOrderStatements(
  { names, locks, tasksByLock: takers }: PromelaContext,
  task: number,
  lock: number,
  indent: string,
): string[] {
  const others = locks.filter((held) => held !== lock && takers.get(held)?.has(task));
  if (others.length === 0 || !canStateLockOrder(locks)) return [];
  const held = others
    .map((f) => `(${names.field(f)} == ${task + 1} -> ${1 << locks.indexOf(f)} : 0)`)
    .join(' + ');
  return [`${indent}held = ${held};`, `${indent}took(${locks.indexOf(lock)});`];
}
