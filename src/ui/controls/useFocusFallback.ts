import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';

/** If the focused control is removed, moves the focus to the heading of its panel instead of losing it. */
export function useFocusFallback(panel: RefObject<HTMLElement | null>): void {
  const lastFocused = useRef<Element | undefined>(undefined);
  useEffect(() => {
    const onFocusIn = (event: FocusEvent): void => {
      lastFocused.current =
        event.target instanceof Element && panel.current?.contains(event.target) === true
          ? event.target
          : undefined;
    };
    document.addEventListener('focusin', onFocusIn);
    return () => document.removeEventListener('focusin', onFocusIn);
  }, [panel]);
  useLayoutEffect(() => {
    if (
      !lastFocused.current ||
      lastFocused.current.isConnected ||
      document.activeElement !== document.body
    )
      return;
    lastFocused.current = undefined;
    panel.current?.querySelector<HTMLElement>('[tabindex="-1"]')?.focus();
  });
}
