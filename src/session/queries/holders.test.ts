import { expect, it } from 'vitest';
import { libraryEntry } from '../../scenario/library/library';
import { branchPath, currentSnapshot } from '../trace/replay';
import { seekTo } from '../actions/stepping';
import { openScenario } from '../trace/openScenario';
import { holdersOf, referencesTo } from './holders';
import { createSession } from '../store/session';
import { fieldChanges, findFree } from './fieldHistory';

function sessionOf(id: string) {
  const entry = libraryEntry(id);
  const opened = entry && openScenario(entry.scenario, entry.id);
  if (!opened?.ok) throw new Error(`${id} does not open`);
  return createSession(opened.run.setup, opened.run);
}

it('tells who points at a file, and who holds a device that is open', () => {
  const store = sessionOf('cdev-path');
  const moments = branchPath(store.getState());
  const refcount = fieldChanges(moments, 'vfio0.refcount');
  expect(refcount[0]).toMatchObject({ stepLabel: 'qemu OPEN.2', value: '2' });
  // Nothing is left behind: the last change undoes the first.
  expect(refcount.at(-1)?.value).toBe('1');
  seekTo(store, refcount.at(-1)?.depth ?? 0);
  seekTo(store, store.getState().run.cursor - 1);
  const frame = currentSnapshot(store.getState());
  const device =
    frame.program.objects.find(({ name }) => name === 'vfio0') ?? expect.fail('no vfio0');
  expect(referencesTo(frame, device).length).toBeGreaterThan(0);
  expect(holdersOf(frame, device.fields['refcount'] ?? -1).length).toBeGreaterThan(0);
});

it('knows who freed an object, and only once it is freed', () => {
  const store = sessionOf('cdev-path');
  const moments = branchPath(store.getState());
  const end = moments.length - 1;
  const freed = currentSnapshot(store.getState()).program.objects.filter(({ name }) =>
    findFree(moments, end, name),
  );
  expect(freed.length).toBeGreaterThan(0);
  for (const { name } of freed) {
    const at = findFree(moments, end, name) ?? expect.fail();
    expect(at.text).toMatch(/^by qemu at \S+: ./);
    expect(findFree(moments, at.depth - 1, name)).toBeUndefined();
  }
});
