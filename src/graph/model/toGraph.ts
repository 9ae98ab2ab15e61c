import { evaluate } from '../../kernel/language/expressions';
import { waitText } from '../../kernel/machine/describeEvent';
import {
  currentCall,
  isEnabled,
  inCall,
  nextStep,
  currentWait,
  type StepEvent,
} from '../../kernel/machine/machine';
import type { ObjectSlot, Program } from '../../kernel/compiler/program';
import { accessBeforeBind } from '../../kernel/language/accessBeforeBind';
import { processOf } from '../../kernel/language/world';
import { edgeFieldsOf } from './edgeFields';
import { cachedView, activeObjects, type CachedView } from './viewCache';
import { nodeCatalogOf, nodeIdOf, type NodeSpec } from './nodeCatalog';
import { routeEdge, type EdgeRoute } from '../routing/edgePath';
import { devicesInGroup } from './groupFolding';
import { lastChangeIn } from './foldedChange';
import {
  isTaskEdge,
  type Badge,
  type EdgeView,
  type FdView,
  type FoldedDevice,
  type FoldedGroupView,
  type FopsView,
  type Graph,
  type NodeView,
  type ObjectView,
  type ProcessView,
  type TaskView,
} from './graph';
import { badgeRect, MAX_BADGE_WIDTH, limitBadgeWidths } from '../layout/badgeRect';
import { memoizeByLayout } from '../layout/memoizeByLayout';
import { layOutGraph, type GraphLayout } from '../layout/graphLayout';
import { textRowsIn } from '../layout/textFit';
import { describeWait, taskRef } from './taskWaits';
import { waitCycles } from '../../kernel/properties/noDeadlock';
import { fieldViewsOf, chooseVisibleFields } from './fieldViews';
import { routeWaitEdges } from '../routing/waitEdgeRouter';
import type { Rect } from '../layout/geometry';

/** What to show besides the state itself. */
export interface GraphOptions {
  /** The state before the last step of the same program: values that it changed show what they were. */
  readonly previous?: Int32Array | undefined;
  /** Badges by the name of the object or process that they stand at. */
  readonly badges?: ReadonlyMap<string, readonly Badge[]> | undefined;
  /** fd numbers by fd name, as the runner derives them. */
  readonly fdNumbers?: ReadonlyMap<string, number> | undefined;
  /** What the last step told. */
  readonly events?: readonly StepEvent[] | undefined;
  /** The task that used freed memory in the last step, and the objects (indices). */
  readonly useAfterFree?:
    { readonly task: number; readonly objects: readonly number[] } | undefined;
}

const NO_BADGES: readonly Badge[] = [];

type PlacedNode = Pick<NodeView, 'id' | 'placement' | 'inLastColumn' | 'maxBadgeWidth'>;

/** The graph of one state: live objects, and freed ones that somebody still points at, at their frozen places. */
export function toGraph(
  program: Program,
  state: Int32Array,
  layout: GraphLayout = layOutGraph(program),
  extras: GraphOptions = {},
): Graph {
  const view = new GraphBuilder(program, state, layout, extras);
  const nodes = limitBadgeWidths(layout.catalog.nodes.flatMap((actor) => view.node(actor) ?? []));
  const there = new Set(nodes.map((node) => node.id));
  const edges = dedupeFoldedEdges(
    view
      .edges(nodes.flatMap(badgeRect))
      .filter((edge) => there.has(edge.source) && there.has(edge.target)),
    layout,
  );
  return { nodes, edges, zones: layout.zones };
}

/** Edges to a folded group come from many of its objects: one of each style is enough. */
function dedupeFoldedEdges(
  edges: readonly EdgeView[],
  { foldedInto: standIn }: GraphLayout,
): readonly EdgeView[] {
  if (standIn.size === 0) return edges;
  const known = new Set<string>();
  return edges.flatMap((edge): EdgeView[] => {
    const { source, target, style, label } = edge;
    if (!source.startsWith('fold:') && !target.startsWith('fold:')) return [edge];
    const counted = isTaskEdge(edge) ? label : style === 'fd' || style === 'fops' ? style : '';
    const id = `${source} ${target} ${counted}`;
    if (known.has(id)) return [];
    known.add(id);
    return [{ ...edge, id }];
  });
}

class GraphBuilder {
  private readonly freedShown: ReadonlySet<number>;
  private readonly activeObjects: ReadonlySet<number>;

