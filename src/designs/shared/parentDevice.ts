import type { ObjectType, StepSpec } from '../../kernel/language/design';
import {
  enumValues,
  fail,
  mutexLock,
  mutexUnlock,
  ne,
  ret,
  store,
  branch,
} from '../../kernel/language/primitives';
import type { EnumValue } from '../../kernel/language/primitives';
import { anyOfCount, countDevices, timesOf } from '../../kernel/language/staticNumber';

/** 1 if the driver has registered this device before the first call. */
export const REGISTERED_AT_START = countDevices({ same: 'device', registered: true });

/** How many devices of the group are registered before the first call. */
export const REGISTERED_IN_GROUP = countDevices({ same: 'group', registered: true });

/** 1 if a device of the group is registered before the first call. */
export const GROUP_LIVE_AT_START = anyOfCount(REGISTERED_IN_GROUP);

/** `parent.driver`, by index. */
export const DRIVER = enumValues('none', 'vfio', 'kernel');

/** The bus device that a VFIO driver or an ordinary kernel driver binds to: probe and remove run under its lock. */
export const PARENT_DEVICE: ObjectType = {
  type: 'device',
  role: 'parent',
  per: 'device',
  name: '{device}.parent',
  about:
    'The bus device below the VFIO device; the driver core holds its lock around probe and remove.',
  fields: {
    mutex: { kind: 'mutex' },
    driver: {
      kind: 'enum',
      values: Object.keys(DRIVER),
      init: {
        if: REGISTERED_AT_START,
        then: DRIVER.vfio.enumValue,
        otherwise: timesOf(
          DRIVER.kernel.enumValue,
          countDevices({ same: 'device', kernelDriver: true }),
        ),
      },
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
