import { Component, type ReactNode } from 'react';
import { SessionContext } from '../useSession';
import type { Session } from '../../session/store/session';
import buttons from './controls.module.css';
import styles from './LoadErrorBoundary.module.css';
import { dispatch } from '../../session/actions/dispatch';

interface LoadErrorBoundaryProps {
  /** Begins a sentence: `The stage`. */
  readonly part: string;
  /** Shown above the page, with a close button. */
  readonly inDialog?: boolean;
  readonly children: ReactNode;
}

function focusOnMount(button: HTMLElement | null): void {
  button?.focus();
}

/** Replaces a part of the page that could not be loaded with an error message; the rest of the page keeps working. */
export class LoadErrorBoundary extends Component<
  LoadErrorBoundaryProps,
  { readonly failed: boolean }
> {
  static override readonly contextType = SessionContext;
  declare context: Session | undefined;
  override readonly state = { failed: false };

  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    const { part, inDialog = false, children } = this.props;
    if (!this.state.failed) return children;
    const session = this.context;
    return (
      <div
        className={styles.failed}
        role="alert"
        data-dialog={inDialog ? '' : undefined}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && inDialog && session) dispatch(session, 'close-dialog');
        }}
      >
        <b>{part} could not be loaded.</b>
        <p>Check your connection. The address contains your run: a reload restores it.</p>
        <div>
          <button
            ref={inDialog ? focusOnMount : undefined}
            type="button"
            className={`${buttons.button} ${buttons.primary}`}
            onClick={() => location.reload()}
          >
            Reload
          </button>
          {inDialog && session && (
            <button
              type="button"
              className={buttons.button}
              onClick={() => dispatch(session, 'close-dialog')}
            >
              Close
            </button>
          )}
        </div>
      </div>
    );
  }
}
