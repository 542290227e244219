import type { Persistence } from '@ai-editor/persistence';
import { useEffect, useState } from 'react';

/**
 * The name by which this device knows a session that an address names: it may have been made on another one. Null until
 * that is known.
 */
export function useKnownSession(persistence: Persistence, asked: string | null): { ref: string | null; isMissing: boolean } {
  const [found, setFound] = useState<{ asked: string | null; ref: string | null }>({ asked: null, ref: null });

  useEffect(() => {
    if (asked === null) return;
    let isLeft = false;
    persistence.sessions.find(asked).then(
      (ref) => isLeft || setFound({ asked, ref }),
      // Offline: what this device has under that name is all there is to show.
      () => isLeft || setFound({ asked, ref: asked }),
    );
    return () => {
      isLeft = true;
    };
  }, [persistence, asked]);

  const isKnown = asked !== null && found.asked === asked;
  return { ref: isKnown ? found.ref : null, isMissing: isKnown && found.ref === null };
}
