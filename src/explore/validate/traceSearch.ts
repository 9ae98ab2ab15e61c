import type { Program } from '../../kernel/compiler/program';
import {
  callResult,
  initialState,
  isEnabled,
  makeEventBuffer,
  nextStep,
  step,
  type EventBuffer,
} from '../../kernel/machine/machine';
import { eachStatement } from '../../kernel/language/statements';
import { callErrorText } from '../../kernel/language/errno';
import type { KernelEvent } from '../../scenario/kernelTrace/kernelTrace';

/** A state of the search: the machine, and what the trace needs to know beside it. */
type SearchState = Int32Array;

/** A state in which the next event of the trace is impossible. */
export interface StuckState {
  /** Task indices of the steps so far. */
  readonly schedule: readonly number[];
  /** Whether no task can move without an event of the trace. */
  readonly final: boolean;
}

export interface TraceSearchResult {
  readonly kind: 'explained' | 'rejected' | 'stopped';
  /** Events that some schedule explains. */
  readonly accepted: number;
  /** Explained: the schedule, as task indices. */
  readonly schedule: readonly number[];
  /** Rejected: the number of states that the accepted events leave possible. */
  readonly possible: number;
  /** Some of them, those that say most first. */
  readonly stuck: readonly StuckState[];
  /** States visited. */
  readonly states: number;
}

/** Progress of a task's waiting for a mutex, as far as the trace told. */
const WAIT = { none: 0, seen: 1, begun: 2, moved: 3 } as const;

/** States for which the reasons are computed. */
const MAX_STUCK = 4000;

/** What the search knows of the trace at one event: per task the call that it has entered, and whether that has not returned in the trace. */
interface Positions {
  readonly entered: Int16Array;
  readonly open: Uint8Array;
}

/**
 * Looks for a schedule that explains the events. A depth-first search over pairs of an event and a state; what the trace does
 * not show are silent steps. It tries the task of the next event first, so a trace of the model takes few more states than
 * steps. The first pass leaves out calls that return something else than the trace says later; only if that fails, a second
 * pass finds how far any schedule gets.
 */
export function searchTrace(
  program: Program,
  events: readonly KernelEvent[],
  maxStates: number,
): TraceSearchResult {
  const first = new TraceSearch(program, events, maxStates, true).run();
  if (first.kind !== 'rejected') return first;
  return new TraceSearch(program, events, maxStates - first.states, false).run();
}

class TraceSearch {
  private readonly taskByName: ReadonlyMap<string, number>;
  private readonly positions: readonly Positions[];
  private readonly returned: (string | undefined)[];
  private readonly locks: readonly string[];
  private readonly momentary: ReadonlySet<number>;
  private readonly buffer: EventBuffer = makeEventBuffer();
  private readonly returnEvent: readonly boolean[];
  private readonly keyFields: Int32Array;
  private readonly keyBuffer: Uint16Array;
  /** Index of the aux values in a search state: per task returned, per task waiting, per lock its mutex. */
  private readonly aux: number;

  constructor(
    private readonly program: Program,
    private readonly events: readonly KernelEvent[],
    private readonly maxStates: number,
    private readonly lookAhead: boolean,
  ) {
    const { tasks, fields, calls, eventTemplates } = program;
    this.taskByName = new Map(tasks.map(({ name, index }) => [name, index]));
    this.returned = calls.map(() => undefined);
    const entered = new Int16Array(tasks.length).fill(-1);
    const open = new Uint8Array(tasks.length);
    this.positions = [
      ...events.map((event): Positions => {
        const before = { entered: entered.slice(), open: open.slice() };
        const task = this.taskOf(event);
        if (event.kind === 'enter') {
          entered[task] = event.call;
          open[task] = 1;
        } else if (event.kind === 'exit') {
          open[task] = 0;
          this.returned[event.call] = event.returns;
        }
        return before;
      }),
      { entered, open },
    ];
    this.locks = [
      ...new Set(events.flatMap((event) => (event.kind === 'contention' ? [event.lock] : []))),
    ];
    this.returnEvent = eventTemplates.map(({ kind }) => kind === 'return' || kind === 'skip');
    this.momentary = momentaryMutexes(program);
    this.aux = fields.length + tasks.length;
    this.keyFields = Int32Array.from([
      ...fields.flatMap((f) => (f.constant ? [] : [f.index])),
      ...Array.from({ length: 2 * tasks.length + this.locks.length }, (_, i) => this.aux + i),
    ]);
    this.keyBuffer = new Uint16Array(this.keyFields.length);
  }

  private taskOf(event: KernelEvent): number {
    const task = this.taskByName.get(event.task);
    if (task === undefined) throw new Error(`the program has no task ${event.task}`);
    return task;
  }

