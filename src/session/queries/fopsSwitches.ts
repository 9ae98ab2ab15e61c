import type { CallBody, Routine } from '../../kernel/language/design';
import type { Op } from '../../kernel/language/primitives';
import type { Program } from '../../kernel/compiler/program';

/** A row that lets the calls of a file through to the driver. */
export interface FopsSwitch {
  readonly call: string;
  /** Row id (`BIND.16`), and how far it is to be believed. */
  readonly stepId: string;
  readonly confidence: string;
  /** The place that is written: `df.access_granted`; `file.f_op` where the fops are swapped. */
  readonly location: string;
  readonly value: number;
  readonly storeRelease: boolean;
  /** Mutexes held there, as the rows name them, in the order in which they were taken. */
  readonly locks: readonly string[];
  /** It makes the file in the same row: the file never was otherwise. */
  readonly createsFile: boolean;
  /** It is of that file alone. */
  readonly perFile: boolean;
}

/** What is known of the way from one table to the other. */
export interface FopsSwitches {
  readonly switches: readonly FopsSwitch[];
  /** Some row also takes it back. */
  readonly reversible: boolean;
}

/** Read from the rows of the design; nothing here is from the run. */
export function fopsSwitchesOf({ model }: Program): FopsSwitches {
  const access = model.propertyInputs.normalAccess.cdev ?? model.propertyInputs.normalAccess.device;
  if (!access || !('cmp' in access) || typeof access.a !== 'string' || typeof access.b !== 'number')
    return { switches: [], reversible: false };
  const { a: place, b: value } = access;
  // The struct file is the VFS's own, no object of a design.
  const ofFile =
    place === 'file.f_op' ||
    model.objects.find(({ role }) => role === place.split('.')[0])?.per === 'file';
  const writes = (op: Op): number | undefined => {
    if (op.kind === 'replaceFops')
      return place === 'file.f_op' ? Number(op.to === 'normal') : undefined;
    return op.kind === 'store' && op.field === place && typeof op.value === 'number'
      ? op.value
      : undefined;
  };
  let back = false;
  const turns: FopsSwitch[] = [];
  const walk = (call: string, { steps }: Routine): void => {
    const locks: string[] = [];
    for (const { id, ops, confidence = 'SRC' } of steps) {
      const made = ops.some((op) => op.kind === 'alloc' && op.object === 'file');
      walkOps(ops, locks, (op, held) => {
        const written = writes(op);
        if (written === value)
          turns.push({
            call,
            stepId: id,
            confidence,
            location: place,
            value,
            storeRelease: op.kind === 'store' && op.release === true,
            locks: [...held],
            createsFile: made,
            perFile: ofFile,
          });
        else if (written !== undefined) back = true;
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
      walk(call, routine);
  const seen = new Set<string>();
  return {
    switches: turns.filter(
      ({ call, stepId: at }) => !seen.has(`${call} ${at}`) && seen.add(`${call} ${at}`),
    ),
    reversible: back,
  };
}

/** Visits operations in their order with the mutexes held there. A way that leaves the rows (an error, a jump) does so with locks of its own. */
function walkOps(
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
      walkOps(inner, leaves ? [...locks] : locks, visit);
    }
  }
}
