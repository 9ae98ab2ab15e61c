/** What was typed before there was a field for it. */
interface Typed {
  readonly text: string;
  /** Enter came after the text: the best of what it finds is meant. */
  readonly entered: boolean;
}

const nothing: Typed = { text: '', entered: false };

let typed = nothing;

/** Keeps what is typed from now on, up to Enter, until the listener is taken away (which is what it returns). */
export function typeAhead(
  page: Pick<Document, 'addEventListener' | 'removeEventListener'>,
): () => void {
  typed = nothing;
  const listen = (event: KeyboardEvent): void => {
    const { text, entered } = typed;
    if (event.ctrlKey || event.metaKey || event.altKey || entered) return;
    if (event.key === 'Enter') typed = { text, entered: text.trim() !== '' };
    else if (event.key === 'Backspace') typed = { text: text.slice(0, -1), entered };
    else if (event.key.length === 1) typed = { text: text + event.key, entered };
    else return;
    event.preventDefault();
  };
  page.addEventListener('keydown', listen, { capture: true });
  return () => page.removeEventListener('keydown', listen, { capture: true });
}

/** What was typed ahead; it is given out once. */
export function takeTyped(): Typed {
  const all = typed;
  typed = nothing;
  return all;
}
