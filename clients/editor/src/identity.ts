/** Who is signed in on this browser: a user's number, and the token that says so. */
export interface Identity {
  user: string;
  token: string;
}

const KEY = 'ai-editor.identity';

export function loadIdentity(): Identity | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Partial<Identity> | null;
    return typeof kept?.user === 'string' && typeof kept.token === 'string' ? { user: kept.user, token: kept.token } : null;
  } catch {
    return null;
  }
}

export const forgetIdentity = (): void => localStorage.removeItem(KEY);

/** The service gives anybody any user's token, in Development alone. */
export async function signIn(user: string): Promise<Identity> {
  const answer = await fetch('/dev/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user_id: Number(user) }),
  });
  if (answer.status === 404) throw new Error('This service gives out no tokens by itself: it is not in Development.');
  if (!answer.ok) throw new Error(`The service would not sign you in (${answer.status}). Is it running?`);
  const { token } = (await answer.json()) as { token: string };
  const identity = { user, token };
  localStorage.setItem(KEY, JSON.stringify(identity));
  return identity;
}

/** The token as it is kept, so that one renewed in another tab serves in this one. */
export async function getToken({ refresh }: { refresh: boolean }): Promise<string | null> {
  const identity = loadIdentity();
  if (!identity) return null;
  return refresh ? (await signIn(identity.user)).token : identity.token;
}

/** Calls back when another tab signs out, or in as somebody else. */
export function onIdentityChange(listener: (identity: Identity | null) => void): () => void {
  const onStorage = (event: StorageEvent) => {
    if (event.key === KEY || event.key === null) listener(loadIdentity());
  };
  window.addEventListener('storage', onStorage);
  return () => window.removeEventListener('storage', onStorage);
}
