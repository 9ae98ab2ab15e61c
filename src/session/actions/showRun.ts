import { commit } from '../store/undo';
import type { Session } from '../store/session';
import { pause } from './playback';
import type { Run } from '../trace/run';

/** Puts an opened scenario on screen; the session before stays one undo away. */
export function showRun(session: Session, run: Run): void {
  const { title } = run.setup.scenario;
  pause(session);
  commit(session, run, `opening of ${title}`, `Opened ${title}`);
  session.setState({ selection: undefined });
}