  constructor(
    private readonly program: Program,
    private readonly state: Int32Array,
    private readonly layout: GraphLayout,
    private readonly extras: GraphOptions,
  ) {
    this.freedShown = this.findFreedShown();
    this.activeObjects = activeObjects(program, state, extras.previous, extras.events);
  }

  node(actor: NodeSpec): NodeView | undefined {
    const place = this.layout.placements.get(actor.id);
    if (!place) throw new Error(`no place for ${actor.id}`);
    const column = this.layout.grid.slots.get(actor.id)?.column ?? 0;
    const base = {
      id: actor.id,
      placement: place,
      inLastColumn: column > 0 && column === this.layout.columns - 1,
      maxBadgeWidth: MAX_BADGE_WIDTH,
    };
    const { source: what } = actor;
    switch (what.kind) {
      case 'process':
        return this.process(what.process, base);
      case 'object':
        return this.isShown(what.slot) ? this.object(what.slot, base) : undefined;
      case 'deviceNode':
        if (!this.value(what.field) || !this.isLive(what.slot)) return undefined;
        return memoizeNode(this.layout, actor.id, () => ({
          ...base,
          kind: 'deviceNode',
          path: what.path,
          field: what.field,
          name: what.slot.name,
          objects: [what.slot.index],
          badges: NO_BADGES,
        }));
      case 'fops':
        return this.fops(what.table, base);
      case 'foldedGroup':
        return this.foldedGroup(what.group, base);
    }
  }

  private value(field: number): number {
    return this.state[field] ?? 0;
  }

  private isLive(slot: ObjectSlot): boolean {
    return slot.lifetime === undefined || this.value(slot.lifetime) === 1;
  }

  private isLiveIndex(object: number): boolean {
    const slot = this.program.objects[object];
    return slot !== undefined && this.isLive(slot);
  }

  private isShown(slot: ObjectSlot): boolean {
    return this.isLive(slot) || this.freedShown.has(slot.index);
  }

  /** Freed objects to which a pointer of a live one still goes, or at which a rule was broken. */
  private findFreedShown(): ReadonlySet<number> {
    const ghosts = new Set<number>();
    for (const slot of this.program.objects) {
      if (!this.isLive(slot)) continue;
      for (const [, index] of edgeFieldsOf(this.program, slot).pointers) {
        const target = this.pointerTarget(index);
        if (target?.lifetime !== undefined && this.value(target.lifetime) === 2)
          ghosts.add(target.index);
      }
    }
    // A rule broken at freed memory is shown at what is left of it.
    for (const slot of this.program.objects) {
      if (
        slot.lifetime !== undefined &&
        this.value(slot.lifetime) === 2 &&
        this.extras.badges?.get(slot.name)?.some((badge) => badge.kind === 'violation')
      )
        ghosts.add(slot.index);
    }
    return ghosts;
  }

  /** The object that a pointer field holds now. */
  private pointerTarget(index: number): ObjectSlot | undefined {
    const targets = this.program.fields[index]?.targets;
    const object = targets?.[this.value(index) - 1];
    return object === undefined ? undefined : this.program.objects[object];
  }

  /** What is kept of an object at which nothing is going on; undefined where something is. */
  private cachedObject(slot: ObjectSlot): CachedView | undefined {
    return this.activeObjects.has(slot.index) || this.extras.badges?.has(slot.name)
      ? undefined
      : cachedView(this.program, this.state, this.layout, slot);
  }

  private object(slot: ObjectSlot, base: PlacedNode): ObjectView {
    const kept = this.cachedObject(slot);
    if (!kept) return this.buildObject(slot, base);
    kept.view ??= this.buildObject(slot, base);
    return kept.view;
  }

  private buildObject(slot: ObjectSlot, base: PlacedNode): ObjectView {
    const file =
      slot.type === 'file'
        ? this.program.files.find((each) => each.object === slot.index)
        : undefined;
    const swapped = file !== undefined && this.program.model.parkedFileKinds.includes(file.kind);
    const releaser =
      slot.fields['releaser'] === undefined ? 0 : this.value(slot.fields['releaser']);
    const rows = fieldViewsOf(
      this.program,
      this.state,
      this.extras.previous,
      slot,
      this.extras.events,
    );
    return {
      ...base,
      kind: 'object',
      type: slot.type,
      title: slot.name,
      name: slot.name,
      objects: [slot.index],
      freed: !this.isLive(slot),
      access: file?.normalAccess
        ? evaluate(file.normalAccess, this.state)
          ? 'normal'
          : 'parked'
        : undefined,
      usesAccessFlag: file?.normalAccess !== undefined && !swapped,
      releaser: releaser > 0 ? taskRef(this.program, releaser - 1) : undefined,
      fields: rows,
      visibleFields: chooseVisibleFields(
        this.program,
        slot,
        rows,
        textRowsIn(base.placement.height),
      ),
      badges: this.extras.badges?.get(slot.name) ?? NO_BADGES,
    };
  }

