import { useLayoutEffect, useRef, type ReactNode } from 'react';
import { useSessionStore } from '../useSession';
import { Icon } from './Icon';
import buttons from './controls.module.css';
import styles from './Modal.module.css';
import { dispatch } from '../../session/actions/dispatch';

interface ModalProps {
  readonly title: string;
  /** `sheet` is placed below the header, `card` in the middle. */
  readonly placement?: 'card' | 'sheet';
  /** Wide enough for two columns. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** The page's open dialog. The browser traps the focus, closes it on Escape and restores the focus. */
export function Modal({ title, placement = 'card', wide = false, children }: ModalProps) {
  const session = useSessionStore();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>('input[type="search"], [role="combobox"]')?.focus();
    // The browser restores the focus only if the dialog is closed before it is removed.
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles.modal}
      data-placement={placement}
      data-wide={wide ? '' : undefined}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        dispatch(session, 'close-dialog');
      }}
      onPointerDown={(event) => {
        if (
          event.target === dialog.current &&
          isOutside(event.currentTarget.getBoundingClientRect(), event.clientX, event.clientY)
        )
          dispatch(session, 'close-dialog');
      }}
    >
      <header className={styles.head}>
        <h2>{title}</h2>
        <button
          type="button"
          className={`${buttons.button} ${buttons.quiet} ${buttons.icon}`}
          aria-label="Close"
          onClick={() => dispatch(session, 'close-dialog')}
        >
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}

function isOutside({ left, right, top, bottom }: DOMRect, x: number, y: number): boolean {
  return x < left || x > right || y < top || y > bottom;
}
