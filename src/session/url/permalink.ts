import type { Call } from '../../kernel/language/world';
import { LIMITS } from '../../scenario/format/limits';
import type { Scenario } from '../../scenario/format/scenario';
import { makeScheduleEntries } from '../../scenario/format/scheduleText';
import { runScenario } from '../../scenario/run/runScenario';
import type { Trace } from '../../scenario/run/trace';
import { makeLink, type Link } from '../../scenario/link/link';
import type { InsertedCall, LinkStep } from '../../scenario/link/linkRecords';
import { builtInScenario, isVariantOf } from '../../scenario/library/builtInScenario';
import { openLink } from '../../scenario/link/openLink';
import { viewParametersOf } from '../queries/viewParameters';
import type { SessionState } from '../store/session';
import { memoizeByKey } from '../trace/memoize';
import { branchPath, snapshotAt } from '../trace/replay';
import { runTo, type Run } from '../trace/run';
import {
  childTraceNode,
  pathTo,
  rootTraceNode,
  type Setup,
  type TraceNode,
} from '../trace/traceTree';

/** The hash (`#v1.…`) of the branch on screen, with its cursor and the view. */
export function permalinkOf(state: SessionState): string {
  const tip = branchPath(state).at(-1);
  if (!tip) throw new Error('a branch without trace nodes');
  return makeBranchLink(tip, state.run.cursor, viewParametersOf(state));
}

const tipLinks = memoizeByKey((tip: TraceNode) => ({ hash: makeBranchLink(tip, tip.depth, {}) }));

/** The hash of a branch with the cursor at its tip, whichever branch is on screen. */
export function branchPermalink(tip: TraceNode): string {
  return tipLinks(tip).hash;
}

function makeBranchLink(tip: TraceNode, cursor: number, view: Link['view']): string {
  const { scenario, design, mutations, libraryId } = tip.setup;
  return makeLink({
    design: design.id,
    revision: design.revision,
    options: scenario.options,
    ...(mutations ? { mutations } : {}),
    world: scenario.world,
    ...linkTraceOf(tip),
    cursor,
    view,
    ...(libraryId === undefined ? {} : { scenario: libraryId }),
    ...(scenario.title === '' ? {} : { title: scenario.title }),
    // The library has those of a built-in scenario.
    ...(libraryId !== undefined || scenario.about === '' ? {} : { about: scenario.about }),
    ...(libraryId !== undefined || scenario.beats.length === 0 ? {} : { captions: scenario.beats }),
  });
}

type LinkTrace = Pick<Link, 'calls' | 'issued' | 'steps'>;

/** The calls and steps of a branch by stable names, and after which step each issued call was inserted. */
const linkTraceOf = memoizeByKey((tip: TraceNode): LinkTrace => {
  const calls: { readonly call: Call; readonly after?: number }[] = tip.setup.scenario.calls.map(
    (call) => ({ call }),
  );
  const issuedCalls: { readonly call: Call; readonly after: number }[] = [];
  const steps: LinkStep[] = [];
  for (const node of pathTo(tip)) {
    const { transition } = node;
    if (transition?.kind === 'step') {
      const at = snapshotAt(node).step?.id;
      if (at === undefined) throw new Error(`no step at depth ${node.depth}`);
      steps.push({ by: transition.task, at });
    } else if (transition?.kind === 'issue') {
      const entry = { call: transition.call, after: steps.length };
      calls.splice(transition.at, 0, entry);
      issuedCalls.push(entry);
    }
  }
  const issued = issuedCalls.map((entry): InsertedCall => ({
    call: calls.indexOf(entry),
    after: entry.after,
  }));
  return {
    calls: calls.map(({ call }) => call),
    ...(issued.length === 0 ? {} : { issued }),
    steps,
  };
});

/** The run and the view of a link, or why it does not open. `dropped` lists in sentences what could not be restored. */
export type OpenedPermalink =
  | {
      readonly ok: true;
      readonly run: Run;
      readonly view: Link['view'];
      readonly dropped: readonly string[];
    }
  | { readonly ok: false; readonly message: string };

/** The scenario of a link with the schedule of its run, if that is not the order of the calls: its captions are about that run. */
function withOwnSchedule({ scenario, program, schedule }: Trace): Scenario {
  if (scenario.beats.length === 0) return scenario;
  const outcome = runScenario(scenario, { design: program.design });
  const sequential = outcome.ok ? outcome.trace.schedule.slice(0, schedule.length) : [];
  const entries = makeScheduleEntries(schedule.map((task) => program.tasks[task]?.name ?? ''));
  return sequential.join() === schedule.join() || entries.length > LIMITS.entries
    ? scenario
    : { ...scenario, schedule: entries };
}

/** Opens a hash, or its longest part that can run. Never throws. */
export function openPermalink(hash: string): OpenedPermalink {
  const opened = openLink(hash);
  if (!opened.ok) return opened;
  const { trace, issued, cursor, view, mutations, id, dropped } = opened;
  const { calls } = trace.scenario;
  const issuedIndices = new Set(issued.map(({ call }) => call));
  const scenario =
    issuedIndices.size === 0
      ? withOwnSchedule(trace)
      : { ...trace.scenario, calls: calls.filter((_, index) => !issuedIndices.has(index)) };
  const entry = id === undefined ? undefined : builtInScenario(id);
  const setup: Setup = {
    scenario,
    libraryId: id,
    design: trace.program.design,
    ...(mutations.length > 0 ? { mutations } : {}),
    ...(entry && !isVariantOf(entry, scenario) ? { plannedCalls: entry.scenario.calls } : {}),
  };
  // A link numbers calls by the final list; a transition inserts into the list of its time.
  const present = calls.map((_, index) => index).filter((index) => !issuedIndices.has(index));
  const pending = [...issued];
  let tip = rootTraceNode(setup);
  const issueCallsAfter = (stepCount: number): void => {
    for (let next = pending[0]; next && next.after <= stepCount; next = pending[0]) {
      pending.shift();
      const index = next.call;
      const call = calls[index];
      if (!call) throw new Error(`no call ${index}`);
      const at = present.filter((each) => each < index).length;
      present.splice(at, 0, index);
      tip = childTraceNode(tip, { kind: 'issue', call, at });
    }
  };
  issueCallsAfter(0);
  for (const { task, index } of trace.steps) {
    tip = childTraceNode(tip, { kind: 'step', task: trace.program.tasks[task]?.name ?? '' });
    issueCallsAfter(index + 1);
  }
  return { ok: true, run: { ...runTo(setup, tip), cursor }, view, dropped };
}