  private process(process: string, base: PlacedNode): ProcessView {
    const { program } = this;
    const fds = program.fds.filter(
      (fd) => fd.process === process && this.value(fd.installed) === 1,
    );
    return {
      ...base,
      kind: 'process',
      title: process,
      name: process,
      process: program.world.processes.indexOf(process),
      driver: !program.world.processes.includes(process),
      objects: [],
      badges: this.extras.badges?.get(process) ?? NO_BADGES,
      tasks: program.tasks
        .filter((task) => task.process === process)
        .map((task) => this.task(task.index)),
      fds: fds.map((fd): FdView => ({
        name: fd.name,
        number: this.extras.fdNumbers?.get(fd.name),
      })),
    };
  }

  /** The table of the files that are open now; where a design swaps none, its gate. */
  private fops(table: FopsView['table'], base: PlacedNode): FopsView | undefined {
    const { model, files } = this.program;
    if (!files.some((file) => file.normalAccess && this.isLiveIndex(file.object))) return undefined;
    const admits =
      table === 'parked'
        ? ['bind', ...accessBeforeBind(model).reachableOps]
        : ['read', 'write', 'mmap', 'ioctl'];
    return {
      ...base,
      kind: 'fops',
      table,
      usesAccessFlag: model.parkedFileKinds.length === 0,
      allows: admits.length > 1 ? admits.join(', ') : `${admits[0]} only`,
      name: base.id,
      objects: [],
      badges: NO_BADGES,
    };
  }

  private foldedGroup(group: string, base: PlacedNode): FoldedGroupView {
    const { program } = this;
    const devices = devicesInGroup(program, group).map((slot): FoldedDevice => ({
      name: slot.name,
      registered:
        this.isLive(slot) &&
        (slot.fields['registered'] === undefined || this.value(slot.fields['registered']) === 1),
      files: program.files.flatMap((file): FoldedDevice['files'] =>
        file.normalAccess && file.device === slot.name && this.isLiveIndex(file.object)
          ? [
              {
                name: file.name,
                process: program.world.processes.indexOf(processOf(file.by)),
                access: evaluate(file.normalAccess, this.state) ? 'normal' : 'parked',
                bound: file.bound !== undefined && evaluate(file.bound, this.state) !== 0,
              },
            ]
          : [],
      ),
    }));
    const members = program.objects.filter(
      (slot) => this.layout.foldedInto.get(nodeIdOf(slot)) === base.id,
    );
    const inside = members.filter((slot) => this.isLive(slot));
    const locks = inside.flatMap((slot) =>
      fieldViewsOf(program, this.state, undefined, slot).flatMap(
        ({ name, kind, owner, queue }): FoldedGroupView['locks'] =>
          kind === 'mutex' && owner ? [{ name: `${slot.name} ${name}`, owner, queue }] : [],
      ),
    );
    const used = members.find(
      (slot) => this.extras.useAfterFree?.objects.includes(slot.index) && !this.isLive(slot),
    );
    const touch = used
      ? { object: used.name, field: undefined, life: 'freed' as const }
      : lastChangeIn(program, this.state, members, this.extras);
    // The first badge speaks for the rest: the rule broken last. It stays broken also at what is freed.
    const [names, there] = [members, inside].map(
      (slots) => new Set(slots.map((slot) => slot.name)),
    );
    const badges = [...(this.extras.badges ?? [])]
      .toReversed()
      .flatMap(([name, its]) =>
        names?.has(name)
          ? its.filter(({ kind }) => kind === 'violation' || there?.has(name)).toReversed()
          : [],
      )
      .toSorted((x, y) => Number(y.kind === 'violation') - Number(x.kind === 'violation'));
    return {
      ...base,
      kind: 'foldedGroup',
      group,
      devices,
      locks,
      lastChange: touch,
      usesAccessFlag: program.model.parkedFileKinds.length === 0,
      name: undefined,
      objects: inside.map((slot) => slot.index),
      badges,
    };
  }

