import type { ComponentState, Conflict } from '@ai-editor/persistence';
import { useState } from 'react';
import { DiffPane } from '../code/DiffPane';
import type { Pane } from '../code/WorkingCopy';
import { Dialog } from '../interface/Dialog';
import { inWords } from '../interface/words';
import './Conflict.css';

type Side = 'base' | 'mine' | 'theirs' | 'merge';
const TITLES: Readonly<Record<Side, string>> = { base: 'Before', mine: 'Yours', theirs: 'Theirs', merge: 'Result' };

interface Props {
  conflict: Conflict;
  components: ComponentState;
  onClose(): void;
}

/** A component that was changed here and elsewhere in the same lines: how it was, both changes, and what shall be. */
export function ConflictView({ conflict, components, onClose }: Props) {
  const [pane, setPane] = useState<Pane>(() => (clashes(conflict, 'jsx') || !clashes(conflict, 'css') ? 'jsx' : 'css'));
  const [side, setSide] = useState<Side>('merge');
  const [start, setStart] = useState(0);
  const [merge, setMerge] = useState(() => ({ jsx: conflict.mine.jsx_code, css: conflict.mine.css_code }));
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  const end = async (how: Parameters<ComponentState['resolve']>[1]) => {
    setIsBusy(true);
    try {
      await components.resolve(conflict.key, how);
      onClose();
    } catch (error) {
      setTrouble(inWords(error));
      setIsBusy(false);
    }
  };
  const startFrom = (from: 'mine' | 'theirs') => {
    setMerge((now) => ({ ...now, [pane]: codeOf(conflict[from], pane) }));
    setStart(start + 1);
    setSide('merge');
  };

  const base = conflict.base ? codeOf(conflict.base, pane) : undefined;
  const before = base === undefined ? {} : { before: base };
  return (
    <Dialog
      title={`Two changes of ${conflict.mine.name}`}
      onClose={onClose}
      isWide
      actions={
        <>
          {trouble && (
            <span className="note is-bad" role="alert">
              {trouble}
            </span>
          )}
          <button type="button" className="button" disabled={isBusy} onClick={() => void end('theirs')}>
            Keep theirs
          </button>
          <button type="button" className="button" disabled={isBusy} onClick={() => void end('mine')}>
            Keep mine
          </button>
          <button type="button" className="button is-main" disabled={isBusy} onClick={() => void end({ jsxCode: merge.jsx, cssCode: merge.css })}>
            Save the result
          </button>
        </>
      }
    >
      <div className="conflict" data-side={side}>
        <div className="conflict-bar">
          <p className="note">
            Somebody, perhaps you on another device, changed the same lines. Nothing is lost: theirs stays among the versions, yours is
            kept here until you choose.
          </p>
          <div className="segments" role="group" aria-label="Which code">
            {(['jsx', 'css'] as const).map((each) => (
              <button key={each} type="button" className="segment" aria-pressed={each === pane} onClick={() => setPane(each)}>
                {each.toUpperCase()}
                {clashes(conflict, each) && <span className="dot" aria-label="both changed it" />}
              </button>
            ))}
          </div>
          <div className="segments conflict-sides" role="group" aria-label="Which side">
            {(['base', 'mine', 'theirs', 'merge'] as const).map((each) => (
              <button key={each} type="button" className="segment" aria-pressed={each === side} onClick={() => setSide(each)}>
                {TITLES[each]}
              </button>
            ))}
          </div>
        </div>
        <section className="conflict-side" data-side="base" aria-label="Before">
          <header>
            <h3>Before</h3>
          </header>
          {base === undefined ? (
            <p className="note">What both began from is not kept any more.</p>
          ) : (
            <DiffPane key={pane} after={base} pane={pane} label={`Before, ${pane.toUpperCase()}`} />
          )}
        </section>
        {(['mine', 'theirs'] as const).map((each) => (
          <section key={each} className="conflict-side" data-side={each} aria-label={TITLES[each]}>
            <header>
              <h3>{TITLES[each]}</h3>
              <button type="button" className="button is-small" onClick={() => startFrom(each)}>
                Begin with this
              </button>
            </header>
            <DiffPane key={pane} {...before} after={codeOf(conflict[each], pane)} pane={pane} label={`${TITLES[each]}, ${pane.toUpperCase()}`} isFolded />
          </section>
        ))}
        <section className="conflict-side" data-side="merge" aria-label="Result">
          <header>
            <h3>Result</h3>
            <span className="note">Marked is what differs from theirs. Change it as you like.</span>
          </header>
          <DiffPane
            key={`${pane}/${start}`}
            before={codeOf(conflict.theirs, pane)}
            after={merge[pane]}
            pane={pane}
            label={`Result, ${pane.toUpperCase()}`}
            onChange={(text) => setMerge((now) => ({ ...now, [pane]: text }))}
          />
        </section>
      </div>
    </Dialog>
  );
}

/** Whether both sides changed it, and not to the same. */
const clashes = ({ base, mine, theirs }: Conflict, pane: Pane): boolean => {
  const [before, here, there] = [base && codeOf(base, pane), codeOf(mine, pane), codeOf(theirs, pane)];
  return here !== there && here !== before && there !== before;
};

const codeOf = (side: { jsx_code: string; css_code: string }, pane: Pane): string => (pane === 'jsx' ? side.jsx_code : side.css_code);
