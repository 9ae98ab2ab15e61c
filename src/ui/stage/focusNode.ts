/** Focuses a node. The camera moves the view, so the browser must not scroll. */
export function focusNode(id: string, root: ParentNode = document): void {
  root
    .querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`)
    ?.focus({ preventScroll: true });
}
