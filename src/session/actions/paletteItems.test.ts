import { expect, it } from 'vitest';
import { LIBRARY } from '../../scenario/library/library';
import { paletteItems, filterPalette } from './paletteItems';
import { libraryPart } from './lazyParts';
import { stepTask } from './stepping';
import { sessionOf } from '../testing/sessionOf';

/** As the stage lists its nodes. */
const stageItems = [
  { node: 'vfio_group:group 12', name: 'group 12', title: 'group 12', detail: 'struct vfio_group' },
];

it('finds the items with every word, each once', () => {
  const all = paletteItems(sessionOf('bind-race').getState(), []);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(
    filterPalette(all, 'open vfio0').map(({ title, detail }) => `${detail}: ${title}`),
  ).toEqual(expect.arrayContaining(['qemu: Open vfio0', 'dpdk: Open vfio0']));
  expect(filterPalette(all, 'no such thing')).toEqual([]);
  expect(filterPalette(all, '')).toEqual(all);
  expect(all.filter(({ group }) => group === 'Scenarios')).toHaveLength(LIBRARY.length);
});

it('lists the other branches', () => {
  const store = sessionOf('bind-race');
  expect(
    paletteItems(store.getState(), stageItems).filter(({ group }) => group === 'Branches'),
  ).toEqual([]);
  stepTask(store, 'dpdk');
  const [other] = paletteItems(store.getState(), stageItems).filter(
    ({ group }) => group === 'Branches',
  );
  expect(other?.title).toBe('Branch main');
  other?.run(store);
  expect(store.getState().run.branchId).toBe(1);
});

it('dispatches the picked item', async () => {
  await libraryPart.load();
  const store = sessionOf('cdev-path');
  const pick = (title: string): void =>
    filterPalette(paletteItems(store.getState(), stageItems), title)
      .find((each) => each.title === title)
      ?.run(store);
  pick('Open vfio0');
  expect(store.getState().run.cursor).toBeGreaterThan(0);
  pick('group 12');
  expect(store.getState().selection).toBe('group 12');
  pick('Parked fops, type1 kept separate');
  expect(store.getState().run.setup.design.id).toBe('parked-split');
  pick('Two processes race to bind one device');
  expect(store.getState().run.setup.libraryId).toBe('bind-race');
});
