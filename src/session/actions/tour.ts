import { TOUR_STOPS, tourPositionOf } from '../../scenario/library/tour';
import type { Session, SessionState } from '../store/session';
import { amendLast, commit } from '../store/undo';
import { openScenario } from '../trace/openScenario';
import type { TraceNode } from '../trace/traceTree';
import { setPageLayout } from './pageLayout';
import { pause, playTo } from './playback';

/** Number of steps before a stop that are played, so that the stage animates them. */
const LEAD_STEPS = 3;

/** Tips of runs that the tour opened. The next stop replaces such a run without an undo entry if the user has not changed it. */
const tourTips = new WeakSet<TraceNode>();

/** What was on screen before the tour. */
const originBySession = new WeakMap<Session, Pick<SessionState, 'run' | 'layout'>>();

/** Shows a stop of the tour; with `replay` its last steps are played. */
export function showTourStop(session: Session, index: number, replay: boolean): void {
  const stop = TOUR_STOPS[index];
  if (!stop) return;
  const { scenario, steps } = tourPositionOf(stop);
  const opened = openScenario(scenario, stop.scenario);
  if (!opened.ok) throw new Error(`stop ${index} of the tour does not open`);
  pause(session);
  const { run: before, layout } = session.getState();
  if (layout.tourStop === undefined) originBySession.set(session, { run: before, layout });
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

/** Leaves the tour and shows again what was on screen before it. A run that the user has changed during the tour stays. */
export function leaveTour(session: Session): void {
  const { run } = session.getState();
  const [first, ...others] = run.branches;
  const origin = originBySession.get(session);
  pause(session);
  setPageLayout(session, { tourStop: undefined });
  if (!origin || !first || others.length > 0 || !tourTips.has(first.tip)) return;
  commit(session, origin.run, 'end of the tour', 'The tour is over');
  session.setState({ selection: undefined, layout: { ...origin.layout, tourStop: undefined } });
}
