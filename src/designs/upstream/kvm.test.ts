import { describe, expect, it } from 'vitest';
import { caveatOf, counterHolders } from '../../kernel/machine/describeEvent';
import { store } from '../../kernel/language/primitives';
import type { Call, World } from '../../kernel/language/world';
import { withSteps } from '../testing/changeSteps';
import { exploreInterleavings, startTestRun } from '../testing/testRun';
import type { TestRun } from '../testing/testRun';
import { cdevPathCalls, closeCalls, groupPathCalls, ONE_DEVICE } from '../testing/upstreamCalls';
import { design as upstream } from './design';

/** Runs the calls in file order; the last call may block. */
const inOrder = (calls: readonly Call[], options = {}, world: World = ONE_DEVICE): TestRun =>
  startTestRun(upstream, options, world, calls).runCalls(...calls.keys());

const unregister: Call = { by: 'driver', call: 'unregister_device', device: 'vfio0' };
const openGroup = (by: string, as: string): Call => ({ by, call: 'open_group', group: '12', as });
const kvmAdd = (fd: string, by = 'a', kvm = 'vm'): Call => ({ by, call: 'kvm_add', fd, kvm });
const kvmDel = (fd: string, by = 'a', kvm = 'vm'): Call => ({ by, call: 'kvm_del', fd, kvm });
const vmExit = (by = 'a', kvm = 'vm'): Call => ({ by, call: 'vm_exit', kvm });

const holders = (d: TestRun, title: string): readonly string[] =>
  counterHolders(
    d.program,
    d.state,
    d.program.fields.findIndex((f) => f.title === title),
  ).map((h) => h.name);

describe.each(['true', 'false'])('a file that a VM holds, with kvm=%s', (kvm) => {
  it('keeps the group open after its fd is closed, until the VM exits', () => {
    const d = inOrder(
      [
        openGroup('a', 'g1'),
        kvmAdd('g1'),
        ...closeCalls('a', 'g1'),
        openGroup('b', 'g2'),
        vmExit(),
        openGroup('b', 'g3'),
      ],
      { kvm },
    );
    expect(d.results()).toEqual([0, 0, 0, 'EBUSY', 0, 0]);
    expect([...d.violations]).toEqual([]);
  });

  it('keeps a bound cdev, its DMA owner and its registration, until the VM exits', () => {
    const calls = [
      ...cdevPathCalls('a', 1, 'vm'),
      ...closeCalls('a', 'fd1', 'ictx1'),
      openGroup('b', 'g2'),
      unregister,
      vmExit(),
    ];
    const d = startTestRun(upstream, { kvm }, ONE_DEVICE, calls).runCalls(0, 1, 2, 3, 4, 5, 6, 7);
    expect(d.results()).toEqual([0, 0, 0, 0, 0, 0, 'EBUSY', 'running', 'waiting']);
    expect(d.fieldValue('iommu group 12.owner_cnt')).toBe(1);
    expect([holders(d, 'vfio0.refcount'), holders(d, 'fd1.f_count')]).toEqual([
      ['fd1'],
      ['fd1 in vm'],
    ]);
    d.runToEnd();
    expect(d.results().slice(-2)).toEqual([0, 0]);
    expect([d.fieldValue('iommu group 12.owner_cnt'), d.fieldValue('fd1.life')]).toEqual([0, 2]);
    expect([...d.violations]).toEqual([]);
  });
});

