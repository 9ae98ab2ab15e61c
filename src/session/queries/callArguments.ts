import { callResult, callStatus } from '../../kernel/machine/machine';
import { processOf, type Call, type FileKind } from '../../kernel/language/world';
import type { ObjectSlot } from '../../kernel/compiler/program';
import { newResultName } from '../../scenario/edit/newNames';
import type { Snapshot } from '../trace/replay';
import { sameCall } from '../trace/traceTree';
import type { OpenFd } from './openFds';

/** What the arguments of a call are chosen from. */
export interface CallerContext {
  readonly snapshot: Snapshot;
  readonly caller: string;
  readonly fds: readonly OpenFd[];
  readonly usedNames: ReadonlySet<string>;
  /** The calls of the scenario. A call that is like one of them gives the same name to its result. */
  readonly planned: readonly Call[];
}

/** Whether an fd is that of a device, from its node or from its group. */
export const isDeviceFd = (fd: OpenFd): boolean => fd.kind === 'cdev' || fd.kind === 'device';

/** The caller's open fds of these kinds. */
export const fdsOfKind = (
  { fds }: CallerContext,
  ...kinds: readonly FileKind[]
): readonly OpenFd[] => fds.filter((fd) => kinds.includes(fd.kind));

/** The IOMMU groups of the machine. */
export function groupNames({ snapshot }: CallerContext): readonly string[] {
  return [...new Set(snapshot.program.world.devices.map(({ group }) => group))];
}

/** Names of the ids that calls of all processes have allocated. */
export function idNames(
  { snapshot: { program, state } }: CallerContext,
  name: 'ioas_alloc' | 'hwpt_alloc',
): readonly string[] {
  return program.calls.flatMap(({ call, index }) => {
    const allocated =
      call.call === name &&
      callStatus(program, state, index) === 'done' &&
      callResult(program, state, index) === 0;
    return allocated && call.as !== undefined ? [call.as] : [];
  });
}

/** The live objects of a type that belong to the caller. */
function liveObjectsOf({ snapshot, caller }: CallerContext, type: string): readonly ObjectSlot[] {
  const { program, state } = snapshot;
  return program.objects.filter(
    (o) =>
      o.type === type &&
      o.key.process === caller &&
      o.lifetime !== undefined &&
      state[o.lifetime] === 1,
  );
}

/** The fds, open or closed, whose file the caller has mapped. */
export function mappedFds(context: CallerContext): readonly string[] {
  return [...new Set(liveObjectsOf(context, 'vm_area_struct').map((o) => o.key.fd!))];
}

/** The VMs of the caller that have not ended. */
export function vmsOf(context: CallerContext): readonly string[] {
  return liveObjectsOf(context, 'kvm_vfio').map((o) => o.key.kvm!);
}

/** The caller's open fds of files that its VMs hold. */
export function filesOfVms(
  context: CallerContext,
): readonly { readonly fd: string; readonly kvm: string }[] {
  return liveObjectsOf(context, 'kvm_vfio_file').flatMap(({ key }) =>
    context.fds.filter((fd) => fd.file === key.file).map((fd) => ({ fd: fd.name, kvm: key.kvm! })),
  );
}

/** The caller's VM, or the name of a new one. */
export function kvmName(context: CallerContext): string {
  const { snapshot, caller, usedNames } = context;
  const [own] = vmsOf(context);
  const name = `kvm${snapshot.program.world.processes.indexOf(caller) + 1}`;
  return own ?? (usedNames.has(name) ? `${name}.${usedNames.size}` : name);
}

/** Devices that are, or are not, registered; a register or unregister call counts from its first step. */
export function devicesByRegistration(
  { snapshot: { program, state } }: CallerContext,
  registered: boolean,
): readonly string[] {
  const isRegistered = (name: string, start: boolean): boolean =>
    program.calls.reduce((now, { call, index }) => {
      if (call.device !== name || callStatus(program, state, index) === 'waiting') return now;
      return call.call === 'register_device'
        ? true
        : call.call === 'unregister_device'
          ? false
          : now;
    }, start);
  return program.world.devices
    .filter((device) => isRegistered(device.name, device.registered ?? true) === registered)
    .map(({ name }) => name);
}

/** Devices by the driver that their bus device has now. */
export function devicesByDriver(
  { snapshot: { program, state } }: CallerContext,
  driver: 'none' | 'kernel',
): readonly string[] {
  return program.objects.flatMap(({ spec, key, fields }) => {
    const index = spec.role === 'parent' ? fields['driver'] : undefined;
    const name =
      index === undefined ? undefined : program.fields[index]!.enumValues?.[state[index]!];
    return name === driver && key.device !== undefined ? [key.device] : [];
  });
}

/** The call with a name for its result: that of the same call in the scenario, else a new one. */
export function named(
  { caller, usedNames, planned }: CallerContext,
  call: Omit<Call, 'by' | 'as'>,
): Omit<Call, 'by'> {
  const same = planned.find(
    ({ by, as, fault: _fault, ...rest }) =>
      as !== undefined &&
      !usedNames.has(as) &&
      processOf(by) === caller &&
      sameCall({ ...rest, by: caller }, { ...call, by: caller }),
  );
  if (same) return { ...call, as: same.as };
  const taken = new Set([...usedNames, ...planned.flatMap(({ as }) => as ?? [])]);
  return { ...call, as: newResultName(call.call, taken) };
}
