import type { Session, Settings } from '../store/session';

/** Changes some settings and keeps the others. */
export function changeSettings(session: Session, settings: Partial<Settings>): void {
  session.setState((state) => ({ settings: { ...state.settings, ...settings } }));
}