describe('M1', () => {
  const calls = [
    ...cdevPathCalls('a', 1, 'vm'),
    { by: 'b', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
    { by: 'b', call: 'bind_iommufd', fd: 'fd2', iommufd: 'ictx1' },
  ] as const;
  it('is gone with the posted fix', () => {
    const broken = (kvmFix: string): readonly string[] =>
      [...exploreInterleavings(upstream, { kvmFix }, ONE_DEVICE, calls).violations].map(
        ([id]) => id,
      );
    expect(broken('false')).toEqual(['kvm-ref']);
    expect(broken('true')).toEqual([]);
  });

  it('says in each violation who reported it, and not of other findings', () => {
    const model = upstream.model({ linux: '6.12', kvm: 'true', kvmFix: 'false' });
    const of = (property: string, text: string): string | undefined =>
      caveatOf(model, property, text);
    expect(of('counters', 'vm.users_count is 2')).toBe('reported 2024-06-28 with a trace');
    expect(of('clean-unwind', 'did not restore vfio0.kvm (vm before)')).toBe(
      'reported 2024-06-28 with a trace',
    );
    expect(of('clean-unwind', 'did not restore vfio0.iommufd_attached (1 before)')).toBe(
      'found by reading v6.6 to 2026, not run',
    );
    expect(of('owner-exclusive', 'two owners')).toBe('found by reading v6.6 to v6.18, not run');
  });
});

describe('M2', () => {
  const join = (kvm: readonly Call[]): readonly Call[] => [
    ...groupPathCalls('a', 1, 'open_iommufd'),
    ...kvm,
    ...closeCalls('a', 'g1'),
    openGroup('b', 'g2'),
  ];

  it('cannot happen while a VM holds the group file', () => {
    expect(inOrder(join([])).results().at(-1)).toBe(0);
    expect(
      inOrder(join([kvmAdd('g1')]))
        .results()
        .at(-1),
    ).toBe('EBUSY');
  });
});

describe('kvm_add, kvm_del and vm_exit', () => {
  it('return the errnos of kvm_device_ioctl and of the list', () => {
    const d = inOrder([
      openGroup('a', 'g1'),
      { by: 'a', call: 'open_iommufd', as: 'i1' },
      kvmDel('g1'),
      kvmAdd('g1'),
      kvmAdd('g1'),
      kvmAdd('i1'),
      kvmDel('i1'),
      { by: 'a', call: 'pass_fd', fd: 'g1', to: 'b', as: 'g1b' },
      kvmAdd('g1b', 'b'),
      vmExit('b'),
      kvmDel('g1'),
      kvmAdd('g1'),
      vmExit(),
      vmExit(),
      kvmAdd('g1'),
      kvmDel('g1'),
    ]);
    expect(d.results().slice(2)).toEqual([
      'ENOENT',
      0,
      'EEXIST',
      'EINVAL',
      'ENOENT',
      0,
      'EIO',
      'EBADF',
      0,
      0,
      0,
      'EBADF',
      'EBADF',
      'EBADF',
    ]);
    expect([...d.violations]).toEqual([]);
  });

  it('drop every reference: nothing is left of the VM', () => {
    const d = inOrder([...cdevPathCalls('a', 1, 'vm'), vmExit(), ...closeCalls('a', 'fd1')]);
    expect(d.results()).toEqual(Array(6).fill(0));
    for (const object of ['vm', 'vm kvm-vfio', 'fd1 in vm'])
      expect([object, d.fieldValue(`${object}.life`)]).toEqual([object, 2]);
    expect([...d.violations]).toEqual([]);
  });

  it('let the last close of a device put the last reference of the VM, under dev_set.lock', () => {
    const calls = [...cdevPathCalls('a', 1, 'vm'), vmExit(), ...closeCalls('a', 'fd1')];
    const d = startTestRun(upstream, {}, ONE_DEVICE, calls).runCalls(0, 1, 2, 3, 4);
    expect([d.fieldValue('vm.users_count'), d.fieldValue('vm.life')]).toEqual([1, 1]);
    d.runUntil('a', 'CLOSE.5b');
    expect([d.fieldValue('vm.life'), d.fieldValue('devset vfio0.lock')]).toEqual([2, 1]);
  });

  it('never leave a pointer to a VM, in any interleaving with a bind or GET_DEVICE_FD', () => {
    const paths: readonly (readonly Call[])[] = [
      [...cdevPathCalls('a', 1, 'vm'), ...closeCalls('a', 'fd1')],
      [openGroup('a', 'g1'), kvmAdd('g1'), ...closeCalls('a', 'g1')],
    ];
    for (const calls of paths) {
      const found = exploreInterleavings(upstream, {}, ONE_DEVICE, [
        ...calls,
        { by: 'a/2', call: 'vm_exit', kvm: 'vm' },
        unregister,
      ]);
      expect([...found.violations]).toEqual([]);
    }
  });
});

describe('kvm-ref', () => {
  it('reports a KVM pointer that stays after the KVM let go of the file', () => {
    const keepsPointer = withSteps(upstream, 'kvm_del', (steps) =>
      steps.map((s) => ({ ...s, ops: JSON.parse(JSON.stringify(s.ops), dropKvmStore) })),
    );
    const calls = [openGroup('a', 'g1'), kvmAdd('g1'), kvmDel('g1')];
    const d = startTestRun(keepsPointer, {}, ONE_DEVICE, calls).runToEnd();
    expect(d.violations.get('kvm-ref')).toBe('group 12.kvm is still vm, which no longer holds g1');
  });
});

/** Replaces the store that clears the KVM pointer by one that does nothing. */
function dropKvmStore(_key: string, value: unknown): unknown {
  const clears = store('kvm/kvf.file.private_data.kvm', 0);
  return JSON.stringify(value) === JSON.stringify(clears)
    ? { kind: 'say', text: 'the pointer stays' }
    : value;
}
