import { expect, it } from 'vitest';
import { NARROW_SHAPE } from '../../graph/layout/graphLayout';
import { NO_FOLDED_GROUPS } from '../../graph/model/groupFolding';
import { expectedViolations } from '../../export/consequence';
import { sessionOf } from '../../session/testing/sessionOf';
import { branchPath, snapshotAt } from '../../session/trace/replay';
import { sceneOf } from './scene';
import { sceneState } from './sceneState';

it('dims nothing that a violation names, and puts the property of the scenario first', () => {
  const violated = branchPath(sessionOf('split-race').getState())
    .map(snapshotAt)
    .filter(({ violations }) => violations.length > 0);
  expect(violated.length).toBeGreaterThan(1);
  for (const snapshot of violated) {
    const { undimmed } = sceneState(
      sceneOf(snapshot, { foldedGroups: NO_FOLDED_GROUPS, shape: NARROW_SHAPE, arrangement: 0 }),
      undefined,
    );
    const expected = expectedViolations(snapshot.node.setup.scenario);
    const ranks = snapshot.violations.map(({ property }) => expected.indexOf(property));
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
    for (const { text } of snapshot.violations)
      for (const [name, id] of [
        ['group1', 'file:group1'],
        ['group 12', 'vfio_group:group 12'],
      ] as const)
        if (new RegExp(`\\b${name}\\b`).test(text)) expect(undimmed, text).toContain(id);
  }
  expect(
    violated.flatMap(({ violations }) => violations).some(({ text }) => text.startsWith('group1 ')),
  ).toBe(true);
});
