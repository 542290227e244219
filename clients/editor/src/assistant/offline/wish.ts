import { COLOURS, PLAIN, type Look } from './looks';

/** What a prompt asks for, as far as words can be made out. */
export interface Wish {
  prompt: string;
  look: Look;
  /** Words in quotes, in their order. */
  quoted: readonly string[];
  /** After "for" or "about": what it is for. */
  subject: string | null;
  count: number | null;
}

const NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];

export function readWish(prompt: string): Wish {
  return {
    prompt,
    look: {
      ...PLAIN,
      accent: colourIn(prompt) ?? PLAIN.accent,
      isDark: /\b(dark|night|midnight)\b/i.test(prompt),
      radius: radiusIn(prompt) ?? PLAIN.radius,
      size: /\b(big|large|huge|bigger|larger)\b/i.test(prompt) ? 19 : /\b(small|tiny|compact|smaller)\b/i.test(prompt) ? 14 : PLAIN.size,
      font: fontIn(prompt) ?? PLAIN.font,
      shadow: /\b(flat|no shadow|without (a )?shadow)\b/i.test(prompt) ? 'none' : PLAIN.shadow,
    },
    quoted: quotedIn(prompt),
    subject: subjectIn(prompt),
    count: countIn(prompt),
  };
}

export const colourIn = (text: string): string | null => {
  const hex = /#([0-9a-f]{6}|[0-9a-f]{3})\b/i.exec(text)?.[1];
  if (hex) return `#${hex.length === 3 ? [...hex].map((c) => c + c).join('') : hex}`.toLowerCase();
  const name = text.toLowerCase().match(/[a-z]+/g)?.find((word) => word in COLOURS);
  return name ? COLOURS[name]! : null;
};

export const radiusIn = (text: string): number | null =>
  /\b(pill|fully rounded|round)\b/i.test(text)
    ? 28
    : /\b(rounded|soft|rounder)\b/i.test(text)
      ? 20
      : /\b(square|sharp|angular|boxy|squarer)\b/i.test(text)
        ? 2
        : null;

export const fontIn = (text: string): string | null =>
  /\bserif\b/i.test(text) && !/\bsans/i.test(text)
    ? 'Georgia, "Times New Roman", serif'
    : /\b(mono|monospace|typewriter)\b/i.test(text)
      ? 'ui-monospace, Menlo, Consolas, monospace'
      : /\bsans\b/i.test(text)
        ? 'system-ui, sans-serif'
        : null;

export const quotedIn = (text: string): string[] =>
  [...text.matchAll(/["“”«»]([^"“”«»]{1,120})["“”«»]|(?<!\w)['‘]([^'’]{1,120})['’](?!\w)/g)].map((m) => (m[1] ?? m[2]!).trim());

function subjectIn(text: string): string | null {
  const found = /\b(?:for|about)\s+(?:(?:a|an|the|my|our|your)\s+)?([\p{L}][\p{L}\d' -]{1,40}?)(?=$|[.,;:!?"“]|\s+(?:with|in|that|and|using)\b)/iu.exec(text);
  return found ? found[1]!.trim() : null;
}

function countIn(text: string): number | null {
  const found = /\b(\d|two|three|four|five|six|seven|eight)\s+(?:\w+\s+)?(?:plans?|tiers?|items?|tasks?|bars?|links?|fields?|columns?|rows?|cards?|months?|stats?|options?|questions?|steps?)\b/i.exec(text);
  if (!found) return null;
  const word = found[1]!.toLowerCase();
  const count = NUMBERS.includes(word) ? NUMBERS.indexOf(word) : Number(word);
  return count >= 1 ? Math.min(count, 8) : null;
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
export const titled = (text: string): string => text.split(/\s+/).map(capital).join(' ');

/** As text between tags: braces and angle brackets would be code. */
export const jsxText = (text: string): string => (/[{}<>&]/.test(text) ? `{${JSON.stringify(text)}}` : text);
