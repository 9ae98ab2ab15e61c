import type {
  CallBody,
  FieldSpec,
  ObjectType,
  Routine,
  StepSpec,
} from '../../kernel/language/design';
import {
  addressOf,
  alloc,
  branch,
  fail,
  fallible,
  fget,
  forEach,
  fput,
  free,
  listAdd,
  listDel,
  live,
  lookUp,
  mutexLock,
  mutexUnlock,
  NULL,
  refDec,
  ret,
  spin,
  staticBranch,
  store,
} from '../../kernel/language/primitives';
import type { Op } from '../../kernel/language/primitives';
import { countCalls, sumOf } from '../../kernel/language/staticNumber';
import { linuxCitation } from './citation';

/** A pointer to a struct kvm, if KVM is modelled. */
export const kvmPointer = (
  kvm: boolean,
  edge: 'pointer' | 'reference',
): Record<string, FieldSpec> => (kvm ? { kvm: { kind: 'pointer', types: ['kvm'], edge } } : {});

/** struct kvm: a virtual machine, from before the first call until its last reference is dropped. */
export const kvmType: ObjectType = {
  type: 'kvm',
  role: 'kvm',
  per: 'kvm',
  name: '{kvm}',
  lifetime: { liveAtStart: 1 },
  about: 'A virtual machine. A device refers to it from its first open to its last close.',
  fields: {
    users_count: {
      kind: 'refcount',
      freesAtZero: true,
      hi: sumOf(1, countCalls('bind_iommufd'), countCalls('get_device_fd')),
      init: 1,
    },
  },
};

/** struct kvm_vfio: the kvm-vfio device of a VM, which its process has open until the VM exits. */
export const kvmVfioType: ObjectType = {
  type: 'kvm_vfio',
  role: 'kv',
  per: 'kvm',
  name: '{kvm} kvm-vfio',
  lifetime: { liveAtStart: 1 },
  about: 'The kvm-vfio device of a VM: the VFIO files that user space has given to the VM.',
  fields: {
    lock: { kind: 'mutex' },
    kvm: { kind: 'link', type: 'kvm', edge: 'reference' },
  },
};

/** struct kvm_vfio_file: a VFIO file that a VM holds. */
export const kvmVfioFileType: ObjectType = {
  type: 'kvm_vfio_file',
  role: 'kvf',
  per: 'kvmFile',
  fileKinds: ['cdev', 'device', 'group'],
  name: '{file} in {kvm}',
  lifetime: {},
  about: 'A VFIO file in the list of a VM. It holds a reference on the file.',
  fields: {
    node: { kind: 'bool', memberOf: 'kv->file_list' },
    file: { kind: 'link', type: 'file', edge: 'reference' },
    kv: { kind: 'link', type: 'kvm_vfio', edge: 'member' },
  },
};

const cite = (...functions: readonly string[]): string =>
  linuxCitation('virt/kvm/vfio.c', functions.join(' and '));
const KVM_MAIN_C = 'virt/kvm/kvm_main.c';
const LIST = 'kv->file_list';

/** kvm_device_ioctl: only the process of the VM may call, and it must still have the kvm-vfio device open. */
const deviceIoctl = (...ops: readonly Op[]): readonly Op[] => [
  staticBranch(
    'kvm-of-process',
    [
      branch(live('kvm/kv'), ops, [
        fail('EBADF', 'the fd of the kvm-vfio device is closed', { at: 'kvm/kvm' }),
      ]),
    ],
    [fail('EIO', 'the VM belongs to another process', { at: 'kvm/kvm' })],
  ),
];

const lookUpFile = lookUp('kvm/kvf.node', `list_for_each_entry(kvf, &${LIST}, node)`, 'kvm');
const unlock = mutexUnlock('kvm/kv.lock');

