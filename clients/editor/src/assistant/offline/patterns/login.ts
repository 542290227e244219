import { outdent, sheet } from '../looks';
import { jsxText } from '../wish';
import type { Pattern } from './pattern';

export const login: Pattern = {
  words: /\blog ?-?in|sign ?-?in|sign ?-?up|register|registration\b/i,
  noun: 'a sign-in form',
  make({ look, quoted, subject, prompt }) {
    const isNew = /sign ?-?up|regist/i.test(prompt);
    const title = quoted[0] ?? (isNew ? 'Create your account' : subject ? `Sign in to ${subject}` : 'Welcome back');
    return {
      name: isNew ? 'Sign-up' : 'Login',
      jsxCode: outdent(`
        import React, { useState } from 'react';

        export default function Login() {
          const [email, setEmail] = useState('');
          const [password, setPassword] = useState('');
          const [isShown, setIsShown] = useState(false);
          const [note, setNote] = useState('');

          const submit = () => {
            if (!email.includes('@')) return setNote('That does not look like an email address.');
            if (password.length < 8) return setNote('A password has at least eight characters.');
            setNote(\`Hello, \${email.split('@')[0]}!\`);
          };

          return (
            <section className="login">
              <span className="login-mark" aria-hidden="true" />
              <h2 className="login-title">${jsxText(title)}</h2>
              <label className="login-field">
                <span>Email</span>
                <input type="email" value={email} onChange={(e) => setEmail(e.target.value)} placeholder="you@example.org" />
              </label>
              <label className="login-field">
                <span>Password</span>
                <span className="login-password">
                  <input
                    type={isShown ? 'text' : 'password'}
                    value={password}
                    onChange={(e) => setPassword(e.target.value)}
                    onKeyDown={(e) => e.key === 'Enter' && submit()}
                  />
                  <button type="button" onClick={() => setIsShown(!isShown)}>{isShown ? 'Hide' : 'Show'}</button>
                </span>
              </label>
              <button className="login-main" type="button" onClick={submit}>${jsxText(quoted[1] ?? (isNew ? 'Create account' : 'Sign in'))}</button>
              <p className="login-note" role="status">{note || '${isNew ? 'It takes half a minute.' : 'Forgotten it? We will send you a link.'}'}</p>
            </section>
          );
        }
      `),
      cssCode: sheet(
        'login',
        look,
        `display: grid;
        gap: 1.05em;
        width: 22em;
        padding: 2.2em;
        border-radius: var(--radius);
        background: var(--surface);
        box-shadow: var(--shadow);`,
        `
        &-mark { width: 2.6em; height: 2.6em; border-radius: calc(var(--radius) * 0.7); background: linear-gradient(135deg, var(--accent), color-mix(in srgb, var(--accent) 45%, white)); }
        &-title { margin: 0; font-size: 1.5em; line-height: 1.2; letter-spacing: -0.015em; }
        &-field { display: grid; gap: 0.3em; font-size: 0.9em; font-weight: 600; }

        &-field input {
          box-sizing: border-box;
          width: 100%;
          padding: 0.75em 0.85em;
          border: 1px solid var(--line);
          border-radius: calc(var(--radius) * 0.6);
          background: var(--raised);
          color: inherit;
          font: 400 1.05em/1.3 var(--font);
        }

        &-field input:focus { outline: 2px solid var(--accent); outline-offset: 1px; border-color: transparent; }
        &-password { position: relative; }
        &-password button { position: absolute; inset: 0.35em 0.35em 0.35em auto; border: 0; border-radius: 0.4em; background: none; color: var(--muted); font: 600 0.9em/1 var(--font); cursor: pointer; }

        &-main {
          padding: 0.85em;
          border: 0;
          border-radius: calc(var(--radius) * 0.6);
          background: var(--accent);
          color: var(--on-accent);
          font: 600 1em/1.2 var(--font);
          cursor: pointer;
        }

        &-main:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        &-note { margin: 0; min-height: 1.5em; font-size: 0.85em; color: var(--muted); }
        `,
      ),
    };
  },
};
