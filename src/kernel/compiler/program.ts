import type {
  Design,
  DesignModel,
  EdgeKind,
  FieldSpec,
  ObjectType,
  Options,
} from '../language/design';
import type { CounterSpec } from '../language/propertyInputs';
import type { InstanceKey } from '../language/instanceKey';
import type { CallError } from '../language/errno';
import type { Expr } from '../language/expressions';
import type { PropertyId } from '../language/propertyId';
import type { Op, RwsemMode } from '../language/primitives';
import type { Statement } from '../language/statements';
import type { Call, FileKind, World } from '../language/world';

/** One integer of the state; `index` is its index in the state array. */
export interface Field {
  readonly index: number;
  /** Index into `Program.objects`; -1 for task and call bookkeeping (pc, result). */
  readonly object: number;
  /** The field's name in its struct (`open_count`, `lock`), `life`, `pc` or `result`. */
  readonly name: string;
  /** Screen text: `vfio0.open_count`. */
  readonly title: string;
  readonly kind: FieldSpec['kind'] | 'life' | 'task' | 'pc' | 'result';
  readonly lo: number;
  readonly hi: number;
  readonly init: number;
  /** No step of this program writes it, so it takes no bits in the checker's state. */
  readonly constant: boolean;
  /** For pointers: value v > 0 is object `targets[v-1]`. */
  readonly targets?: readonly number[];
  readonly edge?: EdgeKind;
  readonly enumValues?: readonly string[];
}

/** One kernel object of this scenario, allocated or not. */
export interface ObjectSlot {
  readonly index: number;
  readonly type: string;
  readonly name: string;
  readonly key: InstanceKey;
  readonly spec: ObjectType;
  /** Field indices by field name; links are absent here. */
  readonly fields: Readonly<Record<string, number>>;
  /** Fixed pointers: object index by field name. */
  readonly links: Readonly<Record<string, { readonly object: number; readonly edge: EdgeKind }>>;
  /** Index of its lifetime field (0 not yet allocated, 1 live, 2 freed); absent if it always exists. */
  readonly lifetime?: number;
}

/** An event that a step can emit; `emit` and `violate` statements refer to it by index. */
export type EventTemplate =
  /** `trylock`: taken without blocking, so it adds no lock order. */
  | {
      readonly kind: 'lock' | 'trylock' | 'unlock';
      readonly field: number;
      /** The field is a read-write semaphore. */
      readonly rwsem?: RwsemMode;
    }
  | { readonly kind: 'write'; readonly field: number; readonly release: boolean }
  | {
      readonly kind: 'read';
      /** A path, with the value there as the event's value, or a condition, with 1 if it is true. */
      readonly text: string;
      readonly fields: readonly number[];
      readonly acquire: boolean;
    }
  | { readonly kind: 'count'; readonly field: number; readonly by: 1 | -1 }
  | { readonly kind: 'alloc' | 'free'; readonly object: number }
  | { readonly kind: 'fops'; readonly object: number; readonly to: 'parked' | 'normal' }
  | {
      readonly kind: 'fdInstall' | 'fdRemove';
      readonly fd: string;
      readonly process: string;
      readonly object: number;
    }
  | { readonly kind: 'queueRelease' | 'runRelease'; readonly object: number }
  | { readonly kind: 'complete' | 'wait'; readonly field: number }
  | {
      readonly kind: 'fail';
      readonly errno: CallError;
      readonly reason: string;
      readonly object: number | undefined;
      /** The call's `fault` made it fail. */
      readonly injected?: true;
    }
  | { readonly kind: 'return'; readonly call: number }
  | { readonly kind: 'skip'; readonly call: number; readonly reason: string }
  | { readonly kind: 'driverOp'; readonly name: string; readonly object: number | undefined }
  | { readonly kind: 'warn'; readonly reason: string }
  | { readonly kind: 'say'; readonly text: string; readonly injected?: true }
  | {
      readonly kind: 'violation';
      readonly property: PropertyId;
      readonly text: string;
      readonly object: number | undefined;
    };

/** Why a step may have to wait. */
export type Wait =
  | {
      readonly kind: 'mutex';
      readonly field: number;
      readonly rwsem?: RwsemMode;
      /** For a mutex behind a pointer: true while the pointer points here. */ readonly when: Expr;
    }
  | {
      readonly kind: 'completion';
      readonly field: number;
      readonly counter: number;
      /** For a completion behind a pointer: true while the pointer points here. */ readonly when: Expr;
    }
  /** A result that another task's call creates. */
  | { readonly kind: 'name'; readonly name: string; readonly call: number }
  /** The end of another task's call, which the scenario asks for (`Call.after`). */
  | { readonly kind: 'end'; readonly call: number };

