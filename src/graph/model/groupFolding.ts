import type { ObjectSlot, Program } from '../../kernel/compiler/program';
import { processOf } from '../../kernel/language/world';
import { nodeCatalogOf, type NodeSpec, type NodeCatalog } from './nodeCatalog';

/** Groups that are shown as one node each. */
export type FoldedGroups = ReadonlySet<string>;

export const NO_FOLDED_GROUPS: FoldedGroups = new Set();

const groupByNodeCache = new WeakMap<Program, ReadonlyMap<string, string>>();

/** The IOMMU group that an actor is folded with, by actor id: what is anchored at one, a reset set of its devices alone, and the contexts of a process that works with one alone. */
export function groupByNodeId(program: Program): ReadonlyMap<string, string> {
  const known = groupByNodeCache.get(program);
  if (known) return known;
  const own = groupByProcess(program);
  const groups = new Map<string, string>();
  for (const { id, source: what } of nodeCatalogOf(program).nodes) {
    const slot = what.kind === 'object' || what.kind === 'deviceNode' ? what.slot : undefined;
    const group = slot && groupOfObject(slot, program, own);
    if (group !== undefined) groups.set(id, group);
  }
  groupByNodeCache.set(program, groups);
  return groups;
}

function groupOfObject(
  { key: anchor }: ObjectSlot,
  program: Program,
  own: ReadonlyMap<string, string>,
): string | undefined {
  const file =
    anchor.fileKind === 'iommufd' || anchor.fileKind === 'container'
      ? program.files.find((each) => each.name === anchor.file)
      : undefined;
  return (
    (file && own.get(processOf(file.by))) ??
    anchor.group ??
    groupOfDeviceSet(anchor.devset, program)
  );
}

/** A set that spans groups is in none of them: its lock is where their tasks meet, and would be out of sight for those of the other. */
function groupOfDeviceSet(devset: string | undefined, { world }: Program): string | undefined {
  const groups = new Set(
    world.devices
      .filter((device) => (device.devset ?? device.name) === devset)
      .map((device) => device.group),
  );
  return groups.size === 1 ? [...groups][0] : undefined;
}

/** Processes whose device fds are all of one group. */
function groupByProcess(program: Program): ReadonlyMap<string, string> {
  const all = new Map<string, Set<string>>();
  for (const fd of program.fds) {
    const group = program.files[fd.file]?.group;
    if (group !== undefined) all.set(fd.process, (all.get(fd.process) ?? new Set()).add(group));
  }
  return new Map(
    [...all].flatMap(([process, groups]): [string, string][] =>
      groups.size === 1 ? [[process, [...groups][0] ?? '']] : [],
    ),
  );
}

/** The id of the node that stands for a folded group. */
export function foldedGroupId(group: string): string {
  return `fold:${group}`;
}

/** The cast with the folded groups as one actor each, and who stands for whom. Same object for the same program and folds. */
export function foldCatalog(program: Program, folded: FoldedGroups): FoldedCatalog {
  const known = foldedCatalogs.get(program) ?? new WeakMap<FoldedGroups, FoldedCatalog>();
  foldedCatalogs.set(program, known);
  const made = known.get(folded) ?? makeFoldedCatalog(program, folded);
  known.set(folded, made);
  return made;
}

interface FoldedCatalog {
  readonly catalog: NodeCatalog;
  readonly foldedInto: ReadonlyMap<string, string>;
}

const foldedCatalogs = new WeakMap<Program, WeakMap<FoldedGroups, FoldedCatalog>>();

function makeFoldedCatalog(program: Program, folded: FoldedGroups): FoldedCatalog {
  const whole = nodeCatalogOf(program);
  const standIn = new Map(
    [...groupByNodeId(program)].flatMap(([id, group]): [string, string][] =>
      folded.has(group) ? [[id, foldedGroupId(group)]] : [],
    ),
  );
  if (standIn.size === 0) return { catalog: whole, foldedInto: standIn };
  const groups = [...new Set(program.world.devices.map((device) => device.group))].filter((group) =>
    folded.has(group),
  );
  const actors = [
    ...whole.nodes.filter((actor) => !standIn.has(actor.id)),
    ...groups.map((group) => foldedGroupNode(program, group)),
  ];
  const ties = whole.possibleEdges
    .map(({ a, b, weight }) => ({ a: standIn.get(a) ?? a, b: standIn.get(b) ?? b, weight }))
    .filter(({ a, b }) => a !== b);
  return {
    catalog: {
      nodes: actors,
      byId: new Map(actors.map((actor) => [actor.id, actor])),
      possibleEdges: ties,
    },
    foldedInto: standIn,
  };
}

/** A line for how many are open, one for each device, and two for what the last step did, or one for a lock. */
function foldedGroupNode(program: Program, group: string): NodeSpec {
  return {
    id: foldedGroupId(group),
    lane: 'core',
    source: { kind: 'foldedGroup', group },
    size: { form: 'tall', rows: devicesInGroup(program, group).length + 3 },
  };
}

/** The devices of a group, as objects. */
export function devicesInGroup(program: Program, group: string): readonly ObjectSlot[] {
  return program.objects.filter((slot) => slot.type === 'vfio_device' && slot.key.group === group);
}
