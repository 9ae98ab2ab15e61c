import type { ObjectType, Routine } from '../../kernel/language/design';
import type { Op } from '../../kernel/language/primitives';
import type { ObjectSlot, Program } from '../../kernel/compiler/program';
import { eachStatement } from '../../kernel/language/statements';
import { nodeFieldNames, isDrawnAsEdge, laneOf, type LaneId } from '../layout/lanes';
import { nodeSizeOf, type NodeSize } from '../layout/nodeMetrics';

/** Something that may stand on the stage: where it belongs and how big it is, whatever the state. */
export interface NodeSpec {
  /** Stable over programs: `vfio_device:vfio0`, `process:qemu`, `node:vfio0`, `fops:parked`. */
  readonly id: string;
  readonly lane: LaneId;
  readonly size: NodeSize;
  readonly source:
    | { readonly kind: 'object'; readonly slot: ObjectSlot }
    | { readonly kind: 'process'; readonly process: string }
    /** A device node in /dev, there while `field` is 1. */
    | {
        readonly kind: 'deviceNode';
        readonly slot: ObjectSlot;
        readonly field: number;
        readonly path: string;
      }
    | { readonly kind: 'fops'; readonly table: 'parked' | 'normal' }
    /** Everything of an IOMMU group in one node. */
    | { readonly kind: 'foldedGroup'; readonly group: string };
}

/** A possible tie between two actors, for their order in the lanes. */
interface PossibleEdge {
  readonly a: string;
  readonly b: string;
  readonly weight: number;
}

export interface NodeCatalog {
  readonly nodes: readonly NodeSpec[];
  readonly byId: ReadonlyMap<string, NodeSpec>;
  readonly possibleEdges: readonly PossibleEdge[];
}

/** The life of a freed object. */
const FREED_LIFE = 2;
/** fd places that a process node has room for before it grows, and so many for each row more. */
const MIN_FD_SLOTS = 3;
const FDS_PER_ROW = 3;
/** A program of fewer calls is only being made: nobody knows yet what will matter. */
const MIN_CALLS_FOR_CHIPS = 3;
const CHIP_SIZE: NodeSize = { form: 'chip', rows: 0 };

const catalogs = new WeakMap<Program, NodeCatalog>();

/** Everything that this program can put on the stage. */
export function nodeCatalogOf(program: Program): NodeCatalog {
  const known = catalogs.get(program);
  if (known) return known;
  const actors = [
    ...processNodes(program),
    ...objectNodes(program),
    ...deviceNodes(program),
    ...fopsNodes(program),
  ];
  const byId = new Map(actors.map((actor) => [actor.id, actor]));
  const cast: NodeCatalog = { nodes: actors, byId, possibleEdges: possibleEdgesOf(program, byId) };
  catalogs.set(program, cast);
  return cast;
}

/** The id of an object's node. */
export function nodeIdOf(slot: ObjectSlot): string {
  return `${slot.type}:${slot.name}`;
}

/** Names of the processes in their order, the kernel's drivers last. */
function processNames(program: Program): readonly string[] {
  const extra = program.tasks
    .map((task) => task.process)
    .filter((name) => !program.world.processes.includes(name));
  return [...new Set([...program.world.processes, ...extra, 'driver'])];
}

function processNodes(program: Program): NodeSpec[] {
  return processNames(program).map((process): NodeSpec => {
    const tasks = program.tasks.filter((task) => task.process === process).length;
    if (!program.world.processes.includes(process))
      return {
        id: `process:${process}`,
        lane: 'process',
        source: { kind: 'process', process },
        size: { form: 'tall', rows: Math.max(1, tasks * 2) },
      };
    const fds = program.fds.filter((fd) => fd.process === process).length;
    const rows = Math.max(1, tasks) * 2 + Math.ceil(Math.max(MIN_FD_SLOTS, fds) / FDS_PER_ROW);
    return {
      id: `process:${process}`,
      lane: 'process',
      source: { kind: 'process', process },
      size: { form: 'tall', rows },
    };
  });
}

/** Objects that exist from the start or that some step of the program allocates. */
function objectNodes(program: Program): NodeSpec[] {
  const lives = allocatedLifeFields(program);
  return program.objects.flatMap((slot): NodeSpec[] => {
    const lane = laneOf(slot.spec);
    if (!lane || nodeFieldNames(slot.spec).length + Object.keys(slot.links).length === 0) return [];
    const can =
      slot.lifetime === undefined ||
      program.fields[slot.lifetime]?.init !== 0 ||
      lives.has(slot.lifetime);
    return can
      ? [
          {
            id: nodeIdOf(slot),
            lane,
            size: isNeverWritten(program, slot) ? CHIP_SIZE : nodeSizeOf(slot.spec),
            source: { kind: 'object', slot },
          },
        ]
      : [];
  });
}

