import { useCallback, useSyncExternalStore } from 'react';

const follow = (listener: () => void) => {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
};

/** The name of the session that is shown, if one is. */
export const readSession = (): string | null => {
  const ref = /^#\/s\/([\w-]{1,64})$/.exec(location.hash)?.[1];
  return ref ?? null;
};

/** Which session is open stands in the address, so that a reload, a bookmark and the back button lead to it. */
export function useSessionInHash(): [ref: string | null, open: (ref: string | null) => void] {
  const ref = useSyncExternalStore(follow, readSession);
  const open = useCallback((next: string | null) => {
    location.hash = next === null ? '' : `/s/${next}`;
  }, []);
  return [ref, open];
}
