import type { ObjectSlot, Program } from '../kernel/program';
import { processOf } from '../kernel/world';
import { castOf, type Actor, type Cast } from './cast';

/** Groups that are shown as one node each. */
export type Folded = ReadonlySet<string>;

export const NO_FOLDS: Folded = new Set();

const memberships = new WeakMap<Program, ReadonlyMap<string, string>>();

/** The IOMMU group that an actor is folded with, by actor id: what is anchored at one, a reset set of its devices alone, and the contexts of a process that works with one alone. */
export function groupsOf(program: Program): ReadonlyMap<string, string> {
  const known = memberships.get(program);
  if (known) return known;
  const own = groupsOfProcesses(program);
  const groups = new Map<string, string>();
  for (const { id, what } of castOf(program).actors) {
    const slot = what.kind === 'object' || what.kind === 'node' ? what.slot : undefined;
    const group = slot && groupOf(slot, program, own);
    if (group !== undefined) groups.set(id, group);
  }
  memberships.set(program, groups);
  return groups;
}

function groupOf(
  { anchor }: ObjectSlot,
  program: Program,
  own: ReadonlyMap<string, string>,
): string | undefined {
  const file =
    anchor.fileKind === 'iommufd' || anchor.fileKind === 'container'
      ? program.files.find((each) => each.name === anchor.file)
      : undefined;
  return (
    (file && own.get(processOf(file.by))) ?? anchor.group ?? groupOfSet(anchor.devset, program)
  );
}

/** A set that spans groups is in none of them: its lock is where their tasks meet, and would be out of sight for those of the other. */
function groupOfSet(devset: string | undefined, { world }: Program): string | undefined {
  const groups = new Set(
    world.devices
      .filter((device) => (device.devset ?? device.name) === devset)
      .map((device) => device.group),
  );
  return groups.size === 1 ? [...groups][0] : undefined;
}

/** Processes whose device fds are all of one group. */
function groupsOfProcesses(program: Program): ReadonlyMap<string, string> {
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
export function foldId(group: string): string {
  return `fold:${group}`;
}

/** The cast with the folded groups as one actor each, and who stands for whom. Same object for the same program and folds. */
export function foldCast(program: Program, folded: Folded): FoldedCast {
  const known = foldedCasts.get(program) ?? new WeakMap<Folded, FoldedCast>();
  foldedCasts.set(program, known);
  const made = known.get(folded) ?? makeFoldedCast(program, folded);
  known.set(folded, made);
  return made;
}

interface FoldedCast {
  readonly cast: Cast;
  readonly standIn: ReadonlyMap<string, string>;
}

const foldedCasts = new WeakMap<Program, WeakMap<Folded, FoldedCast>>();

function makeFoldedCast(program: Program, folded: Folded): FoldedCast {
  const whole = castOf(program);
  const standIn = new Map(
    [...groupsOf(program)].flatMap(([id, group]): [string, string][] =>
      folded.has(group) ? [[id, foldId(group)]] : [],
    ),
  );
  if (standIn.size === 0) return { cast: whole, standIn };
  const groups = [...new Set(program.world.devices.map((device) => device.group))].filter((group) =>
    folded.has(group),
  );
  const actors = [
    ...whole.actors.filter((actor) => !standIn.has(actor.id)),
    ...groups.map((group) => foldActor(program, group)),
  ];
  const ties = whole.ties
    .map(({ a, b, weight }) => ({ a: standIn.get(a) ?? a, b: standIn.get(b) ?? b, weight }))
    .filter(({ a, b }) => a !== b);
  return {
    cast: { actors, byId: new Map(actors.map((actor) => [actor.id, actor])), ties },
    standIn,
  };
}

/** A line for how many are open, one for each device, and two for what the last step did, or one for a lock. */
function foldActor(program: Program, group: string): Actor {
  return {
    id: foldId(group),
    lane: 'core',
    what: { kind: 'fold', group },
    size: { form: 'tall', rows: devicesOf(program, group).length + 3 },
  };
}

/** The devices of a group, as objects. */
export function devicesOf(program: Program, group: string): readonly ObjectSlot[] {
  return program.objects.filter(
    (slot) => slot.type === 'vfio_device' && slot.anchor.group === group,
  );
}
