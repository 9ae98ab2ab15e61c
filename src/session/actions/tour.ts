import { TOUR_STOPS, tourPositionOf } from '../../scenario/library/tour';
import { setPageLayout } from './pageLayout';
import { amendLast, commit } from '../store/undo';
import { openScenario } from '../trace/openScenario';
import type { Session } from '../store/session';
import type { TraceNode } from '../trace/traceTree';
import { pause, playTo } from './playback';

/** How many steps before its moment a stop begins, so that the change itself is seen. */
const LEAD_STEPS = 3;

/** Tips of runs that the tour put on screen: one that nobody touched gives way to the next stop without a trace. */
const tourTips = new WeakSet<TraceNode>();

/** Shows a stop of the tour. The session before it stays one undo away. With `replay` its last steps are played. */
export function showTourStop(session: Session, at: number, replay: boolean): void {
  const stop = TOUR_STOPS[at];
  if (!stop) return;
  const { scenario, steps } = tourPositionOf(stop);
  const opened = openScenario(scenario, stop.scenario);
  if (!opened.ok) throw new Error(`stop ${at} of the tour does not open`);
  pause(session);
  const { run: before } = session.getState();
  const [only, other] = before.branches;
  const run = { ...opened.run, cursor: replay ? Math.max(0, steps - LEAD_STEPS) : steps };
  const said = `Tour, ${at + 1} of ${TOUR_STOPS.length}: ${stop.title}. ${stop.text}`;
  if (only && !other && tourTips.has(only.tip)) amendLast(session, run, said);
  else commit(session, run, 'tour', said);
  const tip = run.branches[0]?.tip;
  if (tip) tourTips.add(tip);
  session.setState({ selection: undefined });
  setPageLayout(session, {
    tourStop: at,
    view: 'stage',
    narrowPanel: 'stage',
    autoplayIntro: false,
  });
  if (replay) playTo(session, steps);
}

/** The next stop, or the one before; nothing where there is none. */
export function moveTour(session: Session, by: 1 | -1, replay: boolean): void {
  const { tourStop: tour } = session.getState().layout;
  if (tour !== undefined) showTourStop(session, tour + by, replay);
}

/** Whether no stop comes after this one. */
export function isLastTourStop(at: number): boolean {
  return at + 1 >= TOUR_STOPS.length;
}

/** Leaves the tour; what is on screen stays, to be played with. */
export function leaveTour(session: Session): void {
  setPageLayout(session, { tourStop: undefined });
}
