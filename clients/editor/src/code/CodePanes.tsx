import { useState } from 'react';
import { CodePane } from './CodePane';
import type { Pane, WorkingCopy } from './WorkingCopy';
import './Code.css';

const TITLES: Readonly<Record<Pane, string>> = { jsx: 'JSX', css: 'CSS' };

/** Both texts side by side where there is room, one at a time where there is not. */
export function CodePanes({ copy }: { copy: WorkingCopy }) {
  const [chosen, setChosen] = useState<Pane>('jsx');
  return (
    <section className="code" aria-label="Code" data-chosen={chosen}>
      <div className="code-tabs" role="group" aria-label="Which code">
        {(['jsx', 'css'] as const).map((pane) => (
          <button key={pane} type="button" className="code-tab" aria-pressed={pane === chosen} onClick={() => setChosen(pane)}>
            {TITLES[pane]}
          </button>
        ))}
      </div>
      {(['jsx', 'css'] as const).map((pane) => (
        <div key={pane} className="code-column" data-pane={pane}>
          <h2 className="code-title">{TITLES[pane]}</h2>
          <CodePane copy={copy} pane={pane} label={`${TITLES[pane]} code`} />
        </div>
      ))}
    </section>
  );
}
