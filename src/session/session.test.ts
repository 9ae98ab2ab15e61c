import { expect, it } from 'vitest';
import { DESIGNS } from '../designs/index';
import { parseScenario } from '../scenario/parse';
import type { Scenario } from '../scenario/scenario';
import { actorsOf } from './actions';
import { currentFrame } from './frame';
import { redo, undo } from './history';
import { runCall, seek, startCall, step, runTask } from './moves';
import { exportScenario, openText } from './open';
import { openScenario } from './openScenario';
import { createSession, type Session } from './session';
import { enabledTasks } from './turns';

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

function sandbox(): Session {
  const opened = openScenario(scenario(), undefined);
  if (!opened.ok) throw new Error(JSON.stringify(opened.errors));
  return createSession(opened.run.setup, opened.run);
}

function press(session: Session, actor: string, title: string, make = runCall): void {
  const found = actorsOf(currentFrame(session.getState()))
    .find((each) => each.name === actor)
    ?.actions.flatMap((each) => each.choices)
    .find((each) => each.title === title);
  if (!found) throw new Error(`${actor} has no ${title}`);
  expect(make(session, found.call)).toBeUndefined();
}

const stateOf = (session: Session): number[] => [...currentFrame(session.getState()).state];

it('walks the cdev path by buttons; undo and redo restore every state', () => {
  const session = sandbox();
  const seen = [stateOf(session)];
  for (const title of [
    'Open vfio0',
    'Open /dev/iommu',
    'Bind fd1 to ictx1',
    'Allocate an IOAS in ictx1',
    'Attach fd1 to ioas1',
    'Use fd1',
  ]) {
    press(session, 'qemu', title);
    seen.push(stateOf(session));
  }
  expect(enabledTasks(currentFrame(session.getState()))).toEqual([]);
  for (const state of seen.toReversed().slice(1)) {
    undo(session);
    expect(stateOf(session)).toEqual(state);
  }
  for (const state of seen.slice(1)) {
    redo(session);
    expect(stateOf(session)).toEqual(state);
  }
});

it('acting in the past forks and keeps the old future', () => {
  const session = sandbox();
  press(session, 'qemu', 'Open vfio0');
  press(session, 'qemu', 'Close fd1');
  seek(session, 0);
  press(session, 'dpdk', 'Open vfio0');
  const { branches, branch } = session.getState().run;
  expect(branches).toHaveLength(2);
  expect(branch).toBe(2);
});

it('a busy task leaves the next call to another thread', () => {
  const session = sandbox();
  press(session, 'qemu', 'Open vfio0', startCall);
  press(session, 'qemu', 'Open /dev/iommu', startCall);
  expect(enabledTasks(currentFrame(session.getState()))).toEqual(['qemu', 'qemu/2']);
  step(session, 'qemu/2');
  runTask(session, 'qemu');
});

it('unregister blocks on the open fd and ends after its close', () => {
  const session = sandbox();
  press(session, 'qemu', 'Open vfio0');
  press(session, 'driver', 'Unregister vfio0');
  expect(session.getState().announcement).toContain('waits');
  press(session, 'qemu', 'Close fd1');
  runTask(session, 'driver');
  expect(enabledTasks(currentFrame(session.getState()))).toEqual([]);
});

it('an export opens again at the same state; a broken file changes nothing', () => {
  const session = sandbox();
  press(session, 'qemu', 'Open vfio0');
  const before = session.getState().run;
  const text = exportScenario(session);
  openText(session, 'broken.json', '{ "format": 1');
  openText(session, 'other.json', text.replace('open_cdev', 'open_sesame'));
  expect(session.getState().run).toBe(before);
  expect(session.getState().messages[1]?.lines[0]).toContain('calls[0].call');
  const state = stateOf(session);
  openText(session, 'good.json', text);
  seek(session, 10_000);
  expect(stateOf(session)).toEqual(state);
});
