import type { Message, Session } from './session';

const SHOWN_AT_ONCE = 4;

/** Tells the user something outside the run; stays until dismissed or pushed out. */
export function tell(
  session: Session,
  tone: Message['tone'],
  title: string,
  lines: readonly string[] = [],
  next?: string,
): void {
  session.setState(({ messages }) => ({
    messages: [
      ...messages.slice(1 - SHOWN_AT_ONCE),
      { id: (messages.at(-1)?.id ?? 0) + 1, tone, title, lines, next },
    ],
  }));
}

/** Takes a message away. */
export function dismiss(session: Session, id: number): void {
  session.setState(({ messages }) => ({
    messages: messages.filter((message) => message.id !== id),
  }));
}
