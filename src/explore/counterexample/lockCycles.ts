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
import { formOf } from '../engines/foldedStep';
import { statesMatching, unpackState } from '../engines/packedLayout';
import type { BitField } from '../engines/packedLayout';
import type { LockDependency } from './lockDependencies';
import { simpleLockCycles } from './lockDependencies';
import { makeStateProjection } from '../search/stateProjection';
import type { StateProjection } from '../search/stateProjection';
import type { Search } from '../search/search';
import { TASK_BLOCKED } from '../engines/engine';
import type { Successors } from '../engines/engine';
import { countSwitches, shortestSchedules } from './shortestSchedules';
import { depthInLayers } from '../search/search';
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

/** The states of least depth with a cycle of waiting tasks. Slow: call it only if lock dependencies form a cycle. */
export function* deadlockGoals(search: Search, graph: LayeredGraph): Generator<number, Goal[]> {
  const { model, layout, engine } = search;
  const { successors } = graph;
  const read = makeStateReader(search);
  /** By task: its control state, and whether its step there may wait for a lock or a completion. */
  const waiting = model.program.tasks.map(({ pc, steps }) => {
    const bitField = layout.bitFieldOf.get(pc)!;
    const mayWait = bitField.table!.map((at) =>
      steps[at]?.waits.some(({ kind }) => kind === 'mutex' || kind === 'completion'),
    );
    return { bitField, mayWait };
  });
  const goals: Goal[] = [];
  let end = engine.count();
  for (let from = 0; from < end; from += successors.batch) {
    const to = Math.min(end, from + successors.batch);
    successors.expand(from, to);
    const next = successors.next();
    const { records, stride } = engine.store();
    for (let state = from, at = 0; state < to && state < end; state++, at += successors.tasks) {
      let blocked = false;
      for (let task = 0; task < successors.tasks && !blocked; task++) {
        if (next[at + task] !== TASK_BLOCKED) continue;
        const { bitField, mayWait } = waiting[task]!;
        const { word, shift, mask } = bitField;
        blocked = mayWait[(records[state * stride + word]! >>> shift) & mask] === true;
      }
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
  /** Made at the first state of the step: few states reach few steps. */
  readonly projection: () => StateProjection;
  /** By class of the projection. */
  readonly observations: ObservedDependencies[];
}

/** The lock dependencies that steps show, cached for all states that agree on what the step reads. */
class LockObserver {
  readonly read: (state: number) => Int32Array;
  /** By task: its control state field, and by control state the observations of its step; undefined if it takes no lock. */
  readonly tasks: readonly {
    readonly bitField: BitField;
    readonly observationsAt: readonly (StepObservation | undefined)[];
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
      const observationsAt = task.steps.map((s): StepObservation | undefined => {
        if (!takesLocks(program, s)) return undefined;
        let projection: StateProjection | undefined;
        return {
          projection: () =>
            (projection ??= makeStateProjection(layout, [...mutexes, ...fieldsReadBy(s)])),
          observations: [],
        };
      });
      const bitField = layout.bitFieldOf.get(model.pcs[task.index]!)!;
      return { bitField, observationsAt: bitField.table!.map((pc) => observationsAt[pc]) };
    });
  }

  /** The dependencies that the next step of a task shows, or would show if the task were not blocked. */
  dependenciesAt(
    records: Int32Array,
    stride: number,
    state: number,
    task: number,
  ): ObservedDependencies {
    const { bitField, observationsAt } = this.tasks[task]!;
    const entry =
      observationsAt[(records[state * stride + bitField.word]! >>> bitField.shift) & bitField.mask];
    if (!entry) return NO_DEPENDENCIES;
    const number = entry.projection().numberOf(records, state * stride);
    if (number < entry.observations.length) return entry.observations[number]!;
    const found = this.observe(this.read(state), task);
    entry.observations.push(found);
    return found;
  }

  /** Calls `visit` for each state that shows a dependency. */
  visitDependencies(
    states: Int32Array,
    records: Int32Array,
    stride: number,
    task: number,
    visit: (dependencies: ObservedDependencies) => void,
  ): void {
    for (let i = 0; i < states.length; i++) {
      const observed = this.dependenciesAt(records, stride, states[i]!, task);
      if (observed !== NO_DEPENDENCIES) visit(observed);
    }
  }

  private observe(state: Int32Array, task: number): ObservedDependencies {
    const { program } = this.search.model;
    const indexOf = (held: number, taken: number): number[] => {
      const at = this.dependencies.findIndex((o) => o.held === held && o.taken === taken);
      return at < 0 ? [] : [at];
    };
    const held = locksHeld(program, state, task);
    if (!isEnabled(program, state, task)) {
      const wait = currentWait(program, state, task);
      return {
        acquired: new Set(),
        blocked: new Set(wait?.kind === 'mutex' ? held.flatMap((h) => indexOf(h, wait.field)) : []),
      };
    }
    const events = makeEventBuffer();
    step(program, state, task, events);
    const shown = new Set<number>();
    for (const { template } of readEvents(program, events)) {
      if (template.kind === 'unlock' && held.includes(template.field))
        held.splice(held.indexOf(template.field), 1);
      if (template.kind !== 'lock') continue;
      for (const h of held) for (const at of indexOf(h, template.field)) shown.add(at);
      held.push(template.field);
    }
    return shown.size === 0 ? NO_DEPENDENCIES : { acquired: shown, blocked: new Set() };
  }
}

