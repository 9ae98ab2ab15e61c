import type { AccessFlag } from './accessText';
import type { NodePlacement, LaneZone } from '../layout/graphLayout';
import type { EdgeRoute } from '../routing/edgePath';

/** A task as fields and animation tokens show it. */
export interface TaskRef {
  readonly name: string;
  /** Index of its process, which gives its colour and shape; -1 for a kernel task. */
  readonly process: number;
}

/** One row of a node: a field by its kernel name, and its value as text. */
export interface FieldView {
  readonly name: string;
  /** Index into `Program.fields`; undefined for a fixed pointer. */
  readonly index: number | undefined;
  readonly kind: 'value' | 'pointer' | 'bool' | 'count' | 'mutex' | 'completion' | 'fops';
  readonly text: string;
  /** Value before the last step, if that step changed it. */
  readonly previous: string | undefined;
  /** Holder of a mutex. */
  readonly owner: TaskRef | undefined;
  /** Waiters of a mutex or a completion, in FIFO order. */
  readonly queue: readonly TaskRef[];
  /** The last step stored it with release or loaded it with acquire. */
  readonly memoryOrder: 'release' | 'acquire' | undefined;
}

/** A failed call or a property violation, shown at a node. `title` is the errno or the title of the property; a violation shows only that. */
export interface Badge {
  readonly kind: 'errno' | 'violation';
  readonly title: string;
  readonly text: string;
}

interface NodeBase {
  readonly id: string;
  readonly placement: NodePlacement;
  /** Key of the selection; undefined for a node that cannot be selected. */
  readonly name: string | undefined;
  /** Objects (indices) that the node stands for. */
  readonly objects: readonly number[];
  readonly badges: readonly Badge[];
  /** The side to which a badge wider than the node extends. */
  readonly badgeExtends: 'left' | 'right';
  /** Maximum width of its badges, px. */
  readonly maxBadgeWidth: number;
}

/** The parts of a node that do not depend on the state. */
export type PlacedNode = Pick<NodeBase, 'id' | 'placement' | 'badgeExtends' | 'maxBadgeWidth'>;

export interface ObjectView extends NodeBase {
  readonly kind: 'object';
  readonly type: string;
  readonly title: string;
  /** Freed, but still pointed at or used. */
  readonly freed: boolean;
  /** Whether calls through this file reach the driver; undefined for objects without that question. */
  readonly access: 'parked' | 'normal' | undefined;
  /** The flag that decides, if `f_op` never changes. */
  readonly accessFlag: AccessFlag | undefined;
  /** The task that will run this file's release. */
  readonly releaser: TaskRef | undefined;
  readonly fields: readonly FieldView[];
  /** Names of the fields that fit into the node. */
  readonly visibleFields: readonly string[];
}

export interface TaskView {
  readonly task: TaskRef;
  readonly status: 'idle' | 'running' | 'waiting' | 'done' | 'refused';
  /** Its current or next call; of a task that has made all its calls, the last if it failed, or how many failed. */
  readonly call: string;
  /** The next step, what it waits for and who holds that, or the errno. */
  readonly detail: string;
  /** Like `detail`, without the step id and the holders, which the graph shows. */
  readonly brief: string;
}

export interface FdView {
  readonly name: string;
  readonly number: number | undefined;
}

export interface ProcessView extends NodeBase {
  readonly kind: 'process';
  readonly title: string;
  /** Index into `World.processes`; -1 for a kernel task. */
  readonly process: number;
  /** Kernel side, without an fd table. */
  readonly driver: boolean;
  readonly tasks: readonly TaskView[];
  readonly fds: readonly FdView[];
}

interface DeviceNodeView extends NodeBase {
  readonly kind: 'deviceNode';
  readonly path: string;
  readonly field: number;
}

/** A struct file_operations; in a design that never swaps fops, access not granted (`parked`) or granted (`normal`). */
export interface FopsView extends NodeBase {
  readonly kind: 'fops';
  readonly table: 'parked' | 'normal';
  readonly accessFlag: AccessFlag | undefined;
  /** Operations that it lets through, as text. */
  readonly allows: string;
}

/** A device of a folded group. */
export interface FoldedDevice {
  readonly name: string;
  readonly registered: boolean;
  /** Its open files: process that opened it, whether it reaches the driver, whether it is bound. */
  readonly files: readonly {
    readonly name: string;
    readonly process: number;
    readonly access: 'parked' | 'normal';
    readonly bound: boolean;
  }[];
}

/** The most important change of the last step within a folded group. */
export interface FoldedChange {
  readonly object: string;
  readonly field: FieldView | undefined;
  readonly life: 'new' | 'freed' | undefined;
}

/** An IOMMU group and everything that belongs to it, as one node. */
export interface FoldedGroupView extends NodeBase {
  readonly kind: 'foldedGroup';
  readonly group: string;
  readonly devices: readonly FoldedDevice[];
  /** Held mutexes of its objects. */
  readonly locks: readonly {
    readonly name: string;
    readonly owner: TaskRef;
    readonly queue: readonly TaskRef[];
  }[];
  readonly lastChange: FoldedChange | undefined;
  readonly accessFlag: AccessFlag | undefined;
}

export type NodeView = ObjectView | ProcessView | DeviceNodeView | FopsView | FoldedGroupView;

/**
 * `pointer` counts nothing, `reference` holds a count, `member` is a list or set membership, `embedded` a part of the target;
 * `fd` leads from an fd table to a struct file, `fops` to the operations that its calls use, `wait` from a task to what it
 * waits for, `hold` from that to its holder, `use` from a task to freed memory that it has just used.
 */
export type EdgeStyle =
  'pointer' | 'reference' | 'member' | 'embedded' | 'fd' | 'fops' | 'wait' | 'hold' | 'use';

export interface EdgeView extends EdgeRoute {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly style: EdgeStyle;
  readonly label: string;
  /** Points at freed memory. */
  readonly dangling: boolean;
  /** The last step gave it this target. */
  readonly changed: boolean;
  /** Wait and hold edges: part of a deadlock. */
  readonly inCycle: boolean;
  /** Process whose colour a wait, hold or use edge has. */
  readonly process: number | undefined;
}

/** What the stage shows of one state. */
export interface Graph {
  readonly nodes: readonly NodeView[];
  readonly edges: readonly EdgeView[];
  readonly zones: readonly LaneZone[];
}

/** Whether an edge shows what a task does now: what it waits for, who holds that, what freed memory it uses. */
export function isTaskEdge({ style }: Pick<EdgeView, 'style'>): boolean {
  return style === 'wait' || style === 'hold' || style === 'use';
}
