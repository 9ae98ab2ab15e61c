import type { HoverTarget, Session } from '../store/session';

/** Selects an object or task by name, or nothing. */
export function setSelection(session: Session, name: string | undefined): void {
  session.setState({ selection: name });
}

/** Lights what the pointer or keyboard focus rests on, or nothing. */
export function setHover(session: Session, at: HoverTarget | undefined): void {
  if (session.getState().hover !== at) session.setState({ hover: at });
}
