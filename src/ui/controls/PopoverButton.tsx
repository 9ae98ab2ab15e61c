import {
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type MouseEvent,
  type ReactNode,
  type ToggleEvent,
} from 'react';
import { placeBeside } from './placeBeside';
import styles from './PopoverButton.module.css';

interface PopoverButtonProps {
  /** What the button shows. */
  readonly children: ReactNode;
  /** Rendered only while the popover is open. */
  readonly content: ReactNode;
  /** Accessible name of the popover. */
  readonly label: string;
  /** Accessible name of the button, if its content does not give one. */
  readonly buttonLabel?: string;
  readonly tooltip?: string;
  readonly className?: string | undefined;
  readonly popoverClassName?: string | undefined;
  /** For a button whose popover another control in the tab order also opens. */
  readonly skipInTabOrder?: boolean;
}

/** A button with a native popover beside it; Escape or a press elsewhere closes it. */
export function PopoverButton({
  children,
  content,
  label,
  buttonLabel,
  tooltip,
  className,
  popoverClassName,
  skipInTabOrder = false,
}: PopoverButtonProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const popover = useRef<HTMLElement>(null);
  const [open, setOpen] = useState(false);
  useLayoutEffect(() => {
    const anchor = button.current;
    const box = popover.current;
    if (!open || !anchor || !box) return undefined;
    const place = (): void => placeBeside(box, anchor.getBoundingClientRect(), 'below', 'start');
    place();
    const observer = new ResizeObserver(place);
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
        data-tooltip={tooltip}
        popoverTarget={id}
        tabIndex={skipInTabOrder ? -1 : undefined}
        onClick={(event: MouseEvent) => event.stopPropagation()}
      >
        {children}
      </button>
      <section
        ref={popover}
        id={id}
        popover="auto"
        tabIndex={0}
        aria-label={label}
        className={`${styles.popover} ${popoverClassName ?? ''}`}
        onToggle={(event: ToggleEvent) => setOpen(event.newState === 'open')}
      >
        {open && content}
      </section>
    </>
  );
}
