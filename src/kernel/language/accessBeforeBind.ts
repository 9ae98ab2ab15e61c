import type { CallBody, DesignModel } from './design';
import type { CallError } from './errno';

/** What a device file allows before its bind. */
interface AccessBeforeBind {
  /** Driver ops that are reached without a bind, e.g. `ioctl`. */
  readonly reachableOps: readonly string[];
  /** How all other calls fail, and at which step; undefined if none does. */
  readonly refusal:
    { readonly errno: CallError; readonly reason: string; readonly step: string } | undefined;
}

/** Derived from the steps of `device_io`: the driver ops before its first failing check. */
export function accessBeforeBind({ calls }: DesignModel): AccessBeforeBind {
  const body: CallBody | undefined = calls.device_io;
  // A design as text need not have this call.
  if (body === undefined) return { reachableOps: [], refusal: undefined };
  const routine = 'steps' in body ? body : (body.byKind.cdev ?? body.byKind.device ?? body.other);
  const reachableOps: string[] = [];
  for (const { id, ops } of routine.steps) {
    for (const op of ops) {
      if (op.kind === 'driverOp') reachableOps.push(op.name);
      const fail = op.kind === 'test' ? op.then.find((each) => each.kind === 'fail') : undefined;
      if (fail)
        return {
          reachableOps,
          refusal: { errno: fail.errno, reason: fail.reason, step: id },
        };
    }
  }
  return { reachableOps, refusal: undefined };
}
