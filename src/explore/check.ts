import {
  initialState,
  makeEventBuffer,
  nextStep,
  readEvents,
  step,
} from '../kernel/machine/machine';
import type { Program } from '../kernel/compiler/program';
import { stuckUnregister } from '../kernel/properties/unregisterLive';
import { checkState, PROPERTIES, stateChecks } from '../kernel/properties/properties';
import { PROPERTY_IDS } from '../kernel/properties/properties';
import type { PropertyId } from '../kernel/language/propertyId';
import { optionsAsJson } from '../scenario/format/makeScenario';
import { makeScheduleEntries } from '../scenario/format/scheduleText';
import { PropertyMonitor } from '../scenario/run/propertyMonitor';
import type {
  CheckResult,
  Coverage,
  CheckOutcome,
  PropertyVerdict,
  Reduction,
  StoppedBy,
  Counterexample,
} from './checkResult';
import { unpackState } from './engines/packedLayout';
import { originalTasks } from './counterexample/originalTasks';
import {
  deadlockGoals,
  lockCycleSchedule,
  observedLockDependencies,
} from './counterexample/lockCycles';
import { dependenciesOnCycles, possibleLockDependencies } from './counterexample/lockDependencies';
import type { LockDependency } from './counterexample/lockDependencies';
import { makeModel, propertyBit } from './engines/model';
import { findOutcomes, outcomeText } from './search/checkOutcomes';
import { makeAmpleTaskFinder } from './reduction/partialOrder';
import {
  bestEngine,
  DEFAULT_LIMITS,
  depthOf,
  depthReached,
  REHASH_BATCH,
  startSearch,
} from './search/search';
import type { EngineName, Limits, Search } from './search/search';
import { isolatedRunGoals } from './counterexample/isolatedRuns';
import type { Successors } from './engines/stateStore';
import { makeSuccessors } from './counterexample/successors';
import { findSymmetry } from './reduction/symmetry';
import {
  countSwitches,
  depthInLayers,
  shortestSchedules,
} from './counterexample/shortestSchedules';
import type { Goal, LayeredGraph } from './counterexample/shortestSchedules';

/** What to look for, and how. */
export interface CheckOptions {
  /** The fastest that the page admits where left out. */
  readonly engine?: EngineName;
  /** 5 million states and 512 MB where left out. */
  readonly limits?: Partial<Limits>;
  /** All sixteen where left out. */
  readonly properties?: readonly PropertyId[];
  /** What to leave out; nothing where left out. Under symmetry an outcome stands for all that differ in the names of alike tasks. */
  readonly reduce?: Reduction;
  /** Whether to make a witness for every outcome; true where left out. */
  readonly outcomes?: boolean;
}

/** How far a check has come. */
export interface SearchProgress {
  /** Exploring, or looking through what was found. */
  readonly phase: 'explore' | 'conclude';
  readonly states: number;
  /** States found and not yet expanded. */
  readonly frontier: number;
  readonly transitions: number;
  readonly depth: number;
  readonly bytes: number;
  /** Properties that a step or a state was seen to break so far. */
  readonly violated: readonly PropertyId[];
  readonly engine: EngineName;
}

/** A check under way: call `advance` until it is done, in slices as long as the caller likes. */
export interface Check {
  /** Works off about `budget` states. */
  readonly advance: (budget: number) => 'more' | 'done';
  readonly progress: () => SearchProgress;
  /** Ends the exploration; what was found is kept. After a cancel the next `advance` is the last; after `time` it still has to conclude. */
  readonly stop: (why: 'time' | 'cancel') => void;
  /** After `done`. The caller has the clock. */
  readonly result: (seconds: number) => CheckResult;
}

