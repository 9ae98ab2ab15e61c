import { expect, it } from 'vitest';
import { libraryEntry } from '../scenario/library';
import { branchMoments, currentFrame } from './frame';
import { seek } from './moves';
import { openScenario } from './openScenario';
import { changesOf, freeingOf, keepersOf, pointersTo } from './relations';
import { createSession } from './session';

function session(id: string) {
  const entry = libraryEntry(id);
  const opened = entry && openScenario(entry.scenario, entry.id);
  if (!opened?.ok) throw new Error(`${id} does not open`);
  return createSession(opened.run.setup, opened.run);
}

it('tells who points at a file, and who holds a device that is open', () => {
  const store = session('cdev-path');
  const moments = branchMoments(store.getState());
  const refcount = changesOf(moments, 'vfio0.refcount');
  expect(refcount[0]).toMatchObject({ by: 'qemu OPEN.2', value: '2' });
  // Nothing is left behind: the last change undoes the first.
  expect(refcount.at(-1)?.value).toBe('1');
  seek(store, refcount.at(-1)?.depth ?? 0);
  seek(store, store.getState().run.cursor - 1);
  const frame = currentFrame(store.getState());
  const device =
    frame.program.objects.find(({ name }) => name === 'vfio0') ?? expect.fail('no vfio0');
  expect(pointersTo(frame, device).length).toBeGreaterThan(0);
  expect(keepersOf(frame, device.fields['refcount'] ?? -1).length).toBeGreaterThan(0);
});

it('knows who freed an object, and only once it is freed', () => {
  const store = session('cdev-path');
  const moments = branchMoments(store.getState());
  const end = moments.length - 1;
  const freed = currentFrame(store.getState()).program.objects.filter(({ name }) =>
    freeingOf(moments, end, name),
  );
  expect(freed.length).toBeGreaterThan(0);
  for (const { name } of freed) {
    const at = freeingOf(moments, end, name) ?? expect.fail();
    expect(at.text).toMatch(/^by qemu at \S+: ./);
    expect(freeingOf(moments, at.depth - 1, name)).toBeUndefined();
  }
});
