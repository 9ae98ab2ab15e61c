import { describe, expect, it } from 'vitest';
import type { Call, World } from '../../kernel/language/world';
import { startTestRun, exploreInterleavings } from '../testing/testRun';
import { design as rfcOpened } from './design';

const world: World = {
  devices: [
    { name: 'vfio0', group: '12' },
    { name: 'vfio1', group: '12' },
  ],
  processes: ['qemu', 'dpdk', 'legacy'],
};
const run = (calls: readonly Call[], w = world) => startTestRun(rfcOpened, {}, w, calls);

const cdev = (by: string, n: number, device = 'vfio0'): Call[] => [
  { by, call: 'open_cdev', device, as: `fd${n}` },
  { by, call: 'open_iommufd', as: `ictx${n}` },
  { by, call: 'bind_iommufd', fd: `fd${n}`, iommufd: `ictx${n}` },
];
const legacy: Call[] = [
  { by: 'legacy', call: 'open_container', as: 'c' },
  { by: 'legacy', call: 'open_group', group: '12', as: 'g' },
  { by: 'legacy', call: 'set_container', fd: 'g', container: 'c' },
  { by: 'legacy', call: 'set_iommu', fd: 'c' },
  { by: 'legacy', call: 'get_device_fd', fd: 'g', device: 'vfio0', as: 'd' },
];
/** Broken at every open of a device node, by design (D1-R6). */
const BY_DESIGN = 'no-ops-before-bind';
const unexpectedViolations = (broken: ReadonlyMap<string, string>): string[] =>
  [...broken.keys()].filter((p) => p !== BY_DESIGN).sort();

