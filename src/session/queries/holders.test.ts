import { expect, it } from 'vitest';
import { branchPath, currentSnapshot } from '../trace/replay';
import { seekTo } from '../actions/stepping';
import { holdersOf, referencesTo } from './holders';
import { fieldChanges, findFree } from './fieldHistory';
import { sessionOf } from '../testing/sessionOf';

it('lists the references to a file, and the holders of an open device', () => {
  const store = sessionOf('cdev-path');
  const nodes = branchPath(store.getState());
  const refcount = fieldChanges(nodes, 'vfio0.refcount');
  expect(refcount[0]).toMatchObject({ stepLabel: 'qemu OPEN.2', value: '2' });
  // Nothing is left behind: the last change undoes the first.
  expect(refcount.at(-1)?.value).toBe('1');
  seekTo(store, refcount.at(-1)?.depth ?? 0);
  seekTo(store, store.getState().run.cursor - 1);
  const snapshot = currentSnapshot(store.getState());
  const device =
    snapshot.program.objects.find(({ name }) => name === 'vfio0') ?? expect.fail('no vfio0');
  expect(referencesTo(snapshot, device).length).toBeGreaterThan(0);
  expect(holdersOf(snapshot, device.fields['refcount'] ?? -1).length).toBeGreaterThan(0);
});

it('finds the step that freed an object, once it is freed', () => {
  const store = sessionOf('cdev-path');
  const nodes = branchPath(store.getState());
  const end = nodes.length - 1;
  const freed = currentSnapshot(store.getState()).program.objects.filter(({ name }) =>
    findFree(nodes, end, name),
  );
  expect(freed.length).toBeGreaterThan(0);
  for (const { name } of freed) {
    const at = findFree(nodes, end, name) ?? expect.fail();
    expect(at.text).toMatch(/^by qemu at \S+: ./);
    expect(findFree(nodes, at.depth - 1, name)).toBeUndefined();
  }
});
