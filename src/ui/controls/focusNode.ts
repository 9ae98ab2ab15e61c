/** Focuses a node of the stage. The camera moves the view, so the browser must not scroll. */
export function focusNode(id: string, root: ParentNode = document): void {
  root
    .querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`)
    ?.focus({ preventScroll: true });
}

/** Waits two frames: a closing dialog or popover restores the focus first, and a folded group may have to open. */
export function focusNodeAfterClosing(id: string): void {
  requestAnimationFrame(() => requestAnimationFrame(() => focusNode(id)));
}
