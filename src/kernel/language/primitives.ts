import type { InstanceKey } from './instanceKey';
import { MODEL_LIMIT } from './errno';
import type { CallError, Errno } from './errno';

/**
 * A path to a field or object: `role.field`, where each further `.field` follows a pointer (`df.iommufd.objects`). It starts
 * with a role (`device`), the role seen from an argument of the call (`iommufd/ctx`), or a name bound by `withPointer`.
 */
export type StatePath = string;

/** A value of an enum field, by index, with its name for the source view. */
export interface EnumValue {
  readonly enumValue: number;
  readonly name: string;
}

/** The values of an enum field by name, in the order of their indices. */
export function enumValues<const Names extends readonly string[]>(
  ...names: Names
): Readonly<Record<Names[number], EnumValue>> {
  return Object.fromEntries(
    names.map((name, enumValue) => [name, { enumValue, name }]),
  ) as Readonly<Record<Names[number], EnumValue>>;
}

/** An argument that names an iommufd, directly or through an address space of it. */
export type IommufdArgument = 'iommufd' | 'ioas';

/** A number, the value at a path, the address of an object, the running task, a value of an enum, or an fd number of the calling process. */
export type Operand =
  | number
  | StatePath
  | EnumValue
  | { readonly addressOf: StatePath }
  | { readonly currentTask: true }
  | { readonly fdNumber: IommufdArgument };

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
  /** Some live object of role `exists` fulfils `where`, in which `as` names it; with `matchOn`, one that agrees with the bound object `of` on this key. */
  | {
      readonly exists: string;
      readonly as: string;
      readonly where: Condition;
      readonly matchOn?: keyof InstanceKey;
      readonly of?: string;
    }
  /** A group file of the list argument has the bound object `has` in its group. */
  | { readonly files: 'groups'; readonly has: string }
  /** The object is allocated and not freed. */
  | { readonly live: StatePath };

/** A condition that the scenario alone decides: evaluated at compile time, costs no state. */
export type StaticCondition =
  /** The file behind argument `arg` is of one of these kinds. */
  | { readonly arg: string; readonly kinds: readonly string[] }
  /** The named device belongs to the group of the fd. */
  | 'device-in-group'
  /** The object argument names an ioas, or a bound device fd. */
  | 'object-is-ioas'
  /** The object argument names a page table that hwpt_alloc made. */
  | 'object-is-hwpt'
  /** The attach names a page table, not an ioas. */
  | 'attaches-hwpt'
  /** Some call binds a file of the named device to the iommufd of the call. */
  | 'device-is-bound'
  /** The list of group fds is left out or empty. */
  | 'no-groups'
  /** Some call of the scenario is a hot reset. */
  | 'scenario-resets'
  /** The list has more fds than the reset set has devices. */
  | 'more-groups-than-devices'
  /** The ioas or object argument was created in the iommufd of argument `iommufd`. */
  | 'same-iommufd'
  /** A node with the device's number exists all the time. */
  | 'stale-node'
  /** Some device of the scenario has no IOMMU. */
  | 'noiommu-in-scenario'
  /** The VM of argument `kvm` belongs to the process that makes the call. */
  | 'kvm-of-process';

/**
 * How a read-write semaphore is taken. Its field is a mutex that names the writer: a reader takes and drops the semaphore
 * within one step, so it waits for a writer and never for another reader.
 */
export type RwsemMode = 'read' | 'write';

