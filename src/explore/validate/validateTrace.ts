import { compile } from '../../kernel/compiler/compile';
import type { Design } from '../../kernel/language/design';
import { optionsAsJson } from '../../scenario/format/makeScenario';
import type { Scenario } from '../../scenario/format/scenario';
import { makeScheduleEntries } from '../../scenario/format/scheduleText';
import type { KernelTrace } from '../../scenario/kernelTrace/kernelTrace';
import type { CompletePart } from '../../scenario/kernelTrace/lostEvents';
import { taskName } from '../../scenario/run/taskName';
import { rejectionReasons, type RejectionReason } from './rejectionReasons';
import { searchTrace } from './traceSearch';

/** Whether a model explains a recorded trace (formats.md section 5). */
export interface ValidateResult {
  readonly format: 'vfio-playground/validate@1';
  readonly design: string;
  readonly options: Readonly<Record<string, string | boolean>>;
  /** `incomplete`: the search stopped at its limit of states, or the recorder lost the events after the explained ones. */
  readonly verdict: 'explained' | 'rejected' | 'incomplete';
  /** Events of the trace that concern calls of the model. */
  readonly events: number;
  /** How many of them, from the start, some schedule explains. */
  readonly accepted: number;
  /** A schedule of the accepted events, for the calls of `scenario`. */
  readonly schedule: readonly string[];
  /** Rejected: the first event that no schedule explains. */
  readonly at?: { readonly line: number; readonly event: string };
  /** Rejected: the number of states that the accepted events leave possible. */
  readonly possible?: number;
  /** Rejected: why the event is impossible in each of those states, and where the other calls can be. */
  readonly why?: readonly RejectionReason[];
  /** States visited. */
  readonly states: number;
  readonly assumptions: readonly string[];
  /** If the recorder lost events: the rest of the result is about the lines up to `lastLine`. */
  readonly complete?: CompletePart;
  /** The calls of the trace with the schedule. */
  readonly scenario: Scenario;
}

/** States after which the search gives up. */
const MAX_TRACE_STATES = 2_000_000;

/** Searches for a schedule of a design that explains a trace. */
export function validateTrace(
  { scenario, events, assumptions, complete }: Omit<KernelTrace, 'readEvents'>,
  design: Design,
  maxStates = MAX_TRACE_STATES,
): ValidateResult {
  const program = compile(design, scenario.options, scenario.world, scenario.calls);
  const found = searchTrace(program, events, maxStates);
  const schedule = makeScheduleEntries(found.schedule.map((task) => taskName(program, task)));
  const event = found.kind === 'rejected' ? events[found.accepted] : undefined;
  return {
    format: 'vfio-playground/validate@1',
    design: scenario.design,
    options: optionsAsJson(scenario.options),
    verdict:
      found.kind === 'stopped' || (found.kind === 'explained' && complete)
        ? 'incomplete'
        : found.kind,
    events: events.length,
    accepted: found.accepted,
    schedule,
    ...(event
      ? {
          at: { line: event.line, event: event.text },
          possible: found.possible,
          why: rejectionReasons(program, event, found.stuck),
        }
      : {}),
    states: found.states,
    assumptions,
    ...(complete ? { complete } : {}),
    scenario: { ...scenario, schedule, beats: [], expect: undefined },
  };
}
