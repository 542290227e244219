import type { Entry, Persistence } from '@ai-editor/persistence';
import { useReadable } from '@ai-editor/persistence/react';
import { useState } from 'react';
import { Dialog } from '../interface/Dialog';
import { download } from '../interface/download';
import { exact } from '../interface/times';
import { plural } from '../interface/words';
import './Refused.css';

const WORDS: Readonly<Record<string, string>> = {
  create_session: 'New session',
  update_session: 'Change of a session',
  delete_session: 'Session to the trash',
  save_message: 'Message',
  update_message: 'Change of a message',
  delete_message: 'Deletion of a message',
  save_component: 'New component',
  update_component: 'Change of a component',
  set_current_component: 'Choice of the current component',
  restore_component_version: 'Return to a version',
  delete_component: 'Deletion of a component',
  save_interaction: 'Interaction',
  delete_interaction: 'Deletion of an interaction',
};

/** What the service would not take: kept here until its user sends it again, takes it along, or gives it up. */
export function Refused({ persistence, onClose }: { persistence: Persistence; onClose(): void }) {
  const { outbox } = persistence;
  const refused = useReadable(outbox.entries).filter((entry) => entry.state === 'rejected');
  const damaged = useReadable(outbox.quarantined);
  const [busy, setBusy] = useState<string | null>(null);

  const retry = async (key?: string) => {
    setBusy(key ?? 'all');
    await persistence.retry(key);
    setBusy(null);
  };
  const isEmpty = refused.length === 0 && damaged.length === 0;
  return (
    <Dialog
      title="Not taken by the service"
      onClose={onClose}
      actions={
        !isEmpty && (
          <>
            <button
              type="button"
              className="button"
              onClick={() => download('not-saved.json', new Blob([outbox.export()], { type: 'application/json' }))}
            >
              Download everything that waits
            </button>
            <button type="button" className="button is-main" disabled={busy !== null || refused.length === 0} onClick={() => void retry()}>
              {busy === 'all' ? 'Trying…' : 'Try all again'}
            </button>
          </>
        )
      }
    >
      {isEmpty && <p className="refused-none">Nothing is refused. Everything you made is with the service, or on its way.</p>}
      <ul className="refused" aria-label="Refused changes">
        {refused.map((entry) => (
          <li key={entry.key}>
            <div className="refused-words">
              <strong>{WORDS[entry.operation.type] ?? entry.operation.type}</strong>
              <span className="refused-when">{exact(new Date(entry.savedAt))}</span>
              <p className="refused-what">{excerpt(entry)}</p>
              <p className="note is-bad">{reason(entry)}</p>
            </div>
            <div className="refused-actions">
              <button type="button" className="button is-small" disabled={busy !== null} onClick={() => void retry(entry.key)}>
                {busy === entry.key ? 'Trying…' : 'Try again'}
              </button>
              <button
                type="button"
                className="button is-small"
                onClick={() => download('not-saved.json', new Blob([JSON.stringify(entry, null, 2)], { type: 'application/json' }))}
              >
                Download
              </button>
              <button type="button" className="button is-small is-dangerous" onClick={() => void persistence.discard(entry.key)}>
                Discard
              </button>
            </div>
          </li>
        ))}
      </ul>
      {damaged.length > 0 && (
        <p className="note refused-damaged">
          {plural(damaged.length, 'record')} on this device could not be read. The download holds {damaged.length === 1 ? 'it' : 'them'} as{' '}
          {damaged.length === 1 ? 'it is' : 'they are'}.
        </p>
      )}
    </Dialog>
  );
}

function excerpt({ operation }: Entry): string {
  const { title, name, content, jsx_code, css_code, prompt } = operation as Record<string, unknown>;
  const text = [title, name, content, prompt, jsx_code, css_code].find((part) => typeof part === 'string' && part !== '');
  return typeof text === 'string' ? text.slice(0, 160) : '';
}

function reason({ problem }: Entry): string {
  const errors = problem && 'errors' in problem ? Object.entries(problem.errors ?? {}) : [];
  const details = errors.map(([field, texts]) => `${field}: ${texts.join(' ')}`);
  return [problem?.detail ?? 'It was refused.', ...details].join(' ');
}
