import type { Program } from '../../kernel/compiler/program';
import { raisesCounter, waitsForCompletions } from '../../kernel/properties/noDeadlock';
import type { Statement } from '../../kernel/language/statements';

/** `taken` may be acquired while `held` is held. Both are field indices of mutexes. */
export interface LockDependency {
  readonly held: number;
  readonly taken: number;
}

/**
 * All lock dependencies that the code of the tasks allows, in any state. Every run has only dependencies among these. If they
 * form no cycle, neither a lock order violation nor a mutex deadlock is possible.
 */
export function possibleLockDependencies(program: Program): readonly LockDependency[] {
  return lockUseOf(program).dependencies;
}

interface LockUse {
  readonly dependencies: readonly LockDependency[];
  /** The steps that may wait for a completion with locks held. */
  readonly completionWaits: readonly {
    readonly task: number;
    readonly counter: number;
    readonly held: ReadonlySet<number>;
  }[];
}

const lockUses = new WeakMap<Program, LockUse>();

function lockUseOf(program: Program): LockUse {
  const known = lockUses.get(program) ?? findLockUse(program);
  lockUses.set(program, known);
  return known;
}

function findLockUse(program: Program): LockUse {
  const found = new Map<string, LockDependency>();
  const completionWaits: LockUse['completionWaits'][number][] = [];
  for (const task of program.tasks) {
    const held: (ReadonlySet<number> | undefined)[] = task.steps.map(() => undefined);
    held[0] = new Set();
    const pending = [0];
    const reach = (pc: number, locks: ReadonlySet<number>): void => {
      if (pc >= task.steps.length) return;
      const known = held[pc];
      if (known && isSubset(locks, known)) return;
      held[pc] = known ? new Set([...known, ...locks]) : locks;
      pending.push(pc);
    };
    const addDependencies = (locks: ReadonlySet<number>, taken: number): void => {
      for (const h of locks) found.set(`${h} ${taken}`, { held: h, taken });
    };
    /** The locks held after a body; undefined if every path jumps. */
    const walk = (
      body: readonly Statement[],
      start: ReadonlySet<number>,
    ): ReadonlySet<number> | undefined => {
      let locks = start;
      for (const s of body) {
        if (s.op === 'jump') {
          reach(s.pc, locks);
          return undefined;
        }
        if (s.op === 'emit') {
          const template = program.eventTemplates[s.event];
          if (template?.kind === 'lock') {
            addDependencies(locks, template.field);
            locks = new Set([...locks, template.field]);
          } else if (template?.kind === 'trylock') locks = new Set([...locks, template.field]);
          else if (template?.kind === 'unlock')
            locks = new Set([...locks].filter((l) => l !== template.field));
        }
        if (s.op === 'if') {
          const then = walk(s.then, locks);
          // The release of a lock that is not held: the lock is not held afterwards either.
          const otherwise =
            then &&
            s.otherwise.length === 1 &&
            s.otherwise[0]?.op === 'violate' &&
            s.otherwise[0].property === 'lock-order'
              ? then
              : walk(s.otherwise, locks);
          const after = heldAfterEither(then, otherwise);
          if (!after) return undefined;
          locks = after;
        }
      }
      return locks;
    };
    for (let pc = pending.pop(); pc !== undefined; pc = pending.pop()) {
      const locks = held[pc]!;
      const step = task.steps[pc];
      if (!step) continue;
      for (const wait of step.waits) {
        if (wait.kind === 'mutex') addDependencies(locks, wait.field);
        if (wait.kind === 'completion' && locks.size > 0)
          completionWaits.push({ task: task.index, counter: wait.counter, held: locks });
      }
      const after = walk(step.body, locks);
      if (after) reach(pc + 1, after);
    }
  }
  return { dependencies: [...found.values()], completionWaits };
}

/** The union; most branches take no lock, and one set serves both. */
function heldAfterEither(
  a: ReadonlySet<number> | undefined,
  b: ReadonlySet<number> | undefined,
): ReadonlySet<number> | undefined {
  if (!a || !b || a === b) return a ?? b;
  return new Set([...a, ...b]);
}

function isSubset(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  for (const each of a) if (!b.has(each)) return false;
  return true;
}

/**
 * Whether some task may wait for a completion while it holds a mutex that a task with a reference to drop may wait for.
 * Like `possibleLockDependencies`, by the code alone.
 */
export function mayDeadlockOnCompletion(program: Program): boolean {
  if (!waitsForCompletions(program)) return false;
  return lockUseOf(program).completionWaits.some(({ task, counter, held }) =>
    program.tasks.some(
      (t) =>
        t.index !== task &&
        (program.fds.some((fd) => fd.process === t.process) ||
          raisesCounter(program, t.index, counter)) &&
        t.steps.some((s) => s.waits.some((w) => w.kind === 'mutex' && held.has(w.field))),
    ),
  );
}

/** The dependencies that are on a cycle. */
export function dependenciesOnCycles(dependencies: readonly LockDependency[]): LockDependency[] {
  const reaches = (from: number, to: number): boolean => {
    const seen = new Set([from]);
    for (const at of seen) {
      if (at === to) return true;
      for (const o of dependencies) if (o.held === at) seen.add(o.taken);
    }
    return false;
  };
  return dependencies.filter((o) => reaches(o.taken, o.held));
}

/** The simple cycles of some dependencies, at most `limit`. */
export function simpleLockCycles(
  dependencies: readonly LockDependency[],
  limit = 64,
): LockDependency[][] {
  const cycles: LockDependency[][] = [];
  const follow = (path: readonly LockDependency[]): void => {
    const first = path[0]!;
    const last = path.at(-1)!;
    if (cycles.length >= limit) return;
    if (last.taken === first.held) {
      cycles.push([...path]);
      return;
    }
    for (const o of dependencies) {
      // Each cycle is found once, from its smallest lock.
      if (o.held === last.taken && o.taken >= first.held && !path.some((p) => p.held === o.held))
        follow([...path, o]);
    }
  };
  for (const o of dependencies) if (o.taken >= o.held) follow([o]);
  return cycles;
}
