import type { ListedSession, Persistence } from '@ai-editor/persistence';
import { PersistenceStatus, useSession } from '@ai-editor/persistence/react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { loadModel, keepModel, modelAssistant, type ModelSettings } from '../assistant/model';
import { offlineAssistant } from '../assistant/offline/assistant';
import { Chat } from '../chat/Chat';
import { useConversation, type Made, type Prompt } from '../chat/conversation';
import { ConflictView } from '../conflict/ConflictView';
import { History } from '../history/History';
import { Icon } from '../interface/Icon';
import { Menu } from '../interface/Menu';
import { useTheme } from '../interface/theme';
import { plural } from '../interface/words';
import { SelfTest } from '../selfTest/SelfTest';
import { Sidebar } from '../sessions/Sidebar';
import { Mark } from '../signIn/SignIn';
import { Refused } from '../status/Refused';
import { Ask, type Question } from './Ask';
import { Bench } from './Bench';
import { ModelDialog } from './ModelDialog';
import { keepOffline } from './offline';
import { useSessionInHash } from './sessionInHash';
import { useStores } from './stores';
import { useKnownSession } from './useKnownSession';
import { useWorkingCopy } from './workingCopies';
import './Workspace.css';

/** How long signing out tries to send what waits before it asks. */
const PATIENCE_MS = 3000;

type Panel = 'model' | 'refused' | 'history' | 'conflict' | 'self-test' | null;
type Tab = 'chat' | 'preview' | 'code';
const TABS = [
  { tab: 'chat', label: 'Chat', icon: 'chat' },
  { tab: 'preview', label: 'Preview', icon: 'eye' },
  { tab: 'code', label: 'Code', icon: 'code' },
] as const;
const THEMES = { auto: ['auto', 'Colours: as the system has them'], light: ['sun', 'Colours: light'], dark: ['moon', 'Colours: dark'] } as const;

interface Props {
  persistence: Persistence;
  user: string;
  onSignedOut(): void;
}

