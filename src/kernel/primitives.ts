import type { Anchor } from './design';
import type { Errno } from './errno';

/**
 * A place: `role.field`, each further `.field` following a pointer (`df.iommufd.objects`). A role is an object type's role
 * (`device`), the same seen from an argument of the call (`iommufd/ctx`), or a name bound by `withPointer`.
 */
export type Path = string;

/** A number, the content of a place, the address of an object, or the running task. */
export type Value = number | Path | { readonly ref: Path } | { readonly self: true };

/** A test on the state. `acquire` marks a load-acquire. */
export type Condition =
  | {
      readonly cmp: 'eq' | 'ne' | 'lt' | 'le';
      readonly a: Value;
      readonly b: Value;
      readonly acquire?: boolean;
    }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  /** The object is allocated and not freed. */
  | { readonly live: Path };

/** What is known before the run: decided when the program is compiled for its scenario, and costs no state. */
export type StaticTest =
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
  | { readonly kind: 'mutexLock' | 'mutexUnlock'; readonly mutex: Path }
  | { readonly kind: 'spin'; readonly lock: string; readonly ops: readonly Op[] }
  | {
      readonly kind: 'store';
      readonly place: Path;
      readonly value: Value;
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
      readonly test: StaticTest;
      readonly then: readonly Op[];
      readonly otherwise: readonly Op[];
    }
  | {
      readonly kind: 'withPointer';
      readonly pointer: Path;
      readonly as: string;
      readonly ops: readonly Op[];
    }
  | {
      readonly kind: 'forEach';
      readonly role: string;
      readonly same?: keyof Anchor;
      readonly as: string;
      readonly ops: readonly Op[];
    }
  | { readonly kind: 'refInc'; readonly place: Path }
  | { readonly kind: 'refDec'; readonly place: Path; readonly onZero: readonly Op[] }
  | { readonly kind: 'refIncNotZero'; readonly place: Path; readonly otherwise: readonly Op[] }
  | { readonly kind: 'add'; readonly place: Path; readonly by: 1 | -1 }
  | {
      readonly kind: 'cmpxchg';
      readonly place: Path;
      readonly from: Value;
      readonly to: Value;
      readonly otherwise: readonly Op[];
    }
  | { readonly kind: 'alloc' | 'free'; readonly object: Path }
  | { readonly kind: 'fget' | 'fput'; readonly file: Path }
  | { readonly kind: 'fdInstall' | 'fdRemove' }
  | { readonly kind: 'replaceFops'; readonly file: Path; readonly to: 'parked' | 'normal' }
  | { readonly kind: 'complete' | 'waitForCompletion'; readonly completion: Path }
  /** `call` is the kernel function that does it, where it is not the one of v6.6. */
  | { readonly kind: 'cdevAdd' | 'cdevDel'; readonly place: Path; readonly call?: string }
  | { readonly kind: 'idaAlloc' | 'idaFree'; readonly place: Path }
  /** `place` is the node's linkage: a bool, or a pointer to `head`, the object whose list it is. */
  | {
      readonly kind: 'listAdd' | 'listDel';
      readonly place: Path;
      readonly list: string;
      readonly head?: Path;
    }
  /** Returns -errno, at once or through the unwinding that starts at step `to`; `at` is the object that refused. */
  | {
      readonly kind: 'fail';
      readonly errno: Errno;
      readonly why: string;
      readonly at?: Path;
      readonly to?: string;
    }
  /** A helper outside the model (user copy, allocation, module, driver op) that fails only where the call says `fault`. */
  | {
      readonly kind: 'fallible';
      readonly what: string;
      readonly errno: Errno;
      readonly why: string;
      readonly at?: Path;
      readonly to?: string;
      readonly before?: readonly Op[];
    }
  /** Something outside the model that goes another way, without an error of its own, only where the call says `fault`. */
  | { readonly kind: 'onFault'; readonly what: string; readonly ops: readonly Op[] }
  | { readonly kind: 'goto'; readonly to: string }
  | { readonly kind: 'ret' }
  | { readonly kind: 'warnOn'; readonly cond: Condition; readonly why: string }
  /** Runs a driver operation through `file` (checked against no-ops-before-bind, unless it is the open op of the bind itself). */
  | {
      readonly kind: 'driverOp';
      readonly name: string;
      readonly file?: Path;
      readonly insideBind?: boolean;
    }
  | { readonly kind: 'say'; readonly text: string }
  /** What the model notes for itself (`bookkeeping` fields): no code of the kernel, so it is neither listed nor told. */
  | { readonly kind: 'bookkeep'; readonly ops: readonly Op[] };

export const NULL = 0;
export const eq = (a: Value, b: Value): Condition => ({ cmp: 'eq', a, b });
export const ne = (a: Value, b: Value): Condition => ({ cmp: 'ne', a, b });
export const lt = (a: Value, b: Value): Condition => ({ cmp: 'lt', a, b });
export const acquire = (a: Path, b: Value): Condition => ({ cmp: 'eq', a, b, acquire: true });
export const allOf = (...terms: Condition[]): Condition => ({ all: terms });
export const anyOf = (...terms: Condition[]): Condition => ({ any: terms });
export const notOf = (term: Condition): Condition => ({ not: term });
export const live = (object: Path): Condition => ({ live: object });
export const ref = (object: Path): Value => ({ ref: object });
export const self: Value = { self: true };

