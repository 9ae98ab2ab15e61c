import type { ObjectSlot, Program } from '../../kernel/compiler/program';
import { processOf } from '../../kernel/language/world';
import { nodeCatalogOf, type NodeSpec, type NodeCatalog } from './nodeCatalog';

/** IOMMU groups (by number) that are shown as one node each. */
export type FoldedGroups = ReadonlySet<string>;

/** Nothing is folded. */
export const NO_FOLDED_GROUPS: FoldedGroups = new Set();

const groupByNodeCache = new WeakMap<Program, ReadonlyMap<string, string>>();

/** The IOMMU group that a node is folded into, by node id: objects of the group and its devices, a device set within the group, and the contexts of a process that uses no other group. */
export function groupByNodeId(program: Program): ReadonlyMap<string, string> {
  const cached = groupByNodeCache.get(program);
  if (cached) return cached;
  const groupOfProcess = groupByProcess(program);
  const groups = new Map<string, string>();
  for (const { id, source } of nodeCatalogOf(program).nodes) {
    const slot = source.kind === 'object' || source.kind === 'deviceNode' ? source.slot : undefined;
    const group = slot && groupOfObject(slot, program, groupOfProcess);
    if (group !== undefined) groups.set(id, group);
  }
  groupByNodeCache.set(program, groups);
  return groups;
}

function groupOfObject(
  { key }: ObjectSlot,
  program: Program,
  groupOfProcess: ReadonlyMap<string, string>,
): string | undefined {
  const file =
    key.fileKind === 'iommufd' || key.fileKind === 'container'
      ? program.files.find((each) => each.name === key.file)
      : undefined;
  return (
    (file && groupOfProcess.get(processOf(file.by))) ??
    key.group ??
    groupOfDeviceSet(key.devset, program)
  );
}

/** A device set that spans groups belongs to none: tasks of both groups contend for its lock, so it must stay visible. */
function groupOfDeviceSet(devset: string | undefined, { world }: Program): string | undefined {
  const groups = new Set(
    world.devices
      .filter((device) => (device.devset ?? device.name) === devset)
      .map((device) => device.group),
  );
  return groups.size === 1 ? [...groups][0] : undefined;
}

/** The group of each process whose device fds all belong to one group. */
function groupByProcess(program: Program): ReadonlyMap<string, string> {
  const groupsByProcess = new Map<string, Set<string>>();
  for (const fd of program.fds) {
    const group = program.files[fd.file]?.group;
    if (group !== undefined)
      groupsByProcess.set(fd.process, (groupsByProcess.get(fd.process) ?? new Set()).add(group));
  }
  return new Map(
    [...groupsByProcess].flatMap(([process, groups]): [string, string][] =>
      groups.size === 1 ? [[process, [...groups][0] ?? '']] : [],
    ),
  );
}

/** The node id of a folded group. */
export function foldedGroupId(group: string): string {
  return `fold:${group}`;
}

/** The catalog with one node per folded group. Same object for the same program and groups. */
export function foldCatalog(program: Program, folded: FoldedGroups): FoldedCatalog {
  const cached = foldedCatalogs.get(program) ?? new WeakMap<FoldedGroups, FoldedCatalog>();
  foldedCatalogs.set(program, cached);
  const catalog = cached.get(folded) ?? makeFoldedCatalog(program, folded);
  cached.set(folded, catalog);
  return catalog;
}

const shownCatalogs = new WeakMap<NodeCatalog, WeakMap<ReadonlySet<string>, NodeCatalog>>();

/** The nodes of a catalog that are in `shown`, and its folded groups. Same object for the same arguments. */
export function catalogOfShown(full: NodeCatalog, shown: ReadonlySet<string>): NodeCatalog {
  const cached = shownCatalogs.get(full) ?? new WeakMap<ReadonlySet<string>, NodeCatalog>();
  shownCatalogs.set(full, cached);
  const known = cached.get(shown);
  if (known) return known;
  const nodes = full.nodes.filter(
    ({ id, source }) => shown.has(id) || source.kind === 'foldedGroup',
  );
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const catalog = {
    nodes,
    byId,
    possibleEdges: full.possibleEdges.filter(({ a, b }) => byId.has(a) && byId.has(b)),
  };
  cached.set(shown, catalog);
  return catalog;
}

/** A catalog, and the id of the folded group by the id of a node in it. */
interface FoldedCatalog {
  readonly catalog: NodeCatalog;
  readonly foldedInto: ReadonlyMap<string, string>;
}

const foldedCatalogs = new WeakMap<Program, WeakMap<FoldedGroups, FoldedCatalog>>();

function makeFoldedCatalog(program: Program, folded: FoldedGroups): FoldedCatalog {
  const full = nodeCatalogOf(program);
  const foldedInto = new Map(
    [...groupByNodeId(program)].flatMap(([id, group]): [string, string][] =>
      folded.has(group) ? [[id, foldedGroupId(group)]] : [],
    ),
  );
  if (foldedInto.size === 0) return { catalog: full, foldedInto };
  const groups = [...new Set(program.world.devices.map((device) => device.group))].filter((group) =>
    folded.has(group),
  );
  const nodes = [
    ...full.nodes.filter((node) => !foldedInto.has(node.id)),
    ...groups.map((group) => foldedGroupNode(program, group)),
  ];
  const possibleEdges = full.possibleEdges
    .map(({ a, b, weight }) => ({ a: foldedInto.get(a) ?? a, b: foldedInto.get(b) ?? b, weight }))
    .filter(({ a, b }) => a !== b);
  return {
    catalog: {
      nodes,
      byId: new Map(nodes.map((node) => [node.id, node])),
      possibleEdges,
    },
    foldedInto,
  };
}

/** Rows: how many files are open, one per device, two for the last change or a lock. */
function foldedGroupNode(program: Program, group: string): NodeSpec {
  return {
    id: foldedGroupId(group),
    lane: 'core',
    source: { kind: 'foldedGroup', group },
    size: { form: 'tall', rows: devicesInGroup(program, group).length + 3 },
  };
}

/** The objects of the devices of a group. */
export function devicesInGroup(program: Program, group: string): readonly ObjectSlot[] {
  return program.objects.filter((slot) => slot.type === 'vfio_device' && slot.key.group === group);
}
