import type { CallBody, Design, Options } from '../../kernel/language/design';
import {
  CALL_NAMES,
  CALL_SIGNATURES,
  FILE_KIND_BY_CALL,
  isVfsCall,
} from '../../kernel/language/world';
import type { Call, CallName, World } from '../../kernel/language/world';
import { callSignature } from '../../designs/registry';
import { faultSteps } from '../format/faultSteps';

/** A few calls that lead to the call under test. */
export interface SweepCase {
  readonly world: World;
  readonly calls: readonly Call[];
  readonly about: string;
  /** Tasks in turn, each until its next step has this id or until it cannot run. File order if undefined. */
  readonly schedule?: readonly (readonly [task: string, until?: string])[];
}

const TWO_DEVICES_WORLD: World = {
  devices: [
    { name: 'vfio0', group: '12' },
    { name: 'vfio1', group: '12' },
  ],
  processes: ['p'],
};
const UNREGISTERED_WORLD: World = {
  ...TWO_DEVICES_WORLD,
  devices: [{ name: 'vfio0', group: '12', registered: false }],
};
const REGISTERED_SIBLING_WORLD: World = {
  ...TWO_DEVICES_WORLD,
  devices: [
    { name: 'vfio0', group: '12', registered: false },
    { name: 'vfio1', group: '12' },
  ],
};
const TWO_GROUPS_WORLD: World = {
  ...TWO_DEVICES_WORLD,
  devices: [
    { name: 'vfio0', group: '12' },
    { name: 'vfio1', group: '13' },
  ],
};
const KERNEL_DRIVER_WORLD: World = {
  ...TWO_DEVICES_WORLD,
  devices: [
    { name: 'vfio0', group: '12' },
    { name: 'vfio1', group: '12', registered: false, kernelDriver: true },
  ],
};
const ONE_DEVICE_WORLD: World = { ...TWO_DEVICES_WORLD, devices: [{ name: 'vfio0', group: '12' }] };

const processCall = (call: CallName, args: Partial<Call> = {}): Call => ({
  by: 'p',
  call,
  ...args,
});
const driverCall = (call: CallName, device = 'vfio0'): Call => ({ by: 'driver', call, device });

const CDEV_OPEN_CALLS = [
  processCall('open_cdev', { device: 'vfio0', as: 'cdev' }),
  processCall('open_iommufd', { as: 'iommufd' }),
];
const CDEV_BOUND_CALLS = [
  ...CDEV_OPEN_CALLS,
  processCall('bind_iommufd', { fd: 'cdev', iommufd: 'iommufd' }),
];
const CDEV_ATTACHED_CALLS = [
  ...CDEV_BOUND_CALLS,
  processCall('ioas_alloc', { iommufd: 'iommufd', as: 'ioas' }),
  processCall('attach_ioas', { fd: 'cdev', ioas: 'ioas' }),
];
const GROUP_OPEN_CALLS = [
  processCall('open_container', { as: 'container' }),
  processCall('open_group', { group: '12', as: 'group' }),
];
const TYPE1_CALLS = [
  ...GROUP_OPEN_CALLS,
  processCall('set_container', { fd: 'group', container: 'container' }),
  processCall('set_iommu', { fd: 'container' }),
];
const IOMMUFD_COMPAT_CALLS = [
  processCall('open_iommufd', { as: 'iommufd' }),
  processCall('open_group', { group: '12', as: 'group' }),
  processCall('set_container', { fd: 'group', container: 'iommufd' }),
];
const CDEV_KVM_CALLS = [...CDEV_OPEN_CALLS, processCall('kvm_add', { fd: 'cdev', kvm: 'vm' })];
const GROUP_KVM_CALLS = [
  ...IOMMUFD_COMPAT_CALLS,
  processCall('kvm_add', { fd: 'group', kvm: 'vm' }),
];
const GET_DEVICE_CALL = processCall('get_device_fd', {
  fd: 'group',
  device: 'vfio0',
  as: 'device',
});

