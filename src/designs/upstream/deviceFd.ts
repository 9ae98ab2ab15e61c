import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  allOf,
  alloc,
  modelOnly,
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
  lookUp,
  mutexLock,
  mutexUnlock,
  ne,
  NULL,
  addressOf,
  refIncNotZero,
  ret,
  comment,
  spin,
  staticBranch,
  store,
  storeRelease,
  branch,
} from '../../kernel/language/primitives';
import { attachDevice, compatIoasAt } from '../shared/iommufd/attach';
import { bindDevice, contextAt } from '../shared/iommufd/bind';
import { ifUnbound } from './attach';
import { closeDeviceSteps, finishGroupClose, unbindSteps, uncontainerUseStep } from './release';
import { containerUseStep } from './container';
import { putRegistration } from './lifetime';
import { linuxCitation } from './citation';
import type { Linux } from './linux';
import { checkRawIo, ifNoiommu, skipsDfOpen } from './noiommu';

const GROUP_C = 'drivers/vfio/group.c';
const GROUP_OPEN_CITE = linuxCitation(GROUP_C, 'vfio_df_group_open');
const FIRST_OPEN_CITE = linuxCitation(
  'drivers/vfio/vfio_main.c',
  'vfio_df_open and vfio_df_device_first_open',
);
const OPEN_FILE_CITE = linuxCitation(GROUP_C, 'vfio_device_open_file');

/** GDF.2: finds a device of the group by name and takes a registration reference. */
const lookUpDevice: StepSpec = {
  id: 'GDF.2',
  title: 'find the device by name and take a registration reference',
  cite: linuxCitation(GROUP_C, 'vfio_device_get_from_name'),
  ops: (() => {
    const failLookup = [
      mutexUnlock('group.device_lock'),
      fail('ENODEV', 'the group has no such device', { at: 'group' }),
    ];
    return [
      mutexLock('group.device_lock'),
      staticBranch(
        'device-in-group',
        [
          lookUp(
            'device.group_next',
            'list_for_each_entry(device, &group->device_list, group_next)',
            'group',
          ),
          branch(live('device'), [], failLookup),
          branch(ne('device.group', addressOf('group')), failLookup),
          branch(eq('device.group_next', 0), failLookup),
          refIncNotZero('device.refcount', failLookup),
          mutexUnlock('group.device_lock'),
        ],
        failLookup,
      ),
    ];
  })(),
};

