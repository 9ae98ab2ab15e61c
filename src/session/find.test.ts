import { expect, it } from 'vitest';
import { LIBRARY, libraryEntry } from '../scenario/library';
import { findables, search } from './find';
import { step } from './moves';
import { openScenario } from './openScenario';
import { createSession } from './session';

function session(id: string) {
  const entry = libraryEntry(id);
  const opened = entry && openScenario(entry.scenario, entry.id);
  if (!opened?.ok) throw new Error(`${id} does not open`);
  return createSession(opened.run.setup, opened.run);
}

/** As the stage tells of it. */
const group = [
  { node: 'vfio_group:group 12', name: 'group 12', title: 'group 12', detail: 'struct vfio_group' },
];

it('finds what has every word, and nothing twice', () => {
  const all = findables(session('bind-race').getState(), []);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(search(all, 'open vfio0').map(({ title, detail }) => `${detail}: ${title}`)).toEqual(
    expect.arrayContaining(['qemu: Open vfio0', 'dpdk: Open vfio0']),
  );
  expect(search(all, 'no such thing')).toEqual([]);
  expect(search(all, '')).toEqual(all);
  expect(all.filter(({ group }) => group === 'Scenarios')).toHaveLength(LIBRARY.length);
});

it('finds the other branches', () => {
  const store = session('bind-race');
  expect(findables(store.getState(), group).filter(({ group }) => group === 'Branches')).toEqual(
    [],
  );
  step(store, 'dpdk');
  const [other] = findables(store.getState(), group).filter(({ group }) => group === 'Branches');
  expect(other?.title).toBe('Branch main');
  other?.run(store);
  expect(store.getState().run.branch).toBe(1);
});

it('does what is picked', () => {
  const store = session('cdev-path');
  const pick = (title: string): void =>
    search(findables(store.getState(), group), title)
      .find((each) => each.title === title)
      ?.run(store);
  pick('Open vfio0');
  expect(store.getState().run.cursor).toBeGreaterThan(0);
  pick('group 12');
  expect(store.getState().selection).toBe('group 12');
  pick('parked-split');
  expect(store.getState().run.setup.design.id).toBe('parked-split');
  pick('Two processes race to bind one device');
  expect(store.getState().run.setup.id).toBe('bind-race');
});
