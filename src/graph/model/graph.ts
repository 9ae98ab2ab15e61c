import type { NodePlacement, LaneZone } from '../layout/graphLayout';
import type { EdgeRoute } from '../routing/edgePath';

/** A task as rows and tokens show it; colour and shape come from the number of its process (-1: the kernel's drivers). */
export interface TaskRef {
  readonly name: string;
  readonly process: number;
}

/** One line of a node: a field by its kernel name, and its value for people. */
export interface FieldView {
  readonly name: string;
  /** Index into `Program.fields`; undefined for fixed pointers. */
  readonly index: number | undefined;
  readonly kind: 'value' | 'pointer' | 'bool' | 'count' | 'mutex' | 'completion' | 'fops';
  readonly text: string;
  /** Value before the last step, where it was another. */
  readonly previous: string | undefined;
  /** Mutex: who holds it. */
  readonly owner: TaskRef | undefined;
  /** Mutex and completion: who waits, first come first. */
  readonly queue: readonly TaskRef[];
  /** The last step stored it with release, or read it with acquire. */
  readonly memoryOrder: 'release' | 'acquire' | undefined;
}

/** A refusal or a broken rule at a node. */
export interface Badge {
  readonly kind: 'errno' | 'violation';
  readonly title: string;
  readonly text: string;
}

interface NodeBase {
  readonly id: string;
  readonly placement: NodePlacement;
  /** The name that selection goes by; undefined where there is nothing to select. */
  readonly name: string | undefined;
  /** Objects (indices) that the node stands for. */
  readonly objects: readonly number[];
  readonly badges: readonly Badge[];
  /** It stands where the stage ends: what is wider than it hangs out to the left. */
  readonly inLastColumn: boolean;
  /** How wide its badges may be, px. */
  readonly maxBadgeWidth: number;
}

export interface ObjectView extends NodeBase {
  readonly kind: 'object';
  readonly type: string;
  readonly title: string;
  /** A freed object that somebody still points at. */
  readonly freed: boolean;
  /** Whether calls through this file reach the driver; undefined where that is no question. */
  readonly access: 'parked' | 'normal' | undefined;
  /** The f_op word is fixed and the access gate decides (no fops are ever swapped). */
  readonly usesAccessFlag: boolean;
  /** The task that will run this file's release. */
  readonly releaser: TaskRef | undefined;
  readonly fields: readonly FieldView[];
  /** Names of the rows that its node has room for. */
  readonly visibleFields: readonly string[];
}

export interface TaskView {
  readonly task: TaskRef;
  readonly status: 'idle' | 'running' | 'waiting' | 'done';
  /** The call it is in or makes next. */
  readonly call: string;
  /** The next step, or what it waits for and who holds that. */
  readonly detail: string;
  /** The same in short, where lines and lock tell the rest. */
  readonly brief: string;
}

export interface FdView {
  readonly name: string;
  readonly number: number | undefined;
}

export interface ProcessView extends NodeBase {
  readonly kind: 'process';
  readonly title: string;
  readonly process: number;
  /** A kernel-side actor without an fd table. */
  readonly driver: boolean;
  readonly tasks: readonly TaskView[];
  readonly fds: readonly FdView[];
}

interface DeviceNodeView extends NodeBase {
  readonly kind: 'deviceNode';
  readonly path: string;
  readonly field: number;
}

/** A table of file operations; where no fops are ever swapped, the access gate shut or open. */
export interface FopsView extends NodeBase {
  readonly kind: 'fops';
  readonly table: 'parked' | 'normal';
  readonly usesAccessFlag: boolean;
  readonly allows: string;
}

/** A device of a folded group, in short. */
export interface FoldedDevice {
  readonly name: string;
  readonly registered: boolean;
  /** Its open files: who opened it, whether it reaches the driver, and whether it is bound to what translates its DMA. */
  readonly files: readonly {
    readonly name: string;
    readonly process: number;
    readonly access: 'parked' | 'normal';
    readonly bound: boolean;
  }[];
}

/** What the last step did in a folded group: at which object, and to which field of it. */
export interface FoldedChange {
  readonly object: string;
  readonly field: FieldView | undefined;
  readonly life: 'new' | 'freed' | undefined;
}

/** An IOMMU group with everything that belongs to it. */
export interface FoldedGroupView extends NodeBase {
  readonly kind: 'foldedGroup';
  readonly group: string;
  readonly devices: readonly FoldedDevice[];
  /** Held locks inside. */
  readonly locks: readonly {
    readonly name: string;
    readonly owner: TaskRef;
    readonly queue: readonly TaskRef[];
  }[];
  readonly lastChange: FoldedChange | undefined;
  readonly usesAccessFlag: boolean;
}

export type NodeView = ObjectView | ProcessView | DeviceNodeView | FopsView | FoldedGroupView;

/**
 * `pointer` counts nothing, `reference` holds a count, `member` is on a list or in a set, `embedded` is a part of it; `fd` goes from an
 * fd table to a struct file, `fops` to the table that its calls go through, `wait` from a task to what it waits for, `hold` back to who has it, `use` from a task to freed memory that it has just used.
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
  /** The last step turned it here. */
  readonly changed: boolean;
  /** Wait and hold edges: part of a circle in which nobody can go on. */
  readonly inCycle: boolean;
  /** Process colour of wait and hold edges. */
  readonly process: number | undefined;
}

/** What the stage shows of one state. */
export interface Graph {
  readonly nodes: readonly NodeView[];
  readonly edges: readonly EdgeView[];
  readonly zones: readonly LaneZone[];
}

/** Whether an edge tells what a task is at, and comes and goes with that: who waits, who holds what is waited for, who uses what is freed. */
export function isTaskEdge({ style }: Pick<EdgeView, 'style'>): boolean {
  return style === 'wait' || style === 'hold' || style === 'use';
}
