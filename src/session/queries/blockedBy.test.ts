import { describe, expect, it } from 'vitest';
import { branchPath, currentSnapshot } from '../trace/replay';
import { seekTo } from '../actions/stepping';
import type { Session } from '../store/session';
import { taskStatuses } from './taskStatus';
import { locksHeldBy, waitersOn, blockedBy } from './blockedBy';
import { sessionOf } from '../testing/sessionOf';

function blockReasons(store: Session, name: string) {
  const snapshot = currentSnapshot(store.getState());
  const task =
    taskStatuses(snapshot).find((each) => each.name === name) ?? expect.fail(`no task ${name}`);
  return blockedBy(snapshot, branchPath(store.getState()), task);
}

/** To the first depth at which a task waits inside a call. */
function stepUntilBlocked(store: Session, name: string): void {
  seekTo(store, 0);
  const isStuck = (): boolean =>
    taskStatuses(currentSnapshot(store.getState())).some(
      (task) => task.name === name && task.wait !== undefined && task.currentCall !== undefined,
    );
  for (let depth = 1; !isStuck(); depth += 1) {
    seekTo(store, depth);
    if (store.getState().run.cursor < depth) throw new Error(`${name} never waits`);
  }
}

describe('why a task is blocked', () => {
  it('names the lock, who holds it since when, and what the holder does next', () => {
    const store = sessionOf('double-bind');
    stepUntilBlocked(store, 'qemu/2');
    const [waits, holds, goesOn] = blockReasons(store, 'qemu/2');
    expect(waits).toEqual({
      text: 'qemu/2 waits for devset vfio0.lock, held by qemu.',
      depth: undefined,
    });
    expect(holds?.text).toBe('qemu holds it, acquired at BIND.6.');
    expect(goesOn?.text).toMatch(/^qemu can continue: in bind_iommufd\(fd1, iommufd1\), next ./);
    const taken = store.getState().run.cursor;
    expect(holds?.depth).toBe(taken);
    seekTo(store, taken + 3);
    expect(blockReasons(store, 'qemu/2')[0]?.depth).toBe(taken);
  });

  it('names the count that a completion waits for, and who counts in it', () => {
    const store = sessionOf('hot-unplug');
    stepUntilBlocked(store, 'driver');
    expect(blockReasons(store, 'driver').map(({ text }) => text)).toContain(
      'fd1 counts in vfio0.refcount: an open file. The wait ends when the count reaches 0.',
    );
  });

  it('gives no reason for a task that can step', () => {
    const store = sessionOf('cdev-path');
    seekTo(store, 0);
    expect(blockReasons(store, 'qemu')).toEqual([]);
  });
});

it('finds the tasks that wait for an object or for a count that it holds', () => {
  const store = sessionOf('hot-unplug');
  stepUntilBlocked(store, 'driver');
  const snapshot = currentSnapshot(store.getState());
  const waiting = (name: string): readonly string[] =>
    waitersOn(
      snapshot,
      snapshot.program.objects.find((each) => each.name === name) ?? expect.fail(`no ${name}`),
    ).map((task) => task.name);
  expect(waiting('vfio0')).toEqual(['driver']);
  expect(waiting('fd1')).toEqual(['driver']);
  expect(waiting('group 12')).toEqual([]);
});

it('lists the locks of a task', () => {
  const store = sessionOf('double-bind');
  stepUntilBlocked(store, 'qemu/2');
  const snapshot = currentSnapshot(store.getState());
  const [first, second] = snapshot.program.tasks;
  expect(locksHeldBy(snapshot, first?.index ?? -1)).toContain('devset vfio0.lock');
  expect(locksHeldBy(snapshot, second?.index ?? -1)).toEqual([]);
});

it('describes a wait cycle once', () => {
  const store = sessionOf('double-bind');
  stepUntilBlocked(store, 'qemu/2');
  const snapshot = currentSnapshot(store.getState());
  const task = taskStatuses(snapshot).find(({ name }) => name === 'qemu/2') ?? expect.fail();
  expect(blockedBy(snapshot, branchPath(store.getState()), task, ['qemu/2', 'qemu'])).toEqual([
    {
      text: 'This is a wait cycle: qemu/2 waits for qemu waits for qemu/2. None of them can continue.',
      depth: undefined,
    },
  ]);
});
