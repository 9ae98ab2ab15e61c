import type { DialogId, PageLayout, Session } from '../store/session';

/** Changes what the page shows where. */
export function setPageLayout(session: Session, layout: Partial<PageLayout>): void {
  session.setState((state) => ({ layout: { ...state.layout, ...layout } }));
}

/** Opens a dialog, or closes the open one. */
export function setDialog(session: Session, dialog: DialogId | undefined): void {
  session.setState({ dialog });
}
