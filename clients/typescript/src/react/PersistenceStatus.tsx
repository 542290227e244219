import { useEffect, useId, useLayoutEffect, useRef, useState, type CSSProperties, type ReactElement } from 'react';
import type { PersistenceCore, Status } from '../core.js';
import { useStatus } from './hooks.js';

export interface PersistenceStatusProps {
  persistence: PersistenceCore;
  /** What happens when the user wants to look at a conflict; without it there is no such button. */
  onShowConflicts?: () => void;
  /** The same for what the service refused. */
  onShowRejected?: () => void;
  className?: string;
}

/**
 * Tells people whether their work is safe: saving, saved and when, offline and how much waits, refused with a retry,
 * conflict. Announced to screen readers; opened and closed by keyboard; it follows the page's color-scheme.
 */
export function PersistenceStatus(props: PersistenceStatusProps): ReactElement {
  const { persistence, className } = props;
  const status = useStatus(persistence);
  const [isOpen, setIsOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const id = useId();

  useEffect(() => {
    if (!isOpen) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setIsOpen(false);
      root.current?.querySelector('button')?.focus();
    };
    const onPointer = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setIsOpen(false);
    };
    document.addEventListener('keydown', onKey);
    document.addEventListener('pointerdown', onPointer);
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('pointerdown', onPointer);
    };
  }, [isOpen]);

  // It hangs from the right edge of the button, which on a phone may be too near the left edge of the window.
  useLayoutEffect(() => {
    const missing = MARGIN - (panel.current?.getBoundingClientRect().left ?? MARGIN);
    if (panel.current && missing > 0) panel.current.style.translate = `${missing}px`;
  }, [isOpen]);

  const act = (what: () => unknown) => () => {
    setIsOpen(false);
    void what();
  };
  return (
    <div ref={root} className={className} style={STYLE.root} data-state={status.state}>
      {/* Around the button: within it, it would take the button's name away. */}
      <div role="status" aria-live="polite">
        <button
          type="button"
          style={{ ...STYLE.button, color: COLOURS[status.state] }}
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setIsOpen(!isOpen)}
        >
          <Icon state={status.state} />
          {headline(status)}
        </button>
      </div>
      {isOpen && (
        <div id={id} ref={panel} role="group" aria-label="About saving" style={STYLE.panel}>
          <p style={STYLE.text}>{explanation(status)}</p>
          {status.reason && <p style={{ ...STYLE.text, ...STYLE.reason }}>{status.reason}</p>}
          <p style={{ ...STYLE.text, ...STYLE.faint }}>{storageWords(status)}</p>
          <div style={STYLE.actions}>
            {status.conflicts > 0 && props.onShowConflicts && (
              <button type="button" style={STYLE.action} onClick={act(props.onShowConflicts)}>
                Look at {count(status.conflicts, 'conflict')}
              </button>
            )}
            {status.rejected > 0 && (
              <button type="button" style={STYLE.action} onClick={act(() => persistence.retry())}>
                Try again
              </button>
            )}
            {(status.rejected > 0 || status.damaged > 0) && props.onShowRejected && (
              <button type="button" style={STYLE.action} onClick={act(props.onShowRejected)}>
                Look at it
              </button>
            )}
            {status.waiting > 0 && (
              <button type="button" style={STYLE.action} onClick={act(() => persistence.wake())}>
                Send now
              </button>
            )}
          </div>
        </div>
      )}
    </div>
  );
}

const MARGIN = 12;

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

const time = (date: Date): string => date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });

function headline(status: Status): string {
  switch (status.state) {
    case 'saved':
      return status.savedAt ? `Saved ${time(status.savedAt)}` : 'Saved';
    case 'saving':
      return 'Saving …';
    case 'offline':
      return `Offline, ${status.waiting} waiting`;
    case 'conflict':
      return count(status.conflicts, 'conflict');
    case 'error':
      return 'Not all saved';
    case 'signed-out':
      return 'Signed out';
  }
}

