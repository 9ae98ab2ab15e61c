import { describe, expect, it } from 'vitest';
import { LockOrderGraph } from './lockOrder';

const edge = (held: number, taken: number) => ({ held, taken, task: 0, step: `${held}->${taken}` });

describe('LockOrderGraph', () => {
  it('accepts consistent orders', () => {
    const g = new LockOrderGraph();
    expect([edge(1, 2), edge(2, 3), edge(1, 3), edge(1, 2)].map((e) => g.add(e))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('returns the whole cycle that an edge closes', () => {
    const g = new LockOrderGraph();
    g.add(edge(1, 2));
    g.add(edge(2, 3));
    expect(g.add(edge(3, 1))?.map((e) => e.step)).toEqual(['3->1', '1->2', '2->3']);
  });

  it('reports a mutex taken twice', () => {
    expect(new LockOrderGraph().add(edge(4, 4))).toHaveLength(1);
  });
});
