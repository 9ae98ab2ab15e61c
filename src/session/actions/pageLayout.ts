import type { DialogId, PageLayout, Session } from '../store/session';

/** Changes some parts of the page layout and keeps the others. Ends the welcome. */
export function setPageLayout(session: Session, layout: Partial<PageLayout>): void {
  session.setState((state) => ({ layout: { ...state.layout, welcome: false, ...layout } }));
}

/** Opens a dialog in place of the open one; undefined closes it. */
export function setDialog(session: Session, dialog: DialogId | undefined): void {
  session.setState({ dialog });
}
