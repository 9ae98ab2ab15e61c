import type { Program } from '../compiler/program';
import type { Property } from './property';

/** The graph of "held while taking" has no cycle; found from the steps that ran, before any deadlock. */
export const lockOrder: Property = {
  id: 'lock-order',
  order: 12,
  label: 'I11',
  cite: 'docs/kernel-facts.md, I11',
  title: 'No lock cycle, no bad unlock',
  statement:
    'The order in which locks are taken has no cycle, no task takes a mutex twice, and none releases a mutex that it does not hold.',
  consequence:
    'A cycle deadlocks tasks that take its locks at the same time; a bad unlock lets tasks into the same critical section.',
  appliesTo: (p) => p.fields.some((f) => f.kind === 'mutex'),
  detectedIn: 'graph',
  checks: () => [],
};

/** An observed order: `taken` was acquired while `held` was held. */
export interface LockEdge {
  readonly held: number;
  readonly taken: number;
  readonly task: number;
  readonly step: string;
}

/** The locks (field indices) that a task holds. */
export function locksHeld(program: Program, state: Int32Array, task: number): number[] {
  const held: number[] = [];
  for (const f of program.fields)
    if (f.kind === 'mutex' && state[f.index] === task + 1) held.push(f.index);
  return held;
}

/** The lock-order graph. `add` returns the cycle that the new edge closes, as a list of edges, or undefined. */
export class LockOrderGraph {
  private readonly edges = new Map<number, LockEdge[]>();

  add(edge: LockEdge): readonly LockEdge[] | undefined {
    const from = this.edges.get(edge.held) ?? [];
    if (from.some((e) => e.taken === edge.taken)) return undefined;
    this.edges.set(edge.held, [...from, edge]);
    if (edge.held === edge.taken) return [edge];
    const back = this.path(edge.taken, edge.held, new Set());
    return back && [edge, ...back];
  }

  private path(from: number, to: number, seen: Set<number>): LockEdge[] | undefined {
    if (from === to) return [];
    seen.add(from);
    for (const e of this.edges.get(from) ?? []) {
      if (seen.has(e.taken)) continue;
      const rest = this.path(e.taken, to, seen);
      if (rest) return [e, ...rest];
    }
    return undefined;
  }
}
