import type { Routine, StepSpec } from '../../kernel/design';
import {
  alloc,
  bookkeep,
  decrement,
  driverOp,
  eq,
  fail,
  fallible,
  fdInstall,
  fget,
  free,
  goto,
  increment,
  live,
  mutexLock,
  mutexUnlock,
  ne,
  NULL,
  ref,
  refInc,
  refIncNotZero,
  ret,
  say,
  spin,
  staticTest,
  store,
  storeRelease,
  test,
} from '../../kernel/primitives';
import { attachDevice, compatIoasBehind } from '../iommufd/attach';
import { bindDevice, ctxBehind } from '../iommufd/bind';
import { closeDevice, leaveGroupPath, unbindAttached, unuseContainer } from './close';
import { takeContainer } from './container';
import { putRegistration } from './lifetime';
import { linux } from './source';

const GROUP = 'drivers/vfio/group.c';
const OPEN = linux(GROUP, 'vfio_df_group_open', '5.9');
const FIRST = linux(
  'drivers/vfio/vfio_main.c',
  'vfio_df_open and vfio_df_device_first_open',
  '5.9',
);
const FILE = linux(GROUP, 'vfio_device_open_file', '5.9');

/** GDF.2: finds a device of the group by name, and takes a registration reference. */
const lookUp: StepSpec = {
  id: 'GDF.2',
  title: 'find the device by name and take a registration reference',
  cite: linux(GROUP, 'vfio_device_get_from_name', '5.9'),
  ops: (() => {
    const refuse = [
      mutexUnlock('group.device_lock'),
      fail('ENODEV', 'the group has no such device', { at: 'group' }),
    ];
    return [
      mutexLock('group.device_lock'),
      staticTest(
        'device-in-group',
        [
          test(live('device'), [], refuse),
          test(eq('device.group_next', 0), refuse),
          refIncNotZero('device.refcount', refuse),
          mutexUnlock('group.device_lock'),
        ],
        refuse,
      ),
    ];
  })(),
};

