import type { Granularity, InstanceKey } from '../language/instanceKey';
import type { FileKind } from '../language/world';

/** The keys on which two objects can agree. */
export const INSTANCE_KEYS = Object.keys({
  device: true,
  group: true,
  devset: true,
  devName: true,
  file: true,
  fileKind: true,
  fd: true,
  process: true,
  ioas: true,
  hwpt: true,
  kvm: true,
  mapping: true,
  generation: true,
} satisfies Record<keyof InstanceKey, true>) as readonly (keyof InstanceKey)[];

/** Every kind of file. */
export const FILE_KINDS = Object.keys({
  cdev: true,
  device: true,
  group: true,
  container: true,
  iommufd: true,
} satisfies Record<FileKind, true>) as readonly FileKind[];

/** What there can be one object for. */
export const GRANULARITIES = Object.keys({
  device: true,
  group: true,
  devset: true,
  file: true,
  fd: true,
  ioas: true,
  hwpt: true,
  iommufdGroup: true,
  kvm: true,
  kvmFile: true,
  mapping: true,
  global: true,
} satisfies Record<Granularity, true>) as readonly Granularity[];
