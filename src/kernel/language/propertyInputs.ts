import type { Condition, StatePath } from './primitives';
import type { PropertyId } from './propertyId';
import type { FileKind } from './world';

/** A holder of a counter: each object of `type` holds `weight` counts while `when` is true. Paths start at the holder's roles. */
export interface HolderSpec {
  readonly type: string;
  /** Restricts holders to those made for files of these kinds. */
  readonly fileKinds?: readonly FileKind[];
  readonly when: Condition;
  /** Default 1. */
  readonly weight?: number;
  /** Screen text, e.g. "an open file". */
  readonly label: string;
  /** The object whose counter this holder counts on. */
  readonly countsOn: StatePath;
}

/** A counter with all its possible holders; property `counters` compares their sum with its value. */
export interface CounterSpec {
  /** `type.field` */
  readonly counter: string;
  readonly holders: readonly HolderSpec[];
}

/** Files that may hold up the removal of a device for as long as they are open (property unregister-live). */
export interface UnregisterDelay {
  readonly fileKinds: readonly FileKind[];
  /** Whose files: those of the removed device, those of its group, or all of these kinds. */
  readonly of: 'device' | 'group' | 'any';
  /** Only while this is true of the removed device; always if absent. Paths start at the roles of the device. */
  readonly when?: Condition;
}

/** A property that a design text states (`property NAME: CONDITION;`). */
export interface StatedProperty {
  readonly name: string;
  /** True in every state, except while it is violated. Paths start at the roles of objects that exist once in the system. */
  readonly holds: Condition;
  /** What a violation means; empty if the name says it. */
  readonly text: string;
}

/** What the properties ask of a design. Conditions and paths start at the roles of a device file (`file`, `device`, …). */
export interface PropertyInputs {
  /** True while calls on the file reach the driver. Kinds of file that the design lacks are absent. */
  readonly normalAccess: Partial<Readonly<Record<FileKind, Condition>>>;
  /** True once the bind of this file, or its equivalent on the group path, is complete. */
  readonly bound: Partial<Readonly<Record<FileKind, Condition>>>;
  /** Path of the pointer to the owner context of a file with normal access. */
  readonly ownerContext: Partial<Readonly<Record<FileKind, StatePath>>>;
  readonly counters: readonly CounterSpec[];
  /** Whether a file with normal access belongs to the DMA owner of its IOMMU group (property dma-owner). */
  readonly ownsDma?: Partial<Readonly<Record<FileKind, Condition>>>;
  /** The domain of an IOMMU group, by index, as the sum of what its users set it to (property dma-owner). */
  readonly groupDomain?: CounterSpec;
  /** The cdev state that excludes an open group file of the same group; absent if the design lets both be in use. */
  readonly pathExclusive?: 'open' | 'bound';
  /** What unregister waits for by design. Nothing else excuses a removal that never returns. */
  readonly unregisterDelays: readonly UnregisterDelay[];
  /** The properties that the design itself states (property stated). */
  readonly stated?: readonly StatedProperty[];
  /** Who found the violations of this design and how; printed in brackets after each of them. */
  readonly caveat?: string;
  /** The same by property, or by a field that the text of the violation names (`vfio_device.kvm`), which goes first. */
  readonly caveatFor?: Readonly<Record<PropertyId, string>>;
  /** The KVM pointer of a device and what a file with normal access recorded of it (property kvm-ref). */
  readonly kvm?: {
    readonly device: StatePath;
    readonly file: Partial<Readonly<Record<FileKind, StatePath>>>;
  };
}
