import { makeScenario } from '../../scenario/format/makeScenario';
import type { Scenario } from '../../scenario/format/scenario';
import { branchPath, currentSnapshot } from '../trace/replay';
import type { Session } from '../store/session';

/** What is on screen up to the cursor, as a scenario file. */
export function makeSessionScenario(session: Session): string {
  const state = session.getState();
  const { program } = currentSnapshot(state);
  const steps = branchPath(state)
    .slice(0, state.run.cursor + 1)
    .flatMap(({ transition: move }) => (move?.kind === 'step' ? [move.task] : []));
  const { expect: _dropped, ...scenario } = state.run.setup.scenario;
  return makeScenario({
    ...scenario,
    expect: undefined,
    calls: program.calls.map(({ call }) => call),
    schedule: runLengthEncode(steps),
  });
}

function runLengthEncode(tasks: readonly string[]): Scenario['schedule'] {
  const runs: { task: string; count: number }[] = [];
  for (const task of tasks) {
    const last = runs.at(-1);
    if (last?.task === task) last.count += 1;
    else runs.push({ task, count: 1 });
  }
  return runs.map(({ task, count }) => (count === 1 ? task : `${task}*${count}`));
}