/** The kernel primitives: the instruction set of every design. */
export type Op =
  | {
      readonly kind: 'mutexLock' | 'mutexUnlock';
      readonly mutex: StatePath;
      readonly rwsem?: RwsemMode;
    }
  /** Takes a mutex if it is free; never blocks. */
  | {
      readonly kind: 'mutexTrylock';
      readonly mutex: StatePath;
      readonly rwsem?: 'write';
      readonly otherwise: readonly Op[];
    }
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
  /** For each fd of a list argument, with `as` bound to it: `ops` if its file is of one of these kinds. */
  | {
      readonly kind: 'forEachFd';
      readonly arg: 'groups';
      readonly kinds: readonly string[];
      readonly as: string;
      readonly ops: readonly Op[];
      readonly otherwise: readonly Op[];
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
  | { readonly kind: 'fdInstall' }
  | { readonly kind: 'fdRemove'; readonly fd: StatePath }
  | { readonly kind: 'replaceFops'; readonly file: StatePath; readonly to: 'parked' | 'normal' }
  | { readonly kind: 'complete'; readonly completion: StatePath }
  /** `onTimeout`: the wait has a time limit. It ends early, with these operations, only if the call's `fault` names this step. */
  | {
      readonly kind: 'waitForCompletion';
      readonly completion: StatePath;
      readonly onTimeout?: readonly Op[];
    }
  /** `call`: the kernel function, if not cdev_device_add or cdev_device_del. */
  | { readonly kind: 'cdevAdd' | 'cdevDel'; readonly field: StatePath; readonly call?: string }
  | { readonly kind: 'idaAlloc' | 'idaFree'; readonly field: StatePath }
  /** `field`: the list node, a bool or a pointer to `head`, the object that has the list. */
  | {
      readonly kind: 'listAdd' | 'listDel';
      readonly field: StatePath;
      readonly list: string;
      readonly head?: StatePath;
    }
  /** Looks through a list or map for its members, the objects of the same type that agree on `matchOn` (all without it): a freed one is a use after free. `field` is the linkage, `call` the kernel's words. */
  | {
      readonly kind: 'lookUp';
      readonly field: StatePath;
      readonly call: string;
      readonly matchOn?: keyof InstanceKey;
    }
  /** Returns -errno, directly or through the unwinding that starts at step `to`. `at`: the object whose state caused it. */
  | {
      readonly kind: 'fail';
      readonly errno: CallError;
      readonly reason: string;
      readonly at?: StatePath;
      readonly to?: string;
    }
  /** A function outside the model (user copy, allocation, module, driver op); it fails only if the call's `fault` names this step. */
  | {
      readonly kind: 'fallible';
      readonly what: string;
      readonly errno: Errno;
      readonly reason: string;
      readonly at?: StatePath;
      readonly to?: string;
      readonly before?: readonly Op[];
    }
  /** A condition outside the model, without an errno; it holds only if the call's `fault` names this step. */
  | { readonly kind: 'onFault'; readonly what: string; readonly ops: readonly Op[] }
  | { readonly kind: 'goto'; readonly to: string }
  | { readonly kind: 'ret' }
  | { readonly kind: 'warnOn'; readonly cond: Condition; readonly reason: string }
  /** BUG_ON of the kernel: the host stops. Reported as a violation of `dma-owner`; the model goes on. */
  | {
      readonly kind: 'bugOn';
      readonly cond: Condition;
      readonly reason: string;
      readonly at: StatePath;
    }
  /** Not kernel code: reports a violation of `owner-exclusive` if `cond` is true. */
  | {
      readonly kind: 'violationIf';
      readonly cond: Condition;
      readonly text: string;
      readonly at: StatePath;
    }
  /** Runs a driver operation through `file` (checked against no-ops-before-bind, unless it is the open op of the bind itself). */
  | {
      readonly kind: 'driverOp';
      readonly name: string;
      readonly file?: StatePath;
      readonly insideBind?: boolean;
    }
  | { readonly kind: 'say'; readonly text: string }
  /** Stores to `modelOnly` fields: not kernel code, so neither printed nor reported as events. */
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
/** The number that the calling process has for the iommufd of an argument, 0 if it has no fd of it. Fds count in the order of the file: each gets a new number. */
export const fdNumber = (arg: IommufdArgument): Operand => ({ fdNumber: arg });

export const mutexLock = (mutex: StatePath): Op => ({ kind: 'mutexLock', mutex });
export const mutexTrylock = (mutex: StatePath, otherwise: readonly Op[]): Op => ({
  kind: 'mutexTrylock',
  mutex,
  otherwise,
});
export const mutexUnlock = (mutex: StatePath): Op => ({ kind: 'mutexUnlock', mutex });
export const downRead = (mutex: StatePath): Op => ({ kind: 'mutexLock', mutex, rwsem: 'read' });
export const upRead = (mutex: StatePath): Op => ({ kind: 'mutexUnlock', mutex, rwsem: 'read' });
export const downWrite = (mutex: StatePath): Op => ({ kind: 'mutexLock', mutex, rwsem: 'write' });
export const upWrite = (mutex: StatePath): Op => ({ kind: 'mutexUnlock', mutex, rwsem: 'write' });
export const downWriteTrylock = (mutex: StatePath, otherwise: readonly Op[]): Op => ({
  kind: 'mutexTrylock',
  mutex,
  rwsem: 'write',
  otherwise,
});
/** A spinlock taken and dropped within one step: no other step sees it held. */
export const spin = (lock: string, ...ops: Op[]): Op => ({ kind: 'spin', lock, ops });
export const store = (field: StatePath, value: Operand): Op => ({
  kind: 'store',
  field,
  value,
});
export const storeRelease = (field: StatePath, value: Operand): Op => ({
  kind: 'store',
  field,
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
/** Runs `ops` for every object of `role` with the same value under key `same` as the step's own object; `as` is bound to it. */
export const forEach = (
  role: string,
  same: keyof InstanceKey | undefined,
  as: string,
  ops: readonly Op[],
): Op => ({ kind: 'forEach', role, ...(same === undefined ? {} : { matchOn: same }), as, ops });
/** Runs `ops` for each fd in the list argument whose file is of one of these kinds, `otherwise` for the rest. */
export const forEachFd = (
  arg: 'groups',
  kinds: readonly string[],
  as: string,
  ops: readonly Op[],
  otherwise: readonly Op[] = [],
): Op => ({ kind: 'forEachFd', arg, kinds, as, ops, otherwise });
export const refInc = (field: StatePath): Op => ({ kind: 'refInc', field });
export const refDec = (field: StatePath, onZero: readonly Op[] = []): Op => ({
  kind: 'refDec',
  field,
  onZero,
});
export const refIncNotZero = (field: StatePath, otherwise: readonly Op[]): Op => ({
  kind: 'refIncNotZero',
  field,
  otherwise,
});
export const increment = (field: StatePath): Op => ({ kind: 'add', field, by: 1 });
export const decrement = (field: StatePath): Op => ({ kind: 'add', field, by: -1 });
export const cmpxchg = (
  field: StatePath,
  from: Operand,
  to: Operand,
  otherwise: readonly Op[],
): Op => ({
  kind: 'cmpxchg',
  field,
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
export const fdRemove = (fd: StatePath): Op => ({ kind: 'fdRemove', fd });
export const replaceFops = (file: StatePath, to: 'parked' | 'normal'): Op => ({
  kind: 'replaceFops',
  file,
  to,
});
export const complete = (completion: StatePath): Op => ({ kind: 'complete', completion });
export const waitForCompletion = (completion: StatePath, onTimeout?: readonly Op[]): Op => ({
  kind: 'waitForCompletion',
  completion,
  ...(onTimeout === undefined ? {} : { onTimeout }),
});
export const cdevAdd = (field: StatePath, call?: string): Op => ({
  kind: 'cdevAdd',
  field,
  ...(call === undefined ? {} : { call }),
});
export const cdevDel = (field: StatePath, call?: string): Op => ({
  kind: 'cdevDel',
  field,
  ...(call === undefined ? {} : { call }),
});
/** Takes the lowest number that no other object of the type holds; 0 is "none". */
export const idaAlloc = (field: StatePath): Op => ({ kind: 'idaAlloc', field });
export const idaFree = (field: StatePath): Op => ({ kind: 'idaFree', field });
/** Adds a node to a list; a node that is already in a list is a memory violation (list corruption, as with CONFIG_DEBUG_LIST). */
export const listAdd = (field: StatePath, list: string, head?: StatePath): Op => ({
  kind: 'listAdd',
  field,
  list,
  ...(head === undefined ? {} : { head }),
});
/** Removes a node from its list; a node that is in none is a memory violation. */
export const listDel = (field: StatePath, list: string): Op => ({
  kind: 'listDel',
  field,
  list,
});
/** Looks through a list or map; a member that is freed is a memory violation, even if the lookup is for another one. */
export const lookUp = (field: StatePath, call: string, matchOn?: keyof InstanceKey): Op => ({
  kind: 'lookUp',
  field,
  call,
  ...(matchOn === undefined ? {} : { matchOn }),
});
export const fail = (
  errno: CallError,
  reason: string,
  target: { at?: StatePath; to?: string } = {},
): Op => ({
  kind: 'fail',
  errno,
  reason,
  ...target,
});
/** The kernel would go on here, and the model cannot: the call ends with `limit of the model`. */
export const modelLimit = (reason: string, target: { at?: StatePath; to?: string } = {}): Op =>
  fail(MODEL_LIMIT, reason, target);
export const fallible = (
  what: string,
  errno: Errno,
  reason: string,
  target: { at?: StatePath; to?: string; before?: readonly Op[] } = {},
): Op => ({ kind: 'fallible', what, errno, reason, ...target });
export const onFault = (what: string, ops: readonly Op[]): Op => ({ kind: 'onFault', what, ops });
export const goto = (to: string): Op => ({ kind: 'goto', to });
export const ret = (): Op => ({ kind: 'ret' });
export const warnOn = (cond: Condition, reason: string): Op => ({ kind: 'warnOn', cond, reason });
export const bugOn = (cond: Condition, reason: string, at: StatePath): Op => ({
  kind: 'bugOn',
  cond,
  reason,
  at,
});
export const violationIf = (cond: Condition, text: string, at: StatePath): Op => ({
  kind: 'violationIf',
  cond,
  text,
  at,
});
export const driverOp = (
  name: string,
  options: { file?: StatePath; insideBind?: boolean } = {},
): Op => ({
  kind: 'driverOp',
  name,
  ...(options.file === undefined ? {} : { file: options.file }),
  ...(options.insideBind ? { insideBind: true } : {}),
});
export const comment = (text: string): Op => ({ kind: 'say', text });
export const modelOnly = (...ops: Op[]): Op => ({ kind: 'bookkeep', ops });
