import { Tooltip } from '@base-ui/react/tooltip';
import { runCommand, type Command } from '../../session/commands';
import { useSession, useSessionStore } from '../useSession';
import { hotkeyText } from './hotkeys';
import { Icon, type IconName } from './Icon';
import styles from './controls.module.css';

interface CommandButtonProps {
  readonly command: Command;
  readonly icon: IconName;
  /** Says more than the command's title where the state matters. */
  readonly title?: string;
  readonly text?: string;
  readonly look?: 'quiet' | 'primary' | 'plain';
}

export function CommandButton({ command, icon, title = command.title, text, look = 'quiet' }: CommandButtonProps) {
  const session = useSessionStore();
  const enabled = useSession(command.enabled);
  const classes = [styles.button, look === 'quiet' ? styles.quiet : look === 'primary' ? styles.primary : '', text === undefined ? styles.icon : ''].join(' ');
  return (
    <Tooltip.Root>
      <Tooltip.Trigger
        className={classes}
        aria-label={title}
        aria-disabled={!enabled}
        data-disabled={enabled ? undefined : ''}
        onClick={() => runCommand(session, command)}
      >
        <Icon name={icon} />
        {text}
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Positioner className={styles.positioner} sideOffset={6}>
          <Tooltip.Popup className={styles.tooltip}>
            {title}
            {command.hotkey !== undefined && <kbd>{hotkeyText(command.hotkey)}</kbd>}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
