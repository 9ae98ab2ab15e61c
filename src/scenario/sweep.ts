import type { CallBody, Design, Options } from '../kernel/design';
import { CALL_NAMES, CALLS } from '../kernel/world';
import type { Call, CallName, FileKind, World } from '../kernel/world';
import { faultSteps } from './faults';

/** A few calls, and the call that they are about. */
export interface Sweep {
  readonly world: World;
  readonly calls: readonly Call[];
  readonly about: string;
  /** Who moves, each until its next step has this id or until it can move no more; file order where left out. */
  readonly turns?: readonly (readonly [task: string, until?: string])[];
}

const WORLD: World = {
  devices: [
    { name: 'vfio0', group: '12' },
    { name: 'vfio1', group: '12' },
  ],
  processes: ['p'],
};
const UNREGISTERED: World = {
  ...WORLD,
  devices: [{ name: 'vfio0', group: '12', registered: false }],
};
const SIBLING: World = {
  ...WORLD,
  devices: [
    { name: 'vfio0', group: '12', registered: false },
    { name: 'vfio1', group: '12' },
  ],
};
const TWO_GROUPS: World = {
  ...WORLD,
  devices: [
    { name: 'vfio0', group: '12' },
    { name: 'vfio1', group: '13' },
  ],
};
const ALONE: World = { ...WORLD, devices: [{ name: 'vfio0', group: '12' }] };

const p = (call: CallName, args: Partial<Call> = {}): Call => ({ by: 'p', call, ...args });
const driver = (call: CallName): Call => ({ by: 'driver', call, device: 'vfio0' });

const CDEV = [
  p('open_cdev', { device: 'vfio0', as: 'cdev' }),
  p('open_iommufd', { as: 'iommufd' }),
];
const BOUND = [...CDEV, p('bind_iommufd', { fd: 'cdev', iommufd: 'iommufd' })];
const ATTACHED = [
  ...BOUND,
  p('ioas_alloc', { iommufd: 'iommufd', as: 'ioas' }),
  p('attach_ioas', { fd: 'cdev', ioas: 'ioas' }),
];
const GROUP = [
  p('open_container', { as: 'container' }),
  p('open_group', { group: '12', as: 'group' }),
];
const LEGACY = [
  ...GROUP,
  p('set_container', { fd: 'group', container: 'container' }),
  p('set_iommu', { fd: 'container' }),
];
const COMPAT = [
  p('open_iommufd', { as: 'iommufd' }),
  p('open_group', { group: '12', as: 'group' }),
  p('set_container', { fd: 'group', container: 'iommufd' }),
];
const DEVICE = p('get_device_fd', { fd: 'group', device: 'vfio0', as: 'device' });

/** The ways to come to each call, its own last. */
const WAYS: readonly (readonly Call[])[] = [
  CDEV.slice(0, 1),
  CDEV,
  BOUND,
  ATTACHED.slice(0, -1),
  ATTACHED,
  [
    ...ATTACHED,
    p('ioas_alloc', { iommufd: 'iommufd', as: 'ioas2' }),
    p('attach_ioas', { fd: 'cdev', ioas: 'ioas2' }),
  ],
  [...ATTACHED, p('detach_ioas', { fd: 'cdev' })],
  [...BOUND, p('device_io', { fd: 'cdev' })],
  [...CDEV, p('kvm_add', { fd: 'cdev', kvm: 'vm' })],
  GROUP.slice(0, 1),
  GROUP,
  LEGACY.slice(0, -1),
  LEGACY,
  [...LEGACY.slice(0, 3), p('unset_container', { fd: 'group' })],
  [...LEGACY, p('unset_container', { fd: 'group' })],
  [...LEGACY, DEVICE],
  COMPAT,
  [...COMPAT, p('unset_container', { fd: 'group' })],
  [...COMPAT, DEVICE],
  [...COMPAT, DEVICE, p('device_io', { fd: 'device' })],
  // A container that has its driver when the group comes.
  [
    ...LEGACY,
    p('unset_container', { fd: 'group' }),
    p('set_container', { fd: 'group', container: 'container' }),
  ],
];

/** What is closed at the end, in this order. */
const closing = (calls: readonly Call[]): readonly Call[] =>
  calls
    .filter((c) => CALLS[c.call].result === 'fd')
    .toReversed()
    .map((c) => p('close', { fd: c.as! }));

