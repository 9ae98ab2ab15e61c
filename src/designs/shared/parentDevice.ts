import type { ObjectType, StepSpec } from '../../kernel/language/design';
import type { InstanceKey, InstanceCounts } from '../../kernel/language/instanceKey';
import {
  eq,
  fail,
  mutexLock,
  mutexUnlock,
  ret,
  store,
  branch,
} from '../../kernel/language/primitives';

/** Whether the world starts with this device registered by its driver. */
export function isRegisteredAtStart(
  anchor: InstanceKey,
  { world }: Pick<InstanceCounts, 'world'>,
): boolean {
  return world.devices.some((d) => d.name === anchor.device && d.registered !== false);
}

/** The place of the device in the world's list, from 1: its number while nothing was freed. */
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

/** Whether some device of the group is registered when the world starts. */
export function isGroupLiveAtStart(anchor: InstanceKey, world: InstanceCounts['world']): boolean {
  return world.devices.some((d) => d.group === anchor.group && d.registered !== false);
}

/** How many devices of the anchor's group are registered when the world starts. */
export function registeredDeviceCount(
  anchor: InstanceKey,
  { world }: Pick<InstanceCounts, 'world'>,
): number {
  return world.devices.filter((d) => d.group === anchor.group && d.registered !== false).length;
}

/** The place of the group among those with registered devices when the world starts, from 1; 0 for the others. */
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

/** The bus device that a VFIO driver binds to: probe and remove run under its lock. */
export const PARENT_DEVICE: ObjectType = {
  type: 'device',
  role: 'parent',
  per: 'device',
  name: (a) => `${a.device}.parent`,
  about:
    'The bus device below the VFIO device; the driver core holds its lock around probe and remove.',
  fields: {
    mutex: { kind: 'mutex' },
    driver: { kind: 'bool', init: (a, c) => (isRegisteredAtStart(a, c) ? 1 : 0) },
  },
};

const CITE = 'drivers/base/dd.c and drivers/base/bus.c, v5.14';

/** The driver core enters probe: one driver at a time, under the device's lock. */
export function enterProbe(id: string): readonly StepSpec[] {
  return [
    {
      id: `${id}a`,
      title: 'the driver core locks the bus device',
      cite: CITE,
      confidence: 'MEM',
      ops: [mutexLock('parent.mutex')],
    },
    {
      id: `${id}b`,
      title: 'a device with a driver is not probed again',
      cite: CITE,
      confidence: 'MEM',
      ops: [
        branch(eq('parent.driver', 1), [
          mutexUnlock('parent.mutex'),
          fail('EBUSY', 'a driver is already bound to the device', { at: 'parent' }),
        ]),
      ],
    },
  ];
}

/** The driver core enters remove. */
export function enterRemove(id: string): readonly StepSpec[] {
  return [
    {
      id: `${id}a`,
      title: 'the driver core locks the bus device',
      cite: CITE,
      confidence: 'MEM',
      ops: [mutexLock('parent.mutex')],
    },
    {
      id: `${id}b`,
      title: 'only a device with a driver is unbound',
      cite: CITE,
      confidence: 'MEM',
      ops: [
        branch(eq('parent.driver', 0), [
          mutexUnlock('parent.mutex'),
          fail('ENODEV', 'no driver is bound to the device', { at: 'parent' }),
        ]),
      ],
    },
  ];
}

/** The driver core leaves probe or remove. */
export function leaveDriverCore(id: string, driver: 0 | 1): StepSpec {
  return {
    id,
    title: driver ? 'probe is done' : 'remove is done',
    cite: CITE,
    confidence: 'MEM',
    ops: [store('parent.driver', driver), mutexUnlock('parent.mutex'), ret()],
  };
}