function explanation(status: Status): string {
  const waiting = `${count(status.waiting, 'change')} ${status.waiting === 1 ? 'is' : 'are'} kept on this device`;
  switch (status.state) {
    case 'saved':
      return 'Everything is with the service.';
    case 'saving':
      return `${waiting} and on the way.`;
    case 'offline':
      return `${waiting} and will be sent by themselves${status.retryAt ? `; next try at ${status.retryAt.toLocaleTimeString()}` : ''}.`;
    case 'conflict':
      return 'Somebody else changed the same lines. Both versions are kept until you choose.';
    case 'error':
      return [
        status.rejected > 0 && `${count(status.rejected, 'change')} ${status.rejected === 1 ? 'was' : 'were'} refused and ${status.rejected === 1 ? 'is' : 'are'} kept here.`,
        status.damaged > 0 && `${count(status.damaged, 'record')} on this device cannot be read and ${status.damaged === 1 ? 'was' : 'were'} set aside.`,
      ]
        .filter(Boolean)
        .join(' ');
    case 'signed-out':
      return `${waiting} until you sign in again.`;
  }
}

function storageWords({ storage, waiting }: Status): string {
  if (waiting === 0 && storage === 'indexeddb') return 'A copy is kept on this device.';
  if (storage === 'indexeddb') return 'Kept safely on this device: you may close the page.';
  if (storage === 'localstorage') return 'Kept in the browser’s small backup storage: it has little room.';
  return 'This browser keeps nothing: what waits is lost if you close the page.';
}

const PATHS: Record<Status['state'], string> = {
  saved: 'M3 8.5 6.5 12 13 4.5',
  saving: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5M2.5 3v5h5',
  offline: 'M2 2l12 12M4.5 6.2A4 4 0 0 0 5 13h6.5M7 4.2A4 4 0 0 1 11.8 8 2.6 2.6 0 0 1 13.6 11.6',
  conflict: 'M4 2.5v4a3 3 0 0 0 3 3h5M12 13.5v-4M9.5 7 12 9.5 9.5 12',
  error: 'M8 2 1.5 13.5h13zM8 6.5v3M8 11.5v.1',
  'signed-out': 'M9.5 2.5h-6v11h6M7 8h7M11.5 5.5 14 8l-2.5 2.5',
};

function Icon({ state }: { state: Status['state'] }): ReactElement {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[state]} fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

const COLOURS: Record<Status['state'], string> = {
  saved: 'light-dark(#1a6b3c, #7fd6a2)',
  saving: 'light-dark(#4a5568, #b4bfce)',
  offline: 'light-dark(#855a00, #f0c36a)',
  conflict: 'light-dark(#6b3fa0, #c9a7f5)',
  error: 'light-dark(#b3261e, #ff9d94)',
  'signed-out': 'light-dark(#b3261e, #ff9d94)',
};

/** On the elements, not in a style sheet: a strict Content-Security-Policy allows it. */
const STYLE = {
  root: { position: 'relative', display: 'inline-block', font: '500 13px/1.4 system-ui, sans-serif' },
  button: {
    display: 'inline-flex',
    alignItems: 'center',
    gap: 6,
    padding: '4px 8px',
    border: 0,
    borderRadius: 6,
    background: 'transparent',
    font: 'inherit',
    cursor: 'pointer',
    whiteSpace: 'nowrap',
    fontVariantNumeric: 'tabular-nums',
  },
  panel: {
    position: 'absolute',
    zIndex: 1000,
    top: 'calc(100% + 6px)',
    right: 0,
    width: 280,
    maxWidth: 'calc(100vw - 24px)',
    padding: 14,
    boxSizing: 'border-box',
    borderRadius: 10,
    border: '1px solid light-dark(#d8dde5, #3a4250)',
    background: 'light-dark(#fff, #1d222b)',
    color: 'light-dark(#1c2430, #e8ecf2)',
    boxShadow: '0 8px 28px rgb(0 0 0 / .18)',
    fontWeight: 400,
  },
  text: { margin: '0 0 8px' },
  reason: { fontStyle: 'italic', overflowWrap: 'anywhere' },
  faint: { color: 'light-dark(#5b6675, #9aa6b6)', marginBottom: 0 },
  actions: { display: 'flex', flexWrap: 'wrap', gap: 8, marginTop: 10 },
  action: {
    padding: '5px 10px',
    borderRadius: 6,
    border: '1px solid light-dark(#c5ccd6, #4a5464)',
    background: 'light-dark(#f5f7fa, #2a313d)',
    color: 'inherit',
    font: 'inherit',
    cursor: 'pointer',
  },
} satisfies Record<string, CSSProperties>;
