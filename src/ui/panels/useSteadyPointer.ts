import { useLayoutEffect, useRef, useState, type PointerEvent, type RefObject } from 'react';

/** What is under the pointer, and its top on the screen. */
interface Anchor {
  readonly element: Element;
  readonly top: number;
}

export interface SteadyPointer {
  /** For the element whose content grows. */
  readonly panel: RefObject<HTMLDivElement | null>;
  /** A mouse or pen is over the element: what is under it must not move. */
  readonly isOver: boolean;
  readonly handlers: {
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerDown: (event: PointerEvent) => void;
    readonly onPointerLeave: () => void;
    readonly onWheel: () => void;
  };
}

/**
 * Keeps what is under the pointer in place when the content of a panel grows above it: the parent of the panel, which scrolls, follows.
 * Call it in the component that renders the content.
 */
export function useSteadyPointer(): SteadyPointer {
  const panel = useRef<HTMLDivElement>(null);
  const [isOver, setIsOver] = useState(false);
  const anchor = useRef<Anchor>(undefined);
  useLayoutEffect(() => {
    const scroller = panel.current?.parentElement;
    if (!panel.current || !scroller || !anchor.current?.element.isConnected) return;
    const { element, top } = anchor.current;
    const shift = element.getBoundingClientRect().top - top;
    if (Math.abs(shift) < 1) return;
    const room = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    if (shift > room) panel.current.style.paddingBottom = `${shift - room}px`;
    scroller.scrollTop += shift;
  });
  const onPointerMove = ({ target, pointerType }: PointerEvent): void => {
    if (pointerType === 'touch' || !(target instanceof Element)) return;
    anchor.current = { element: target, top: target.getBoundingClientRect().top };
    setIsOver(true);
  };
  return {
    panel,
    isOver,
    handlers: {
      onPointerMove,
      onPointerDown: onPointerMove,
      onPointerLeave: () => {
        anchor.current = undefined;
        if (panel.current) panel.current.style.paddingBottom = '';
        setIsOver(false);
      },
      onWheel: () => {
        anchor.current = undefined;
      },
    },
  };
}
