import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  modelOnly,
  decrement,
  driverOp,
  eq,
  fail,
  fallible,
  fget,
  fput,
  goto,
  increment,
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
  warnOn,
} from '../../kernel/language/primitives';
import { bindDevice } from '../shared/iommufd/bind';
import type { ContextRef } from '../shared/iommufd/bind';
import { closeDeviceSteps, unbindSteps } from './release';
import { putKvm } from './lifetime';
import { linuxCitation } from './citation';
import type { Linux } from './linux';

const BIND_FUNCTION = 'vfio_df_ioctl_bind_iommufd';
const BIND_CITE = linuxCitation('drivers/vfio/device_cdev.c', BIND_FUNCTION);
const BLOCK_GROUP_CITE = linuxCitation('drivers/vfio/group.c', 'vfio_device_block_group');
const OPEN_CITE = linuxCitation(
  'drivers/vfio/vfio_main.c',
  'vfio_df_open and vfio_df_device_first_open',
);

/** The context of the argument; other kinds of file have failed before. */
const argumentContext: ContextRef = {
  name: 'iommufd',
  wrap: (ops) => [staticBranch({ arg: 'iommufd', kinds: ['iommufd'] }, ops)],
};

/** A failing bind puts a KVM reference that is not its own: reported, not merged (docs/kernel-facts.md, Findings). */
const REPORTED = { confidence: 'THREAD' } as const;
const FIX_CITE = 'posted 2024-06-28, Message-Id 20240628151845.22166-1-yan.y.zhao@intel.com';

/** BIND.1 to BIND.3: the checks before the first lock. */
const checkArguments = ({ vfToken }: Linux): readonly StepSpec[] => [
  {
    id: 'BIND.1',
    title: 'copy the argument from user space',
    ops: [fallible('copy_from_user', 'EFAULT', 'the argument cannot be read', { at: 'file' })],
  },
  ...(vfToken
    ? [
        {
          id: 'BIND.1b',
          title: 'check that what follows the known argument is 0',
          cite: `drivers/vfio/device_cdev.c, ${BIND_FUNCTION} and copy_struct_from_user, v6.17 and later`,
          ops: [
            fallible(
              'copy_struct_from_user',
              'E2BIG',
              'unknown non-zero bytes after the argument',
              {
                at: 'file',
              },
            ),
          ],
        },
      ]
    : []),
  {
    id: 'BIND.2',
    title: 'check size, flags and fd of the argument',
    ops: [
      fallible('check', 'EINVAL', 'short argsz, unknown flags or a negative fd', { at: 'file' }),
    ],
  },
  {
    id: 'BIND.3',
    title: 'only a cdev fd can bind',
    ops: [
      staticBranch({ arg: 'fd', kinds: ['device'] }, [
        fail('EINVAL', 'the fd was created by GET_DEVICE_FD', { at: 'df' }),
      ]),
    ],
  },
];

/** BIND on a device fd of the group path: always fails. */
export const bindGroupDevice = (linux: Linux): Routine => ({
  name: BIND_FUNCTION,
  cite: BIND_CITE,
  steps: checkArguments(linux),
});

/** The group is blocked already, so a wrong token makes a group open fail for a moment. */
const checkToken: StepSpec = {
  id: 'BIND.6b',
  title: 'check the VF token against the one of the PF',
  cite: 'drivers/vfio/device_cdev.c, vfio_df_check_token, v6.17 and later',
  ops: [
    fallible('match_token_uuid', 'EACCES', 'a VF token is needed, or another one', {
      at: 'device',
      to: 'BIND.U1',
    }),
  ],
};

