import type { ThemeSetting } from '../session/store/session';
import type { Theme } from './protocol';

/** The session setting for a theme of the protocol and of the embed parameters. */
export function themeSettingOf(theme: Theme): ThemeSetting {
  return theme === 'auto' ? 'system' : theme;
}

/** The theme that the protocol reports for a session setting. */
export function protocolThemeOf(setting: ThemeSetting): Theme {
  return setting === 'system' ? 'auto' : setting;
}
