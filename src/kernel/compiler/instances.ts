import type { DesignModel, ObjectType } from '../language/design';
import type { InstanceKey, InstanceCounts, Granularity } from '../language/instanceKey';
import { FD_TYPE, FILE_TYPE, VMA_TYPE } from '../language/vfs';
import { fileKindOf, processOf } from '../language/world';
import type { Call, FileKind, World } from '../language/world';

/** A struct file that a call of the scenario creates. */
interface FileInstance {
  readonly name: string;
  readonly kind: FileKind;
  readonly by: string;
  readonly call: number;
  readonly key: InstanceKey;
}

/** An fd-table entry that a call of the scenario fills. */
interface FdInstance {
  readonly name: string;
  readonly process: string;
  readonly file: string;
  readonly call: number;
}

/** Everything that can exist in one scenario, by granularity. */
export interface Instances {
  readonly files: readonly FileInstance[];
  readonly fds: readonly FdInstance[];
  readonly keys: Readonly<Record<Granularity, readonly InstanceKey[]>>;
  readonly counts: InstanceCounts;
  /** Groups that the scenario's calls can create again while a file of the first is open. */
  readonly recreatedGroups: readonly string[];
  /** The key of a named fd; undefined if there is none. */
  fdKey(name: string): InstanceKey | undefined;
  ioasKey(name: string): InstanceKey | undefined;
  /** The key of a page table that hwpt_alloc makes, which is also one of its ioas. */
  hwptKey(name: string): InstanceKey | undefined;
  deviceKey(name: string): InstanceKey | undefined;
}

/** The keys that identify an instance of each granularity. */
export const GRANULARITY_KEYS: Readonly<Record<Granularity, readonly (keyof InstanceKey)[]>> = {
  device: ['device'],
  group: ['group'],
  devset: ['devset'],
  file: ['file'],
  fd: ['fd'],
  ioas: ['ioas'],
  hwpt: ['hwpt'],
  iommufdGroup: ['file', 'group'],
  kvm: ['kvm'],
  kvmFile: ['kvm', 'file'],
  mapping: ['mapping'],
  global: [],
};

/** Finds every instance of a scenario. Throws if a call uses a name that no call creates. */
export function findInstances(world: World, calls: readonly Call[]): Instances {
  const deviceKeys = world.devices.map((d): InstanceKey => ({
    device: d.name,
    group: d.group,
    devset: d.devset ?? d.name,
    devName: d.devName ?? d.name,
  }));
  const deviceKey = (name: string): InstanceKey | undefined =>
    deviceKeys.find((a) => a.device === name);
  const files: FileInstance[] = [];
  const fds: FdInstance[] = [];
  const ioas: InstanceKey[] = [];
  const hwpts: InstanceKey[] = [];
  const fdKey = (name: string): InstanceKey | undefined => {
    const fd = fds.find((f) => f.name === name);
    const file = fd && files.find((f) => f.name === fd.file);
    return fd && file && { ...file.key, fd: fd.name, process: fd.process };
  };
  const add = (c: Call, index: number): void => {
    const process = processOf(c.by);
    const name = resultName(c, index);
    const kind = fileKindOf(c.call);
    if (kind) {
      const target: InstanceKey = c.device
        ? deviceKey(c.device)!
        : c.group
          ? { group: c.group }
          : {};
      const group = kind === 'device' ? (fdKey(c.fd!)?.group ?? target.group) : target.group;
      const key: InstanceKey = {
        ...target,
        ...(group === undefined ? {} : { group }),
        file: name,
        fileKind: kind,
        fd: name,
        process,
      };
      files.push({ name, kind, by: c.by, call: index, key });
      fds.push({ name, process, file: name, call: index });
      if (kind === 'iommufd' || kind === 'container')
        ioas.push({ ioas: `${name}.compat`, file: name, fileKind: kind });
    } else if (c.call === 'pass_fd') {
      fds.push({ name, process: c.to!, file: fds.find((f) => f.name === c.fd)!.file, call: index });
    } else if (c.call === 'ioas_alloc') {
      const iommufd = fdKey(c.iommufd!)!;
      ioas.push({
        ioas: name,
        file: iommufd.file!,
        ...(iommufd.fileKind ? { fileKind: iommufd.fileKind } : {}),
      });
    } else if (c.call === 'hwpt_alloc') {
      hwpts.push({ ...ioas.find((a) => a.ioas === c.ioas)!, hwpt: name });
    }
  };
  // A call can use a name that another task creates further down in the file: repeat until all are resolved.
  let rest = calls.map((c, i) => [c, i] as const);
  while (rest.length > 0) {
    const stuck = rest.filter(([c, i]) => {
      const usesIommufd = c.call === 'ioas_alloc' || c.call === 'hwpt_alloc';
      const ready =
        [c.fd, usesIommufd ? c.iommufd : undefined].every(
          (n) => n === undefined || fds.some((f) => f.name === n),
        ) &&
        (c.call !== 'hwpt_alloc' || ioas.some((a) => a.ioas === c.ioas));
      if (ready) add(c, i);
      return !ready;
    });
    if (stuck.length === rest.length)
      throw new Error(`no call creates a name used by ${JSON.stringify(stuck[0]![0])}`);
    rest = stuck;
  }
  files.sort((a, b) => a.call - b.call);
  fds.sort((a, b) => a.call - b.call);
  const groups = [
    ...new Set([
      ...world.devices.map((d) => d.group),
      ...calls.flatMap((c) => (c.group === undefined ? [] : [c.group])),
    ]),
  ];
  const keys: Record<Granularity, InstanceKey[]> = {
    device: deviceKeys,
    group: groups.map((group) => ({ group })),
    devset: [...new Set(deviceKeys.map((a) => a.devset!))].map((devset) => ({ devset })),
    file: files.map((f) => f.key),
    fd: fds.map((f) => ({ ...fdKey(f.name)! })),
    ioas,
    hwpt: [...ioas.map(withAutomaticHwpt), ...hwpts],
    iommufdGroup: files
      .filter((f) => f.kind === 'iommufd' || f.kind === 'container')
      .flatMap((f) =>
        groups.map((group): InstanceKey => ({ file: f.name, fileKind: f.kind, group })),
      ),
    kvm: [...vmOwners(calls)].map(([kvm, process]) => ({ kvm, process })),
    kvmFile: kvmFileKeys(calls, files, fds),
    mapping: mappingNames(calls).map(([call, mapping]) => ({ ...fdKey(call.fd!), mapping })),
    global: [{}],
  };
  return {
    files,
    fds,
    keys,
    fdKey,
    deviceKey,
    ioasKey: (name) => ioas.find((a) => a.ioas === name),
    hwptKey: (name) => hwpts.find((a) => a.hwpt === name),
    recreatedGroups: groups.filter((group) => isRecreated(group, world, calls)),
    counts: {
      files: (kinds) => files.filter((f) => kinds.includes(f.kind)).length,
      calls: (name) => calls.filter((c) => c.call === name).length,
      world,
    },
  };
}

