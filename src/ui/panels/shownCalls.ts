import type { Caller } from '../../session/queries/availableCalls';
import type { CallChoice } from '../../session/queries/callTemplates';

/** A call button. */
export interface ShownCall {
  readonly choice: CallChoice;
  /** False if the call cannot be made any more and its button only keeps its place. */
  readonly available: boolean;
}

/** The call buttons of a caller by verb, in the order of the panel. */
export type ShownCalls = ReadonlyMap<string, readonly ShownCall[]>;

/**
 * The calls that a caller can make. Those of `kept` keep their places: what was available stays, as unavailable, and
 * what is new follows it, so that a call does not put another button under the pointer.
 */
export function shownCalls({ calls }: Caller, kept: ShownCalls = new Map()): ShownCalls {
  const shown = new Map<string, readonly ShownCall[]>();
  for (const verb of new Set(calls.map((call) => call.verb))) {
    const choices = new Map(
      calls
        .filter((call) => call.verb === verb)
        .flatMap((call) => call.choices)
        .map((choice) => [choice.title, choice]),
    );
    const buttons = (kept.get(verb) ?? []).map(({ choice }): ShownCall => {
      const now = choices.get(choice.title);
      choices.delete(choice.title);
      return { choice: now ?? choice, available: now !== undefined };
    });
    const added = [...choices.values()].map((choice): ShownCall => ({ choice, available: true }));
    if (buttons.length + added.length > 0) shown.set(verb, [...buttons, ...added]);
  }
  return shown;
}
