import { describe, expect, it } from 'vitest';
import { initialState } from '../../../kernel/machine/machine';
import { testProgram } from '../../../graph/testing/testDesign';
import { toGraph } from '../../../graph/model/toGraph';
import { nodeInDirection } from './nodeInDirection';

const program = testProgram();
const list = toGraph(program, initialState(program)).nodes;
const place = (id: string | undefined): { readonly x: number; readonly y: number } =>
  list.find((node) => node.id === id)?.placement ?? expect.fail(String(id));

describe('arrow keys on the stage', () => {
  it.each([
    ['ArrowLeft', -1, 0],
    ['ArrowRight', 1, 0],
    ['ArrowUp', 0, -1],
    ['ArrowDown', 0, 1],
  ])('%s goes the way it points', (key, dx, dy) => {
    const ways = list.flatMap(({ id }) => {
      const next = nodeInDirection({ nodesInReadingOrder: list, tabStop: id }, key);
      return next === undefined
        ? []
        : [(place(next).x - place(id).x) * dx + (place(next).y - place(id).y) * dy];
    });
    expect(ways.length).toBeGreaterThan(2);
    expect(ways.filter((way) => way <= 0)).toEqual([]);
  });

  it('reach every node from the first', () => {
    const reached = new Set([list[0]?.id]);
    // A set is walked with what is added on the way.
    for (const active of reached)
      for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'])
        reached.add(nodeInDirection({ nodesInReadingOrder: list, tabStop: active }, key) ?? active);
    expect(reached.size).toBe(list.length);
  });

  it('leave other keys alone', () => {
    expect(nodeInDirection({ nodesInReadingOrder: list, tabStop: undefined }, 'a')).toBeUndefined();
    expect(nodeInDirection({ nodesInReadingOrder: list, tabStop: undefined }, 'End')).toBe(
      list.at(-1)?.id,
    );
  });
});
