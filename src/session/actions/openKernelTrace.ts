import { validateTrace } from '../../explore/validate/validateTrace';
import { callText } from '../../scenario/format/callText';
import type { InputError } from '../../scenario/format/scenario';
import type { KernelTrace } from '../../scenario/kernelTrace/kernelTrace';
import { isOwnExport, readKernelTrace } from '../../scenario/kernelTrace/readKernelTrace';
import { parseScheduleEntry } from '../../scenario/format/scheduleText';
import { requireDesign } from '../../designs/registry';
import type { Session } from '../store/session';
import type { TracedCall } from '../store/traceReport';
import { runTo } from '../trace/run';
import { childTraceNode, rootTraceNode, type Setup, type TraceNode } from '../trace/traceTree';
import { setDialog, setPageLayout } from './pageLayout';
import { showRun } from './showRun';
import { seekTo } from './stepping';

/** A page searches on its own thread, so it gives up earlier than the command line. */
const MAX_STATES_OF_PAGE = 200_000;

/**
 * Validates a recorded trace against the design on screen (our own export: against its own), shows a schedule of it, and opens a
 * dialog that says what was read and how it fits. If no schedule explains all of it, the cursor is before the first impossible event.
 */
export function openKernelTrace(session: Session, fileName: string, text: string): void {
  const { design: onScreen, scenario: current } = session.getState().run.setup;
  const parsed = readKernelTrace(
    text,
    isOwnExport(text) ? {} : { design: onScreen.id, options: current.options },
  );
  if (!parsed.ok) return refuseKernelTrace(session, fileName, parsed.errors);
  const design = requireDesign(parsed.trace.scenario.design);
  const result = validateTrace(parsed.trace, design, MAX_STATES_OF_PAGE);
  const setup: Setup = { scenario: result.scenario, libraryId: undefined, design };
  const tip = result.schedule
    .flatMap((entry) => {
      const { task, count } = parseScheduleEntry(entry);
      return Array.from({ length: count }, () => task);
    })
    .reduce<TraceNode>(
      (node, task) => childTraceNode(node, { kind: 'step', task }),
      rootTraceNode(setup),
    );
  showRun(session, { run: runTo(setup, tip) });
  if (result.accepted < result.events) seekTo(session, tip.depth);
  session.setState({
    traceReport: {
      fileName,
      kind: 'read',
      result,
      readEvents: parsed.trace.readEvents,
      calls: tracedCalls(parsed.trace),
    },
  });
  setPageLayout(session, { view: 'stage', narrowPanel: 'stage' });
  setDialog(session, 'trace');
}

/** Opens a dialog that says why a trace cannot be read. The run is unchanged. */
export function refuseKernelTrace(
  session: Session,
  fileName: string,
  errors: readonly InputError[],
): void {
  session.setState({ traceReport: { fileName, kind: 'refused', errors } });
  setDialog(session, 'trace');
}

function tracedCalls({ scenario, events }: KernelTrace): readonly TracedCall[] {
  return events.flatMap((event) => {
    const call = scenario.calls[event.call];
    if (event.kind !== 'enter' || !call) return [];
    const end = events.find((each) => each.kind === 'exit' && each.call === event.call);
    return [
      {
        line: event.line,
        task: event.task,
        text: callText(call),
        returns: end?.kind === 'exit' ? end.returns : undefined,
      },
    ];
  });
}
