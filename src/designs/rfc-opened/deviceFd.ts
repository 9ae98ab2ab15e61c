import type { Routine } from '../../kernel/language/design';
import {
  eq,
  fail,
  fallible,
  fdInstall,
  increment,
  live,
  lookUp,
  mutexLock,
  mutexUnlock,
  refIncNotZero,
  ret,
  comment,
  staticBranch,
  branch,
} from '../../kernel/language/primitives';
import { rfcPatch } from '../shared/citations';
import { putDevice } from './open';
import { pciOpenSteps, pciReleaseSteps } from './vfioPci';
import { checkViable } from '../shared/kernelDriver';

const failNoDevice = [
  mutexUnlock('group.device_lock'),
  fail('ENODEV', 'no such device in the group', { at: 'group' }),
];

/** GET_DEVICE_FD: nothing keeps the container between the checks of GDF.1 and the count of GDF.8. */
export const getDeviceFd: Routine = {
  name: 'vfio_group_get_device_fd',
  cite: 'drivers/vfio/vfio.c, v5.14',
  steps: [
    {
      id: 'GDF.1a',
      title: 'check that a container is used, without a lock',
      ops: [
        branch(eq('group.container_users', 0), [
          fail('EINVAL', 'no container is set', { at: 'group' }),
        ]),
      ],
    },
    {
      id: 'GDF.1b',
      title: 'check that the container has a driver and the group is viable',
      ops: [
        branch(eq('group.container.iommu_driver', 0), [
          fail('EINVAL', 'SET_IOMMU has not been called', { at: 'group' }),
        ]),
        checkViable([
          fail('EINVAL', 'the group is not viable: a sibling has a kernel driver', { at: 'group' }),
        ]),
      ],
    },
    {
      id: 'GDF.2',
      title: 'check the capability for a noiommu group',
      ops: [fallible('noiommu && !capable', 'EPERM', 'CAP_SYS_RAWIO is missing', { at: 'group' })],
    },
    {
      id: 'GDF.3',
      title: 'find the device by name and take a registration reference',
      ops: [
        mutexLock('group.device_lock'),
        staticBranch(
          'device-in-group',
          [
            lookUp(
              'device.group_next',
              'list_for_each_entry(device, &group->device_list, group_next)',
              'group',
            ),
            branch(
              live('device'),
              [
                branch(eq('device.group_next', 0), failNoDevice),
                refIncNotZero('device.refcount', failNoDevice),
              ],
              failNoDevice,
            ),
            mutexUnlock('group.device_lock'),
          ],
          failNoDevice,
        ),
      ],
    },
    {
      id: 'GDF.4',
      title: 'pin the driver module',
      ops: [
        fallible('try_module_get', 'ENODEV', 'the driver module is going away', {
          at: 'device',
          to: 'GDF.U3',
        }),
      ],
    },
    ...pciOpenSteps('GDF.5', 'GDF.U4').map((step) => ({
      ...step,
      cite: `drivers/vfio/pci/vfio_pci.c; ${rfcPatch(5)}`,
    })),
    {
      id: 'GDF.6',
      title: 'reserve an fd',
      ops: [
        fallible('get_unused_fd_flags', 'EMFILE', 'the fd table is full', {
          at: 'fd/file',
          to: 'GDF.U5a',
        }),
      ],
    },
    {
      id: 'GDF.7',
      title: 'create an anonymous file with the normal fops',
      ops: [
        fallible('anon_inode_getfile', 'ENFILE', 'no struct file', { at: 'fd/file', to: 'GDF.U6' }),
      ],
    },
    {
      id: 'GDF.8',
      title: 'count the use of the container',
      ops: [increment('group.container_users')],
    },
    { id: 'GDF.9', title: 'install the fd', ops: [fdInstall(), ret()] },
    { id: 'GDF.U6', title: 'undo: release the fd number', ops: [comment('put_unused_fd')] },
    ...pciReleaseSteps('GDF.U5', 'GDF.U4'),
    { id: 'GDF.U4', title: 'undo: put the driver module', ops: [comment('module_put')] },
    { id: 'GDF.U3', title: 'undo: put the registration reference', ops: [putDevice, ret()] },
  ],
};