/** No step of the program writes a field of it that an edge does not tell. */
function isNeverWritten(program: Program, slot: ObjectSlot): boolean {
  return (
    program.calls.length >= MIN_CALLS_FOR_CHIPS &&
    nodeFieldNames(slot.spec).every(
      (name) =>
        isDrawnAsEdge(slot.spec, name) ||
        program.fields[slot.fields[name] ?? -1]?.constant !== false,
    )
  );
}

/** Life fields that some step sets to live; what is only ever freed never comes. */
function allocatedLifeFields(program: Program): ReadonlySet<number> {
  const lives = new Set<number>();
  for (const task of program.tasks) {
    for (const step of task.steps) {
      eachStatement(step.body, (statement) => {
        if (
          statement.op === 'set' &&
          !(statement.value.op === 'const' && statement.value.value === FREED_LIFE)
        )
          lives.add(statement.field);
      });
    }
  }
  return lives;
}

function deviceNodes(program: Program): NodeSpec[] {
  const places = cdevFieldsByRole(program);
  return program.objects.flatMap((slot) =>
    [...(places.get(slot.spec.role) ?? [])].flatMap((name): NodeSpec[] => {
      const field = slot.fields[name];
      if (field === undefined) return [];
      const path =
        slot.type === 'vfio_group'
          ? `/dev/vfio/${slot.key.group ?? slot.name}`
          : `/dev/vfio/devices/${slot.key.device ?? slot.name}`;
      return [
        {
          id: `node:${slot.name}`,
          lane: 'context',
          size: CHIP_SIZE,
          source: { kind: 'deviceNode', slot, field, path },
        },
      ];
    }),
  );
}

function fopsNodes(program: Program): NodeSpec[] {
  if (!program.files.some((file) => file.normalAccess)) return [];
  return (['parked', 'normal'] as const).map((table): NodeSpec => ({
    id: `fops:${table}`,
    lane: 'context',
    size: CHIP_SIZE,
    source: { kind: 'fops', table },
  }));
}

/** The fields that say whether a cdev is in the device map, by role of their object. */
function cdevFieldsByRole(program: Program): ReadonlyMap<string, ReadonlySet<string>> {
  const places = new Map<string, Set<string>>();
  const visit = (op: Op): void => {
    if (op.kind === 'cdevAdd') {
      const [role = '', name = ''] = op.field.split('.');
      places.set(role, (places.get(role) ?? new Set()).add(name));
    }
    if ('ops' in op) op.ops.forEach(visit);
    if ('then' in op) op.then.forEach(visit);
    if ('otherwise' in op) op.otherwise.forEach(visit);
    if ('onZero' in op) op.onZero.forEach(visit);
  };
  const routine = (r: Routine): void => r.steps.forEach((step) => step.ops.forEach(visit));
  for (const body of Object.values(program.model.calls)) {
    if ('steps' in body) routine(body);
    else [...Object.values(body.byKind), body.other].forEach(routine);
  }
  return places;
}

/** The types of a design, for the height of the lanes whatever the scenario. */
export function objectTypesOf(program: Program): readonly ObjectType[] {
  return [...new Set([...program.objects.map((slot) => slot.spec), ...program.model.objects])];
}

function possibleEdgesOf(program: Program, byId: ReadonlyMap<string, NodeSpec>): PossibleEdge[] {
  const ties: PossibleEdge[] = [];
  const tie = (a: string, b: string, weight: number): void => {
    if (byId.has(a) && byId.has(b) && a !== b) ties.push({ a, b, weight });
  };
  const object = (index: number): string => {
    const slot = program.objects[index];
    return slot ? nodeIdOf(slot) : '';
  };
  for (const slot of program.objects) {
    for (const link of Object.values(slot.links)) tie(nodeIdOf(slot), object(link.object), 3);
    for (const index of Object.values(slot.fields)) {
      const targets = program.fields[index]?.targets ?? [];
      for (const target of targets) tie(nodeIdOf(slot), object(target), 2 / targets.length);
    }
  }
  for (const fd of program.fds) {
    const file = program.files[fd.file];
    if (file) tie(`process:${fd.process}`, object(file.object), 2);
  }
  for (const actor of byId.values())
    if (actor.source.kind === 'deviceNode') tie(actor.id, nodeIdOf(actor.source.slot), 3);
  for (const file of program.files)
    if (file.normalAccess)
      for (const table of ['parked', 'normal']) tie(object(file.object), `fops:${table}`, 0.5);
  return ties;
}
