import type { Target } from '../../preview/frame/messages';
import { withLabel, withLast, withTitle } from './elements';
import { COLOURS, onColour, surfaces } from './looks';
import { capital, colourIn, fontIn, jsxText, quotedIn, radiusIn } from './wish';

export interface Code {
  jsxCode: string;
  cssCode: string;
}

/** "Make it blue", "rounder", "add a title …": what was asked for, done to the code as it is now. */
export function revise(prompt: string, code: Code, target: Target | null): { code: Code; done: string[] } {
  let { jsxCode, cssCode } = code;
  const done: string[] = [];
  const set = (changes: Readonly<Record<string, string>>, what: string): void => {
    const next = withProperties(cssCode, changes);
    if (next === cssCode) return;
    cssCode = next;
    done.push(what);
  };
  const put = (next: string | null, what: string): void => {
    if (next === null || next === jsxCode) return;
    jsxCode = next;
    done.push(what);
  };

  const words = prompt.replace(/["“”][^"“”]*["“”]/g, ' ');
  const colour = colourIn(words);
  const rule = target && colour ? ruleFor(target, colour) : null;
  if (rule) {
    cssCode = `${cssCode.trimEnd()}\n\n${rule}\n`;
    done.push(`gave “${target!.text || target!.tag}” its own colour`);
  } else if (colour && /\bbackground\b/i.test(words)) set({ surface: colour, ink: onColour(colour) }, 'changed the background');
  else if (colour) set({ accent: colour, 'on-accent': onColour(colour) }, 'changed the accent colour');

  // "Dark blue" is a colour; "blue and dark" is two wishes.
  if (/\b(dark|night)\b/i.test(words) && !new RegExp(`\\bdark (${Object.keys(COLOURS).join('|')})\\b`, 'i').test(words))
    set(surfaces(true), 'turned it dark');
  else if (/\b(light mode|light|bright|day)\b/i.test(words)) set(surfaces(false), 'turned it light');

  const radius = radiusIn(words);
  if (/\b(rounder|more rounded|softer)\b/i.test(words))
    set({ radius: `${Math.min(numberOf(cssCode, 'radius', 12) + 8, 40)}px` }, 'rounded the corners');
  else if (radius !== null) set({ radius: `${radius}px` }, radius > 10 ? 'rounded the corners' : 'squared the corners');

  const size = numberOf(cssCode, 'size', 16);
  if (/\b(bigger|larger|big|large|huge)\b/i.test(words)) set({ size: `${Math.min(Math.round(size * 1.2), 40)}px` }, 'made it bigger');
  else if (/\b(smaller|small|tiny|compact)\b/i.test(words)) set({ size: `${Math.max(Math.round(size / 1.2), 9)}px` }, 'made it smaller');

  const font = fontIn(words);
  if (font) set({ font }, 'changed the typeface');
  if (/\b(flat|no shadow|without (a )?shadow|remove the shadow)\b/i.test(words)) set({ shadow: 'none' }, 'took the shadow away');
  else if (/\bshadow\b/i.test(words)) set({ shadow: '0 24px 60px rgb(20 24 36 / 0.25)' }, 'deepened the shadow');

  const [quoted] = quotedIn(prompt);
  const named = quoted ?? namedIn(prompt);
  if (/\b(title|heading|headline)\b/i.test(words)) {
    const title = named ?? 'A title';
    put(withTitle(jsxCode, title), `set the title to “${title}”`);
  } else if (/\badd\b.*\bbutton\b/i.test(words)) {
    const label = named ?? 'One more';
    put(withLast(jsxCode, `<button type="button">${jsxText(label)}</button>`), `added a button “${label}”`);
  } else if (/\badd\b.*\b(text|paragraph|note|line|footer)\b/i.test(words)) {
    const text = named ?? 'A line more.';
    put(withLast(jsxCode, `<p>${jsxText(text)}</p>`), `added “${text}”`);
  } else if (named && /\b(labels?|button|says?|text|rename|call it)\b/i.test(words))
    put(withLabel(jsxCode, named), `changed the label to “${named}”`);

  return { code: { jsxCode, cssCode }, done };
}

/** Whether it is about what is there, rather than something new. */
export const isRevision = (prompt: string): boolean =>
  /^\s*(please\s+|now\s+|and\s+|also\s+|can you\s+|could you\s+)*(make (it|this|that|the)|change|turn (it|this)|set|add|rename|call it|remove|use|give (it|this)|put|let it|it should|bigger|smaller|rounder|darker|lighter|in |more |less |no )/i.test(
    prompt,
  ) && !/\b(new|another)\b/i.test(prompt);

const namedIn = (prompt: string): string | null => {
  const found = /\b(?:title|heading|headline|label|button|says?|saying|called|call it|to|text|note)\b[: ]+(?:(?:of|to|called|that says|saying|says)\b[: ]+)?([\p{Lu}\d][^.,;"]{0,60})/u.exec(prompt);
  return found ? capital(found[1]!.trim()) : null;
};

function numberOf(css: string, name: string, otherwise: number): number {
  const found = new RegExp(`--${name}:\\s*([\\d.]+)`).exec(css);
  return found ? Number(found[1]) : otherwise;
}

/** The first mention of each property is its definition. A sheet without it has no such thing to change. */
function withProperties(css: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce(
    (sheet, [name, value]) => sheet.replace(new RegExp(`(--${name}:\\s*)[^;}]+`), (_, head: string) => head + value),
    css,
  );
}

function ruleFor(target: Target, colour: string): string | null {
  const name = target.className.split(/\s+/).find((word) => /^[a-z_][\w-]*$/i.test(word));
  if (!name) return null;
  const isFilled = target.tag === 'button' || /(main|choose|send|fill|badge|mark)/.test(name);
  return isFilled
    ? `.${name} { background: ${colour}; color: ${onColour(colour)}; }`
    : `.${name} { color: ${colour}; }`;
}
