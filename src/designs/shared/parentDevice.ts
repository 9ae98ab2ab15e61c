import type { ObjectType, StepSpec } from '../../kernel/language/design';
import type { InstanceKey, InstanceCounts } from '../../kernel/language/instanceKey';
import {
  fail,
  mutexLock,
  mutexUnlock,
  ne,
  ret,
  store,
  branch,
} from '../../kernel/language/primitives';
import type { EnumValue } from '../../kernel/language/primitives';

/** Whether the driver has registered this device before the first call. */
export function isRegisteredAtStart(
  anchor: InstanceKey,
  { world }: Pick<InstanceCounts, 'world'>,
): boolean {
  return world.devices.some((d) => d.name === anchor.device && d.registered !== false);
}

/** The device's number at the start: its position among the registered devices, from 1; 0 if not registered. */
export function initialDeviceNumber(
  anchor: InstanceKey,
  census: Pick<InstanceCounts, 'world'>,
): number {
  if (!isRegisteredAtStart(anchor, census)) return 0;
  return (
    census.world.devices
      .filter((d) => d.registered !== false)
      .findIndex((d) => d.name === anchor.device) + 1
  );
}

/** Whether a device of the group is registered before the first call. */
export function isGroupLiveAtStart(anchor: InstanceKey, world: InstanceCounts['world']): boolean {
  return world.devices.some((d) => d.group === anchor.group && d.registered !== false);
}

/** How many devices of the group are registered before the first call. */
export function registeredDeviceCount(
  anchor: InstanceKey,
  { world }: Pick<InstanceCounts, 'world'>,
): number {
  return world.devices.filter((d) => d.group === anchor.group && d.registered !== false).length;
}

/** The group's number at the start: its position among the groups with registered devices, from 1; else 0. */
export function initialGroupNumber(
  anchor: InstanceKey,
  { world }: Pick<InstanceCounts, 'world'>,
): number {
  return (
    [...new Set(world.devices.filter((d) => d.registered !== false).map((d) => d.group))].indexOf(
      anchor.group!,
    ) + 1
  );
}

/** `parent.driver`, by index. */
export const DRIVER = {
  none: { enumValue: 0, name: 'none' },
  vfio: { enumValue: 1, name: 'vfio' },
  kernel: { enumValue: 2, name: 'kernel' },
} as const satisfies Readonly<Record<string, EnumValue>>;

/** Whether an ordinary kernel driver has the device before the first call. */
function hasKernelDriverAtStart(anchor: InstanceKey, { world }: Pick<InstanceCounts, 'world'>) {
  return world.devices.some((d) => d.name === anchor.device && d.kernelDriver === true);
}

/** The bus device that a VFIO driver or an ordinary kernel driver binds to: probe and remove run under its lock. */
export const PARENT_DEVICE: ObjectType = {
  type: 'device',
  role: 'parent',
  per: 'device',
  name: (a) => `${a.device}.parent`,
  about:
    'The bus device below the VFIO device; the driver core holds its lock around probe and remove.',
  fields: {
    mutex: { kind: 'mutex' },
    driver: {
      kind: 'enum',
      values: Object.keys(DRIVER),
      init: (a, c) =>
        (isRegisteredAtStart(a, c)
          ? DRIVER.vfio
          : hasKernelDriverAtStart(a, c)
            ? DRIVER.kernel
            : DRIVER.none
        ).enumValue,
    },
  },
};

const CITE = 'drivers/base/dd.c and drivers/base/bus.c, v5.14';

/** Start of probe in the driver core, under the device's lock. */
export function enterProbe(id: string): readonly StepSpec[] {
  return [
    {
      id: `${id}a`,
      title: 'lock the bus device (driver core)',
      cite: CITE,
      confidence: 'MEM',
      ops: [mutexLock('parent.mutex')],
    },
    {
      id: `${id}b`,
      title: 'check that the device has no driver',
      cite: CITE,
      confidence: 'MEM',
      ops: [
        branch(ne('parent.driver', DRIVER.none), [
          mutexUnlock('parent.mutex'),
          fail('EBUSY', 'a driver is already bound to the device', { at: 'parent' }),
        ]),
      ],
    },
  ];
}

/** Start of remove in the driver core. */
export function enterRemove(id: string, driver: 'vfio' | 'kernel' = 'vfio'): readonly StepSpec[] {
  return [
    {
      id: `${id}a`,
      title: 'lock the bus device (driver core)',
      cite: CITE,
      confidence: 'MEM',
      ops: [mutexLock('parent.mutex')],
    },
    {
      id: `${id}b`,
      title: 'check that the device has this driver',
      cite: CITE,
      confidence: 'MEM',
      ops: [
        branch(ne('parent.driver', DRIVER[driver]), [
          mutexUnlock('parent.mutex'),
          fail('ENODEV', 'the driver is not bound to the device', { at: 'parent' }),
        ]),
      ],
    },
  ];
}

/** End of probe or remove in the driver core. */
export function leaveDriverCore(id: string, driver: EnumValue): StepSpec {
  return {
    id,
    title:
      driver !== DRIVER.none
        ? 'end of probe: unlock the bus device'
        : 'end of remove: unlock the bus device',
    cite: CITE,
    confidence: 'MEM',
    ops: [store('parent.driver', driver), mutexUnlock('parent.mutex'), ret()],
  };
}
