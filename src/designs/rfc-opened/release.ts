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
import { rfcPatch, domainSection } from '../shared/citations';
import { dissolveContainerSteps } from './container';
import { dropGroupOpen, putDevice } from './open';
import { pciReleaseSteps } from './vfioPci';

/** f_op->release of a device file: nothing in it says which path made it, so row 3 guesses from the group. */
export function releaseDevice(kind: 'cdev' | 'device'): Routine {
  return {
    name: 'vfio_device_fops_release',
    cite: `drivers/vfio/vfio.c, vfio_device_fops_release; ${rfcPatch(2)}; ${domainSection('2.7')}`,
    steps: [
      ...pciReleaseSteps('REL.1', 'REL.2'),
      { id: 'REL.2', title: 'put the driver module', ops: [comment('module_put')] },
      {
        id: 'REL.3a',
        title: 'a group in a container: this must have been a file of the group path (no lock)',
        ops: [branch(ne('group.container', NULL), [goto('REL.3d')])],
      },
      {
        id: 'REL.3b',
        title: 'no container: this must have been opened through its node',
        ops: [decrement('device.opened')],
      },
      {
        id: 'REL.3c',
        title: 'one opener of the group less',
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
              title: 'the VFS puts the cdev, the one of all devices',
              cite: `fs/file_table.c, __fput; ${domainSection('1.1')}`,
              confidence: 'MEM' as const,
              ops: [refDec('cdev.kobj'), ret()],
            },
          ]
        : []),
    ],
  };
}
