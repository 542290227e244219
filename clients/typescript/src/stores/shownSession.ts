import type { PersistenceCore } from '../core.js';
import type { SessionRef } from '../operations.js';
import type { OpenSession, SessionView } from '../session.js';

/** The one session a store shows: opening another leaves the one before, so none is held open by being forgotten. */
export function shownSession(persistence: PersistenceCore, onChange: () => void) {
  let session: OpenSession | null = null;
  let letGo = () => {};

  const leave = (): void => {
    letGo();
    letGo = () => {};
    session = null;
  };

  return {
    get: (): OpenSession | null => session,
    /** Throws where none is shown: a change without a session would have nowhere to be kept. */
    opened(): OpenSession {
      if (!session) throw new Error('No session is open.');
      return session;
    },
    open(ref: SessionRef): void {
      leave();
      const { session: next, release } = persistence.open(ref);
      session = next;
      const unsubscribe = next.view.subscribe(onChange);
      letGo = () => {
        unsubscribe();
        release();
      };
    },
    leave,
  };
}

/** Until this device's copy is there, or the service's first answer where there is no copy. */
export const isLoading = (view: SessionView): boolean =>
  !view.isHydrated || (view.isLoading && view.session === null);
