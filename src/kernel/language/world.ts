/** One VFIO device of the modelled machine. */
export interface WorldDevice {
  readonly name: string;
  /** IOMMU group number, as text. */
  readonly group: string;
  /** Reset set; by default one set per device. */
  readonly devset?: string | undefined;
  /** Whether the driver has registered it before the first call; default true. */
  readonly registered?: boolean | undefined;
  /** An ordinary kernel driver, not a VFIO driver, has the device before the first call; it uses the default domain of the group. */
  readonly kernelDriver?: boolean | undefined;
  /** An SR-IOV virtual function, which can be reset alone. */
  readonly vf?: boolean | undefined;
  /** dev_name() of the parent device; default `name`. Unique on one bus only. */
  readonly devName?: string | undefined;
  /** A node with the device's number exists all the time, such as one made with mknod in a container. */
  readonly staleNode?: boolean | undefined;
  /** No IOMMU isolates the device (vfio-noiommu): it is alone in its group, has no cdev, and its DMA has no owner. */
  readonly noiommu?: boolean | undefined;
}

/** The system before the first call. */
export interface World {
  readonly devices: readonly WorldDevice[];
  readonly processes: readonly string[];
  /** Models a store buffer per task for the access flags (docs/kernel-facts.md, Publication). */
  readonly storeBuffers?: boolean | undefined;
}

/** Every call of the scenario format, in the order of its table. */
export const CALL_NAMES = [
  'open_cdev',
  'open_group',
  'open_container',
  'open_iommufd',
  'bind_iommufd',
  'ioas_alloc',
  'attach_ioas',
  'detach_ioas',
  'iommu_destroy',
  'set_container',
  'set_iommu',
  'unset_container',
  'get_device_fd',
  'device_io',
  'reset',
  'mmap',
  'munmap',
  'kvm_add',
  'kvm_del',
  'vm_exit',
  'pass_fd',
  'close',
  'process_exit',
  'register_device',
  'unregister_device',
  'probe_driver',
  'remove_driver',
  'hot_reset',
  'group_status',
  'ioas_map',
  'ioas_unmap',
  'map_dma',
  'unmap_dma',
  'hwpt_alloc',
] as const;

/** The name of a call in the scenario format. */
export type CallName = (typeof CALL_NAMES)[number];

/** The calls that run the same steps in every design: those of the VFS and the memory manager. */
export const VFS_CALLS = ['munmap', 'pass_fd', 'close'] as const;

type VfsCall = (typeof VFS_CALLS)[number];

/** A call whose steps a design has. */
export type DesignCall = Exclude<CallName, VfsCall>;

/** Whether a call runs the same steps in every design. */
export function isVfsCall(call: string): call is VfsCall {
  return (VFS_CALLS as readonly string[]).includes(call);
}

/** One call of a scenario; its arguments are in `CALL_SIGNATURES`. */
export interface Call {
  readonly by: string;
  /** One of `CALL_NAMES`, or a call that the design declares. */
  readonly call: string;
  readonly device?: string | undefined;
  readonly group?: string | undefined;
  readonly fd?: string | undefined;
  readonly iommufd?: string | undefined;
  readonly ioas?: string | undefined;
  /** A page table that hwpt_alloc made. */
  readonly hwpt?: string | undefined;
  readonly object?: string | undefined;
  readonly container?: string | undefined;
  readonly kvm?: string | undefined;
  readonly to?: string | undefined;
  /** Group fds. */
  readonly groups?: readonly string[] | undefined;
  /** The name of the result (an fd or an id). */
  readonly as?: string | undefined;
  /** Id of a step of this call that fails (user copy, allocation, driver op). */
  readonly fault?: string | undefined;
  /** Calls that must have ended, whatever they returned, before this one begins: result names, or `qemu:2` for the second call of a task. */
  readonly after?: readonly string[] | undefined;
}

export type CallArgument =
  'device' | 'group' | 'fd' | 'iommufd' | 'ioas' | 'hwpt' | 'object' | 'container' | 'kvm' | 'to';

/** Arguments and result of a call, and who can make it. */
export interface CallSignature {
  readonly args: readonly CallArgument[];
  /** The arguments if the call names an hwpt. */
  readonly withHwpt?: readonly CallArgument[];
  /** Lists of fds, which may be left out. */
  readonly lists?: readonly 'groups'[];
  readonly result: 'fd' | 'id' | 'zero';
  readonly by: 'process' | 'driver';
}

