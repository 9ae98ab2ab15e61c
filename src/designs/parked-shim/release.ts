import { F_OP } from '../../kernel/language/vfs';
import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  decrement,
  driverOp,
  eq,
  goto,
  mutexLock,
  mutexUnlock,
  ret,
  comment,
  branch,
} from '../../kernel/language/primitives';
import { detachDevice } from '../shared/iommufd/attach';
import { unbindDevice } from '../shared/iommufd/bind';
import { SHORTTERM_USERS } from '../shared/iommufd/shortterm';
import { kernelFacts } from '../shared/citations';
import { asDerived } from './bind';
import { putCdev, putRegistration } from './open';

/** Steps that a variant adds to the release: under the device lock after the unbind, and after unlock. */
export interface ExtraReleaseSteps {
  readonly underLock: readonly StepSpec[];
  readonly afterUnlock: readonly StepSpec[];
}

/** Closes and unbinds the device of a file with normal fops; entered at 'REL.2', leaves through `REL.6`. */
function unbindSteps(extra: ExtraReleaseSteps): readonly StepSpec[] {
  return [
    {
      id: 'REL.2',
      title: 'lock the device',
      confidence: 'DERIVED',
      ops: [mutexLock('device.lock')],
    },
    {
      id: 'REL.3',
      title: 'run the close op of the driver',
      confidence: 'DERIVED',
      ops: [driverOp('close_device', { file: 'file' }), decrement('device.open_count')],
    },
    ...unbindDevice({
      shortterm: SHORTTERM_USERS,
      prefix: 'REL.4:',
      idev: 'device.iommu_dev',
      pointer: 'device.iommu_dev',
      next: extra.underLock[0]?.id ?? 'REL.6',
      detach: {
        flag: 'device.iommufd_attached',
        steps: detachDevice({
          prefix: 'REL.4:',
          idev: 'device.iommu_dev',
          next: 'REL.4:IUNBIND.1b',
        }),
      },
    }).map(asDerived),
    ...extra.underLock,
    {
      id: 'REL.6',
      title: 'unlock the device, put the driver module',
      confidence: 'DERIVED',
      ops: [mutexUnlock('device.lock'), comment('module_put')],
    },
    ...extra.afterUnlock,
  ];
}

/** f_op->release of a device file that was bound through an iommufd. */
export function releaseDevice(
  kind: 'cdev' | 'device',
  extra: ExtraReleaseSteps = { underLock: [], afterUnlock: [] },
): Routine {
  return {
    name: 'vfio_device_fops_release',
    cite: kernelFacts('Parked fops: release'),
    steps: [
      {
        id: 'REL.1',
        title: 'skip the unbind if the fops are parked',
        confidence: 'DERIVED',
        ops: [branch(eq('file.f_op', F_OP.parked), [goto('REL.7')])],
      },
      ...unbindSteps(extra),
      ...putSteps(kind),
    ],
  };
}

/** The registration reference, then the VFS puts the cdev. */
function putSteps(kind: 'cdev' | 'device'): readonly StepSpec[] {
  const registration: StepSpec = {
    id: 'REL.7',
    title: 'put the registration reference; the last one wakes unregister',
    confidence: 'DERIVED',
    ops: kind === 'cdev' ? [putRegistration] : [putRegistration, ret()],
  };
  if (kind === 'device') return [registration];
  return [
    registration,
    {
      id: 'REL.8',
      title: 'put the cdev (VFS)',
      cite: 'fs/file_table.c, __fput, v6.6',
      confidence: 'MEM',
      ops: [putCdev, ret()],
    },
  ];
}
