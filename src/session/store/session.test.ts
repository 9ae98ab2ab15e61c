import { expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { parseScenario } from '../../scenario/format/parseScenario';
import type { Scenario } from '../../scenario/format/scenario';
import { availableCalls } from '../queries/availableCalls';
import { currentSnapshot } from '../trace/replay';
import { redo, undo } from './undo';
import { runCall, seekTo, startCall, stepTask, runTask } from '../actions/stepping';
import { openScenario } from '../trace/openScenario';
import { createSession, type Session } from './session';
import { enabledTasks } from '../trace/scheduler';
import { openScenarioText } from '../actions/openScenarioFile';
import { makeSessionScenario } from '../queries/sessionScenario';
import { narration } from '../queries/captions';
import { switchBranch } from '../actions/branches';
import { sessionOf } from '../testing/sessionOf';

function scenario(): Scenario {
  const design = DESIGNS[0]?.id;
  const parsed = parseScenario({
    format: 'vfio-playground/scenario@1',
    title: 'Sandbox',
    design,
    world: { devices: [{ name: 'vfio0', group: '12' }], processes: ['qemu', 'dpdk'] },
    calls: [],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.scenario;
}

function emptySession(): Session {
  const opened = openScenario(scenario(), undefined);
  if (!opened.ok) throw new Error(JSON.stringify(opened.errors));
  return createSession(opened.run.setup, opened.run);
}

function clickCall(session: Session, actor: string, title: string, make = runCall): void {
  const found = availableCalls(currentSnapshot(session.getState()))
    .find((each) => each.name === actor)
    ?.calls.flatMap((each) => each.choices)
    .find((each) => each.title === title);
  if (!found) throw new Error(`${actor} has no ${title}`);
  expect(make(session, found.call)).toBeUndefined();
}

const stateWords = (session: Session): number[] => [...currentSnapshot(session.getState()).state];

it('runs the cdev path call by call; undo and redo restore every state', () => {
  const session = emptySession();
  const seen = [stateWords(session)];
  for (const title of [
    'Open vfio0',
    'Open /dev/iommu',
    'Bind fd1 to iommufd1',
    'Allocate an IOAS in iommufd1',
    'Attach fd1 to ioas1',
    'Use fd1',
  ]) {
    clickCall(session, 'qemu', title);
    seen.push(stateWords(session));
  }
  expect(enabledTasks(currentSnapshot(session.getState()))).toEqual([]);
  for (const state of seen.toReversed().slice(1)) {
    undo(session);
    expect(stateWords(session)).toEqual(state);
  }
  for (const state of seen.slice(1)) {
    redo(session);
    expect(stateWords(session)).toEqual(state);
  }
});

it('a call in the past forks a branch and keeps the old one', () => {
  const session = emptySession();
  clickCall(session, 'qemu', 'Open vfio0');
  clickCall(session, 'qemu', 'Close fd1');
  seekTo(session, 0);
  clickCall(session, 'dpdk', 'Open vfio0');
  const { branches, branchId: branch } = session.getState().run;
  expect(branches).toHaveLength(2);
  expect(branch).toBe(2);
});

it('a second call of a busy process runs on another thread', () => {
  const session = emptySession();
  clickCall(session, 'qemu', 'Open vfio0', startCall);
  clickCall(session, 'qemu', 'Open /dev/iommu', startCall);
  expect(enabledTasks(currentSnapshot(session.getState()))).toEqual(['qemu', 'qemu/2']);
  stepTask(session, 'qemu/2');
  runTask(session, 'qemu');
});

it('unregister blocks on the open fd and returns after its close', () => {
  const session = emptySession();
  clickCall(session, 'qemu', 'Open vfio0');
  clickCall(session, 'driver', 'Unregister vfio0');
  expect(session.getState().announcement).toContain('waits');
  clickCall(session, 'qemu', 'Close fd1');
  runTask(session, 'driver');
  expect(enabledTasks(currentSnapshot(session.getState()))).toEqual([]);
});

it('an export opens again at the same state; a broken file changes nothing', () => {
  const session = emptySession();
  clickCall(session, 'qemu', 'Open vfio0');
  const before = session.getState().run;
  const text = makeSessionScenario(session);
  openScenarioText(session, 'broken.json', '{ "format": 1');
  openScenarioText(session, 'other.json', text.replace('open_cdev', 'open_sesame'));
  expect(session.getState().run).toBe(before);
  expect(session.getState().notifications.at(-1)?.lines[0]).toContain('calls[0].call');
  const state = stateWords(session);
  openScenarioText(session, 'good.json', text);
  seekTo(session, 10_000);
  expect(stateWords(session)).toEqual(state);
});

it('an own call puts the pending calls away on a branch, with the names of the scenario', () => {
  const session = sessionOf('bind-race');
  const walkthrough = session.getState().run;
  clickCall(session, 'qemu', 'Open vfio0');
  clickCall(session, 'dpdk', 'Open vfio0');
  clickCall(session, 'qemu', 'Open /dev/iommu');
  const { program } = currentSnapshot(session.getState());
  expect(program.calls.map(({ call }) => call.as)).toEqual(['fd1', 'fd2', 'iommufd1']);
  expect(enabledTasks(currentSnapshot(session.getState()))).toEqual([]);
  clickCall(session, 'qemu', 'Open vfio0');
  expect(currentSnapshot(session.getState()).program.calls.at(-1)?.call.as).toBe('fd3');
  const { branches } = session.getState().run;
  expect(branches.map(({ name }) => name)).toEqual(['main', 'branch 2']);
  for (let made = 0; made < 4; made += 1) undo(session);
  expect(session.getState().run).toEqual({ ...walkthrough, branches });
  clickCall(session, 'qemu', 'Open vfio0');
  expect(session.getState().run.branches).toEqual(branches);
  switchBranch(session, 1);
  expect(stateWords(session)).toEqual(stateWords(sessionOf('bind-race')));
});

it('an own call in the middle of a call keeps what has started', () => {
  const session = sessionOf('bind-race');
  seekTo(session, 20);
  clickCall(session, 'dpdk', 'Use fd2');
  const { program } = currentSnapshot(session.getState());
  expect(program.calls.map(({ call }) => `${call.by} ${call.call}`)).toEqual([
    'qemu open_cdev',
    'dpdk open_cdev',
    'qemu open_iommufd',
    'dpdk open_iommufd',
    'qemu bind_iommufd',
    'dpdk device_io',
  ]);
  runTask(session, 'qemu');
  expect(narration(session.getState())).toBe('bind_iommufd(fd1, iommufd1) of qemu succeeds');
});

it('captions appear on steps that do what they do in the walkthrough', () => {
  const session = sessionOf('bind-race');
  const said = (): string | undefined => narration(session.getState());
  seekTo(session, 49);
  expect(said()).toContain('open_count is not 0');
  // The other process binds first: the same step succeeds.
  seekTo(session, 0);
  for (const task of ['dpdk', 'dpdk', 'dpdk', 'qemu', 'qemu', 'qemu']) runTask(session, task);
  for (let depth = 1; depth <= session.getState().run.cursor; depth += 1)
    expect(narration({ run: { ...session.getState().run, cursor: depth } })).not.toContain(
      'open_count is not 0',
    );
  expect(said()).toMatch(/^bind_iommufd\(fd1, iommufd1\) of qemu fails with -EINVAL: /);
});
