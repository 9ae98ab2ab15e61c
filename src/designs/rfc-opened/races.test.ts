import { describe, expect, it } from 'vitest';
import type { Call, World } from '../../kernel/language/world';
import { startTestRun, exploreInterleavings } from '../testing/testRun';
import { design as rfcOpened } from './design';

const world: World = {
  devices: [
    { name: 'vfio0', group: '12' },
    { name: 'vfio1', group: '12' },
  ],
  processes: ['legacy', 'dpdk'],
};
const run = (calls: readonly Call[], w = world) => startTestRun(rfcOpened, {}, w, calls);

const setUp: Call[] = [
  { by: 'legacy', call: 'open_container', as: 'c' },
  { by: 'legacy', call: 'open_group', group: '12', as: 'g' },
  { by: 'legacy', call: 'set_container', fd: 'g', container: 'c' },
  { by: 'legacy', call: 'set_iommu', fd: 'c' },
];
const getFd = (by: string, device: string, as: string): Call => ({
  by,
  call: 'get_device_fd',
  fd: 'g',
  device,
  as,
});
const unset: Call = { by: 'legacy/2', call: 'unset_container', fd: 'g' };
const cdev = (by: string, n: number, device = 'vfio0'): Call[] => [
  { by, call: 'open_cdev', device, as: `fd${n}` },
  { by, call: 'open_iommufd', as: `ictx${n}` },
  { by, call: 'bind_iommufd', fd: `fd${n}`, iommufd: `ictx${n}` },
];
const violatedIds = (broken: ReadonlyMap<string, string>): string[] => [...broken.keys()].sort();

describe('the container dropped under a new fd (D1-R1)', () => {
  const calls = [
    ...setUp,
    getFd('legacy', 'vfio0', 'd'),
    { by: 'legacy', call: 'device_io', fd: 'd' } satisfies Call,
    { by: 'legacy', call: 'close', fd: 'd' } satisfies Call,
    unset,
  ];

  it('gives a device fd with access and no container', () => {
    const d = run(calls)
      .runUntil('legacy', 'GDF.6')
      .runUntil('legacy/2')
      .runUntil('legacy', 'REL.1a');
    expect(d.results()).toEqual([0, 0, 0, 0, 0, 0, 'running', 0]);
    expect([
      d.fieldValue('vfio0.pci.block_access'),
      d.fieldValue('group 12.container'),
      d.fieldValue('group 12.container_users'),
    ]).toEqual([0, 0, 1]);
    expect(violatedIds(d.violations)).toEqual(['dma-owner', 'no-ops-before-bind']);
  });

  it('blocks reads, but not ioctls, if the container is unset before the open op', () => {
    const d = run(calls)
      .runUntil('legacy', 'GDF.5b')
      .runUntil('legacy/2')
      .runUntil('legacy', 'REL.1a');
    expect(d.results()[5]).toBe('ENODEV');
    expect(violatedIds(d.violations)).toEqual(['no-ops-before-bind']);
  });

  it('takes the close for one of a node: opened below zero, a node of the group opens beside the group file, and none of this device', () => {
    const d = run([
      ...calls,
      ...cdev('dpdk', 1),
      { by: 'dpdk', call: 'open_cdev', device: 'vfio1', as: 'fd9' },
    ])
      .runUntil('legacy', 'GDF.6')
      .runUntil('legacy/2')
      .runUntil('legacy');
    expect([
      d.fieldValue('vfio0.opened'),
      d.fieldValue('group 12.opened'),
      d.fieldValue('group 12.container_users'),
    ]).toEqual([-1, 0, 1]);
    d.runToEnd();
    expect(d.results().slice(-4)).toEqual(['EBUSY', 0, 'skipped', 0]);
    expect(violatedIds(d.violations)).toEqual([
      'counters',
      'dma-owner',
      'no-ops-before-bind',
      'path-exclusive',
    ]);
  });

  it('follows a NULL container at the next GET_DEVICE_FD, and at the close of the group', () => {
    const next = run([...calls, getFd('legacy', 'vfio0', 'd2')])
      .runUntil('legacy', 'GDF.6')
      .runUntil('legacy/2')
      .runToEnd();
    expect(next.results().at(-1)).toBe('EINVAL');
    expect(next.violations.get('memory')).toContain('group 12.container, which is NULL');
    const close = run([...calls, { by: 'legacy', call: 'close', fd: 'g' }])
      .runUntil('legacy', 'GDF.6')
      .runUntil('legacy/2')
      .runToEnd();
    expect(close.violations.get('memory')).toContain('group->container, which is NULL');
    expect(close.fieldValue('group 12.opened')).toBe(-1);
  });

  it('can follow it in the same call: GDF.1 reads the state twice', () => {
    expect(
      run(calls)
        .runUntil('legacy', 'GDF.1b')
        .runUntil('legacy/2')
        .runUntil('legacy')
        .violations.get('memory'),
    ).toContain('group 12.container, which is NULL');
  });

  it('comes to two owners of a device when two fds slip through', () => {
    const d = run([
      ...setUp,
      getFd('legacy', 'vfio0', 'd1'),
      getFd('legacy/3', 'vfio1', 'd2'),
      unset,
      { by: 'legacy/3', call: 'close', fd: 'd2' },
      ...cdev('dpdk', 1),
    ])
      .runUntil('legacy', 'GDF.6')
      .runUntil('legacy/3', 'GDF.6')
      .runUntil('legacy/2')
      .runUntil('legacy')
      .runUntil('legacy/3')
      .runUntil('dpdk');
    expect(d.results()).toEqual(Array(11).fill(0));
    expect(violatedIds(d.violations)).toEqual([
      'counters',
      'dma-owner',
      'no-ops-before-bind',
      'owner-exclusive',
      'path-exclusive',
    ]);
  });

  it('is what exploring finds, and needs the second thread', () => {
    expect(violatedIds(exploreInterleavings(rfcOpened, {}, world, calls).violations)).toEqual([
      'counters',
      'dma-owner',
      'memory',
      'no-ops-before-bind',
    ]);
    expect(
      violatedIds(exploreInterleavings(rfcOpened, {}, world, calls.slice(0, -1)).violations),
    ).toEqual([]);
  });
});

