import { TOUR, tourPlace } from '../scenario/tour';
import { arrange } from './arrange';
import { amend, commit } from './history';
import { openScenario } from './openScenario';
import type { Session } from './session';
import type { Moment } from './trail';
import { pause, playTo } from './transport';

/** How many steps before its moment a stop begins, so that the change itself is seen. */
const LEAD = 3;

/** Tips of runs that the tour put on screen: one that nobody touched gives way to the next stop without a trace. */
const shown = new WeakSet<Moment>();

/** Shows a stop of the tour. The session before it stays one undo away. With `replay` its last steps are played. */
export function showStop(session: Session, at: number, replay: boolean): void {
  const stop = TOUR[at];
  if (!stop) return;
  const { scenario, steps } = tourPlace(stop);
  const opened = openScenario(scenario, stop.scenario);
  if (!opened.ok) throw new Error(`stop ${at} of the tour does not open`);
  pause(session);
  const { run: before } = session.getState();
  const [only, other] = before.branches;
  const run = { ...opened.run, cursor: replay ? Math.max(0, steps - LEAD) : steps };
  const said = `Tour, ${at + 1} of ${TOUR.length}: ${stop.title}. ${stop.say}`;
  if (only && !other && shown.has(only.tip)) amend(session, run, said);
  else commit(session, run, 'tour', said);
  const tip = run.branches[0]?.tip;
  if (tip) shown.add(tip);
  session.setState({ selection: undefined });
  arrange(session, { tour: at, view: 'stage', pane: 'stage', opening: false });
  if (replay) playTo(session, steps);
}

/** The next stop, or the one before; nothing where there is none. */
export function moveTour(session: Session, by: 1 | -1, replay: boolean): void {
  const { tour } = session.getState().layout;
  if (tour !== undefined) showStop(session, tour + by, replay);
}

/** Whether no stop comes after this one. */
export function isLastStop(at: number): boolean {
  return at + 1 >= TOUR.length;
}

/** Leaves the tour; what is on screen stays, to be played with. */
export function leaveTour(session: Session): void {
  arrange(session, { tour: undefined });
}
