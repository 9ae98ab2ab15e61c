import type { Granularity, InstanceCounts, InstanceKey } from './instanceKey';
import type { Op } from './primitives';
import type { PropertyInputs } from './propertyInputs';
import type { CallName, FileKind, World } from './world';

/** A number known when the program is compiled for its scenario. */
type StaticNumber = number | ((anchor: InstanceKey, census: InstanceCounts) => number);

/** One field of an object, by its kernel name. */
export type FieldSpec =
  /** A small integer in `lo..hi`; stepping outside is a `counters` violation, never a wrap. `init` defaults to 0. */
  | {
      readonly kind: 'int' | 'refcount';
      readonly lo?: number;
      readonly hi: StaticNumber;
      readonly init?: StaticNumber;
    }
  | {
      readonly kind: 'bool';
      readonly init?: StaticNumber;
      /** Goes through the store buffer where the world asks. */ readonly accessFlag?: boolean;
    }
  /** A mutex; its value is the owner (task number + 1), 0 when free. */
  | { readonly kind: 'mutex' }
  /** struct completion; 1 when done. `counts` is the reference count whose holders it waits for. */
  | { readonly kind: 'completion'; readonly counter: string }
  /** A pointer to an object of one of `types`, 0 for NULL; `same` keeps to objects that agree on that anchor key, `fileKinds` to those made for files of these kinds. `bookkeeping` is the model's own: no struct of the kernel has it, and it is not shown. */
  | {
      readonly kind: 'pointer';
      readonly modelOnly?: true;
      readonly types: readonly string[];
      readonly matchOn?: keyof InstanceKey;
      readonly fileKinds?: readonly FileKind[];
      readonly init?: string;
      readonly edge: EdgeKind;
    }
  /** Fixed for the object's life: the object of `type` at the same anchor. No state. */
  | { readonly kind: 'link'; readonly type: string; readonly edge: EdgeKind }
  /** One of these words, by index. */
  | { readonly kind: 'enum'; readonly values: readonly string[]; readonly init?: StaticNumber }
  /** A minor or id from an ida; 0 is none, n+1 is number n. */
  | { readonly kind: 'number'; readonly hi: StaticNumber; readonly init?: StaticNumber };

/** Pointer without a reference, counted reference, list or set membership, embedded struct, or not drawn. */
export type EdgeKind = 'pointer' | 'reference' | 'member' | 'embedded' | 'hidden';

/** A kernel struct of a design. */
export interface ObjectType {
  /** The struct's name in the kernel. */
  readonly type: string;
  /** How steps call it (`device.refcount`); unique within a design. */
  readonly role: string;
  readonly per: Granularity;
  /** For `per: 'file'`: which kinds of file have one. */
  readonly fileKinds?: readonly FileKind[];
  /** The name on screen and in results. */
  readonly name: (anchor: InstanceKey) => string;
  readonly fields: Readonly<Record<string, FieldSpec>>;
  /** Allocated and freed during a run: it gets a life (0 not yet, 1 live, 2 freed), and touching it in 0 or 2 is a `memory` violation. `live` says whether it exists at the start (default no). */
  readonly lifetime?: { readonly liveAtStart?: (anchor: InstanceKey, world: World) => boolean };
  /** For objects of an iommufd: which of its id spaces they take their ids from; all share one from 1 where left out. */
  readonly ids?: { readonly space: string; readonly first: number };
  readonly about: string;
}

/** One row of a step table: one atomic action. */
export interface StepSpec {
  /** Unique within the routine: `BIND.9`, with a letter if one action of the kernel is several steps, and `PREFIX:` for the steps of a table used by another. Links name steps by it: never change it. */
  readonly id: string;
  /** In a few words, what it does: for the listing. */
  readonly title: string;
  readonly ops: readonly Op[];
  /** Overrides the routine's citation. */
  readonly cite?: string;
  /** How the step is known: kernel source (the default), mail thread, our own reading, our completion of a sketch, or memory. */
  readonly confidence?: 'SRC' | 'THREAD' | 'MINE' | 'DERIVED' | 'MEM';
}

/** A syscall path, a callback or a driver entry, as named steps. */
export interface Routine {
  /** The function's name in the kernel (or the proposal's). */
  readonly name: string;
  /** File, function and version, or the Message-Id. */
  readonly cite: string;
  readonly steps: readonly StepSpec[];
}

/** What a call runs: one routine, or one per kind of file its fd argument stands for (`other` for the rest). */
export type CallBody =
  | Routine
  | { readonly byKind: Partial<Readonly<Record<FileKind, Routine>>>; readonly other: Routine };

/** The routine that a call runs on a file of this kind; undefined for a call without a file argument. */
export function routineOf(body: CallBody, kind: string | undefined): Routine {
  if ('steps' in body) return body;
  return (kind !== undefined && body.byKind[kind as keyof typeof body.byKind]) || body.other;
}

export interface DesignOption {
  readonly id: string;
  readonly title: string;
  /** Default first. */
  readonly values: readonly string[];
}

/** Values of a design's options by id, as words (`'true'`, `'none'`). */
export type Options = Readonly<Record<string, string>>;

/** A design for one choice of options: everything that the machine runs, as data. */
export interface DesignModel {
  readonly objects: readonly ObjectType[];
  readonly calls: Readonly<Record<Exclude<CallName, 'close' | 'pass_fd'>, CallBody>>;
  /** What `f_op->release` runs, per kind of file. */
  readonly releases: Partial<Readonly<Record<FileKind, Routine>>>;
  /** Kinds of file whose new struct file has the parked fops; all others start normal. */
  readonly parkedFileKinds: readonly FileKind[];
  /** The object type that `file.private_data` points to, per kind of file. */
  readonly privateData: Partial<Readonly<Record<FileKind, string>>>;
  readonly propertyInputs: PropertyInputs;
}

/** A design of the VFIO device path. */
export interface Design {
  readonly id: string;
  /** Raised when a step is renamed or reordered; links carry it. */
  readonly revision: number;
  readonly title: string;
  readonly about: string;
  readonly options: readonly DesignOption[];
  readonly model: (options: Options) => DesignModel;
}
