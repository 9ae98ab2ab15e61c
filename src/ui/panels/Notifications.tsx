import { Icon } from '../controls/Icon';
import buttons from '../controls/controls.module.css';
import { useSession, useSessionStore } from '../useSession';
import styles from './panels.module.css';
import { dispatch, menuCommand } from '../../session/actions/dispatch';

export function Notifications() {
  const session = useSessionStore();
  const messages = useSession((state) => state.notifications);
  return (
    <div className={styles.toasts}>
      {messages.map(({ id, severity: tone, title, lines, commandId: next }) => {
        const command = menuCommand(next);
        return (
          <div
            key={id}
            className={styles.toast}
            data-tone={tone}
            role={tone === 'error' ? 'alert' : 'status'}
          >
            <strong>{title}</strong>
            <button
              type="button"
              className={`${buttons.button} ${buttons.quiet} ${buttons.icon}`}
              aria-label="Dismiss"
              onClick={() => dispatch(session, 'dismiss-notification', { id })}
            >
              <Icon name="close" />
            </button>
            {lines.map((line) => (
              <p key={line}>{line}</p>
            ))}
            {command && (
              <div>
                <button
                  type="button"
                  className={`${buttons.button} ${buttons.small}`}
                  onClick={() => {
                    dispatch(session, 'dismiss-notification', { id });
                    dispatch(session, command.id);
                  }}
                >
                  {command.title}
                </button>
              </div>
            )}
          </div>
        );
      })}
    </div>
  );
}
