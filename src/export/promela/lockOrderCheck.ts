import type { Program } from '../../kernel/compiler/program';
import { eachStatement } from '../../kernel/language/statements';
import type { PromelaContext } from './promelaContext';
import { violationStatement } from './promelaContext';

/** The tasks that take each mutex, by its field index. */
export function tasksByLock(program: Program): ReadonlyMap<number, ReadonlySet<number>> {
  const takers = new Map<number, Set<number>>();
  for (const task of program.tasks) {
    for (const step of task.steps) {
      eachStatement(step.body, (statement) => {
        const template =
          statement.op === 'emit' ? program.eventTemplates[statement.event] : undefined;
        if (template?.kind === 'lock')
          takers.set(template.field, (takers.get(template.field) ?? new Set()).add(task.index));
      });
    }
  }
  return takers;
}

/** A set of locks is the bits of one int. */
const MAX_LOCKS = 30;

/** Whether the model can state lock-order: a cycle needs two locks, and at most `MAX_LOCKS` fit. */
export function canStateLockOrder(locks: readonly number[]): boolean {
  return locks.length >= 2 && locks.length <= MAX_LOCKS;
}

/**
 * Property lock-order: before[b] is the transitive set of locks that were ever held while b was taken. It grows during the
 * whole search, so it is not part of a state.
 */
export function lockOrderDeclarations({ locks, names }: PromelaContext): string {
  if (!canStateLockOrder(locks)) return '';
  const lockCount = locks.length;
  return [
    '/* Locks, as bits of a set: */',
    ...locks.map((f, i) => `/* ${1 << i}: ${names.field(f)} */`),
    '/* before[b]: the locks that were held while b was taken, transitively. A lock in its own set closes a cycle. */',
    `hidden int before[${lockCount}];`,
    'hidden int held;',
    'hidden byte lock;',
    'inline took(taken) {',
    '  if',
    '  :: (held & ~before[taken]) == 0 -> skip',
    '  :: else ->',
    '      lock = 0;',
    '      do',
    `      :: lock < ${lockCount} -> held = ((held & (1 << lock)) != 0 -> held | before[lock] : held); lock++`,
    '      :: else -> break',
    '      od;',
    '      lock = 0;',
    '      do',
    `      :: lock < ${lockCount} -> before[lock] = ((lock == taken || (before[lock] & (1 << taken)) != 0) -> before[lock] | held : before[lock]); lock++`,
    '      :: else -> break',
    '      od;',
    `      if :: (before[taken] & (1 << taken)) != 0 -> ${violationStatement('lock-order')} :: else -> skip fi`,
    '  fi;',
    '  held = 0',
    '}',
  ].join('\n');
}

/** The statements after a task takes `lock`: record it after the other locks that the task holds. */
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
