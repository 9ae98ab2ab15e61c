import { describe, expect, it } from 'vitest';
import { NO_FOLDED_GROUPS } from '../../../graph/model/groupFolding';
import { comparisonOf } from '../../../session/queries/comparison';
import { sessionOf } from '../../../session/testing/sessionOf';
import { snapshotAt } from '../../../session/trace/replay';
import { shapeFor } from '../../stage/camera/bestShape';
import { fitViewport, layoutBounds, boundsOf, type PixelSize } from '../../stage/camera/viewport';
import { nodesOfPath, sceneOf } from '../../stage/scene';
import { sharedLayoutsOf } from './sharedLayouts';

/** Of the stages of two, three and four designs, at 1440x900 and 1920x1080. */
const SIZES: readonly PixelSize[] = [
  { width: 698, height: 602 },
  { width: 462, height: 602 },
  { width: 698, height: 267 },
  { width: 938, height: 782 },
  { width: 622, height: 782 },
  { width: 938, height: 357 },
];

/** The end of each run of a comparison of all designs, as its stage of this size shows it. */
function endsOf(id: string, size: PixelSize) {
  const { timeline } = comparisonOf(sessionOf(id).getState());
  if (!timeline) throw new Error(`${id}: no run`);
  return timeline.runs.map((run) => {
    const sharedLayout = sharedLayoutsOf(timeline).get(run);
    const [end] = run.path.slice(-1).map(snapshotAt);
    if (!end || !sharedLayout) throw new Error(`${run.name}: no step`);
    const { layout, graph } = sceneOf(end, {
      foldedGroups: NO_FOLDED_GROUPS,
      shape: shapeFor(end.program, NO_FOLDED_GROUPS, size, sharedLayout),
      arrangement: 1,
      sharedLayout,
    });
    return { name: run.name, sharedLayout, layout, graph };
  });
}

describe.each(SIZES)('compared stages of $width x $height px', (size) => {
  it('have the objects that designs share at the same places', () => {
    for (const id of ['bind-race', 'first-race', 'hot-reset', 'fd-passing']) {
      const ends = endsOf(id, size);
      expect(ends[1]?.sharedLayout, id).toBe(ends[3]?.sharedLayout);
      for (const a of ends)
        for (const b of ends)
          if (a.sharedLayout === b.sharedLayout)
            for (const [node, slot] of a.layout.grid.slots) {
              const other = b.layout.grid.slots.get(node);
              if (other) expect(other, `${id}: ${node} in ${a.name} and ${b.name}`).toEqual(slot);
              expect(layoutBounds(a.layout).width).toBe(layoutBounds(b.layout).width);
            }
    }
  });

  it('are filled by the graphs of bind-race', () => {
    for (const { name, layout, graph } of endsOf('bind-race', size)) {
      const nodes = boundsOf(graph.nodes.map(({ placement }) => placement));
      const { zoom } = fitViewport(layoutBounds(layout), size);
      expect(
        (nodes.width * nodes.height * zoom ** 2) / (size.width * size.height),
        `${name}: fraction of the stage`,
      ).toBeGreaterThan(0.5);
    }
  });
});

it('has a place for every node of every step', () => {
  const { timeline } = comparisonOf(sessionOf('bind-race').getState());
  if (!timeline) throw new Error('no run');
  for (const run of timeline.runs) {
    const options = {
      foldedGroups: NO_FOLDED_GROUPS,
      shape: { columns: 4, maxTextRows: 4 },
      arrangement: 0,
    };
    const sharedLayout = sharedLayoutsOf(timeline).get(run);
    expect([...nodesOfPath(run.path)].every((id) => sharedLayout?.nodes.has(id))).toBe(true);
    for (const snapshot of run.path.map(snapshotAt)) {
      const ids = (shared: typeof sharedLayout): string[] =>
        sceneOf(snapshot, { ...options, sharedLayout: shared })
          .graph.nodes.map(({ id }) => id)
          .toSorted();
      expect(ids(sharedLayout)).toEqual(ids(undefined));
    }
  }
});
