import {
  initialState,
  makeEventBuffer,
  nextStep,
  readEvents,
  step,
} from '../kernel/machine/machine';
import type { Program, ProgramCall } from '../kernel/compiler/program';
import { lostWakeup, waitsForCompletions } from '../kernel/properties/noDeadlock';
import { stuckUnregister } from '../kernel/properties/unregisterLive';
import { checkState, PROPERTIES, stateChecks } from '../kernel/properties/properties';
import { PROPERTY_IDS } from '../kernel/properties/properties';
import { MODEL_LIMIT } from '../kernel/language/errno';
import type { PropertyId } from '../kernel/language/propertyId';
import { optionsAsJson } from '../scenario/format/makeScenario';
import type { InputError } from '../scenario/format/scenario';
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
import { readField, unpackState } from './engines/packedLayout';
import { faultsOutOfReach } from './search/faultsOutOfReach';
import { originalTasks } from './counterexample/originalTasks';
import {
  deadlockGoals,
  lockCycleSchedule,
  observedLockDependencies,
} from './counterexample/lockCycles';
import {
  dependenciesOnCycles,
  mayDeadlockOnCompletion,
  possibleLockDependencies,
} from './counterexample/lockDependencies';
import type { LockDependency } from './counterexample/lockDependencies';
import { makeModel, propertyBit } from './engines/model';
import { findOutcomes, outcomeText } from './search/checkOutcomes';
import { makeAmpleTaskFinder } from './reduction/partialOrder';
import {
  bestEngine,
  DEFAULT_LIMITS,
  depthInLayers,
  depthOf,
  depthReached,
  REHASH_BATCH,
  startSearch,
} from './search/search';
import type { EngineName, Limits, Search } from './search/search';
import { isolatedRunGoals } from './counterexample/isolatedRuns';
import type { Successors } from './engines/engine';
import { makeSuccessors } from './counterexample/successors';
import { findSymmetry } from './reduction/symmetry';
import { countSwitches, shortestSchedules } from './counterexample/shortestSchedules';
import type { Goal, LayeredGraph } from './counterexample/shortestSchedules';

/** Options of a check. */
export interface CheckOptions {
  /** Default: bytecode for few states, for which emitting WebAssembly does not pay; then the fastest engine that the page allows. */
  readonly engine?: EngineName;
  /** Default: `DEFAULT_LIMITS`. */
  readonly limits?: Partial<Limits>;
  /** Default: all properties. */
  readonly properties?: readonly PropertyId[];
  /** Default: none. Under symmetry an outcome represents all outcomes that differ only by an exchange of alike tasks. */
  readonly reduce?: Reduction;
  /** Whether to list the outcomes, each with a schedule. Default: true. */
  readonly outcomes?: boolean;
}

/** The progress of a check. */
export interface SearchProgress {
  /** Exploring states, or searching the explored states for counterexamples. */
  readonly phase: 'explore' | 'conclude';
  readonly states: number;
  /** States that are found but not yet expanded. */
  readonly frontier: number;
  readonly transitions: number;
  readonly depth: number;
  readonly bytes: number;
  /** Properties that a step or a state has violated so far. */
  readonly violated: readonly PropertyId[];
  readonly engine: EngineName;
}

/** A check in progress. Call `advance` until it is done; the caller chooses the length of a slice. */
export interface Check {
  /** Processes about `budget` states. */
  readonly advance: (budget: number) => 'more' | 'done';
  readonly progress: () => SearchProgress;
  /** Stops the exploration and keeps what was found. After `cancel` the next `advance` is the last; after `time` the check still concludes. */
  readonly stop: (why: 'time' | 'cancel') => void;
  /** Only after `done`. The caller measures the time. */
  readonly result: (seconds: number) => CheckResult;
}

