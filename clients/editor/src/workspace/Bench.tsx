import type { ComponentState } from '@ai-editor/persistence';
import { Fragment, useState } from 'react';
import { CodePanes } from '../code/CodePanes';
import type { Texts, WorkingCopy } from '../code/WorkingCopy';
import { Icon } from '../interface/Icon';
import { Menu } from '../interface/Menu';
import type { Target } from '../preview/frame/messages';
import { Preview } from '../preview/Preview';
import type { ShownComponent } from './stores';

type Layout = 'preview' | 'split' | 'code';
const LAYOUTS = [
  { layout: 'preview', label: 'Preview only', icon: 'eye' },
  { layout: 'split', label: 'Preview and code', icon: 'split' },
  { layout: 'code', label: 'Code only', icon: 'code' },
] as const;

interface Props {
  components: ComponentState;
  component: ShownComponent | null;
  copy: WorkingCopy | null;
  texts: Texts | null;
  isDark: boolean;
  onChoose(id: string): void;
  onHistory(): void;
  onPick(target: Target): void;
}

/** Where a component lies to be looked at and worked on. */
export function Bench({ components, component, copy, texts, isDark, onChoose, onHistory, onPick }: Props) {
  const [layout, setLayout] = useState<Layout>('split');

  if (!component || !copy || !texts)
    return (
      <div className="bench is-empty">
        <div className="bench-none" role="status">
          {components.loading || component ? (
            <p>Opening…</p>
          ) : (
            <>
              <Icon name="code" />
              <p>What is made appears here, running, with its code beside it.</p>
            </>
          )}
        </div>
      </div>
    );
  return (
    <div className="bench" data-layout={layout}>
      <div className="bench-bar">
        <label className="picker">
          <span className="only-heard">Component</span>
          <select aria-label="Component" value={component.id} onChange={(event) => onChoose(event.target.value)}>
            {components.components.map(({ id, name, isCurrent }) => (
              <option key={id} value={id}>
                {name}
                {isCurrent && id !== component.id ? ' · current' : ''}
              </option>
            ))}
          </select>
          <Icon name="chevron" />
        </label>
        {component.isCurrent ? (
          <span className="badge" title="This is the component that the session is about">
            current
          </span>
        ) : (
          <button type="button" className="button is-small" onClick={() => void components.setCurrent(component.id)}>
            <Icon name="star" />
            Make current
          </button>
        )}
        <span className="spacer" />
        <button type="button" className="button is-plain" onClick={onHistory}>
          <Icon name="history" />
          <span>
            History<span className="bench-version"> · version {component.version}</span>
          </span>
        </button>
        <div className="segments bench-layouts" role="group" aria-label="Layout">
          {LAYOUTS.map((each) => (
            <button
              key={each.layout}
              type="button"
              className="segment"
              aria-pressed={each.layout === layout}
              aria-label={each.label}
              title={each.label}
              onClick={() => setLayout(each.layout)}
            >
              <Icon name={each.icon} />
            </button>
          ))}
        </div>
        <Menu
          label={`Actions for the component ${component.name}`}
          items={[{ label: 'Delete the component', icon: 'trash', onChoose: () => void components.remove(component.id), isDangerous: true }]}
        />
      </div>
      <Fragment key={component.id}>
        <Preview jsx={texts.jsx} css={texts.css} isDark={isDark} onPick={onPick} />
        <CodePanes copy={copy} />
      </Fragment>
    </div>
  );
}