/** One atomic action of a task, compiled for one scenario. */
export interface Step {
  readonly pc: number;
  /** Id within the routine: `BIND.9`. */
  readonly id: string;
  /** Stable name: `upstream/bind_iommufd/BIND.9`. */
  readonly name: string;
  readonly title: string;
  /** The kernel function, and the citation. */
  readonly routine: string;
  readonly cite: string;
  readonly confidence: 'SRC' | 'THREAD' | 'MINE' | 'DERIVED' | 'MEM';
  /** Index into `Program.calls`. */
  readonly call: number;
  /** The step can run when this is true. */
  readonly guard: Expr;
  readonly waits: readonly Wait[];
  readonly body: readonly Statement[];
  /** The C-like text. */
  readonly source: readonly string[];
  readonly ops: readonly Op[];
  /** Fields that the step may read or write, for highlighting. */
  readonly touches: readonly number[];
}

/** A task with the steps of all its calls in order. Its pc is an index into `steps`; `steps.length` means done. */
export interface Task {
  readonly index: number;
  /** `qemu`, `qemu/2`, `driver`, or `qemu:flush` for a task's store buffer. */
  readonly name: string;
  readonly process: string;
  /** Field index of its pc. */
  readonly pc: number;
  readonly steps: readonly Step[];
}

/** One call of the scenario, placed in its task's steps. */
export interface ProgramCall {
  readonly index: number;
  readonly call: Call;
  readonly task: number;
  /** pc of its first step, and the pc after its last one. */
  readonly start: number;
  readonly end: number;
  /** Field index of its result: 0 for success (or not yet), else k for `errnos[k-1]`, `errnos.length + 1` for skipped. */
  readonly result: number;
  readonly errnos: readonly CallError[];
  /** Calls whose results it uses. */
  readonly needs: readonly number[];
  /** Calls of other tasks that must have ended before it starts, whatever they return. */
  readonly after: readonly number[];
  /** The process exits before this call: the call is skipped. */
  readonly afterExit: boolean;
}

/** A struct file of the scenario. */
export interface ProgramFile {
  readonly name: string;
  readonly kind: FileKind;
  readonly by: string;
  /** Object index of its struct file. */
  readonly object: number;
  /** True while its calls reach the driver; undefined for kinds that never do. */
  readonly normalAccess: Expr | undefined;
  readonly bound: Expr | undefined;
  /** Value of the pointer to its owner context: 0 for NULL, k for `ownerTargets[k-1]`. */
  readonly ownerContext: Expr | undefined;
  readonly ownerTargets: readonly number[];
  /** Whether it belongs to the DMA owner of its IOMMU group. */
  readonly ownsDma: Expr | undefined;
  /** Whether its device's KVM pointer is its own. */
  readonly kvmMatches: Expr | undefined;
  readonly device: string | undefined;
  readonly group: string | undefined;
}

/** One entry of a process's fd table. */
interface ProgramFd {
  readonly name: string;
  readonly process: string;
  /** Index into `Program.files`. */
  readonly file: number;
  /** Field index: 1 while installed. */
  readonly installed: number;
  /** The call that creates it. */
  readonly call: number;
}

/** A property that the design states, over the fields of one scenario. */
export interface ResolvedStatedProperty {
  readonly name: string;
  readonly holds: Expr;
  /** What a violation means, or the condition. */
  readonly text: string;
}

/** A file that may hold up the removal of a device while it is open. */
export interface ResolvedUnregisterDelay {
  readonly device: string;
  /** Index into `Program.files`. */
  readonly file: number;
  readonly when: Expr;
}

/** A counter of one object with all its possible holders. */
export interface ResolvedCounter {
  readonly field: number;
  readonly spec: CounterSpec;
  readonly holders: readonly {
    readonly object: number;
    readonly when: Expr;
    readonly weight: number;
    readonly label: string;
  }[];
}

/** A design specialised for one world and one list of calls: what every engine and every view reads. */
export interface Program {
  readonly design: Design;
  readonly options: Options;
  readonly model: DesignModel;
  readonly world: World;
  readonly objects: readonly ObjectSlot[];
  readonly fields: readonly Field[];
  readonly tasks: readonly Task[];
  readonly calls: readonly ProgramCall[];
  readonly files: readonly ProgramFile[];
  readonly fds: readonly ProgramFd[];
  readonly counters: readonly ResolvedCounter[];
  readonly unregisterDelays: readonly ResolvedUnregisterDelay[];
  /** The domain of each IOMMU group with what may set it. */
  readonly groupDomains: readonly ResolvedCounter[];
  readonly stated: readonly ResolvedStatedProperty[];
  readonly eventTemplates: readonly EventTemplate[];
  /** The program of the calls that the user left to make these; absent if there are none. No engine reads it. */
  readonly replaced?: Program;
}