  run(): TraceSearchResult {
    const { program, events } = this;
    const taskCount = program.tasks.length;
    const start = new Int32Array(this.aux + 2 * taskCount + this.locks.length);
    start.set(initialState(program));
    const visited = events.map(() => new Set<string>());
    visited.push(new Set());
    /** Parent and move of every visited pair; a move is a task, or -1 for an event without a step. */
    const parents: number[] = [-1];
    const moves: number[] = [-1];
    const stack: { at: number; state: SearchState; node: number; move: number }[] = [];
    let deepest = -1;
    let stuck: { node: number; final: boolean; returned: boolean }[] = [];
    let states = 0;
    const scheduleOf = (node: number): number[] => {
      const schedule: number[] = [];
      for (let n = node; n >= 0; n = parents[n]!) if (moves[n]! >= 0) schedule.push(moves[n]!);
      return schedule.toReversed();
    };
    const push = (at: number, state: SearchState, parent: number, move: number): boolean => {
      const known = visited[at]!;
      const key = this.keyOf(state);
      if (known.has(key)) return false;
      known.add(key);
      states++;
      parents.push(parent);
      moves.push(move);
      if (at > deepest) {
        deepest = at;
        stuck = [];
      }
      stack.push({ at, state, node: parents.length - 1, move: -1 });
      return true;
    };
    parents.length = 0;
    moves.length = 0;
    push(0, start, -1, -1);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const { at, state, node } = top;
      if (at === events.length)
        return {
          kind: 'explained',
          accepted: at,
          schedule: scheduleOf(node),
          possible: 0,
          stuck: [],
          states,
        };
      if (states > this.maxStates)
        return {
          kind: 'stopped',
          accepted: Math.max(0, deepest),
          schedule: scheduleOf(node),
          possible: 0,
          stuck: [],
          states,
        };
      const event = events[at]!;
      const task = this.taskOf(event);
      if (top.move === -1) {
        // The event itself.
        top.move = 0;
        const after = this.afterEvent(event, task, at, state);
        if (after) {
          push(at + 1, after, node, event.kind === 'step' ? task : -1);
          continue;
        }
        if (at === deepest && stuck.length < MAX_STUCK)
          stuck.push({
            node,
            final: !this.anySilentStep(at, state),
            returned: state[this.aux + task] === 1,
          });
      }
      let pushed = false;
      while (top.move < taskCount && !pushed) {
        // The task of the event first, then the others in order.
        const other = top.move === 0 ? task : top.move <= task ? top.move - 1 : top.move;
        top.move++;
        if (!this.maySilentlyStep(at, state, other)) continue;
        const after = this.afterStep(at, state, other);
        if (after) pushed = push(at, after, node, other);
      }
      if (!pushed && top.move >= taskCount) stack.pop();
    }
    const ordered = stuck.toSorted(
      (a, b) => Number(b.returned) - Number(a.returned) || Number(b.final) - Number(a.final),
    );
    return {
      kind: 'rejected',
      accepted: Math.max(0, deepest),
      schedule: scheduleOf(ordered[0]?.node ?? 0),
      possible: visited[Math.max(0, deepest)]!.size,
      stuck: ordered.map(({ node, final }) => ({ schedule: scheduleOf(node), final })),
      states,
    };
  }

  private keyOf(state: SearchState): string {
    const { keyFields, keyBuffer } = this;
    for (let i = 0; i < keyFields.length; i++) keyBuffer[i] = state[keyFields[i]!]!;
    return String.fromCharCode(...keyBuffer);
  }

  private anySilentStep(at: number, state: SearchState): boolean {
    return this.program.tasks.some(({ index }) => this.maySilentlyStep(at, state, index));
  }

  /** Whether the task can move without an event: inside the call that the trace has entered, and after its return only when the trace has that too. */
  private maySilentlyStep(at: number, state: SearchState, task: number): boolean {
    const { program } = this;
    const next = nextStep(program, state, task);
    if (!next || !isEnabled(program, state, task)) return false;
    if (this.isFlusher(task)) return true;
    const { entered, open } = this.positions[at]!;
    return next.call === entered[task] && !(open[task] === 1 && state[this.aux + task] === 1);
  }

  /** A store buffer, which makes no call. */
  private isFlusher(task: number): boolean {
    return this.program.calls.every((call) => call.task !== task);
  }

  /** The state after a step; undefined if the call returns something else than the trace says later. */
  private afterStep(at: number, state: SearchState, task: number): SearchState | undefined {
    const { program, buffer, aux } = this;
    const taskCount = program.tasks.length;
    const after = state.slice();
    step(program, after, task, buffer);
    if (state[aux + taskCount + task] === WAIT.begun) after[aux + taskCount + task] = WAIT.moved;
    else if (state[aux + taskCount + task] === WAIT.seen) after[aux + taskCount + task] = WAIT.none;
    for (let i = 0; i < buffer.length; i += 2)
      if (this.returnEvent[buffer.data[i]!] === true && !this.isFlusher(task)) {
        after[aux + task] = 1;
        const call = this.positions[at]!.entered[task]!;
        if (this.lookAhead && !this.returnsAsTraced(after, call, this.returned[call]))
          return undefined;
      }
    if (this.locks.length > 0)
      for (let t = 0; t < taskCount; t++)
        if (after[aux + taskCount + t] === WAIT.none && this.awaitedMutex(after, t) >= 0)
          after[aux + taskCount + t] = WAIT.seen;
    return after;
  }

  private returnsAsTraced(state: SearchState, call: number, traced: string | undefined): boolean {
    return traced === undefined || returnOf(this.program, state, call) === traced;
  }

  /** The mutex that the task's next step waits for; -1 if it waits for none. */
  private awaitedMutex(state: SearchState, task: number): number {
    if (isEnabled(this.program, state, task)) return -1;
    const wait = nextStep(this.program, state, task)?.waits.find(
      (w) => w.kind === 'mutex' && state[w.field] !== 0,
    );
    return wait?.kind === 'mutex' ? wait.field : -1;
  }

  /** The state after an event; undefined if it is impossible. */
  private afterEvent(
    event: KernelEvent,
    task: number,
    at: number,
    state: SearchState,
  ): SearchState | undefined {
    const { program, aux } = this;
    const next = nextStep(program, state, task);
    const call = program.calls[event.call];
    switch (event.kind) {
      case 'enter':
        return next && call && next.call === call.index && next.pc === call.start
          ? state
          : undefined;
      case 'exit': {
        if (state[aux + task] !== 1 || !this.returnsAsTraced(state, event.call, event.returns))
          return undefined;
        const after = state.slice();
        after[aux + task] = 0;
        return after;
      }
      case 'step':
        return next?.id === event.step && this.maySilentlyStep(at, state, task)
          ? this.afterStep(at, state, task)
          : undefined;
      case 'function':
        return next?.call === event.call && next.routine === event.name ? state : undefined;
      case 'contention':
        return event.phase === 'begin'
          ? this.afterContention(event.lock, task, state)
          : this.afterContentionEnd(task, state);
    }
  }

  private afterContention(lock: string, task: number, state: SearchState): SearchState | undefined {
    const { program, aux, locks } = this;
    const taskCount = program.tasks.length;
    const wait = nextStep(program, state, task)?.waits.find((w) => w.kind === 'mutex');
    if (wait?.kind !== 'mutex') return undefined;
    const seen = state[aux + taskCount + task] !== WAIT.none || this.momentary.has(wait.field);
    const slot = aux + 2 * taskCount + locks.indexOf(lock);
    const bound = state[slot]! - 1;
    const taken = locks.some((_, i) => state[aux + 2 * taskCount + i] === wait.field + 1);
    if (!seen || (bound >= 0 ? bound !== wait.field : taken)) return undefined;
    const after = state.slice();
    after[slot] = wait.field + 1;
    after[aux + taskCount + task] = WAIT.begun;
    return after;
  }

  private afterContentionEnd(task: number, state: SearchState): SearchState | undefined {
    const { program, aux } = this;
    const slot = aux + program.tasks.length + task;
    const ready =
      state[slot] === WAIT.moved || (state[slot] === WAIT.begun && isEnabled(program, state, task));
    if (!ready) return undefined;
    const after = state.slice();
    after[slot] = WAIT.none;
    return after;
  }
}

/** The return of a finished call in the words of a trace. */
export function returnOf(program: Program, state: Int32Array, call: number): string {
  const compiled = program.calls[call];
  if (compiled && state[compiled.result]! > compiled.errnos.length) return 'skipped';
  const errno = callResult(program, state, call);
  return errno === 0 ? 'success' : callErrorText(errno);
}

/** Mutexes that some step both takes and releases: another task can find them taken, but no state of the model shows it. */
function momentaryMutexes(program: Program): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { steps } of program.tasks)
    for (const { body } of steps) {
      const taken = new Set<number>();
      eachStatement(body, (statement) => {
        const template =
          statement.op === 'emit' ? program.eventTemplates[statement.event] : undefined;
        if (template?.kind === 'lock') taken.add(template.field);
        if (template?.kind === 'unlock' && taken.has(template.field)) found.add(template.field);
      });
    }
  return found;
}
