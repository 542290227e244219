import type { ListedSession, Persistence } from '@ai-editor/persistence';
import { useReadable } from '@ai-editor/persistence/react';
import { useEffect, useRef, useState } from 'react';
import { download, fileName } from '../interface/download';
import { Icon } from '../interface/Icon';
import { inWords, plural } from '../interface/words';
import { importFile } from './importFile';
import { SessionRow } from './SessionRow';
import './Sessions.css';

const PAUSE_MS = 250;

interface Props {
  persistence: Persistence;
  open: string | null;
  onOpen(ref: string | null): void;
  onNew(): void;
  onErase(session: ListedSession): void;
}

/** The user's sessions, or the trash: the package has one list, which shows the one or the other. */
export function Sidebar({ persistence, open, onOpen, onNew, onErase }: Props) {
  const { sessions } = persistence;
  const list = useReadable(sessions.list);
  const [q, setQ] = useState('');
  const [isTrash, setIsTrash] = useState(false);
  const [note, setNote] = useState<{ text: string; isBad: boolean } | null>(null);
  const files = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const query = { ...(q.trim() ? { q: q.trim() } : {}), ...(isTrash ? { trashed: true } : {}) };
    const timer = setTimeout(() => void sessions.refresh(query), q === '' ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [sessions, q, isTrash]);

  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible') void sessions.refresh();
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [sessions]);

  const attempt = async (work: () => Promise<string | null>) => {
    setNote(null);
    try {
      const text = await work();
      if (text !== null) setNote({ text, isBad: false });
    } catch (error) {
      setNote({ text: inWords(error), isBad: true });
    }
  };

  const importOne = (file: File | undefined) =>
    file &&
    attempt(async () => {
      const { refs, counts } = await importFile(sessions, file);
      if (refs[0] !== undefined) onOpen(refs[0]);
      return `Imported ${plural(refs.length, 'session')} with ${plural(counts.messages, 'message')} and ${plural(counts.components, 'component')}.`;
    });

  const exportOne = (session: ListedSession) =>
    attempt(async () => {
      download(`${fileName(session.title)}.ndjson`, await sessions.export(session.ref));
      return null;
    });

  return (
    <nav className="sidebar" aria-label={isTrash ? 'Trash' : 'Sessions'}>
      {isTrash ? (
        <div className="sidebar-head">
          <button type="button" className="button is-plain" onClick={() => setIsTrash(false)}>
            <Icon name="back" />
            Sessions
          </button>
          <h2>Trash</h2>
        </div>
      ) : (
        <button type="button" className="button is-main sidebar-new" onClick={onNew}>
          <Icon name="plus" />
          New session
        </button>
      )}
      <label className="search">
        <Icon name="search" />
        <input
          type="search"
          aria-label={isTrash ? 'Search the trash' : 'Search sessions'}
          placeholder="Search"
          value={q}
          onChange={(event) => setQ(event.target.value)}
        />
      </label>
      {note && (
        <p className={note.isBad ? 'sidebar-note is-bad' : 'sidebar-note'} role={note.isBad ? 'alert' : 'status'}>
          {note.text}
          <button type="button" aria-label="Dismiss" onClick={() => setNote(null)}>
            <Icon name="close" />
          </button>
        </p>
      )}
      <ul className="sessions" aria-label={isTrash ? 'Sessions in the trash' : 'Sessions'} aria-busy={list.isLoading}>
        {list.items.map((session) => (
          <SessionRow
            key={session.ref}
            session={session}
            isOpen={session.ref === open}
            isTrash={isTrash}
            onOpen={() => onOpen(session.ref)}
            onRename={(title) => void attempt(() => sessions.rename(session.ref, title).then(() => null))}
            onExport={() => void exportOne(session)}
            onRemove={() =>
              void attempt(async () => {
                if (session.ref === open) onOpen(null);
                await sessions.remove(session.ref);
                return null;
              })
            }
            onRestore={() => void attempt(() => sessions.restore(session.ref).then(() => `“${session.title}” is back.`))}
            onErase={() => onErase(session)}
          />
        ))}
        {list.items.length === 0 && (
          <li className="sessions-none">
            {list.isLoading
              ? 'Looking…'
              : q
                ? 'Nothing is called that.'
                : isTrash
                  ? 'The trash is empty.'
                  : 'No sessions yet. What you ask for begins one.'}
          </li>
        )}
        {list.hasMore && (
          <li className="sessions-more">
            <button type="button" className="button is-small" disabled={list.isLoading} onClick={() => void sessions.loadMore()}>
              Show more
            </button>
          </li>
        )}
      </ul>
      {list.error && <p className="sidebar-hint">{isTrash ? 'The trash is shown when there is a connection.' : 'Showing what this device knows.'}</p>}
      {isTrash ? (
        <p className="sidebar-hint">What is here is erased after a while: thirty days, unless the service is told otherwise.</p>
      ) : (
        <div className="sidebar-foot">
          <button type="button" className="button is-plain" onClick={() => setIsTrash(true)}>
            <Icon name="trash" />
            Trash
          </button>
          <button
            type="button"
            className="button is-plain"
            title="An archive of this editor, or an export of ChatGPT, LibreChat, Open WebUI or bolt"
            onClick={() => files.current?.click()}
          >
            <Icon name="import" />
            Import
          </button>
          <input
            ref={files}
            type="file"
            hidden
            aria-label="File to import"
            accept=".ndjson,.jsonl,.json,application/json,application/x-ndjson"
            onChange={(event) => {
              void importOne(event.target.files?.[0]);
              event.target.value = '';
            }}
          />
        </div>
      )}
    </nav>
  );
}
