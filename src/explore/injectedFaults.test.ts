import { describe, expect, it } from 'vitest';
import { designById } from '../designs/designs';
import { withRelease } from '../designs/testing/changeSteps';
import { compile } from '../kernel/compiler/compile';
import type { Design } from '../kernel/language/design';
import { mutate } from '../kernel/compiler/mutate';
import { MUTATION_KINDS, parseMutation } from '../kernel/language/mutation';
import type { Mutation } from '../kernel/language/mutation';
import { complete, driverOp, free, refDec } from '../kernel/language/primitives';
import type { PropertyId } from '../kernel/language/propertyId';
import type { Call, World } from '../kernel/language/world';
import { runCheck } from './check';

const oneDeviceWorld: World = {
  devices: [{ name: 'vfio0', group: '12' }],
  processes: ['qemu', 'dpdk'],
};

const bindCalls = (by: string, n: number, iommufd = `i${n}`): readonly Call[] => [
  { by, call: 'open_cdev', device: 'vfio0', as: `f${n}` },
  ...(iommufd === `i${n}` ? [{ by, call: 'open_iommufd', as: iommufd } as const] : []),
  { by, call: 'bind_iommufd', fd: `f${n}`, iommufd },
];
const type1Calls: readonly Call[] = [
  { by: 'dpdk', call: 'open_container', as: 'c' },
  { by: 'dpdk', call: 'open_group', group: '12', as: 'g' },
  { by: 'dpdk', call: 'set_container', fd: 'g', container: 'c' },
  { by: 'dpdk', call: 'set_iommu', fd: 'c' },
  { by: 'dpdk', call: 'get_device_fd', fd: 'g', device: 'vfio0', as: 'd' },
];

/** A fault injected into a design, the calls that run into it, and the properties that detect it. */
interface Fault {
  readonly name: string;
  readonly design?: string;
  /** Command-line flags, or a function that changes the design. */
  readonly as: readonly string[] | ((design: Design) => Design);
  readonly world?: World;
  readonly calls: readonly Call[];
  readonly seen: readonly PropertyId[];
}

