import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { SessionRef } from '../operations.js';
import type { PersistenceCore, Status } from '../core.js';
import type { Persistence } from '../persistence.js';
import type { Readable } from '../reactive.js';
import type { OpenSession, SessionView } from '../session.js';
import type { SessionList } from '../sessions.js';

/** Follows a value of the package; the component is rendered anew when it changes. */
export function useReadable<T>(readable: Readable<T>): T {
  return useSyncExternalStore(readable.subscribe, readable.get, readable.get);
}

/** How things stand: saved, saving, offline with how many wait, refused, in conflict. */
export const useStatus = (persistence: PersistenceCore): Status => useReadable(persistence.status);

/** The user's sessions; the service is asked when the component appears. */
export function useSessions(persistence: Persistence): SessionList {
  useEffect(() => void persistence.sessions.refresh(), [persistence]);
  return useReadable(persistence.sessions.list);
}

/** A session, open as long as the component shows it: what it is now, and what can be done in it. Null without a name. */
export function useSession(
  persistence: PersistenceCore,
  ref: SessionRef | null,
): { session: OpenSession; view: SessionView } | null {
  const [session, setSession] = useState<OpenSession | null>(null);
  useEffect(() => {
    if (ref === null) return setSession(null);
    const opened = persistence.open(ref);
    setSession(opened.session);
    return opened.release;
  }, [persistence, ref]);
  const view = useReadable(session?.view ?? NO_VIEW);
  return session && view ? { session, view } : null;
}

const NO_VIEW: Readable<SessionView | null> = { get: () => null, subscribe: () => () => {} };

/** Text that is not said yet, kept on this device with every keystroke and there again after a reload. */
export function useDraft(persistence: Persistence, name: string): [text: string, set: (text: string) => void] {
  const [text, setText] = useState('');
  const isTouched = useRef(false);
  useEffect(() => {
    let isCurrent = true;
    isTouched.current = false;
    setText('');
    void persistence.drafts.get(name).then((kept) => {
      // Who types faster than the disk reads is right.
      if (isCurrent && !isTouched.current) setText(kept);
    });
    return () => {
      isCurrent = false;
    };
  }, [persistence, name]);
  const set = useCallback(
    (next: string) => {
      isTouched.current = true;
      setText(next);
      void persistence.drafts.set(name, next);
    },
    [persistence, name],
  );
  return [text, set];
}
