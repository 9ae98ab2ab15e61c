import type { FieldSpec, StepSpec } from '../../../kernel/language/design';
import { sumOf } from '../../../kernel/language/staticNumber';
import type { StaticNumber } from '../../../kernel/language/staticNumber';
import {
  branch,
  complete,
  downWrite,
  eq,
  goto,
  ne,
  refDec,
  refInc,
  store,
  upWrite,
  waitForCompletion,
} from '../../../kernel/language/primitives';
import type { Op, StatePath } from '../../../kernel/language/primitives';

/** What keeps an iommufd object allocated while an ioctl uses it: a read lock (v6.6), or a count that the table of ids starts at 1 (since v6.7; its name since v6.17 is `wait_cnt`). */
export interface ShorttermUse {
  readonly field: 'destroy_rwsem' | 'shortterm_users' | 'wait_cnt';
  /** How long a destroyer waits for the count to drop to 0: `10 s`. A writer of the lock waits without a limit. */
  readonly timeout: string;
}

/** v6.7 to v6.12. */
export const SHORTTERM_USERS: ShorttermUse = { field: 'shortterm_users', timeout: '10 s' };

/** The fields of an object; `users`: how many ioctls can use it at once, as a sum. */
export function shorttermFields(
  { field }: ShorttermUse,
  ...users: readonly StaticNumber[]
): Record<string, FieldSpec> {
  return field === 'destroy_rwsem'
    ? {
        // The owner of the write lock, or the task that waits for it: from then on no reader gets the lock.
        destroy_rwsem: { kind: 'mutex' },
        readers: { kind: 'refcount', hi: sumOf(...users) },
        readers_done: { kind: 'completion', modelOnly: true, counter: 'readers' },
      }
    : {
        [field]: { kind: 'refcount', hi: sumOf(1, ...users) },
        // The kernel has one wait queue per context.
        destroy_wait: { kind: 'completion', modelOnly: true, counter: field },
      };
}

/** The count of a new object: one for its entry in the table of ids. */
export function initShortterm({ field }: ShorttermUse, object: StatePath): readonly Op[] {
  return field === 'destroy_rwsem' ? [] : [store(`${object}.${field}`, 1)];
}

/** The counts of a new ioas, and its entry in the table of ids. */
export function initIoas(shortterm: ShorttermUse, ioas: StatePath): readonly Op[] {
  return [
    store(`${ioas}.users`, 1),
    ...initShortterm(shortterm, ioas),
    store(`${ioas}.published`, 1),
  ];
}

/** The count of an object that is freed with its context, without a wait. */
export function clearShortterm({ field }: ShorttermUse, object: StatePath): readonly Op[] {
  return field === 'destroy_rwsem' ? [] : [store(`${object}.${field}`, 0)];
}

/** iommufd_lock_obj of an object that is in the table of ids, under its lock: a short-term use and a reference, or `missing` if the object is being destroyed. */
export function lockObject({ field }: ShorttermUse, object: StatePath, missing: readonly Op[]): Op {
  return field === 'destroy_rwsem'
    ? branch(ne(`${object}.destroy_rwsem`, 0), missing, [
        refInc(`${object}.readers`),
        refInc(`${object}.users`),
      ])
    : branch(eq(`${object}.${field}`, 0), missing, [
        refInc(`${object}.users`),
        refInc(`${object}.${field}`),
      ]);
}

/** The second half of iommufd_put_object, after the reference is dropped: ends the short-term use and wakes a destroyer. */
export function endShorttermUse({ field }: ShorttermUse, object: StatePath): Op {
  return field === 'destroy_rwsem'
    ? refDec(`${object}.readers`, [
        branch(ne(`${object}.destroy_rwsem`, 0), [complete(`${object}.readers_done`)]),
      ])
    : refDec(`${object}.${field}`, [complete(`${object}.destroy_wait`)]);
}

/** Steps that wait until no ioctl uses an object. */
export interface ShorttermWait {
  readonly use: ShorttermUse;
  /** Path of the object, or of a pointer to it. */
  readonly object: StatePath;
  readonly step: (row: string, title: string, ops: readonly Op[]) => StepSpec;
  /** Rows of the two steps. */
  readonly rows: readonly [string, string];
  /** Steps between the two: what the kernel does before it sleeps. */
  readonly beforeSleep?: readonly StepSpec[];
  /** What follows if the wait times out; must end the step. */
  readonly onTimeout: readonly Op[];
  /** The step after the wait. */
  readonly next: string;
}

/** iommufd_object_dec_wait_shortterm, or down_write of the lock. */
export function waitForShorttermUses(w: ShorttermWait): readonly StepSpec[] {
  const { use, object } = w;
  const field = `${object}.${use.field}`;
  if (use.field === 'destroy_rwsem')
    return [
      w.step(w.rows[0], 'lock destroy_rwsem for writing: no ioctl gets the object any more', [
        downWrite(field),
        branch(eq(`${object}.readers`, 0), [goto(w.next)], [store(`${object}.readers_done`, 0)]),
      ]),
      ...(w.beforeSleep ?? []),
      w.step(w.rows[1], 'wait until no ioctl uses the object, without a limit', [
        waitForCompletion(`${object}.readers_done`),
        goto(w.next),
      ]),
    ];
  return [
    w.step(w.rows[0], 'drop the short-term reference of the table', [
      refDec(field, [goto(w.next)]),
    ]),
    ...(w.beforeSleep ?? []),
    w.step(w.rows[1], `wait until no ioctl uses the object, at most ${use.timeout}`, [
      waitForCompletion(`${object}.destroy_wait`, w.onTimeout),
      goto(w.next),
    ]),
  ];
}

/** up_write of the lock, after the object is out of the table. */
export function endShorttermWait({ field }: ShorttermUse, object: StatePath): readonly Op[] {
  return field === 'destroy_rwsem' ? [upWrite(`${object}.${field}`)] : [];
}
