import type { Session, Settings } from '../store/session';

/** Changes speed, seed, order or theme. */
export function changeSettings(session: Session, settings: Partial<Settings>): void {
  session.setState((state) => ({ settings: { ...state.settings, ...settings } }));
}
