import type { Program } from '../../kernel/compiler/program';
import type { Statement } from '../../kernel/language/statements';

/** `taken` may be acquired while `held` is held (field indices of mutexes). */
export interface LockDependency {
  readonly held: number;
  readonly taken: number;
}

/**
 * Every order in which some task may take locks by its code alone, whatever the state: no run has an order that is not
 * among these. Where they form no circle, neither a circle of orders nor a deadlock of mutexes is possible.
 */
export function possibleLockDependencies(program: Program): LockDependency[] {
  const found = new Map<string, LockDependency>();
  for (const task of program.tasks) {
    const held: (Set<number> | undefined)[] = task.steps.map(() => undefined);
    held[0] = new Set();
    const pending = [0];
    const reach = (pc: number, locks: ReadonlySet<number>): void => {
      if (pc >= task.steps.length) return;
      const known = held[pc];
      if (known && [...locks].every((l) => known.has(l))) return;
      held[pc] = new Set([...(known ?? []), ...locks]);
      pending.push(pc);
    };
    const order = (locks: ReadonlySet<number>, taken: number): void => {
      for (const h of locks) found.set(`${h} ${taken}`, { held: h, taken });
    };
    /** The locks held behind a body, undefined when it never gets there. */
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
          const note = program.eventTemplates[s.event];
          if (note?.kind === 'lock') {
            order(locks, note.field);
            locks = new Set([...locks, note.field]);
          } else if (note?.kind === 'unlock')
            locks = new Set([...locks].filter((l) => l !== note.field));
        }
        if (s.op === 'if') {
          const then = walk(s.then, locks);
          // A release of a lock that turns out not to be held: it is not held behind it either.
          const otherwise =
            then &&
            s.otherwise.length === 1 &&
            s.otherwise[0]?.op === 'violate' &&
            s.otherwise[0].property === 'lock-order'
              ? then
              : walk(s.otherwise, locks);
          if (!then && !otherwise) return undefined;
          locks = new Set([...(then ?? []), ...(otherwise ?? [])]);
        }
      }
      return locks;
    };
    for (let pc = pending.pop(); pc !== undefined; pc = pending.pop()) {
      const locks = held[pc]!;
      const step = task.steps[pc];
      if (!step) continue;
      for (const wait of step.waits) if (wait.kind === 'mutex') order(locks, wait.field);
      const after = walk(step.body, locks);
      if (after) reach(pc + 1, after);
    }
  }
  return [...found.values()];
}

/** The orders that lie on a circle. */
export function dependenciesOnCycles(orders: readonly LockDependency[]): LockDependency[] {
  const leads = (from: number, to: number): boolean => {
    const seen = new Set([from]);
    for (const at of seen) {
      if (at === to) return true;
      for (const o of orders) if (o.held === at) seen.add(o.taken);
    }
    return false;
  };
  return orders.filter((o) => leads(o.taken, o.held));
}

/** The simple circles of a few orders, each as its orders; at most `limit`. */
export function simpleLockCycles(
  orders: readonly LockDependency[],
  limit = 64,
): LockDependency[][] {
  const circles: LockDependency[][] = [];
  const follow = (path: readonly LockDependency[]): void => {
    const first = path[0]!;
    const last = path.at(-1)!;
    if (circles.length >= limit) return;
    if (last.taken === first.held) {
      circles.push([...path]);
      return;
    }
    for (const o of orders) {
      // Every circle is found once, from its smallest lock.
      if (o.held === last.taken && o.taken >= first.held && !path.some((p) => p.held === o.held))
        follow([...path, o]);
    }
  };
  for (const o of orders) if (o.taken >= o.held) follow([o]);
  return circles;
}
