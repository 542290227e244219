import type { ComponentState, ComponentVersion } from '@ai-editor/persistence';
import { useEffect, useState } from 'react';
import { DiffPane } from '../code/DiffPane';
import type { Pane } from '../code/WorkingCopy';
import { Dialog } from '../interface/Dialog';
import { Icon } from '../interface/Icon';
import { ago, exact } from '../interface/times';
import { inWords } from '../interface/words';
import type { ShownComponent } from '../workspace/stores';
import './History.css';

type Summary = Awaited<ReturnType<ComponentState['versions']>>[number];
type Against = 'before' | 'now';

interface Props {
  components: ComponentState;
  component: ShownComponent;
  onClose(): void;
}

/** Every version of a component, what changed in each, and the way back to any of them. */
export function History({ components, component, onClose }: Props) {
  const [versions, setVersions] = useState<readonly Summary[] | null>(null);
  const [chosen, setChosen] = useState<number | null>(null);
  const [pair, setPair] = useState<{ before: ComponentVersion | null; after: ComponentVersion } | null>(null);
  const [against, setAgainst] = useState<Against>('before');
  const [pane, setPane] = useState<Pane>('jsx');
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isRestoring, setIsRestoring] = useState(false);
  const { versions: list, version: load } = components;
  const { id, version: latest } = component;

  useEffect(() => {
    let isLeft = false;
    list(id).then(
      (all) => {
        if (isLeft) return;
        setVersions(all);
        setChosen((now) => now ?? all[0]?.version ?? null);
        setTrouble(null);
      },
      (error: unknown) => isLeft || setTrouble(inWords(error)),
    );
    return () => {
      isLeft = true;
    };
  }, [list, id, latest]);

  useEffect(() => {
    if (chosen === null) return;
    let isLeft = false;
    const other = against === 'now' ? latest : chosen - 1;
    Promise.all([load(id, chosen), other > 0 && other !== chosen ? load(id, other) : null]).then(
      ([one, two]) => {
        if (isLeft) return;
        // Compared with now, what is gained by going back is what shows as added.
        setPair({ before: two, after: one });
        if (two && two.jsx_code === one.jsx_code && two.css_code !== one.css_code) setPane('css');
        else if (two && two.css_code === one.css_code) setPane('jsx');
        setTrouble(null);
      },
      (error: unknown) => isLeft || setTrouble(inWords(error)),
    );
    return () => {
      isLeft = true;
    };
  }, [load, id, chosen, against, latest]);

  const restore = async () => {
    if (chosen === null) return;
    setIsRestoring(true);
    try {
      await components.restore(id, chosen);
      onClose();
    } catch (error) {
      setTrouble(inWords(error));
      setIsRestoring(false);
    }
  };

  const code = (version: ComponentVersion | null) => (pane === 'jsx' ? version?.jsx_code : version?.css_code) ?? '';
  const isSame = pair !== null && code(pair.before) === code(pair.after);
  return (
    <Dialog
      title={`History of ${component.name}`}
      onClose={onClose}
      isWide
      actions={
        <>
          <span className="note">A version that is restored becomes a new one; nothing after it goes away.</span>
          <button type="button" className="button is-main" disabled={chosen === null || chosen === latest || isRestoring} onClick={() => void restore()}>
            <Icon name="restore" />
            {isRestoring ? 'Restoring…' : chosen === null || chosen === latest ? 'Restore' : `Restore version ${chosen}`}
          </button>
        </>
      }
    >
      <div className="history">
        <ol className="versions" aria-label="Versions">
          {versions === null && !trouble && <li className="versions-wait">Looking…</li>}
          {versions?.map((version) => (
            <li key={version.version}>
              <button type="button" aria-pressed={version.version === chosen} onClick={() => setChosen(version.version)}>
                <strong>Version {version.version}</strong>
                {version.version === latest && <span className="badge">now</span>}
                <span title={exact(new Date(version.created_at))}>{ago(new Date(version.created_at))}</span>
              </button>
            </li>
          ))}
        </ol>
        <div className="history-diff">
          <div className="history-bar">
            <div className="segments" role="group" aria-label="Which code">
              {(['jsx', 'css'] as const).map((each) => (
                <button key={each} type="button" className="segment" aria-pressed={each === pane} onClick={() => setPane(each)}>
                  {each.toUpperCase()}
                </button>
              ))}
            </div>
            <div className="segments" role="group" aria-label="Compare with">
              <button type="button" className="segment" aria-pressed={against === 'before'} onClick={() => setAgainst('before')}>
                What it changed
              </button>
              <button type="button" className="segment" aria-pressed={against === 'now'} disabled={chosen === latest} onClick={() => setAgainst('now')}>
                Against now
              </button>
            </div>
          </div>
          {trouble && (
            <p className="note is-bad" role="alert">
              {trouble}
            </p>
          )}
          {pair && isSame && <p className="note">Nothing differs in the {pane.toUpperCase()}.</p>}
          {pair && (
            <DiffPane
              key={`${pair.after.version}/${pair.before?.version ?? 0}/${pane}`}
              {...(pair.before && !isSame ? { before: code(pair.before) } : {})}
              after={code(pair.after)}
              pane={pane}
              label={`Version ${pair.after.version}, ${pane.toUpperCase()}`}
              isFolded
            />
          )}
        </div>
      </div>
    </Dialog>
  );
}
