import type { DesignModel } from './design';
import type { Errno } from './errno';

/** What the user of a device file gets before its bind. */
interface AccessBeforeBind {
  /** Ops of the driver that are reached all the same: `ioctl`. */
  readonly reachableOps: readonly string[];
  /** How the rest is refused, and at which row; undefined where nothing is. */
  readonly refusal:
    { readonly errno: Errno; readonly reason: string; readonly step: string } | undefined;
}

/** Read from the rows that a call on a device file runs through. */
export function accessBeforeBind({ calls }: DesignModel): AccessBeforeBind {
  const body = calls.device_io;
  const routine = 'steps' in body ? body : (body.byKind.cdev ?? body.byKind.device ?? body.other);
  const reaches: string[] = [];
  for (const { id, ops } of routine.steps) {
    for (const op of ops) {
      if (op.kind === 'driverOp') reaches.push(op.name);
      const fail = op.kind === 'test' ? op.then.find((each) => each.kind === 'fail') : undefined;
      if (fail)
        return {
          reachableOps: reaches,
          refusal: { errno: fail.errno, reason: fail.reason, step: id },
        };
    }
  }
  return { reachableOps: reaches, refusal: undefined };
}
