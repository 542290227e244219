import { outdent, sheet } from '../looks';
import { capital, jsxText, titled } from '../wish';
import type { Pattern } from './pattern';

export const card: Pattern = {
  words: /\bcards?|tile|panel\b/i,
  noun: 'a card',
  make({ look, quoted, subject }) {
    const title = quoted[0] ?? (subject ? capital(subject) : 'A quiet morning');
    const text = quoted[1] ?? 'Good things take a little time. Have a look around, and come back whenever you like.';
    return {
      name: subject ? `${titled(subject)} card` : 'Card',
      jsxCode: outdent(`
        import React, { useState } from 'react';

        export default function Card() {
          const [isLiked, setIsLiked] = useState(false);
          return (
            <article className="card">
              <div className="card-picture" aria-hidden="true" />
              <div className="card-body">
                <h2 className="card-title">${jsxText(title)}</h2>
                <p className="card-text">${jsxText(text)}</p>
                <div className="card-actions">
                  <button className="card-main" type="button">Read more</button>
                  <button
                    className="card-like"
                    type="button"
                    aria-pressed={isLiked}
                    onClick={() => setIsLiked(!isLiked)}
                  >
                    {isLiked ? '♥ Liked' : '♡ Like'}
                  </button>
                </div>
              </div>
            </article>
          );
        }
      `),
      cssCode: sheet(
        'card',
        look,
        `width: 22em;
        overflow: hidden;
        border-radius: var(--radius);
        background: var(--surface);
        box-shadow: var(--shadow);`,
        `
        &-picture {
          height: 9.5em;
          background:
            radial-gradient(circle at 78% 120%, color-mix(in srgb, var(--accent) 55%, white) 0 26%, transparent 27%),
            radial-gradient(circle at 22% 135%, color-mix(in srgb, var(--accent) 75%, black) 0 40%, transparent 41%),
            linear-gradient(160deg, color-mix(in srgb, var(--accent) 35%, white), var(--accent));
        }

        &-body { padding: 1.4em; }
        &-title { margin: 0 0 0.35em; font-size: 1.3em; line-height: 1.25; letter-spacing: -0.01em; }
        &-text { margin: 0 0 1.2em; color: var(--muted); }
        &-actions { display: flex; gap: 0.6em; }

        &-main, &-like {
          padding: 0.55em 1em;
          border: 1px solid transparent;
          border-radius: calc(var(--radius) * 0.65);
          font: 600 0.9em/1.3 var(--font);
          cursor: pointer;
        }

        &-main { background: var(--accent); color: var(--on-accent); }
        &-like { background: none; border-color: var(--line); color: var(--ink); }
        &-like[aria-pressed='true'] { color: #d6304f; }
        &-main:focus-visible, &-like:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        `,
      ),
    };
  },
};