/** Begins a check of every interleaving of a program's calls. Throws when the program's states are too large to pack. */
export function makeCheck(program: Program, options: CheckOptions = {}): Check {
  const wanted = new Set<PropertyId>(options.properties ?? PROPERTY_IDS);
  const reduce = options.reduce ?? 'none';
  const orders =
    wanted.has('lock-order') || wanted.has('no-deadlock')
      ? dependenciesOnCycles(possibleLockDependencies(program))
      : [];
  const model = makeModel(
    program,
    stateChecks(program).filter((c) => wanted.has(c.property)),
  );
  const engine = options.engine ?? bestEngine();
  const search = startSearch(model, engine, { ...DEFAULT_LIMITS, ...options.limits }, (layout) => ({
    // Circles of lock orders are put together from several states, which images of them are not enough for.
    ...((reduce === 'symmetry' || reduce === 'both') && orders.length === 0
      ? { symmetry: findSymmetry(model, layout) }
      : {}),
    ...(reduce === 'partial-order' || reduce === 'both'
      ? { ampleTask: makeAmpleTaskFinder(model, layout) }
      : {}),
  }));
  let phase: SearchProgress['phase'] = 'explore';
  let stoppedBy: StoppedBy | undefined;
  let found: Findings | undefined;

  function* explore(): Generator<number> {
    for (;;) {
      const outcome = search.advance(slice);
      if (outcome === 'complete') return;
      if (outcome !== 'more') {
        stoppedBy = outcome === 'bytes' ? 'memory' : outcome;
        return;
      }
      yield slice;
      if (stoppedBy) return;
    }
  }
  function* work(): Generator<number> {
    yield* explore();
    phase = 'conclude';
    if (stoppedBy === 'cancel') return;
    const first = yield* conclude(search, wanted, orders, options.outcomes ?? true);
    found =
      search.reduction.ampleTask && first.counterexamples.size > 0
        ? yield* shortened(first)
        : first;
  }
  /** A partial order reduction keeps what is broken, not the shortest way to it: looks again, in full and no deeper than was found. */
  function* shortened(first: Findings): Generator<number, Findings> {
    const maxDepth = Math.max(...[...first.counterexamples.values()].map((w) => w.steps));
    const again = makeCheck(program, {
      engine,
      outcomes: false,
      properties: [...first.counterexamples.keys()],
      limits: { ...options.limits, maxDepth },
    });
    while (again.advance(slice) === 'more') yield slice;
    const better = new Map(
      again.result(0).properties.flatMap((p) => (p.witness ? [[p.id, p.witness] as const] : [])),
    );
    return {
      ...first,
      counterexamples: new Map(
        [...first.counterexamples].map(([id, w]) => [id, better.get(id) ?? w]),
      ),
    };
  }
  const running = work();
  let slice = 1024;
  return {
    advance: (budget) => {
      slice = Math.max(1, budget);
      for (let left = budget; left > 0;) {
        if (stoppedBy === 'cancel') found ??= concludeWithoutSearch(search, wanted);
        if (found) return 'done';
        const turn = running.next();
        if (turn.done) return 'done';
        left -= Math.max(1, turn.value);
      }
      return 'more';
    },
    progress: () => ({
      phase,
      states: search.engine.count(),
      frontier: search.engine.count() - search.expanded(),
      transitions: search.engine.transitions(),
      depth: depthReached(search),
      bytes: search.engine.bytes(),
      engine,
      violated: PROPERTY_IDS.filter(
        (id) => wanted.has(id) && search.firstViolations.has(propertyBit(id)),
      ),
    }),
    stop: (why) => {
      if (why === 'cancel' || phase === 'explore') stoppedBy ??= why;
    },
    result: (seconds) => {
      if (!found) throw new Error('the check is not done');
      const coverage: Coverage =
        stoppedBy === undefined ? 'complete' : stoppedBy === 'depth' ? 'bounded' : 'stopped';
      const { counterexamples: witnesses } = found;
      const properties = PROPERTIES.filter((p) => wanted.has(p.id)).map((p): PropertyVerdict => {
        const witness = witnesses.get(p.id);
        if (witness) return { id: p.id, status: 'violated', witness };
        return {
          id: p.id,
          status: !p.appliesTo(program)
            ? 'not-applicable'
            : coverage === 'complete'
              ? 'holds'
              : 'incomplete',
        };
      });
      return {
        format: 'vfio-playground/check@1',
        design: program.design.id,
        options: optionsAsJson(program.options),
        verdict: witnesses.size > 0 ? 'violated' : coverage === 'complete' ? 'holds' : 'incomplete',
        coverage,
        ...(stoppedBy === undefined ? {} : { stoppedBy }),
        states: search.engine.count(),
        transitions: search.engine.transitions(),
        depth: depthReached(search),
        seconds,
        engine,
        ...(reduce === 'none' ? {} : { reduce }),
        properties,
        outcomes: found.outcomes,
      };
    },
  };
}

/** Runs a check to its end in one go. */
export function runCheck(program: Program, options: CheckOptions = {}): CheckResult {
  const check = makeCheck(program, options);
  while (check.advance(100_000) === 'more');
  return check.result(0);
}

