import { describe, expect, it } from 'vitest';
import { initialState, step } from '../../kernel/machine/machine';
import type { Point } from '../layout/geometry';
import { waitCycles } from '../../kernel/properties/noDeadlock';
import { testProgram } from '../testing/testDesign';
import { toGraph } from '../model/toGraph';

const program = testProgram([
  { by: 'a', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
  { by: 'a', call: 'open_iommufd', as: 'i1' },
  { by: 'a', call: 'bind_iommufd', fd: 'fd1', iommufd: 'i1' },
  { by: 'b', call: 'open_cdev', device: 'vfio1', as: 'fd2' },
  { by: 'b', call: 'open_iommufd', as: 'i2' },
  { by: 'b', call: 'bind_iommufd', fd: 'fd2', iommufd: 'i2' },
]);

/** Both tasks are about to take the lock of their device, which the named tasks hold. */
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
    const horizontal = Math.abs(a.y - b.y) < 0.5;
    return {
      horizontal,
      at: horizontal ? a.y : a.x,
      from: Math.min(horizontal ? a.x : a.y, horizontal ? b.x : b.y),
      to: Math.max(horizontal ? a.x : a.y, horizontal ? b.x : b.y),
    };
  });
}

/** The distance of two segments that run beside one another for more than a corner, else infinity. */
function trackDistance(a: Segment, b: Segment): number {
  return a.horizontal === b.horizontal && Math.min(a.to, b.to) - Math.max(a.from, b.from) > 8
    ? Math.abs(a.at - b.at)
    : Infinity;
}

const cyclesOf = (state: Int32Array): readonly (readonly (string | undefined)[])[] =>
  waitCycles(program, state).map((cycle) => cycle.map((task) => program.tasks[task]?.name));

describe('a wait cycle', () => {
  it('is two tasks that hold what the other waits for', () => {
    expect(cyclesOf(stateBeforeLocks({ vfio0: 'b', vfio1: 'a' }))).toEqual([['a', 'b']]);
  });

  it('is one task that waits for what it holds', () => {
    expect(cyclesOf(stateBeforeLocks({ vfio0: 'a' }))).toEqual([['a']]);
    expect(cyclesOf(stateBeforeLocks({ vfio0: 'a', vfio1: 'b' }))).toEqual([['a'], ['b']]);
    expect(cyclesOf(stateBeforeLocks({ vfio0: 'b', vfio1: 'b' }))).toEqual([['b']]);
  });

  it('is not a task that waits for one that can move', () => {
    expect(cyclesOf(stateBeforeLocks({ vfio0: 'b' }))).toEqual([]);
  });

  it('is drawn as a cycle of edges', () => {
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

  it('has each edge on its own track, with an arrow head on it and a label that covers nothing', () => {
    const { edges, nodes } = toGraph(program, stateBeforeLocks({ vfio0: 'b', vfio1: 'a' }));
    const cycle = edges.filter((edge) => edge.inCycle);
    const tracks = cycle.map((edge) => segmentsOf(edge.waypoints));
    for (const [i, track] of tracks.entries())
      for (const other of tracks.slice(i + 1))
        for (const a of track)
          for (const b of other)
            expect(
              trackDistance(a, b),
              `${JSON.stringify(a)} ${JSON.stringify(b)}`,
            ).toBeGreaterThanOrEqual(3);
    for (const { midpoint, waypoints } of cycle)
      expect(
        segmentsOf(waypoints).some(
          (segment) =>
            midpoint &&
            (segment.horizontal
              ? midpoint.y === segment.at && midpoint.x > segment.from && midpoint.x < segment.to
              : midpoint.x === segment.at && midpoint.y > segment.from && midpoint.y < segment.to),
        ),
      ).toBe(true);
    const labels = cycle.map(({ labelPosition: { x, y }, label }) => ({
      x: x - label.length * 3.3,
      y: y - 8,
      width: label.length * 6.6,
      height: 16,
    }));
    for (const [i, label] of labels.entries())
      for (const other of [
        ...labels.slice(i + 1),
        ...nodes.filter((node) => node.kind !== 'process').map((node) => node.placement),
      ])
        expect(
          label.x + label.width <= other.x ||
            other.x + other.width <= label.x ||
            label.y + label.height <= other.y ||
            other.y + other.height <= label.y,
          JSON.stringify([label, other]),
        ).toBe(true);
  });
});
