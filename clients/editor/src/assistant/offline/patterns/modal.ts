import { outdent, sheet } from '../looks';
import { jsxText } from '../wish';
import type { Pattern } from './pattern';

export const modal: Pattern = {
  words: /\bmodal|dialog(?:ue)?|pop ?-?up|confirm(?:ation)?\b/i,
  noun: 'a modal dialog',
  make({ look, quoted }) {
    return {
      name: 'Modal',
      jsxCode: outdent(`
        import React, { useEffect, useRef, useState } from 'react';

        export default function Modal() {
          const [isOpen, setIsOpen] = useState(true);
          const [answer, setAnswer] = useState('');
          const main = useRef(null);

          useEffect(() => {
            if (isOpen) main.current?.focus();
          }, [isOpen]);

          const close = (text) => {
            setAnswer(text);
            setIsOpen(false);
          };

          return (
            <div className="modal" onKeyDown={(e) => e.key === 'Escape' && close('Nothing was changed.')}>
              <p className="modal-answer" role="status">{answer}</p>
              <button className="modal-open" type="button" onClick={() => setIsOpen(true)}>Open the dialog</button>
              {isOpen && (
                <div className="modal-shade">
                  <section className="modal-box" role="dialog" aria-modal="true" aria-labelledby="modal-title">
                    <h2 className="modal-title" id="modal-title">${jsxText(quoted[0] ?? 'Leave without saving?')}</h2>
                    <p className="modal-text">${jsxText(quoted[1] ?? 'Three changes have not been kept yet. They would be lost.')}</p>
                    <div className="modal-actions">
                      <button type="button" onClick={() => close('Nothing was changed.')}>Stay</button>
                      <button className="is-main" type="button" ref={main} onClick={() => close('Saved, and left.')}>Save and leave</button>
                    </div>
                  </section>
                </div>
              )}
            </div>
          );
        }
      `),
      cssCode: sheet(
        'modal',
        look,
        `display: grid;
        place-items: center;
        align-content: center;
        gap: 1em;
        min-height: 18em;`,
        `
        &-answer { margin: 0; min-height: 1.5em; color: #7a8190; }
        &-open, &-actions button {
          padding: 0.65em 1.15em;
          border: 1px solid var(--line);
          border-radius: calc(var(--radius) * 0.6);
          background: var(--surface);
          color: var(--ink);
          font: 600 0.95em/1.3 var(--font);
          cursor: pointer;
        }
        &-shade { position: fixed; inset: 0; display: grid; place-items: center; padding: 1.2em; background: rgb(12 14 20 / 0.5); backdrop-filter: blur(3px); }
        &-box { box-sizing: border-box; width: min(26em, 100%); padding: 1.7em; border-radius: var(--radius); background: var(--surface); box-shadow: var(--shadow); animation: rise 0.22s ease both; }
        &-title { margin: 0 0 0.4em; font-size: 1.25em; line-height: 1.25; letter-spacing: -0.01em; }
        &-text { margin: 0 0 1.5em; color: var(--muted); }
        &-actions { display: flex; justify-content: flex-end; gap: 0.6em; }
        &-actions .is-main { border-color: transparent; background: var(--accent); color: var(--on-accent); }
        &-actions button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }

        @keyframes rise { from { opacity: 0; transform: translateY(10px) scale(0.98); } }
        @media (prefers-reduced-motion: reduce) { &-box { animation: none; } }
        `,
      ),
    };
  },
};
