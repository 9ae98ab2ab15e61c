let typed = '';

/** Keeps what is typed from now on until the listener is taken away (which is what it returns). */
export function typeAhead(page: Pick<Document, 'addEventListener' | 'removeEventListener'>): () => void {
  typed = '';
  const listen = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Backspace') typed = typed.slice(0, -1);
    else if (event.key.length === 1) typed += event.key;
    else return;
    event.preventDefault();
  };
  page.addEventListener('keydown', listen, { capture: true });
  return () => page.removeEventListener('keydown', listen, { capture: true });
}

/** What was typed before there was a field for it; it is given out once. */
export function takeTyped(): string {
  const all = typed;
  typed = '';
  return all;
}
