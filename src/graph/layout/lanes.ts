import type { ObjectType } from '../../kernel/language/design';

/** A horizontal band of the stage; see `LANES`. */
export type LaneId = 'process' | 'file' | 'context' | 'core' | 'iommufd' | 'hardware';

/** The lanes of the stage, from user space at the top to hardware at the bottom. */
export const LANES: readonly {
  readonly id: LaneId;
  readonly title: string;
  readonly about: string;
}[] = [
  { id: 'process', title: 'user space', about: 'processes, their tasks and fd tables' },
  { id: 'file', title: 'files', about: 'open file descriptions and their mappings' },
  { id: 'context', title: 'contexts', about: 'device nodes and what open files stand for' },
  { id: 'core', title: 'vfio', about: 'devices, groups and reset sets' },
  { id: 'iommufd', title: 'iommufd', about: 'objects of the iommufd contexts' },
  { id: 'hardware', title: 'iommu', about: 'IOMMU groups' },
];

/** The part of the first lane with the tasks that are no processes. */
export const KERNEL_ZONE = {
  id: 'kernel',
  title: 'kernel',
  about: 'kernel tasks: a driver registers, unregisters, probes or removes a device',
};

const LANE_OF_TYPE: Readonly<Record<string, LaneId>> = {
  file: 'file',
  vm_area_struct: 'file',
  vfio_device_file: 'context',
  iommufd_ctx: 'context',
  vfio_container: 'context',
  kvm: 'context',
  kvm_vfio: 'context',
  kvm_vfio_file: 'context',
  cdev: 'context',
  inode: 'context',
  vfio: 'core',
  vfio_device: 'core',
  vfio_group: 'core',
  vfio_device_set: 'core',
  vfio_pci_device: 'core',
  module: 'core',
  iommufd_device: 'iommufd',
  iommufd_ioas: 'iommufd',
  iommufd_group: 'iommufd',
  iommufd_hwpt_paging: 'iommufd',
  iommufd_access: 'iommufd',
  iommu_group: 'hardware',
};

/** The lane of objects of this type; undefined for an fd, which is a row of its process. */
export function laneOf(spec: ObjectType): LaneId | undefined {
  if (spec.type === 'fd') return undefined;
  const known = LANE_OF_TYPE[spec.type];
  if (known) return known;
  if (spec.type.startsWith('iommufd_')) return 'iommufd';
  if (spec.type.startsWith('iommu_')) return 'hardware';
  return spec.per === 'ioas' || spec.per === 'hwpt' || spec.per === 'iommufdGroup'
    ? 'iommufd'
    : spec.per === 'file' || spec.per === 'kvm'
      ? 'context'
      : 'core';
}

/** Fields of the model that no kernel struct has. */
const BOOKKEEPING_FIELDS: ReadonlySet<string> = new Set(['life', 'releaser']);

/** Whether an edge shows the value of a field. */
export function isDrawnAsEdge(spec: ObjectType, name: string): boolean {
  const field = spec.fields[name];
  return field === undefined || field.kind === 'pointer' || field.kind === 'link';
}

const fieldNameCache = new WeakMap<ObjectType, readonly string[]>();

/** The fields that the node of an object shows, in the order of the struct. */
export function nodeFieldNames(spec: ObjectType): readonly string[] {
  const known = fieldNameCache.get(spec);
  if (known) return known;
  const names = Object.entries(spec.fields)
    .filter(
      ([name, field]) =>
        !BOOKKEEPING_FIELDS.has(name) && !('modelOnly' in field && field.modelOnly),
    )
    .map(([name]) => name);
  const shown = spec.type === 'file' ? [...names, 'private_data'] : names;
  fieldNameCache.set(spec, shown);
  return shown;
}
