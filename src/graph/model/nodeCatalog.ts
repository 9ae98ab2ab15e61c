import type { ObjectType, Routine } from '../../kernel/language/design';
import type { Op } from '../../kernel/language/primitives';
import type { ObjectSlot, Program } from '../../kernel/compiler/program';
import { eachStatement } from '../../kernel/language/statements';
import { isTouched, isWritten } from './fieldUse';
import { nodeFieldNames, isDrawnAsEdge, laneOf, type LaneId } from '../layout/lanes';
import { nodeSizeOf, type NodeSize } from '../layout/nodeMetrics';

/** A node that a program may show: its lane and size, independent of the state. */
export interface NodeSpec {
  /** Stable across programs: `vfio_device:vfio0`, `process:qemu`, `node:vfio0`, `fops:parked`. */
  readonly id: string;
  readonly lane: LaneId;
  readonly size: NodeSize;
  readonly source:
    | { readonly kind: 'object'; readonly slot: ObjectSlot }
    /** `kernel`: of the driver, if it has tasks. */
    | { readonly kind: 'process'; readonly process: string; readonly kernel?: boolean }
    /** A device node in /dev, which exists while `field` is 1. */
    | {
        readonly kind: 'deviceNode';
        readonly slot: ObjectSlot;
        readonly field: number;
        readonly path: string;
      }
    | { readonly kind: 'fops'; readonly table: 'parked' | 'normal' }
    /** An IOMMU group with all that belongs to it. */
    | { readonly kind: 'foldedGroup'; readonly group: string };
}

/** An edge that some state may have; the layout puts its nodes close together. */
interface PossibleEdge {
  readonly a: string;
  readonly b: string;
  readonly weight: number;
}

/** Every node and edge that a program may show. */
export interface NodeCatalog {
  readonly nodes: readonly NodeSpec[];
  readonly byId: ReadonlyMap<string, NodeSpec>;
  readonly possibleEdges: readonly PossibleEdge[];
}

/** Value of the lifetime field of a freed object. */
const FREED_LIFE = 2;
/** fds that fit into a process node before it grows, and fds per additional row. */
const MIN_FD_SLOTS = 3;
const FDS_PER_ROW = 3;
/** A program with fewer calls is still being edited: every object is shown, none as a chip, since any may be used next. */
const MIN_CALLS_FOR_OMISSIONS = 3;
/** Parts of a path that the calls of a scenario may not take: not shown if no step uses them. */
const OMITTED_IF_UNUSED: ReadonlySet<string> = new Set(['vfio', 'device', 'cdev', 'vfio_group']);
const CHIP_SIZE: NodeSize = { form: 'chip', rows: 0 };

/** The objects that a process has besides its files, with the label of the edge. */
export const OWNED_BY_PROCESS: Readonly<Record<string, string>> = {
  vm_area_struct: 'mm',
  kvm_vfio: 'VM fd',
};

const catalogs = new WeakMap<Program, NodeCatalog>();

/** Every node that a program may show. Same object for the same program. */
export function nodeCatalogOf(program: Program): NodeCatalog {
  const cached = catalogs.get(program);
  if (cached) return cached;
  const nodes = [
    ...processNodes(program),
    ...objectNodes(program),
    ...deviceNodes(program),
    ...fopsNodes(program),
  ];
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const catalog: NodeCatalog = { nodes, byId, possibleEdges: possibleEdgesOf(program, byId) };
  catalogs.set(program, catalog);
  return catalog;
}

/** The id of an object's node. */
export function nodeIdOf(slot: ObjectSlot): string {
  return `${slot.type}:${slot.name}`;
}

/** Names of the processes in order, kernel tasks last. */
function processNames(program: Program): readonly string[] {
  const unlisted = program.tasks
    .map((task) => task.process)
    .filter((name) => !program.world.processes.includes(name));
  return [...new Set([...program.world.processes, ...unlisted, 'driver'])];
}

