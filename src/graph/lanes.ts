import type { ObjectType } from '../kernel/design';

export type LaneId = 'process' | 'file' | 'door' | 'core' | 'iommufd' | 'hardware';

/** The lanes of the stage, from user space at the top to hardware at the bottom. */
export const LANES: readonly { readonly id: LaneId; readonly title: string; readonly about: string }[] = [
  { id: 'process', title: 'user space', about: 'processes, their tasks and fd tables' },
  { id: 'file', title: 'struct file', about: 'open file descriptions' },
  { id: 'door', title: 'nodes and contexts', about: 'device nodes and what open files stand for' },
  { id: 'core', title: 'vfio', about: 'devices, groups and reset sets' },
  { id: 'iommufd', title: 'iommufd', about: 'objects of the iommufd contexts' },
  { id: 'hardware', title: 'iommu', about: 'IOMMU groups' },
];

const LANE_OF_TYPE: Readonly<Record<string, LaneId>> = {
  file: 'file',
  vfio_device_file: 'door', iommufd_ctx: 'door', vfio_container: 'door', kvm: 'door', cdev: 'door', inode: 'door',
  vfio: 'core', vfio_device: 'core', vfio_group: 'core', vfio_device_set: 'core', vfio_pci_device: 'core', module: 'core',
  iommufd_device: 'iommufd', iommufd_ioas: 'iommufd', iommufd_group: 'iommufd', iommufd_hwpt_paging: 'iommufd', iommufd_access: 'iommufd',
  iommu_group: 'hardware',
};

/** Where objects of this type are drawn; undefined for places of an fd table, which are rows of their process. */
export function laneOf(spec: ObjectType): LaneId | undefined {
  if (spec.type === 'fd') return undefined;
  const known = LANE_OF_TYPE[spec.type];
  if (known) return known;
  if (spec.type.startsWith('iommufd_')) return 'iommufd';
  if (spec.type.startsWith('iommu_')) return 'hardware';
  return spec.per === 'ioas' || spec.per === 'iommufdGroup' ? 'iommufd' : spec.per === 'file' || spec.per === 'kvm' ? 'door' : 'core';
}

/** Fields of the model's own bookkeeping, which no kernel struct has. */
const UNSEEN_FIELDS: ReadonlySet<string> = new Set(['life', 'releaser']);

/** Columns of the grid: one node is one or two of them wide. */
export const PITCH = 236;
const GUTTER = 28;
export const HEADER = 34;
export const ROW = 19;
const FOOT = 7;

export interface Size { readonly width: number; readonly height: number; /** Columns of the grid. */ readonly span: number; /** Rows in each column of the node. */ readonly rows: number }

/** The size of a node with this many rows of text under a header: long lists go in two columns. */
export function sizeOfRows(count: number): Size {
  const span = count > 6 ? 2 : 1;
  const rows = Math.ceil(count / span);
  return { width: span * PITCH - GUTTER, height: HEADER + rows * ROW + FOOT, span, rows };
}

/** The size of a node for an object of this type, the same for all of them. */
export function sizeOf(spec: ObjectType): Size {
  return sizeOfRows(fieldNames(spec).length);
}

const shownFields = new WeakMap<ObjectType, readonly string[]>();

/** The fields that a node shows, in the order of the struct. */
export function fieldNames(spec: ObjectType): readonly string[] {
  const known = shownFields.get(spec);
  if (known) return known;
  const names = Object.entries(spec.fields).filter(([name, field]) => !UNSEEN_FIELDS.has(name) && !(field.kind === 'pointer' && field.bookkeeping)).map(([name]) => name);
  const shown = spec.type === 'file' ? [...names, 'private_data'] : names;
  shownFields.set(spec, shown);
  return shown;
}
