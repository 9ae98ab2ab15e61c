const GAP_PX = 6;

/** Moves a fixed-position box above or below an anchor, inside the window; `preferred` wins if there is room for it. */
export function placeBeside(
  box: HTMLElement,
  anchor: DOMRect,
  preferred: 'above' | 'below',
  align: 'start' | 'center',
): void {
  const { offsetWidth: width, offsetHeight: height } = box;
  const above = anchor.top - GAP_PX - height;
  const below = anchor.bottom + GAP_PX;
  const fitsAbove = above >= GAP_PX;
  const fitsBelow = below + height <= innerHeight - GAP_PX;
  const useBelow = preferred === 'below' ? fitsBelow || !fitsAbove : !fitsAbove;
  const left = align === 'start' ? anchor.left : anchor.left + (anchor.width - width) / 2;
  box.style.left = `${clamp(left, innerWidth - width)}px`;
  box.style.top = `${clamp(useBelow ? below : above, innerHeight - height)}px`;
}

function clamp(value: number, max: number): number {
  return Math.max(GAP_PX, Math.min(value, max - GAP_PX));
}