const HWPT_CALLS: readonly Call[] = [
  ...CDEV_ATTACHED_CALLS.slice(0, -1),
  processCall('hwpt_alloc', {
    iommufd: 'iommufd',
    ioas: 'ioas',
    device: 'vfio0',
    as: 'hwpt',
  }),
];

/** For each call, sequences that end with it. */
const CALL_SEQUENCES: readonly (readonly Call[])[] = [
  CDEV_OPEN_CALLS.slice(0, 1),
  CDEV_OPEN_CALLS,
  CDEV_BOUND_CALLS,
  CDEV_ATTACHED_CALLS.slice(0, -1),
  CDEV_ATTACHED_CALLS,
  [
    ...CDEV_ATTACHED_CALLS,
    processCall('ioas_alloc', { iommufd: 'iommufd', as: 'ioas2' }),
    processCall('attach_ioas', { fd: 'cdev', ioas: 'ioas2' }),
  ],
  [...CDEV_ATTACHED_CALLS, processCall('detach_ioas', { fd: 'cdev' })],
  HWPT_CALLS,
  [...HWPT_CALLS, processCall('attach_ioas', { fd: 'cdev', hwpt: 'hwpt' })],
  [
    ...HWPT_CALLS,
    processCall('iommu_destroy', { iommufd: 'iommufd', object: 'hwpt' }),
    processCall('attach_ioas', { fd: 'cdev', hwpt: 'hwpt' }),
  ],
  [
    ...HWPT_CALLS,
    processCall('attach_ioas', { fd: 'cdev', hwpt: 'hwpt' }),
    processCall('iommu_destroy', { iommufd: 'iommufd', object: 'hwpt' }),
    processCall('detach_ioas', { fd: 'cdev' }),
    processCall('close', { fd: 'cdev' }),
    processCall('close', { fd: 'iommufd' }),
  ],
  [...CDEV_BOUND_CALLS, processCall('device_io', { fd: 'cdev' })],
  [...CDEV_BOUND_CALLS, processCall('reset', { fd: 'cdev' })],
  CDEV_KVM_CALLS,
  [...CDEV_BOUND_CALLS, processCall('mmap', { fd: 'cdev' })],
  [...CDEV_BOUND_CALLS, processCall('mmap', { fd: 'cdev' }), processCall('munmap', { fd: 'cdev' })],
  [...CDEV_BOUND_CALLS, processCall('mmap', { fd: 'cdev' }), processCall('process_exit')],
  [...CDEV_KVM_CALLS, processCall('vm_exit', { kvm: 'vm' })],
  [...CDEV_KVM_CALLS, processCall('kvm_del', { fd: 'cdev', kvm: 'vm' })],
  [...GROUP_KVM_CALLS, processCall('vm_exit', { kvm: 'vm' })],
  [...GROUP_KVM_CALLS, processCall('kvm_del', { fd: 'group', kvm: 'vm' })],
  [...GROUP_KVM_CALLS, processCall('process_exit')],
  GROUP_OPEN_CALLS.slice(0, 1),
  GROUP_OPEN_CALLS,
  TYPE1_CALLS.slice(0, -1),
  TYPE1_CALLS,
  [...TYPE1_CALLS.slice(0, 3), processCall('unset_container', { fd: 'group' })],
  [...TYPE1_CALLS, processCall('unset_container', { fd: 'group' })],
  [...TYPE1_CALLS, GET_DEVICE_CALL],
  IOMMUFD_COMPAT_CALLS,
  [...IOMMUFD_COMPAT_CALLS, processCall('unset_container', { fd: 'group' })],
  [...IOMMUFD_COMPAT_CALLS, GET_DEVICE_CALL],
  [...IOMMUFD_COMPAT_CALLS, GET_DEVICE_CALL, processCall('device_io', { fd: 'device' })],
  // The container has its driver before the group is added.
  [
    ...TYPE1_CALLS,
    processCall('unset_container', { fd: 'group' }),
    processCall('set_container', { fd: 'group', container: 'container' }),
  ],
];

