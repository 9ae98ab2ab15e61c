import { DEFAULT_SCENARIO_ID } from '../../scenario/library/defaultScenario';
import type { SessionState } from '../store/session';
import { branchPath, snapshotAt } from '../trace/replay';
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

/** The first call that was refused up to the cursor: `dpdk is stopped at bind_iommufd: -EINVAL`. */
export function firstRefusal(state: WithRun): string | undefined {
  for (const node of branchPath(state).slice(0, state.run.cursor + 1)) {
    const { program, events, step, task } = snapshotAt(node);
    const fail = events.find(({ template }) => template.kind === 'fail')?.template;
    const call = program.calls[step?.call ?? -1]?.call.call;
    if (fail?.kind === 'fail' && call !== undefined)
      return `${program.tasks[task ?? -1]?.name} is stopped at ${call}: -${fail.errno}`;
  }
  return undefined;
}
