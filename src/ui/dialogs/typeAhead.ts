/** What was typed before there was a field for it. */
interface TypeAhead {
  readonly text: string;
  /** Enter came after the text: the best of what it finds is meant. */
  readonly submitted: boolean;
}

const NOTHING_TYPED: TypeAhead = { text: '', submitted: false };

let buffer = NOTHING_TYPED;

/** Keeps what is typed from now on, up to Enter, until the listener is taken away (which is what it returns). */
export function bufferTypeAhead(
  page: Pick<Document, 'addEventListener' | 'removeEventListener'>,
): () => void {
  buffer = NOTHING_TYPED;
  const listen = (event: KeyboardEvent): void => {
    const { text, submitted: entered } = buffer;
    if (event.ctrlKey || event.metaKey || event.altKey || entered) return;
    if (event.key === 'Enter') buffer = { text, submitted: text.trim() !== '' };
    else if (event.key === 'Backspace') buffer = { text: text.slice(0, -1), submitted: entered };
    else if (event.key.length === 1) buffer = { text: text + event.key, submitted: entered };
    else return;
    event.preventDefault();
  };
  page.addEventListener('keydown', listen, { capture: true });
  return () => page.removeEventListener('keydown', listen, { capture: true });
}

/** What was typed ahead; it is given out once. */
export function takeTypeAhead(): TypeAhead {
  const all = buffer;
  buffer = NOTHING_TYPED;
  return all;
}