/** The calls that close every fd, last opened first; an exit if a mapping or a VM may hold a file. */
const closeCalls = (calls: readonly Call[]): readonly Call[] => {
  if (calls.at(-1)!.call === 'process_exit') return [];
  const pinned = calls.some((c) => c.call === 'mmap' || c.kvm !== undefined);
  return [
    ...calls
      .filter((c) => callSignature(c.call)?.result === 'fd')
      .toReversed()
      .map((c) => processCall('close', { fd: c.as! })),
    ...(pinned ? [processCall('process_exit')] : []),
  ];
};

/** Every sequence without a fault, then with each fault of its last call followed by the same call without a fault. Each case ends with closes and unregister. */
export function faultSweep(design: Design, options: Options): readonly SweepCase[] {
  const model = design.model(options);
  const ended = (world: World, calls: readonly Call[], about: string): SweepCase => ({
    world,
    about,
    calls: [
      ...calls,
      ...closeCalls(calls),
      ...(world === TWO_DEVICES_WORLD ? [driverCall('unregister_device')] : []),
    ],
  });
  const sequences = CALL_SEQUENCES.map((calls) => ({ world: TWO_DEVICES_WORLD, calls })).concat(
    { world: UNREGISTERED_WORLD, calls: [driverCall('register_device')] },
    { world: REGISTERED_SIBLING_WORLD, calls: [driverCall('register_device')] },
    {
      world: TWO_GROUPS_WORLD,
      calls: [
        ...TYPE1_CALLS,
        processCall('open_group', { group: '13', as: 'group2' }),
        processCall('set_container', { fd: 'group2', container: 'container' }),
      ],
    },
    ...[[], CDEV_BOUND_CALLS, TYPE1_CALLS].flatMap((calls) =>
      (['probe_driver', 'remove_driver'] as const).map((call) => ({
        world: KERNEL_DRIVER_WORLD,
        calls: [driverCall('remove_driver', 'vfio1'), ...calls, driverCall(call, 'vfio1')],
      })),
    ),
    { world: KERNEL_DRIVER_WORLD, calls: [driverCall('probe_driver', 'vfio1')] },
    ...[
      { calls: CDEV_BOUND_CALLS, fd: 'cdev', groups: undefined },
      { calls: CDEV_BOUND_CALLS, fd: 'cdev', groups: ['iommufd'] },
      { calls: CDEV_BOUND_CALLS.slice(0, 2), fd: 'cdev', groups: undefined },
      { calls: [...TYPE1_CALLS, GET_DEVICE_CALL], fd: 'device', groups: ['group'] },
      { calls: [...TYPE1_CALLS, GET_DEVICE_CALL], fd: 'device', groups: ['container'] },
      { calls: [...TYPE1_CALLS, GET_DEVICE_CALL], fd: 'device', groups: undefined },
    ].map(({ calls, fd, groups }) => ({
      world: TWO_DEVICES_WORLD,
      calls: [...calls, processCall('hot_reset', { fd, groups })],
    })),
    ...[GROUP_OPEN_CALLS, TYPE1_CALLS].flatMap((calls) =>
      [TWO_DEVICES_WORLD, KERNEL_DRIVER_WORLD].map((world) => ({
        world,
        calls: [...calls, processCall('group_status', { fd: 'group' })],
      })),
    ),
    ...[
      ...(['ioas_map', 'ioas_unmap'] as const).map((call) => [
        ...CDEV_ATTACHED_CALLS,
        processCall('ioas_map', { iommufd: 'iommufd', ioas: 'ioas' }),
        processCall(call, { iommufd: 'iommufd', ioas: 'ioas' }),
      ]),
      ...(['map_dma', 'unmap_dma'] as const).flatMap((call) => [
        [
          ...TYPE1_CALLS,
          processCall('map_dma', { fd: 'container' }),
          processCall(call, { fd: 'container' }),
        ],
        [
          ...IOMMUFD_COMPAT_CALLS,
          processCall('map_dma', { fd: 'iommufd' }),
          processCall(call, { fd: 'iommufd' }),
        ],
        [...GROUP_OPEN_CALLS, processCall(call, { fd: 'container' })],
        [processCall('open_iommufd', { as: 'iommufd' }), processCall(call, { fd: 'iommufd' })],
      ]),
    ].map((calls) => ({ world: TWO_DEVICES_WORLD, calls })),
    // The last device of a group is unregistered while the group is in a container.
    { world: ONE_DEVICE_WORLD, calls: [...TYPE1_CALLS, driverCall('unregister_device')] },
  );
  return sequences.flatMap(({ world, calls }) => {
    const last = calls.at(-1)!;
    const before = calls.slice(0, -1);
    const kind = before.find((c) => c.as === (last.fd ?? last.iommufd))?.call as
      CallName | undefined;
    const faults = isVfsCall(last.call)
      ? []
      : [
          ...new Set(
            routinesFor(model.calls[last.call as keyof typeof model.calls], kind).flatMap(
              faultSteps,
            ),
          ),
        ];
    const again = last.as === undefined ? last : { ...last, as: `${last.as}2` };
    return [
      ended(world, calls, last.call),
      ...faults.map((fault) =>
        ended(
          world,
          [...before, { ...last, fault }, again],
          `${last.call} with a fault at ${fault}`,
        ),
      ),
    ];
  });
}

