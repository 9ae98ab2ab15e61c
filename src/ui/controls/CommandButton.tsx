import type { Command } from '../../session/actions/command';
import { dispatch, isEnabledCommand, type MenuCommandId } from '../../session/actions/dispatch';
import { MENU_COMMANDS } from '../../session/actions/menuCommands';
import { useSession, useSessionStore } from '../useSession';
import { hotkeyText } from './hotkeys';
import { Icon, type IconName } from './Icon';
import styles from './controls.module.css';

interface CommandButtonProps {
  readonly command: MenuCommandId;
  readonly icon?: IconName;
  /** Accessible name and tooltip, if they depend on the state. */
  readonly title?: string;
  /** Visible text; without it only the icon shows. */
  readonly text?: string;
  readonly variant?: 'quiet' | 'primary' | 'plain';
  readonly pressed?: boolean;
  readonly tooltipSide?: 'above' | 'below';
}

/** A button that runs a command and stays focusable while the command is disabled. */
export function CommandButton({
  command,
  icon,
  title = MENU_COMMANDS[command].title,
  text,
  variant = 'quiet',
  pressed,
  tooltipSide,
}: CommandButtonProps) {
  const session = useSessionStore();
  const enabled = useSession((state) => isEnabledCommand(state, command));
  const { hotkey }: Command = MENU_COMMANDS[command];
  const classes = [
    styles.button,
    variant === 'quiet' ? styles.quiet : variant === 'primary' ? styles.primary : '',
    text === undefined ? styles.icon : '',
  ].join(' ');
  return (
    <button
      type="button"
      className={classes}
      aria-label={accessibleName(title, text)}
      aria-pressed={pressed}
      aria-disabled={!enabled}
      data-disabled={enabled ? undefined : ''}
      data-tooltip={hotkey === undefined ? title : `${title}  ${hotkeyText(hotkey)}`}
      data-tooltip-side={tooltipSide}
      onClick={() => dispatch(session, command)}
    >
      {icon && <Icon name={icon} />}
      {text !== undefined && <span>{text}</span>}
    </button>
  );
}

/** Contains the visible text, which a user of speech input says (WCAG 2.5.3). */
function accessibleName(title: string, text = ''): string {
  return title.toLowerCase().includes(text.toLowerCase()) ? title : `${text}: ${title}`;
}
