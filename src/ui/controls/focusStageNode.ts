/** Moves the focus to a node of the stage, two frames later: an open dialog or popover restores its own focus first, and a fold opens. */
export function focusStageNode(node: string): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() =>
      document
        .querySelector<HTMLElement>(`[data-node="${CSS.escape(node)}"]`)
        ?.focus({ preventScroll: true }),
    ),
  );
}
