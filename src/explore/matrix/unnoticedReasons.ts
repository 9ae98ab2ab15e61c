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
    steps: ['upstream/hot_reset/HRESET.3'],
    property: 'owner-exclusive',
    reason:
      'The step chooses how the caller proves ownership. Without it the hot reset asks for the other proof, which fails as well.',
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
    steps: ['upstream/release_device/CLOSE.3:IUNBIND.1'],
    property: 'counters',
    reason:
      'The step skips the undo of what was not done. A device of the group path is always attached when its file is released.',
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
    steps: ['upstream/set_iommu/SETI.C1'],
    property: 'clean-unwind',
    reason:
      'The step only says which types of IOMMU an iommufd accepts. Without it a device without an IOMMU gets -ENODEV from the next step.',
  },
  {
    steps: ['upstream/map_dma/MAP.C3'],
    property: 'clean-unwind',
    reason:
      'The call does nothing and returns success. On a container that is right in the model, so the property does not ask it of this call.',
  },
  {
    steps: ['upstream/group_status/GSTAT.4'],
    property: 'dma-owner',
    reason: 'The flags that GET_STATUS returns are text: no property compares them with the owner.',
  },
  {
    steps: [
      'upstream/release_device/CLOSE.3:IDETACH.1b',
      'upstream/get_device_fd/GDF.U9:CLOSE.3:IDETACH.1b',
      'upstream/set_iommu/SETI.3',
      'upstream/unset_container/UNSETC.3:DETACHC.2',
      'upstream/release_group/GRELEASE.2:DETACHC.2',
    ],
    property: 'dma-owner',
    reason:
      'It compares the domain with the attached devices or the driver at rest. The step sets both, or a later step of the call sets the domain again.',
  },
];

/** Why no property notices that this step is removed; undefined if not known. */
export function unnoticedReason(step: string): UnnoticedReason | undefined {
  return UNNOTICED_REASONS.find((r) => r.steps.includes(step));
}
