/** How a component looks, as the custom properties at the head of its sheet: what "make it blue" changes, and hands may too. */
export interface Look {
  accent: string;
  isDark: boolean;
  radius: number;
  size: number;
  font: string;
  shadow: string;
}

export const PLAIN: Look = {
  accent: '#3f5bd9',
  isDark: false,
  radius: 12,
  size: 16,
  font: 'system-ui, sans-serif',
  shadow: '0 12px 32px rgb(20 24 36 / 0.12)',
};

export const COLOURS: Readonly<Record<string, string>> = {
  red: '#d6303f',
  crimson: '#b3133a',
  coral: '#ee6352',
  orange: '#e8690b',
  amber: '#c98a04',
  yellow: '#eab308',
  gold: '#b7892b',
  lime: '#65a30d',
  green: '#1f8a4c',
  emerald: '#059669',
  mint: '#2fae8b',
  teal: '#0f8b8d',
  turquoise: '#12a5b0',
  cyan: '#0891b2',
  sky: '#0284c7',
  blue: '#2563eb',
  navy: '#1e3a8a',
  indigo: '#4f46e5',
  violet: '#7c3aed',
  purple: '#8b3fd1',
  magenta: '#c026d3',
  pink: '#db2777',
  rose: '#e11d48',
  brown: '#8a5a3b',
  slate: '#475569',
  grey: '#5b6270',
  gray: '#5b6270',
  black: '#18181b',
  white: '#f5f5f4',
};

const SURFACES = {
  light: { surface: '#ffffff', raised: '#f5f6f9', ink: '#171a21', muted: '#5d6472', line: '#e2e5ec' },
  dark: { surface: '#1b1d23', raised: '#262931', ink: '#f2f3f6', muted: '#a4abb9', line: '#353944' },
};

export const surfaces = (isDark: boolean): Readonly<Record<string, string>> => SURFACES[isDark ? 'dark' : 'light'];

/** Black or white, whichever is read more easily on a colour. */
export function onColour(hex: string): string {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return luminance > 0.36 ? '#17181c' : '#ffffff';
}

export function properties(look: Look): Readonly<Record<string, string>> {
  return {
    accent: look.accent,
    'on-accent': onColour(look.accent),
    ...surfaces(look.isDark),
    radius: `${look.radius}px`,
    size: `${look.size}px`,
    font: look.font,
    shadow: look.shadow,
  };
}

/** A sheet whose first rule holds the properties; `&` in the rules is the component's own class. */
export function sheet(root: string, look: Look, own: string, rules: string): string {
  const head = Object.entries(properties(look)).map(([name, value]) => `  --${name}: ${value};`);
  const base = [
    'box-sizing: border-box;',
    'font: 400 var(--size)/1.5 var(--font);',
    'color: var(--ink);',
    ...own.trim().split('\n').map((line) => line.trim()),
  ].map((line) => `  ${line}`);
  return `.${root} {\n${head.join('\n')}\n\n${base.join('\n')}\n}\n\n${outdent(rules).replaceAll('&', `.${root}`)}\n`;
}

export const outdent = (text: string): string => {
  const lines = text.replace(/^\n+|\s+$/g, '').split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)![0].length);
  const least = Math.min(...indents);
  return lines.map((line) => line.slice(least)).join('\n');
};
