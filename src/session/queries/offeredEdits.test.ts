import { describe, expect, it } from 'vitest';
import type { WorldDevice } from '../../kernel/language/world';
import { LIBRARY } from '../../scenario/library/library';
import { editScenario } from '../actions/editScenario';
import type { Session } from '../store/session';
import { undo } from '../store/undo';
import { sessionOf } from '../testing/sessionOf';
import { currentSnapshot } from '../trace/replay';
import { editedScenario } from './editedScenario';
import { deviceMoves, offeredAdditions, selectionEdits, type OfferedEdit } from './offeredEdits';

/** Everything that the stage offers: the additions, then the edits of the selection. */
function offered(session: Session, selection?: string): readonly OfferedEdit[] {
  const edits = selectionEdits({ ...session.getState(), selection });
  return selection === undefined
    ? offeredAdditions(session.getState()).flatMap((section) => section.edits)
    : [
        ...(edits?.sections ?? []).flatMap((section) => section.edits),
        ...(edits?.removal ? [edits.removal] : []),
      ];
}

function make(session: Session, title: string, selection?: string): void {
  const found = offered(session, selection).find((each) => each.title === title);
  if (!found) throw new Error(`${title} is not offered`);
  editScenario(session, found.edit);
  expect(session.getState().notifications.filter(({ severity }) => severity === 'error')).toEqual(
    [],
  );
}

const device = (session: Session, name: string): WorldDevice =>
  editedScenario(session.getState()).world.devices.find((each) => each.name === name) ??
  expect.fail(`no device ${name}`);

describe('edits on the stage', () => {
  it('move a dragged device to another group or device set, and to none that it is in', () => {
    const session = sessionOf('bind-race');
    make(session, 'Device in a new group');
    const { objects } = currentSnapshot(session.getState()).program;
    const moves = (dragged: readonly string[]) =>
      deviceMoves(
        session.getState(),
        objects.flatMap(({ type, name, index }) =>
          dragged.includes(`${type} ${name}`) ? [index] : [],
        ),
      ).map(({ offered: { title }, targets: [target] }) => [title, objects[target ?? -1]?.name]);
    expect(moves(['vfio_device vfio1'])).toEqual([
      ['Move vfio1 to group 12', 'group 12'],
      ['Put vfio1 into device set vfio0', 'devset vfio0'],
      ['Move vfio1 to group 12', 'iommu group 12'],
      ['Move vfio1 to group 12', 'iommufd1 igroup 12'],
      ['Move vfio1 to group 12', 'iommufd2 igroup 12'],
    ]);
    expect(moves(['vfio_device vfio0', 'vfio_device vfio1'])).toEqual([]);
    expect(moves(['vfio_group group 12'])).toEqual([]);
  });

  it('put devices into a set and out of it, each with an undo', () => {
    const session = sessionOf('bind-race');
    make(session, 'Device in a new group');
    make(session, 'With vfio0');
    expect(device(session, 'vfio0').devset).toBe('set1');
    make(session, 'Put into device set set1', 'vfio1');
    const { objects } = currentSnapshot(session.getState()).program;
    expect(objects.filter(({ type }) => type === 'vfio_device_set')).toHaveLength(1);
    make(session, 'Take out of the device set', 'vfio0');
    expect(device(session, 'vfio0').devset).toBeUndefined();
    undo(session);
    expect(device(session, 'vfio0').devset).toBe('set1');
    make(session, 'Remove device set set1', 'devset set1');
    expect(device(session, 'vfio1').devset).toBeUndefined();
  });

  it('put a device into the set that has the name of another, also after a new name', () => {
    const session = sessionOf('bind-race');
    make(session, 'Device in group 12');
    make(session, 'Put vfio1 into device set vfio0', 'devset vfio0');
    editScenario(session, { kind: 'change-device', name: 'vfio0', change: { name: 'nic' } });
    const { objects } = currentSnapshot(session.getState()).program;
    expect(objects.flatMap(({ type, name }) => (type === 'vfio_device_set' ? [name] : []))).toEqual(
      ['devset nic'],
    );
  });

  it('move devices between groups', () => {
    const session = sessionOf('bind-race');
    make(session, 'Device in group 12');
    make(session, 'Move to a new group', 'vfio1');
    expect(device(session, 'vfio1').group).toBe('13');
    make(session, 'Move vfio1 to group 12', 'group 12');
    expect(device(session, 'vfio1').group).toBe('12');
    make(session, 'Remove group 12 and its devices', 'group 12');
    expect(editedScenario(session.getState()).world.devices).toEqual([]);
  });

  it('add and remove a kernel driver', () => {
    const session = sessionOf('bind-race');
    make(session, 'Device in group 12');
    make(session, 'Of vfio1');
    expect(device(session, 'vfio1')).toMatchObject({ kernelDriver: true, registered: false });
    make(session, 'Give it the VFIO driver', 'vfio1');
    expect(device(session, 'vfio1')).toEqual({ name: 'vfio1', group: '12' });
  });

  it('add and remove a thread', () => {
    const session = sessionOf('bind-race');
    const threads = (): readonly string[] =>
      currentSnapshot(session.getState()).program.tasks.map(({ name }) => name);
    make(session, 'open_cdev');
    expect(threads()).toContain('qemu/2');
    make(session, 'Remove thread qemu/2 and its calls', 'qemu');
    expect(threads()).not.toContain('qemu/2');
  });

  it('are valid, whatever is selected, in the built-in scenarios', () => {
    for (const { id } of LIBRARY.filter((_, i) => i % 36 === 0)) {
      const session = sessionOf(id);
      const before = session.getState();
      const names = currentSnapshot(before)
        .program.objects.map(({ name }) => name)
        .filter((_, i) => i % 6 === 0);
      for (const selection of [undefined, ...before.run.setup.scenario.world.processes, ...names])
        for (const { title, edit } of offered(session, selection).slice(0, 4)) {
          session.setState(before);
          editScenario(session, edit);
          const refused = session
            .getState()
            .notifications.filter(({ severity }) => severity === 'error');
          expect([id, selection, title, refused]).toEqual([id, selection, title, []]);
        }
    }
  });
});
