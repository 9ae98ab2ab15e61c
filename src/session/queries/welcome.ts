import { propertyById } from '../../kernel/properties/properties';
import { DEFAULT_SCENARIO_ID } from '../../scenario/library/defaultScenario';
import type { SessionState } from '../store/session';
import { branchPath, snapshotAt, type Snapshot } from '../trace/replay';
import type { WithRun } from '../trace/run';

/** Whether the first screen shows: until the reader changes the layout, opens another scenario or makes calls. */
export function showsWelcome({ layout, dialog, run }: SessionState): boolean {
  return (
    layout.welcome &&
    dialog !== 'quiz' &&
    run.setup.libraryId === DEFAULT_SCENARIO_ID &&
    run.setup.plannedCalls === undefined
  );
}

/** How the race went up to the cursor: `dpdk is stopped at bind_iommufd: -EINVAL`, and the first property that is violated. */
export function raceAnswer(state: WithRun): string | undefined {
  const path = branchPath(state)
    .slice(0, state.run.cursor + 1)
    .map(snapshotAt);
  const refusal = firstDefined(path, refusalOf);
  const violated = firstDefined(path, ({ violations: [first] }) => first?.property);
  const sentences = [
    refusal,
    violated === undefined ? undefined : `Violated: ${propertyById(violated).title}`,
  ].filter((each) => each !== undefined);
  return sentences.length === 0 ? undefined : sentences.join('. ');
}

function firstDefined<Result>(
  path: readonly Snapshot[],
  read: (snapshot: Snapshot) => Result | undefined,
): Result | undefined {
  for (const snapshot of path) {
    const result = read(snapshot);
    if (result !== undefined) return result;
  }
  return undefined;
}

function refusalOf({ program, events, step, task }: Snapshot): string | undefined {
  const fail = events.find(({ template }) => template.kind === 'fail')?.template;
  const call = program.calls[step?.call ?? -1]?.call.call;
  return fail?.kind === 'fail' && call !== undefined
    ? `${program.tasks[task ?? -1]?.name} is stopped at ${call}: -${fail.errno}`
    : undefined;
}
