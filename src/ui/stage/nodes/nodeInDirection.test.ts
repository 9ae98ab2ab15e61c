import { describe, expect, it } from 'vitest';
import type { Point } from '../../../graph/layout/geometry';
import { initialState } from '../../../kernel/machine/machine';
import { testProgram } from '../../../graph/testing/testDesign';
import { toGraph } from '../../../graph/model/toGraph';
import { nodeInDirection } from './nodeInDirection';

const program = testProgram();
const nodes = toGraph(program, initialState(program)).nodes;
const position = (id: string | undefined): Point =>
  nodes.find((node) => node.id === id)?.placement ?? expect.fail(String(id));

describe('nodeInDirection', () => {
  it.each([
    ['ArrowLeft', -1, 0],
    ['ArrowRight', 1, 0],
    ['ArrowUp', 0, -1],
    ['ArrowDown', 0, 1],
  ])('%s moves in its direction', (key, dx, dy) => {
    const distances = nodes.flatMap(({ id }) => {
      const next = nodeInDirection({ nodesInReadingOrder: nodes, tabStop: id }, key);
      return next === undefined
        ? []
        : [(position(next).x - position(id).x) * dx + (position(next).y - position(id).y) * dy];
    });
    expect(distances.length).toBeGreaterThan(2);
    expect(distances.filter((distance) => distance <= 0)).toEqual([]);
  });

  it('reaches every node from the first', () => {
    const reachable = new Set([nodes[0]?.id]);
    // The loop also visits nodes added during iteration.
    for (const tabStop of reachable)
      for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'])
        reachable.add(nodeInDirection({ nodesInReadingOrder: nodes, tabStop }, key) ?? tabStop);
    expect(reachable.size).toBe(nodes.length);
  });

  it('ignores other keys', () => {
    expect(
      nodeInDirection({ nodesInReadingOrder: nodes, tabStop: undefined }, 'a'),
    ).toBeUndefined();
    expect(nodeInDirection({ nodesInReadingOrder: nodes, tabStop: undefined }, 'End')).toBe(
      nodes.at(-1)?.id,
    );
  });
});
