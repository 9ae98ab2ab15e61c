import { fieldsRead } from '../../kernel/language/expressions';
import {
  isEnabled,
  makeEventBuffer,
  readEvents,
  step,
  currentWait,
} from '../../kernel/machine/machine';
import type { Program, Step } from '../../kernel/compiler/program';
import { locksHeld } from '../../kernel/properties/lockOrder';
import { waitCycles } from '../../kernel/properties/noDeadlock';
import { eachStatement } from '../../kernel/language/statements';
import { statesMatching, unpackState } from '../engines/packedLayout';
import type { BitField } from '../engines/packedLayout';
import type { LockDependency } from './lockDependencies';
import { simpleLockCycles } from './lockDependencies';
import { makeStateProjection } from '../search/stateProjection';
import type { StateProjection } from '../search/stateProjection';
import type { Search } from '../search/search';
import { TASK_BLOCKED } from '../engines/stateStore';
import type { Successors } from '../engines/stateStore';
import { countSwitches, depthInLayers, shortestSchedules } from './shortestSchedules';
import type { Goal, LayeredGraph } from './shortestSchedules';

/** Unpacks stored states into one buffer. */
function makeStateReader(search: Search): (state: number) => Int32Array {
  const { model, layout, engine } = search;
  const full = new Int32Array(model.program.fields.length + model.program.tasks.length);
  return (state) => {
    const { records, stride } = engine.store();
    full.fill(0);
    unpackState(model, layout, records, state * stride, full);
    return full;
  };
}

/** The states of least depth in which some tasks wait for one another in a circle. To be asked only where circles are possible. */
export function* deadlockGoals(search: Search, graph: LayeredGraph): Generator<number, Goal[]> {
  const { model, engine } = search;
  const { successors } = graph;
  const read = makeStateReader(search);
  const goals: Goal[] = [];
  let end = engine.count();
  for (let from = 0; from < end; from += successors.batch) {
    const to = Math.min(end, from + successors.batch);
    successors.expand(from, to);
    const next = successors.next();
    for (let state = from, at = 0; state < to && state < end; state++, at += successors.tasks) {
      let blocked = false;
      for (let task = 0; task < successors.tasks; task++)
        blocked ||= next[at + task] === TASK_BLOCKED;
      if (!blocked || waitCycles(model.program, read(state)).length === 0) continue;
      if (goals.length === 0)
        end = Math.min(end, graph.layers[depthInLayers(graph.layers, state) + 1] ?? end);
      goals.push({ state, tail: [] });
    }
    yield to - from;
  }
  return goals;
}

interface StepObservation {
  readonly projection: StateProjection;
  /** By the number of the projection. */ readonly observations: ObservedDependencies[];
}

/** What steps do to locks, exactly, remembered for all states that look alike to the step. */
class LockObserver {
  readonly read: (state: number) => Int32Array;
  /** By task: where its place stands, and by place what tells states apart for the step there. */
  readonly tasks: readonly {
    readonly slot: BitField;
    readonly lenses: readonly (StepObservation | undefined)[];
  }[];

  constructor(
    private readonly search: Search,
    private readonly dependencies: readonly LockDependency[],
  ) {
    const { model, layout } = search;
    const { program } = model;
    const mutexes = program.fields.filter((f) => f.kind === 'mutex').map((f) => f.index);
    this.read = makeStateReader(search);
    this.tasks = program.tasks.map((task) => {
      const lenses = task.steps.map((s): StepObservation | undefined => {
        if (!takesLocks(program, s)) return undefined;
        const fields = new Set(mutexes);
        const add = (field: number): void => {
          fields.add(field);
        };
        fieldsRead(s.guard, add);
        for (const w of s.waits) if (w.kind === 'mutex') fieldsRead(w.when, add);
        eachStatement(s.body, (each) => {
          if (each.op === 'if') fieldsRead(each.cond, add);
          if (each.op === 'set') fieldsRead(each.value, add);
        });
        return { projection: makeStateProjection(layout, fields), observations: [] };
      });
      const slot = layout.bitFieldOf.get(model.pcs[task.index]!)!;
      return { slot, lenses: slot.table!.map((pc) => lenses[pc]) };
    });
  }

  /** The orders that the next step of a task shows, or would show if it did not have to wait. */
  dependenciesAt(
    records: Int32Array,
    stride: number,
    state: number,
    task: number,
  ): ObservedDependencies {
    const { slot, lenses } = this.tasks[task]!;
    const lens = lenses[(records[state * stride + slot.word]! >>> slot.shift) & slot.mask];
    if (!lens) return NO_DEPENDENCIES;
    const number = lens.projection.numberOf(records, state * stride);
    if (number < lens.observations.length) return lens.observations[number]!;
    const found = this.observe(this.read(state), task);
    lens.observations.push(found);
    return found;
  }

  /** The orders of many states, those that show none left out. */
  visitDependencies(
    states: Int32Array,
    records: Int32Array,
    stride: number,
    task: number,
    tell: (dependencies: ObservedDependencies) => void,
  ): void {
    for (let i = 0; i < states.length; i++) {
      const here = this.dependenciesAt(records, stride, states[i]!, task);
      if (here !== NO_DEPENDENCIES) tell(here);
    }
  }

