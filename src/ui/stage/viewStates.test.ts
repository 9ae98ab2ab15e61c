import { expect, it, vi } from 'vitest';
import { designById } from '../../designs/designs';
import { openScenario } from '../../session/trace/openScenario';
import { seekTo } from '../../session/actions/stepping';
import { setSelection } from '../../session/actions/selection';
import { createSession } from '../../session/store/session';
import type { Scenario } from '../../scenario/format/scenario';
import { createStageStore, syncWithSession } from './stageStore';
import { currentBranch } from '../../session/trace/run';

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
  const stage = createStageStore(session);
  syncWithSession(stage, session);
  return { session, stage, end };
}

it('asks of a step only the nodes and edges that it changes, and keeps what stays', () => {
  const { session, stage, end } = openCrowdedStage();
  const asked: string[] = [];
  const heard = new Set<string>();
  const listen = (): void => {
    const { nodesById: nodes, edgesById: edges } = stage.getState();
    for (const id of nodes.keys())
      if (!heard.has(id)) stage.viewStates.nodes.subscribe(id, () => asked.push(id));
    for (const id of edges.keys())
      if (!heard.has(id)) stage.viewStates.edges.subscribe(id, () => asked.push(id));
    for (const id of [...nodes.keys(), ...edges.keys()]) heard.add(id);
  };
  let [sum, changed] = [0, 0];
  for (let depth = 1; depth <= end; depth += 1) {
    listen();
    const old = stage.getState();
    const before = new Map(
      [...heard].map((id) => [
        id,
        [stage.viewStates.nodes.get(id), stage.viewStates.edges.get(id)],
      ]),
    );
    asked.length = 0;
    seekTo(session, depth);
    const now = stage.getState();
    const differ = [...heard].filter(
      (id) =>
        JSON.stringify(before.get(id)) !==
        JSON.stringify([stage.viewStates.nodes.get(id), stage.viewStates.edges.get(id)]),
    );
    expect(asked.toSorted(), `step ${depth}`).toEqual(differ.toSorted());
    // React Flow mounts a node anew when it gets another object for it at another place.
    const kept = new Map(old.flowNodes.map((node) => [node.id, node]));
    for (const node of now.flowNodes) if (kept.has(node.id)) expect(node).toBe(kept.get(node.id));
    sum += asked.length;
    changed += now.scene.touched.size;
  }
  expect(changed).toBeGreaterThan(end);
  expect(sum / end).toBeLessThan(stage.getState().nodesById.size / 2);
});

it('asks nobody where nothing changes, and two nodes where the selection moves', () => {
  const { session, stage, end } = openCrowdedStage();
  seekTo(session, end);
  const asked: string[] = [];
  for (const id of stage.getState().nodesById.keys())
    stage.viewStates.nodes.subscribe(id, () => asked.push(id));
  seekTo(session, end);
  session.setState({ announcement: 'something else' });
  expect(asked).toEqual([]);
  setSelection(session, 'vfio0');
  asked.length = 0;
  setSelection(session, 'vfio1');
  expect(asked.filter((id) => id.startsWith('vfio_device:')).toSorted()).toEqual([
    'vfio_device:vfio0',
    'vfio_device:vfio1',
  ]);
});
