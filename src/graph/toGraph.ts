import { evaluate } from '../kernel/expr';
import { waitText } from '../kernel/describe';
import { callAt, canMove, inCall, nextStep, waitOf, type Event } from '../kernel/machine';
import type { ObjectSlot, Program } from '../kernel/program';
import { shutGate } from '../kernel/shutGate';
import { processOf } from '../kernel/world';
import { anatomyOf } from './anatomy';
import { atRest, busyObjects, type AtRest } from './atRest';
import { castOf, idOf, type Actor } from './cast';
import { routeEdge, type Route } from './edgePath';
import { devicesOf } from './fold';
import { touchOf } from './foldTouch';
import {
  isAct,
  type Badge,
  type EdgeView,
  type FdView,
  type FoldedDevice,
  type FoldView,
  type FopsView,
  type Graph,
  type NodeView,
  type ObjectView,
  type ProcessView,
  type TaskView,
} from './graph';
import { badgeBox, WIDEST, withBadgeRoom } from './badgeBox';
import { keptByLayout } from './keptByLayout';
import { layOutStage, type Layout } from './layout';
import { roomOf } from './lettering';
import { describeWait, taskMark, tasksInCircle } from './marks';
import { rowsOf, shownRows } from './rows';
import { routeWaits, type Box } from './waitWays';

/** What to show besides the state itself. */
export interface Extras {
  /** The state before the last step of the same program: values that it changed show what they were. */
  readonly previous?: Int32Array | undefined;
  /** Badges by the name of the object or process that they stand at. */
  readonly badges?: ReadonlyMap<string, readonly Badge[]> | undefined;
  /** fd numbers by fd name, as the runner derives them. */
  readonly fdNumbers?: ReadonlyMap<string, number> | undefined;
  /** What the last step told. */
  readonly events?: readonly Event[] | undefined;
  /** The task that used freed memory in the last step, and the objects (indices). */
  readonly use?: { readonly task: number; readonly objects: readonly number[] } | undefined;
}

const NO_BADGES: readonly Badge[] = [];

type Base = Pick<NodeView, 'id' | 'place' | 'last' | 'badgeRoom'>;

/** The graph of one state: live objects, and freed ones that somebody still points at, at their frozen places. */
export function toGraph(
  program: Program,
  state: Int32Array,
  layout: Layout = layOutStage(program),
  extras: Extras = {},
): Graph {
  const view = new View(program, state, layout, extras);
  const nodes = withBadgeRoom(layout.cast.actors.flatMap((actor) => view.node(actor) ?? []));
  const there = new Set(nodes.map((node) => node.id));
  const edges = once(
    view
      .edges(nodes.flatMap(badgeBox))
      .filter((edge) => there.has(edge.source) && there.has(edge.target)),
    layout,
  );
  return { nodes, edges, zones: layout.zones };
}

/** Edges to a folded group come from many of its objects: one of each style is enough. */
function once(edges: readonly EdgeView[], { standIn }: Layout): readonly EdgeView[] {
  if (standIn.size === 0) return edges;
  const known = new Set<string>();
  return edges.flatMap((edge): EdgeView[] => {
    const { source, target, style, label } = edge;
    if (!source.startsWith('fold:') && !target.startsWith('fold:')) return [edge];
    const counted = isAct(edge) ? label : style === 'fd' || style === 'fops' ? style : '';
    const id = `${source} ${target} ${counted}`;
    if (known.has(id)) return [];
    known.add(id);
    return [{ ...edge, id }];
  });
}

class View {
  private readonly ghosts: ReadonlySet<number>;
  private readonly busy: ReadonlySet<number>;

  constructor(
    private readonly program: Program,
    private readonly state: Int32Array,
    private readonly layout: Layout,
    private readonly extras: Extras,
  ) {
    this.ghosts = this.findGhosts();
    this.busy = busyObjects(program, state, extras.previous, extras.events);
  }

  node(actor: Actor): NodeView | undefined {
    const place = this.layout.places.get(actor.id);
    if (!place) throw new Error(`no place for ${actor.id}`);
    const column = this.layout.grid.slots.get(actor.id)?.column ?? 0;
    const base = {
      id: actor.id,
      place,
      last: column > 0 && column === this.layout.columns - 1,
      badgeRoom: WIDEST,
    };
    const { what } = actor;
    switch (what.kind) {
      case 'process':
        return this.process(what.process, base);
      case 'object':
        return this.shown(what.slot) ? this.object(what.slot, base) : undefined;
      case 'node':
        if (!this.value(what.field) || !this.live(what.slot)) return undefined;
        return fixed(this.layout, actor.id, () => ({
          ...base,
          kind: 'node',
          path: what.path,
          field: what.field,
          name: what.slot.name,
          objects: [what.slot.index],
          badges: NO_BADGES,
        }));
      case 'fops':
        return this.fops(what.table, base);
      case 'fold':
        return this.fold(what.group, base);
    }
  }

