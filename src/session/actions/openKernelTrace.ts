import { validateTrace } from '../../explore/validate/validateTrace';
import { isOwnExport, readKernelTrace } from '../../scenario/kernelTrace/readKernelTrace';
import { parseScheduleEntry } from '../../scenario/format/scheduleText';
import { requireDesign } from '../../designs/registry';
import { notify } from '../store/notifications';
import type { Session } from '../store/session';
import { runTo } from '../trace/run';
import { childTraceNode, rootTraceNode, type Setup, type TraceNode } from '../trace/traceTree';
import { showRun } from './showRun';
import { notifyNotOpened } from './showScenario';
import { seekTo } from './stepping';

/** A page searches on its own thread, so it gives up earlier than the command line. */
const MAX_STATES_OF_PAGE = 200_000;

/**
 * Validates a recorded trace against the design on screen (our own export: against its own) and shows a schedule of it. If no
 * schedule explains it, the run ends before the first impossible event, and a notification says why.
 */
export function openKernelTrace(session: Session, fileName: string, text: string): void {
  const { design: onScreen, scenario: current } = session.getState().run.setup;
  const parsed = readKernelTrace(
    text,
    isOwnExport(text) ? {} : { design: onScreen.id, options: current.options },
  );
  if (!parsed.ok) return notifyNotOpened(session, fileName, parsed.errors);
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
  const counted = `${result.accepted} of ${result.events} events`;
  const assumed = result.assumptions.map((each) => `Assumed: ${each}.`);
  if (result.verdict === 'explained')
    return notify(session, 'info', `The design explains ${fileName}.`, [
      `A schedule of all ${result.events} events is on screen.`,
      ...assumed,
    ]);
  seekTo(session, tip.depth);
  notify(
    session,
    'error',
    result.verdict === 'rejected'
      ? `${fileName} leaves the model at line ${result.at?.line}.`
      : `The search for a schedule of ${fileName} stopped after ${result.states} states.`,
    [
      ...(result.why ?? []).map(({ text: reason }) => reason),
      `${counted} are explained; a schedule of them is on screen.`,
      ...assumed,
    ],
    { lasting: true },
  );
}
