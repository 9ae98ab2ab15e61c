import { useEffect } from 'react';
import { useSession } from './useSession';

/** Keeps `<html data-theme>` at the theme of the session; absent, the system's colour scheme applies. */
export function useThemeAttribute(): void {
  const theme = useSession((state) => state.settings.theme);
  useEffect(() => {
    const { dataset } = document.documentElement;
    if (theme === 'system') delete dataset['theme'];
    else dataset['theme'] = theme;
  }, [theme]);
}

/** Whether the page shows in dark colours now. */
export function isDarkTheme(): boolean {
  const { theme } = document.documentElement.dataset;
  return theme === undefined
    ? matchMedia('(prefers-color-scheme: dark)').matches
    : theme === 'dark';
}
