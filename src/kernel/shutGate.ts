import type { DesignModel } from './design';
import type { Errno } from './errno';

/** What the user of a device file gets before its bind. */
interface ShutGate {
  /** Ops of the driver that are reached all the same: `ioctl`. */
  readonly reaches: readonly string[];
  /** How the rest is refused, and at which row; undefined where nothing is. */
  readonly refusal:
    { readonly errno: Errno; readonly why: string; readonly at: string } | undefined;
}

/** Read from the rows that a call on a device file runs through. */
export function shutGate({ calls }: DesignModel): ShutGate {
  const body = calls.device_io;
  const routine = 'steps' in body ? body : (body.byKind.cdev ?? body.byKind.device ?? body.other);
  const reaches: string[] = [];
  for (const { id, ops } of routine.steps) {
    for (const op of ops) {
      if (op.kind === 'driverOp') reaches.push(op.name);
      const fail = op.kind === 'test' ? op.then.find((each) => each.kind === 'fail') : undefined;
      if (fail) return { reaches, refusal: { errno: fail.errno, why: fail.why, at: id } };
    }
  }
  return { reaches, refusal: undefined };
}
