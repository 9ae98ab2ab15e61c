import type { SessionNotification, Session } from './session';

const MAX_NOTIFICATIONS = 4;

/** Tells the user something outside the run; stays until dismissed or pushed out. */
export function notify(
  session: Session,
  tone: SessionNotification['severity'],
  title: string,
  lines: readonly string[] = [],
  next?: string,
): void {
  session.setState(({ notifications: messages }) => ({
    notifications: [
      ...messages.slice(1 - MAX_NOTIFICATIONS),
      { id: (messages.at(-1)?.id ?? 0) + 1, severity: tone, title, lines, commandId: next },
    ],
  }));
}

/** Takes a message away. */
export function dismissNotification(session: Session, id: number): void {
  session.setState(({ notifications: messages }) => ({
    notifications: messages.filter((message) => message.id !== id),
  }));
}