function processNodes(program: Program): NodeSpec[] {
  return processNames(program).map((process): NodeSpec => {
    const tasks = program.tasks.filter((task) => task.process === process).length;
    if (!program.world.processes.includes(process))
      return {
        id: `process:${process}`,
        lane: 'process',
        source: { kind: 'process', process, kernel: tasks > 0 },
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
  const allocated = allocatedLifeFields(program);
  return program.objects.flatMap((slot): NodeSpec[] => {
    const lane = laneOf(slot.spec);
    if (
      isOmitted(program, slot) &&
      !Object.keys(slot.fields).some((name) => isTouched(program, slot, name))
    )
      return [];
    if (!lane || nodeFieldNames(slot.spec).length + Object.keys(slot.links).length === 0) return [];
    const mayExist =
      slot.lifetime === undefined ||
      program.fields[slot.lifetime]?.init !== 0 ||
      allocated.has(slot.lifetime);
    return mayExist
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

/** Whether an object is shown only if some step uses it. */
function isOmitted(program: Program, { type }: ObjectSlot): boolean {
  return hasOmissions(program) && OMITTED_IF_UNUSED.has(type);
}

function hasOmissions({ calls, replaced }: Program): boolean {
  return Math.max(calls.length, replaced?.calls.length ?? 0) >= MIN_CALLS_FOR_OMISSIONS;
}

/** Whether no step of the program writes a field of it other than those that edges show. */
function isNeverWritten(program: Program, slot: ObjectSlot): boolean {
  return (
    hasOmissions(program) &&
    nodeFieldNames(slot.spec).every(
      (name) => isDrawnAsEdge(slot.spec, name) || !isWritten(program, slot, name),
    )
  );
}

/** Lifetime fields that some step sets to live. An object that steps only free never appears. */
function allocatedLifeFields(program: Program): ReadonlySet<number> {
  const allocated = new Set<number>();
  for (const task of program.tasks) {
    for (const step of task.steps) {
      eachStatement(step.body, (statement) => {
        if (
          statement.op === 'set' &&
          !(statement.value.op === 'const' && statement.value.value === FREED_LIFE)
        )
          allocated.add(statement.field);
      });
    }
  }
  return allocated;
}

function deviceNodes(program: Program): NodeSpec[] {
  const fieldsByRole = cdevFieldsByRole(program);
  return program.objects.flatMap((slot) => {
    const names = fieldsByRole.get(slot.spec.role) ?? new Set<string>();
    // A number that is mapped without a node is no file of /dev.
    const shown = names.has('node') ? ['node'] : [...names];
    return shown.flatMap((name): NodeSpec[] => {
      const field = slot.fields[name];
      if (field === undefined || (isOmitted(program, slot) && !isTouched(program, slot, name)))
        return [];
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
    });
  });
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

/** Names of the fields that `cdevAdd` sets, by role of their object. */
function cdevFieldsByRole(program: Program): ReadonlyMap<string, ReadonlySet<string>> {
  const fieldsByRole = new Map<string, Set<string>>();
  const visit = (op: Op): void => {
    if (op.kind === 'cdevAdd') {
      const [role = '', name = ''] = op.field.split('.');
      fieldsByRole.set(role, (fieldsByRole.get(role) ?? new Set()).add(name));
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
  return fieldsByRole;
}

/** All object types of a design: lane heights must not depend on the scenario. */
export function objectTypesOf(program: Program): readonly ObjectType[] {
  return [...new Set([...program.objects.map((slot) => slot.spec), ...program.model.objects])];
}

function possibleEdgesOf(program: Program, byId: ReadonlyMap<string, NodeSpec>): PossibleEdge[] {
  const edges: PossibleEdge[] = [];
  const addEdge = (a: string, b: string, weight: number): void => {
    if (byId.has(a) && byId.has(b) && a !== b) edges.push({ a, b, weight });
  };
  const object = (index: number): string => {
    const slot = program.objects[index];
    return slot ? nodeIdOf(slot) : '';
  };
  for (const slot of program.objects) {
    for (const link of Object.values(slot.links)) addEdge(nodeIdOf(slot), object(link.object), 3);
    for (const index of Object.values(slot.fields)) {
      const targets = program.fields[index]?.targets ?? [];
      for (const target of targets) addEdge(nodeIdOf(slot), object(target), 2 / targets.length);
    }
  }
  for (const fd of program.fds) {
    const file = program.files[fd.file];
    if (file) addEdge(`process:${fd.process}`, object(file.object), 2);
  }
  for (const slot of program.objects)
    if (OWNED_BY_PROCESS[slot.type] !== undefined)
      addEdge(`process:${slot.key.process}`, nodeIdOf(slot), 2);
  for (const node of byId.values())
    if (node.source.kind === 'deviceNode') addEdge(node.id, nodeIdOf(node.source.slot), 3);
  for (const file of program.files)
    if (file.normalAccess)
      for (const table of ['parked', 'normal']) addEdge(object(file.object), `fops:${table}`, 0.5);
  return edges;
}
