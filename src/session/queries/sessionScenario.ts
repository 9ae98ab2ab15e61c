import { makeScenario } from '../../scenario/format/makeScenario';
import { makeScheduleEntries } from '../../scenario/format/scheduleText';
import { branchPath, currentSnapshot } from '../trace/replay';
import type { Session } from '../store/session';

/** What is on screen up to the cursor, as a scenario file. */
export function makeSessionScenario(session: Session): string {
  const state = session.getState();
  const { program } = currentSnapshot(state);
  const tasks = branchPath(state)
    .slice(0, state.run.cursor + 1)
    .flatMap(({ transition: move }) => (move?.kind === 'step' ? [move.task] : []));
  const { expect: _dropped, ...scenario } = state.run.setup.scenario;
  return makeScenario(
    {
      ...scenario,
      expect: undefined,
      calls: program.calls.map(({ call }) => call),
      schedule: makeScheduleEntries(tasks),
    },
    { namesSchema: true },
  );
}