function routinesFor(
  body: CallBody,
  opener: CallName | undefined,
): readonly Parameters<typeof faultSteps>[0][] {
  if ('steps' in body) return [body];
  const kind = opener && FILE_KIND_BY_CALL[opener];
  return [(kind && body.byKind[kind]) ?? body.other];
}

/** Interleavings of two tasks that reach steps that nothing else reaches. */
export function interleavingSweep(design: string): readonly SweepCase[] {
  const closed = [
    ...CDEV_OPEN_CALLS,
    processCall('bind_iommufd', { fd: 'cdev', iommufd: 'iommufd' }),
    processCall('close', { fd: 'cdev' }),
    driverCall('unregister_device'),
  ];
  // The attach fails and lets go of the ioas in two steps; between them the destroyer has to wait.
  const destroyed: SweepCase = {
    about: 'an ioas is destroyed while a failed attach lets go of it',
    world: ONE_DEVICE_WORLD,
    calls: [
      ...CDEV_ATTACHED_CALLS.slice(0, -1),
      processCall('attach_ioas', { fd: 'cdev', ioas: 'ioas', fault: 'ATTACH.4d' }),
      { by: 'p/2', call: 'iommu_destroy', iommufd: 'iommufd', object: 'ioas' },
    ],
    schedule: [['p', 'ATTACH.4y2'], ['p/2', 'DESTROY.3'], ['p'], ['p/2']],
  };
  if (design === 'upstream') {
    return [
      destroyed,
      {
        about: 'unregister ends before the file puts the cdev',
        world: ONE_DEVICE_WORLD,
        calls: closed,
        schedule: [['p', 'CLOSE.8'], ['driver'], ['p']],
      },
      {
        about: 'a registration fails while its group is in a container',
        world: UNREGISTERED_WORLD,
        calls: [{ ...driverCall('register_device'), fault: 'REG.9' }, ...TYPE1_CALLS.slice(0, 3)],
        schedule: [['driver', 'REG.9'], ['p'], ['driver']],
      },
    ];
  }
  if (design === 'rfc-opened') {
    // The container is unset during GET_DEVICE_FD. Then the fd can bind, its release uses the accounting of the cdev path, and a cdev can be opened next to the group.
    const dropped: readonly Call[] = [
      ...TYPE1_CALLS,
      GET_DEVICE_CALL,
      { by: 'p/2', call: 'unset_container', fd: 'group' },
    ];
    const bound = [
      processCall('open_iommufd', { as: 'iommufd' }),
      processCall('bind_iommufd', { fd: 'device', iommufd: 'iommufd' }),
      processCall('ioas_alloc', { iommufd: 'iommufd', as: 'ioas' }),
      processCall('attach_ioas', { fd: 'device', ioas: 'ioas' }),
    ];
    const nextToGroup = [
      processCall('open_cdev', { device: 'vfio1', as: 'cdev' }),
      processCall('unset_container', { fd: 'group' }),
      processCall('set_container', { fd: 'group', container: 'container' }),
      processCall('close', { fd: 'cdev' }),
    ];
    const turns: SweepCase['schedule'] = [['p', 'GDF.8'], ['p/2'], ['p']];
    return [
      {
        about: 'the container is unset, the fd binds and closes',
        world: TWO_DEVICES_WORLD,
        calls: [...dropped, ...bound, processCall('close', { fd: 'device' })],
        schedule: turns,
      },
      {
        about: 'the container is unset, the fd closes, a cdev is opened next to the group',
        world: TWO_DEVICES_WORLD,
        calls: [...dropped, processCall('close', { fd: 'device' }), ...nextToGroup],
        schedule: turns,
      },
    ];
  }
  return [destroyed];
}

