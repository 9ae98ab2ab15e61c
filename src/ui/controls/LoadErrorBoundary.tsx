import { Component, type ReactNode } from 'react';
import { SessionContext } from '../useSession';
import type { Session } from '../../session/store/session';
import buttons from './controls.module.css';
import styles from './LoadErrorBoundary.module.css';
import { dispatch } from '../../session/actions/dispatch';

interface LoadErrorBoundaryProps {
  /** `The stage`, as it begins a sentence. */
  readonly part: string;
  /** Stands above the page, and can be put away. */
  readonly inDialog?: boolean;
  readonly children: ReactNode;
}

function focusOnMount(button: HTMLElement | null): void {
  button?.focus();
}

/** Says so where a part of the page could not be loaded, with the rest of the page as it was; the address keeps the run over a reload. */
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
    const { part: what, inDialog: dialog = false, children } = this.props;
    if (!this.state.failed) return children;
    const session = this.context;
    return (
      <div
        className={styles.failed}
        role="alert"
        data-dialog={dialog ? '' : undefined}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && dialog && session) dispatch(session, 'close-dialog');
        }}
      >
        <b>{what} could not be loaded.</b>
        <p>
          Is the network there? Nothing is lost: the address keeps your run, and the page comes back
          to it.
        </p>
        <div>
          <button
            ref={dialog ? focusOnMount : undefined}
            type="button"
            className={`${buttons.button} ${buttons.primary}`}
            onClick={() => location.reload()}
          >
            Load the page again
          </button>
          {dialog && session && (
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
