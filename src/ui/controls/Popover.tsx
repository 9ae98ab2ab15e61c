import type { ReactNode } from 'react';
import styles from './Popover.module.css';

interface PopoverProps {
  /** A button with this `popoverTarget` opens it. */
  readonly id: string;
  readonly label: string;
  readonly children: ReactNode;
}

const MARGIN_PX = 8;

/** A panel that hangs below the button that opened it; a press elsewhere or Esc closes it. */
export function Popover({ id, label, children }: PopoverProps) {
  return (
    <div
      id={id}
      popover="auto"
      role="dialog"
      aria-label={label}
      className={styles.popover}
      onToggle={(event) => placeBelowOpener(event.currentTarget, id)}
    >
      {children}
    </div>
  );
}

function placeBelowOpener(panel: HTMLElement, id: string): void {
  const opener = document
    .querySelector(`[popovertarget="${CSS.escape(id)}"]`)
    ?.getBoundingClientRect();
  if (!opener) return;
  const left = Math.max(
    MARGIN_PX,
    Math.min(opener.left, innerWidth - panel.offsetWidth - MARGIN_PX),
  );
  panel.style.translate = `${left}px ${opener.bottom + MARGIN_PX}px`;
}
