import type { Granularity, InstanceKey } from './instanceKey';
import type { DesignChange } from './mutation';
import type { Op } from './primitives';
import type { PropertyInputs } from './propertyInputs';
import type { StaticNumber } from './staticNumber';
import type { CallSignature, DesignCall, FileKind } from './world';

/** Marks a field that is non-zero while a list, map, ida or xarray leads to the object: freeing the object then is a `memory` violation. */
interface Membership {
  /** The structure, for the text of the violation: `group->device_list`. */
  readonly memberOf?: string;
}

/** One field of an object, by its kernel name. */
export type FieldSpec =
  /** A small integer in `lo..hi`; leaving the range is a `counters` violation, it never wraps. `init` and `lo` default to 0. */
  | {
      readonly kind: 'int' | 'refcount';
      /** The object is freed when this reaches zero: one that stays is a leak, a `memory` violation. */
      readonly freesAtZero?: true;
      readonly lo?: number;
      readonly hi: StaticNumber;
      readonly init?: StaticNumber;
    }
  | ({
      readonly kind: 'bool';
      readonly init?: StaticNumber;
      /** Not a field of the kernel, not shown. */ readonly modelOnly?: true;
      /** Plain stores go through the store buffer, if the world models them. */ readonly accessFlag?: boolean;
    } & Membership)
  /** A mutex; its value is the owner (task number + 1), 0 when free. */
  | { readonly kind: 'mutex' }
  /** struct completion; 1 when done. `counter`: the reference count whose holders a waiter waits for. `modelOnly`: stands for a wait queue elsewhere, not shown. */
  | { readonly kind: 'completion'; readonly counter: string; readonly modelOnly?: true }
  /**
   * A pointer to an object of one of `types`, 0 for NULL. `matchOn`: only objects with the same value under this key;
   * `fileKinds`: only those made for files of these kinds. `modelOnly`: not a field of the kernel, not shown.
   */
  | ({
      readonly kind: 'pointer';
      readonly modelOnly?: true;
      readonly types: readonly string[];
      readonly matchOn?: keyof InstanceKey;
      readonly fileKinds?: readonly FileKind[];
      readonly init?: string;
      readonly edge: EdgeKind;
    } & Membership)
  /** A pointer that never changes, to the object of `type` with a matching key. No state. */
  | { readonly kind: 'link'; readonly type: string; readonly edge: EdgeKind }
  /** One of these values, by index. */
  | { readonly kind: 'enum'; readonly values: readonly string[]; readonly init?: StaticNumber }
  /** A minor or id from an ida; 0 for none, n+1 for number n. */
  | ({
      readonly kind: 'number';
      readonly hi: StaticNumber;
      readonly init?: StaticNumber;
    } & Membership);

/** Pointer without a reference, counted reference, list or set membership, embedded struct, or not drawn. */
export type EdgeKind = 'pointer' | 'reference' | 'member' | 'embedded' | 'hidden';

/** A kernel struct of a design. */
export interface ObjectType {
  /** The struct's name in the kernel. */
  readonly type: string;
  /** Its name in paths (`device.refcount`); unique within a design. */
  readonly role: string;
  readonly per: Granularity;
  /** For `per: 'file'`: the kinds of file that have one. */
  readonly fileKinds?: readonly FileKind[];
  /** The name on screen and in results; each `{key}` stands for the instance's value of that key. */
  readonly name: string;
  readonly fields: Readonly<Record<string, FieldSpec>>;
  /** For objects allocated or freed during a run: adds a lifetime field (0 not yet allocated, 1 live, 2 freed); an access in 0 or 2 is a `memory` violation. Live at the start if `liveAtStart` is not 0. */
  readonly lifetime?: { readonly liveAtStart?: StaticNumber };
  /** For objects of an iommufd: the id space they use; by default all share one that starts at 1. */
  readonly ids?: { readonly space: string; readonly first: number };
  /** For the reset set: each SR-IOV virtual function has its own, and `devset` is ignored. */
  readonly ownForVf?: true;
  /** Per group: a second one can be made while a file still holds the first. Fields that are links to it then become pointers, and a path that starts with its role follows the file's or device's. */
  readonly successor?: true;
  readonly about: string;
}

