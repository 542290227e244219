import { outdent, sheet } from '../looks';
import { capital, jsxText } from '../wish';
import type { Pattern } from './pattern';

const ROWS = [
  ['Harbour café', 'Open', 1240],
  ['Old mill', 'Closed', 310],
  ['North library', 'Open', 890],
  ['Rose garden', 'Open', 1675],
  ['Tram depot', 'Closed', 95],
  ['Sea bath', 'Open', 740],
  ['Town hall', 'Open', 520],
  ['Observatory', 'Closed', 265],
] as const;

export const table: Pattern = {
  words: /\btables?|data ?grid|rows\b/i,
  noun: 'a table',
  make({ look, quoted, subject, count }) {
    const rows = ROWS.slice(0, count ?? 5).map(([place, state, visits]) => `  { place: '${place}', state: '${state}', visits: ${visits} },`);
    return {
      name: 'Table',
      jsxCode: outdent(`
        import React, { useState } from 'react';

        const rows = [
        ${rows.join('\n        ')}
        ];
        const columns = [['place', 'Place'], ['state', 'State'], ['visits', 'Visits']];

        export default function Table() {
          const [by, setBy] = useState('visits');
          const [isUp, setIsUp] = useState(false);
          const sorted = [...rows].sort((a, b) => (a[by] < b[by] ? -1 : 1) * (isUp ? 1 : -1));
          const choose = (column) => {
            setIsUp(column === by ? !isUp : true);
            setBy(column);
          };
          return (
            <section className="table">
              <h2 className="table-title">${jsxText(quoted[0] ?? (subject ? capital(subject) : 'Places'))}</h2>
              <table>
                <thead>
                  <tr>
                    {columns.map(([column, label]) => (
                      <th key={column} aria-sort={column === by ? (isUp ? 'ascending' : 'descending') : undefined}>
                        <button type="button" onClick={() => choose(column)}>
                          {label} {column === by ? (isUp ? '↑' : '↓') : ''}
                        </button>
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {sorted.map((row) => (
                    <tr key={row.place}>
                      <td>{row.place}</td>
                      <td><span className={row.state === 'Open' ? 'table-state is-open' : 'table-state'}>{row.state}</span></td>
                      <td>{row.visits.toLocaleString('en')}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          );
        }
      `),
      cssCode: sheet(
        'table',
        look,
        `width: min(36em, 100%);
        padding: 1.5em;
        border-radius: var(--radius);
        background: var(--surface);
        box-shadow: var(--shadow);`,
        `
        &-title { margin: 0 0 0.7em; font-size: 1.25em; letter-spacing: -0.01em; }
        & table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
        & th, & td { padding: 0.7em 0.6em; border-bottom: 1px solid var(--line); text-align: left; }
        & tr:last-child td { border-bottom: 0; }
        & :is(th, td):last-child { text-align: right; }
        & th button { padding: 0; border: 0; background: none; color: var(--muted); font: 600 0.85em/1.3 var(--font); cursor: pointer; }
        & th[aria-sort] button { color: var(--accent); }
        & tbody tr:hover { background: var(--raised); }
        &-state { padding: 0.2em 0.7em; border-radius: 99em; background: var(--raised); color: var(--muted); font-size: 0.82em; font-weight: 600; }
        &-state.is-open { background: color-mix(in srgb, var(--accent) 16%, transparent); color: color-mix(in srgb, var(--accent) 72%, var(--ink)); }
        `,
      ),
    };
  },
};
