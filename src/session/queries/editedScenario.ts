import { processOf } from '../../kernel/language/world';
import { LIMITS } from '../../scenario/format/limits';
import type { Caption, Scenario } from '../../scenario/format/scenario';
import { makeScheduleEntries } from '../../scenario/format/scheduleText';
import { runScenario } from '../../scenario/run/runScenario';
import { memoizeByKey } from '../trace/memoize';
import { pendingCalls } from '../trace/pendingCalls';
import { currentTraceNode, snapshotAt } from '../trace/replay';
import { currentBranch, type WithRun } from '../trace/run';
import { pathTo, type Setup, type TraceNode } from '../trace/traceTree';
import { captionsOfPath } from './captions';
import { variantFor } from './scenarioVariants';

/** The scenario that an edit changes: the one that was opened while the branch on screen is its own run, else the run of that branch with its calls and its schedule. Same object for the same branch. */
export function editedScenario({ run }: WithRun): Scenario {
  return scenarioOfBranch(currentBranch(run).tip);
}

const scenarioOfBranch = memoizeByKey((tip: TraceNode): Scenario => {
  const { setup } = tip;
  if (isRecordedRun(tip)) return openedScenario(setup);
  const title = setup.libraryId === undefined ? setup.scenario.title : titleOfRun(tip);
  return scenarioOfPath(tip, title, ownCaptions(tip), false);
});

/** Whether the branch on screen has steps or calls that its scenario does not run. */
export function isRunByHand({ run }: WithRun): boolean {
  return !isRecordedRun(currentBranch(run).tip);
}

/** Whether a branch is what its scenario runs. */
function isRecordedRun(tip: TraceNode): boolean {
  const { tasks } = recordedTasks(tip.setup);
  return (
    tip.depth === tasks.length &&
    pathTo(tip).every(
      ({ transition }, depth) =>
        !transition || (transition.kind === 'step' && transition.task === tasks[depth - 1]),
    )
  );
}

const recordedTasks = memoizeByKey((setup: Setup): { readonly tasks: readonly string[] } => {
  const outcome = runScenario(openedScenario(setup), { design: setup.design });
  if (!outcome.ok) return { tasks: [] };
  const { program, schedule } = outcome.trace;
  return { tasks: schedule.map((task) => program.tasks[task]?.name ?? '') };
});

/** A built-in scenario that a link opened has the schedule of the link. Its own one is in the library. */
function openedScenario(setup: Setup): Scenario {
  return variantFor(setup, setup.design.id, setup.scenario.options) ?? setup.scenario;
}

/** The run up to the cursor as a scenario: only the calls that it has begun, with its schedule. Captions of a built-in scenario stay there. */
export function scenarioOfRun({ run }: WithRun): Scenario {
  const node = currentTraceNode({ run });
  return scenarioOfPath(node, titleOfRun(node), ownCaptions(node), true);
}

function titleOfRun(node: TraceNode): string {
  const processes = pathTo(node).flatMap(({ transition }) =>
    transition?.kind === 'step' ? [processOf(transition.task)] : [],
  );
  return `Run of ${[...new Set(processes)].join(' and ')}`.slice(0, LIMITS.title);
}

/** The captions that a path shows, if the user can have written them: those of a built-in scenario are about its own run. */
function ownCaptions(node: TraceNode): readonly Caption[] {
  if (node.setup.libraryId !== undefined) return [];
  const shown = new Set(captionsOfPath(pathTo(node)));
  return node.setup.scenario.beats.filter((caption) => shown.has(caption));
}

function scenarioOfPath(
  node: TraceNode,
  title: string,
  beats: readonly Caption[],
  onlyBegun: boolean,
): Scenario {
  const snapshot = snapshotAt(node);
  const pending = onlyBegun ? pendingCalls(snapshot) : new Set<number>();
  const calls = snapshot.program.calls.flatMap(({ call, index }) =>
    pending.has(index) ? [] : [call],
  );
  const entries = makeScheduleEntries(
    pathTo(node).flatMap(({ transition }) =>
      transition?.kind === 'step' ? [transition.task] : [],
    ),
  );
  return {
    ...node.setup.scenario,
    title,
    about: node.setup.libraryId === undefined ? node.setup.scenario.about : '',
    calls,
    schedule: entries.length === 0 ? 'sequential' : entries,
    beats,
    expect: undefined,
  };
}
