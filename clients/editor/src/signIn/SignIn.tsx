import { useState, type FormEvent } from 'react';
import { signIn, type Identity } from '../identity';
import { inWords } from '../interface/words';
import './SignIn.css';

const MAX_USER = Number.MAX_SAFE_INTEGER;

export function SignIn({ onSignedIn }: { onSignedIn(identity: Identity): void }) {
  const [user, setUser] = useState('7');
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const number = Number(user);
    if (!/^\d+$/.test(user) || number < 1 || number > MAX_USER) return setTrouble('A user is a whole number, from 1 up.');
    setIsBusy(true);
    setTrouble(null);
    try {
      onSignedIn(await signIn(String(number)));
    } catch (error) {
      setTrouble(error instanceof TypeError ? 'The service does not answer. Is it running?' : inWords(error));
      setIsBusy(false);
    }
  };

  return (
    <main className="sign-in">
      <div className="sign-in-words">
        <Mark />
        <h1>Say what you need. Keep every word of it.</h1>
        <p>
          A small editor for React components. What you say and make is kept on this device as you type, and with the service as soon
          as it can be reached: through reloads, dead networks and second tabs.
        </p>
      </div>
      <form className="sign-in-form" onSubmit={(event) => void submit(event)} noValidate>
        <h2>Sign in</h2>
        <label className="field">
          <span>User number</span>
          <input
            inputMode="numeric"
            autoComplete="off"
            value={user}
            aria-invalid={trouble !== null}
            aria-describedby="sign-in-note"
            onChange={(event) => setUser(event.target.value.trim())}
            autoFocus
          />
        </label>
        <p id="sign-in-note" className={trouble ? 'note is-bad' : 'note'} role={trouble ? 'alert' : undefined}>
          {trouble ?? 'For trying it out: any number is a user, and needs no password.'}
        </p>
        <button type="submit" className="button is-main" disabled={isBusy}>
          {isBusy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}

export const Mark = () => (
  <svg className="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
    <rect width="32" height="32" rx="9" />
    <path d="M10 21.5V10.5h7.5a3.75 3.75 0 0 1 0 7.5H10" fill="none" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round" />
  </svg>
);