describe('rfc-opened', () => {
  it('runs the cdev path and releases everything', () => {
    const d = run([
      ...cdev('qemu', 1),
      { by: 'qemu', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas1' },
      { by: 'qemu', call: 'attach_ioas', fd: 'fd1', ioas: 'ioas1' },
      { by: 'qemu', call: 'attach_ioas', fd: 'fd1', ioas: 'ioas1' },
      { by: 'qemu', call: 'device_io', fd: 'fd1' },
      { by: 'qemu', call: 'close', fd: 'ictx1' },
      { by: 'qemu', call: 'device_io', fd: 'fd1' },
      { by: 'qemu', call: 'close', fd: 'fd1' },
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
      { by: 'driver', call: 'unregister_device', device: 'vfio1' },
    ]).runToEnd();
    expect(d.results()).toEqual([0, 0, 0, 0, 0, 'EBUSY', 0, 0, 0, 0, 0, 0]);
    expect(unexpectedViolations(d.violations)).toEqual([]);
    for (const freed of [
      'vfio0',
      'vfio0.pci',
      'vfio0 idev',
      'vfio0 videv',
      'ictx1 ctx',
      'ioas1',
      'group 12',
    ])
      expect([freed, d.fieldValue(`${freed}.life`)]).toEqual([freed, 2]);
    expect([
      d.fieldValue('iommu group 12.user_dma_owner_id'),
      d.fieldValue('iommu group 12.domain'),
      d.fieldValue('device_cdev.kobj'),
    ]).toEqual([0, 0, 1]);
  });

  it('runs the legacy path with two fds of one device, and releases everything in any close order', () => {
    for (const order of [
      ['d', 'd2', 'g', 'c'],
      ['g', 'c', 'd', 'd2'],
      ['c', 'd', 'g', 'd2'],
    ]) {
      const d = run([
        ...legacy,
        { by: 'legacy', call: 'get_device_fd', fd: 'g', device: 'vfio0', as: 'd2' },
        { by: 'legacy', call: 'device_io', fd: 'd' },
        { by: 'legacy', call: 'unset_container', fd: 'g' },
        ...order.map((fd): Call => ({ by: 'legacy', call: 'close', fd })),
        { by: 'driver', call: 'unregister_device', device: 'vfio0' },
      ]).runToEnd();
      expect(d.results()).toEqual([0, 0, 0, 0, 0, 0, 0, 'EBUSY', 0, 0, 0, 0, 0]);
      expect([...d.violations]).toEqual([]);
      expect([
        d.fieldValue('c container.life'),
        d.fieldValue('group 12.opened'),
        d.fieldValue('group 12.container_users'),
        d.fieldValue('iommu group 12.domain'),
      ]).toEqual([2, 0, 0, 0]);
    }
  });

  it('fails calls that the state of the group and the container does not allow', () => {
    const d = run([
      legacy[0]!,
      legacy[1]!,
      { by: 'legacy', call: 'get_device_fd', fd: 'g', device: 'vfio0', as: 'early' },
      { by: 'legacy', call: 'unset_container', fd: 'g' },
      { by: 'legacy', call: 'set_iommu', fd: 'c' },
      { by: 'legacy', call: 'set_container', fd: 'g', container: 'g' },
      legacy[2]!,
      { by: 'legacy', call: 'get_device_fd', fd: 'g', device: 'vfio0', as: 'earlier' },
      legacy[3]!,
      legacy[3]!,
      legacy[2]!,
      { by: 'legacy', call: 'device_io', fd: 'g' },
      { by: 'legacy', call: 'device_io', fd: 'c' },
      { by: 'legacy', call: 'unset_container', fd: 'g' },
      { by: 'qemu', call: 'open_group', group: '12', as: 'g2' },
      { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd9' },
    ])
      .runUntil('legacy')
      .runToEnd();
    expect(d.results()).toEqual([
      0,
      0,
      'EINVAL',
      'EINVAL',
      'EINVAL',
      'EINVAL',
      0,
      'EINVAL',
      0,
      'EINVAL',
      'EINVAL',
      'ENOTTY',
      'EINVAL',
      0,
      'EBUSY',
      'EBUSY',
    ]);
    expect(unexpectedViolations(d.violations)).toEqual([]);
  });

  it('separates the two paths of a group at open, in either order', () => {
    const calls = [...legacy, ...cdev('dpdk', 1, 'vfio1')];
    expect(run(calls).runUntil('legacy').runToEnd().results()).toEqual([
      0,
      0,
      0,
      0,
      0,
      'EBUSY',
      0,
      'skipped',
    ]);
    expect(run(calls).runUntil('dpdk').runToEnd().results()).toEqual([
      0,
      'EBUSY',
      'skipped',
      'EINVAL',
      'skipped',
      0,
      0,
      0,
    ]);
    const closed = run([
      ...legacy,
      { by: 'legacy', call: 'close', fd: 'g' },
      { by: 'qemu', call: 'open_group', group: '12', as: 'g2' },
      ...cdev('dpdk', 1),
    ])
      .runUntil('legacy')
      .runToEnd();
    expect(closed.results().slice(5)).toEqual([0, 'EBUSY', 'EBUSY', 0, 'skipped']);
    for (const device of ['vfio0', 'vfio1']) {
      const all = exploreInterleavings(rfcOpened, {}, world, [
        ...legacy,
        ...cdev('dpdk', 1, device),
      ]);
      expect(unexpectedViolations(all.violations)).toEqual([]);
      expect(all.states).toBeGreaterThan(400);
    }
  });

  it('lets one of two open the node, and the loser leaves no trace', () => {
    const calls = [...cdev('qemu', 1), ...cdev('dpdk', 2)];
    expect(run(calls).runUntil('qemu').runToEnd().results()).toEqual([
      0,
      0,
      0,
      'EBUSY',
      0,
      'skipped',
    ]);
    expect(run(calls).runUntil('dpdk').runToEnd().results()).toEqual([
      'EBUSY',
      0,
      'skipped',
      0,
      0,
      0,
    ]);
    expect(
      unexpectedViolations(exploreInterleavings(rfcOpened, {}, world, calls).violations),
    ).toEqual([]);
  });

  it('gives two openers when the cmpxchg becomes a read and a write', () => {
    const weak: typeof rfcOpened = {
      ...rfcOpened,
      model: (options) => {
        const model = rfcOpened.model(options);
        const open = model.calls.open_cdev;
        if (!('steps' in open)) throw new Error('open_cdev has one routine');
        const steps = open.steps.flatMap((step) => {
          const [op] = step.ops;
          if (step.id !== 'OPEN.4' || op?.kind !== 'cmpxchg') return [step];
          return [
            {
              ...step,
              ops: [
                {
                  kind: 'test' as const,
                  cond: { cmp: 'ne' as const, a: op.field, b: 0 },
                  then: op.otherwise,
                  otherwise: [],
                },
              ],
            },
            {
              ...step,
              id: 'OPEN.4b',
              ops: [{ kind: 'store' as const, field: op.field, value: 1 }],
            },
          ];
        });
        return { ...model, calls: { ...model.calls, open_cdev: { ...open, steps } } };
      },
    };
    expect(
      unexpectedViolations(
        exploreInterleavings(weak, {}, world, [...cdev('qemu', 1), ...cdev('dpdk', 2).slice(0, 1)])
          .violations,
      ),
    ).toEqual(['counters', 'single-bind']);
  });

  it('decides at the bind between the devices of a group: one iommufd', () => {
    const calls = [
      ...cdev('qemu', 1),
      ...cdev('dpdk', 2, 'vfio1'),
      { by: 'qemu', call: 'bind_iommufd', fd: 'fd1', iommufd: 'ictx1' } satisfies Call,
    ];
    expect(run(calls).runUntil('qemu').runToEnd().results()).toEqual([
      0,
      0,
      0,
      0,
      0,
      'EBUSY',
      'EBUSY',
    ]);
    const same = run([
      ...cdev('qemu', 1),
      ...cdev('qemu', 2, 'vfio1').map((c): Call =>
        c.call === 'bind_iommufd' ? { ...c, iommufd: 'ictx1' } : c,
      ),
    ]).runToEnd();
    expect(same.fieldValue('iommu group 12.owner_cnt')).toBe(2);
    expect(unexpectedViolations(same.violations)).toEqual([]);
    expect(
      unexpectedViolations(exploreInterleavings(rfcOpened, {}, world, calls).violations),
    ).toEqual([]);
    const held: World = {
      ...world,
      devices: [
        world.devices[0]!,
        { name: 'nic', group: '12', registered: false, kernelDriver: true },
      ],
    };
    expect(run(cdev('qemu', 1), held).runToEnd().results()).toEqual([0, 0, 'EINVAL']);
    expect(run(legacy, held).runToEnd().results()).toEqual([0, 0, 0, 0, 'EINVAL']);
  });

  it('fails a bind on a file of the group path, and with a file that is not an iommufd', () => {
    const d = run([
      ...legacy,
      { by: 'legacy', call: 'open_iommufd', as: 'i' },
      { by: 'legacy', call: 'bind_iommufd', fd: 'd', iommufd: 'i' },
      { by: 'legacy', call: 'bind_iommufd', fd: 'g', iommufd: 'i' },
    ]).runToEnd();
    expect(d.results().slice(5)).toEqual([0, 'ENOTTY', 'ENOTTY']);
    const wrong = run([
      cdev('qemu', 1)[0]!,
      { by: 'qemu', call: 'bind_iommufd', fd: 'fd1', iommufd: 'fd1' },
      { by: 'qemu', call: 'close', fd: 'fd1' },
    ]).runToEnd();
    expect(wrong.results()).toEqual([0, 'EINVAL', 0]);
    // The lookup takes a reference that the refusal never puts: the file is never released.
    expect(wrong.fieldValue('fd1.f_count')).toBe(1);
  });

  it('undoes every step of open and of GET_DEVICE_FD that can fail', () => {
    for (const fault of ['OPEN.5', 'OPEN.6b']) {
      const d = run([
        { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'no', fault },
        ...cdev('qemu', 1),
        ...legacy.slice(1, 2),
      ]).runToEnd();
      expect([fault, d.results()[0] === 0, ...d.results().slice(1)]).toEqual([
        fault,
        false,
        0,
        0,
        0,
        'EBUSY',
      ]);
      expect(unexpectedViolations(d.violations)).toEqual([]);
    }
    for (const fault of ['GDF.2', 'GDF.4', 'GDF.5b', 'GDF.6', 'GDF.7']) {
      const d = run([
        ...legacy.slice(0, 4),
        { ...legacy[4]!, as: 'no', fault },
        legacy[4]!,
        { by: 'legacy', call: 'device_io', fd: 'd' },
      ]).runToEnd();
      expect([fault, d.results()[4] === 0, ...d.results().slice(5)]).toEqual([fault, false, 0, 0]);
      expect([...d.violations]).toEqual([]);
      expect(d.fieldValue('vfio0.pci.refcnt')).toBe(1);
    }
  });

  it('undoes the steps of bind that the patch undoes', () => {
    for (const fault of ['BIND.2', 'BIND.4d', 'BIND.5']) {
      const calls = cdev('qemu', 1);
      const d = run([
        ...calls.slice(0, 2),
        { ...calls[2]!, fault },
        { by: 'qemu', call: 'device_io', fd: 'fd1' },
        calls[2]!,
      ]).runToEnd();
      expect([fault, d.results()[2] === 0, ...d.results().slice(3)]).toEqual([
        fault,
        false,
        'ENODEV',
        0,
      ]);
      expect(unexpectedViolations(d.violations)).toEqual([]);
      expect([d.fieldValue('ictx1 ctx.refs'), d.fieldValue('iommu group 12.owner_cnt')]).toEqual([
        2, 1,
      ]);
    }
  });

  it('says that it cannot follow a node name to the device of another bus', () => {
    const w: World = {
      devices: [
        { name: 'vfio0', group: '12', devName: '0000:01:00.0' },
        { name: 'vfio1', group: '13', devName: '0000:01:00.0', registered: false },
      ],
      processes: ['qemu'],
    };
    const open: Call = { by: 'qemu', call: 'open_cdev', device: 'vfio1', as: 'fd1' };
    expect(run([open], w).runToEnd().results()).toEqual(['MODEL_LIMIT']);
  });

  it('returns -EINVAL for a bad argument of BIND, ATTACH and DETACH, before it takes a lock', () => {
    const calls: Call[] = [
      ...cdev('qemu', 1),
      { by: 'qemu', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas1' },
      { by: 'qemu', call: 'attach_ioas', fd: 'fd1', ioas: 'ioas1' },
      { by: 'qemu', call: 'detach_ioas', fd: 'fd1' },
    ];
    for (const [index, fault] of [
      [2, 'BIND.2b'],
      [4, 'ATTACH.2b'],
      [5, 'DETACH.2b'],
    ] as const) {
      const prefix = calls.slice(0, index);
      const failing = { ...calls[index]!, fault };
      const results = run([...prefix, failing])
        .runToEnd()
        .results();
      expect([fault, ...results]).toEqual([fault, ...prefix.map(() => 0), 'EINVAL']);
    }
  });

  it('registers and unregisters, and undoes a register that fails', () => {
    const w: World = {
      devices: [{ name: 'vfio0', group: '12', registered: false }],
      processes: ['qemu'],
    };
    const d = run(
      [
        { by: 'driver', call: 'register_device', device: 'vfio0' },
        ...cdev('qemu', 1),
        { by: 'qemu', call: 'close', fd: 'fd1' },
        { by: 'driver', call: 'unregister_device', device: 'vfio0' },
      ],
      w,
    )
      .runUntil('driver', 'UNREG.0a')
      .runToEnd();
    expect(d.results()).toEqual([0, 0, 0, 0, 0, 0]);
    expect(unexpectedViolations(d.violations)).toEqual([]);
    for (const fault of ['REG.1', 'REG.2', 'REG.3', 'REG.4b', 'REG.4c']) {
      const failed = run(
        [
          { by: 'driver', call: 'register_device', device: 'vfio0', fault },
          { by: 'driver', call: 'register_device', device: 'vfio0' },
        ],
        w,
      ).runToEnd();
      expect([fault, failed.results()[0] === 0, failed.results()[1]]).toEqual([fault, false, 0]);
      expect([...failed.violations]).toEqual([]);
      expect([failed.fieldValue('vfio0.minor'), failed.fieldValue('group 12.kref')]).toEqual([
        1, 1,
      ]);
    }
    expect(
      run([{ by: 'driver', call: 'register_device', device: 'vfio0' }])
        .runToEnd()
        .results(),
    ).toEqual(['EBUSY']);
    expect(
      run([{ by: 'driver', call: 'unregister_device', device: 'vfio0' }], w)
        .runToEnd()
        .results(),
    ).toEqual(['ENODEV']);
  });

  it('admits opens through the group before the node exists', () => {
    const w: World = {
      devices: [
        { name: 'vfio0', group: '12', registered: false },
        { name: 'vfio1', group: '12' },
      ],
      processes: ['qemu', 'legacy'],
    };
    const calls: Call[] = [
      { by: 'driver', call: 'register_device', device: 'vfio0' },
      { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
      ...legacy,
    ];
    expect(run(calls, w).runUntil('driver', 'REG.4a').runUntil('qemu').results()[1]).toBe('ENOENT');
    expect(run(calls, w).runUntil('driver', 'REG.3d').runUntil('legacy').results().at(-1)).toBe(
      'ENODEV',
    );
    const half = run(calls, w).runUntil('driver', 'REG.4a').runUntil('legacy');
    expect(half.results().at(-1)).toBe(0);
    // A node that fails now must wait for a user that came in by the group.
    expect(
      run([{ ...calls[0]!, fault: 'REG.4c' }, ...legacy], w)
        .runUntil('driver', 'REG.4c')
        .runUntil('legacy')
        .runUntil('driver')
        .results()[0],
    ).toBe('running');
  });

  it('waits with the last device of a group until the container is gone', () => {
    const w: World = { devices: [{ name: 'vfio0', group: '12' }], processes: ['legacy'] };
    const d = run(
      [
        ...legacy.slice(0, 4),
        { by: 'legacy', call: 'close', fd: 'g' },
        { by: 'driver', call: 'unregister_device', device: 'vfio0' },
      ],
      w,
    )
      .runUntil('legacy', 'FILE.1')
      .runUntil('driver');
    expect(d.results().at(-1)).toBe('running');
    expect(d.runToEnd().results().at(-1)).toBe(0);
    expect([...d.violations]).toEqual([]);
    expect(d.fieldValue('group 12.life')).toBe(2);
  });
});
