import type { DesignModel, ObjectType } from '../language/design';
import type { InstanceKey, InstanceCounts, Granularity } from '../language/instanceKey';
import { FD_TYPE, FILE_TYPE } from '../language/vfs';
import { FILE_KIND_BY_CALL, processOf } from '../language/world';
import type { Call, FileKind, World } from '../language/world';

/** A struct file that some call of the scenario makes. */
interface FileInstance {
  readonly name: string;
  readonly kind: FileKind;
  readonly by: string;
  readonly call: number;
  readonly key: InstanceKey;
}

/** An fd-table place that some call fills. */
interface FdInstance {
  readonly name: string;
  readonly process: string;
  readonly file: string;
  readonly call: number;
}

/** Everything that can come to exist in one scenario, by what it is made for. */
export interface Instances {
  readonly files: readonly FileInstance[];
  readonly fds: readonly FdInstance[];
  readonly keys: Readonly<Record<Granularity, readonly InstanceKey[]>>;
  readonly counts: InstanceCounts;
  /** Anchor of a named fd, ioas, device, group, kvm. */
  fdKey(name: string): InstanceKey | undefined;
  ioasKey(name: string): InstanceKey | undefined;
  deviceKey(name: string): InstanceKey | undefined;
}

/** Which anchor keys make an object of each `per` the same. */
export const GRANULARITY_KEYS: Readonly<Record<Granularity, readonly (keyof InstanceKey)[]>> = {
  device: ['device'],
  group: ['group'],
  devset: ['devset'],
  file: ['file'],
  fd: ['fd'],
  ioas: ['ioas'],
  iommufdGroup: ['file', 'group'],
  kvm: ['kvm'],
  global: [],
};

/** Finds every instance of a scenario: the closed world that a program is compiled for. */
export function findInstances(world: World, calls: readonly Call[]): Instances {
  const deviceAnchors = world.devices.map((d): InstanceKey => ({
    device: d.name,
    group: d.group,
    devset: d.devset ?? d.name,
    devName: d.devName ?? d.name,
  }));
  const deviceAnchor = (name: string): InstanceKey | undefined =>
    deviceAnchors.find((a) => a.device === name);
  const files: FileInstance[] = [];
  const fds: FdInstance[] = [];
  const ioas: InstanceKey[] = [];
  const kvms: string[] = [];
  const fdAnchor = (name: string): InstanceKey | undefined => {
    const fd = fds.find((f) => f.name === name);
    const file = fd && files.find((f) => f.name === fd.file);
    return fd && file && { ...file.key, fd: fd.name, process: fd.process };
  };
  const add = (c: Call, index: number): void => {
    const process = processOf(c.by);
    const name = resultName(c, index);
    const kind = FILE_KIND_BY_CALL[c.call];
    if (kind) {
      const where: InstanceKey = c.device
        ? deviceAnchor(c.device)!
        : c.group
          ? { group: c.group }
          : {};
      const group = kind === 'device' ? (fdAnchor(c.fd!)?.group ?? where.group) : where.group;
      const anchor: InstanceKey = {
        ...where,
        ...(group === undefined ? {} : { group }),
        file: name,
        fileKind: kind,
        fd: name,
        process,
      };
      files.push({ name, kind, by: c.by, call: index, key: anchor });
      fds.push({ name, process, file: name, call: index });
      if (kind === 'iommufd' || kind === 'container')
        ioas.push({ ioas: `${name}.compat`, file: name, fileKind: kind });
    } else if (c.call === 'pass_fd') {
      fds.push({ name, process: c.to!, file: fds.find((f) => f.name === c.fd)!.file, call: index });
    } else if (c.call === 'ioas_alloc') {
      const at = fdAnchor(c.iommufd!)!;
      ioas.push({ ioas: name, file: at.file!, ...(at.fileKind ? { fileKind: at.fileKind } : {}) });
    } else if (c.call === 'kvm_add' && !kvms.includes(c.kvm!)) kvms.push(c.kvm!);
  };
  // A call may use a name that a later line of another task makes: place the makers first.
  const makers = calls.map((c, i) => [c, i] as const);
  let rest = makers;
  while (rest.length > 0) {
    const stuck = rest.filter(([c, i]) => {
      const ready = [c.fd, c.call === 'ioas_alloc' ? c.iommufd : undefined].every(
        (n) => n === undefined || fds.some((f) => f.name === n),
      );
      if (ready) add(c, i);
      return !ready;
    });
    if (stuck.length === rest.length)
      throw new Error(`no call makes the name used by ${JSON.stringify(stuck[0]![0])}`);
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
  const anchors: Record<Granularity, InstanceKey[]> = {
    device: deviceAnchors,
    group: groups.map((group) => ({ group })),
    devset: [...new Set(deviceAnchors.map((a) => a.devset!))].map((devset) => ({ devset })),
    file: files.map((f) => f.key),
    fd: fds.map((f) => ({ ...fdAnchor(f.name)! })),
    ioas,
    iommufdGroup: files
      .filter((f) => f.kind === 'iommufd' || f.kind === 'container')
      .flatMap((f) =>
        groups.map((group): InstanceKey => ({ file: f.name, fileKind: f.kind, group })),
      ),
    kvm: kvms.map((kvm) => ({ kvm })),
    global: [{}],
  };
  const census =
    (anchor: InstanceKey): InstanceCounts['files'] =>
    (kinds, key) =>
      files.filter(
        (f) => kinds.includes(f.kind) && (key === undefined || f.key[key] === anchor[key]),
      ).length;
  return {
    files,
    fds,
    keys: anchors,
    fdKey: fdAnchor,
    deviceKey: deviceAnchor,
    ioasKey: (name) => ioas.find((a) => a.ioas === name),
    counts: {
      files: census({}),
      calls: (name) => calls.filter((c) => c.call === name).length,
      world,
    },
  };
}

/** The census as one object sees it: `files(kinds, key)` compares with that object's anchor. */
export function instanceCountsFor(instances: Instances, anchor: InstanceKey): InstanceCounts {
  return {
    ...instances.counts,
    files: (kinds, key) =>
      instances.files.filter(
        (f) => kinds.includes(f.kind) && (key === undefined || f.key[key] === anchor[key]),
      ).length,
  };
}

/** The name that a call's result goes by, given or made up. */
export function resultName(c: Call, index: number): string {
  return c.as ?? `${c.call}#${index}`;
}

/** All object types of a model, the machine's own first. */
export function objectTypes(model: DesignModel): readonly ObjectType[] {
  return [FD_TYPE, FILE_TYPE, ...model.objects];
}

/** The anchors that a type has an instance for. */
export function instanceKeysOf(spec: ObjectType, instances: Instances): readonly InstanceKey[] {
  const kinds =
    spec.fileKinds ??
    (spec.per === 'ioas' || spec.per === 'iommufdGroup' ? ['iommufd'] : undefined);
  const anchors = instances.keys[spec.per];
  return kinds
    ? anchors.filter((a) => a.fileKind !== undefined && kinds.includes(a.fileKind))
    : anchors;
}
