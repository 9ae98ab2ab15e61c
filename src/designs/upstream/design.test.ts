import { describe, expect, it } from 'vitest';
import { counterHolders } from '../../kernel/machine/describeEvent';
import { F_OP } from '../../kernel/language/vfs';
import type { Call, World } from '../../kernel/language/world';
import { startTestRun } from '../testing/testRun';
import { cdevPathCalls, closeCalls, groupPathCalls, ONE_DEVICE } from '../testing/upstreamCalls';
import type { ContainerOpenCall } from '../testing/upstreamCalls';
import { design as upstream } from './design';

const run = (calls: readonly Call[], world: World = ONE_DEVICE) =>
  startTestRun(upstream, {}, world, calls);

describe('upstream', () => {
  it('runs the cdev path and releases everything', () => {
    const d = run([
      ...cdevPathCalls('a', 1, 'vm'),
      { by: 'a', call: 'device_io', fd: 'fd1' },
      { by: 'a', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas1' },
      { by: 'a', call: 'attach_ioas', fd: 'fd1', ioas: 'ioas1' },
      { by: 'a', call: 'kvm_del', fd: 'fd1', kvm: 'vm' },
      ...closeCalls('a', 'ictx1', 'fd1'),
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
    ]).runToEnd();
    expect(d.results()).toEqual(Array(11).fill(0));
    expect([...d.violations]).toEqual([]);
    for (const object of [
      'vfio0',
      'group 12',
      'devset vfio0',
      'ictx1 ctx',
      'ioas1',
      'ioas1 hwpt',
      'fd1 df',
      'fd1 idev',
      'ictx1 igroup 12',
      'fd1',
      'ictx1',
    ])
      expect([object, d.fieldValue(`${object}.life`)]).toEqual([object, 2]);
    expect([d.fieldValue('iommu group 12.owner'), d.fieldValue('vm.users_count')]).toEqual([0, 1]);
  });

  it('claims the DMA at SET_CONTAINER in container mode, at GET_DEVICE_FD in iommufd mode', () => {
    const claimed = (mode: ContainerOpenCall, before: string): number =>
      run(groupPathCalls('a', 1, mode))
        .runUntil('a', before)
        .fieldValue('iommu group 12.owner_cnt');
    expect([claimed('open_container', 'SETC.1'), claimed('open_container', 'GDF.1')]).toEqual([
      0, 1,
    ]);
    expect([claimed('open_iommufd', 'GDF.1'), claimed('open_iommufd', 'GDF.12')]).toEqual([0, 1]);
  });

  it('gives the fd of a group the same fops as any other file, all the time', () => {
    const d = run(groupPathCalls('a', 1, 'open_container'));
    for (const step of ['GDF.1', 'GDF.12']) {
      d.runUntil('a', step);
      expect([step, d.fieldValue('d1.f_op')]).toEqual([step, F_OP.normal.enumValue]);
    }
    expect(d.runToEnd().fieldValue('d1.f_op')).toBe(F_OP.normal.enumValue);
  });

  it('closes the group path clean in any order, container first or device first', () => {
    for (const mode of ['open_container', 'open_iommufd'] as const) {
      for (const order of [
        'g1 c1 d1',
        'g1 d1 c1',
        'c1 g1 d1',
        'c1 d1 g1',
        'd1 g1 c1',
        'd1 c1 g1',
      ]) {
        const d = run([
          ...groupPathCalls('a', 1, mode),
          { by: 'a', call: 'device_io', fd: 'd1' },
          ...closeCalls('a', ...order.split(' ')),
        ]).runToEnd();
        expect([mode, order, d.results()]).toEqual([mode, order, Array(9).fill(0)]);
        expect([mode, order, ...d.violations]).toEqual([mode, order]);
        for (const zero of [
          'vfio0.open_count',
          'group 12.opened_file',
          'iommu group 12.owner_cnt',
          'group 12.container_users',
          'c1.f_count',
        ])
          expect([zero, d.fieldValue(zero)]).toEqual([zero, 0]);
      }
    }
  });

  it('keeps the group file of a device fd in container mode, and not in iommufd mode', () => {
    for (const [mode, again, opener] of [
      ['open_container', 'EBUSY', true],
      ['open_iommufd', 0, false],
    ] as const) {
      const d = run([
        ...groupPathCalls('a', 1, mode),
        ...closeCalls('a', 'g1'),
        { by: 'b', call: 'open_group', group: '12', as: 'g2' },
      ]);
      d.runUntil('a');
      expect([
        mode,
        d.fieldValue('group 12.opened_file') !== 0,
        d.fieldValue('g1.f_count'),
      ]).toEqual([mode, opener, opener ? 1 : 0]);
      expect([mode, d.runToEnd().results().at(-1)]).toEqual([mode, again]);
    }
  });

  it('shares one device open between the device fds of a group', () => {
    const d = run([
      ...groupPathCalls('a', 1, 'open_container'),
      { by: 'a', call: 'get_device_fd', fd: 'g1', device: 'vfio0', as: 'd2' },
    ]).runToEnd();
    expect([
      d.fieldValue('vfio0.open_count'),
      d.fieldValue('group 12.container_users'),
      d.fieldValue('g1.f_count'),
    ]).toEqual([2, 2, 2]);
    expect([...d.violations]).toEqual([]);
  });

  it('serialises two binds of one fd: both count at the group, the second finds access granted', () => {
    const calls: Call[] = [
      ...cdevPathCalls('a', 1),
      { by: 'a/2', call: 'bind_iommufd', fd: 'fd1', iommufd: 'ictx1' },
    ];
    const d = run(calls).runUntil('a', 'BIND.9').runUntil('a/2');
    expect(d.fieldValue('group 12.cdev_device_open_cnt')).toBe(2);
    expect(d.runToEnd().results()).toEqual([0, 0, 0, 'EINVAL']);
    expect([
      d.fieldValue('group 12.cdev_device_open_cnt'),
      d.fieldValue('vfio0.open_count'),
    ]).toEqual([1, 1]);
    expect([...d.violations]).toEqual([]);
  });

  it('keeps the paths apart, whichever comes first, and lets the same call work once the other path is left', () => {
    const cdevFirst = run([
      ...cdevPathCalls('a', 1),
      ...closeCalls('a', 'fd1'),
      { by: 'b', call: 'open_group', group: '12', as: 'g1' },
      { by: 'b', call: 'open_group', group: '12', as: 'g2' },
    ])
      .runUntil('a', 'FILE.1')
      .runUntil('b', 'CHR.U')
      .runUntil('b', 'CHR.1')
      .runUntil('a')
      .runToEnd();
    expect(cdevFirst.results()).toEqual([0, 0, 0, 0, 'EBUSY', 0]);
    const groupFirst = run([
      { by: 'b', call: 'open_group', group: '12', as: 'g1' },
      ...closeCalls('b', 'g1'),
      ...cdevPathCalls('a', 1),
      { by: 'a', call: 'bind_iommufd', fd: 'fd1', iommufd: 'ictx1' },
    ])
      .runUntil('b', 'FILE.1')
      .runUntil('a', 'BIND.4')
      .runUntil('a', 'BIND.1')
      .runUntil('b')
      .runToEnd();
    expect(groupFirst.results()).toEqual([0, 0, 0, 0, 'EBUSY', 0]);
    expect([...cdevFirst.violations, ...groupFirst.violations]).toEqual([]);
  });

  it('hides the device before it waits, and says whom it waits for', () => {
    const d = run([
      ...cdevPathCalls('a', 1),
      ...closeCalls('a', 'fd1'),
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
      { by: 'b', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
    ])
      .runUntil('a', 'FILE.1')
      .runUntil('driver')
      .runUntil('b');
    expect(d.results()).toEqual([0, 0, 0, 'waiting', 'running', 'ENOENT']);
    const refcount = d.program.fields.findIndex((f) => f.title === 'vfio0.refcount');
    expect(
      counterHolders(d.program, d.state, refcount).map((h) => `${h.name}: ${h.label}`),
    ).toEqual(['fd1: an open file']);
    expect(d.runToEnd().results()).toEqual([0, 0, 0, 0, 0, 'ENOENT']);
    expect([...d.violations]).toEqual([]);
  });

  it('keeps the memory for an opener that was faster than the unregistration', () => {
    const d = run([
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
      { by: 'a', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
    ])
      .runUntil('a', 'OPEN.2')
      .runUntil('driver');
    expect([d.results(), d.fieldValue('vfio0.life'), d.fieldValue('vfio0.kref')]).toEqual([
      [0, 'running'],
      1,
      1,
    ]);
    expect([d.runToEnd().results(), d.fieldValue('vfio0.life')]).toEqual([[0, 'ENODEV'], 2]);
    expect([...d.violations]).toEqual([]);
  });

  it('closes late: the last process that shares the file ends the bind', () => {
    const d = run([
      ...cdevPathCalls('a', 1),
      { by: 'a', call: 'pass_fd', fd: 'fd1', to: 'b', as: 'passed' },
      ...closeCalls('a', 'fd1'),
      { by: 'b', call: 'device_io', fd: 'passed' },
      { by: 'b', call: 'open_group', group: '12', as: 'g' },
      ...closeCalls('b', 'passed'),
    ])
      .runUntil('a')
      .runUntil('b', 'FILE.1');
    expect([
      d.results(),
      d.fieldValue('vfio0.open_count'),
      d.fieldValue('iommu group 12.owner_cnt'),
    ]).toEqual([[0, 0, 0, 0, 0, 0, 'EBUSY', 'waiting'], 1, 1]);
    expect([
      d.runToEnd().results().at(-1),
      d.fieldValue('vfio0.open_count'),
      d.fieldValue('iommu group 12.owner_cnt'),
    ]).toEqual([0, 0, 0]);
    expect([...d.violations]).toEqual([]);
  });

  it('tells who keeps an iommufd that was closed early', () => {
    const d = run([
      ...cdevPathCalls('a', 1),
      ...closeCalls('a', 'ictx1'),
      { by: 'a', call: 'device_io', fd: 'fd1' },
    ]).runToEnd();
    const count = d.program.fields.findIndex((f) => f.title === 'ictx1.f_count');
    expect(counterHolders(d.program, d.state, count).map((h) => `${h.name}: ${h.label}`)).toEqual([
      'fd1 df: a bound cdev file',
      'fd1 idev: a device bound to the iommufd',
    ]);
    expect(d.results()).toEqual(Array(5).fill(0));
    expect([...d.violations]).toEqual([]);
  });

  it('replaces a page table for every attached device of the group', () => {
    const world: World = {
      ...ONE_DEVICE,
      devices: [
        { name: 'vfio0', group: '12' },
        { name: 'vfio1', group: '12' },
      ],
    };
    const d = run(
      [
        ...cdevPathCalls('a', 1),
        { by: 'a', call: 'open_cdev', device: 'vfio1', as: 'fd2' },
        { by: 'a', call: 'bind_iommufd', fd: 'fd2', iommufd: 'ictx1' },
        { by: 'a', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas1' },
        { by: 'a', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas2' },
        { by: 'a', call: 'attach_ioas', fd: 'fd1', ioas: 'ioas1' },
        { by: 'a', call: 'attach_ioas', fd: 'fd2', ioas: 'ioas1' },
        { by: 'a', call: 'attach_ioas', fd: 'fd1', ioas: 'ioas2' },
        { by: 'a', call: 'iommu_destroy', iommufd: 'ictx1', object: 'ioas1' },
        { by: 'a', call: 'iommu_destroy', iommufd: 'ictx1', object: 'ioas2' },
        { by: 'a', call: 'detach_ioas', fd: 'fd1' },
        { by: 'a', call: 'detach_ioas', fd: 'fd2' },
        { by: 'a', call: 'iommu_destroy', iommufd: 'ictx1', object: 'ioas2' },
      ],
      world,
    ).runToEnd();
    expect(d.results()).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'EBUSY', 0, 0, 0]);
    expect([...d.violations]).toEqual([]);
  });

  it('loses the old page table if copy_to_user of the new id fails (found by reading, not run)', () => {
    const attach: Call = { by: 'a', call: 'attach_ioas', fd: 'fd1', ioas: 'ioas1' };
    const d = run([
      ...cdevPathCalls('a', 1),
      { by: 'a', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas1' },
      { by: 'a', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas2' },
      attach,
      { ...attach, ioas: 'ioas2', fault: 'ATTACH.5' },
    ]).runUntil('a', 'ATTACH.5');
    expect(d.fieldValue('vfio0.iommufd_attached')).toBe(1);
    expect(d.runToEnd().results()).toEqual([0, 0, 0, 0, 0, 0, 'EFAULT']);
    expect([d.fieldValue('vfio0.iommufd_attached'), d.fieldValue('ioas1 hwpt.life')]).toEqual([
      0, 2,
    ]);
  });

  it('gets the IOMMU group of a device before it takes the lock of the list of groups', () => {
    const world: World = {
      processes: [],
      devices: [
        { name: 'vfio0', group: '12', registered: false },
        { name: 'vfio1', group: '13', registered: false },
      ],
    };
    const d = run(
      [
        { by: 'driver', call: 'register_device', device: 'vfio0' },
        { by: 'driver/2', call: 'register_device', device: 'vfio1', fault: 'REG.8a' },
      ],
      world,
    );
    d.runUntil('driver', 'REG.8e').runUntil('driver/2');
    expect(d.results()).toEqual(['running', 'EINVAL']);
  });

  it('says in the source that mmap does not resume the device', () => {
    const source = (id: string): string => {
      const { program } = run([
        ...cdevPathCalls('a', 1),
        { by: 'a', call: 'device_io', fd: 'fd1' },
      ]);
      const step = program.tasks[0]!.steps.find((s) => s.id === id)!;
      return [step.title, ...step.source].join(' ');
    };
    expect(source('GATE.2')).toMatch(/vfio-pci for read and write.*mmap resumes nothing/);
  });

  it('drops the KVM of the group path in a failing bind of a device that is left open', () => {
    const d = run([
      { by: 'a', call: 'open_group', group: '12', as: 'g1' },
      { by: 'a', call: 'open_iommufd', as: 'c1' },
      { by: 'a', call: 'set_container', fd: 'g1', container: 'c1' },
      { by: 'a', call: 'kvm_add', fd: 'g1', kvm: 'vm' },
      { by: 'a', call: 'get_device_fd', fd: 'g1', device: 'vfio0', as: 'd1' },
      // The VM would keep the group file, and with it the group open.
      { by: 'a', call: 'kvm_del', fd: 'g1', kvm: 'vm' },
      { by: 'a', call: 'close', fd: 'g1' },
      ...cdevPathCalls('b', 2),
    ]).runToEnd();
    expect(d.results().slice(-3)).toEqual([0, 0, 'EINVAL']);
    expect(d.violations.get('kvm-ref')).toContain('d1');
  });

  it('registers from an empty state, and undoes all steps if one fails', () => {
    const world: World = {
      ...ONE_DEVICE,
      devices: [{ name: 'vfio0', group: '12', registered: false }],
    };
    for (const fault of [
      'REG.1',
      'REG.2',
      'REG.3',
      'REG.6',
      'REG.7',
      'REG.8a',
      'REG.8c',
      'REG.9',
      'REG.10b',
    ]) {
      const register: Call = { by: 'driver', call: 'register_device', device: 'vfio0' };
      const d = run(
        [
          { ...register, fault },
          register,
          { by: 'driver', call: 'unregister_device', device: 'vfio0' },
        ],
        world,
      );
      d.runUntil('driver', 'UNREG.0a');
      expect([
        fault,
        d.results()[0] !== 0,
        d.results()[1],
        d.fieldValue('vfio0.kref'),
        d.fieldValue('group 12.kref'),
      ]).toEqual([fault, true, 0, 2, 2]);
      expect(d.runToEnd().results()[2]).toBe(0);
      expect([fault, ...d.violations]).toEqual([fault]);
      expect([
        d.fieldValue('vfio0.life'),
        d.fieldValue('group 12.life'),
        d.fieldValue('devset vfio0.life'),
      ]).toEqual([2, 2, 2]);
    }
  });

  it('creates a second group beside one that an old file holds', () => {
    const calls: Call[] = [
      { by: 'a', call: 'open_group', group: '12', as: 'old' },
      { by: 'a', call: 'open_container', as: 'c1' },
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
      { by: 'driver', call: 'register_device', device: 'vfio0' },
      { by: 'b', call: 'open_group', group: '12', as: 'new' },
      { by: 'a', call: 'set_container', fd: 'old', container: 'c1' },
      { by: 'a', call: 'get_device_fd', fd: 'old', device: 'vfio0', as: 'd1' },
      { by: 'b', call: 'set_container', fd: 'new', container: 'c1' },
      { by: 'a', call: 'close', fd: 'old' },
    ];
    const d = startTestRun(upstream, {}, ONE_DEVICE, calls).runCalls(...calls.keys());
    expect(d.results()).toEqual([0, 0, 0, 0, 0, 'ENODEV', 'ENODEV', 0, 0]);
    expect([...d.violations]).toEqual([]);
    // The first group is gone; the second one kept its own minor.
    expect(d.fieldValue('group 12.life')).toBe(2);
    expect(d.fieldValue('group 12 (second).minor')).toBe(2);
    expect(d.fieldValue('group 12 (second).opened_file')).not.toBe(0);
  });
});
