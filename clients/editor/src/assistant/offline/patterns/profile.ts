import { outdent, sheet } from '../looks';
import { jsxText, titled } from '../wish';
import type { Pattern } from './pattern';

export const profile: Pattern = {
  words: /\bprofile|avatar|bio|user card|team member\b/i,
  noun: 'a profile',
  make({ look, quoted, subject }) {
    const name = quoted[0] ?? (subject ? titled(subject) : 'Ada Lindqvist');
    const initials = name.split(/\s+/).map((part) => part.charAt(0)).join('').slice(0, 2).toUpperCase();
    return {
      name: 'Profile',
      jsxCode: outdent(`
        import React, { useState } from 'react';

        export default function Profile() {
          const [isFollowed, setIsFollowed] = useState(false);
          return (
            <article className="profile">
              <span className="profile-picture" aria-hidden="true">${jsxText(initials)}</span>
              <h2 className="profile-name">${jsxText(name)}</h2>
              <p className="profile-text">${jsxText(quoted[1] ?? 'Draws maps of places that are not there yet.')}</p>
              <dl className="profile-facts">
                <div><dt>Maps</dt><dd>128</dd></div>
                <div><dt>Followers</dt><dd>{isFollowed ? '2,405' : '2,404'}</dd></div>
                <div><dt>Since</dt><dd>2019</dd></div>
              </dl>
              <button className="profile-main" type="button" aria-pressed={isFollowed} onClick={() => setIsFollowed(!isFollowed)}>
                {isFollowed ? 'Following' : 'Follow'}
              </button>
            </article>
          );
        }
      `),
      cssCode: sheet(
        'profile',
        look,
        `display: grid;
        justify-items: center;
        gap: 0.5em;
        width: 20em;
        padding: 2em 1.6em 1.6em;
        border-radius: var(--radius);
        background: linear-gradient(color-mix(in srgb, var(--accent) 16%, var(--surface)) 5.6em, var(--surface) 5.6em);
        box-shadow: var(--shadow);
        text-align: center;`,
        `
        &-picture { display: grid; place-items: center; width: 2.9em; height: 2.9em; border: 4px solid var(--surface); border-radius: 50%; background: var(--accent); color: var(--on-accent); font-size: 1.7em; font-weight: 650; }
        &-name { margin: 0.3em 0 0; font-size: 1.3em; line-height: 1.2; letter-spacing: -0.01em; }
        &-text { margin: 0; color: var(--muted); text-wrap: balance; }
        &-facts { display: flex; justify-content: space-between; width: 100%; margin: 0.9em 0; }
        &-facts div { flex: 1; display: flex; flex-direction: column-reverse; }
        &-facts dt { font-size: 0.8em; color: var(--muted); }
        &-facts dd { margin: 0; font-weight: 650; font-variant-numeric: tabular-nums; }
        &-main { width: 100%; padding: 0.75em; border: 1px solid var(--accent); border-radius: calc(var(--radius) * 0.6); background: var(--accent); color: var(--on-accent); font: 600 0.98em/1.2 var(--font); cursor: pointer; }
        &-main[aria-pressed='true'] { background: none; color: inherit; }
        &-main:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        `,
      ),
    };
  },
};
