import {
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type MouseEvent,
  type ReactNode,
  type ToggleEvent,
} from 'react';
import styles from './PopUp.module.css';

interface PopUpProps {
  /** What the button shows. */
  readonly children: ReactNode;
  /** Built when it opens. */
  readonly content: ReactNode;
  /** Name of the popup for people who do not see it. */
  readonly label: string;
  /** Name of the button where its content does not say it. */
  readonly buttonLabel?: string;
  readonly className?: string | undefined;
  readonly popupClassName?: string | undefined;
  /** Out of the order of Tab, where another control leads to the same. */
  readonly untabbed?: boolean;
}

const GAP = 6;

/** A button that opens a popup beside it: the browser's own, which closes on Escape and on a press elsewhere. */
export function PopUp({
  children,
  content,
  label,
  buttonLabel,
  className,
  popupClassName,
  untabbed = false,
}: PopUpProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const popup = useRef<HTMLElement>(null);
  const [open, setOpen] = useState(false);
  useLayoutEffect(() => {
    const at = button.current;
    const box = popup.current;
    if (!open || !at || !box) return undefined;
    place(box, at.getBoundingClientRect());
    const observer = new ResizeObserver(() => place(box, at.getBoundingClientRect()));
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

function place(box: HTMLElement, at: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = at.bottom + GAP + height <= innerHeight || at.top < innerHeight / 2;
  const top = below ? at.bottom + GAP : at.top - GAP - height;
  box.style.left = `${Math.max(GAP, Math.min(at.left, innerWidth - width - GAP))}px`;
  box.style.top = `${Math.max(GAP, Math.min(top, innerHeight - height - GAP))}px`;
}
