/** Steps of a design that no run reaches, and why. `call/STEP*` matches every step with this prefix. */
export interface DeadSteps {
  readonly design: string;
  readonly steps: readonly string[];
  readonly reason: string;
}

/** Where the designs unbind a device from its iommufd. */
const UNBINDS: Readonly<Record<string, readonly string[]>> = {
  upstream: [
    'bind_iommufd/BIND.U13',
    'bind_iommufd/BIND.U14:CLOSE.3',
    'get_device_fd/GDF.U8',
    'get_device_fd/GDF.U9:CLOSE.3',
    'release_cdev/CLOSE.3',
    'release_device/CLOSE.3',
  ],
  'parked-shim': [
    'bind_iommufd/BIND.U3',
    'get_device_fd/GDF.U4e',
    'release_cdev/REL.4',
    'release_device/REL.4',
  ],
  'parked-split': ['bind_iommufd/BIND.U3', 'release_cdev/REL.4'],
};

/** stepCoverage.slow.test.ts fails for an unreached step that is missing here, and for a reached step that is listed here. */
export const DEAD_STEPS: readonly DeadSteps[] = [
  {
    design: 'upstream',
    steps: [
      'hwpt_alloc/GATE*',
      'hwpt_alloc/IOCTL.1',
      'ioas_alloc/GATE*',
      'ioas_alloc/IOCTL.1',
      'iommu_destroy/GATE*',
      'iommu_destroy/IOCTL.1',
      'ioas_map/GATE*',
      'ioas_map/IOCTL.1',
      'ioas_unmap/GATE*',
      'ioas_unmap/IOCTL.1',
    ],
    reason:
      'The scenario format accepts only an iommufd for these calls, so no other file gets them.',
  },
  {
    design: 'upstream',
    steps: [
      'bind_iommufd/BIND.U13:IDETACH*',
      'bind_iommufd/BIND.U13:IUNBIND.1b',
      'bind_iommufd/BIND.U14:CLOSE.3:IDETACH*',
      'bind_iommufd/BIND.U14:CLOSE.3:IUNBIND.1b',
    ],
    reason:
      'The unwind path shares its steps with close. A device cannot be attached during its bind: access is not granted, and the bind holds the dev_set lock.',
  },
  {
    design: 'upstream',
    steps: ['get_device_fd/GDF.U8:IDETACH*', 'get_device_fd/GDF.U8:IUNBIND.1b'],
    reason: 'The open op fails before the compat ioas is attached, so there is nothing to detach.',
  },
  ...['parked-shim', 'parked-split'].map((design) => ({
    design,
    steps: UNBINDS[design]!.flatMap((unbind) => [`${unbind}:IUNBIND.2b`, `${unbind}:IUNBIND.U2`]),
    reason: 'Unbind waits for ioctls that use the device by its id. No call of the design does.',
  })),
  {
    design: 'upstream',
    steps: ['release_cdev/CLOSE.3:IUNBIND.U2'],
    reason:
      'A timeout needs a fault and a second task. src/designs/upstream/hwpt.test.ts reaches it.',
  },
  {
    design: 'upstream',
    steps: [
      'get_device_fd/GDF.U8',
      'get_device_fd/GDF.U9:CLOSE.3',
      'release_device/CLOSE.3',
    ].flatMap((unbind) => ['2a', '2b', 'U2'].map((row) => `${unbind}:IUNBIND.${row}`)),
    reason: 'User space is not told the id of a device of the group path, so no ioctl uses it.',
  },
  {
    design: 'upstream',
    steps: ['U13', 'U14:CLOSE.3'].flatMap((unbind) =>
      ['2a', '2b', 'U2'].map((row) => `bind_iommufd/BIND.${unbind}:IUNBIND.${row}`),
    ),
    reason:
      'User space gets the id of the device only when the bind succeeds, so no ioctl uses it in the unwind path. A scenario could guess it.',
  },
  {
    design: 'rfc-opened',
    steps: ['get_device_fd/GDF.U5:*', 'get_device_fd/GDF.U5e', 'get_device_fd/GDF.U5f'],
    reason:
      'Only the last user of a device undoes a bind. If a failed GET_DEVICE_FD is the last user, no other file has the device open, so it is not bound.',
  },
];
