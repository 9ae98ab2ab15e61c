import type { DialogId, Layout, Session } from './session';

/** Changes what the page shows where. */
export function arrange(session: Session, layout: Partial<Layout>): void {
  session.setState((state) => ({ layout: { ...state.layout, ...layout } }));
}

/** Opens a dialog, or closes the open one. */
export function showDialog(session: Session, dialog: DialogId | undefined): void {
  session.setState({ dialog });
}
