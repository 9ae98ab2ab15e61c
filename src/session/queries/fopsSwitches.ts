import type { CallBody, Routine } from '../../kernel/language/design';
import type { Op } from '../../kernel/language/primitives';
import type { Program } from '../../kernel/compiler/program';

/** A step that gives a file its normal fops or grants it access. */
export interface FopsSwitch {
  readonly call: string;
  /** `BIND.16`. */
  readonly stepId: string;
  readonly confidence: string;
  /** The field that is written: `df.access_granted`, or `file.f_op` if the design swaps fops. */
  readonly location: string;
  readonly value: number;
  readonly storeRelease: boolean;
  /** Mutexes held at the step, in the order in which they were taken. */
  readonly locks: readonly string[];
  /** The same step creates the file, so the file never had other fops. */
  readonly createsFile: boolean;
  /** The field belongs to one file, not to a device or group. */
  readonly perFile: boolean;
}

/** How a design switches fops. */
export interface FopsSwitches {
  readonly switches: readonly FopsSwitch[];
  /** Some step also switches back. */
  readonly reversible: boolean;
}

/** The switches in the steps of a design, independent of any run. */
export function fopsSwitchesOf({ model }: Program): FopsSwitches {
  const { normalAccess } = model.propertyInputs;
  const access = normalAccess.cdev ?? normalAccess.device;
  if (!access || !('cmp' in access) || typeof access.a !== 'string')
    return { switches: [], reversible: false };
  const { a: location } = access;
  const value = constantOf(access.b);
  if (value === undefined) return { switches: [], reversible: false };
  // The struct file belongs to the VFS and is no object of a design.
  const perFile =
    location === 'file.f_op' ||
    model.objects.find(({ role }) => role === location.split('.')[0])?.per === 'file';
  const writtenValue = (op: Op): number | undefined => {
    if (op.kind === 'replaceFops')
      return location === 'file.f_op' ? Number(op.to === 'normal') : undefined;
    return op.kind === 'store' && op.field === location ? constantOf(op.value) : undefined;
  };
  let reversible = false;
  const switches = new Map<string, FopsSwitch>();
  const visitRoutine = (call: string, { steps }: Routine): void => {
    const locks: string[] = [];
    for (const { id, ops, confidence = 'SRC' } of steps) {
      const createsFile = ops.some((op) => op.kind === 'alloc' && op.object === 'file');
      visitOps(ops, locks, (op, heldLocks) => {
        const written = writtenValue(op);
        if (written === undefined) return;
        const key = `${call} ${id}`;
        if (written !== value) reversible = true;
        else if (!switches.has(key))
          switches.set(key, {
            call,
            stepId: id,
            confidence,
            location,
            value,
            storeRelease: op.kind === 'store' && op.release === true,
            locks: [...heldLocks],
            createsFile,
            perFile,
          });
      });
    }
  };
  const bodies = [
    ...Object.entries(model.calls),
    ...Object.entries(model.releases).map(([kind, routine]): [string, CallBody] => [
      `close of a ${kind}`,
      routine,
    ]),
  ];
  for (const [call, body] of bodies)
    for (const routine of 'steps' in body ? [body] : [...Object.values(body.byKind), body.other])
      visitRoutine(call, routine);
  return { switches: [...switches.values()], reversible };
}

/** The value of a number or of a name of an enum. */
function constantOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'object' && value !== null && 'enumValue' in value
    ? Number(value.enumValue)
    : undefined;
}

/** Visits operations in order with the mutexes held at each. A branch that leaves the routine does not change the locks after it. */
function visitOps(
  ops: readonly Op[],
  locks: string[],
  visit: (op: Op, locks: readonly string[]) => void,
): void {
  for (const op of ops) {
    visit(op, locks);
    if (op.kind === 'mutexLock') locks.push(op.mutex);
    else if (op.kind === 'mutexUnlock')
      locks.splice(locks.lastIndexOf(op.mutex), locks.includes(op.mutex) ? 1 : 0);
    for (const inner of [
      'ops' in op ? op.ops : [],
      'then' in op ? op.then : [],
      'otherwise' in op ? op.otherwise : [],
      'onZero' in op ? op.onZero : [],
    ]) {
      const leaves = inner.some(({ kind }) => kind === 'fail' || kind === 'goto' || kind === 'ret');
      visitOps(inner, leaves ? [...locks] : locks, visit);
    }
  }
}
