import type { InstanceKey } from './instanceKey';
import type { Errno } from './errno';

/**
 * A place: `role.field`, each further `.field` following a pointer (`df.iommufd.objects`). A role is an object type's role
 * (`device`), the same seen from an argument of the call (`iommufd/ctx`), or a name bound by `withPointer`.
 */
export type StatePath = string;

/** A number, the content of a place, the address of an object, or the running task. */
export type Operand =
  number | StatePath | { readonly addressOf: StatePath } | { readonly currentTask: true };

/** A test on the state. `acquire` marks a load-acquire. */
export type Condition =
  | {
      readonly cmp: 'eq' | 'ne' | 'lt' | 'le';
      readonly a: Operand;
      readonly b: Operand;
      readonly acquire?: boolean;
    }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  /** The object is allocated and not freed. */
  | { readonly live: StatePath };

/** What is known before the run: decided when the program is compiled for its scenario, and costs no state. */
export type StaticCondition =
  /** The file behind argument `arg` is of one of these kinds. */
  | { readonly arg: string; readonly kinds: readonly string[] }
  /** The named device belongs to the group of the fd. */
  | 'device-in-group'
  /** The object argument names an ioas, or a bound device fd. */
  | 'object-is-ioas'
  /** The ioas (or object) argument was made in the iommufd of argument `iommufd`. */
  | 'same-iommufd'
  /** The device's group has a sibling that an ordinary kernel driver holds. */
  | 'kernel-driver-in-group';

/** The kernel primitives: the instruction set of every design. */
export type Op =
  | { readonly kind: 'mutexLock' | 'mutexUnlock'; readonly mutex: StatePath }
  | { readonly kind: 'spin'; readonly lock: string; readonly ops: readonly Op[] }
  | {
      readonly kind: 'store';
      readonly field: StatePath;
      readonly value: Operand;
      readonly release?: boolean;
    }
  | {
      readonly kind: 'test';
      readonly cond: Condition;
      readonly then: readonly Op[];
      readonly otherwise: readonly Op[];
    }
  | {
      readonly kind: 'staticTest';
      readonly test: StaticCondition;
      readonly then: readonly Op[];
      readonly otherwise: readonly Op[];
    }
  | {
      readonly kind: 'withPointer';
      readonly pointer: StatePath;
      readonly as: string;
      readonly ops: readonly Op[];
    }
  | {
      readonly kind: 'forEach';
      readonly role: string;
      readonly matchOn?: keyof InstanceKey;
      readonly as: string;
      readonly ops: readonly Op[];
    }
  | { readonly kind: 'refInc'; readonly field: StatePath }
  | { readonly kind: 'refDec'; readonly field: StatePath; readonly onZero: readonly Op[] }
  | { readonly kind: 'refIncNotZero'; readonly field: StatePath; readonly otherwise: readonly Op[] }
  | { readonly kind: 'add'; readonly field: StatePath; readonly by: 1 | -1 }
  | {
      readonly kind: 'cmpxchg';
      readonly field: StatePath;
      readonly from: Operand;
      readonly to: Operand;
      readonly otherwise: readonly Op[];
    }
  | { readonly kind: 'alloc' | 'free'; readonly object: StatePath }
  | { readonly kind: 'fget' | 'fput'; readonly file: StatePath }
  | { readonly kind: 'fdInstall' | 'fdRemove' }
  | { readonly kind: 'replaceFops'; readonly file: StatePath; readonly to: 'parked' | 'normal' }
  | { readonly kind: 'complete' | 'waitForCompletion'; readonly completion: StatePath }
  /** `call` is the kernel function that does it, where it is not the one of v6.6. */
  | { readonly kind: 'cdevAdd' | 'cdevDel'; readonly field: StatePath; readonly call?: string }
  | { readonly kind: 'idaAlloc' | 'idaFree'; readonly field: StatePath }
  /** `place` is the node's linkage: a bool, or a pointer to `head`, the object whose list it is. */
  | {
      readonly kind: 'listAdd' | 'listDel';
      readonly field: StatePath;
      readonly list: string;
      readonly head?: StatePath;
    }
  /** Returns -errno, at once or through the unwinding that starts at step `to`; `at` is the object that refused. */
  | {
      readonly kind: 'fail';
      readonly errno: Errno;
      readonly reason: string;
      readonly at?: StatePath;
      readonly to?: string;
    }
  /** A helper outside the model (user copy, allocation, module, driver op) that fails only where the call says `fault`. */
  | {
      readonly kind: 'fallible';
      readonly what: string;
      readonly errno: Errno;
      readonly reason: string;
      readonly at?: StatePath;
      readonly to?: string;
      readonly before?: readonly Op[];
    }
  /** Something outside the model that goes another way, without an error of its own, only where the call says `fault`. */
  | { readonly kind: 'onFault'; readonly what: string; readonly ops: readonly Op[] }
  | { readonly kind: 'goto'; readonly to: string }
  | { readonly kind: 'ret' }
  | { readonly kind: 'warnOn'; readonly cond: Condition; readonly reason: string }
  /** Runs a driver operation through `file` (checked against no-ops-before-bind, unless it is the open op of the bind itself). */
  | {
      readonly kind: 'driverOp';
      readonly name: string;
      readonly file?: StatePath;
      readonly insideBind?: boolean;
    }
  | { readonly kind: 'say'; readonly text: string }
  /** What the model notes for itself (`bookkeeping` fields): no code of the kernel, so it is neither listed nor told. */
  | { readonly kind: 'bookkeep'; readonly ops: readonly Op[] };