  private observe(state: Int32Array, task: number): ObservedDependencies {
    const { program } = this.search.model;
    const place = (held: number, taken: number): number[] => {
      const at = this.dependencies.findIndex((o) => o.held === held && o.taken === taken);
      return at < 0 ? [] : [at];
    };
    const held = locksHeld(program, state, task);
    if (!isEnabled(program, state, task)) {
      const wait = currentWait(program, state, task);
      return {
        acquired: new Set(),
        blocked: new Set(wait?.kind === 'mutex' ? held.flatMap((h) => place(h, wait.field)) : []),
      };
    }
    const events = makeEventBuffer();
    step(program, state, task, events);
    const shown = new Set<number>();
    for (const { template: note } of readEvents(program, events)) {
      if (note.kind === 'unlock' && held.includes(note.field))
        held.splice(held.indexOf(note.field), 1);
      if (note.kind !== 'lock') continue;
      for (const h of held) for (const at of place(h, note.field)) shown.add(at);
      held.push(note.field);
    }
    return shown.size === 0 ? NO_DEPENDENCIES : { acquired: shown, blocked: new Set() };
  }
}

/** Places in a list of orders: of those that a step shows, and of those that it waits to show. */
interface ObservedDependencies {
  readonly acquired: ReadonlySet<number>;
  readonly blocked: ReadonlySet<number>;
}

const NO_DEPENDENCIES: ObservedDependencies = { acquired: new Set(), blocked: new Set() };

function takesLocks(program: Program, s: Step): boolean {
  let found = s.waits.some((w) => w.kind === 'mutex');
  eachStatement(s.body, (each) => {
    found ||= each.op === 'emit' && program.eventTemplates[each.event]?.kind === 'lock';
  });
  return found;
}

/** Which of these orders come up in some explored state: shown by a step, or waited for with the other lock in hand. */
export function* observedLockDependencies(
  search: Search,
  orders: readonly LockDependency[],
): Generator<number, { readonly shown: LockDependency[]; readonly waited: LockDependency[] }> {
  const locks = new LockObserver(search, orders);
  const [shown, waited] = [new Set<number>(), new Set<number>()];
  const count = search.engine.count();
  const found = new Int32Array(STATES_PER_SLICE);
  for (let from = 0; from < count; from += STATES_PER_SLICE) {
    const to = Math.min(count, from + STATES_PER_SLICE);
    const { records, stride } = search.engine.store();
    for (const [task, { slot, lenses }] of locks.tasks.entries()) {
      if (lenses.every((l) => !l)) continue;
      locks.visitDependencies(
        statesMatching(records, stride, from, to, slot, lenses, found),
        records,
        stride,
        task,
        (here) => {
          for (const at of here.acquired) shown.add(at);
          for (const at of here.blocked) waited.add(at);
        },
      );
    }
    yield to - from;
  }
  return {
    shown: orders.filter((_, i) => shown.has(i)),
    waited: orders.filter((_, i) => waited.has(i)),
  };
}

const STATES_PER_SLICE = 4096;

/** The best schedule that shows a whole circle of lock orders in one run; undefined when no run does. `orders` are those that some step shows. */
export function* lockCycleSchedule(
  search: Search,
  graph: LayeredGraph,
  orders: readonly LockDependency[],
): Generator<number, number[] | undefined> {
  const lens = new LockObserver(search, orders);
  let best: number[] | undefined;
  for (const circle of simpleLockCycles(orders)) {
    const schedule = yield* scheduleThroughAll(
      search,
      graph,
      circle.map((o) => orders.indexOf(o)),
      lens,
    );
    if (
      schedule &&
      (!best ||
        schedule.length < best.length ||
        (schedule.length === best.length && countSwitches(schedule) < countSwitches(best)))
    )
      best = schedule;
  }
  return best;
}

/** The shortest schedule whose transitions show all of these orders: a search over (state, orders shown so far). */
function* scheduleThroughAll(
  search: Search,
  graph: LayeredGraph,
  circle: readonly number[],
  lens: LockObserver,
): Generator<number, number[] | undefined> {
  const { successors } = graph;
  const { tasks } = successors;
  const whole = 2 ** circle.length - 1;
  const states = [0];
  const masks = [0];
  const numbers = new Map([[0, 0]]);
  const layers = [0, 1];
  const goals: Goal[] = [];
  const step = (node: number, task: number, next: number): number => {
    const { records, stride } = search.engine.store();
    const { acquired: shown } = lens.dependenciesAt(records, stride, states[node]!, task);
    const after = circle.reduce(
      (m, place, i) => (shown.has(place) ? m | (1 << i) : m),
      masks[node]!,
    );
    return next * (whole + 1) + after;
  };
  for (let node = 0; node < states.length; node++) {
    if (node === layers.at(-1)) {
      if (goals.length > 0) break;
      layers.push(states.length);
      yield states.length - node;
    }
    successors.expand(states[node]!, states[node]! + 1);
    const next = successors.next();
    for (let task = 0; task < tasks; task++) {
      if (next[task]! < 0) continue;
      const key = step(node, task, next[task]!);
      if (numbers.has(key)) continue;
      numbers.set(key, states.length);
      if (key % (whole + 1) === whole) goals.push({ state: states.length, tail: [] });
      states.push(next[task]!);
      masks.push(key % (whole + 1));
    }
  }
  if (goals.length === 0) return undefined;
  if (layers.at(-1) !== states.length) layers.push(states.length);
  const product: Successors = {
    tasks,
    batch: 1,
    expand: (from) => {
      successors.expand(states[from]!, states[from]! + 1);
      const next = successors.next();
      for (let task = 0; task < tasks; task++)
        if (next[task]! >= 0)
          next[task] = numbers.get(step(from, task, next[task]!)) ?? TASK_BLOCKED;
    },
    next: successors.next,
    violated: successors.violated,
  };
  const [schedule] = yield* shortestSchedules({ layers, successors: product }, [goals]);
  return [...schedule!.steps];
}
