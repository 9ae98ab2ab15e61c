/** Steps of a design that no run can make, and why. `call/STEP*` stands for every step that starts so. */
export interface DeadSteps {
  readonly design: string;
  readonly steps: readonly string[];
  readonly reason: string;
}

/** The contract test fails for a step that is not reached and not here, and for one that is here and reached. */
export const DEAD_STEPS: readonly DeadSteps[] = [
  {
    design: 'upstream',
    steps: [
      'ioas_alloc/GATE*',
      'ioas_alloc/IOCTL.1',
      'iommu_destroy/GATE*',
      'iommu_destroy/IOCTL.1',
    ],
    reason:
      'The scenario format takes an iommufd for these two calls, so no other file is ever asked.',
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
      'The unwinding shares its rows with close. A device cannot be attached while its bind is under way: the gate of the file is shut, and the lock of the reset set is held.',
  },
  {
    design: 'upstream',
    steps: ['get_device_fd/GDF.U8:IDETACH*', 'get_device_fd/GDF.U8:IUNBIND.1b'],
    reason: 'The open op fails before the compat ioas is attached, so there is nothing to detach.',
  },
  {
    design: 'rfc-opened',
    steps: ['get_device_fd/GDF.U5:*', 'get_device_fd/GDF.U5e', 'get_device_fd/GDF.U5f'],
    reason:
      'Only the last user of a device undoes a bind. A failed GET_DEVICE_FD is the last one where no other file has the device open, and then nobody has bound it.',
  },
];
