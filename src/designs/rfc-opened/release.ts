import type { Routine } from '../../kernel/language/design';
import {
  decrement,
  goto,
  ne,
  NULL,
  refDec,
  ret,
  comment,
  branch,
} from '../../kernel/language/primitives';
import { rfcPatch } from '../shared/citations';
import { dissolveContainerSteps } from './container';
import { dropGroupOpen, putDevice } from './open';
import { pciReleaseSteps } from './vfioPci';

/** f_op->release of a device file: the file does not record its path, so REL.3a guesses it from the group. */
export function releaseDevice(kind: 'cdev' | 'device'): Routine {
  return {
    name: 'vfio_device_fops_release',
    cite: `drivers/vfio/vfio.c, vfio_device_fops_release; ${rfcPatch(2)}`,
    steps: [
      ...pciReleaseSteps('REL.1', 'REL.2'),
      { id: 'REL.2', title: 'put the driver module', ops: [comment('module_put')] },
      {
        id: 'REL.3a',
        title: 'a group with a container: assume the group path, without a lock',
        ops: [branch(ne('group.container', NULL), [goto('REL.3d')])],
      },
      {
        id: 'REL.3b',
        title: 'no container: assume the device node, decrement device.opened',
        ops: [decrement('device.opened')],
      },
      {
        id: 'REL.3c',
        title: 'decrement group.opened',
        ops: [...dropGroupOpen, goto('REL.4')],
      },
      ...dissolveContainerSteps('REL.3d', 'REL.4'),
      {
        id: 'REL.4',
        title: 'put the registration reference; the last one wakes unregister',
        ops: kind === 'cdev' ? [putDevice] : [putDevice, ret()],
      },
      ...(kind === 'cdev'
        ? [
            {
              id: 'REL.5',
              title: 'put the one cdev of all devices (VFS)',
              cite: 'fs/file_table.c, __fput, v5.14',
              confidence: 'MEM' as const,
              ops: [refDec('cdev.kobj'), ret()],
            },
          ]
        : []),
    ],
  };
}
