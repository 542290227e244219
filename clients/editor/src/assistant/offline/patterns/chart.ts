import { outdent, sheet } from '../looks';
import { capital, jsxText } from '../wish';
import type { Pattern } from './pattern';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug'];

/** The same prompt draws the same bars. */
function valuesFor(prompt: string, count: number): number[] {
  let seed = [...prompt].reduce((sum, c) => (sum * 31 + c.codePointAt(0)!) >>> 0, 7);
  return Array.from({ length: count }, (_, i) => {
    seed = (seed * 1664525 + 1013904223) >>> 0;
    return 24 + i * 5 + Math.round((seed / 2 ** 32) * 46);
  });
}

export const chart: Pattern = {
  words: /\bcharts?|graph|bars|statistics|plot\b/i,
  noun: 'a bar chart',
  make({ look, quoted, subject, count, prompt }) {
    const values = valuesFor(prompt, count ?? 6);
    return {
      name: 'Chart',
      jsxCode: outdent(`
        import React, { useState } from 'react';

        const data = [
        ${values.map((value, i) => `  { label: '${MONTHS[i]}', value: ${value} },`).join('\n        ')}
        ];

        export default function Chart() {
          const [chosen, setChosen] = useState(data.length - 1);
          const highest = Math.max(...data.map((d) => d.value));
          return (
            <figure className="chart">
              <figcaption className="chart-head">
                <h2 className="chart-title">${jsxText(quoted[0] ?? (subject ? capital(subject) : 'Visitors'))}</h2>
                <p className="chart-value"><strong>{data[chosen].value}</strong> in {data[chosen].label}</p>
              </figcaption>
              <div className="chart-bars">
                {data.map((d, i) => (
                  <button
                    key={d.label}
                    type="button"
                    className="chart-bar"
                    aria-pressed={i === chosen}
                    aria-label={d.label + ': ' + d.value}
                    onClick={() => setChosen(i)}
                    onMouseEnter={() => setChosen(i)}
                  >
                    <span className="chart-fill" style={{ height: (d.value / highest) * 100 + '%' }} />
                    <span className="chart-label">{d.label}</span>
                  </button>
                ))}
              </div>
            </figure>
          );
        }
      `),
      cssCode: sheet(
        'chart',
        look,
        `width: 30em;
        margin: 0;
        padding: 1.7em;
        border-radius: var(--radius);
        background: var(--surface);
        box-shadow: var(--shadow);`,
        `
        &-head { display: flex; justify-content: space-between; align-items: baseline; gap: 1em; margin-bottom: 1.4em; }
        &-title { margin: 0; font-size: 1.2em; letter-spacing: -0.01em; }
        &-value { margin: 0; color: var(--muted); font-size: 0.92em; font-variant-numeric: tabular-nums; }
        &-value strong { font-size: 1.5em; color: var(--ink); }
        &-bars { display: flex; align-items: stretch; gap: 0.6em; height: 13em; }
        &-bar { flex: 1; min-width: 0; display: flex; flex-direction: column; justify-content: flex-end; gap: 0.5em; padding: 0; border: 0; background: none; color: var(--muted); font: 500 0.82em/1 var(--font); cursor: pointer; }
        &-fill { border-radius: calc(var(--radius) * 0.5) calc(var(--radius) * 0.5) 3px 3px; background: color-mix(in srgb, var(--accent) 32%, var(--surface)); transition: background 0.2s ease; }
        &-bar[aria-pressed='true'] { color: var(--ink); }
        &-bar[aria-pressed='true'] &-fill { background: var(--accent); }
        &-bar:focus-visible { outline: 2px solid var(--accent); outline-offset: 4px; border-radius: 4px; }
        `,
      ),
    };
  },
};