/** GDF: VFIO_GROUP_GET_DEVICE_FD in container mode and in iommufd mode; dev_set.lock is taken inside group_lock. */
export function getDeviceFd(linux: Linux, kvm: boolean): Routine {
  return {
    name: 'vfio_group_ioctl_get_device_fd',
    cite: linuxCitation(GROUP_C, 'vfio_group_ioctl_get_device_fd'),
    steps: [
      {
        id: 'GDF.1',
        title: 'copy the name from user space',
        ops: [fallible('strndup_user', 'EFAULT', 'the name cannot be read', { at: 'group' })],
      },
      lookUpDevice,
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
        cite: OPEN_FILE_CITE,
        ops: [
          fallible('vfio_allocate_device_file', 'ENOMEM', 'no memory', {
            at: 'device',
            to: 'GDF.U2',
          }),
          alloc('df'),
          comment('df->group = device->group'),
        ],
      },
      {
        id: 'GDF.5',
        title: 'lock the group and look for a container or an iommufd',
        cite: GROUP_OPEN_CITE,
        ops: [
          mutexLock('group.group_lock'),
          branch(eq('group.container', NULL), [
            branch(eq('group.iommufd', NULL), [
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
          ? "also lock the reset set; before the first open, take the group's KVM"
          : 'also lock the reset set',
        cite: GROUP_OPEN_CITE,
        ops: [
          mutexLock('dev_set.lock'),
          ...(kvm
            ? [
                branch(eq('device.open_count', 0), [
                  spin(
                    'group.kvm_ref_lock',
                    branch(ne('group.kvm', NULL), [
                      refIncNotZero('group.kvm.users_count', [goto('GDF.7')]),
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
        title: 'use the iommufd of the group, if any, without a reference',
        cite: GROUP_OPEN_CITE,
        ops: [
          store('df.iommufd', 'group.iommufd'),
          modelOnly(
            branch(
              eq('group.iommufd', NULL),
              [store('df.owner', 'group.container')],
              [store('df.owner', 'group.iommufd')],
            ),
          ),
          ifNoiommu(
            branch(allOf(ne('df.iommufd', NULL), eq('device.open_count', 0)), [
              branch(ne('df.iommufd.vfio_ioas', NULL), [
                fail('EPERM', 'the iommufd has a compat ioas', { at: 'device', to: 'GDF.U6' }),
              ]),
              checkRawIo('device', 'GDF.U6'),
              ...(skipsDfOpen(linux) ? [goto('GDF.7n')] : []),
            ]),
          ),
        ],
      },
      {
        id: 'GDF.8',
        title: 'increment open_count; only the first open binds and calls the driver',
        cite: FIRST_OPEN_CITE,
        ops: [increment('device.open_count'), branch(ne('device.open_count', 1), [goto('GDF.10')])],
      },
      {
        id: 'GDF.8b',
        title: 'pin the driver module; branch on container or iommufd mode',
        cite: FIRST_OPEN_CITE,
        ops: [
          fallible('try_module_get', 'ENODEV', 'the driver module is going away', {
            at: 'device',
            to: 'GDF.U8c',
          }),
          branch(eq('df.iommufd', NULL), [goto('GDF.8d')]),
          ifNoiommu(goto('GDF.8e')),
        ],
      },
      ...bindDevice({
        shortterm: linux.shortterm,
        prefix: 'GDF.8:',
        ctx: contextAt('df.iommufd'),
        idev: 'idev',
        onError: 'GDF.U8b',
        next: 'GDF.8c',
      }),
      {
        id: 'GDF.8c',
        title:
          'iommufd mode: record the bind; no reference on the group file (found by reading v6.6 to v6.18, not run)',
        confidence: 'MINE',
        cite: linuxCitation('drivers/vfio/iommufd.c', 'vfio_iommufd_physical_bind'),
        ops: [store('device.iommufd_device', addressOf('idev')), goto('GDF.8e')],
      },
      containerUseStep('GDF.8d', 'GDF.U8b', 'GDF.8e'),
      {
        id: 'GDF.8e',
        title: 'run the open op of the driver',
        cite: FIRST_OPEN_CITE,
        ops: [
          fallible('open_device', 'EIO', 'open_device of the driver fails', {
            at: 'device',
            to: 'GDF.U8',
          }),
          driverOp('open_device', { file: 'file', insideBind: true }),
          modelOnly(store('device.driver_open', 1)),
        ],
      },
      {
        id: 'GDF.9',
        title: 'iommufd mode: attach the compat ioas',
        cite: linuxCitation('drivers/vfio/iommufd.c', 'vfio_iommufd_compat_attach_ioas'),
        ops: [
          branch(eq('df.iommufd', NULL), [goto('GDF.10')]),
          branch(ne('device.open_count', 1), [goto('GDF.10')]),
          ifNoiommu(goto('GDF.10')),
          fallible('iommufd_vfio_compat_ioas_get_id', 'ENODEV', 'the compat ioas was destroyed', {
            at: 'device',
            to: 'GDF.U9:CLOSE.3',
          }),
          ...ifUnbound(
            fail('EINVAL', 'the device is not bound', { at: 'device', to: 'GDF.U9:CLOSE.3' }),
          ),
        ],
      },
      ...attachDevice({
        shortterm: linux.shortterm,
        resetBlocksGroup: linux.resetBlocksGroup,
        replaceChecksAttached: linux.replaceChecksAttached,
        hwptAlloc: true,
        stepId: 'GDF.9',
        ioas: compatIoasAt('df.iommufd'),
        idev: 'device.iommufd_device',
        attachedFlag: 'device.iommufd_attached',
        onError: 'GDF.U9:CLOSE.3',
        next: 'GDF.10',
      }),
      {
        id: 'GDF.10',
        title: 'grant access to this file; unlock the reset set and the group',
        cite: GROUP_OPEN_CITE,
        ops: [
          ...(kvm ? [modelOnly(store('df.bound_kvm', 'device.kvm'))] : []),
          storeRelease('df.access_granted', 1),
          mutexUnlock('dev_set.lock'),
          mutexUnlock('group.group_lock'),
        ],
      },
      {
        id: 'GDF.11',
        title: 'create an anonymous file',
        cite: OPEN_FILE_CITE,
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
      ...(skipsDfOpen(linux)
        ? finishGroupClose('GDF.7n', kvm, { id: 'GDF.7o', next: 'GDF.11' }).map((step) => ({
            ...step,
            title: `without an IOMMU, neither open nor access (reported 2025-05-16): ${step.title}`,
            cite: GROUP_OPEN_CITE,
          }))
        : []),
      {
        id: 'GDF.U11',
        title: 'undo: lock the group',
        cite: linuxCitation(GROUP_C, 'vfio_df_group_close'),
        ops: [mutexLock('group.group_lock')],
      },
      {
        id: 'GDF.U11b',
        title: 'undo: also lock the reset set',
        cite: linuxCitation(GROUP_C, 'vfio_df_group_close'),
        ops: [mutexLock('dev_set.lock')],
      },
      ...closeDeviceSteps(linux, 'GDF.U9:', 'group', 'GDF.U6'),
      {
        id: 'GDF.U8',
        title: 'undo the first open: branch on the mode',
        cite: FIRST_OPEN_CITE,
        ops: [branch(eq('df.iommufd', NULL), [goto('GDF.U8a')]), ifNoiommu(goto('GDF.U8b'))],
      },
      ...unbindSteps(linux, 'GDF.U8:', 'GDF.U8b'),
      uncontainerUseStep('GDF.U8a'),
      {
        id: 'GDF.U8b',
        title: 'undo: put the driver module',
        cite: FIRST_OPEN_CITE,
        ops: [comment('module_put')],
      },
      {
        id: 'GDF.U8c',
        title: 'undo: decrement open_count',
        cite: FIRST_OPEN_CITE,
        ops: [decrement('device.open_count')],
      },
      ...finishGroupClose('GDF.U6', kvm, { id: 'GDF.U5' }),
      {
        id: 'GDF.U4',
        title: 'undo: free the device file, release the fd number',
        cite: OPEN_FILE_CITE,
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
