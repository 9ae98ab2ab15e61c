import type { Session, SessionNotification } from './session';

const MAX_NOTIFICATIONS = 3;

interface NotificationOptions {
  /** Id of a menu command to offer. */
  readonly commandId?: string;
  /** Stays true while the user goes on in the same scenario. Other messages are about the moment and go with the next change. */
  readonly lasting?: true;
}

/** Shows a message until the user dismisses it or it no longer applies. It replaces one with the same title, and one about the moment that came before. */
export function notify(
  session: Session,
  severity: SessionNotification['severity'],
  title: string,
  lines: readonly string[] = [],
  { commandId, lasting }: NotificationOptions = {},
): void {
  session.setState(({ notifications }) => ({
    notifications: [
      ...notifications
        .filter((each) => each.title !== title && (each.lasting || lasting))
        .slice(1 - MAX_NOTIFICATIONS),
      {
        id: (notifications.at(-1)?.id ?? 0) + 1,
        severity,
        title,
        lines,
        commandId,
        lasting: lasting ?? false,
      },
    ],
  }));
}

/** The messages that still apply after a change of the run; `sameScenario` tells whether it stays in the scenario. */
export function notificationsAfterChange(
  notifications: readonly SessionNotification[],
  sameScenario: boolean,
): readonly SessionNotification[] {
  return notifications.filter(({ lasting }) => lasting && sameScenario);
}

/** Removes a notification. */
export function dismissNotification(session: Session, id: number): void {
  session.setState(({ notifications }) => ({
    notifications: notifications.filter((notification) => notification.id !== id),
  }));
}
