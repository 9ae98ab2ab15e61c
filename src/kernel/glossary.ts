/** A term of the playground, for readers who meet it for the first time. */
export interface GlossaryEntry {
  readonly term: string;
  /** One or two sentences in Markdown. */
  readonly meaning: string;
  /** The kernel file (and function) or document that defines the term. */
  readonly source?: string;
}

/** The terms that a reader needs before the first run. */
export const FIRST_TERMS: readonly GlossaryEntry[] = [
  {
    term: 'VFIO',
    meaning:
      'Virtual Function I/O, the part of Linux that gives a user-space program, such as QEMU or DPDK, direct access to a device. An IOMMU limits the memory that the device can reach.',
    source: 'Documentation/driver-api/vfio.rst',
  },
  {
    term: 'f_op',
    meaning:
      'The pointer in an open file to its file operations (fops). The kernel calls them for read, write, mmap and ioctl.',
    source: 'include/linux/fs.h',
  },
  {
    term: 'cdev',
    meaning:
      'A character device. VFIO creates one per device, `/dev/vfio/devices/vfio0`. An open of it gives no access to the device yet.',
    source: 'drivers/vfio/device_cdev.c',
  },
  {
    term: 'group',
    meaning:
      'The devices that an IOMMU cannot isolate from each other. The older VFIO interface opens a group, `/dev/vfio/12`, and gets device fds from it.',
    source: 'drivers/vfio/group.c',
  },
  {
    term: 'iommufd',
    meaning:
      'An open file of `/dev/iommu`. It is a context that holds I/O page tables and the devices that use them.',
    source: 'Documentation/userspace-api/iommufd.rst',
  },
  {
    term: 'bind',
    meaning:
      'The ioctl `VFIO_DEVICE_BIND_IOMMUFD`. It connects a device fd to an iommufd and, if it succeeds, gives the fd access to the device.',
    source: 'drivers/vfio/device_cdev.c: vfio_df_ioctl_bind_iommufd()',
  },
  {
    term: 'parked',
    meaning:
      'A file is parked while its fops can only bind. A successful bind replaces them with the normal fops. This was proposed in 2021 and not merged.',
    source: 'Message-Id 20210921155705.GN327412@nvidia.com',
  },
  {
    term: 'DMA owner',
    meaning:
      'The context that controls the DMA of all devices of an IOMMU group. A group has at most one DMA owner.',
    source: 'drivers/iommu/iommu.c: iommu_device_claim_dma_owner()',
  },
  {
    term: 'kref',
    meaning:
      'The reference count of a kernel object. The object is freed when the count drops to zero.',
    source: 'include/linux/kref.h',
  },
  {
    term: 'access_granted',
    meaning:
      'The flag per file that Linux uses instead of parked fops. Bind sets it, and every other call fails until it is set.',
    source: 'drivers/vfio/vfio_main.c: vfio_device_fops_unl_ioctl()',
  },
];

/** The other terms, first of the kernel, then of the model. */
export const FURTHER_TERMS: readonly GlossaryEntry[] = [
  {
    term: 'RFC',
    meaning:
      'Request for comments: patches that are posted for discussion and not for merging. Here those of September 2021, which open a device without its group.',
    source: 'Message-Id 20210919063848.1476776-1-yi.l.liu@intel.com',
  },
  {
    term: 'struct file',
    meaning:
      'What an open creates. Several fds can refer to one file, after dup, fork or a pass over a socket; its release runs after the last one is closed.',
    source: 'include/linux/fs.h',
  },
  {
    term: 'container',
    meaning:
      'An open file of `/dev/vfio/vfio`. On the older interface it plays the part of the iommufd: groups are put into it and share its mappings.',
    source: 'drivers/vfio/container.c',
  },
  {
    term: 'type1',
    meaning: 'The IOMMU driver of a container for x86 and most other machines.',
    source: 'drivers/vfio/vfio_iommu_type1.c',
  },
  {
    term: 'IOAS',
    meaning:
      'I/O address space, an object of an iommufd. A device that is attached to it sees its mappings.',
    source: 'Documentation/userspace-api/iommufd.rst',
  },
  {
    term: 'HWPT',
    meaning: 'Hardware page table, the object of an iommufd through which a device uses an IOAS.',
    source: 'Documentation/userspace-api/iommufd.rst',
  },
  {
    term: 'dev_set',
    meaning:
      'The devices that a reset affects together. `dev_set->lock` serializes open, bind and close of all of them.',
    source: 'drivers/vfio/vfio.h: struct vfio_device_set',
  },
  {
    term: 'open_count',
    meaning:
      'The number of fds in use on a device. The driver opens the device for the first and closes it after the last.',
    source: 'include/linux/vfio.h: struct vfio_device',
  },
  {
    term: 'registration refcount',
    meaning:
      'The users of a registered device (`vfio_device.refcount`). Unregister waits until it is zero.',
    source: 'drivers/vfio/vfio_main.c: vfio_unregister_group_dev()',
  },
  {
    term: 'store-release, load-acquire',
    meaning:
      'A pair of memory accesses. A load-acquire that sees the value of a store-release also sees every store before it.',
    source: 'Documentation/memory-barriers.txt',
  },
  {
    term: 'design',
    meaning: 'One way to build the device path: its kernel objects and its calls, as data.',
  },
  {
    term: 'scenario',
    meaning: 'The devices and processes of a run, the calls they make, and what is expected.',
  },
  { term: 'task', meaning: 'A thread of a process, or the kernel side of a driver.' },
  {
    term: 'step',
    meaning: 'One atomic action of a call, named like `upstream/bind_iommufd/BIND.9`.',
  },
  {
    term: 'state',
    meaning:
      'The values of all fields of all kernel objects, and the next step of each task. A check visits every state that the calls can reach.',
  },
  {
    term: 'schedule, interleaving',
    meaning: 'The sequence in which the tasks make their steps.',
  },
  {
    term: 'property',
    meaning: 'What must hold in every reachable state. It holds or is violated.',
  },
  {
    term: 'counterexample',
    meaning: 'The shortest schedule that violates a property.',
  },
  {
    term: 'modified design',
    meaning: 'A design with a step disabled, swapped or edited, to see which property notices.',
  },
];