/** Every way without a fault, then every way with every fault of its last call and the call made once more without. Ends in closing all and in unregistering. */
export function faultSweep(design: Design, options: Options): readonly Sweep[] {
  const model = design.model(options);
  const ended = (world: World, calls: readonly Call[], about: string): Sweep => ({
    world,
    about,
    calls: [...calls, ...closing(calls), ...(world === WORLD ? [driver('unregister_device')] : [])],
  });
  const ways = WAYS.map((calls) => ({ world: WORLD, calls })).concat(
    { world: UNREGISTERED, calls: [driver('register_device')] },
    { world: SIBLING, calls: [driver('register_device')] },
    {
      world: TWO_GROUPS,
      calls: [
        ...LEGACY,
        p('open_group', { group: '13', as: 'group2' }),
        p('set_container', { fd: 'group2', container: 'container' }),
      ],
    },
    // The last device of a group goes while the group is in a container.
    { world: ALONE, calls: [...LEGACY, driver('unregister_device')] },
  );
  return ways.flatMap(({ world, calls }) => {
    const last = calls.at(-1)!;
    const before = calls.slice(0, -1);
    const kind = before.find((c) => c.as === (last.fd ?? last.iommufd))?.call;
    const faults = [
      ...new Set(
        routines(model.calls[last.call as keyof typeof model.calls], kind).flatMap(faultSteps),
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

const KIND_OF: Partial<Record<CallName, FileKind>> = {
  open_cdev: 'cdev',
  open_group: 'group',
  open_container: 'container',
  open_iommufd: 'iommufd',
  get_device_fd: 'device',
};

function routines(
  body: CallBody,
  made: CallName | undefined,
): readonly Parameters<typeof faultSteps>[0][] {
  if ('steps' in body) return [body];
  const kind = made && KIND_OF[made];
  return [(kind && body.byKind[kind]) ?? body.other];
}

/** Moments that only some interleaving of two tasks comes to, for the steps that nothing else reaches. */
export function momentSweep(design: string): readonly Sweep[] {
  const closed = [
    ...CDEV,
    p('bind_iommufd', { fd: 'cdev', iommufd: 'iommufd' }),
    p('close', { fd: 'cdev' }),
    driver('unregister_device'),
  ];
  if (design === 'upstream') {
    return [
      {
        about: 'unregister is done before the file puts the cdev',
        world: ALONE,
        calls: closed,
        turns: [['p', 'CLOSE.8'], ['driver'], ['p']],
      },
      {
        about: 'a registration fails when its group is in a container already',
        world: UNREGISTERED,
        calls: [{ ...driver('register_device'), fault: 'REG.9' }, ...LEGACY.slice(0, 3)],
        turns: [['driver', 'REG.9'], ['p'], ['driver']],
      },
    ];
  }
  if (design === 'rfc-opened') {
    // The container goes under GET_DEVICE_FD; then the fd can bind, its release takes the other path's accounting, and a device node opens beside the group.
    const dropped: readonly Call[] = [
      ...LEGACY,
      DEVICE,
      { by: 'p/2', call: 'unset_container', fd: 'group' },
    ];
    const bound = [
      p('open_iommufd', { as: 'iommufd' }),
      p('bind_iommufd', { fd: 'device', iommufd: 'iommufd' }),
      p('ioas_alloc', { iommufd: 'iommufd', as: 'ioas' }),
      p('attach_ioas', { fd: 'device', ioas: 'ioas' }),
    ];
    const beside = [
      p('open_cdev', { device: 'vfio1', as: 'cdev' }),
      p('unset_container', { fd: 'group' }),
      p('set_container', { fd: 'group', container: 'container' }),
      p('close', { fd: 'cdev' }),
    ];
    const turns: Sweep['turns'] = [['p', 'GDF.8'], ['p/2'], ['p']];
    return [
      {
        about: 'the container is dropped, the fd binds and closes',
        world: WORLD,
        calls: [...dropped, ...bound, p('close', { fd: 'device' })],
        turns,
      },
      {
        about: 'the container is dropped, the fd closes, a device node opens beside the group',
        world: WORLD,
        calls: [...dropped, p('close', { fd: 'device' }), ...beside],
        turns,
      },
    ];
  }
  return [];
}

/** Every call that takes an fd, on every kind of file, before and after it is bound. */
export function kindSweep(): readonly Sweep[] {
  const setups: readonly { readonly calls: readonly Call[]; readonly fd: string }[] = [
    { calls: CDEV, fd: 'cdev' },
    { calls: ATTACHED, fd: 'cdev' },
    { calls: [...COMPAT, DEVICE], fd: 'device' },
    { calls: [...LEGACY, DEVICE], fd: 'device' },
    { calls: GROUP, fd: 'group' },
    { calls: GROUP, fd: 'container' },
    { calls: LEGACY, fd: 'container' },
    { calls: COMPAT, fd: 'iommufd' },
  ];
  return setups.map(({ calls, fd }): Sweep => {
    const made = (call: CallName): string | undefined => calls.find((c) => c.call === call)?.as;
    const extra = [
      ...(made('open_iommufd') === undefined ? [p('open_iommufd', { as: 'iommufd' })] : []),
      ...(made('open_container') === undefined ? [p('open_container', { as: 'container' })] : []),
      ...(made('ioas_alloc') === undefined
        ? [p('ioas_alloc', { iommufd: 'iommufd', as: 'ioas' })]
        : []),
    ];
    const takers = CALL_NAMES.filter(
      (c) => CALLS[c].args.includes('fd') && c !== 'close' && c !== 'pass_fd',
    ).map((c, i): Call =>
      p(c, {
        fd,
        ...(c === 'bind_iommufd' ? { iommufd: 'iommufd' } : {}),
        ...(c === 'attach_ioas' ? { ioas: 'ioas' } : {}),
        ...(c === 'set_container' ? { container: 'container' } : {}),
        ...(c === 'get_device_fd' ? { device: 'vfio1', as: `got${i}` } : {}),
        ...(c === 'kvm_add' ? { kvm: 'vm' } : {}),
      }),
    );
    return {
      world: WORLD,
      about: `every call on a ${fd}`,
      calls: [
        ...calls,
        ...extra,
        ...takers,
        p('iommu_destroy', { iommufd: 'iommufd', object: 'ioas' }),
      ],
    };
  });
}
