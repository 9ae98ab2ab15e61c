import { caveatText } from '../../kernel/machine/describeEvent';
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
import { propertyById, stateChecks } from '../../kernel/properties/properties';
import type { PropertyId } from '../../kernel/language/propertyId';
import { callText } from '../../scenario/format/callText';

/** Something that a run comes to or does not. */
export type QuizOutcome =
  | { readonly kind: 'violation'; readonly property: PropertyId }
  | { readonly kind: 'refused' | 'success'; readonly call: ProgramCall };

/** As it ends `Which task must run next for …`, with what nobody has confirmed said to be so. */
export function outcomePhrase(program: Program, outcome: QuizOutcome): string {
  if (outcome.kind === 'violation')
    return `the rule “${propertyById(outcome.property).title}” to be broken${caveatText(program, outcome.property)}`;
  const { call } = outcome.call;
  return `${call.by}’s ${callText(call)} ${outcome.kind === 'refused' ? 'to be refused' : 'to succeed'}`;
}

/** How a call ended; undefined while it has not, and where it was left out for want of its arguments. */
export function callEnd(
  program: Program,
  state: Int32Array,
  { index }: ProgramCall,
): 'refused' | 'success' | undefined {
  if (callStatus(program, state, index) !== 'done') return undefined;
  return callResult(program, state, index) === 0 ? 'success' : 'refused';
}

type OutcomeTest = (state: Int32Array, events: EventBuffer) => boolean;

/** Whether a state, or the events of the step that led to it, show an outcome. */
function outcomeTest(program: Program, outcome: QuizOutcome): OutcomeTest {
  if (outcome.kind !== 'violation')
    return (state) => callEnd(program, state, outcome.call) === outcome.kind;
  const checks = stateChecks(program).filter(({ property }) => property === outcome.property);
  const told = new Set(
    program.eventTemplates.flatMap((note, index) =>
      note.kind === 'violation' && note.property === outcome.property ? [index] : [],
    ),
  );
  return (state, { data, length }) => {
    for (let at = 0; at < length; at += 2) if (told.has(data[at] ?? -1)) return true;
    return checks.some(({ violatedWhen: bad }) => evaluate(bad, state) !== 0);
  };
}

/** A state, and where the next step of each task leads, once somebody asked. */
interface StateNode {
  readonly state: Int32Array;
  successors: readonly { readonly place: StateNode; readonly shown: number }[] | undefined;
}

/** What the orders from a place on lead to. */
export interface Reachability {
  /** Bit i: outcome i. */
  readonly reached: number;
  /** States looked at. */
  readonly states: number;
  /** Every order was followed to its end, so what is not reached never is. */
  readonly complete: boolean;
}

/** The orders of a program's steps, followed as far as somebody asks; what was followed once is kept. */
export class StateGraph {
  private readonly nodes = new Map<string, StateNode>();
  private readonly tests: readonly OutcomeTest[];
  private readonly events = makeEventBuffer();
  /** Places in a state of what may change. */
  private readonly variableIndices: readonly number[];
  private readonly keyCodes: Uint16Array;

  /** At most 31 outcomes: they are bits of a number. */
  constructor(
    private readonly program: Program,
    outcomes: readonly QuizOutcome[],
  ) {
    this.tests = outcomes.map((outcome) => outcomeTest(program, outcome));
    this.variableIndices = Array.from(
      { length: program.fields.length + program.tasks.length },
      (_, index) => index,
    ).filter((index) => program.fields[index]?.constant !== true);
    this.keyCodes = new Uint16Array(this.variableIndices.length);
  }

  /** Follows every order from a state until each of the wanted outcomes (bits) was seen, none is left, or more than `most` states were met. */
  reach(from: Int32Array, wanted: number, most: number): Reachability {
    this.events.length = 0;
    let reached = this.outcomesShown(from);
    const first = this.nodeOf(from);
    const seen = new Set([first]);
    const open = [first];
    for (let at = open.pop(); at && (reached & wanted) !== wanted; at = open.pop()) {
      if (seen.size > most) return { reached, states: seen.size, complete: false };
      for (const { place, shown } of (at.successors ??= this.successorsOf(at.state))) {
        reached |= shown;
        if (seen.has(place)) continue;
        seen.add(place);
        open.push(place);
      }
    }
    return { reached, states: seen.size, complete: true };
  }

  private successorsOf(state: Int32Array): NonNullable<StateNode['successors']> {
    return this.program.tasks.flatMap(({ index }) => {
      if (!isEnabled(this.program, state, index)) return [];
      const next = state.slice();
      step(this.program, next, index, this.events);
      return [{ place: this.nodeOf(next), shown: this.outcomesShown(next) }];
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
    const made: StateNode = { state, successors: undefined };
    this.nodes.set(key, made);
    return made;
  }
}
