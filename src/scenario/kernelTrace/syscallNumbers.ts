import type { CallName, FileKind } from '../../kernel/language/world';

/** x86-64 numbers of the syscalls that matter, for `raw_syscalls` (arch/x86/entry/syscalls/syscall_64.tbl). */
export const X86_64_SYSCALLS: Readonly<Record<number, string>> = {
  0: 'read',
  1: 'write',
  2: 'open',
  3: 'close',
  9: 'mmap',
  11: 'munmap',
  16: 'ioctl',
  17: 'pread64',
  18: 'pwrite64',
  231: 'exit_group',
  257: 'openat',
};

/** Their arguments in order, under the names that the `syscalls` events print. */
export const SYSCALL_ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  read: ['fd', 'buf', 'count'],
  write: ['fd', 'buf', 'count'],
  open: ['filename', 'flags', 'mode'],
  close: ['fd'],
  mmap: ['addr', 'len', 'prot', 'flags', 'fd', 'off'],
  munmap: ['addr', 'len'],
  ioctl: ['fd', 'cmd', 'arg'],
  pread64: ['fd', 'buf', 'count', 'pos'],
  pwrite64: ['fd', 'buf', 'count', 'pos'],
  exit_group: ['error_code'],
  openat: ['dfd', 'filename', 'flags', 'mode'],
};

/** Type and number of the VFIO and iommufd ioctls: `;` and the number (include/uapi/linux/vfio.h and iommufd.h, v6.12). */
export const IOCTL_TYPE = 0x3b00;

const IOCTLS: Readonly<Record<number, CallName>> = {
  0x66: 'set_iommu',
  0x67: 'group_status',
  0x68: 'set_container',
  0x69: 'unset_container',
  0x6a: 'get_device_fd',
  0x6f: 'reset',
  0x76: 'bind_iommufd',
  0x77: 'attach_ioas',
  0x78: 'detach_ioas',
  0x80: 'iommu_destroy',
  0x81: 'ioas_alloc',
  0x85: 'ioas_map',
  0x86: 'ioas_unmap',
};

/** The call of an ioctl on a file of this kind; undefined for one that the model does not have. Some numbers mean one thing on a device and another on a container. */
export function callOfIoctl(command: number, kind: FileKind): CallName | undefined {
  const number = command & 0xffff;
  if ((number & 0xff00) !== IOCTL_TYPE) return undefined;
  const isDevice = kind === 'cdev' || kind === 'device';
  switch (number & 0xff) {
    case 0x71:
      return isDevice ? 'hot_reset' : kind === 'group' ? undefined : 'map_dma';
    case 0x72:
      return isDevice ? 'device_io' : kind === 'group' ? undefined : 'unmap_dma';
    case 0x6b:
    case 0x6c:
    case 0x6d:
    case 0x6e:
    case 0x70:
    case 0x75:
      return isDevice ? 'device_io' : undefined;
    default:
      return IOCTLS[number & 0xff];
  }
}
