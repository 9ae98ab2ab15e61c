import { describe, expect, it } from 'vitest';
import { initialState, step } from '../../kernel/machine/machine';
import type { Point } from '../layout/geometry';
import { tasksInWaitCycle } from './taskWaits';
import { testProgram } from '../testing/testDesign';
import { toGraph } from './toGraph';

const program = testProgram([
  { by: 'a', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
  { by: 'a', call: 'open_iommufd', as: 'i1' },
  { by: 'a', call: 'bind_iommufd', fd: 'fd1', iommufd: 'i1' },
  { by: 'b', call: 'open_cdev', device: 'vfio1', as: 'fd2' },
  { by: 'b', call: 'open_iommufd', as: 'i2' },
  { by: 'b', call: 'bind_iommufd', fd: 'fd2', iommufd: 'i2' },
]);

/** Both stand before the lock of their device, which the named tasks hold. */
function stateBeforeLocks(owners: Readonly<Record<string, string>>): Int32Array {
  const state = initialState(program);
  const index = (name: string): number => program.tasks.findIndex((task) => task.name === name);
  for (const name of ['a', 'a', 'a', 'b', 'b', 'b']) step(program, state, index(name));
  for (const [device, owner] of Object.entries(owners)) {
    const lock =
      program.objects.find((slot) => slot.name === device)?.fields['lock'] ?? expect.fail(device);
    state[lock] = index(owner) + 1;
  }
  return state;
}

interface Segment {
  readonly horizontal: boolean;
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** The straight parts between the corners of an edge. */
function segmentsOf(corners: readonly Point[]): readonly Segment[] {
  return corners.slice(1).map((b, i): Segment => {
    const a = corners[i] ?? b;
    const level = Math.abs(a.y - b.y) < 0.5;
    return {
      horizontal: level,
      at: level ? a.y : a.x,
      from: Math.min(level ? a.x : a.y, level ? b.x : b.y),
      to: Math.max(level ? a.x : a.y, level ? b.x : b.y),
    };
  });
}

/** How far two stretches run beside one another; far where they do not, or hardly longer than a corner. */
function trackDistance(a: Segment, b: Segment): number {
  return a.horizontal === b.horizontal && Math.min(a.to, b.to) - Math.max(a.from, b.from) > 8
    ? Math.abs(a.at - b.at)
    : Infinity;
}

const cycleTaskNames = (state: Int32Array): readonly (string | undefined)[] =>
  [...tasksInWaitCycle(program, state)].map((task) => program.tasks[task]?.name);

describe('a circle of waits', () => {
  it('is two tasks that hold what the other waits for', () => {
    expect(cycleTaskNames(stateBeforeLocks({ vfio0: 'b', vfio1: 'a' }))).toEqual(['a', 'b']);
  });

  it('is one task that waits for what it holds', () => {
    expect(cycleTaskNames(stateBeforeLocks({ vfio0: 'a' }))).toEqual(['a']);
  });

  it('is not a task that waits for one that can go on', () => {
    expect(cycleTaskNames(stateBeforeLocks({ vfio0: 'b' }))).toEqual([]);
  });

  it('is drawn as a circle: every edge leads on to the next', () => {
    const edges = toGraph(program, stateBeforeLocks({ vfio0: 'b', vfio1: 'a' })).edges.filter(
      (edge) => edge.inCycle,
    );
    expect(edges.map((edge) => `${edge.source} ${edge.style} ${edge.target}`)).toEqual([
      'process:a wait vfio_device:vfio0',
      'vfio_device:vfio0 hold process:b',
      'process:b wait vfio_device:vfio1',
      'vfio_device:vfio1 hold process:a',
    ]);
  });

  it('can be followed: each edge on a track of its own, with a head on its way and a label beside the others', () => {
    const { edges, nodes } = toGraph(program, stateBeforeLocks({ vfio0: 'b', vfio1: 'a' }));
    const circle = edges.filter((edge) => edge.inCycle);
    const tracks = circle.map((edge) => segmentsOf(edge.waypoints));
    for (const [i, one] of tracks.entries())
      for (const other of tracks.slice(i + 1))
        for (const a of one)
          for (const b of other)
            expect(
              trackDistance(a, b),
              `${JSON.stringify(a)} ${JSON.stringify(b)}`,
            ).toBeGreaterThanOrEqual(3);
    for (const { midpoint: middle, waypoints } of circle)
      expect(
        segmentsOf(waypoints).some(
          (each) =>
            middle &&
            (each.horizontal
              ? middle.y === each.at && middle.x > each.from && middle.x < each.to
              : middle.x === each.at && middle.y > each.from && middle.y < each.to),
        ),
      ).toBe(true);
    const boxes = circle.map(({ labelPosition: { x, y }, label }) => ({
      x: x - label.length * 3.3,
      y: y - 8,
      width: label.length * 6.6,
      height: 16,
    }));
    for (const [i, box] of boxes.entries())
      for (const other of [
        ...boxes.slice(i + 1),
        ...nodes.filter((node) => node.kind !== 'process').map((node) => node.placement),
      ])
        expect(
          box.x + box.width <= other.x ||
            other.x + other.width <= box.x ||
            box.y + box.height <= other.y ||
            other.y + other.height <= box.y,
          JSON.stringify([box, other]),
        ).toBe(true);
  });
});
