import { caveatText } from '../../kernel/machine/describeEvent';
import type { Program } from '../../kernel/compiler/program';
import { propertyById } from '../../kernel/properties/properties';
import type { ReachableOutcome } from '../../explore/search/reachability';
import { callText } from '../../scenario/format/callText';

/** The end of `Which task must run next for …`, with the caveat of a finding that is not confirmed. */
export function outcomePhrase(program: Program, outcome: ReachableOutcome): string {
  if (outcome.kind === 'violation')
    return `the property “${propertyById(outcome.property).title}” to be violated${caveatText(program, outcome.property)}`;
  const { call } = outcome.call;
  return `${call.by}’s ${callText(call)} to ${outcome.kind === 'refused' ? 'fail' : 'succeed'}`;
}
