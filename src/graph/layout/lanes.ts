import type { ObjectType } from '../../kernel/language/design';

export type LaneId = 'process' | 'file' | 'context' | 'core' | 'iommufd' | 'hardware';

/** The lanes of the stage, from user space at the top to hardware at the bottom. */
export const LANES: readonly {
  readonly id: LaneId;
  readonly title: string;
  readonly about: string;
}[] = [
  { id: 'process', title: 'user space', about: 'processes, their tasks and fd tables' },
  { id: 'file', title: 'files', about: 'open file descriptions' },
  { id: 'context', title: 'contexts', about: 'device nodes and what open files stand for' },
  { id: 'core', title: 'vfio', about: 'devices, groups and reset sets' },
  { id: 'iommufd', title: 'iommufd', about: 'objects of the iommufd contexts' },
  { id: 'hardware', title: 'iommu', about: 'IOMMU groups' },
];

const LANE_OF_TYPE: Readonly<Record<string, LaneId>> = {
  file: 'file',
  vfio_device_file: 'context',
  iommufd_ctx: 'context',
  vfio_container: 'context',
  kvm: 'context',
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

/** Where objects of this type are drawn; undefined for places of an fd table, which are rows of their process. */
export function laneOf(spec: ObjectType): LaneId | undefined {
  if (spec.type === 'fd') return undefined;
  const known = LANE_OF_TYPE[spec.type];
  if (known) return known;
  if (spec.type.startsWith('iommufd_')) return 'iommufd';
  if (spec.type.startsWith('iommu_')) return 'hardware';
  return spec.per === 'ioas' || spec.per === 'iommufdGroup'
    ? 'iommufd'
    : spec.per === 'file' || spec.per === 'kvm'
      ? 'context'
      : 'core';
}

/** Fields of the model's own bookkeeping, which no kernel struct has. */
const BOOKKEEPING_FIELDS: ReadonlySet<string> = new Set(['life', 'releaser']);

/** The grid of the stage: one node is one column wide. */
export const NODE_WIDTH = 136;
export const COLUMN_PITCH = 160;
/** In so few columns many edges share a gap: it is so wide, and there is another on the right of them. */
const MAX_SPARSE_COLUMNS = 3;
const SPARSE_COLUMN_GAP = 32;
const SPARSE_RIGHT_MARGIN = 12;
export const NODE_HEADER_HEIGHT = 23;
export const TEXT_ROW_HEIGHT = 16;
const NODE_FOOTER_HEIGHT = 5;
/** Two lines: what has one thing to say or none. Two chips share a cell. */
export const CHIP_HEIGHT = 35;
export const CHIP_GAP = 7;

/** How much a node has to say: `chip` two lines, `box` a header and at most so many rows as the stage has room for, `tall` all its rows. */
export interface NodeSize {
  readonly form: 'chip' | 'box' | 'tall';
  readonly rows: number;
}

/** The height of a node where boxes have at most `most` rows. */
export function nodeHeight({ form, rows }: NodeSize, most: number): number {
  return form === 'chip'
    ? CHIP_HEIGHT
    : NODE_HEADER_HEIGHT +
        (form === 'tall' ? rows : Math.min(rows, most)) * TEXT_ROW_HEIGHT +
        NODE_FOOTER_HEIGHT;
}

/** The size of a node for an object of this type, the same for all of them. */
export function nodeSizeOf(spec: ObjectType): NodeSize {
  const rows = nodeFieldNames(spec).filter((name) => !isDrawnAsEdge(spec, name)).length;
  return { form: rows > 1 ? 'box' : 'chip', rows };
}

/** Whether a field is told by an edge. */
export function isDrawnAsEdge(spec: ObjectType, name: string): boolean {
  const field = spec.fields[name];
  return field === undefined || field.kind === 'pointer' || field.kind === 'link';
}

const fieldNameCache = new WeakMap<ObjectType, readonly string[]>();

/** The fields of a node, in the order of the struct. */
export function nodeFieldNames(spec: ObjectType): readonly string[] {
  const known = fieldNameCache.get(spec);
  if (known) return known;
  const names = Object.entries(spec.fields)
    .filter(
      ([name, field]) =>
        !BOOKKEEPING_FIELDS.has(name) && !(field.kind === 'pointer' && field.modelOnly),
    )
    .map(([name]) => name);
  const shown = spec.type === 'file' ? [...names, 'private_data'] : names;
  fieldNameCache.set(spec, shown);
  return shown;
}

/** From one column to the next, and room for edges beside the last one, px. */
export interface ColumnSpacing {
  readonly pitch: number;
  readonly rightMargin: number;
}

const DEFAULT_SPACING: ColumnSpacing = { pitch: COLUMN_PITCH, rightMargin: 0 };
const SPARSE_SPACING: ColumnSpacing = {
  pitch: NODE_WIDTH + SPARSE_COLUMN_GAP,
  rightMargin: SPARSE_RIGHT_MARGIN,
};

/** How the columns of a stage of so many stand. */
export function columnSpacing(columns: number): ColumnSpacing {
  return columns > MAX_SPARSE_COLUMNS ? DEFAULT_SPACING : SPARSE_SPACING;
}
