import { expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { registerDesigns } from '../../designs/registry';
import { maxLayoutSize } from '../../graph/layout/graphLayout';
import type { NodeView } from '../../graph/model/graph';
import { dispatch } from '../../session/actions/dispatch';
import { availableCalls } from '../../session/queries/availableCalls';
import { sessionOf } from '../../session/testing/sessionOf';
import { currentSnapshot } from '../../session/trace/replay';
import { shapeFor } from './camera/bestShape';
import { sceneOf, type Scene } from './scene';
import { initialFoldedGroups } from './setupDefaults';

registerDesigns(DESIGNS);

it.each(['bind-race', 'first-race'])('calls by hand in %s keep the fields and columns', (id) => {
  const session = sessionOf(id);
  const start = currentSnapshot(session.getState());
  const foldedGroups = initialFoldedGroups(start);
  const options = {
    foldedGroups,
    shape: shapeFor(start.program, foldedGroups, { width: 844, height: 545 }),
    arrangement: 0,
  };
  const scene = (): Scene => sceneOf(currentSnapshot(session.getState()), options);
  const nodesOf = ({ graph }: Scene): ReadonlyMap<string, NodeView> =>
    new Map(graph.nodes.map((node) => [node.id, node]));
  let before = scene();
  let compared = 0;
  for (const [process, title] of [
    ['qemu', 'Open vfio0'],
    ['qemu', 'Open /dev/iommu'],
    ['dpdk', 'Open vfio0'],
    ['dpdk', 'Open /dev/iommu'],
  ]) {
    const choice = availableCalls(currentSnapshot(session.getState()))
      .flatMap(({ calls }) => calls.flatMap(({ choices }) => choices))
      .find((each) => each.call.by === process && each.title === title);
    if (!choice) throw new Error(`${process} cannot ${title}`);
    dispatch(session, 'run-call', choice);
    const after = scene();
    const nodes = nodesOf(after);
    for (const [nodeId, old] of nodesOf(before)) {
      const node = nodes.get(nodeId);
      const where = `${process}: ${title}: ${nodeId}`;
      expect(node?.placement, where).toMatchObject({
        x: old.placement.x,
        height: old.placement.height,
      });
      if (node?.kind !== 'object' || old.kind !== 'object') continue;
      if (before.touched.has(nodeId) || after.touched.has(nodeId)) continue;
      expect(node.visibleFields, where).toEqual(old.visibleFields);
      compared++;
    }
    before = after;
  }
  expect(compared).toBeGreaterThan(10);
  // Nothing is laid out afresh for a graph that still grows to the planned size.
  const own = currentSnapshot(session.getState()).program;
  const size = maxLayoutSize(start.program, foldedGroups, options.shape);
  const ownSize = maxLayoutSize(own, foldedGroups, options.shape);
  expect(ownSize.width).toBeGreaterThanOrEqual(size.width);
  expect(ownSize.height).toBeGreaterThanOrEqual(size.height);
});