export function Workspace({ persistence, user, onSignedOut }: Props) {
  const [asked, openSession] = useSessionInHash();
  const { ref, isMissing } = useKnownSession(persistence, asked);
  const { chat, components } = useStores(persistence, ref);
  const view = useSession(persistence, ref)?.view ?? null;
  const { theme, isDark, next: nextTheme } = useTheme();
  const [tab, setTab] = useState<Tab>('chat');
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  const [panel, setPanel] = useState<Panel>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const [target, setTarget] = useState<Prompt['target']>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [model, setModel] = useState(loadModel);
  const [isOffline, setIsOffline] = useState(persistence.isSimulatedOffline);

  const component = components.components.find(({ id }) => id === chosen) ?? components.current ?? components.components.at(-1) ?? null;
  const { copy, texts } = useWorkingCopy(persistence, ref, component?.id ?? null);
  const assistant = useMemo(() => (model ? modelAssistant(model) : offlineAssistant), [model]);
  const settle = useCallback(async () => copy?.save(), [copy]);
  const { turn, trouble, send, stop } = useConversation({ persistence, assistant, settle });

  useEffect(() => {
    setChosen(null);
    setTarget(null);
    setIsDrawerOpen(false);
  }, [ref]);
  // What was made last is what one wants to see.
  useEffect(() => setChosen(null), [components.current?.id]);
  useEffect(() => {
    document.title = view?.session ? `${view.session.title} · AI Editor` : 'AI Editor';
  }, [view?.session?.title]);

  const begin = () => {
    openSession(null);
    setTab('chat');
    setIsDrawerOpen(false);
    requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-label="Message"]')?.focus());
  };
  const say = async (prompt: Omit<Prompt, 'component'>) => {
    const to = ref ?? (await persistence.sessions.create({ title: titleOf(prompt.text) }));
    await send(to, { ...prompt, component: component?.id ?? null });
    if (ref === null) openSession(to);
  };
  const show = (made: Made) => {
    setChosen(made.id);
    setTab('preview');
  };

  const leave = async () => {
    keepModel(null);
    await persistence.signOut();
    onSignedOut();
  };
  const signOut = async () => {
    await copy?.save();
    // What was typed a moment ago is no reason to ask, if there is a network.
    await Promise.race([persistence.flush(), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
    const { waiting, rejected, conflicts, damaged } = persistence.status.get();
    const kept = waiting + rejected + conflicts + damaged;
    if (kept === 0) return leave();
    setQuestion({
      title: 'Sign out all the same?',
      text: `${plural(kept, 'change')} ${kept === 1 ? 'is' : 'are'} on this device alone, and would be erased with everything else that is kept here of user ${user}.`,
      yes: 'Erase and sign out',
      onYes: leave,
    });
  };
  const erase = (session: ListedSession) =>
    setQuestion({
      title: `Erase “${session.title}”?`,
      text: 'Its messages, components, versions and pictures go for good. This cannot be undone.',
      yes: 'Erase for good',
      onYes: () => persistence.sessions.erase(session.ref),
    });

  const [conflict] = components.conflicts;
  const [themeIcon, themeLabel] = THEMES[theme];
  const isHere = turn !== null && (turn.session === ref || ref === null);
  return (
    <div className="workspace" data-tab={tab}>
      <aside className={isDrawerOpen ? 'drawer is-open' : 'drawer'}>
        <div className="brand">
          <Mark />
          <strong>AI Editor</strong>
          <button type="button" className="quiet drawer-close" aria-label="Close the sessions" onClick={() => setIsDrawerOpen(false)}>
            <Icon name="close" />
          </button>
        </div>
        <Sidebar persistence={persistence} open={ref} onOpen={openSession} onNew={begin} onErase={erase} />
        <div className="account">
          <Icon name="user" />
          <span>User {user}</span>
          <button type="button" className="quiet" aria-label="Sign out" title="Sign out" onClick={() => void signOut()}>
            <Icon name="leave" />
          </button>
        </div>
      </aside>
      {isDrawerOpen && <div className="drawer-shade" onClick={() => setIsDrawerOpen(false)} />}

      <header className="bar">
        <button type="button" className="quiet bar-sessions" aria-label="Show the sessions" aria-expanded={isDrawerOpen} onClick={() => setIsDrawerOpen(true)}>
          <Icon name="menu" />
        </button>
        <h1 className="bar-title">{view?.session?.title ?? 'New session'}</h1>
        <PersistenceStatus
          persistence={persistence}
          onShowConflicts={() => setPanel('conflict')}
          onShowRejected={() => setPanel('refused')}
          className="bar-status"
        />
        <button
          type="button"
          role="switch"
          className="switch"
          aria-checked={isOffline}
          aria-label="Work offline"
          title="As if there were no network"
          onClick={() => {
            persistence.simulateOffline(!isOffline);
            keepOffline(!isOffline);
            setIsOffline(!isOffline);
          }}
        >
          <span className="switch-track" aria-hidden="true" />
          <span className="switch-label">Work offline</span>
        </button>
        <button type="button" className="quiet bar-theme" aria-label={themeLabel} title={themeLabel} onClick={nextTheme}>
          <Icon name={themeIcon} />
        </button>
        <Menu
          label="Settings"
          icon="gear"
          items={[
            { label: 'The assistant', icon: 'gear', onChoose: () => setPanel('model') },
            { label: 'What was refused', icon: 'alert', onChoose: () => setPanel('refused') },
            { label: themeLabel, icon: themeIcon, onChoose: nextTheme },
            { label: 'Self-test', icon: 'pulse', onChoose: () => setPanel('self-test') },
            { label: 'Sign out', icon: 'leave', onChoose: () => void signOut() },
          ]}
        />
      </header>

      {conflict && (
        <div className="notice" role="alert">
          <Icon name="branch" />
          <p>
            <strong>{conflict.mine.name}</strong> was changed here and elsewhere, in the same lines. Both are kept.
          </p>
          <button type="button" className="button is-small is-main" onClick={() => setPanel('conflict')}>
            Look at both
          </button>
        </div>
      )}

      {isMissing || view?.isGone ? (
        <main className="gone">
          <h2>This session is not here</h2>
          <p>It is in the trash, erased, or somebody else’s.</p>
          <button type="button" className="button is-main" onClick={begin}>
            New session
          </button>
        </main>
      ) : (
        <main className="rooms">
          <Chat
            persistence={persistence}
            draftName={`prompt/${ref ?? 'new'}`}
            chat={chat}
            said={isHere ? turn.said : null}
            trouble={trouble?.session === ref ? trouble : null}
            assistantName={assistantName(model)}
            target={target}
            onTarget={setTarget}
            onSend={say}
            onStop={stop}
            onShow={show}
          />
          <Bench
            components={components}
            component={component}
            copy={copy}
            texts={texts}
            isDark={isDark}
            onChoose={setChosen}
            onHistory={() => setPanel('history')}
            onPick={(picked) => {
              setTarget(picked);
              setTab('chat');
            }}
          />
        </main>
      )}

      <nav className="tabs" aria-label="Views">
        {TABS.map(({ tab: each, label, icon }) => (
          <button key={each} type="button" aria-current={each === tab ? 'page' : undefined} onClick={() => setTab(each)}>
            <Icon name={icon} />
            {label}
          </button>
        ))}
      </nav>

      {question && <Ask question={question} onClose={() => setQuestion(null)} />}
      {panel === 'model' && <ModelDialog model={model} onModel={setModel} onClose={() => setPanel(null)} />}
      {panel === 'refused' && <Refused persistence={persistence} onClose={() => setPanel(null)} />}
      {panel === 'history' && component && <History components={components} component={component} onClose={() => setPanel(null)} />}
      {panel === 'conflict' && conflict && (
        <ConflictView key={conflict.key} conflict={conflict} components={components} onClose={() => setPanel(null)} />
      )}
      {panel === 'self-test' && <SelfTest onClose={() => setPanel(null)} />}
    </div>
  );
}

const titleOf = (text: string): string => {
  const line = text.split('\n')[0]!.trim().slice(0, 70);
  return line ? line.charAt(0).toUpperCase() + line.slice(1) : 'A picture';
};

const assistantName = (model: ModelSettings | null): string => (model ? model.model : 'Built-in generator, works offline');