const faults: readonly Fault[] = [
  {
    name: 'drop the unblock in U1',
    as: ['--without upstream/bind_iommufd/BIND.U1b#add'],
    calls: [...bindCalls('qemu', 1), { by: 'qemu', call: 'bind_iommufd', fd: 'f1', iommufd: 'i1' }],
    seen: ['counters', 'clean-unwind'],
  },
  {
    name: 'skip get_file in GDF.8',
    as: ['--without upstream/get_device_fd/GDF.8d#fget'],
    calls: [
      ...type1Calls,
      { by: 'dpdk', call: 'close', fd: 'g' },
      { by: 'dpdk', call: 'close', fd: 'd' },
    ],
    seen: ['counters'],
  },
  {
    name: 'a plain store instead of the release at BIND.16',
    as: ['--plain upstream/bind_iommufd/BIND.16'],
    world: { ...oneDeviceWorld, storeBuffers: true },
    calls: [...bindCalls('qemu', 1), { by: 'qemu/2', call: 'device_io', fd: 'f1' }],
    seen: ['publication'],
  },
  {
    name: 'set refcount before cdev_device_add, with a failing add',
    as: [
      '--swap upstream/register_device/REG.10b,upstream/register_device/REG.11',
      '--swap upstream/register_device/REG.10,upstream/register_device/REG.11',
    ],
    world: { ...oneDeviceWorld, devices: [{ name: 'vfio0', group: '12', registered: false }] },
    calls: [
      { by: 'driver', call: 'register_device', device: 'vfio0', fault: 'REG.10b' },
      { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'f1' },
      { by: 'qemu', call: 'close', fd: 'f1' },
    ],
    seen: ['counters'],
  },
  {
    name: 'do UNREG.2 after UNREG.4',
    as: [
      '--swap upstream/unregister_device/UNREG.2,upstream/unregister_device/UNREG.3',
      '--swap upstream/unregister_device/UNREG.2,upstream/unregister_device/UNREG.4',
    ],
    calls: [
      { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'f1' },
      { by: 'qemu', call: 'close', fd: 'f1' },
      { by: 'dpdk', call: 'open_cdev', device: 'vfio0', as: 'f2' },
      { by: 'dpdk', call: 'close', fd: 'f2' },
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
    ],
    seen: ['unregister-live'],
  },
  {
    name: 'free df before the refcount put, which goes through it',
    as: (d) =>
      withRelease(d, 'cdev', (steps) =>
        steps.map((s) =>
          s.id === 'CLOSE.7'
            ? { ...s, ops: [free('df'), refDec('df.device.refcount', [complete('device.comp')])] }
            : s,
        ),
      ),
    calls: [...bindCalls('qemu', 1), { by: 'qemu', call: 'close', fd: 'f1' }],
    seen: ['memory'],
  },
  {
    name: 'swap the locks of CLOSE.5 and CLOSE.6',
    as: ['--swap upstream/release_cdev/CLOSE.5b,upstream/release_cdev/CLOSE.6'],
    calls: [...bindCalls('qemu', 1), { by: 'qemu', call: 'close', fd: 'f1' }, ...type1Calls],
    seen: ['lock-order'],
  },
  {
    name: 'omit BIND.9',
    as: ['--without upstream/bind_iommufd/BIND.9'],
    calls: [...bindCalls('qemu', 1), ...bindCalls('qemu/2', 2, 'i1')],
    seen: ['single-bind'],
  },
  {
    name: 'a read and a write instead of the cmpxchg in D1 2.5/4',
    design: 'rfc-opened',
    as: ['--split rfc-opened/open_cdev/OPEN.4'],
    calls: [
      { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'f1' },
      { by: 'dpdk', call: 'open_cdev', device: 'vfio0', as: 'f2' },
    ],
    seen: ['counters'],
  },
  {
    name: 'release the DMA owner before close_device',
    as: (d) =>
      withRelease(d, 'cdev', (steps) =>
        steps.map((s) =>
          s.id === 'CLOSE.3'
            ? { ...s, ops: s.ops.filter((o) => o.kind !== 'driverOp') }
            : s.id === 'CLOSE.3m'
              ? { ...s, ops: [driverOp('close_device', { file: 'file' }), ...s.ops] }
              : s,
        ),
      ),
    calls: [...bindCalls('qemu', 1), { by: 'qemu', call: 'close', fd: 'f1' }],
    seen: ['no-ops-before-bind'],
  },
  {
    name: 'forget open_count-- on an error of BIND.13',
    as: ['--without upstream/bind_iommufd/BIND.U11#add'],
    calls: [
      ...bindCalls('qemu', 1).slice(0, 2),
      { by: 'qemu', call: 'bind_iommufd', fd: 'f1', iommufd: 'i1', fault: 'BIND.13' },
    ],
    seen: ['counters', 'clean-unwind'],
  },
];

function mutations(flags: readonly string[]): Mutation[] {
  return flags.map((text) => {
    const [flag = '', value = ''] = text.slice(2).split(' ');
    const kind = MUTATION_KINDS.find((k) => k === flag);
    const mutation = kind && parseMutation(kind, value);
    if (!mutation) throw new Error(`no mutation ${text}`);
    return mutation;
  });
}

function designWith(design: Design, as: Fault['as']): Design {
  if (typeof as === 'function') return as(design);
  const mutated = mutate(design, {}, mutations(as));
  if (!mutated.ok) throw new Error(mutated.message);
  return mutated.design;
}

const violatedProperties = (design: Design, fault: Fault): PropertyId[] => {
  const result = runCheck(compile(design, {}, fault.world ?? oneDeviceWorld, fault.calls), {
    outcomes: false,
  });
  expect(result.coverage).toBe('complete');
  return result.properties.filter((p) => p.status === 'violated').map((p) => p.id);
};

describe('every injected fault', () => {
  it.each(faults.map((f) => [f.name, f] as const))(
    '%s: is noticed',
    (_name, fault) => {
      const design = designById(fault.design ?? 'upstream');
      if (!design) throw new Error(`no design ${fault.design}`);
      const before = violatedProperties(design, fault);
      const after = violatedProperties(designWith(design, fault.as), fault);
      expect(before.filter((id) => fault.seen.includes(id))).toEqual([]);
      expect(after).toEqual(expect.arrayContaining([...fault.seen]));
    },
    60_000,
  );
});
