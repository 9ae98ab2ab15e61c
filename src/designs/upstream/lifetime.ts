import type { StepSpec } from '../../kernel/language/design';
import {
  complete,
  decrement,
  eq,
  free,
  goto,
  idaFree,
  listDel,
  mutexLock,
  mutexUnlock,
  ne,
  NULL,
  refDec,
  spin,
  store,
  branch,
  withPointer,
} from '../../kernel/language/primitives';
import type { Op } from '../../kernel/language/primitives';
import { linuxCitation } from './citation';

const RELEASE_CITE = linuxCitation(
  'drivers/vfio/vfio_main.c',
  'vfio_device_release and vfio_release_device_set',
);

/** Drops a registration reference; the last one completes the wait of unregister. */
export const putRegistration: Op = refDec('device.refcount', [complete('device.comp')]);

/** put_device of the VFIO device: continues with REL after the last reference, else at `next`. */
export const putDevice = (prefix: string, next: string): readonly Op[] => [
  refDec('device.kref', [goto(`${prefix}REL.1`)]),
  goto(next),
];

/** cdev_put of the device's cdev: its last reference puts the device. */
export const putCdev = (prefix: string, next: string): readonly Op[] => [
  refDec('cdev.kobj', [refDec('device.kref', [goto(`${prefix}REL.1`)])]),
  goto(next),
];

/** REL: frees the device. */
export function deviceReleaseSteps(prefix: string, next: string): readonly StepSpec[] {
  const step = (row: string, title: string, ops: readonly Op[]): StepSpec => ({
    id: `${prefix}REL.${row}`,
    title,
    cite: RELEASE_CITE,
    ops,
  });
  return [
    step('1', 'remove the device from the reset set', [
      mutexLock('dev_set.lock'),
      listDel('device.dev_set_list', 'dev_set->device_list'),
      mutexUnlock('dev_set.lock'),
    ]),
    step('2', 'with the last device, free the reset set', [
      spin(
        'vfio_device_set_xa.xa_lock',
        decrement('dev_set.device_count'),
        branch(eq('dev_set.device_count', 0), [free('dev_set')]),
      ),
    ]),
    step('3', 'free the index', [idaFree('device.index')]),
    step('4', 'run the release op of the driver and free the memory', [free('device'), goto(next)]),
  ];
}

/** put_device of the group: the last reference frees the minor and the group. */
export const putGroupDevice: Op = refDec('group.kref', [idaFree('group.minor'), free('group')]);

/** cdev_put of the group's cdev. */
export const putGroupCdev: Op = refDec('group.kobj', [putGroupDevice]);

/** Puts the KVM that the device refers to, if any; dev_set.lock is held. The last put frees the VM. */
export const putKvm: Op = branch(ne('device.kvm', NULL), [
  withPointer('device.kvm', 'kvm', [
    store('device.kvm', NULL),
    refDec('kvm.users_count', [free('kvm')]),
  ]),
]);
