import { describe, expect, it } from 'vitest';
import { libraryEntry } from '../../scenario/library/library';
import { branchPath, currentSnapshot } from '../trace/replay';
import { seekTo } from '../actions/stepping';
import { openScenario } from '../trace/openScenario';
import { createSession, type Session } from '../store/session';
import { taskStatuses } from './taskStatus';
import { locksHeldBy, waitersOn, blockedBy } from './blockedBy';

function sessionOf(id: string): Session {
  const entry = libraryEntry(id);
  const opened = entry && openScenario(entry.scenario, entry.id);
  if (!opened?.ok) throw new Error(`${id} does not open`);
  return createSession(opened.run.setup, opened.run);
}

function blockReasons(store: Session, name: string) {
  const frame = currentSnapshot(store.getState());
  const task =
    taskStatuses(frame).find((each) => each.name === name) ?? expect.fail(`no task ${name}`);
  return blockedBy(frame, branchPath(store.getState()), task);
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
  it('names the lock, who holds it since when, and what that one does next', () => {
    const store = sessionOf('double-bind');
    stepUntilBlocked(store, 'qemu/2');
    const [waits, holds, goesOn] = blockReasons(store, 'qemu/2');
    expect(waits).toEqual({
      text: 'qemu/2 waits for devset vfio0.lock, held by qemu.',
      depth: undefined,
    });
    expect(holds?.text).toBe('qemu holds it, taken at BIND.6.');
    expect(goesOn?.text).toMatch(/^qemu can go on: in bind_iommufd\(fd1, iommufd1\), next ./);
    const taken = store.getState().run.cursor;
    expect(holds?.depth).toBe(taken);
    seekTo(store, taken + 3);
    expect(blockReasons(store, 'qemu/2')[0]?.depth).toBe(taken);
  });

  it('names the count that a completion waits for, and who counts in it', () => {
    const store = sessionOf('hot-unplug');
    stepUntilBlocked(store, 'driver');
    expect(blockReasons(store, 'driver').map(({ text }) => text)).toContain(
      'fd1 counts in vfio0.refcount: an open file. It ends when that count is 0.',
    );
  });

  it('says nothing of a task that can go on', () => {
    const store = sessionOf('cdev-path');
    seekTo(store, 0);
    expect(blockReasons(store, 'qemu')).toEqual([]);
  });
});

it('finds who waits for an object or for what it holds, and nobody at others', () => {
  const store = sessionOf('hot-unplug');
  stepUntilBlocked(store, 'driver');
  const frame = currentSnapshot(store.getState());
  const waiting = (name: string): readonly string[] =>
    waitersOn(
      frame,
      frame.program.objects.find((each) => each.name === name) ?? expect.fail(`no ${name}`),
    ).map((task) => task.name);
  expect(waiting('vfio0')).toEqual(['driver']);
  expect(waiting('fd1')).toEqual(['driver']);
  expect(waiting('group 12')).toEqual([]);
});

it('lists the locks of a task', () => {
  const store = sessionOf('double-bind');
  stepUntilBlocked(store, 'qemu/2');
  const frame = currentSnapshot(store.getState());
  const [first, second] = frame.program.tasks;
  expect(locksHeldBy(frame, first?.index ?? -1)).toContain('devset vfio0.lock');
  expect(locksHeldBy(frame, second?.index ?? -1)).toEqual([]);
});

it('tells a circle of waiting tasks as one', () => {
  const store = sessionOf('double-bind');
  stepUntilBlocked(store, 'qemu/2');
  const frame = currentSnapshot(store.getState());
  const task = taskStatuses(frame).find(({ name }) => name === 'qemu/2') ?? expect.fail();
  expect(blockedBy(frame, branchPath(store.getState()), task, ['qemu/2', 'qemu'])).toEqual([
    {
      text: 'That closes a circle: qemu/2 waits for qemu waits for qemu/2. None of them can go on.',
      depth: undefined,
    },
  ]);
});
