import { createHmac, randomUUID } from 'node:crypto';
import { inject, onTestFinished, vi } from 'vitest';
import { createPersistence, type OpenSession, type Persistence, type PersistenceOptions } from '../../src/index.js';
import { Network } from './network.js';

/** A user whom no other test knows. */
export const newUser = (): string => String(1 + Math.floor(Math.random() * 2 ** 45));

/** Two instances with the same database are tabs of one browser; with different ones they are devices. */
export const newDatabase = (): string => `db-${randomUUID()}`;

export const hasSecret = (): boolean => inject('secret') !== '';

/** A token for so many seconds. */
export function mint(user: string, seconds = 3600, secret = inject('secret')): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: user, iat: now, exp: now + seconds, jti: randomUUID() })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** A token from the service itself. */
export async function tokenOf(user: string): Promise<string> {
  if (hasSecret()) return mint(user);
  const answer = await fetch(`${inject('url')}/dev/token`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user_id: Number(user) }),
  });
  return ((await answer.json()) as { token: string }).token;
}

export interface Device {
  readonly persistence: Persistence;
  readonly network: Network;
  /** Opens a session until the test is over. */
  open(ref: string): OpenSession;
}

/** The package as an app would start it, on a device of its own unless a database is named. Ends with its test. */
export async function startDevice(
  user: string,
  options: Partial<PersistenceOptions> & { network?: Network } = {},
): Promise<Device> {
  const { network = new Network(), ...others } = options;
  let token: string | undefined;
  const persistence = await createPersistence({
    baseUrl: inject('url'),
    getToken: async () => (token ??= await tokenOf(user)),
    user,
    database: newDatabase(),
    fetch: network.fetch,
    ...others,
  });
  onTestFinished(() => persistence.close());
  return { persistence, network, open: (ref) => persistence.open(ref).session };
}

/** The service's answer, asked past the package. */
export async function ask<T>(user: string, path: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(inject('url') + path, {
    ...init,
    headers: { Authorization: `Bearer ${await tokenOf(user)}`, 'Content-Type': 'application/json' },
  });
  if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${answer.status} ${await answer.text()}`);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

export const post = <T>(user: string, path: string, body: unknown): Promise<T> =>
  ask(user, path, { method: 'POST', body: JSON.stringify(body) });

export const eventually = <T>(look: () => T | Promise<T>, timeout = 10_000): Promise<T> =>
  vi.waitFor(look, { timeout, interval: 20 });

/** Until nothing waits any more. */
export const settled = (persistence: Persistence, timeout?: number): Promise<void> =>
  eventually(() => {
    const { waiting } = persistence.status.get();
    if (waiting > 0) throw new Error(`${waiting} wait: ${persistence.status.get().reason}`);
  }, timeout);