/** Starts a check of every interleaving of a program's calls. Throws if the states of the program are too large to pack. */
export function makeCheck(program: Program, options: CheckOptions = {}): Check {
  const wanted = new Set<PropertyId>(options.properties ?? PROPERTY_IDS);
  const reduce = options.reduce ?? 'none';
  const dependencies =
    wanted.has('lock-order') || wanted.has('no-deadlock')
      ? dependenciesOnCycles(possibleLockDependencies(program))
      : [];
  const model = makeModel(
    program,
    stateChecks(program).filter((c) => wanted.has(c.property)),
  );
  const begin = (name: EngineName): Search =>
    startSearch(model, name, { ...DEFAULT_LIMITS, ...options.limits }, (layout) => ({
      // A cycle of lock dependencies combines several states, for which canonical images are not enough.
      ...((reduce === 'symmetry' || reduce === 'both') && dependencies.length === 0
        ? { symmetry: findSymmetry(model, layout) }
        : {}),
      ...(reduce === 'partial-order' || reduce === 'both'
        ? { ampleTask: makeAmpleTaskFinder(model, layout) }
        : {}),
    }));
  let engine: EngineName = options.engine ?? 'bytecode';
  let search = begin(engine);
  let phase: SearchProgress['phase'] = 'explore';
  let stoppedBy: StoppedBy | undefined;
  let found: Findings | undefined;

  function* explore(): Generator<number> {
    for (;;) {
      const outcome = search.advance(slice);
      if (
        options.engine === undefined &&
        engine === 'bytecode' &&
        search.engine.count() > MAX_STATES_WITHOUT_WASM &&
        outcome !== 'complete' &&
        bestEngine() === 'wasm'
      ) {
        engine = 'wasm';
        search = begin(engine);
        continue;
      }
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
    const first = yield* conclude(
      search,
      wanted,
      dependencies,
      options.outcomes ?? true,
      stoppedBy === undefined,
    );
    found =
      search.reduction.ampleTask && first.counterexamples.size > 0
        ? yield* withShortestCounterexamples(first)
        : first;
  }
  /** Partial order reduction preserves violations but not shortest counterexamples: searches again, in unpacked, up to the depth found. */
  function* withShortestCounterexamples(first: Findings): Generator<number, Findings> {
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
      const { counterexamples } = found;
      const bound = stoppedBy ?? (found.reachesModelLimit ? 'model' : undefined);
      const coverage: Coverage =
        bound === undefined
          ? 'complete'
          : bound === 'depth' || bound === 'model'
            ? 'bounded'
            : 'stopped';
      const properties = PROPERTIES.filter(
        (p) => wanted.has(p.id) && (!p.isOptional || p.appliesTo(program)),
      ).map((p): PropertyVerdict => {
        const witness = counterexamples.get(p.id);
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
        ...(program.design.modified ? { modified: true } : {}),
        options: optionsAsJson(program.options),
        verdict:
          counterexamples.size > 0 ? 'violated' : coverage === 'complete' ? 'holds' : 'incomplete',
        coverage,
        ...(bound === undefined ? {} : { stoppedBy: bound }),
        states: search.engine.count(),
        transitions: search.engine.transitions(),
        depth: depthReached(search),
        seconds,
        engine,
        ...(reduce === 'none' ? {} : { reduce }),
        properties,
        ...(found.unreachedFaults.length === 0 ? {} : { unreachedFaults: found.unreachedFaults }),
        outcomes: found.outcomes,
      };
    },
  };
}

/** Runs a whole check. */
export function runCheck(program: Program, options: CheckOptions = {}): CheckResult {
  const check = makeCheck(program, options);
  while (check.advance(100_000) === 'more');
  return check.result(0);
}

/** With more states than this, emitting WebAssembly takes less time than it saves (`npm run bench`). */
const MAX_STATES_WITHOUT_WASM = 50_000;

/** The cost of one stage of `conclude` in states; a slice rarely has two stages. */
const STAGE_COST = 32_768;

interface Findings {
  readonly reachesModelLimit: boolean;
  readonly unreachedFaults: readonly InputError[];
  readonly counterexamples: ReadonlyMap<PropertyId, Counterexample>;
  readonly outcomes: CheckResult['outcomes'];
}

/** The explored graph. Its edges are computed only if a violation was found. */
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

/** Finds the counterexamples and the outcomes in the explored states. */
function* conclude(
  search: Search,
  wanted: ReadonlySet<PropertyId>,
  dependencies: readonly LockDependency[],
  withOutcomes: boolean,
  isComplete: boolean,
): Generator<number, Findings> {
  const { program } = search.model;
  // A stopped search may have left a rehash unfinished.
  while (search.engine.continueRehash(REHASH_BATCH)) yield REHASH_BATCH;
  const count = search.engine.count();
  const layers = search.layers.at(-1) === count ? search.layers : [...search.layers, count];
  const graph = exploredGraph(search, layers);
  const schedules = new Map<PropertyId, readonly number[]>();
  const goals = new Map<PropertyId, readonly Goal[]>();
  const addGoals = (id: PropertyId, found: readonly Goal[]): void => {
    if (found.length > 0) goals.set(id, nearestGoals(graph, [...(goals.get(id) ?? []), ...found]));
  };

  for (const id of PROPERTY_IDS) {
    const first = search.firstViolations.get(propertyBit(id));
    if (first && wanted.has(id))
      addGoals(
        id,
        first.task < 0
          ? [{ state: 0, tail: [] }]
          : yield* violatingGoals(search, graph, propertyBit(id), first.state),
      );
  }
  yield STAGE_COST;
  const isolated = yield* isolatedRunGoals(search, layers, {
    uncleanUnwind: wanted.has('clean-unwind'),
    lateReference: wanted.has('unregister-live'),
  });
  addGoals('clean-unwind', isolated.uncleanUnwind);
  addGoals('unregister-live', isolated.lateReference);
  if (wanted.has('unregister-live'))
    addGoals('unregister-live', terminalGoals(search, stuckUnregister));
  yield STAGE_COST;
  let lockCycle = false;
  if (dependencies.length > 0) {
    const seen = yield* observedLockDependencies(search, dependencies);
    lockCycle = dependenciesOnCycles([...seen.shown, ...seen.blocked]).length > 0;
    const shown = dependenciesOnCycles(seen.shown);
    if (wanted.has('lock-order') && shown.length > 0) {
      const cycleSchedule = yield* lockCycleSchedule(search, graph, shown);
      const step = goals.get('lock-order')?.[0];
      if (cycleSchedule && (!step || cycleSchedule.length < goalDepth(graph, step))) {
        goals.delete('lock-order');
        schedules.set('lock-order', cycleSchedule);
      }
    }
  }
  if (wanted.has('no-deadlock') && (lockCycle || mayDeadlockOnCompletion(program)))
    addGoals('no-deadlock', yield* deadlockGoals(search, graph));
  if (wanted.has('no-deadlock')) addGoals('no-deadlock', terminalGoals(search, lostWakeup));
  yield STAGE_COST;
  if (goals.size > 0) {
    // Compute the edges in a slice of their own.
    void graph.successors;
    yield STAGE_COST;
  }
  const found = yield* shortestSchedules(graph, [...goals.values()]);
  [...goals.keys()].forEach((id, i) =>
    schedules.set(id, originalTasks(search, found[i]!.steps, found[i]!.tail)),
  );
  const counterexamples = new Map<PropertyId, Counterexample>();
  for (const [id, schedule] of schedules) {
    counterexamples.set(id, replayCounterexample(program, id, schedule));
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
  const unreachedFaults = isComplete ? yield* faultsOutOfReach(search) : [];
  return {
    counterexamples,
    outcomes,
    unreachedFaults,
    reachesModelLimit: reachesModelLimit(search),
  };
}

/** The shortest counterexamples of violations that the search itself saw, without going through the states again. */
function concludeWithoutSearch(search: Search, wanted: ReadonlySet<PropertyId>): Findings {
  const counterexamples = new Map<PropertyId, Counterexample>();
  for (const id of PROPERTY_IDS) {
    const first = search.firstViolations.get(propertyBit(id));
    if (!first || !wanted.has(id)) continue;
    counterexamples.set(
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
  return { counterexamples, outcomes: [], unreachedFaults: [], reachesModelLimit: false };
}

/** All transitions that violate a property at the minimum depth. */
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
    const violated = successors.violated();
    for (let at = 0; at < (to - from) * successors.tasks; at++) {
      if ((violated[at]! & (1 << bit)) !== 0)
        goals.push({
          state: from + Math.floor(at / successors.tasks),
          tail: [at % successors.tasks],
        });
    }
    yield to - from;
  }
  return goals;
}

/** The terminal states in which a call waits for a completion and can never return. */
function terminalGoals(
  search: Search,
  stuckCall: (program: Program, state: Int32Array) => ProgramCall | undefined,
): Goal[] {
  const { model, layout, engine } = search;
  if (!waitsForCompletions(model.program)) return [];
  const { records, stride } = engine.store();
  const unpacked = new Int32Array(model.program.fields.length + model.program.tasks.length);
  return search.terminalStates
    .filter((state) => {
      unpackState(model, layout, records, state * stride, unpacked);
      return stuckCall(model.program, unpacked) !== undefined;
    })
    .map((state) => ({ state, tail: [] }));
}

/** Whether some interleaving ends with a call that the model could not continue. */
function reachesModelLimit({ model, layout, engine, terminalStates }: Search): boolean {
  const limited = model.program.calls.filter((c) => c.errnos.includes(MODEL_LIMIT));
  const { records, stride } = engine.store();
  return limited.some(({ result, errnos }) =>
    terminalStates.some(
      (state) =>
        errnos[readField(model, layout, records, state * stride, result) - 1] === MODEL_LIMIT,
    ),
  );
}

function goalDepth(graph: LayeredGraph, goal: Goal): number {
  return depthInLayers(graph.layers, goal.state) + goal.tail.length;
}

function nearestGoals(graph: LayeredGraph, goals: readonly Goal[]): Goal[] {
  const minDepth = goals.reduce((min, g) => Math.min(min, goalDepth(graph, g)), Infinity);
  return goals.filter((g) => goalDepth(graph, g) === minDepth);
}

/** The tasks along the parents of a state. Does not use the hash table, which may be incomplete. */
function pathTo(search: Search, state: number): number[] {
  const { records, stride, words } = search.engine.store();
  const {
    model: { actions },
    reduction: { symmetry },
  } = search;
  const interpreter = search.interpreter();
  const leadsTo = (parent: number, task: number, to: number): boolean => {
    if (!interpreter.step(records, parent * stride, task)) return false;
    symmetry?.canonicalize(interpreter.next, 0);
    for (let i = 0; i < words; i++)
      if (interpreter.next[i] !== records[to * stride + i]) return false;
    return true;
  };
  const path: number[] = [];
  for (let at = state; at > 0;) {
    const parent = records[at * stride + words]!;
    path.push(actions.findIndex((_, task) => leadsTo(parent, task, at)));
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

/** Replays a counterexample to get its text. Throws if the run does not show the violation that the search found. */
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
  const monitor = new PropertyMonitor(program);
  const events = makeEventBuffer();
  for (const task of schedule) {
    const next = nextStep(program, state, task);
    if (!next)
      throw new Error(
        `the counterexample of ${id} runs ${program.tasks[task]?.name} after its last call`,
      );
    monitor.before(state, task);
    step(program, state, task, events);
    const seen = monitor
      .after(state, task, next, readEvents(program, events))
      .find((v) => v.property === id);
    if (seen) return makeCounterexample(program, schedule, seen.text);
  }
  throw new Error(
    `replaying the counterexample of ${id} does not show the violation: ${scheduleEntries(program, schedule).join(', ')}`,
  );
}
