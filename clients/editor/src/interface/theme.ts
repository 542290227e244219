import { useEffect, useState, useSyncExternalStore } from 'react';

export type Theme = 'auto' | 'light' | 'dark';
const KEY = 'ai-editor.theme';
const NEXT: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' };

const kept = (): Theme => {
  const theme = localStorage.getItem(KEY);
  return theme === 'light' || theme === 'dark' ? theme : 'auto';
};

const system = matchMedia('(prefers-color-scheme: dark)');
const followSystem = (listener: () => void) => {
  system.addEventListener('change', listener);
  return () => system.removeEventListener('change', listener);
};

/** As the system has it, until somebody says otherwise. */
export function useTheme(): { theme: Theme; isDark: boolean; next(): void } {
  const [theme, setTheme] = useState(kept);
  const isSystemDark = useSyncExternalStore(followSystem, () => system.matches);

  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    if (theme === 'auto') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  }, [theme]);

  return { theme, isDark: theme === 'dark' || (theme === 'auto' && isSystemDark), next: () => setTheme(NEXT[theme]) };
}
