import {
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type MouseEvent,
  type ReactNode,
  type ToggleEvent,
} from 'react';
import styles from './PopoverButton.module.css';

interface PopoverButtonProps {
  /** What the button shows. */
  readonly children: ReactNode;
  /** Built when it opens. */
  readonly content: ReactNode;
  /** Name of the popup for people who do not see it. */
  readonly label: string;
  /** Name of the button where its content does not say it. */
  readonly buttonLabel?: string;
  readonly className?: string | undefined;
  readonly popoverClassName?: string | undefined;
  /** Out of the order of Tab, where another control leads to the same. */
  readonly skipInTabOrder?: boolean;
}

const GAP_PX = 6;

/** A button that opens a popup beside it: the browser's own, which closes on Escape and on a press elsewhere. */
export function PopoverButton({
  children,
  content,
  label,
  buttonLabel,
  className,
  popoverClassName: popupClassName,
  skipInTabOrder: untabbed = false,
}: PopoverButtonProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const popup = useRef<HTMLElement>(null);
  const [open, setOpen] = useState(false);
  useLayoutEffect(() => {
    const at = button.current;
    const box = popup.current;
    if (!open || !at || !box) return undefined;
    placePopover(box, at.getBoundingClientRect());
    const observer = new ResizeObserver(() => placePopover(box, at.getBoundingClientRect()));
    observer.observe(box);
    return () => observer.disconnect();
  }, [open]);
  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        aria-label={buttonLabel}
        popoverTarget={id}
        tabIndex={untabbed ? -1 : undefined}
        onClick={(event: MouseEvent) => event.stopPropagation()}
      >
        {children}
      </button>
      <section
        ref={popup}
        id={id}
        popover="auto"
        tabIndex={0}
        aria-label={label}
        className={`${styles.popup} ${popupClassName ?? ''}`}
        onToggle={(event: ToggleEvent) => setOpen(event.newState === 'open')}
      >
        {open && content}
      </section>
    </>
  );
}

function placePopover(box: HTMLElement, at: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = at.bottom + GAP_PX + height <= innerHeight || at.top < innerHeight / 2;
  const top = below ? at.bottom + GAP_PX : at.top - GAP_PX - height;
  box.style.left = `${Math.max(GAP_PX, Math.min(at.left, innerWidth - width - GAP_PX))}px`;
  box.style.top = `${Math.max(GAP_PX, Math.min(top, innerHeight - height - GAP_PX))}px`;
}
