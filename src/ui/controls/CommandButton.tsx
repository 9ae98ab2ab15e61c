import { dispatch, isEnabledCommand, type MenuCommandId } from '../../session/actions/dispatch';
import { MENU_COMMANDS } from '../../session/actions/menuCommands';
import type { Command } from '../../session/actions/command';
import { useSession, useSessionStore } from '../useSession';
import { hotkeyText } from './hotkeys';
import { Icon, type IconName } from './Icon';
import styles from './controls.module.css';

interface CommandButtonProps {
  readonly command: MenuCommandId;
  readonly icon?: IconName;
  /** Says more than the command's title where the state matters. */
  readonly title?: string;
  readonly text?: string;
  readonly variant?: 'quiet' | 'primary' | 'plain';
  /** Where the tip opens. */
  readonly tooltipSide?: 'below' | 'above';
  readonly pressed?: boolean;
}

export function CommandButton({
  command,
  icon,
  title = MENU_COMMANDS[command].title,
  text,
  variant: look = 'quiet',
  tooltipSide: tip = 'below',
  pressed,
}: CommandButtonProps) {
  const session = useSessionStore();
  const enabled = useSession((state) => isEnabledCommand(state, command));
  const { hotkey }: Command = MENU_COMMANDS[command];
  const classes = [
    styles.button,
    look === 'quiet' ? styles.quiet : look === 'primary' ? styles.primary : '',
    text === undefined ? styles.icon : '',
  ].join(' ');
  return (
    <button
      type="button"
      className={classes}
      aria-label={title}
      aria-pressed={pressed}
      aria-disabled={!enabled}
      data-disabled={enabled ? undefined : ''}
      data-tip={hotkey === undefined ? title : `${title}  ${hotkeyText(hotkey)}`}
      data-tip-side={tip}
      onClick={() => dispatch(session, command)}
    >
      {icon && <Icon name={icon} />}
      {text !== undefined && <span>{text}</span>}
    </button>
  );
}