  private task(task: number): TaskView {
    const { program, state } = this;
    const mark = taskRef(program, task);
    const call = currentCall(program, state, task);
    const step = nextStep(program, state, task);
    if (!call || !step) return { task: mark, status: 'done', call: '', detail: '', brief: '' };
    const busy = inCall(program, state, task);
    const moves = isEnabled(program, state, task);
    const wait = moves ? undefined : currentWait(program, state, task);
    if (wait && (busy || wait.kind !== 'name'))
      return {
        task: mark,
        status: 'waiting',
        call: call.call.call,
        detail: describeWait(program, state, wait),
        brief: `for ${waitText(program, wait)}`,
      };
    if (busy)
      return {
        task: mark,
        status: 'running',
        call: call.call.call,
        detail: `${step.id} ${step.title}`,
        brief: step.title,
      };
    const detail = wait ? describeWait(program, state, wait) : '';
    return { task: mark, status: 'idle', call: call.call.call, detail, brief: detail };
  }

  /** All edges; the words of waits keep clear of what is `busy`. */
  edges(activeObjects: readonly Rect[]): EdgeView[] {
    const { program } = this;
    const edges: EdgeView[] = [];
    for (const slot of program.objects)
      if (slot.type !== 'fd' && this.isLive(slot)) edges.push(...this.cachedPointerEdges(slot));
    for (const fd of program.fds) {
      const file = program.files[fd.file];
      const slot = file && program.objects[file.object];
      if (slot && this.value(fd.installed) === 1)
        edges.push(
          ...this.edge(`fd:${fd.process}:${fd.name}`, `process:${fd.process}`, nodeIdOf(slot), {
            style: 'fd',
            label: fd.name,
            changed: this.hasChanged(fd.installed),
          }),
        );
    }
    for (const file of program.files) {
      const slot = program.objects[file.object];
      if (!file.normalAccess || !slot || !this.isLive(slot)) continue;
      const normal = evaluate(file.normalAccess, this.state) !== 0;
      const { previous } = this.extras;
      const fresh =
        previous !== undefined && (evaluate(file.normalAccess, previous) !== 0) !== normal;
      edges.push(
        ...this.edge(`fops:${slot.name}`, nodeIdOf(slot), `fops:${normal ? 'normal' : 'parked'}`, {
          style: 'fops',
          label: program.model.parkedFileKinds.includes(file.kind) ? 'f_op' : 'access',
          changed: fresh,
        }),
      );
    }
    for (const { source: what, id } of nodeCatalogOf(program).nodes) {
      if (what.kind === 'deviceNode')
        edges.push(
          ...this.edge(`cdev:${id}`, id, nodeIdOf(what.slot), { style: 'embedded', label: 'cdev' }),
        );
    }
    return [...edges, ...this.waitEdges(activeObjects)];
  }

  private cachedPointerEdges(slot: ObjectSlot): readonly EdgeView[] {
    const kept = this.cachedObject(slot);
    if (!kept) return this.pointerEdges(slot);
    kept.edges ??= this.pointerEdges(slot);
    return kept.edges;
  }

  private pointerEdges(slot: ObjectSlot): EdgeView[] {
    const { links, pointers } = edgeFieldsOf(this.program, slot);
    const edges: EdgeView[] = [];
    links.forEach(([name, target, style]) => {
      if (this.isLive(target))
        edges.push(
          ...this.edge(`${nodeIdOf(slot)}.${name}`, nodeIdOf(slot), nodeIdOf(target), {
            style,
            label: name,
          }),
        );
    });
    pointers.forEach(([name, index, style]) => {
      const target = this.pointerTarget(index);
      if (target && style !== 'hidden')
        edges.push(
          ...this.edge(`${nodeIdOf(slot)}.${name}`, nodeIdOf(slot), nodeIdOf(target), {
            style,
            label: name,
            dangling: !this.isLive(target),
            changed: this.hasChanged(index),
          }),
        );
    });
    return edges;
  }

  /** Whether the last step changed a field. */
  private hasChanged(field: number): boolean {
    const { previous } = this.extras;
    return previous !== undefined && previous[field] !== this.state[field];
  }

