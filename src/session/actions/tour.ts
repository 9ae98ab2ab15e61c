import { TOUR_STOPS, tourPositionOf } from '../../scenario/library/tour';
import type { Session } from '../store/session';
import { amendLast, commit } from '../store/undo';
import { openScenario } from '../trace/openScenario';
import type { TraceNode } from '../trace/traceTree';
import { setPageLayout } from './pageLayout';
import { pause, playTo } from './playback';

/** Number of steps before a stop that are played, so that the stage animates them. */
const LEAD_STEPS = 3;

/** Tips of runs that the tour opened. The next stop replaces such a run without an undo entry if the user has not changed it. */
const tourTips = new WeakSet<TraceNode>();

/** Shows a stop of the tour; with `replay` its last steps are played. One undo returns to the session before the tour. */
export function showTourStop(session: Session, index: number, replay: boolean): void {
  const stop = TOUR_STOPS[index];
  if (!stop) return;
  const { scenario, steps } = tourPositionOf(stop);
  const opened = openScenario(scenario, stop.scenario);
  if (!opened.ok) throw new Error(`stop ${index} of the tour does not open`);
  pause(session);
  const { run: before } = session.getState();
  const [first, ...others] = before.branches;
  const run = { ...opened.run, cursor: replay ? Math.max(0, steps - LEAD_STEPS) : steps };
  const announcement = `Tour, ${index + 1} of ${TOUR_STOPS.length}: ${stop.title}. ${stop.text}`;
  if (first && others.length === 0 && tourTips.has(first.tip))
    amendLast(session, run, announcement);
  else commit(session, run, 'tour', announcement);
  const tip = run.branches[0]?.tip;
  if (tip) tourTips.add(tip);
  session.setState({ selection: undefined });
  setPageLayout(session, {
    tourStop: index,
    view: 'stage',
    narrowPanel: 'stage',
  });
  if (replay) playTo(session, steps);
}

/** Shows the next or the previous stop; does nothing if there is none. */
export function moveTour(session: Session, by: 1 | -1, replay: boolean): void {
  const { tourStop } = session.getState().layout;
  if (tourStop !== undefined) showTourStop(session, tourStop + by, replay);
}

/** Whether this is the index of the last stop. */
export function isLastTourStop(index: number): boolean {
  return index + 1 >= TOUR_STOPS.length;
}

/** Leaves the tour; its run stays on screen. */
export function leaveTour(session: Session): void {
  setPageLayout(session, { tourStop: undefined });
}
