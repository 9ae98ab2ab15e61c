/** What was typed before its field existed. */
interface TypeAhead {
  readonly text: string;
  /** Enter was pressed after the text: pick the best match. */
  readonly submitted: boolean;
}

const NOTHING_TYPED: TypeAhead = { text: '', submitted: false };

let buffer = NOTHING_TYPED;

/** Buffers typed keys up to Enter; returns a function that stops buffering. */
export function bufferTypeAhead(
  page: Pick<Document, 'addEventListener' | 'removeEventListener'>,
): () => void {
  buffer = NOTHING_TYPED;
  const listen = (event: KeyboardEvent): void => {
    const { text, submitted } = buffer;
    if (event.ctrlKey || event.metaKey || event.altKey || submitted) return;
    if (event.key === 'Enter') buffer = { text, submitted: text.trim() !== '' };
    else if (event.key === 'Backspace') buffer = { text: text.slice(0, -1), submitted };
    else if (event.key.length === 1) buffer = { text: text + event.key, submitted };
    else return;
    event.preventDefault();
  };
  page.addEventListener('keydown', listen, { capture: true });
  return () => page.removeEventListener('keydown', listen, { capture: true });
}

/** Returns what was typed ahead and clears the buffer. */
export function takeTypeAhead(): TypeAhead {
  const typed = buffer;
  buffer = NOTHING_TYPED;
  return typed;
}