/** GDF: VFIO_GROUP_GET_DEVICE_FD in container mode and in iommufd mode; group_lock, and inside it dev_set.lock. */
export function getDeviceFd(kvm: boolean): Routine {
  return {
    name: 'vfio_group_ioctl_get_device_fd',
    cite: linux(GROUP, 'vfio_group_ioctl_get_device_fd', '5.9'),
    steps: [
      {
        id: 'GDF.1',
        title: 'copy the name from user space',
        ops: [fallible('strndup_user', 'EFAULT', 'the name cannot be read', { at: 'group' })],
      },
      lookUp,
      {
        id: 'GDF.3',
        title: 'reserve an fd',
        ops: [
          fallible('get_unused_fd_flags', 'EMFILE', 'the fd table is full', {
            at: 'fd/file',
            to: 'GDF.U2',
          }),
        ],
      },
      {
        id: 'GDF.4',
        title: 'allocate the device file',
        cite: FILE,
        ops: [
          fallible('vfio_allocate_device_file', 'ENOMEM', 'no memory', {
            at: 'device',
            to: 'GDF.U2',
          }),
          alloc('df'),
          say('df->group = device->group'),
        ],
      },
      {
        id: 'GDF.5',
        title: 'lock the group; has it a container or an iommufd?',
        cite: OPEN,
        ops: [
          mutexLock('group.group_lock'),
          test(eq('group.container', NULL), [
            test(eq('group.iommufd', NULL), [
              fail('EINVAL', 'the group has neither container nor iommufd', {
                at: 'group',
                to: 'GDF.U5',
              }),
            ]),
          ]),
        ],
      },
      {
        id: 'GDF.6',
        title: kvm
          ? "inside it, lock the reset set; before the first open take the group's KVM"
          : 'inside it, lock the reset set',
        cite: OPEN,
        ops: [
          mutexLock('dev_set.lock'),
          ...(kvm
            ? [
                test(eq('device.open_count', 0), [
                  spin(
                    'group.kvm_ref_lock',
                    test(ne('group.kvm', NULL), [
                      refInc('group.kvm.users_count'),
                      store('device.kvm', 'group.kvm'),
                    ]),
                  ),
                ]),
              ]
            : []),
        ],
      },
      {
        id: 'GDF.7',
        title: 'borrow the iommufd of the group, if it has one: no reference',
        cite: OPEN,
        ops: [
          store('df.iommufd', 'group.iommufd'),
          bookkeep(
            test(
              eq('group.iommufd', NULL),
              [store('df.owner', 'group.container')],
              [store('df.owner', 'group.iommufd')],
            ),
          ),
        ],
      },
      {
        id: 'GDF.8',
        title: 'count the open; only the first one goes on to bind and open',
        cite: FIRST,
        ops: [increment('device.open_count'), test(ne('device.open_count', 1), [goto('GDF.10')])],
      },
      {
        id: 'GDF.8b',
        title: 'pin the driver module; which mode is it?',
        cite: FIRST,
        ops: [
          fallible('try_module_get', 'ENODEV', 'the driver module is going away', {
            at: 'device',
            to: 'GDF.U8c',
          }),
          test(eq('df.iommufd', NULL), [goto('GDF.8d')]),
        ],
      },
      ...bindDevice({
        prefix: 'GDF.8:',
        ctx: ctxBehind('df.iommufd'),
        idev: 'idev',
        onError: 'GDF.U8b',
        next: 'GDF.8c',
      }),
      {
        id: 'GDF.8c',
        title:
          'iommufd mode: the device is bound; the group file is not kept (found by reading, unconfirmed)',
        confidence: 'MINE',
        cite: linux('drivers/vfio/iommufd.c', 'vfio_iommufd_physical_bind', '5.9'),
        ops: [store('device.iommufd_device', ref('idev')), goto('GDF.8e')],
      },
      takeContainer('GDF.8d', 'GDF.U8b', 'GDF.8e'),
      {
        id: 'GDF.8e',
        title: 'run the open op of the driver',
        cite: FIRST,
        ops: [
          fallible('open_device', 'EIO', 'the driver refuses to open', {
            at: 'device',
            to: 'GDF.U8',
          }),
          driverOp('open_device', { file: 'file', insideBind: true }),
        ],
      },
      {
        id: 'GDF.9',
        title: 'iommufd mode: attach the compat ioas',
        cite: linux('drivers/vfio/iommufd.c', 'vfio_iommufd_compat_attach_ioas', '5.9'),
        ops: [
          test(eq('df.iommufd', NULL), [goto('GDF.10')]),
          fallible('iommufd_vfio_compat_ioas_get_id', 'ENODEV', 'the compat ioas was destroyed', {
            at: 'device',
            to: 'GDF.U9:CLOSE.3',
          }),
        ],
      },
      ...attachDevice({
        row: 'GDF.9',
        ioas: compatIoasBehind('df.iommufd'),
        idev: 'device.iommufd_device',
        flag: 'device.iommufd_attached',
        onError: 'GDF.U9:CLOSE.3',
        next: 'GDF.10',
      }),
      {
        id: 'GDF.10',
        title: 'open the gate of this file; unlock both',
        cite: OPEN,
        ops: [
          storeRelease('df.access_granted', 1),
          mutexUnlock('dev_set.lock'),
          mutexUnlock('group.group_lock'),
        ],
      },
      {
        id: 'GDF.11',
        title: 'make an anonymous file',
        cite: FILE,
        ops: [
          fallible('anon_inode_getfile', 'ENFILE', 'no struct file', {
            at: 'fd/file',
            to: 'GDF.U11',
          }),
          alloc('file'),
          fget('file'),
        ],
      },
      { id: 'GDF.12', title: 'install the fd', ops: [fdInstall(), ret()] },
      {
        id: 'GDF.U11',
        title: 'undo: lock the group',
        cite: linux(GROUP, 'vfio_df_group_close', '5.9'),
        ops: [mutexLock('group.group_lock')],
      },
      {
        id: 'GDF.U11b',
        title: 'undo: inside it, lock the reset set',
        cite: linux(GROUP, 'vfio_df_group_close', '5.9'),
        ops: [mutexLock('dev_set.lock')],
      },
      ...closeDevice('GDF.U9:', 'group', 'GDF.U6'),
      {
        id: 'GDF.U8',
        title: 'undo the first open: which mode is it?',
        cite: FIRST,
        ops: [test(eq('df.iommufd', NULL), [goto('GDF.U8a')])],
      },
      ...unbindAttached('GDF.U8:', 'GDF.U8b'),
      unuseContainer('GDF.U8a'),
      {
        id: 'GDF.U8b',
        title: 'undo: put the driver module',
        cite: FIRST,
        ops: [say('module_put')],
      },
      {
        id: 'GDF.U8c',
        title: 'undo: count the open down',
        cite: FIRST,
        ops: [decrement('device.open_count')],
      },
      ...leaveGroupPath('GDF.U6', kvm, { id: 'GDF.U5' }),
      {
        id: 'GDF.U4',
        title: 'undo: free the device file, give the fd back',
        cite: FILE,
        ops: [free('df')],
      },
      {
        id: 'GDF.U2',
        title: 'undo: put the registration reference',
        ops: [putRegistration, ret()],
      },
    ],
  };
}
