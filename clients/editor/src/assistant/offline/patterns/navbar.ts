import { outdent, sheet } from '../looks';
import { jsxText, titled } from '../wish';
import type { Pattern } from './pattern';

const LINKS = ['Work', 'About', 'Prices', 'Journal', 'Team', 'Shop', 'Help', 'Contact'];

export const navbar: Pattern = {
  words: /\bnav(?:bar|igation)?|menu bar|header|top ?bar\b/i,
  noun: 'a navigation bar',
  make({ look, quoted, subject, count }) {
    const links = quoted.length > 1 ? quoted.slice(1) : LINKS.slice(0, count ?? 4);
    return {
      name: 'Navbar',
      jsxCode: outdent(`
        import React, { useState } from 'react';

        const links = [${links.map((link) => JSON.stringify(link).replaceAll('"', "'")).join(', ')}];

        export default function Navbar() {
          const [current, setCurrent] = useState(links[0]);
          const [isOpen, setIsOpen] = useState(false);
          return (
            <nav className="navbar" aria-label="Main">
              <strong className="navbar-brand">${jsxText(quoted[0] ?? titled(subject ?? 'Meadow'))}</strong>
              <button className="navbar-toggle" type="button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
                Menu
              </button>
              <div className={isOpen ? 'navbar-links is-open' : 'navbar-links'}>
                {links.map((link) => (
                  <a
                    key={link}
                    href={'#' + link}
                    aria-current={link === current ? 'page' : undefined}
                    onClick={() => setCurrent(link)}
                  >
                    {link}
                  </a>
                ))}
              </div>
              <button className="navbar-main" type="button">Get in touch</button>
            </nav>
          );
        }
      `),
      cssCode: sheet(
        'navbar',
        look,
        `display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.6em 1.4em;
        width: min(60em, 100%);
        padding: 0.8em 1.1em;
        border-radius: var(--radius);
        background: var(--surface);
        box-shadow: var(--shadow);`,
        `
        &-brand { font-size: 1.1em; letter-spacing: -0.01em; }
        &-brand::before { content: ''; display: inline-block; width: 0.62em; height: 0.62em; margin-right: 0.45em; border-radius: 50%; background: var(--accent); }
        &-links { display: flex; flex: 1; gap: 0.2em; }

        &-links a {
          padding: 0.45em 0.8em;
          border-radius: calc(var(--radius) * 0.6);
          color: var(--muted);
          font-size: 0.95em;
          font-weight: 550;
          text-decoration: none;
        }

        &-links a:hover { background: var(--raised); color: var(--ink); }
        &-links a[aria-current] { color: var(--ink); background: color-mix(in srgb, var(--accent) 14%, transparent); }

        &-main, &-toggle {
          padding: 0.55em 1em;
          border: 0;
          border-radius: calc(var(--radius) * 0.6);
          background: var(--accent);
          color: var(--on-accent);
          font: 600 0.95em/1.3 var(--font);
          cursor: pointer;
        }

        &-toggle { display: none; margin-left: auto; background: var(--raised); color: var(--ink); }

        @media (max-width: 640px) {
          &-toggle { display: block; }
          &-main { display: none; }
          &-links { display: none; flex: 1 0 100%; flex-direction: column; }
          &-links.is-open { display: flex; }
        }
        `,
      ),
    };
  },
};
