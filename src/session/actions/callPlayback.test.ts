import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { dispatch, type CommandId } from './dispatch';
import { sessionOf } from '../testing/sessionOf';
import type { Session } from '../store/session';
import { currentSnapshot } from '../trace/replay';
import { taskStatuses } from '../queries/taskStatus';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const open = {
  title: 'Open vfio0',
  call: { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd9' },
} as const;

/** Opens a device from step 0, and returns every depth that was shown. */
function openDevice(): { readonly session: Session; readonly depths: readonly number[] } {
  const session = sessionOf('bind-race');
  const depths: number[] = [0];
  session.subscribe(({ run }) => {
    if (run.cursor !== depths.at(-1)) depths.push(run.cursor);
  });
  dispatch(session, 'run-call', open);
  return { session, depths };
}

function lengthOfCall(): number {
  const { session } = openDevice();
  vi.runAllTimers();
  return session.getState().run.cursor;
}

it('shows every step of a call that is run at once, and stops at its end', () => {
  const { session, depths } = openDevice();
  expect(session.getState().run.cursor).toBe(1);
  expect(session.getState().announcement).toContain('open');
  vi.runAllTimers();
  const end = session.getState().run.cursor;
  expect(end).toBeGreaterThan(4);
  expect(depths).toEqual(Array.from({ length: end + 1 }, (_, depth) => depth));
  expect(session.getState().settings.playing).toBe(false);
  expect(session.getState().callPlayback).toBeUndefined();
});

it('takes the whole call back with one undo, while it plays and afterwards', () => {
  for (const wait of [0, 5000]) {
    const { session } = openDevice();
    const undone = session.getState().undo.length;
    vi.advanceTimersByTime(wait);
    dispatch(session, 'undo');
    expect(session.getState().undo).toHaveLength(undone - 1);
    expect(session.getState().run.cursor).toBe(0);
    vi.runAllTimers();
    expect(session.getState().run.cursor).toBe(0);
  }
});

it('shows the end of the call at once when a control is used', () => {
  const end = lengthOfCall();
  for (const command of ['finish-call', 'forward', 'play-pause'] satisfies CommandId[]) {
    const { session } = openDevice();
    dispatch(session, command);
    expect(session.getState().run.cursor, command).toBe(end);
    expect(session.getState().settings.playing, command).toBe(false);
  }
  for (const command of ['step-task', 'run-task'] satisfies CommandId[]) {
    const { session } = openDevice();
    dispatch(session, command, { task: 'qemu' });
    expect(session.getState().run.cursor, command).toBe(end);
  }
  const { session } = openDevice();
  dispatch(session, 'run-call', open);
  expect(session.getState().undo).toHaveLength(1);
  expect(session.getState().run.cursor).toBe(end);
  dispatch(session, 'back');
  expect(session.getState().run.cursor).toBe(end - 1);
});

it('plays a call that blocks up to where it blocks', () => {
  const session = sessionOf('bind-race');
  const wait = () =>
    taskStatuses(currentSnapshot(session.getState())).find(({ name }) => name === 'dpdk')?.wait;
  for (const task of ['qemu', 'qemu', 'dpdk', 'dpdk']) {
    dispatch(session, 'run-task', { task });
    vi.runAllTimers();
  }
  for (let steps = 0; steps < 8; steps += 1) dispatch(session, 'step-task', { task: 'qemu' });
  dispatch(session, 'run-task', { task: 'dpdk' });
  expect(wait()).toBeUndefined();
  vi.runAllTimers();
  expect(wait()?.heldBy).toEqual(['qemu']);
  expect(session.getState().announcement).toMatch(/^dpdk waits in /);
});

it('jumps to the end with reduced motion', () => {
  const end = lengthOfCall();
  vi.stubGlobal('matchMedia', () => ({ matches: true }));
  const { depths } = openDevice();
  vi.unstubAllGlobals();
  expect(depths).toEqual([0, end]);
});
