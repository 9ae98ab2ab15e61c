import { Icon } from '../controls/Icon';
import buttons from '../controls/controls.module.css';
import { useSession, useSessionStore } from '../useSession';
import styles from './Notifications.module.css';
import { dispatch, menuCommand } from '../../session/actions/dispatch';

export function Notifications() {
  const session = useSessionStore();
  const notifications = useSession((state) => state.notifications);
  return (
    <div className={styles.notifications}>
      {notifications.map(({ id, severity, title, lines, commandId }) => {
        const command = menuCommand(commandId);
        return (
          <div
            key={id}
            className={styles.notification}
            data-severity={severity}
            role={severity === 'error' ? 'alert' : 'status'}
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