/** Indices of dependencies that a step shows, and of those that a blocked task would show. */
interface ObservedDependencies {
  readonly acquired: ReadonlySet<number>;
  readonly blocked: ReadonlySet<number>;
}

const NO_DEPENDENCIES: ObservedDependencies = { acquired: new Set(), blocked: new Set() };

/** What decides whether the step takes its locks, and what it stores. */
function fieldsReadBy(step: Step): ReadonlySet<number> {
  const fields = new Set(formOf(step).reads);
  for (const wait of step.waits)
    if (wait.kind === 'mutex') fieldsRead(wait.when, (field) => fields.add(field));
  return fields;
}

function takesLocks(program: Program, s: Step): boolean {
  if (s.waits.some((w) => w.kind === 'mutex')) return true;
  let found = false;
  eachStatement(s.body, (each) => {
    found ||= each.op === 'emit' && program.eventTemplates[each.event]?.kind === 'lock';
  });
  return found;
}

/** The dependencies that occur in an explored state: shown by a step, or by a task that is blocked while it holds the other lock. */
export function* observedLockDependencies(
  search: Search,
  dependencies: readonly LockDependency[],
): Generator<number, { readonly shown: LockDependency[]; readonly blocked: LockDependency[] }> {
  const locks = new LockObserver(search, dependencies);
  const [shown, blocked] = [new Set<number>(), new Set<number>()];
  const count = search.engine.count();
  const found = new Int32Array(STATES_PER_SLICE);
  for (let from = 0; from < count; from += STATES_PER_SLICE) {
    const to = Math.min(count, from + STATES_PER_SLICE);
    const { records, stride } = search.engine.store();
    for (const [task, { bitField, observationsAt }] of locks.tasks.entries()) {
      if (observationsAt.every((l) => !l)) continue;
      locks.visitDependencies(
        statesMatching(records, stride, from, to, bitField, observationsAt, found),
        records,
        stride,
        task,
        (observed) => {
          for (const at of observed.acquired) shown.add(at);
          for (const at of observed.blocked) blocked.add(at);
        },
      );
    }
    yield to - from;
  }
  return {
    shown: dependencies.filter((_, i) => shown.has(i)),
    blocked: dependencies.filter((_, i) => blocked.has(i)),
  };
}

const STATES_PER_SLICE = 4096;

/** The best schedule that shows a all cycle of lock dependencies in one run; undefined if no run does. `dependencies` are those that some step shows. */
export function* lockCycleSchedule(
  search: Search,
  graph: LayeredGraph,
  dependencies: readonly LockDependency[],
): Generator<number, number[] | undefined> {
  const entry = new LockObserver(search, dependencies);
  let best: number[] | undefined;
  for (const cycle of simpleLockCycles(dependencies)) {
    const schedule = yield* scheduleThroughAll(
      search,
      graph,
      cycle.map((o) => dependencies.indexOf(o)),
      entry,
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

/** The shortest schedule that shows all dependencies of a cycle: a search over pairs of state and dependencies shown so far. */
function* scheduleThroughAll(
  search: Search,
  graph: LayeredGraph,
  cycle: readonly number[],
  entry: LockObserver,
): Generator<number, number[] | undefined> {
  const { successors } = graph;
  const { tasks } = successors;
  const all = 2 ** cycle.length - 1;
  const states = [0];
  const masks = [0];
  const numbers = new Map([[0, 0]]);
  const layers = [0, 1];
  const goals: Goal[] = [];
  const step = (node: number, task: number, next: number): number => {
    const { records, stride } = search.engine.store();
    const { acquired: shown } = entry.dependenciesAt(records, stride, states[node]!, task);
    const after = cycle.reduce(
      (m, dependency, i) => (shown.has(dependency) ? m | (1 << i) : m),
      masks[node]!,
    );
    return next * (all + 1) + after;
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
      if (key % (all + 1) === all) goals.push({ state: states.length, tail: [] });
      states.push(next[task]!);
      masks.push(key % (all + 1));
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
