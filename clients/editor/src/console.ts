import type { Persistence } from '@ai-editor/persistence';
import { testPersistence, testPersistenceUtilities } from '@ai-editor/persistence/self-test';
import { getToken } from './identity';
import { readSession } from './workspace/sessionInHash';

/** For the browser's console, as `aiEditor`: what the editor works with, and the package's self-tests. */
export function putOnConsole(persistence: Persistence): void {
  const aiEditor = {
    persistence,
    sessionRef: readSession,
    testPersistence: () => testPersistence({ baseUrl: location.origin, getToken }),
    testPersistenceUtilities,
  };
  Object.assign(globalThis, { aiEditor });
}
