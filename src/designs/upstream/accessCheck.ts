import type { CallBody, Routine, StepSpec } from '../../kernel/language/design';
import {
  eqAcquire,
  driverOp,
  eq,
  fail,
  fallible,
  ret,
  spin,
  store,
  addressOf,
  branch,
} from '../../kernel/language/primitives';
import type { FileKind } from '../../kernel/language/world';
import { linuxCitation } from './citation';

const ACCESS_CITE = linuxCitation(
  'drivers/vfio/vfio_main.c',
  'vfio_device_fops_unl_ioctl, read, write and mmap',
  '5.5',
);

/** GATE.1 and GATE.2: what every call but BIND goes through first, for the device file at this place. */
const accessCheckFor = (df: string): readonly StepSpec[] => [
  {
    id: 'GATE.1',
    title: 'is access granted to this file?',
    cite: ACCESS_CITE,
    ops: [
      branch(eqAcquire(`${df}.access_granted`, 0), [
        fail('EINVAL', 'this fd is not bound', { at: df }),
      ]),
    ],
  },
  {
    id: 'GATE.2',
    title: 'an ioctl wakes the device up (runtime PM)',
    cite: ACCESS_CITE,
    ops: [
      fallible('pm_runtime_resume_and_get', 'EIO', 'the device does not wake up', { at: 'device' }),
    ],
  },
];

/** The gate of the call's own file. */
export const accessCheck = accessCheckFor('df');

/** GATE: read, write, mmap or an ioctl of a device fd. */
const deviceCallRoutine: Routine = {
  name: 'vfio_device_fops_unl_ioctl',
  cite: ACCESS_CITE,
  steps: [
    ...accessCheck,
    {
      id: 'GATE.3',
      title: 'the op of the driver runs',
      ops: [driverOp('read, write, mmap or ioctl', { file: 'file' }), ret()],
    },
  ],
};

/** A command that only another kind of file knows, on a device fd: the gate first, then the driver does not know it. */
const unknownDeviceCommand: Routine = {
  name: 'vfio_device_fops_unl_ioctl',
  cite: ACCESS_CITE,
  // By the argument, since GET_DEVICE_FD starts from the file that it would make.
  steps: [
    ...accessCheckFor('fd/df'),
    {
      id: 'GATE.3',
      title: 'the driver does not know the command',
      confidence: 'MEM',
      ops: [fail('ENOTTY', 'the driver does not know the command', { at: 'device' })],
    },
  ],
};

/** A command that a group file or an iommufd does not know. */
const unknownCommand: Routine = {
  name: 'ioctl',
  cite: linuxCitation(
    'drivers/vfio/group.c and drivers/iommu/iommufd/main.c',
    'the ioctl handlers',
    '7',
  ),
  steps: [
    {
      id: 'IOCTL.1',
      title: 'the file does not know the command',
      ops: [fail('ENOTTY', 'the file does not know the command', { at: 'file' })],
    },
  ],
};

/** A command that is not the container's own: its driver is asked, if there is one. */
const unknownContainerCommand: Routine = {
  name: 'vfio_fops_unl_ioctl',
  cite: linuxCitation('drivers/vfio/container.c', 'vfio_fops_unl_ioctl', '7'),
  steps: [
    {
      id: 'IOCTL.1',
      title: 'ask the iommu driver of the container',
      ops: [
        // By its argument, since a call like GET_DEVICE_FD starts from the file that it would make.
        branch(eq('fd/container.iommu_driver', 0), [
          fail('EINVAL', 'SET_IOMMU has not been called', { at: 'fd/container' }),
        ]),
        fail('ENOTTY', 'the iommu driver does not know the command', { at: 'fd/container' }),
      ],
    },
  ],
};

/** An ioctl for these kinds of file; any other file answers what its own handler answers to a strange command. */
export function ioctlBody(byKind: Partial<Readonly<Record<FileKind, Routine>>>): CallBody {
  return {
    byKind: {
      cdev: unknownDeviceCommand,
      device: unknownDeviceCommand,
      container: unknownContainerCommand,
      ...byKind,
    },
    other: unknownCommand,
  };
}

/** The call of a device file's user. */
export const deviceIo: CallBody = ioctlBody({ cdev: deviceCallRoutine, device: deviceCallRoutine });

const KVM_CITE = linuxCitation(
  'virt/kvm/vfio.c and drivers/vfio/vfio_main.c',
  'kvm_vfio_file_add and vfio_file_set_kvm',
  '5.6',
);

/** KVM_DEV_VFIO_FILE_ADD. KVM's own reference on the file is left out: clients take the file out of KVM before they close it. */
export function kvmAdd(kvm: boolean): CallBody {
  const put = (at: 'df' | 'group'): Routine => ({
    name: 'kvm_vfio_file_add',
    cite: KVM_CITE,
    steps: [
      {
        id: 'KVM.1',
        title: kvm
          ? 'record the virtual machine in what the file stands for'
          : 'KVM keeps the file; this model leaves KVM out',
        confidence: 'MEM',
        ops: kvm
          ? [
              branch(eq(`${at}.kvm`, addressOf('kvm/kvm')), [
                fail('EEXIST', 'this KVM has the file already', { at }),
              ]),
              spin(`${at}.kvm_ref_lock`, store(`${at}.kvm`, addressOf('kvm/kvm'))),
              ret(),
            ]
          : [ret()],
      },
    ],
  });
  return {
    byKind: { cdev: put('df'), device: put('df'), group: put('group') },
    other: {
      name: 'kvm_vfio_file_add',
      cite: KVM_CITE,
      steps: [
        {
          id: 'KVM.1',
          title: 'KVM takes files of VFIO only',
          confidence: 'MEM',
          ops: [fail('EINVAL', 'the file is none of VFIO', { at: 'file' })],
        },
      ],
    },
  };
}