export const mutexLock = (mutex: Path): Op => ({ kind: 'mutexLock', mutex });
export const mutexUnlock = (mutex: Path): Op => ({ kind: 'mutexUnlock', mutex });
/** A spinlock held within one step; it is never seen held between steps (domain.md section 11). */
export const spin = (lock: string, ...ops: Op[]): Op => ({ kind: 'spin', lock, ops });
export const store = (place: Path, value: Value): Op => ({ kind: 'store', place, value });
export const storeRelease = (place: Path, value: Value): Op => ({
  kind: 'store',
  place,
  value,
  release: true,
});
export const test = (cond: Condition, then: readonly Op[], otherwise: readonly Op[] = []): Op => ({
  kind: 'test',
  cond,
  then,
  otherwise,
});
export const staticTest = (
  t: StaticTest,
  then: readonly Op[],
  otherwise: readonly Op[] = [],
): Op => ({ kind: 'staticTest', test: t, then, otherwise });
/** Runs `ops` with role `as` bound to the object that `pointer` holds; a NULL pointer is a memory violation. */
export const withPointer = (pointer: Path, as: string, ops: readonly Op[]): Op => ({
  kind: 'withPointer',
  pointer,
  as,
  ops,
});
/** Runs `ops` for every object of `role` that agrees with the step's own anchor on key `same`, with name `as` bound to it. */
export const forEach = (
  role: string,
  same: keyof Anchor | undefined,
  as: string,
  ops: readonly Op[],
): Op => ({ kind: 'forEach', role, ...(same === undefined ? {} : { same }), as, ops });
export const refInc = (place: Path): Op => ({ kind: 'refInc', place });
export const refDec = (place: Path, onZero: readonly Op[] = []): Op => ({
  kind: 'refDec',
  place,
  onZero,
});
export const refIncNotZero = (place: Path, otherwise: readonly Op[]): Op => ({
  kind: 'refIncNotZero',
  place,
  otherwise,
});
export const increment = (place: Path): Op => ({ kind: 'add', place, by: 1 });
export const decrement = (place: Path): Op => ({ kind: 'add', place, by: -1 });
export const cmpxchg = (place: Path, from: Value, to: Value, otherwise: readonly Op[]): Op => ({
  kind: 'cmpxchg',
  place,
  from,
  to,
  otherwise,
});
export const alloc = (object: Path): Op => ({ kind: 'alloc', object });
export const free = (object: Path): Op => ({ kind: 'free', object });
export const fget = (file: Path): Op => ({ kind: 'fget', file });
/** Drops a file reference; at zero the release callback is queued and runs when the task returns to user. */
export const fput = (file: Path): Op => ({ kind: 'fput', file });
/** Publishes the call's new file in the fd table of its process. */
export const fdInstall = (): Op => ({ kind: 'fdInstall' });
export const fdRemove = (): Op => ({ kind: 'fdRemove' });
export const replaceFops = (file: Path, to: 'parked' | 'normal'): Op => ({
  kind: 'replaceFops',
  file,
  to,
});
export const complete = (completion: Path): Op => ({ kind: 'complete', completion });
export const waitForCompletion = (completion: Path): Op => ({
  kind: 'waitForCompletion',
  completion,
});
export const cdevAdd = (place: Path, call?: string): Op => ({
  kind: 'cdevAdd',
  place,
  ...(call === undefined ? {} : { call }),
});
export const cdevDel = (place: Path, call?: string): Op => ({
  kind: 'cdevDel',
  place,
  ...(call === undefined ? {} : { call }),
});
/** Takes the lowest number that no other object of the type holds; 0 is "none". */
export const idaAlloc = (place: Path): Op => ({ kind: 'idaAlloc', place });
export const idaFree = (place: Path): Op => ({ kind: 'idaFree', place });
/** Links a node; one that is linked already corrupts both lists, which is a memory violation (as CONFIG_DEBUG_LIST says). */
export const listAdd = (place: Path, list: string, head?: Path): Op => ({
  kind: 'listAdd',
  place,
  list,
  ...(head === undefined ? {} : { head }),
});
/** Unlinks a node from whatever list it is in; one that is in none is a memory violation. */
export const listDel = (place: Path, list: string): Op => ({ kind: 'listDel', place, list });
export const fail = (errno: Errno, why: string, where: { at?: Path; to?: string } = {}): Op => ({
  kind: 'fail',
  errno,
  why,
  ...where,
});
export const fallible = (
  what: string,
  errno: Errno,
  why: string,
  where: { at?: Path; to?: string; before?: readonly Op[] } = {},
): Op => ({ kind: 'fallible', what, errno, why, ...where });
export const onFault = (what: string, ops: readonly Op[]): Op => ({ kind: 'onFault', what, ops });
export const goto = (to: string): Op => ({ kind: 'goto', to });
export const ret = (): Op => ({ kind: 'ret' });
export const warnOn = (cond: Condition, why: string): Op => ({ kind: 'warnOn', cond, why });
export const driverOp = (
  name: string,
  options: { file?: Path; insideBind?: boolean } = {},
): Op => ({ kind: 'driverOp', name, ...options });
export const say = (text: string): Op => ({ kind: 'say', text });
export const bookkeep = (...ops: Op[]): Op => ({ kind: 'bookkeep', ops });