/** What a stage of concluding counts for, in states: a slice seldom holds two. */
const STAGE_COST = 32_768;

interface Findings {
  readonly counterexamples: ReadonlyMap<PropertyId, Counterexample>;
  readonly outcomes: CheckResult['outcomes'];
}

/** The explored graph; most checks find nothing and never look at its edges. */
function exploredGraph(search: Search, layers: readonly number[]): LayeredGraph {
  let successors: Successors | undefined;
  return {
    layers,
    get successors() {
      successors ??= makeSuccessors(search);
      return successors;
    },
  };
}

/** What follows from the explored states: the witnesses of what is violated, and the outcomes. */
function* conclude(
  search: Search,
  wanted: ReadonlySet<PropertyId>,
  orders: readonly LockDependency[],
  withOutcomes: boolean,
): Generator<number, Findings> {
  const { program } = search.model;
  // A search that was stopped may have been about to do so.
  while (search.engine.continueRehash(REHASH_BATCH)) yield REHASH_BATCH;
  const count = search.engine.count();
  const layers = search.layers.at(-1) === count ? search.layers : [...search.layers, count];
  const graph = exploredGraph(search, layers);
  const schedules = new Map<PropertyId, readonly number[]>();
  const goals = new Map<PropertyId, readonly Goal[]>();
  const seek = (id: PropertyId, found: readonly Goal[]): void => {
    if (found.length > 0) goals.set(id, nearestGoals(graph, [...(goals.get(id) ?? []), ...found]));
  };

  for (const id of PROPERTY_IDS) {
    const first = search.firstViolations.get(propertyBit(id));
    if (first && wanted.has(id))
      seek(
        id,
        first.task < 0
          ? [{ state: 0, tail: [] }]
          : yield* violatingGoals(search, graph, propertyBit(id), first.state),
      );
  }
  yield STAGE_COST;
  const solo = yield* isolatedRunGoals(search, layers, {
    unclean: wanted.has('clean-unwind'),
    late: wanted.has('unregister-live'),
  });
  seek('clean-unwind', solo.unclean);
  seek('unregister-live', solo.late);
  if (wanted.has('unregister-live')) seek('unregister-live', hungUnregisterGoals(search));
  yield STAGE_COST;
  if (orders.length > 0) {
    const seen = yield* observedLockDependencies(search, orders);
    if (
      wanted.has('no-deadlock') &&
      dependenciesOnCycles([...seen.shown, ...seen.waited]).length > 0
    )
      seek('no-deadlock', yield* deadlockGoals(search, graph));
    const shown = dependenciesOnCycles(seen.shown);
    if (wanted.has('lock-order') && shown.length > 0) {
      const circle = yield* lockCycleSchedule(search, graph, shown);
      const step = goals.get('lock-order')?.[0];
      if (circle && (!step || circle.length < goalDepth(graph, step))) {
        goals.delete('lock-order');
        schedules.set('lock-order', circle);
      }
    }
  }
  yield STAGE_COST;
  if (goals.size > 0) {
    // Making it takes a while.
    void graph.successors;
    yield STAGE_COST;
  }
  const found = yield* shortestSchedules(graph, [...goals.values()]);
  [...goals.keys()].forEach((id, i) =>
    schedules.set(id, originalTasks(search, found[i]!.steps, found[i]!.tail)),
  );
  const witnesses = new Map<PropertyId, Counterexample>();
  for (const [id, schedule] of schedules) {
    witnesses.set(id, replayCounterexample(program, id, schedule));
    yield STAGE_COST;
  }
  const outcomes: CheckOutcome[] = [];
  for (const { state, ...outcome } of withOutcomes ? findOutcomes(search) : []) {
    outcomes.push({
      ...outcome,
      witness: makeCounterexample(
        program,
        originalTasks(search, pathTo(search, state)),
        outcomeText(outcome),
      ),
    });
    yield STAGE_COST / 8;
  }
  return { counterexamples: witnesses, outcomes };
}

/** What is known without another look at the states: witnesses of the fewest steps for what the search itself saw. */
function concludeWithoutSearch(search: Search, wanted: ReadonlySet<PropertyId>): Findings {
  const witnesses = new Map<PropertyId, Counterexample>();
  for (const id of PROPERTY_IDS) {
    const first = search.firstViolations.get(propertyBit(id));
    if (!first || !wanted.has(id)) continue;
    witnesses.set(
      id,
      replayCounterexample(
        search.model.program,
        id,
        first.task < 0
          ? []
          : originalTasks(search, [...pathTo(search, first.state), first.task], 1),
      ),
    );
  }
  return { counterexamples: witnesses, outcomes: [] };
}

