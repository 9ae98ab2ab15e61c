import { evaluate } from '../../kernel/language/expressions';
import {
  callResult,
  callStatus,
  isEnabled,
  makeEventBuffer,
  step,
  type EventBuffer,
} from '../../kernel/machine/machine';
import type { Program, ProgramCall } from '../../kernel/compiler/program';
import { stateChecks } from '../../kernel/properties/properties';
import type { PropertyId } from '../../kernel/language/propertyId';

/** Something that a run shows or not: a violated property, or how a call returns. */
export type ReachableOutcome =
  | { readonly kind: 'violation'; readonly property: PropertyId }
  | { readonly kind: 'refused' | 'success'; readonly call: ProgramCall };

/** How a call returned; undefined if it has not returned or was skipped. */
export function callEnd(
  program: Program,
  state: Int32Array,
  { index }: ProgramCall,
): 'refused' | 'success' | undefined {
  if (callStatus(program, state, index) !== 'done') return undefined;
  return callResult(program, state, index) === 0 ? 'success' : 'refused';
}

/** What the interleavings from a state reach. */
export interface Reachability {
  /** Bit i: outcome i is reached. */
  readonly reached: number;
  /** States visited. */
  readonly states: number;
  /** Every interleaving was explored, so an outcome that is not in `reached` is unreachable. */
  readonly complete: boolean;
}

type OutcomeTest = (state: Int32Array, events: EventBuffer) => boolean;

interface StateNode {
  readonly state: Int32Array;
  /** Computed at the first visit, with the outcomes (bits) that each step shows. */
  successors: readonly { readonly node: StateNode; readonly shown: number }[] | undefined;
}

/**
 * The reachable states of a program, explored on demand from any state and kept between searches. For a few thousand states:
 * the engines start at the initial state only and cost more to set up.
 */
export class StateGraph {
  private readonly nodes = new Map<string, StateNode>();
  private readonly tests: readonly OutcomeTest[];
  private readonly events = makeEventBuffer();
  /** Indices into a state of the values that can change. */
  private readonly variableIndices: readonly number[];
  private readonly keyCodes: Uint16Array;

  /** At most 31 outcomes, because they are the bits of a number. */
  constructor(
    private readonly program: Program,
    outcomes: readonly ReachableOutcome[],
  ) {
    this.tests = outcomes.map((outcome) => outcomeTest(program, outcome));
    this.variableIndices = Array.from(
      { length: program.fields.length + program.tasks.length },
      (_, index) => index,
    ).filter((index) => program.fields[index]?.constant !== true);
    this.keyCodes = new Uint16Array(this.variableIndices.length);
  }

  /** Explores from a state until all `wanted` outcomes (bits) are reached, no state is left, or more than `maxStates` are visited. */
  reach(from: Int32Array, wanted: number, maxStates: number): Reachability {
    this.events.length = 0;
    let reached = this.outcomesShown(from);
    const first = this.nodeOf(from);
    const visited = new Set([first]);
    const open = [first];
    for (let node = open.pop(); node && (reached & wanted) !== wanted; node = open.pop()) {
      if (visited.size > maxStates) return { reached, states: visited.size, complete: false };
      node.successors ??= this.successorsOf(node.state);
      for (const { node: next, shown } of node.successors) {
        reached |= shown;
        if (visited.has(next)) continue;
        visited.add(next);
        open.push(next);
      }
    }
    return { reached, states: visited.size, complete: true };
  }

  private successorsOf(state: Int32Array): NonNullable<StateNode['successors']> {
    return this.program.tasks.flatMap(({ index }) => {
      if (!isEnabled(this.program, state, index)) return [];
      const next = state.slice();
      step(this.program, next, index, this.events);
      return [{ node: this.nodeOf(next), shown: this.outcomesShown(next) }];
    });
  }

  private outcomesShown(state: Int32Array): number {
    return this.tests.reduce(
      (bits, test, index) => (test(state, this.events) ? bits | (1 << index) : bits),
      0,
    );
  }

  private nodeOf(state: Int32Array): StateNode {
    for (const [at, index] of this.variableIndices.entries()) this.keyCodes[at] = state[index] ?? 0;
    const key = String.fromCharCode(...this.keyCodes);
    const known = this.nodes.get(key);
    if (known) return known;
    const node: StateNode = { state, successors: undefined };
    this.nodes.set(key, node);
    return node;
  }
}

/** Whether a state, or the events of the step that led to it, show an outcome. */
function outcomeTest(program: Program, outcome: ReachableOutcome): OutcomeTest {
  if (outcome.kind !== 'violation')
    return (state) => callEnd(program, state, outcome.call) === outcome.kind;
  const checks = stateChecks(program).filter(({ property }) => property === outcome.property);
  const violationEvents = new Set(
    program.eventTemplates.flatMap((template, index) =>
      template.kind === 'violation' && template.property === outcome.property ? [index] : [],
    ),
  );
  // An event is two numbers: its template and its value.
  return (state, { data, length }) => {
    for (let at = 0; at < length; at += 2) if (violationEvents.has(data[at] ?? -1)) return true;
    return checks.some(({ violatedWhen }) => evaluate(violatedWhen, state) !== 0);
  };
}
