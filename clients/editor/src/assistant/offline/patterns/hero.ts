import { outdent, sheet } from '../looks';
import { jsxText } from '../wish';
import type { Pattern } from './pattern';

export const hero: Pattern = {
  words: /\bhero|landing|banner|headline|home ?page\b/i,
  noun: 'a hero',
  make({ look, quoted, subject }) {
    const title = quoted[0] ?? (subject ? `The ${subject} you will tell friends about` : 'Make something that lasts');
    return {
      name: 'Hero',
      jsxCode: outdent(`
        import React from 'react';

        export default function Hero() {
          return (
            <header className="hero">
              <p className="hero-eyebrow">${jsxText(subject ? `New: ${subject}` : 'New this spring')}</p>
              <h1 className="hero-title">${jsxText(title)}</h1>
              <p className="hero-text">${jsxText(quoted[1] ?? 'Made slowly, by people who care, and meant to be used every day for years.')}</p>
              <div className="hero-actions">
                <button className="hero-main" type="button">${jsxText(quoted[2] ?? 'Have a look')}</button>
                <button className="hero-other" type="button">How it is made →</button>
              </div>
            </header>
          );
        }
      `),
      cssCode: sheet(
        'hero',
        look,
        `display: grid;
        justify-items: start;
        gap: 1.1em;
        width: min(58em, 100%);
        padding: clamp(1.8em, 6vw, 4.5em);
        border-radius: calc(var(--radius) * 1.6);
        background:
          radial-gradient(60em 30em at 110% -20%, color-mix(in srgb, var(--accent) 38%, transparent), transparent 70%),
          radial-gradient(30em 22em at 80% 120%, color-mix(in srgb, var(--accent) 22%, transparent), transparent 70%),
          var(--surface);
        box-shadow: var(--shadow);`,
        `
        &-eyebrow { margin: 0; padding: 0.3em 0.85em; border-radius: 99em; background: color-mix(in srgb, var(--accent) 14%, transparent); color: color-mix(in srgb, var(--accent) 70%, var(--ink)); font-size: 0.85em; font-weight: 650; }
        &-title { margin: 0; max-width: 16em; font-size: clamp(2em, 6vw, 3.4em); line-height: 1.06; letter-spacing: -0.03em; text-wrap: balance; }
        &-text { margin: 0; max-width: 36em; font-size: 1.12em; color: var(--muted); text-wrap: pretty; }
        &-actions { display: flex; flex-wrap: wrap; gap: 0.7em; margin-top: 0.5em; }
        &-main, &-other { padding: 0.85em 1.4em; border: 0; border-radius: var(--radius); font: 600 1em/1.2 var(--font); cursor: pointer; }
        &-main { background: var(--accent); color: var(--on-accent); }
        &-other { background: none; color: var(--ink); }
        &-main:focus-visible, &-other:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        `,
      ),
    };
  },
};
