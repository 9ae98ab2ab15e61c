import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';

/** Where the control in focus goes away with a change, gives the focus to the heading of its panel instead of nobody. */
export function useFocusFallback(panel: RefObject<HTMLElement | null>): void {
  const last = useRef<Element | undefined>(undefined);
  useEffect(() => {
    const note = (event: FocusEvent): void => {
      last.current =
        event.target instanceof Element && panel.current?.contains(event.target) === true
          ? event.target
          : undefined;
    };
    document.addEventListener('focusin', note);
    return () => document.removeEventListener('focusin', note);
  }, [panel]);
  useLayoutEffect(() => {
    if (!last.current || last.current.isConnected || document.activeElement !== document.body)
      return;
    last.current = undefined;
    panel.current?.querySelector<HTMLElement>('[tabindex="-1"]')?.focus();
  });
}
