import { outdent, sheet } from '../looks';
import { jsxText } from '../wish';
import type { Pattern } from './pattern';

export const button: Pattern = {
  words: /\bbutton|cta|call to action\b/i,
  noun: 'a button',
  make({ look, quoted, prompt }) {
    const label = quoted[0] ?? /\b(?:labell?ed|saying|that says|says)\s+(\w[\w ]{0,24}?)(?=$|[.,]|\s+(?:and|with|in)\b)/i.exec(prompt)?.[1] ?? 'Get started';
    return {
      name: 'Button',
      jsxCode: outdent(`
        import React, { useState } from 'react';

        export default function Button() {
          const [clicks, setClicks] = useState(0);
          return (
            <div className="button">
              <button className="button-main" type="button" onClick={() => setClicks(clicks + 1)}>
                ${jsxText(label)}
              </button>
              <p className="button-note" aria-live="polite">
                {clicks === 0 ? 'Go on, press it' : clicks === 1 ? 'Pressed once' : \`Pressed \${clicks} times\`}
              </p>
            </div>
          );
        }
      `),
      cssCode: sheet(
        'button',
        look,
        `display: grid;
        justify-items: center;
        gap: 0.9em;`,
        `
        &-main {
          padding: 0.8em 1.6em;
          border: 0;
          border-radius: var(--radius);
          background: var(--accent);
          color: var(--on-accent);
          font: 600 1em/1.2 var(--font);
          cursor: pointer;
          box-shadow: var(--shadow);
          transition: transform 0.15s ease, filter 0.15s ease;
        }

        &-main:hover { filter: brightness(1.08); transform: translateY(-1px); }
        &-main:active { transform: translateY(1px); }
        &-main:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
        &-note { margin: 0; font-size: 0.85em; color: #7a8190; }
        `,
      ),
    };
  },
};
