import { outdent, sheet } from '../looks';
import { capital, jsxText } from '../wish';
import type { Pattern } from './pattern';

const FIELDS = {
  name: { label: 'Name', type: 'text' },
  email: { label: 'Email', type: 'email' },
  phone: { label: 'Phone', type: 'tel' },
  company: { label: 'Company', type: 'text' },
  date: { label: 'Date', type: 'date' },
  subject: { label: 'Subject', type: 'text' },
} as const;

export const form: Pattern = {
  words: /\bforms?|contact|newsletter|survey|feedback\b/i,
  noun: 'a form',
  make({ look, quoted, subject, prompt }) {
    const named = Object.entries(FIELDS).filter(([word]) => new RegExp(`\\b${word}\\b`, 'i').test(prompt));
    const fields = (named.length > 0 ? named : [['name', FIELDS.name], ['email', FIELDS.email]] as const).map(([, field]) => field);
    const isShort = /newsletter|subscribe/i.test(prompt);
    const title = quoted[0] ?? (isShort ? 'Letters, now and then' : subject ? capital(subject) : 'Write to us');
    const shown = isShort ? [FIELDS.email] : fields;
    return {
      name: isShort ? 'Newsletter form' : 'Contact form',
      jsxCode: outdent(`
        import React, { useState } from 'react';

        const fields = [
        ${shown.map(({ label, type }) => `  { label: '${label}', type: '${type}' },`).join('\n        ')}
        ];

        export default function Form() {
          const [sent, setSent] = useState(false);

          if (sent) {
            return (
              <div className="form form-done" role="status">
                <span className="form-tick" aria-hidden="true">✓</span>
                <h2 className="form-title">Thank you</h2>
                <p className="form-text">We will write back within a day.</p>
                <button className="form-again" type="button" onClick={() => setSent(false)}>Write another</button>
              </div>
            );
          }

          return (
            <section className="form">
              <h2 className="form-title">${jsxText(title)}</h2>
              <p className="form-text">${isShort ? 'One short letter a month. No noise.' : 'A question, an idea, or only a hello.'}</p>
              {fields.map((field) => (
                <label className="form-field" key={field.label}>
                  <span>{field.label}</span>
                  <input type={field.type} />
                </label>
              ))}
              ${isShort ? '' : `<label className="form-field">
                <span>Message</span>
                <textarea rows={4} />
              </label>`}
              <button className="form-send" type="button" onClick={() => setSent(true)}>${jsxText(quoted[1] ?? (isShort ? 'Subscribe' : 'Send'))}</button>
            </section>
          );
        }
      `).replace(/\n\s*\n(\s*<button className="form-send")/, '\n$1'),
      cssCode: sheet(
        'form',
        look,
        `display: grid;
        gap: 1em;
        width: 24em;
        padding: 2em;
        border-radius: var(--radius);
        background: var(--surface);
        box-shadow: var(--shadow);`,
        `
        &-title { margin: 0; font-size: 1.45em; line-height: 1.2; letter-spacing: -0.015em; }
        &-text { margin: -0.6em 0 0.2em; color: var(--muted); }
        &-field { display: grid; gap: 0.3em; font-size: 0.9em; font-weight: 600; }

        &-field input, &-field textarea {
          box-sizing: border-box;
          width: 100%;
          padding: 0.7em 0.8em;
          border: 1px solid var(--line);
          border-radius: calc(var(--radius) * 0.6);
          background: var(--raised);
          color: inherit;
          font: 400 1.05em/1.4 var(--font);
          resize: vertical;
        }

        &-field :is(input, textarea):focus { outline: 2px solid var(--accent); outline-offset: 1px; border-color: transparent; }

        &-send, &-again {
          padding: 0.8em 1.2em;
          border: 0;
          border-radius: calc(var(--radius) * 0.6);
          background: var(--accent);
          color: var(--on-accent);
          font: 600 1em/1.2 var(--font);
          cursor: pointer;
        }

        &-send:focus-visible, &-again:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        &-done { justify-items: center; text-align: center; }
        &-tick {
          display: grid;
          place-items: center;
          width: 2.2em;
          height: 2.2em;
          border-radius: 50%;
          background: var(--accent);
          color: var(--on-accent);
          font-size: 1.4em;
        }
        `,
      ),
    };
  },
};