/** Every call with an fd argument on every kind of file, before and after its bind. */
export function fileKindSweep(): readonly SweepCase[] {
  const setups: readonly { readonly calls: readonly Call[]; readonly fd: string }[] = [
    { calls: CDEV_OPEN_CALLS, fd: 'cdev' },
    { calls: CDEV_ATTACHED_CALLS, fd: 'cdev' },
    { calls: [...IOMMUFD_COMPAT_CALLS, GET_DEVICE_CALL], fd: 'device' },
    { calls: [...TYPE1_CALLS, GET_DEVICE_CALL], fd: 'device' },
    { calls: GROUP_OPEN_CALLS, fd: 'group' },
    { calls: GROUP_OPEN_CALLS, fd: 'container' },
    { calls: TYPE1_CALLS, fd: 'container' },
    { calls: IOMMUFD_COMPAT_CALLS, fd: 'iommufd' },
  ];
  return setups.map(({ calls, fd }): SweepCase => {
    const nameOf = (call: CallName): string | undefined => calls.find((c) => c.call === call)?.as;
    const extra = [
      ...(nameOf('open_iommufd') === undefined
        ? [processCall('open_iommufd', { as: 'iommufd' })]
        : []),
      ...(nameOf('open_container') === undefined
        ? [processCall('open_container', { as: 'container' })]
        : []),
      ...(nameOf('ioas_alloc') === undefined
        ? [processCall('ioas_alloc', { iommufd: 'iommufd', as: 'ioas' })]
        : []),
    ];
    const takers = CALL_NAMES.filter(
      (c) => CALL_SIGNATURES[c].args.includes('fd') && c !== 'close' && c !== 'pass_fd',
    ).map((c, i): Call =>
      processCall(c, {
        fd,
        ...(c === 'bind_iommufd' ? { iommufd: 'iommufd' } : {}),
        ...(c === 'attach_ioas' ? { ioas: 'ioas' } : {}),
        ...(c === 'set_container' ? { container: 'container' } : {}),
        ...(c === 'get_device_fd' ? { device: 'vfio1', as: `got${i}` } : {}),
        ...(c === 'kvm_add' || c === 'kvm_del' ? { kvm: 'vm' } : {}),
      }),
    );
    return {
      world: TWO_DEVICES_WORLD,
      about: `every call on a ${fd}`,
      calls: [
        ...calls,
        ...extra,
        ...takers,
        processCall('iommu_destroy', { iommufd: 'iommufd', object: 'ioas' }),
      ],
    };
  });
}