/** KVM_DEV_VFIO_FILE_ADD: the VM takes a reference on the file and records itself in it. */
export function kvmAdd(kvm: boolean): CallBody {
  const routine = (title: string, ...ops: readonly Op[]): Routine => ({
    name: 'kvm_vfio_file_add',
    cite: `${cite('kvm_vfio_file_add')}; drivers/vfio/vfio_main.c, vfio_file_set_kvm`,
    steps: [{ id: 'KVM.1', title, ops: deviceIoctl(...ops) }],
  });
  const add = (at: 'df' | 'group'): Routine =>
    routine(
      'add the file to the list of the VM with a reference on it; record the VM in the device file or group',
      mutexLock('kvm/kv.lock'),
      lookUpFile,
      branch(live('kvm/kvf'), [
        unlock,
        fail('EEXIST', 'this VM already has the file', { at: 'kvm/kv' }),
      ]),
      fallible('kzalloc', 'ENOMEM', 'no memory', { at: 'kvm/kv', before: [unlock] }),
      alloc('kvm/kvf'),
      fget('kvm/kvf.file'),
      listAdd('kvm/kvf.node', LIST),
      ...(kvm ? [spin(`${at}.kvm_ref_lock`, store(`${at}.kvm`, addressOf('kvm/kvm')))] : []),
      unlock,
      ret(),
    );
  return {
    byKind: { cdev: add('df'), device: add('df'), group: add('group') },
    other: routine(
      'KVM accepts VFIO files only',
      fail('EINVAL', 'not a VFIO file', { at: 'file' }),
    ),
  };
}

/** The VM lets go of a file: clears the KVM pointer in it and drops its reference. */
const letGo = (kvm: boolean, kvf: string): readonly Op[] => [
  ...(kvm ? [spin('kvm_ref_lock', store(`${kvf}.file.private_data.kvm`, NULL))] : []),
  listDel(`${kvf}.node`, LIST),
  fput(`${kvf}.file`),
  free(kvf),
];

/** KVM_DEV_VFIO_FILE_DEL: the opposite of `kvm_add`. */
export function kvmDel(kvm: boolean): CallBody {
  const routine = (...ops: readonly Op[]): Routine => ({
    name: 'kvm_vfio_file_del',
    cite: cite('kvm_vfio_file_del'),
    steps: [
      {
        id: 'KVMDEL.1',
        title: 'remove the file from the list of the VM, clear its KVM pointer, drop the reference',
        ops: deviceIoctl(mutexLock('kvm/kv.lock'), ...ops),
      },
    ],
  });
  const notInList = [unlock, fail('ENOENT', 'the VM does not have the file', { at: 'kvm/kv' })];
  const del = routine(
    lookUpFile,
    branch(live('kvm/kvf'), [...letGo(kvm, 'kvm/kvf'), unlock, ret()], notInList),
  );
  return { byKind: { cdev: del, device: del, group: del }, other: routine(...notInList) };
}

/** The last close of the kvm-vfio device: the VM lets go of every file. No VFIO lock is taken. */
const releaseFiles = (kvm: boolean, vms: 'kvm' | 'process'): Op =>
  forEach('kvf', vms, 'kvf', [branch(live('kvf'), letGo(kvm, 'kvf'))]);
const RELEASE_CITE = `${cite('kvm_vfio_release')}; ${KVM_MAIN_C}, kvm_device_release`;

/** The end of a VM: its process closes the kvm-vfio device and the VM. An open device may keep the struct kvm. */
export function vmExit(kvm: boolean): Routine {
  return {
    name: 'kvm_vm_release',
    cite: linuxCitation(KVM_MAIN_C, 'kvm_vm_release and kvm_put_kvm'),
    steps: [
      {
        id: 'VMEXIT.1',
        title: 'close the kvm-vfio device: the VM lets go of every file, without a lock of VFIO',
        cite: RELEASE_CITE,
        ops: [
          staticBranch(
            'kvm-of-process',
            [],
            [fail('EBADF', 'the process has no fd of this VM', { at: 'kvm' })],
          ),
          branch(live('kv'), [], [fail('EBADF', 'the fds of the VM are closed', { at: 'kvm' })]),
          releaseFiles(kvm, 'kvm'),
          free('kv'),
        ],
      },
      {
        id: 'VMEXIT.2',
        title: 'close the VM: put its reference; the last put frees the VM',
        ops: [refDec('kvm.users_count', [free('kvm')]), ret()],
      },
    ],
  };
}

/** What the exit of a process does with its VMs. */
export function exitVms(kvm: boolean): readonly StepSpec[] {
  return [
    {
      id: 'EXIT.2:VMEXIT.1',
      title: 'close the kvm-vfio device and the VM of the process, if it has one',
      cite: RELEASE_CITE,
      ops: [
        releaseFiles(kvm, 'process'),
        forEach('kv', 'process', 'kv', [
          branch(live('kv'), [refDec('kv.kvm.users_count', [free('kv.kvm')]), free('kv')]),
        ]),
      ],
    },
  ];
}
