import type { Session, SessionNotification } from './session';

const MAX_NOTIFICATIONS = 4;

/** Shows a message until the user dismisses it or newer ones displace it. `commandId` names a menu command to offer. */
export function notify(
  session: Session,
  severity: SessionNotification['severity'],
  title: string,
  lines: readonly string[] = [],
  commandId?: string,
): void {
  session.setState(({ notifications }) => ({
    notifications: [
      ...notifications.slice(1 - MAX_NOTIFICATIONS),
      { id: (notifications.at(-1)?.id ?? 0) + 1, severity, title, lines, commandId },
    ],
  }));
}

/** Removes a notification. */
export function dismissNotification(session: Session, id: number): void {
  session.setState(({ notifications }) => ({
    notifications: notifications.filter((notification) => notification.id !== id),
  }));
}