/** All transitions that break a property at the least depth at which one does. */
function* violatingGoals(
  search: Search,
  graph: LayeredGraph,
  bit: number,
  first: number,
): Generator<number, Goal[]> {
  const { successors, layers } = graph;
  const goals: Goal[] = [];
  const depth = depthOf(search, first);
  const end = Math.min(layers[depth + 1] ?? search.expanded(), search.expanded());
  for (let from = first; from < end; from += successors.batch) {
    const to = Math.min(end, from + successors.batch);
    successors.expand(from, to);
    const broken = successors.violated();
    for (let at = 0; at < (to - from) * successors.tasks; at++) {
      if ((broken[at]! & (1 << bit)) !== 0)
        goals.push({
          state: from + Math.floor(at / successors.tasks),
          tail: [at % successors.tasks],
        });
    }
    yield to - from;
  }
  return goals;
}

/** The ends in which an unregister can never return. */
function hungUnregisterGoals(search: Search): Goal[] {
  const { model, layout, engine } = search;
  if (!model.program.calls.some((c) => c.call.call === 'unregister_device')) return [];
  const { records, stride } = engine.store();
  const full = new Int32Array(model.program.fields.length + model.program.tasks.length);
  return search.terminalStates
    .filter((state) => {
      unpackState(model, layout, records, state * stride, full);
      return stuckUnregister(model.program, full) !== undefined;
    })
    .map((state) => ({ state, tail: [] }));
}

function goalDepth(graph: LayeredGraph, goal: Goal): number {
  return depthInLayers(graph.layers, goal.state) + goal.tail.length;
}

function nearestGoals(graph: LayeredGraph, goals: readonly Goal[]): Goal[] {
  const least = goals.reduce((min, g) => Math.min(min, goalDepth(graph, g)), Infinity);
  return goals.filter((g) => goalDepth(graph, g) === least);
}

/** The tasks along the parents of a state; the table may be in the middle of growing. */
function pathTo(search: Search, state: number): number[] {
  const { records, stride, words } = search.engine.store();
  const {
    model: { actions },
    reduction: { symmetry },
  } = search;
  const interpreter = search.interpreter();
  const leads = (parent: number, task: number, to: number): boolean => {
    if (!interpreter.step(records, parent * stride, task)) return false;
    symmetry?.canonicalize(interpreter.next, 0);
    for (let i = 0; i < words; i++)
      if (interpreter.next[i] !== records[to * stride + i]) return false;
    return true;
  };
  const path: number[] = [];
  for (let at = state; at > 0;) {
    const parent = records[at * stride + words]!;
    path.push(actions.findIndex((_, task) => leads(parent, task, at)));
    at = parent;
  }
  return path.toReversed();
}

function makeCounterexample(
  program: Program,
  schedule: readonly number[],
  text: string,
): Counterexample {
  return {
    schedule: scheduleEntries(program, schedule),
    steps: schedule.length,
    switches: countSwitches(schedule),
    text,
  };
}

function scheduleEntries(program: Program, schedule: readonly number[]): string[] {
  return makeScheduleEntries(schedule.map((task) => program.tasks[task]!.name));
}

/** The witness as a run tells it; throws when the run does not see what the search saw. */
function replayCounterexample(
  program: Program,
  id: PropertyId,
  schedule: readonly number[],
): Counterexample {
  const state = initialState(program);
  if (schedule.length === 0)
    return makeCounterexample(
      program,
      schedule,
      checkState(stateChecks(program), state).find((v) => v.property === id)?.text ?? id,
    );
  const watch = new PropertyMonitor(program);
  const events = makeEventBuffer();
  for (const task of schedule) {
    const now = nextStep(program, state, task);
    if (!now)
      throw new Error(
        `the witness of ${id} asks ${program.tasks[task]?.name} to go on behind its end`,
      );
    watch.before(state, task);
    step(program, state, task, events);
    const seen = watch
      .after(state, task, now, readEvents(program, events))
      .find((v) => v.property === id);
    if (seen) return makeCounterexample(program, schedule, seen.text);
  }
  throw new Error(
    `a run of the witness of ${id} does not show it: ${scheduleEntries(program, schedule).join(', ')}`,
  );
}