  private value(field: number): number {
    return this.state[field] ?? 0;
  }

  private live(slot: ObjectSlot): boolean {
    return slot.life === undefined || this.value(slot.life) === 1;
  }

  private liveIndex(object: number): boolean {
    const slot = this.program.objects[object];
    return slot !== undefined && this.live(slot);
  }

  private shown(slot: ObjectSlot): boolean {
    return this.live(slot) || this.ghosts.has(slot.index);
  }

  /** Freed objects to which a pointer of a live one still goes, or at which a rule was broken. */
  private findGhosts(): ReadonlySet<number> {
    const ghosts = new Set<number>();
    for (const slot of this.program.objects) {
      if (!this.live(slot)) continue;
      for (const [, index] of anatomyOf(this.program, slot).pointers) {
        const target = this.target(index);
        if (target?.life !== undefined && this.value(target.life) === 2) ghosts.add(target.index);
      }
    }
    // A rule broken at freed memory is shown at what is left of it.
    for (const slot of this.program.objects) {
      if (
        slot.life !== undefined &&
        this.value(slot.life) === 2 &&
        this.extras.badges?.get(slot.name)?.some((badge) => badge.kind === 'violation')
      )
        ghosts.add(slot.index);
    }
    return ghosts;
  }

  /** The object that a pointer field holds now. */
  private target(index: number): ObjectSlot | undefined {
    const targets = this.program.fields[index]?.targets;
    const object = targets?.[this.value(index) - 1];
    return object === undefined ? undefined : this.program.objects[object];
  }

  /** What is kept of an object at which nothing is going on; undefined where something is. */
  private atRest(slot: ObjectSlot): AtRest | undefined {
    return this.busy.has(slot.index) || this.extras.badges?.has(slot.name)
      ? undefined
      : atRest(this.program, this.state, this.layout, slot);
  }

  private object(slot: ObjectSlot, base: Base): ObjectView {
    const kept = this.atRest(slot);
    if (!kept) return this.looked(slot, base);
    kept.view ??= this.looked(slot, base);
    return kept.view;
  }

  private looked(slot: ObjectSlot, base: Base): ObjectView {
    const file =
      slot.type === 'file'
        ? this.program.files.find((each) => each.object === slot.index)
        : undefined;
    const swapped = file !== undefined && this.program.model.parked.includes(file.kind);
    const releaser =
      slot.fields['releaser'] === undefined ? 0 : this.value(slot.fields['releaser']);
    const rows = rowsOf(this.program, this.state, this.extras.previous, slot, this.extras.events);
    return {
      ...base,
      kind: 'object',
      type: slot.type,
      title: slot.name,
      name: slot.name,
      objects: [slot.index],
      ghost: !this.live(slot),
      access: file?.normal ? (evaluate(file.normal, this.state) ? 'normal' : 'parked') : undefined,
      gated: file?.normal !== undefined && !swapped,
      releaser: releaser > 0 ? taskMark(this.program, releaser - 1) : undefined,
      rows,
      shown: shownRows(this.program, slot, rows, roomOf(base.place.height)),
      badges: this.extras.badges?.get(slot.name) ?? NO_BADGES,
    };
  }

