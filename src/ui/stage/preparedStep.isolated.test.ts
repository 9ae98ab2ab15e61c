import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { toGraph } from '../../graph/model/toGraph';
import { LIBRARY } from '../../scenario/library/library';
import { currentSnapshot } from '../../session/trace/replay';
import { seekTo, stepTask } from '../../session/actions/stepping';
import { openScenario } from '../../session/trace/openScenario';
import { createSession } from '../../session/store/session';
import { enabledTasks } from '../../session/trace/scheduler';
import { currentBranch } from '../../session/trace/run';
import { createStageStore } from './stageStore';
import { syncWithSession } from './stageSync';

vi.mock(import('../../graph/model/toGraph'), async (original) => {
  const actual = await original();
  return { ...actual, toGraph: vi.fn<typeof actual.toGraph>(actual.toGraph) };
});

// Node has no requestIdleCallback: requestIdle falls back to a timer, which the fake clock drives.
const IDLE_MS = 1000;
const SIZE = { width: 1440, height: 900 };

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The same session on two stages. Only the first one prepares steps. */
function twoStages(id: string) {
  const scenario = LIBRARY.find((each) => each.id === id)?.scenario;
  const opened = scenario && openScenario(scenario, id);
  if (!opened?.ok) throw new Error(`no scenario ${id}`);
  const session = createSession(opened.run.setup, opened.run);
  const end = currentBranch(opened.run).tip.depth;
  seekTo(session, 0);
  const [preparing, unprepared] = [
    createStageStore(session, SIZE),
    createStageStore(session, SIZE),
  ];
  syncWithSession(preparing, session);
  const bothStates = (): readonly unknown[] => {
    vi.advanceTimersByTime(IDLE_MS);
    // Synced for this step only, so that nothing is prepared.
    const stop = syncWithSession(unprepared, session);
    stop();
    return [preparing, unprepared].map((stage) => {
      const { nodesInReadingOrder, edgeList, flowNodes, edgeIds, undimmed, outgoingEdges } =
        stage.getState();
      return {
        nodesInReadingOrder,
        edgeList,
        flowNodes,
        edgeIds,
        undimmed: [...undimmed],
        outgoingEdges: [...outgoingEdges],
      };
    });
  };
  return { session, end, bothStates };
}

it.each(LIBRARY.filter((_, i) => i % 5 === 0).map(({ id }) => id))(
  'prepared steps of %s equal unprepared ones, forwards, backwards and after a fork',
  (id) => {
    const { session, end, bothStates } = twoStages(id);
    const expectEqual = (): void => {
      const [prepared, unprepared] = bothStates();
      expect(prepared).toEqual(unprepared);
    };
    expectEqual();
    for (let depth = 1; depth <= end; depth += 1) {
      seekTo(session, depth);
      expectEqual();
    }
    for (const depth of [end >> 1, (end >> 1) + 1, 1, 0]) {
      seekTo(session, depth);
      expectEqual();
    }
    const otherTask = enabledTasks(currentSnapshot(session.getState())).at(-1);
    if (otherTask !== undefined) stepTask(session, otherTask);
    expectEqual();
  },
);

it('builds the graph of the next step ahead', () => {
  const { session } = twoStages(LIBRARY[0]?.id ?? '');
  vi.advanceTimersByTime(IDLE_MS);
  vi.mocked(toGraph).mockClear();
  seekTo(session, 1);
  expect(toGraph).not.toHaveBeenCalled();
  vi.advanceTimersByTime(IDLE_MS);
  expect(toGraph).toHaveBeenCalledTimes(1);
});
