import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { toGraph } from '../../graph/model/toGraph';
import { LIBRARY } from '../../scenario/library/library';
import { currentSnapshot } from '../../session/trace/replay';
import { seekTo, stepTask } from '../../session/actions/stepping';
import { openScenario } from '../../session/trace/openScenario';
import { createSession } from '../../session/store/session';
import { enabledTasks } from '../../session/trace/scheduler';
import { createStageStore, syncWithSession } from './stageStore';
import { currentBranch } from '../../session/trace/run';

vi.mock(import('../../graph/model/toGraph'), async (original) => {
  const { toGraph: real } = await original();
  return { toGraph: vi.fn<typeof real>(real) };
});

// A browser without idle callbacks prepares after a pause: here that is a matter of the clock.
const IDLE = 1000;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The same session on two stages, of which only the first ever comes to rest. */
function twoStages(id: string) {
  const scenario = LIBRARY.find((each) => each.id === id)?.scenario;
  const opened = scenario && openScenario(scenario, id);
  if (!opened?.ok) throw new Error(`no scenario ${id}`);
  const session = createSession(opened.run.setup, opened.run);
  const end = currentBranch(opened.run).tip.depth;
  seekTo(session, 0);
  const [rested, hurried] = [createStageStore(session), createStageStore(session)];
  syncWithSession(rested, session);
  const shown = (): readonly unknown[] => {
    vi.advanceTimersByTime(IDLE);
    // Asked anew at every step, so that nothing is ever prepared for it.
    const stop = syncWithSession(hurried, session);
    stop();
    return [rested, hurried].map((stage) => {
      const {
        nodesInReadingOrder: list,
        edgeList: ties,
        flowNodes,
        edgeIds: tieIds,
        undimmed: spotlight,
        outgoingEdges: leaving,
      } = stage.getState();
      return { list, ties, flowNodes, tieIds, spotlight: [...spotlight], leaving: [...leaving] };
    });
  };
  return { session, end, shown };
}

it.each(LIBRARY.filter((_, i) => i % 5 === 0).map(({ id }) => id))(
  'shows of %s what it would without having prepared it, forwards, back and after a fork',
  (id) => {
    const { session, end, shown } = twoStages(id);
    const same = (): void => {
      const [rested, hurried] = shown();
      expect(rested).toEqual(hurried);
    };
    same();
    for (let depth = 1; depth <= end; depth += 1) {
      seekTo(session, depth);
      same();
    }
    for (const depth of [end >> 1, (end >> 1) + 1, 1, 0]) {
      seekTo(session, depth);
      same();
    }
    const other = enabledTasks(currentSnapshot(session.getState())).at(-1);
    if (other !== undefined) stepTask(session, other);
    same();
  },
);

it('has made the graph of the next step before that is asked for', () => {
  const { session } = twoStages(LIBRARY[0]?.id ?? '');
  vi.advanceTimersByTime(IDLE);
  vi.mocked(toGraph).mockClear();
  seekTo(session, 1);
  expect(toGraph).not.toHaveBeenCalled();
  vi.advanceTimersByTime(IDLE);
  expect(toGraph).toHaveBeenCalledTimes(1);
});