  private waitEdges(activeObjects: readonly Rect[]): readonly EdgeView[] {
    const { program, state } = this;
    const circle = new Set(waitCycles(program, state).flat());
    const ties = program.tasks.flatMap((task) => {
      const wait = currentWait(program, state, task.index);
      if (!wait || wait.kind === 'name') return [];
      const slot = program.objects[program.fields[wait.field]?.object ?? -1];
      if (!slot) return [];
      const { process } = taskRef(program, task.index);
      const waiting = this.edgeWithoutRoute(
        `wait:${task.name}`,
        `process:${task.process}`,
        nodeIdOf(slot),
        {
          style: 'wait',
          label: `${task.name} waits`,
          process,
          inCycle: circle.has(task.index),
        },
      );
      const owner = wait.kind === 'mutex' ? this.value(wait.field) : 0;
      const holder = program.tasks[owner - 1];
      if (!holder) return waiting;
      const mark = taskRef(program, holder.index);
      return [
        ...waiting,
        ...this.edgeWithoutRoute(
          `hold:${wait.field}`,
          nodeIdOf(slot),
          `process:${holder.process}`,
          {
            style: 'hold',
            label: `held by ${holder.name}`,
            process: mark.process,
            inCycle: circle.has(task.index),
          },
        ),
      ];
    });
    ties.push(...this.useAfterFreeEdges());
    if (ties.length === 0) return NO_WAIT_EDGES;
    // A lock for which several wait is held once; in a circle, whoever else waits beside.
    const drawn = ties.filter(
      (tie, i) =>
        tie.style !== 'hold' ||
        !ties.some(
          (other, j) =>
            other.id === tie.id &&
            (Number(other.inCycle) > Number(tie.inCycle) ||
              (other.inCycle === tie.inCycle && j < i)),
        ),
    );
    const routes = routeWaitEdges(this.layout, drawn, activeObjects);
    return drawn.map((tie, i): EdgeView => ({
      ...tie,
      ...(routes[i] ?? routeEdge(this.layout, tie.source, tie.target)),
    }));
  }

  private useAfterFreeEdges(): Omit<EdgeView, keyof EdgeRoute>[] {
    const {
      program,
      extras: { useAfterFree: use },
    } = this;
    if (!use) return [];
    const { name, process } = taskRef(program, use.task);
    return use.objects.flatMap((index) => {
      const slot = program.objects[index];
      return slot && !this.isLive(slot)
        ? this.edgeWithoutRoute(
            `use:${slot.name}`,
            `process:${program.tasks[use.task]?.process ?? ''}`,
            nodeIdOf(slot),
            { style: 'use', label: `${name} uses freed memory`, process },
          )
        : [];
    });
  }

  /** What an edge is, but for its way; nothing where an end of it has no place. */
  private edgeWithoutRoute(
    id: string,
    a: string,
    b: string,
    {
      style,
      label,
      dangling = false,
      changed: fresh = false,
      inCycle: circle = false,
      process,
    }: EdgeTraits,
  ): Omit<EdgeView, keyof EdgeRoute>[] {
    const { placements: places, foldedInto: standIn } = this.layout;
    const [source, target] = [standIn.get(a) ?? a, standIn.get(b) ?? b];
    return places.has(source) && places.has(target) && source !== target
      ? [{ id, source, target, style, label, dangling, changed: fresh, inCycle: circle, process }]
      : [];
  }

  private edge(id: string, a: string, b: string, how: EdgeTraits): EdgeView[] {
    return this.edgeWithoutRoute(id, a, b, how).map((edgeWithoutRoute) => {
      const make = (): EdgeView => ({
        ...edgeWithoutRoute,
        ...routeEdge(this.layout, edgeWithoutRoute.source, edgeWithoutRoute.target),
      });
      return edgeWithoutRoute.dangling || edgeWithoutRoute.changed
        ? make()
        : memoizeEdge(
            this.layout,
            `${id} ${edgeWithoutRoute.target} ${edgeWithoutRoute.style}`,
            make,
          );
    });
  }
}

/** Nodes that look the same whenever they are there. */
const memoizeNode = memoizeByLayout<NodeView>();

type EdgeTraits = Pick<EdgeView, 'style' | 'label'> &
  Partial<Pick<EdgeView, 'dangling' | 'changed' | 'inCycle' | 'process'>>;

const NO_WAIT_EDGES: readonly EdgeView[] = [];

/** Edges about which there is nothing new: most edges of most steps. */
const memoizeEdge = memoizeByLayout<EdgeView>();
