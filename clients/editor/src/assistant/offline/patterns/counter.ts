import { outdent, sheet } from '../looks';
import { jsxText } from '../wish';
import type { Pattern } from './pattern';

export const counter: Pattern = {
  words: /\bcounter|stepper|quantity\b/i,
  noun: 'a counter',
  make({ look, quoted }) {
    return {
      name: 'Counter',
      jsxCode: outdent(`
        import React, { useState } from 'react';

        export default function Counter() {
          const [count, setCount] = useState(0);
          return (
            <section className="counter">
              <h2 className="counter-title">${jsxText(quoted[0] ?? 'How many?')}</h2>
              <div className="counter-row">
                <button type="button" aria-label="One less" onClick={() => setCount(count - 1)}>−</button>
                <output className="counter-value">{count}</output>
                <button type="button" aria-label="One more" onClick={() => setCount(count + 1)}>+</button>
              </div>
            </section>
          );
        }
      `),
      cssCode: sheet(
        'counter',
        look,
        `display: grid;
        justify-items: center;
        gap: 1em;
        padding: 1.8em 2.2em;
        border-radius: var(--radius);
        background: var(--surface);
        box-shadow: var(--shadow);`,
        `
        &-title { margin: 0; font-size: 1.05em; color: var(--muted); }
        &-row { display: flex; align-items: center; gap: 1.2em; }
        &-row button { width: 2.2em; height: 2.2em; border: 0; border-radius: var(--radius); background: var(--accent); color: var(--on-accent); font: 500 1.4em/1 var(--font); cursor: pointer; }
        &-row button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        &-value { min-width: 2ch; text-align: center; font-size: 3em; font-weight: 650; line-height: 1; font-variant-numeric: tabular-nums; letter-spacing: -0.03em; }
        `,
      ),
    };
  },
};
