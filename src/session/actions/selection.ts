import type { HoverTarget, Session } from '../store/session';

/** Selects an object, task, process or fops by name; undefined clears the selection. */
export function setSelection(session: Session, name: string | undefined): void {
  session.setState({ selection: name });
}

/** Sets what the pointer or the keyboard focus is on; undefined if it left. */
export function setHover(session: Session, target: HoverTarget | undefined): void {
  if (session.getState().hover !== target) session.setState({ hover: target });
}
