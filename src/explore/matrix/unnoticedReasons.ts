import type { PropertyId } from '../../kernel/language/propertyId';

/** Why no property notices that steps are removed. */
export interface UnnoticedReason {
  /** Addresses of steps. */
  readonly steps: readonly string[];
  /** The property that should notice. */
  readonly property: PropertyId;
  readonly reason: string;
}

/** The reasons for the removals that no property notices in the library. */
export const UNNOTICED_REASONS: readonly UnnoticedReason[] = [
  {
    steps: ['upstream/bind_iommufd/BIND.8'],
    property: 'kvm-ref',
    reason:
      'It compares the KVM of the device with the one recorded at the bind. Without this step both are NULL.',
  },
  {
    steps: ['upstream/bind_iommufd/BIND.12:IBIND.9', 'upstream/get_device_fd/GDF.8:IBIND.9'],
    property: 'id-unique',
    reason: 'It does not compare the objects of an iommufd with its xarray.',
  },
  {
    steps: ['upstream/bind_iommufd/BIND.15', 'upstream/hot_reset/HRESET.3'],
    property: 'counters',
    reason:
      'Only the hot reset reads cdev_opened, to choose how the caller proves ownership. Without the step it asks for the other proof.',
  },
  {
    steps: ['upstream/hot_reset/HRESET.7', 'upstream/hot_reset/HRESET.9'],
    property: 'owner-exclusive',
    reason:
      'What a reset does to a device without a VFIO driver, or during its probe, is not modelled.',
  },
  {
    steps: ['upstream/probe_driver/PROBE.1c'],
    property: 'dma-owner',
    reason:
      'The end of the probe stores the driver again. In between, under the lock of the bus device, nothing in v6.6 reads it.',
  },
  {
    steps: ['upstream/release_cdev/CLOSE.3', 'upstream/bind_iommufd/BIND.U14:CLOSE.3'],
    property: 'no-ops-before-bind',
    reason:
      'The step skips the unbind if another file has the device open. No second file can bind through the cdev, so it never skips. The close op of the driver has no state.',
  },
  {
    steps: ['upstream/device_io/GATE.3'],
    property: 'counters',
    reason: 'The runtime PM count is not modelled.',
  },
  {
    steps: [
      'upstream/iommu_destroy/DESTROY.1',
      'upstream/ioas_alloc/IOAS.1',
      'upstream/kvm_add/KVM.1',
    ],
    property: 'clean-unwind',
    reason:
      'The call does nothing and returns success. No property says what a successful call must change.',
  },
  {
    steps: [
      'upstream/get_device_fd/GDF.U8',
      'upstream/get_device_fd/GDF.U9:CLOSE.3',
      'upstream/release_device/CLOSE.3:IUNBIND.1',
    ],
    property: 'counters',
    reason:
      'The step skips the undo of what was not done. These scenarios reach it only if there is something to undo.',
  },
  {
    steps: ['upstream/get_device_fd/GDF.11'],
    property: 'memory',
    reason: 'In the model fd_install also makes the struct file live, with one reference.',
  },
  {
    steps: ['upstream/get_device_fd/GDF.9h'],
    property: 'counters',
    reason: 'A device of the group path is attached once: there is no old page table to put.',
  },
  {
    steps: ['upstream/register_device/REG.0b'],
    property: 'id-unique',
    reason:
      'A limit of the model: one vfio_device per device, so REG.1 refuses the second registration too.',
  },
  {
    steps: ['upstream/register_device/REG.3'],
    property: 'unregister-live',
    reason:
      'A completion that is done too early ends the wait early. The device is then kept by the reference of the open file, so nothing is freed too early.',
  },
  {
    steps: [
      'upstream/detach_ioas/DETACH.4:IDETACH.1b',
      'upstream/release_cdev/CLOSE.3:IDETACH.1b',
      'upstream/release_device/CLOSE.3:IDETACH.1b',
      'upstream/get_device_fd/GDF.U9:CLOSE.3:IDETACH.1b',
      'upstream/attach_ioas/ATTACH.U5:IDETACH.1b',
      'upstream/set_container/SETC.5c',
      'upstream/set_iommu/SETI.3',
      'upstream/unset_container/UNSETC.3:DETACHC.2',
      'upstream/release_group/GRELEASE.2:DETACHC.2',
    ],
    property: 'dma-owner',
    reason:
      'It compares the domain with the recorded page table or driver at rest. The step sets both, or a later step of the call sets the domain again.',
  },
];

/** Why no property notices that this step is removed; undefined if not known. */
export function unnoticedReason(step: string): UnnoticedReason | undefined {
  return UNNOTICED_REASONS.find((r) => r.steps.includes(step));
}