/** The argument table of the scenario format. */
export const CALL_SIGNATURES: Readonly<Record<CallName, CallSignature>> = {
  open_cdev: { args: ['device'], result: 'fd', by: 'process' },
  open_group: { args: ['group'], result: 'fd', by: 'process' },
  open_container: { args: [], result: 'fd', by: 'process' },
  open_iommufd: { args: [], result: 'fd', by: 'process' },
  bind_iommufd: { args: ['fd', 'iommufd'], result: 'zero', by: 'process' },
  ioas_alloc: { args: ['iommufd'], result: 'id', by: 'process' },
  attach_ioas: {
    args: ['fd', 'ioas'],
    withHwpt: ['fd', 'hwpt'],
    result: 'zero',
    by: 'process',
  },
  detach_ioas: { args: ['fd'], result: 'zero', by: 'process' },
  iommu_destroy: { args: ['iommufd', 'object'], result: 'zero', by: 'process' },
  set_container: { args: ['fd', 'container'], result: 'zero', by: 'process' },
  set_iommu: { args: ['fd'], result: 'zero', by: 'process' },
  unset_container: { args: ['fd'], result: 'zero', by: 'process' },
  get_device_fd: { args: ['fd', 'device'], result: 'fd', by: 'process' },
  device_io: { args: ['fd'], result: 'zero', by: 'process' },
  reset: { args: ['fd'], result: 'zero', by: 'process' },
  mmap: { args: ['fd'], result: 'zero', by: 'process' },
  munmap: { args: ['fd'], result: 'zero', by: 'process' },
  kvm_add: { args: ['fd', 'kvm'], result: 'zero', by: 'process' },
  kvm_del: { args: ['fd', 'kvm'], result: 'zero', by: 'process' },
  vm_exit: { args: ['kvm'], result: 'zero', by: 'process' },
  pass_fd: { args: ['fd', 'to'], result: 'fd', by: 'process' },
  close: { args: ['fd'], result: 'zero', by: 'process' },
  process_exit: { args: [], result: 'zero', by: 'process' },
  register_device: { args: ['device'], result: 'zero', by: 'driver' },
  unregister_device: { args: ['device'], result: 'zero', by: 'driver' },
  probe_driver: { args: ['device'], result: 'zero', by: 'driver' },
  remove_driver: { args: ['device'], result: 'zero', by: 'driver' },
  ioas_map: { args: ['iommufd', 'ioas'], result: 'zero', by: 'process' },
  ioas_unmap: { args: ['iommufd', 'ioas'], result: 'zero', by: 'process' },
  map_dma: { args: ['fd'], result: 'zero', by: 'process' },
  unmap_dma: { args: ['fd'], result: 'zero', by: 'process' },
  group_status: { args: ['fd'], result: 'zero', by: 'process' },
  hwpt_alloc: { args: ['iommufd', 'ioas', 'device'], result: 'id', by: 'process' },
  hot_reset: { args: ['fd'], lists: ['groups'], result: 'zero', by: 'process' },
};

/** The kind of file that a call creates; undefined if it creates none. */
export function fileKindOf(call: string): FileKind | undefined {
  return Object.hasOwn(FILE_KIND_BY_CALL, call) ? FILE_KIND_BY_CALL[call as CallName] : undefined;
}

/** The lowest number of an fd that a call creates: 0 to 2 are the standard streams. */
export const FIRST_FD = 3;

/** Kind of a struct file. `device`: created by GET_DEVICE_FD. */
export type FileKind = 'cdev' | 'device' | 'group' | 'container' | 'iommufd';

/** The calls that create a struct file, and its kind. */
export const FILE_KIND_BY_CALL: Partial<Readonly<Record<CallName, FileKind>>> = {
  open_cdev: 'cdev',
  open_group: 'group',
  open_container: 'container',
  open_iommufd: 'iommufd',
  get_device_fd: 'device',
};

/** The index of the call that an entry of `after` names: by its result, or as `qemu:2`, the second call of qemu. -1 if there is none. */
export function callIndexOf(calls: readonly Call[], reference: string): number {
  const named = calls.findIndex((c) => c.as === reference);
  if (named >= 0) return named;
  const [, task, number] = /^(.+):([1-9]\d?)$/.exec(reference) ?? [];
  return calls.flatMap((c, i) => (c.by === task ? [i] : []))[Number(number) - 1] ?? -1;
}

/** `qemu/2` belongs to process `qemu`; `driver/2` to `driver`. */
export function processOf(task: string): string {
  const slash = task.indexOf('/');
  return slash < 0 ? task : task.slice(0, slash);
}