  private process(process: string, base: Base): ProcessView {
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
  private fops(table: FopsView['table'], base: Base): FopsView | undefined {
    const { model, files } = this.program;
    if (!files.some((file) => file.normal && this.liveIndex(file.object))) return undefined;
    const admits =
      table === 'parked'
        ? ['bind', ...shutGate(model).reaches]
        : ['read', 'write', 'mmap', 'ioctl'];
    return {
      ...base,
      kind: 'fops',
      table,
      gated: model.parked.length === 0,
      admits: admits.length > 1 ? admits.join(', ') : `${admits[0]} only`,
      name: base.id,
      objects: [],
      badges: NO_BADGES,
    };
  }

  private fold(group: string, base: Base): FoldView {
    const { program } = this;
    const devices = devicesOf(program, group).map((slot): FoldedDevice => ({
      name: slot.name,
      registered:
        this.live(slot) &&
        (slot.fields['registered'] === undefined || this.value(slot.fields['registered']) === 1),
      files: program.files.flatMap((file): FoldedDevice['files'] =>
        file.normal && file.device === slot.name && this.liveIndex(file.object)
          ? [
              {
                name: file.name,
                process: program.world.processes.indexOf(processOf(file.by)),
                access: evaluate(file.normal, this.state) ? 'normal' : 'parked',
                bound: file.bound !== undefined && evaluate(file.bound, this.state) !== 0,
              },
            ]
          : [],
      ),
    }));
    const members = program.objects.filter(
      (slot) => this.layout.standIn.get(idOf(slot)) === base.id,
    );
    const inside = members.filter((slot) => this.live(slot));
    const locks = inside.flatMap((slot) =>
      rowsOf(program, this.state, undefined, slot).flatMap(
        ({ name, kind, owner, queue }): FoldView['locks'] =>
          kind === 'mutex' && owner ? [{ name: `${slot.name} ${name}`, owner, queue }] : [],
      ),
    );
    const used = members.find(
      (slot) => this.extras.use?.objects.includes(slot.index) && !this.live(slot),
    );
    const touch = used
      ? { object: used.name, row: undefined, life: 'freed' as const }
      : touchOf(program, this.state, members, this.extras);
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
      kind: 'fold',
      group,
      devices,
      locks,
      touch,
      gated: program.model.parked.length === 0,
      name: undefined,
      objects: inside.map((slot) => slot.index),
      badges,
    };
  }

  private task(task: number): TaskView {
    const { program, state } = this;
    const mark = taskMark(program, task);
    const call = callAt(program, state, task);
    const step = nextStep(program, state, task);
    if (!call || !step) return { mark, status: 'done', call: '', detail: '', brief: '' };
    const busy = inCall(program, state, task);
    const moves = canMove(program, state, task);
    const wait = moves ? undefined : waitOf(program, state, task);
    if (wait && (busy || wait.kind !== 'name'))
      return {
        mark,
        status: 'waiting',
        call: call.call.call,
        detail: describeWait(program, state, wait),
        brief: `for ${waitText(program, wait)}`,
      };
    if (busy)
      return {
        mark,
        status: 'running',
        call: call.call.call,
        detail: `${step.id} ${step.title}`,
        brief: step.title,
      };
    const detail = wait ? describeWait(program, state, wait) : '';
    return { mark, status: 'idle', call: call.call.call, detail, brief: detail };
  }

  /** All edges; the words of waits keep clear of what is `busy`. */
  edges(busy: readonly Box[]): EdgeView[] {
    const { program } = this;
    const edges: EdgeView[] = [];
    for (const slot of program.objects)
      if (slot.type !== 'fd' && this.live(slot)) edges.push(...this.ties(slot));
    for (const fd of program.fds) {
      const file = program.files[fd.file];
      const slot = file && program.objects[file.object];
      if (slot && this.value(fd.installed) === 1)
        edges.push(
          ...this.edge(`fd:${fd.process}:${fd.name}`, `process:${fd.process}`, idOf(slot), {
            style: 'fd',
            label: fd.name,
            fresh: this.changed(fd.installed),
          }),
        );
    }
    for (const file of program.files) {
      const slot = program.objects[file.object];
      if (!file.normal || !slot || !this.live(slot)) continue;
      const normal = evaluate(file.normal, this.state) !== 0;
      const { previous } = this.extras;
      const fresh = previous !== undefined && (evaluate(file.normal, previous) !== 0) !== normal;
      edges.push(
        ...this.edge(`fops:${slot.name}`, idOf(slot), `fops:${normal ? 'normal' : 'parked'}`, {
          style: 'fops',
          label: program.model.parked.includes(file.kind) ? 'f_op' : 'access',
          fresh,
        }),
      );
    }
    for (const { what, id } of castOf(program).actors) {
      if (what.kind === 'node')
        edges.push(
          ...this.edge(`cdev:${id}`, id, idOf(what.slot), { style: 'embedded', label: 'cdev' }),
        );
    }
    return [...edges, ...this.waits(busy)];
  }

  private ties(slot: ObjectSlot): readonly EdgeView[] {
    const kept = this.atRest(slot);
    if (!kept) return this.pointers(slot);
    kept.ties ??= this.pointers(slot);
    return kept.ties;
  }

