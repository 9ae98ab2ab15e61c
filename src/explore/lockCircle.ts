import { makeEventBuffer, readEvents, step } from '../kernel/machine';
import type { Program } from '../kernel/program';
import { locksHeld } from '../kernel/properties/lockOrder';
import { waitCycle } from '../kernel/properties/noDeadlock';
import { fieldIn, unpackState } from './layout';
import type { LockOrder } from './lockOrders';
import { circlesOf } from './lockOrders';
import type { Search } from './search';
import { BLOCKED } from './store';
import type { Successors } from './store';
import { countSwitches, layerOf, shortestSchedules } from './witness';
import type { Goal, LayeredGraph } from './witness';

/** Unpacks stored states into one buffer. */
function makeReader(search: Search): (state: number) => Int32Array {
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
  const read = makeReader(search);
  const goals: Goal[] = [];
  let end = engine.count();
  for (let from = 0; from < end; from += successors.batch) {
    const to = Math.min(end, from + successors.batch);
    successors.expand(from, to);
    const next = successors.next();
    for (let state = from, at = 0; state < to && state < end; state++, at += successors.tasks) {
      let blocked = false;
      for (let task = 0; task < successors.tasks; task++) blocked ||= next[at + task] === BLOCKED;
      if (!blocked || !waitCycle(model.program, read(state))) continue;
      if (goals.length === 0) end = Math.min(end, graph.layers[layerOf(graph.layers, state) + 1] ?? end);
      goals.push({ state, tail: [] });
    }
    yield to - from;
  }
  return goals;
}

/** The locks that a step acquires, each with those held at that moment, exactly as it runs. */
function ordersShown(program: Program, state: Int32Array, task: number): LockOrder[] {
  const held = locksHeld(program, state, task);
  const events = makeEventBuffer();
  step(program, state, task, events);
  const shown: LockOrder[] = [];
  for (const { note } of readEvents(program, events)) {
    if (note.kind === 'unlock' && held.includes(note.field)) held.splice(held.indexOf(note.field), 1);
    if (note.kind !== 'lock') continue;
    for (const h of held) shown.push({ held: h, taken: note.field });
    held.push(note.field);
  }
  return shown;
}

/** The best schedule that shows a whole circle of lock orders in one run; undefined when no run does. `orders` are those on circles. */
export function* lockCircleSchedule(search: Search, graph: LayeredGraph, orders: readonly LockOrder[]): Generator<number, number[] | undefined> {
  const { model, layout, engine } = search;
  const { program } = model;
  const { tasks, batch } = graph.successors;
  const read = makeReader(search);
  const takes = program.tasks.map((t) => t.steps.map((s) => s.body.length > 0 && JSON.stringify(s.body).includes('"note"') && lockNotes(program, t.index, s.pc).length > 0));
  /** By `state * tasks + task`: the orders that the transition shows, by their place in `orders`. */
  const shown = new Map<number, ReadonlySet<number>>();
  const seen = new Set<number>();
  const count = engine.count();
  for (let from = 0; from < count; from += batch) {
    const to = Math.min(count, from + batch);
    graph.successors.expand(from, to);
    const next = graph.successors.next();
    for (let state = from, at = 0; state < to; state++) {
      for (let task = 0; task < tasks; task++, at++) {
        const { records, stride } = engine.store();
        if (next[at]! < 0 || !takes[task]?.[fieldIn(model, layout, records, state * stride, model.pcs[task]!)]) continue;
        const here = new Set<number>();
        for (const o of ordersShown(program, read(state), task)) {
          const place = orders.findIndex((each) => each.held === o.held && each.taken === o.taken);
          if (place >= 0) here.add(place);
        }
        if (here.size > 0) shown.set(state * tasks + task, here);
        for (const place of here) seen.add(place);
      }
    }
    yield to - from;
  }
  let best: number[] | undefined;
  for (const circle of circlesOf(orders.filter((_, i) => seen.has(i)))) {
    const schedule = yield* showAll(graph, circle.map((o) => orders.indexOf(o)), shown);
    if (schedule && (!best || schedule.length < best.length || (schedule.length === best.length && countSwitches(schedule) < countSwitches(best)))) best = schedule;
  }
  return best;
}

function lockNotes(program: Program, task: number, pc: number): number[] {
  const out: number[] = [];
  const walk = (body: Program['tasks'][number]['steps'][number]['body']): void => {
    for (const s of body) {
      if (s.op === 'if') { walk(s.then); walk(s.otherwise); }
      const note = s.op === 'note' ? program.notes[s.note] : undefined;
      if (note?.kind === 'lock') out.push(note.field);
    }
  };
  walk(program.tasks[task]?.steps[pc]?.body ?? []);
  return out;
}

/** The shortest schedule whose transitions show all of these orders: a search over (state, orders shown so far). */
function* showAll(graph: LayeredGraph, circle: readonly number[], shown: ReadonlyMap<number, ReadonlySet<number>>): Generator<number, number[] | undefined> {
  const { successors } = graph;
  const { tasks } = successors;
  const whole = 2 ** circle.length - 1;
  const states = [0];
  const masks = [0];
  const numbers = new Map([[0, 0]]);
  const layers = [0, 1];
  const goals: Goal[] = [];
  const step = (node: number, task: number, next: number): number => {
    const here = shown.get(states[node]! * tasks + task);
    const after = circle.reduce((m, place, i) => (here?.has(place) ? m | (1 << i) : m), masks[node]!);
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
    tasks, batch: 1,
    expand: (from) => {
      successors.expand(states[from]!, states[from]! + 1);
      const next = successors.next();
      for (let task = 0; task < tasks; task++) if (next[task]! >= 0) next[task] = numbers.get(step(from, task, next[task]!)) ?? BLOCKED;
    },
    next: successors.next,
    broken: successors.broken,
  };
  const [schedule] = yield* shortestSchedules({ layers, successors: product }, [goals]);
  return schedule;
}