describe('the starved unregister (D1-R2)', () => {
  it('lets opens in while it waits: the next user takes its reference before the last one puts its own', () => {
    const calls: Call[] = [
      { by: 'legacy', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
      { by: 'legacy', call: 'close', fd: 'fd1' },
      { by: 'dpdk', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
      { by: 'dpdk', call: 'close', fd: 'fd2' },
      { by: 'legacy', call: 'open_cdev', device: 'vfio0', as: 'fd3' },
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
    ];
    const d = run(calls)
      .runUntil('legacy', 'FILE.1')
      .runUntil('driver')
      .runUntil('dpdk', 'OPEN.2')
      .runUntil('legacy', 'CHR.1')
      .runUntil('dpdk', 'FILE.1')
      .runUntil('legacy', 'OPEN.2')
      .runUntil('dpdk')
      .runUntil('legacy');
    expect(d.results()).toEqual([0, 0, 0, 0, 0, 'running']);
    expect(d.fieldValue('vfio0.refcount')).toBe(1);
  });

  it('ends if no file is opened meanwhile', () => {
    const calls: Call[] = [
      { by: 'legacy', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
      { by: 'legacy', call: 'close', fd: 'fd1' },
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
      { by: 'dpdk', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
    ];
    expect(
      run(calls)
        .runUntil('legacy', 'FILE.1')
        .runUntil('driver')
        .runUntil('legacy')
        .runToEnd()
        .results(),
    ).toEqual([0, 0, 0, 'ENODEV']);
    expect(violatedIds(exploreInterleavings(rfcOpened, {}, world, calls).violations)).toEqual([
      'no-ops-before-bind',
    ]);
  });
});

describe('the list of a container (D1-R3)', () => {
  const calls: Call[] = [
    ...setUp,
    getFd('legacy', 'vfio0', 'd'),
    { by: 'legacy', call: 'close', fd: 'g' },
    { by: 'legacy', call: 'close', fd: 'd' },
    { by: 'dpdk', call: 'open_container', as: 'c2' },
    { by: 'dpdk', call: 'open_group', group: '12', as: 'g2' },
    { by: 'dpdk', call: 'set_container', fd: 'g2', container: 'c2' },
    { by: 'dpdk', call: 'set_iommu', fd: 'c2' },
  ];

  it('is corrupted when the group joins another one before it has left', () => {
    const d = run(calls).runUntil('legacy', 'REL.3d:UNSET.4').runUntil('dpdk', 'SETI.1');
    expect(d.violations.get('memory')).toContain(
      'group 12 to container->group_list while it is already in a list',
    );
    expect([
      d.fieldValue('c container.group_list'),
      d.fieldValue('c2 container.group_list'),
    ]).toEqual([1, 1]);
    d.runUntil('legacy').runUntil('dpdk');
    // The node left the list that its own pointers are in; the old head still points to it.
    expect([
      d.fieldValue('c container.group_list'),
      d.fieldValue('c2 container.group_list'),
      d.fieldValue('group 12.container_next'),
    ]).toEqual([1, 0, 0]);
    expect(d.results().at(-1)).toBe('EINVAL');
    expect(violatedIds(d.violations)).toEqual(['counters', 'memory']);
  });

  it('stays whole when the group waits', () => {
    expect(run(calls).runUntil('legacy').runToEnd().results().slice(-4)).toEqual([0, 0, 0, 0]);
    expect(violatedIds(run(calls).runUntil('legacy').runToEnd().violations)).toEqual([]);
  });

  it('is corrupted as well by two SET_CONTAINER at once: check and count are apart', () => {
    const twice: Call[] = [
      ...setUp.slice(0, 3),
      { by: 'legacy/2', call: 'open_container', as: 'c2' },
      { by: 'legacy/2', call: 'set_container', fd: 'g', container: 'c2' },
    ];
    expect(
      violatedIds(
        run(twice).runUntil('legacy', 'SETC.3').runUntil('legacy/2').runUntil('legacy').violations,
      ),
    ).toEqual(['counters', 'memory']);
    expect(run(twice).runUntil('legacy').runToEnd().results().at(-1)).toBe('EINVAL');
  });
});

describe('the error paths of the bind (D1-R4)', () => {
  const two: World = {
    devices: [
      { name: 'vfio0', group: '12' },
      { name: 'vfio1', group: '13' },
    ],
    processes: ['dpdk'],
  };

  it('takes a cookie that is there for success when ret happens to be zero', () => {
    const first = cdev('dpdk', 1);
    const second: Call[] = [
      { by: 'dpdk', call: 'open_cdev', device: 'vfio1', as: 'fd2' },
      { by: 'dpdk', call: 'bind_iommufd', fd: 'fd2', iommufd: 'ictx1', fault: 'BIND.4c' },
      { by: 'dpdk', call: 'device_io', fd: 'fd2' },
    ];
    const d = run([...first, ...second], two).runToEnd();
    expect(d.results()).toEqual([0, 0, 0, 0, 0, 0]);
    expect([
      d.fieldValue('vfio1.pci.block_access'),
      d.fieldValue('iommu group 13.user_dma_owner_id'),
      d.fieldValue('ictx1 ctx.refs'),
    ]).toEqual([0, 0, 2]);
    expect(violatedIds(d.violations)).toEqual(['dma-owner', 'no-ops-before-bind']);
    const closed = run(
      [
        ...first,
        ...second,
        { by: 'dpdk', call: 'close', fd: 'fd2' },
        { by: 'dpdk', call: 'close', fd: 'fd1' },
      ],
      two,
    ).runToEnd();
    expect(closed.violations.get('memory')).toContain('videv->idev, which is NULL');
    expect(closed.fieldValue('ictx1 ctx.refs')).toBe(1);
  });

  it('has nothing to hit in an empty xarray', () => {
    const calls = cdev('dpdk', 1);
    expect(
      run([calls[0]!, calls[1]!, { ...calls[2]!, fault: 'BIND.4c' }])
        .runToEnd()
        .fieldValue('iommu group 12.owner_cnt'),
    ).toBe(1);
  });

  it('reads through an error pointer when there is no id, and leaves the group claimed', () => {
    const calls = cdev('dpdk', 1);
    const d = run([calls[0]!, calls[1]!, { ...calls[2]!, fault: 'BIND.4f' }], two).runToEnd();
    expect(d.results()[2]).toBe('ENOMEM');
    expect(d.violations.get('memory')).toContain('pci->idev, which is NULL');
    expect([
      d.fieldValue('iommu group 12.owner_cnt'),
      d.fieldValue('vfio0 idev.life'),
      d.fieldValue('ictx1 ctx.refs'),
    ]).toEqual([1, 1, 1]);
  });
});

describe('the order of access and bind (D1-R5)', () => {
  const calls: Call[] = [
    ...cdev('dpdk', 1),
    { by: 'dpdk/2', call: 'device_io', fd: 'fd1' },
    { by: 'dpdk/2', call: 'device_io', fd: 'fd1' },
  ];
  const buffered = { ...world, storeBuffers: true };

  it('lets a reader see the old flag, then access before the bind', () => {
    const d = run(calls, buffered)
      .runUntil('dpdk', 'BIND.6b')
      .runUntil('dpdk/2', 'GATE.2')
      .runUntil('dpdk/2', 'GATE.1');
    expect(d.violations.get('publication')).toContain('reads a stale vfio0.pci.block_access');
    d.runUntil('dpdk:flush').runUntil('dpdk/2');
    expect(d.violations.get('publication')).toContain(
      'normal access through fd1 before its bind is complete',
    );
    expect(d.results().slice(3)).toEqual(['ENODEV', 0]);
  });

  it('is only seen with store buffers, and only by another thread', () => {
    expect(violatedIds(exploreInterleavings(rfcOpened, {}, buffered, calls).violations)).toEqual([
      'no-ops-before-bind',
      'publication',
    ]);
    expect(violatedIds(exploreInterleavings(rfcOpened, {}, world, calls).violations)).toEqual([
      'no-ops-before-bind',
    ]);
    expect(
      violatedIds(
        exploreInterleavings(rfcOpened, {}, buffered, [
          ...calls.slice(0, 3),
          { ...calls[3]!, by: 'dpdk' },
        ]).violations,
      ),
    ).toEqual(['no-ops-before-bind']);
  });
});

describe('driver calls before the bind (D1-R6)', () => {
  it('are the open op and every ioctl; reads are blocked', () => {
    const open = run([{ by: 'dpdk', call: 'open_cdev', device: 'vfio0', as: 'fd1' }]).runToEnd();
    expect(open.violations.get('no-ops-before-bind')).toMatch(
      /open op.* through fd1 before its bind is complete/,
    );
    const io = run([
      { by: 'dpdk', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
      { by: 'dpdk', call: 'device_io', fd: 'fd1' },
    ]).runToEnd();
    expect(io.violations.get('no-ops-before-bind')).toMatch(
      /ioctl op.* through fd1 before its bind is complete/,
    );
    expect(io.results()).toEqual([0, 'ENODEV']);
  });
});

describe('node names', () => {
  it('collide when two buses give one name, and the failed register takes everything back', () => {
    const w: World = {
      devices: [
        { name: 'vfio0', group: '12', devName: '0000:01:00.0' },
        { name: 'vfio1', group: '13', devName: '0000:01:00.0', registered: false },
      ],
      processes: ['dpdk'],
    };
    const d = run([{ by: 'driver', call: 'register_device', device: 'vfio1' }], w).runToEnd();
    expect(d.results()).toEqual(['EEXIST']);
    expect([...d.violations]).toEqual([]);
    expect([
      d.fieldValue('vfio1.life'),
      d.fieldValue('group 13.life'),
      d.fieldValue('vfio0.node'),
    ]).toEqual([2, 2, 1]);
    const later = run(
      [
        { by: 'driver', call: 'unregister_device', device: 'vfio0' },
        { by: 'driver', call: 'register_device', device: 'vfio1' },
      ],
      w,
    ).runToEnd();
    expect(later.results()).toEqual([0, 0]);
    const own = run([{ by: 'driver', call: 'register_device', device: 'vfio1' }], {
      ...w,
      devices: [w.devices[0]!, { ...w.devices[1]!, devName: '0000:02:00.0' }],
    }).runToEnd();
    expect(own.results()).toEqual([0]);
  });
});

describe('properties of the RFC', () => {
  it('is what all interleavings break of what a state or a step shows; two owners need a third thread', () => {
    const close = (by: string, fd: string): Call => ({ by, call: 'close', fd });
    const dropped = [
      ...setUp,
      getFd('legacy', 'vfio0', 'd'),
      unset,
      close('legacy', 'd'),
      { by: 'dpdk', call: 'open_cdev', device: 'vfio1', as: 'fd9' } satisfies Call,
      close('legacy', 'g'),
    ];
    const moved = [
      ...setUp,
      getFd('legacy', 'vfio0', 'd'),
      close('legacy', 'g'),
      close('legacy', 'd'),
      { by: 'dpdk', call: 'open_group', group: '12', as: 'g2' } satisfies Call,
      { by: 'dpdk', call: 'open_container', as: 'c2' } satisfies Call,
      { by: 'dpdk', call: 'set_container', fd: 'g2', container: 'c2' } satisfies Call,
    ];
    const bound = [
      ...cdev('legacy', 1),
      ...cdev('dpdk', 2),
      close('legacy', 'fd1'),
      { by: 'driver', call: 'unregister_device', device: 'vfio0' } satisfies Call,
    ];
    const read = [
      ...cdev('dpdk', 1),
      { by: 'dpdk/2', call: 'device_io', fd: 'fd1' } satisfies Call,
    ];
    expect(
      [dropped, moved, bound, read].map((calls) =>
        violatedIds(
          exploreInterleavings(rfcOpened, {}, { ...world, storeBuffers: calls === read }, calls)
            .violations,
        ),
      ),
    ).toEqual([
      ['counters', 'dma-owner', 'memory', 'no-ops-before-bind', 'path-exclusive'],
      ['counters', 'memory'],
      ['no-ops-before-bind'],
      ['no-ops-before-bind', 'publication'],
    ]);
  });
});

describe('an iommufd is compared by its fd number', () => {
  const calls = (before: readonly Call[], to: string): readonly Call[] => [
    ...cdev('legacy', 1),
    { by: 'legacy', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas1' },
    ...before,
    { by: 'legacy', call: 'pass_fd', fd: 'fd1', to: 'dpdk', as: 'passed' },
    { by: 'legacy', call: 'pass_fd', fd: 'ictx1', to: 'dpdk', as: 'passedCtx' },
    { by: 'dpdk', call: 'attach_ioas', fd: 'passed', ioas: to },
  ];
  const own: Call = { by: 'dpdk', call: 'open_iommufd', as: 'ictx2' };

  it('accepts a process that got the same number', () => {
    expect(run(calls([], 'ioas1')).runToEnd().results().at(-1)).toBe(0);
  });

  it('refuses a process that got another number for the same iommufd', () => {
    expect(
      run(calls([own], 'ioas1'))
        .runToEnd()
        .results()
        .at(-1),
    ).toBe('EINVAL');
  });

  it('accepts another iommufd that has the number, and looks the id up in the bound one', () => {
    const held: Call = { by: 'dpdk', call: 'open_cdev', device: 'vfio1', as: 'fd2' };
    const ioas: Call = { by: 'dpdk', call: 'ioas_alloc', iommufd: 'ictx2', as: 'ioas2' };
    expect(
      run(calls([held, own, ioas], 'ioas2'))
        .runToEnd()
        .results()
        .at(-1),
    ).toBe('MODEL_LIMIT');
  });
});