  private pointers(slot: ObjectSlot): EdgeView[] {
    const { links, pointers } = anatomyOf(this.program, slot);
    const edges: EdgeView[] = [];
    links.forEach(([name, target, style]) => {
      if (this.live(target))
        edges.push(
          ...this.edge(`${idOf(slot)}.${name}`, idOf(slot), idOf(target), { style, label: name }),
        );
    });
    pointers.forEach(([name, index, style]) => {
      const target = this.target(index);
      if (target && style !== 'hidden')
        edges.push(
          ...this.edge(`${idOf(slot)}.${name}`, idOf(slot), idOf(target), {
            style,
            label: name,
            dangling: !this.live(target),
            fresh: this.changed(index),
          }),
        );
    });
    return edges;
  }

  /** Whether the last step changed a field. */
  private changed(field: number): boolean {
    const { previous } = this.extras;
    return previous !== undefined && previous[field] !== this.state[field];
  }

  private waits(busy: readonly Box[]): readonly EdgeView[] {
    const { program, state } = this;
    const circle = tasksInCircle(program, state);
    const ties = program.tasks.flatMap((task) => {
      const wait = waitOf(program, state, task.index);
      if (!wait || wait.kind === 'name') return [];
      const slot = program.objects[program.fields[wait.field]?.object ?? -1];
      if (!slot) return [];
      const { process } = taskMark(program, task.index);
      const waiting = this.ends(`wait:${task.name}`, `process:${task.process}`, idOf(slot), {
        style: 'wait',
        label: `${task.name} waits`,
        process,
        circle: circle.has(task.index),
      });
      const owner = wait.kind === 'mutex' ? this.value(wait.field) : 0;
      const holder = program.tasks[owner - 1];
      if (!holder) return waiting;
      const mark = taskMark(program, holder.index);
      return [
        ...waiting,
        ...this.ends(`hold:${wait.field}`, idOf(slot), `process:${holder.process}`, {
          style: 'hold',
          label: `held by ${holder.name}`,
          process: mark.process,
          circle: circle.has(task.index),
        }),
      ];
    });
    ties.push(...this.uses());
    if (ties.length === 0) return NO_WAITS;
    // A lock for which several wait is held once; in a circle, whoever else waits beside.
    const drawn = ties.filter(
      (tie, i) =>
        tie.style !== 'hold' ||
        !ties.some(
          (other, j) =>
            other.id === tie.id &&
            (Number(other.circle) > Number(tie.circle) || (other.circle === tie.circle && j < i)),
        ),
    );
    const routes = routeWaits(this.layout, drawn, busy);
    return drawn.map((tie, i): EdgeView => ({
      ...tie,
      ...(routes[i] ?? routeEdge(this.layout, tie.source, tie.target)),
    }));
  }

  private uses(): Omit<EdgeView, keyof Route>[] {
    const {
      program,
      extras: { use },
    } = this;
    if (!use) return [];
    const { name, process } = taskMark(program, use.task);
    return use.objects.flatMap((index) => {
      const slot = program.objects[index];
      return slot && !this.live(slot)
        ? this.ends(
            `use:${slot.name}`,
            `process:${program.tasks[use.task]?.process ?? ''}`,
            idOf(slot),
            { style: 'use', label: `${name} uses freed memory`, process },
          )
        : [];
    });
  }

  /** What an edge is, but for its way; nothing where an end of it has no place. */
  private ends(
    id: string,
    a: string,
    b: string,
    { style, label, dangling = false, fresh = false, circle = false, process }: How,
  ): Omit<EdgeView, keyof Route>[] {
    const { places, standIn } = this.layout;
    const [source, target] = [standIn.get(a) ?? a, standIn.get(b) ?? b];
    return places.has(source) && places.has(target) && source !== target
      ? [{ id, source, target, style, label, dangling, fresh, circle, process }]
      : [];
  }

  private edge(id: string, a: string, b: string, how: How): EdgeView[] {
    return this.ends(id, a, b, how).map((ends) => {
      const make = (): EdgeView => ({
        ...ends,
        ...routeEdge(this.layout, ends.source, ends.target),
      });
      return ends.dangling || ends.fresh
        ? make()
        : quietEdge(this.layout, `${id} ${ends.target} ${ends.style}`, make);
    });
  }
}

/** Nodes that look the same whenever they are there. */
const fixed = keptByLayout<NodeView>();

type How = Pick<EdgeView, 'style' | 'label'> &
  Partial<Pick<EdgeView, 'dangling' | 'fresh' | 'circle' | 'process'>>;

const NO_WAITS: readonly EdgeView[] = [];

/** Edges about which there is nothing new: most edges of most steps. */
const quietEdge = keptByLayout<EdgeView>();