/** BIND: VFIO_DEVICE_BIND_IOMMUFD. group_lock and dev_set.lock are taken one after the other, never nested. */
export function bindIommufd(linux: Linux, kvm: boolean, kvmFix: boolean): Routine {
  const takeKvmStep: StepSpec = {
    id: 'BIND.8',
    title: 'take a reference on the KVM of this file and store it in the device',
    ...(kvmFix ? { ...REPORTED, cite: FIX_CITE } : {}),
    ops: [
      ...(kvmFix ? [branch(ne('device.open_count', 0), [goto('BIND.9')])] : []),
      spin(
        'df.kvm_ref_lock',
        branch(ne('df.kvm', NULL), [
          refIncNotZero('df.kvm.users_count', [goto('BIND.9')]),
          store('device.kvm', 'df.kvm'),
        ]),
      ),
    ],
  };
  const putKvmStep: StepSpec = {
    id: 'BIND.U2',
    ...(kvmFix
      ? { title: 'undo: put the KVM reference that this bind took', cite: FIX_CITE }
      : {
          title:
            "undo: put the device's KVM reference, even if another file owns it (reported 2024-06-28)",
        }),
    ...REPORTED,
    ops: [putKvm],
  };
  const undo = kvm ? 'BIND.U2' : 'BIND.U2b';
  return {
    name: BIND_FUNCTION,
    cite: BIND_CITE,
    steps: [
      ...checkArguments(linux),
      {
        id: 'BIND.4',
        title: 'lock the group and check that no group file is open',
        cite: BLOCK_GROUP_CITE,
        ops: [
          mutexLock('group.group_lock'),
          branch(ne('group.opened_file', NULL), [
            mutexUnlock('group.group_lock'),
            fail('EBUSY', 'the group is open', { at: 'group' }),
          ]),
        ],
      },
      {
        id: 'BIND.5',
        title: 'count a cdev in use: the group can no longer be opened',
        cite: BLOCK_GROUP_CITE,
        ops: [increment('group.cdev_device_open_cnt'), mutexUnlock('group.group_lock')],
      },
      {
        id: 'BIND.6',
        title: 'lock the reset set and check that this file is not bound',
        ops: [
          mutexLock('dev_set.lock'),
          branch(eq('df.access_granted', 1), [
            fail('EINVAL', 'this fd is already bound', { at: 'df', to: 'BIND.U1' }),
          ]),
        ],
      },
      ...(linux.vfToken ? [checkToken] : []),
      {
        id: 'BIND.7',
        title: 'take a reference on the iommufd',
        ops: [
          branch(eq('iommufd/fd.installed', 0), [
            fail('EBADF', 'the iommufd is not open', { at: 'df', to: 'BIND.U1' }),
          ]),
          staticBranch(
            { arg: 'iommufd', kinds: ['iommufd'] },
            [fget('iommufd/file'), store('df.iommufd', addressOf('iommufd/ctx'))],
            [fail('EBADFD', 'the file is not an iommufd', { at: 'iommufd/file', to: 'BIND.U1' })],
          ),
        ],
      },
      ...(kvm ? [takeKvmStep] : []),
      {
        id: 'BIND.9',
        title: 'check that the device is not open',
        cite: OPEN_CITE,
        ops: [
          branch(ne('device.open_count', 0), [
            fail('EINVAL', 'the device is already open', {
              at: 'device',
              to: kvmFix ? 'BIND.U2b' : undo,
            }),
          ]),
        ],
      },
      {
        id: 'BIND.10',
        title: 'increment open_count; only the first open binds and calls the driver',
        cite: OPEN_CITE,
        // BIND.9 makes the jump unreachable, but without BIND.9 it decides.
        ops: [
          increment('device.open_count'),
          branch(ne('device.open_count', 1), [goto('BIND.14')]),
        ],
      },
      {
        id: 'BIND.11',
        title: 'pin the driver module; branch on container or iommufd mode',
        cite: `${OPEN_CITE}; vfio_device_group_use_iommu`,
        ops: [
          fallible('try_module_get', 'ENODEV', 'the driver module is going away', {
            at: 'device',
            to: 'BIND.U11',
          }),
          branch(eq('df.iommufd', NULL), [
            warnOn(eq('group.container', NULL), 'the group has no container'),
            fail('EINVAL', 'the file has no iommufd', { at: 'df', to: 'BIND.U12' }),
          ]),
        ],
      },
      ...bindDevice({
        shortterm: linux.shortterm,
        prefix: 'BIND.12:',
        ctx: argumentContext,
        idev: 'idev',
        onError: 'BIND.U12',
        next: 'BIND.12',
      }),
      {
        id: 'BIND.12',
        title: 'record the bound iommufd_device',
        cite: linuxCitation('drivers/vfio/iommufd.c', 'vfio_iommufd_physical_bind'),
        ops: [store('device.iommufd_device', addressOf('idev'))],
      },
      {
        id: 'BIND.13',
        title: 'run the open op of the driver',
        cite: OPEN_CITE,
        ops: [
          fallible('open_device', 'EIO', 'open_device of the driver fails', {
            at: 'device',
            to: 'BIND.U13:IUNBIND.1',
          }),
          driverOp('open_device', { file: 'file', insideBind: true }),
          modelOnly(store('device.driver_open', 1)),
        ],
      },
      {
        id: 'BIND.14',
        title: 'copy the device id to user space',
        ops: [
          fallible('copy_to_user', 'EFAULT', 'the id cannot be written', {
            at: 'file',
            to: 'BIND.U14:CLOSE.3',
          }),
        ],
      },
      {
        id: 'BIND.15',
        title: 'mark the device as opened through its cdev',
        ops: [
          store('device.cdev_opened', 1),
          ...(kvm ? [modelOnly(store('df.bound_kvm', 'device.kvm'))] : []),
        ],
      },
      {
        id: 'BIND.16',
        title: 'grant access to this file, after all other stores',
        ops: [storeRelease('df.access_granted', 1)],
      },
      {
        id: 'BIND.17',
        title: 'unlock the reset set and return',
        ops: [mutexUnlock('dev_set.lock'), ret()],
      },
      ...closeDeviceSteps(linux, 'BIND.U14:', 'cdev', undo),
      ...unbindSteps(linux, 'BIND.U13:', 'BIND.U12'),
      {
        id: 'BIND.U12',
        title: 'undo: put the driver module',
        cite: OPEN_CITE,
        ops: [comment('module_put')],
      },
      {
        id: 'BIND.U11',
        title: 'undo: decrement open_count',
        cite: OPEN_CITE,
        ops: [decrement('device.open_count'), goto(undo)],
      },
      ...(kvm ? [putKvmStep] : []),
      {
        id: 'BIND.U2b',
        title: 'undo: put the iommufd',
        ops: [fput('df.iommufd.file'), store('df.iommufd', NULL)],
      },
      { id: 'BIND.U1', title: 'undo: unlock the reset set', ops: [mutexUnlock('dev_set.lock')] },
      {
        id: 'BIND.U1b',
        title: 'undo: decrement cdev_device_open_cnt',
        cite: linuxCitation('drivers/vfio/group.c', 'vfio_device_unblock_group'),
        ops: [
          mutexLock('group.group_lock'),
          decrement('group.cdev_device_open_cnt'),
          mutexUnlock('group.group_lock'),
          ret(),
        ],
      },
    ],
  };
}
