import { expect, it, vi } from 'vitest';
import { designById } from '../../designs/designs';
import { openScenario } from '../../session/trace/openScenario';
import { seekTo } from '../../session/actions/stepping';
import { setSelection } from '../../session/actions/selection';
import { createSession } from '../../session/store/session';
import { sessionOf } from '../../session/testing/sessionOf';
import type { Scenario } from '../../scenario/format/scenario';
import { LIBRARY } from '../../scenario/library/library';
import { currentBranch } from '../../session/trace/run';
import { createStageStore } from './stageStore';
import { syncWithSession } from './stageSync';

const SIZE = { width: 1440, height: 900 };
const devices = [0, 1, 2, 3, 4, 5, 6, 7];
const scenario: Scenario = {
  title: 'crowd',
  about: '',
  design: designById('upstream')?.id ?? '',
  options: {},
  schedule: 'sequential',
  beats: [],
  expect: undefined,
  world: {
    devices: devices.map((i) => ({ name: `vfio${i}`, group: String(10 + (i >> 1)) })),
    processes: ['qemu', 'dpdk'],
  },
  calls: ['qemu', 'dpdk'].flatMap((by, i) => [
    { by, call: 'open_cdev' as const, device: `vfio${i}`, as: `fd${i}` },
    { by, call: 'open_iommufd' as const, as: `ictx${i}` },
    { by, call: 'bind_iommufd' as const, fd: `fd${i}`, iommufd: `ictx${i}` },
  ]),
};

function openCrowdedStage() {
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
  const opened = openScenario(scenario, undefined);
  if (!opened.ok) throw new Error(opened.errors.map((each) => each.message).join('; '));
  const session = createSession(opened.run.setup, opened.run);
  const end = currentBranch(opened.run).tip.depth;
  seekTo(session, 0);
  const stage = createStageStore(session, SIZE);
  syncWithSession(stage, session);
  return { session, stage, end };
}

it('notifies only the nodes and edges that a step changes', () => {
  const { session, stage, end } = openCrowdedStage();
  const notified: string[] = [];
  const subscribed = new Set<string>();
  const subscribeAll = (): void => {
    const { nodesById, edgesById } = stage.getState();
    for (const id of nodesById.keys())
      if (!subscribed.has(id)) stage.viewStates.nodes.subscribe(id, () => notified.push(id));
    for (const id of edgesById.keys())
      if (!subscribed.has(id)) stage.viewStates.edges.subscribe(id, () => notified.push(id));
    for (const id of [...nodesById.keys(), ...edgesById.keys()]) subscribed.add(id);
  };
  let [notifications, touched] = [0, 0];
  for (let depth = 1; depth <= end; depth += 1) {
    subscribeAll();
    const old = stage.getState();
    const before = new Map(
      [...subscribed].map((id) => [
        id,
        [stage.viewStates.nodes.get(id), stage.viewStates.edges.get(id)],
      ]),
    );
    notified.length = 0;
    seekTo(session, depth);
    const now = stage.getState();
    const changed = [...subscribed].filter(
      (id) =>
        JSON.stringify(before.get(id)) !==
        JSON.stringify([stage.viewStates.nodes.get(id), stage.viewStates.edges.get(id)]),
    );
    expect(notified.toSorted(), `step ${depth}`).toEqual(changed.toSorted());
    // React Flow remounts a node if its object and index change.
    const oldNodes = new Map(old.flowNodes.map((node) => [node.id, node]));
    for (const node of now.flowNodes)
      if (oldNodes.has(node.id)) expect(node).toBe(oldNodes.get(node.id));
    notifications += notified.length;
    touched += now.scene.touched.size;
  }
  expect(touched).toBeGreaterThan(end);
  expect(notifications / end).toBeLessThan(stage.getState().nodesById.size / 2);
});

it('notifies nothing if nothing changes, and two nodes if the selection moves', () => {
  const { session, stage, end } = openCrowdedStage();
  seekTo(session, end);
  const notified: string[] = [];
  for (const id of stage.getState().nodesById.keys())
    stage.viewStates.nodes.subscribe(id, () => notified.push(id));
  seekTo(session, end);
  session.setState({ announcement: 'something else' });
  expect(notified).toEqual([]);
  setSelection(session, 'vfio0');
  notified.length = 0;
  setSelection(session, 'vfio1');
  expect(notified.filter((id) => id.startsWith('vfio_device:')).toSorted()).toEqual([
    'vfio_device:vfio0',
    'vfio_device:vfio1',
  ]);
});

it('dims neither a lock that a task waits for, nor the task, nor the holder', () => {
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
  const entry = LIBRARY.find(({ id }) => id === 'bind-race');
  if (!entry) throw new Error('no bind-race');
  const opened = openScenario(entry.scenario, undefined);
  if (!opened.ok) throw new Error(opened.errors.map((each) => each.message).join('; '));
  const session = createSession(opened.run.setup, opened.run);
  const stage = createStageStore(session, SIZE);
  syncWithSession(stage, session);
  let waits = 0;
  for (let depth = currentBranch(opened.run).tip.depth; depth > 0; depth--) {
    seekTo(session, depth);
    expect(stage.getState().dimUntouched).toBe(true);
    for (const { id, style, source, target } of stage.getState().edgeList) {
      if (style !== 'wait' && style !== 'hold') continue;
      waits++;
      expect(stage.viewStates.edges.get(id).dimmed, `${id} at step ${depth}`).toBe(false);
      for (const node of [source, target])
        expect(stage.viewStates.nodes.get(node).dimmed, `${node} at step ${depth}`).toBe(false);
    }
  }
  expect(waits).toBeGreaterThan(0);
});

it('does not name a failed call of a task whose last call succeeded', () => {
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
  const session = sessionOf('hot-reset');
  seekTo(session, currentBranch(session.getState().run).tip.depth);
  const { view } = createStageStore(session, SIZE).viewStates.nodes.get('process:qemu');
  const [task] = view?.kind === 'process' ? view.tasks : [];
  expect(task).toMatchObject({ status: 'refused', call: '1 call failed' });
  expect(task?.detail).toContain('hot_reset (-');
});
