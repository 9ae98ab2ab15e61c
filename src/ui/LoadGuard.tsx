import { Component, type ReactNode } from 'react';
import { showDialog } from '../session/arrange';
import { SessionContext } from './useSession';
import type { Session } from '../session/session';
import buttons from './controls/controls.module.css';
import styles from './LoadGuard.module.css';

interface LoadGuardProps {
  /** `The stage`, as it begins a sentence. */
  readonly what: string;
  /** Stands above the page, and can be put away. */
  readonly dialog?: boolean;
  readonly children: ReactNode;
}

function focus(button: HTMLElement | null): void {
  button?.focus();
}

/** Says so where a part of the page could not be loaded, with the rest of the page as it was; the address keeps the run over a reload. */
export class LoadGuard extends Component<LoadGuardProps, { readonly failed: boolean }> {
  static override readonly contextType = SessionContext;
  declare context: Session | undefined;
  override readonly state = { failed: false };

  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    const { what, dialog = false, children } = this.props;
    if (!this.state.failed) return children;
    const session = this.context;
    return (
      <div
        className={styles.failed}
        role="alert"
        data-dialog={dialog ? '' : undefined}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && dialog && session) showDialog(session, undefined);
        }}
      >
        <b>{what} could not be loaded.</b>
        <p>
          Is the network there? Nothing is lost: the address keeps your run, and the page comes back
          to it.
        </p>
        <div>
          <button
            ref={dialog ? focus : undefined}
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
              onClick={() => showDialog(session, undefined)}
            >
              Close
            </button>
          )}
        </div>
      </div>
    );
  }
}