/** A step: one atomic action. */
export interface StepSpec {
  /** Unique within the routine: `BIND.9`, with a letter if one action of the kernel is several steps, and `PREFIX:` for the steps of a table used by another. Links name steps by it: never change it. */
  readonly id: string;
  /** What it does, in a few words, for the source panel. */
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

/** What a call runs: one routine, or one per kind of file of its fd argument (`other` for the rest). */
export type CallBody =
  | Routine
  | { readonly byKind: Partial<Readonly<Record<FileKind, Routine>>>; readonly other: Routine };

/** The routine that a call runs on a file of this kind; undefined for a call without a file argument. */
export function routineOf(body: CallBody, kind: string | undefined): Routine {
  if ('steps' in body) return body;
  return (kind !== undefined && body.byKind[kind as keyof typeof body.byKind]) || body.other;
}

/** What a call runs in this design; undefined if the design has no such call. */
export function callBodyOf({ calls }: DesignModel, name: string): CallBody | undefined {
  return Object.hasOwn(calls, name) ? calls[name as keyof typeof calls] : undefined;
}

export interface DesignOption {
  readonly id: string;
  readonly title: string;
  /** Default first. */
  readonly values: readonly string[];
  /** What the design does with each value, without a full stop. A value that the title of the design names needs none. */
  readonly effects?: Readonly<Record<string, string>>;
}

/** What a design does with a value of one of its options, in words. */
export function optionEffect(design: Design, option: DesignOption, value: string): string {
  if (design.titleWithOptions?.includes(`{${option.id}}`) === true)
    return unmodifiedTitle(design, { [option.id]: value });
  return option.effects?.[value] ?? `${option.title}: ${optionValueName(value)}`;
}

/** A value of an option for people: `yes` for `true`, `per device` for `perDevice`. */
export function optionValueName(value: string): string {
  if (value === 'true') return 'yes';
  if (value === 'false') return 'no';
  return value.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Values of a design's options by id (`'true'`, `'none'`). */
export type Options = Readonly<Record<string, string>>;

/** A design with its options applied: everything that the machine runs, as data. */
export interface DesignModel {
  readonly objects: readonly ObjectType[];
  readonly calls: Readonly<Record<DesignCall, CallBody>>;
  /** The `f_op->release` routine per kind of file. */
  readonly releases: Partial<Readonly<Record<FileKind, Routine>>>;
  /** Kinds of file that start with parked fops; all others start with normal fops. */
  readonly parkedFileKinds: readonly FileKind[];
  /** The object type that `file.private_data` points to, per kind of file. */
  readonly privateData: Partial<Readonly<Record<FileKind, string>>>;
  readonly propertyInputs: PropertyInputs;
}

/** A design of the VFIO device path. */
export interface Design {
  readonly id: string;
  /** Increase it when a step is renamed or reordered; links carry it. */
  readonly revision: number;
  readonly title: string;
  /** The title with these options: `Linux v{linux}`, where `{id}` stands for the value of an option. */
  readonly titleWithOptions?: string;
  readonly about: string;
  readonly options: readonly DesignOption[];
  /** Calls besides those of the scenario format. Each returns 0 or an errno. */
  readonly calls?: Readonly<Record<string, CallSignature>>;
  readonly model: (options: Options) => DesignModel;
  /** The changes that the user made to it: what was found by reading the original is not said of it. */
  readonly modified?: readonly DesignChange[];
}

/** What results call a design with these options; absent ones have their default. Says if it is modified. */
export function designTitle(design: Design, options: Options): string {
  const note = modifiedDesignText(design);
  const others = chosenOptions(design, options).filter(
    ({ id }) => design.titleWithOptions?.includes(`{${id}}`) !== true,
  );
  return `${withOptions(unmodifiedTitle(design, options), others)}${note === undefined ? '' : ` (${note})`}`;
}

/** The id of a design with the options that are not at their default: `parked-split, extraState=perGroup`. */
export function designName(design: Design, options: Options): string {
  return withOptions(design.id, chosenOptions(design, options));
}

/** An option of a design with a value that is not its default. */
export interface ChosenOption extends DesignOption {
  readonly value: string;
}

/** The options that are not at their default. */
export function chosenOptions(design: Design, options: Options): readonly ChosenOption[] {
  return design.options.flatMap((option) => {
    const value = options[option.id];
    return value === undefined || value === option.values[0] ? [] : [{ ...option, value }];
  });
}

function withOptions(name: string, chosen: readonly ChosenOption[]): string {
  return [name, ...chosen.map(({ id, value }) => `${id}=${value}`)].join(', ');
}

/** The title of a design with these options without what the user has changed. */
export function unmodifiedTitle(design: Design, options: Options): string {
  return (
    design.titleWithOptions?.replaceAll(
      /\{(\w+)\}/g,
      (_, id: string) =>
        options[id] ?? design.options.find((option) => option.id === id)?.values[0] ?? '',
    ) ?? design.title
  );
}

/** What a result says of a design that is not built in; undefined for one that is. */
export function modifiedDesignText({ modified }: Design): string | undefined {
  if (!modified) return undefined;
  return modified.some((change) => change.kind === 'text' && change.own)
    ? 'own design'
    : 'modified design';
}
