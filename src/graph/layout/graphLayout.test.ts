import { describe, expect, it } from 'vitest';
import { nodeCatalogOf } from '../model/nodeCatalog';
import { testCalls, testProgram } from '../testing/testDesign';
import type { Rect } from './geometry';
import { layOutGraph, NARROW_SHAPE, withOpenRows, type LayoutShape } from './graphLayout';
import { columnSpacing } from './nodeMetrics';

const withOneMoreCall = testCalls.concat({
  by: 'b',
  call: 'open_cdev',
  device: 'vfio1',
  as: 'fd3',
});

function expectNoOverlap(rects: readonly Rect[]): void {
  for (const [i, a] of rects.entries())
    for (const b of rects.slice(i + 1))
      expect(
        a.x + a.width <= b.x ||
          b.x + b.width <= a.x ||
          a.y + a.height <= b.y ||
          b.y + b.height <= a.y,
        JSON.stringify([a, b]),
      ).toBe(true);
}

describe('layOutGraph', () => {
  it('places every node of the catalog without overlap', () => {
    const program = testProgram();
    const { placements } = layOutGraph(program);
    expect([...placements.keys()]).toEqual(nodeCatalogOf(program).nodes.map(({ id }) => id));
    expectNoOverlap([...placements.values()]);
  });

  it.each<LayoutShape>([
    NARROW_SHAPE,
    { columns: 5, maxTextRows: 3 },
    { columns: 4, maxTextRows: 3 },
    { columns: 9, maxTextRows: 6 },
  ])('fits into $columns columns without overlap', (shape) => {
    const rects = [...layOutGraph(testProgram(), undefined, undefined, shape).placements.values()];
    const width =
      Math.max(...rects.map((rect) => rect.x + rect.width)) - Math.min(...rects.map(({ x }) => x));
    expect(width).toBeLessThan(shape.columns * columnSpacing(shape.columns).pitch);
    expectNoOverlap(rects);
  });

  it('moves nothing when a call is added, at any position', () => {
    const before = layOutGraph(testProgram());
    for (const at of [0, 3, testCalls.length]) {
      const after = layOutGraph(
        testProgram(
          testCalls.toSpliced(at, 0, { by: 'b', call: 'open_cdev', device: 'vfio1', as: 'fd3' }),
        ),
        before,
      );
      expect(after.placements.has('file:fd3')).toBe(true);
      for (const [id, placement] of before.placements)
        expect(after.placements.get(id), id).toEqual(placement);
    }
  });

  it('keeps the slot of an object that the program stops and starts to have', () => {
    const first = layOutGraph(testProgram(withOneMoreCall));
    const without = layOutGraph(testProgram(), first);
    expect(layOutGraph(testProgram(withOneMoreCall), without).placements).toEqual(first.placements);
  });

  it('closes the rows without visible nodes, and keeps the order and the columns of the others', () => {
    const full = layOutGraph(testProgram());
    const ids = [...full.placements.keys()];
    const visible = ids.filter((id) => !id.startsWith('file:'));
    const closed = withOpenRows(full, visible);
    expect(closed.rows.length).toBeLessThan(full.rows.length);
    expect(closed.zones.map(({ lane }) => lane)).not.toContain('file');
    expectNoOverlap([...closed.placements.values()]);
    for (const id of visible) {
      const [before, after] = [full.placements.get(id), closed.placements.get(id)];
      expect(after?.x, id).toBe(before?.x);
      expect(after?.y, id).toBeLessThanOrEqual(before?.y ?? 0);
    }
    expect(withOpenRows(closed, ids).placements).toEqual(full.placements);
    expect(withOpenRows(full, visible)).toBe(closed);
  });

  it('shows the tasks of the driver in a zone for kernel tasks, which moves no object', () => {
    const without = layOutGraph(testProgram(testCalls.filter(({ by }) => by !== 'driver')));
    const { zones, placements } = layOutGraph(testProgram(), without);
    const inZone = (id: string): readonly string[] => {
      const zone = zones.find((each) => each.id === id);
      return [...placements].flatMap(([node, { x, y }]) =>
        zone && x >= zone.x && x < zone.x + zone.width && y >= zone.y && y < zone.y + zone.height
          ? [node]
          : [],
      );
    };
    expect(inZone('kernel')).toEqual(['process:driver']);
    expect(inZone('process')).toEqual(['process:a', 'process:b']);
    expect(zones.filter(({ title }) => title === 'kernel')).toHaveLength(1);
    expect(without.zones.map(({ title }) => title)).not.toContain('kernel');
    for (const [id, { x }] of without.placements) expect(placements.get(id)?.x, id).toBe(x);
  });

  it('is deterministic', () => {
    expect(layOutGraph(testProgram()).placements).toEqual(layOutGraph(testProgram()).placements);
  });
});
