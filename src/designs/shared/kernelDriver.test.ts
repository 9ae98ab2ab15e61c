import { describe, expect, it } from 'vitest';
import type { Design, Options } from '../../kernel/language/design';
import type { Call, World } from '../../kernel/language/world';
import { designById } from '../designs';
import { exploreInterleavings, startTestRun } from '../testing/testRun';

const world: World = {
  devices: [
    { name: 'vfio0', group: '12' },
    { name: 'nic0', group: '12', registered: false },
  ],
  processes: ['qemu'],
};
const cdevCalls: readonly Call[] = [
  { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
  { by: 'qemu', call: 'open_iommufd', as: 'ictx1' },
  { by: 'qemu', call: 'bind_iommufd', fd: 'fd1', iommufd: 'ictx1' },
];
const type1Calls: readonly Call[] = [
  { by: 'qemu', call: 'open_container', as: 'c1' },
  { by: 'qemu', call: 'open_group', group: '12', as: 'grp1' },
  { by: 'qemu', call: 'set_container', fd: 'grp1', container: 'c1' },
  { by: 'qemu', call: 'set_iommu', fd: 'c1' },
  { by: 'qemu', call: 'get_device_fd', fd: 'grp1', device: 'vfio0', as: 'fd1' },
];
const probe: Call = { by: 'driver', call: 'probe_driver', device: 'nic0' };
const remove: Call = { by: 'driver', call: 'remove_driver', device: 'nic0' };

/** Results of the calls in file order, and the ids of the violated properties. */
function run(design: Design, options: Options, calls: readonly Call[]) {
  const r = startTestRun(design, options, world, calls);
  r.runUntil(calls[0]!.by).runToEnd();
  return { results: r.results(), violations: [...r.violations.keys()] };
}

const DESIGNS_WITH_CLAIM: readonly (readonly [string, Options])[] = [
  ['upstream', {}],
  ['parked-shim', {}],
  ['parked-split', { type1ClaimsOwner: 'true' }],
];

describe.each(DESIGNS_WITH_CLAIM)('a kernel driver in %s %j', (id, options) => {
  const design = designById(id)!;

  it.each([
    ['cdev', cdevCalls],
    ['group', type1Calls],
  ])('is refused while user space owns the group (%s)', (_path, calls) => {
    if (id === 'parked-shim' && calls === type1Calls) return;
    const { results, violations } = run(design, options, [...calls, probe]);
    expect(results.at(-1)).toBe('EBUSY');
    expect(violations.filter((v) => v !== 'no-ops-before-bind')).toEqual([]);
  });

  it('makes the claim of user space fail until it is removed', () => {
    const [open, ctx, bind] = cdevCalls as [Call, Call, Call];
    const again: Call = { ...bind, by: 'qemu/2' };
    const r = startTestRun(design, options, world, [open, ctx, bind, again, probe, remove]);
    r.runUntil('driver', 'REMOVE.1a').runUntil('qemu').runUntil('driver').runToEnd();
    expect(r.results()).toEqual([0, 0, 'EPERM', 0, 0, 0]);
    expect([...r.violations.keys()]).toEqual([]);
  });
});

describe('a kernel driver', () => {
  it('cannot be probed twice, or for a device of a VFIO driver, or removed twice', () => {
    const calls: readonly Call[] = [
      probe,
      probe,
      { ...probe, device: 'vfio0' },
      { ...remove, device: 'vfio0' },
      remove,
      remove,
      { by: 'driver', call: 'probe_driver', device: 'nic0', fault: 'PROBE.3' },
      { by: 'driver', call: 'register_device', device: 'nic0' },
    ];
    const { results, violations } = run(designById('upstream')!, {}, calls);
    expect(results).toEqual([0, 'EBUSY', 'EBUSY', 'ENODEV', 0, 'ENODEV', 'EIO', 0]);
    expect(violations).toEqual([]);
  });

  it('crashes the host in the RFC: owned by an iommufd, or in a container', () => {
    const rfc = designById('rfc-opened')!;
    for (const calls of [cdevCalls, type1Calls]) {
      const { results, violations } = run(rfc, {}, [...calls, probe]);
      expect(results.at(-1)).toBe(0);
      expect(violations).toContain('dma-owner');
    }
    expect(run(rfc, {}, [probe, ...cdevCalls]).results).toEqual([0, 0, 0, 'EINVAL']);
  });

  it('crashes the host with type1 kept separate and without a claim', () => {
    const split = designById('parked-split')!;
    expect(run(split, {}, [...type1Calls, probe]).violations).toEqual(['dma-owner']);
    expect(run(split, {}, [...cdevCalls, probe]).results.at(-1)).toBe('EBUSY');
  });

  it('never shares a group with user space in v6.6, in any interleaving', () => {
    const found = exploreInterleavings(designById('upstream')!, {}, world, [
      ...cdevCalls,
      { by: 'qemu', call: 'close', fd: 'fd1' },
      probe,
      remove,
    ]);
    expect([...found.violations.keys()]).toEqual([]);
  });
});
