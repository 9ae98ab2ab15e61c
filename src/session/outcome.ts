import { caveatOf } from '../kernel/describe';
import { evaluate } from '../kernel/expr';
import {
  callResult,
  callStatus,
  canMove,
  makeEventBuffer,
  step,
  type EventBuffer,
} from '../kernel/machine';
import type { Program, ProgramCall } from '../kernel/program';
import { propertyById, stateChecks } from '../kernel/properties/properties';
import type { PropertyId } from '../kernel/propertyId';
import { callText } from './callText';

/** Something that a run comes to or does not. */
export type Outcome =
  | { readonly kind: 'violation'; readonly property: PropertyId }
  | { readonly kind: 'refused' | 'success'; readonly call: ProgramCall };

/** As it ends `Which task must run next for …`, with what nobody has confirmed said to be so. */
export function outcomePhrase(program: Program, outcome: Outcome): string {
  if (outcome.kind === 'violation')
    return `the rule “${propertyById(outcome.property).title}” to be broken${caveatOf(program, outcome.property)}`;
  const { call } = outcome.call;
  return `${call.by}’s ${callText(call)} ${outcome.kind === 'refused' ? 'to be refused' : 'to succeed'}`;
}

/** How a call ended; undefined while it has not, and where it was left out for want of its arguments. */
export function endOf(
  program: Program,
  state: Int32Array,
  { index }: ProgramCall,
): 'refused' | 'success' | undefined {
  if (callStatus(program, state, index) !== 'done') return undefined;
  return callResult(program, state, index) === 0 ? 'success' : 'refused';
}

type Shows = (state: Int32Array, events: EventBuffer) => boolean;

/** Whether a state, or the events of the step that led to it, show an outcome. */
function shows(program: Program, outcome: Outcome): Shows {
  if (outcome.kind !== 'violation')
    return (state) => endOf(program, state, outcome.call) === outcome.kind;
  const checks = stateChecks(program).filter(({ property }) => property === outcome.property);
  const told = new Set(
    program.notes.flatMap((note, index) =>
      note.kind === 'violation' && note.property === outcome.property ? [index] : [],
    ),
  );
  return (state, { data, length }) => {
    for (let at = 0; at < length; at += 2) if (told.has(data[at] ?? -1)) return true;
    return checks.some(({ bad }) => evaluate(bad, state) !== 0);
  };
}

/** A state, and where the next step of each task leads, once somebody asked. */
interface Place {
  readonly state: Int32Array;
  next: readonly { readonly place: Place; readonly shown: number }[] | undefined;
}

/** What the orders from a place on lead to. */
export interface Reach {
  /** Bit i: outcome i. */
  readonly reached: number;
  /** States looked at. */
  readonly states: number;
  /** Every order was followed to its end, so what is not reached never is. */
  readonly whole: boolean;
}

/** The orders of a program's steps, followed as far as somebody asks; what was followed once is kept. */
export class Orders {
  private readonly places = new Map<string, Place>();
  private readonly tests: readonly Shows[];
  private readonly events = makeEventBuffer();
  /** Places in a state of what may change. */
  private readonly varying: readonly number[];
  private readonly codes: Uint16Array;

  /** At most 31 outcomes: they are bits of a number. */
  constructor(
    private readonly program: Program,
    outcomes: readonly Outcome[],
  ) {
    this.tests = outcomes.map((outcome) => shows(program, outcome));
    this.varying = Array.from(
      { length: program.fields.length + program.tasks.length },
      (_, index) => index,
    ).filter((index) => program.fields[index]?.constant !== true);
    this.codes = new Uint16Array(this.varying.length);
  }

  /** Follows every order from a state until each of the wanted outcomes (bits) was seen, none is left, or more than `most` states were met. */
  reach(from: Int32Array, wanted: number, most: number): Reach {
    this.events.length = 0;
    let reached = this.shown(from);
    const first = this.place(from);
    const seen = new Set([first]);
    const open = [first];
    for (let at = open.pop(); at && (reached & wanted) !== wanted; at = open.pop()) {
      if (seen.size > most) return { reached, states: seen.size, whole: false };
      for (const { place, shown } of (at.next ??= this.follow(at.state))) {
        reached |= shown;
        if (seen.has(place)) continue;
        seen.add(place);
        open.push(place);
      }
    }
    return { reached, states: seen.size, whole: true };
  }

  private follow(state: Int32Array): NonNullable<Place['next']> {
    return this.program.tasks.flatMap(({ index }) => {
      if (!canMove(this.program, state, index)) return [];
      const next = state.slice();
      step(this.program, next, index, this.events);
      return [{ place: this.place(next), shown: this.shown(next) }];
    });
  }

  private shown(state: Int32Array): number {
    return this.tests.reduce(
      (bits, test, index) => (test(state, this.events) ? bits | (1 << index) : bits),
      0,
    );
  }

  private place(state: Int32Array): Place {
    for (const [at, index] of this.varying.entries()) this.codes[at] = state[index] ?? 0;
    const key = String.fromCharCode(...this.codes);
    const known = this.places.get(key);
    if (known) return known;
    const made: Place = { state, next: undefined };
    this.places.set(key, made);
    return made;
  }
}
