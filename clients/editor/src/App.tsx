import { createPersistence, type Persistence } from '@ai-editor/persistence';
import { useEffect, useState } from 'react';
import { putOnConsole } from './console';
import { forgetIdentity, getToken, loadIdentity, onIdentityChange } from './identity';
import { inWords } from './interface/words';
import { SignIn } from './signIn/SignIn';
import { isOfflineKept } from './workspace/offline';
import { Workspace } from './workspace/Workspace';

export function App() {
  const [user, setUser] = useState(() => loadIdentity()?.user ?? null);
  useEffect(() => onIdentityChange((identity) => setUser(identity?.user ?? null)), []);

  if (user === null) return <SignIn onSignedIn={(identity) => setUser(identity.user)} />;
  const leave = () => {
    forgetIdentity();
    history.replaceState(null, '', location.pathname);
    setUser(null);
  };
  return <SignedIn key={user} user={user} onSignedOut={leave} />;
}

function SignedIn({ user, onSignedOut }: { user: string; onSignedOut(): void }) {
  const [persistence, setPersistence] = useState<Persistence | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);

  useEffect(() => {
    let opened: Persistence | undefined;
    let isLeft = false;
    createPersistence({ baseUrl: location.origin, getToken, user }).then(
      (p) => {
        if (isLeft) return p.close();
        opened = p;
        putOnConsole(p);
        if (isOfflineKept()) p.simulateOffline(true);
        setPersistence(p);
      },
      (error: unknown) => setTrouble(inWords(error)),
    );
    return () => {
      isLeft = true;
      opened?.close();
    };
  }, [user]);

  if (trouble)
    return (
      <main className="alone">
        <h1>That did not work</h1>
        <p>{trouble}</p>
        <button type="button" className="button" onClick={() => location.reload()}>
          Try again
        </button>
      </main>
    );
  if (!persistence) return <main className="alone" aria-busy="true" aria-label="Opening your work" />;
  return <Workspace persistence={persistence} user={user} onSignedOut={onSignedOut} />;
}
