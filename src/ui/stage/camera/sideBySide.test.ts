import { expect, it } from 'vitest';
import { NO_FOLDED_GROUPS } from '../../../graph/model/groupFolding';
import { compareDesigns } from '../../../session/queries/compareDesigns';
import { sessionOf } from '../../../session/testing/sessionOf';
import { snapshotAt } from '../../../session/trace/replay';
import { nodesOfPath, sceneOf } from '../scene';
import { shapeFor } from './bestShape';
import { boundsOf, fitViewport, layoutBounds, type PixelSize } from './viewport';

/** Of the stages of two, three and four designs, at 1440x900 and 1920x1080. */
const SIZES: readonly PixelSize[] = [
  { width: 698, height: 602 },
  { width: 462, height: 602 },
  { width: 698, height: 267 },
  { width: 938, height: 782 },
  { width: 622, height: 782 },
  { width: 938, height: 357 },
];

for (const size of SIZES)
  it(`fills a stage of ${size.width}x${size.height} in every design`, () => {
    const columns = compareDesigns(sessionOf('bind-race').getState());
    columns.forEach((column, arrangement) => {
      if (!('compared' in column)) throw new Error(column.error);
      const { path } = column.compared;
      const [end] = path.slice(-1).map(snapshotAt);
      if (!end) throw new Error('no step');
      const shownNodes = nodesOfPath(path);
      const shape = shapeFor(end.program, NO_FOLDED_GROUPS, size, shownNodes);
      const { layout, graph } = sceneOf(end, {
        foldedGroups: NO_FOLDED_GROUPS,
        shape,
        arrangement,
        shownNodes,
      });
      const nodes = boundsOf(graph.nodes.map(({ placement }) => placement));
      const { zoom } = fitViewport(layoutBounds(layout), size);
      expect(
        (nodes.width * nodes.height * zoom ** 2) / (size.width * size.height),
        `${column.name}: fraction of the stage`,
      ).toBeGreaterThan(0.6);
      const cells = new Set(
        graph.nodes.map(({ id }) => {
          const slot = layout.slots.get(id);
          return `${slot?.row} ${slot?.column}`;
        }),
      );
      expect(
        cells.size / (layout.rows.length * layout.columns),
        `${column.name}: fraction of the cells of its lanes`,
      ).toBeGreaterThan(0.65);
    });
  });

it('has a place for every node of every step', () => {
  for (const column of compareDesigns(sessionOf('bind-race').getState())) {
    if (!('compared' in column)) throw new Error(column.error);
    const { path } = column.compared;
    const shape = { columns: 4, maxTextRows: 4 };
    const options = { foldedGroups: NO_FOLDED_GROUPS, shape, arrangement: 0 };
    const shownNodes = nodesOfPath(path);
    for (const snapshot of path.map(snapshotAt)) {
      const ids = (shown?: ReadonlySet<string>): string[] =>
        sceneOf(snapshot, { ...options, shownNodes: shown })
          .graph.nodes.map(({ id }) => id)
          .toSorted();
      expect(ids(shownNodes)).toEqual(ids());
    }
  }
});
