import type { Persistence } from '@ai-editor/persistence';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { WorkingCopy, type Texts } from '../code/WorkingCopy';
import { loadIdentity } from '../identity';

const NONE = { get: (): Texts | null => null, subscribe: () => () => {} };

/** The code of one component, being typed; saved when the page is hidden, for it may not come back. */
export function useWorkingCopy(
  persistence: Persistence,
  session: string | null,
  component: string | null,
): { copy: WorkingCopy | null; texts: Texts | null } {
  const [copy, setCopy] = useState<WorkingCopy | null>(null);

  useEffect(() => {
    if (session === null || component === null) return;
    let isLeft = false;
    let opened: WorkingCopy | undefined;
    WorkingCopy.open(persistence, session, component).then((made) => {
      opened = made;
      if (isLeft) void made.close().catch(reportError);
      else setCopy(made);
    }, reportError);
    const save = () => {
      if (document.visibilityState === 'hidden') void opened?.save().catch(reportError);
    };
    document.addEventListener('visibilitychange', save);
    return () => {
      isLeft = true;
      document.removeEventListener('visibilitychange', save);
      setCopy(null);
      // After signing out, here or in another tab, nothing may be written any more.
      if (loadIdentity()?.user === persistence.user) void opened?.close().catch(reportError);
      else opened?.abandon();
    };
  }, [persistence, session, component]);

  const texts = useSyncExternalStore(copy?.subscribe ?? NONE.subscribe, copy?.get ?? NONE.get);
  return { copy, texts };
}
