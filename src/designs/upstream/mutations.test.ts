import { describe, expect, it } from 'vitest';
import type { CallBody, Design, DesignModel, Routine } from '../../kernel/design';
import { cdevDel, driverOp, mutexUnlock, refDec, store } from '../../kernel/primitives';
import type { Op } from '../../kernel/primitives';
import type { PropertyId } from '../../kernel/propertyId';
import type { Call, World } from '../../kernel/world';
import { drive, explore } from '../testDrive';
import { cdevPath, closing, groupPath, ONE_DEVICE } from './testCalls';
import { ordersOf } from './testLocks';
import { upstream } from './upstream';

/** The design with the operations of these steps changed, wherever they stand. */
function mutated(changes: Readonly<Record<string, (ops: readonly Op[]) => readonly Op[]>>): Design {
  const found = new Set<string>();
  const routine = (r: Routine): Routine => ({
    ...r,
    steps: r.steps.map(s => {
      const change = changes[s.id];
      if (change) found.add(s.id);
      return change ? { ...s, ops: change(s.ops) } : s;
    }),
  });
  const body = (b: CallBody): CallBody => ('steps' in b ? routine(b) : {
    byKind: Object.fromEntries(Object.entries(b.byKind).map(([kind, r]) => [kind, routine(r)])), other: routine(b.other),
  });
  return {
    ...upstream,
    model: options => {
      const m = upstream.model(options);
      const calls = Object.fromEntries(Object.entries(m.calls).map(([name, b]) => [name, body(b)])) as unknown as DesignModel['calls'];
      const releases = Object.fromEntries(Object.entries(m.releases).map(([kind, r]) => [kind, routine(r)]));
      expect([...found].toSorted()).toEqual(Object.keys(changes).toSorted());
      return { ...m, calls, releases };
    },
  };
}

const without = (kind: Op['kind']) => (ops: readonly Op[]): readonly Op[] => ops.filter(op => op.kind !== kind);

interface Mutation {
  readonly name: string;
  readonly design: Design;
  readonly calls: readonly Call[];
  readonly breaks: PropertyId;
  readonly world?: World;
}

const twoBinds = [...cdevPath('a', 1), ...cdevPath('b', 2)];
const groupThenCdev: Call[] = [{ by: 'b', call: 'open_group', group: '12', as: 'g' }, ...cdevPath('a', 1)];

/** The faults of domain.md section 8 that belong to v6.6 and show in a state or a step. */
const mutations: readonly Mutation[] = [
  { name: 'drop the unblock of U1', design: mutated({ 'BIND.U1b': without('add') }), calls: twoBinds, breaks: 'counters' },
  { name: 'skip get_file in GDF.8', design: mutated({ 'GDF.8d': without('fget') }), calls: [...groupPath('a', 1, 'open_container'), ...closing('a', 'd1', 'g1')], breaks: 'counters' },
  {
    name: 'a plain store at BIND.16', design: mutated({ 'BIND.16': () => [store('df.access_granted', 1)] }), world: { ...ONE_DEVICE, storeBuffers: true },
    calls: [...cdevPath('a', 1), { by: 'a/2', call: 'device_io', fd: 'fd1' }], breaks: 'publication',
  },
  { name: 'omit BIND.9', design: mutated({ 'BIND.9': () => [] }), calls: [...cdevPath('a', 1), { by: 'a', call: 'open_cdev', device: 'vfio0', as: 'fd2' }, { by: 'a', call: 'bind_iommufd', fd: 'fd2', iommufd: 'ictx1' }], breaks: 'single-bind' },
  { name: 'omit BIND.4', design: mutated({ 'BIND.4': without('test') }), calls: groupThenCdev, breaks: 'path-exclusive' },
  { name: 'omit GOPEN.2', design: mutated({ 'GOPEN.2': () => [] }), calls: groupThenCdev, breaks: 'path-exclusive' },
  {
    name: 'release the DMA owner before close_device', calls: [...cdevPath('a', 1), ...closing('a', 'fd1')], breaks: 'no-ops-before-bind',
    design: mutated({ 'CLOSE.3': without('driverOp'), 'CLOSE.3m': () => [driverOp('close_device', { file: 'file' })] }),
  },
  { name: 'forget open_count-- when open_device fails', design: mutated({ 'BIND.U11': without('add') }), calls: [...cdevPath('a', 1).slice(0, 2), { by: 'a', call: 'bind_iommufd', fd: 'fd1', iommufd: 'ictx1', fault: 'BIND.13' }], breaks: 'counters' },
  { name: 'open the gate without GATE.1', design: mutated({ 'GATE.1': () => [] }), calls: [...cdevPath('a', 1), { by: 'b', call: 'open_cdev', device: 'vfio0', as: 'fd2' }, { by: 'b', call: 'device_io', fd: 'fd2' }], breaks: 'no-ops-before-bind' },
  { name: 'take no iommufd reference for the device', design: mutated({ 'BIND.7': ops => ops.map(op => (op.kind === 'staticTest' ? { ...op, then: op.then.filter(o => o.kind !== 'fget') } : op)) }), calls: [...cdevPath('a', 1), ...closing('a', 'ictx1', 'fd1')], breaks: 'counters' },
  { name: 'take no registration reference at open', design: mutated({ 'OPEN.2': () => [] }), calls: [...cdevPath('a', 1), ...closing('a', 'fd1'), { by: 'driver', call: 'unregister_device', device: 'vfio0' }], breaks: 'counters' },
];

describe('a fault in the model of v6.6', () => {
  it.each(mutations)('$name: $breaks', ({ design, calls, breaks, world = ONE_DEVICE }) => {
    expect([...explore(upstream, {}, world, calls).broken.keys()]).toEqual([]);
    expect([...explore(design, {}, world, calls).broken.keys()]).toContain(breaks);
  }, 60_000);

  it('turns two locks round where a close takes the group lock inside the lock of the reset set', () => {
    const swapped = mutated({ 'CLOSE.5b': without('mutexUnlock'), 'CLOSE.6': ops => [...ops, mutexUnlock('dev_set.lock')] });
    const calls = [...groupPath('a', 1, 'open_container'), ...closing('a', 'd1', 'g1'), ...cdevPath('a', 2), ...closing('a', 'fd2')];
    const around = (design: Design): boolean[] => ['group.group_lock > dev_set.lock', 'dev_set.lock > group.group_lock'].map(o => ordersOf(design, ONE_DEVICE, calls).has(o));
    expect([around(upstream), around(swapped)]).toEqual([[true, false], [true, true]]);
  });

  it('withdraws the node too late to stop new users, where UNREG.2 comes after the wait', () => {
    const late = mutated({ 'UNREG.2': () => [], 'UNREG.4': ops => [...ops, cdevDel('cdev.mapped'), refDec('cdev.kobj', [refDec('device.kref')])] });
    const calls: Call[] = [
      { by: 'a', call: 'open_cdev', device: 'vfio0', as: 'fd1' }, ...closing('a', 'fd1'), { by: 'driver', call: 'unregister_device', device: 'vfio0' },
      { by: 'b', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
    ];
    const opens = (design: Design): unknown => drive(design, {}, ONE_DEVICE, calls).until('a', 'FILE.1').until('driver').until('b').results().at(-1);
    expect([opens(upstream), opens(late)]).toEqual(['ENXIO', 0]);
  });
});
