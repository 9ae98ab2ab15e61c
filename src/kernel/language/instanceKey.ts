import type { CallName, FileKind, World } from './world';

/** Which device, group, file and so on an object instance belongs to; an instance has the keys of its granularity, and sometimes more. */
export interface InstanceKey {
  readonly device?: string;
  readonly group?: string;
  readonly devset?: string;
  /** dev_name() of the device's parent. */
  readonly devName?: string;
  /** Name of the fd under which the struct file was created. */
  readonly file?: string;
  readonly fileKind?: FileKind;
  readonly fd?: string;
  readonly process?: string;
  readonly ioas?: string;
  /** A page table: `ioas1 hwpt` for the automatic one of an ioas, or the name of a result. */
  readonly hwpt?: string;
  readonly kvm?: string;
  /** A mapping of a file, by the mmap call that makes it. */
  readonly mapping?: string;
  /** Of the second object of a type with `successor`. */
  readonly generation?: '2';
}

/**
 * What one instance of an object type exists for. `ioas`: one per ioas, the compat ioas of each iommufd included. `hwpt`: the automatic page table of each ioas, and those of hwpt_alloc. `kvmFile`:
 * one per VM and file that a call gives to it or takes from it. `global`: one per system.
 */
export type Granularity =
  | 'device'
  | 'group'
  | 'devset'
  | 'file'
  | 'fd'
  | 'ioas'
  | 'hwpt'
  | 'iommufdGroup'
  | 'kvm'
  | 'kvmFile'
  | 'mapping'
  | 'global';

/** How many files and calls of the scenario can hold a counter; gives the upper bound of that counter. */
export interface InstanceCounts {
  /** Files of these kinds that have the same value as the object under `key`; all of them without `key`. */
  files(kinds: readonly FileKind[], key?: keyof InstanceKey): number;
  /** Calls of this name in the whole scenario. */
  calls(name: CallName): number;
  readonly world: World;
}