/** Whether a group file can be open while the last device of its group is removed and one is registered. */
function isRecreated(group: string, { devices }: World, calls: readonly Call[]): boolean {
  const own = calls.filter((c) => devices.some((d) => d.name === c.device && d.group === group));
  return (
    calls.some((c) => c.group === group) &&
    own.some((c) => c.call === 'register_device') &&
    own.some(
      (c) =>
        c.call === 'unregister_device' || (c.call === 'register_device' && c.fault !== undefined),
    )
  );
}

/** The key of the automatic page table of an ioas. */
function withAutomaticHwpt(key: InstanceKey): InstanceKey {
  return { ...key, hwpt: automaticHwpt(key.ioas!) };
}

/** The name of the automatic page table of an ioas. */
export function automaticHwpt(ioas: string): string {
  return `${ioas} hwpt`;
}

/** The process of each VM: that of the first call that names it. */
export function vmOwners(calls: readonly Call[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const { kvm, by } of calls)
    if (kvm !== undefined && !owners.has(kvm)) owners.set(kvm, processOf(by));
  return owners;
}

/** The VM and file of each call that gives a file to a VM or takes it back, once. */
function kvmFileKeys(
  calls: readonly Call[],
  files: readonly FileInstance[],
  fds: readonly FdInstance[],
): InstanceKey[] {
  const owners = vmOwners(calls);
  const keys = calls.flatMap(({ kvm, fd }): InstanceKey[] => {
    const name = fds.find((f) => f.name === fd)?.file;
    const file = files.find((f) => f.name === name);
    return file && kvm !== undefined ? [{ ...file.key, kvm, process: owners.get(kvm)! }] : [];
  });
  return keys.filter((a, i) => keys.findIndex((b) => a.kvm === b.kvm && a.file === b.file) === i);
}

/** The mmap calls with the names of their mappings: `fd1 vma`, then `fd1 vma 2`. */
export function mappingNames(calls: readonly Call[]): readonly (readonly [Call, string])[] {
  const mmaps = calls.filter((c) => c.call === 'mmap');
  return mmaps.map((call, i) => {
    const earlier = mmaps.slice(0, i).filter((c) => c.fd === call.fd).length;
    return [call, `${call.fd} vma${earlier === 0 ? '' : ` ${earlier + 1}`}`];
  });
}

/** The counts for one instance: `files(kinds, key)` compares with its key. */
export function instanceCountsFor(instances: Instances, own: InstanceKey): InstanceCounts {
  return {
    ...instances.counts,
    files: (kinds, key) =>
      instances.files.filter(
        (f) => kinds.includes(f.kind) && (key === undefined || f.key[key] === own[key]),
      ).length,
  };
}

/** The name of a call's result: `as`, or a generated one. */
export function resultName(c: Call, index: number): string {
  return c.as ?? `${c.call}#${index}`;
}

/** All object types of a model, the machine's own first. */
export function objectTypes(model: DesignModel): readonly ObjectType[] {
  return [FD_TYPE, FILE_TYPE, VMA_TYPE, ...model.objects];
}

/** The keys of all instances of a type. */
export function instanceKeysOf(spec: ObjectType, instances: Instances): readonly InstanceKey[] {
  const kinds =
    spec.fileKinds ??
    (['ioas', 'hwpt', 'iommufdGroup'].includes(spec.per) ? (['iommufd'] as const) : undefined);
  const keys = instances.keys[spec.per];
  const first = kinds
    ? keys.filter((a) => a.fileKind !== undefined && kinds.includes(a.fileKind))
    : keys;
  return spec.successor
    ? [
        ...first,
        ...first
          .filter((a) => instances.recreatedGroups.includes(a.group ?? ''))
          .map((a): InstanceKey => ({ ...a, generation: '2' })),
      ]
    : first;
}