export const NULL = 0;
export const eq = (a: Operand, b: Operand): Condition => ({ cmp: 'eq', a, b });
export const ne = (a: Operand, b: Operand): Condition => ({ cmp: 'ne', a, b });
export const lt = (a: Operand, b: Operand): Condition => ({ cmp: 'lt', a, b });
export const eqAcquire = (a: StatePath, b: Operand): Condition => ({
  cmp: 'eq',
  a,
  b,
  acquire: true,
});
export const allOf = (...terms: Condition[]): Condition => ({ all: terms });
export const anyOf = (...terms: Condition[]): Condition => ({ any: terms });
export const notOf = (term: Condition): Condition => ({ not: term });
export const live = (object: StatePath): Condition => ({ live: object });
export const addressOf = (object: StatePath): Operand => ({ addressOf: object });
export const currentTask: Operand = { currentTask: true };

export const mutexLock = (mutex: StatePath): Op => ({ kind: 'mutexLock', mutex });
export const mutexUnlock = (mutex: StatePath): Op => ({ kind: 'mutexUnlock', mutex });
/** A spinlock taken and dropped within one step: no other step sees it held. */
export const spin = (lock: string, ...ops: Op[]): Op => ({ kind: 'spin', lock, ops });
export const store = (place: StatePath, value: Operand): Op => ({
  kind: 'store',
  field: place,
  value,
});
export const storeRelease = (place: StatePath, value: Operand): Op => ({
  kind: 'store',
  field: place,
  value,
  release: true,
});
export const branch = (
  cond: Condition,
  then: readonly Op[],
  otherwise: readonly Op[] = [],
): Op => ({
  kind: 'test',
  cond,
  then,
  otherwise,
});
export const staticBranch = (
  t: StaticCondition,
  then: readonly Op[],
  otherwise: readonly Op[] = [],
): Op => ({ kind: 'staticTest', test: t, then, otherwise });
/** Runs `ops` with role `as` bound to the object that `pointer` holds; a NULL pointer is a memory violation. */
export const withPointer = (pointer: StatePath, as: string, ops: readonly Op[]): Op => ({
  kind: 'withPointer',
  pointer,
  as,
  ops,
});
/** Runs `ops` for every object of `role` that agrees with the step's own anchor on key `same`, with name `as` bound to it. */
export const forEach = (
  role: string,
  same: keyof InstanceKey | undefined,
  as: string,
  ops: readonly Op[],
): Op => ({ kind: 'forEach', role, ...(same === undefined ? {} : { matchOn: same }), as, ops });
export const refInc = (place: StatePath): Op => ({ kind: 'refInc', field: place });
export const refDec = (place: StatePath, onZero: readonly Op[] = []): Op => ({
  kind: 'refDec',
  field: place,
  onZero,
});
export const refIncNotZero = (place: StatePath, otherwise: readonly Op[]): Op => ({
  kind: 'refIncNotZero',
  field: place,
  otherwise,
});
export const increment = (place: StatePath): Op => ({ kind: 'add', field: place, by: 1 });
export const decrement = (place: StatePath): Op => ({ kind: 'add', field: place, by: -1 });
export const cmpxchg = (
  place: StatePath,
  from: Operand,
  to: Operand,
  otherwise: readonly Op[],
): Op => ({
  kind: 'cmpxchg',
  field: place,
  from,
  to,
  otherwise,
});
export const alloc = (object: StatePath): Op => ({ kind: 'alloc', object });
export const free = (object: StatePath): Op => ({ kind: 'free', object });
export const fget = (file: StatePath): Op => ({ kind: 'fget', file });
/** Drops a file reference; at zero the release callback is queued and runs when the task returns to user. */
export const fput = (file: StatePath): Op => ({ kind: 'fput', file });
/** Publishes the call's new file in the fd table of its process. */
export const fdInstall = (): Op => ({ kind: 'fdInstall' });
export const fdRemove = (): Op => ({ kind: 'fdRemove' });
export const replaceFops = (file: StatePath, to: 'parked' | 'normal'): Op => ({
  kind: 'replaceFops',
  file,
  to,
});
export const complete = (completion: StatePath): Op => ({ kind: 'complete', completion });
export const waitForCompletion = (completion: StatePath): Op => ({
  kind: 'waitForCompletion',
  completion,
});
export const cdevAdd = (place: StatePath, call?: string): Op => ({
  kind: 'cdevAdd',
  field: place,
  ...(call === undefined ? {} : { call }),
});
export const cdevDel = (place: StatePath, call?: string): Op => ({
  kind: 'cdevDel',
  field: place,
  ...(call === undefined ? {} : { call }),
});
/** Takes the lowest number that no other object of the type holds; 0 is "none". */
export const idaAlloc = (place: StatePath): Op => ({ kind: 'idaAlloc', field: place });
export const idaFree = (place: StatePath): Op => ({ kind: 'idaFree', field: place });
/** Links a node; one that is linked already corrupts both lists, which is a memory violation (as CONFIG_DEBUG_LIST says). */
export const listAdd = (place: StatePath, list: string, head?: StatePath): Op => ({
  kind: 'listAdd',
  field: place,
  list,
  ...(head === undefined ? {} : { head }),
});
/** Unlinks a node from whatever list it is in; one that is in none is a memory violation. */
export const listDel = (place: StatePath, list: string): Op => ({
  kind: 'listDel',
  field: place,
  list,
});
export const fail = (
  errno: Errno,
  why: string,
  where: { at?: StatePath; to?: string } = {},
): Op => ({
  kind: 'fail',
  errno,
  reason: why,
  ...where,
});
export const fallible = (
  what: string,
  errno: Errno,
  why: string,
  where: { at?: StatePath; to?: string; before?: readonly Op[] } = {},
): Op => ({ kind: 'fallible', what, errno, reason: why, ...where });
export const onFault = (what: string, ops: readonly Op[]): Op => ({ kind: 'onFault', what, ops });
export const goto = (to: string): Op => ({ kind: 'goto', to });
export const ret = (): Op => ({ kind: 'ret' });
export const warnOn = (cond: Condition, why: string): Op => ({ kind: 'warnOn', cond, reason: why });
export const driverOp = (
  name: string,
  options: { file?: StatePath; insideBind?: boolean } = {},
): Op => ({ kind: 'driverOp', name, ...options });
export const comment = (text: string): Op => ({ kind: 'say', text });
export const modelOnly = (...ops: Op[]): Op => ({ kind: 'bookkeep', ops });
