import { describe, expect, it, onTestFinished } from 'vitest';
import { createPersistence, type OpenSession } from '../src/index.js';
import { eventually, hasSecret, mint, newDatabase, newUser, post, settled, startDevice } from './support/device.js';
import { startService } from './support/service.js';

/** Counts the sockets that are open to the session. */
function sockets(): { open: () => number; made: () => number; drop: () => void } {
  const made: WebSocket[] = [];
  const real = globalThis.WebSocket;
  globalThis.WebSocket = class extends real {
    constructor(...parameters: ConstructorParameters<typeof WebSocket>) {
      super(...parameters);
      made.push(this);
    }
  };
  onTestFinished(() => void (globalThis.WebSocket = real));
  return { open: () => made.filter((s) => s.readyState < 3).length, made: () => made.length, drop: () => made.forEach((s) => s.close()) };
}

const texts = (session: OpenSession): string[] => session.view.get().messages.map((m) => m.content);
const make = async (user: string): Promise<number> => (await post<{ id: number }>(user, '/v1/sessions', { title: 'live' })).id;

describe('what happens on one device', () => {
  it('is on the others in less than a second', async () => {
    const user = newUser();
    const id = await make(user);
    const [here, there] = [await startDevice(user), await startDevice(user)];
    const [one, two] = [here.open(String(id)), there.open(String(id))];
    for (const session of [one, two]) await eventually(() => expect(session.view.get().session).not.toBeNull());
    // The first tells that both listen.
    await one.addMessage({ type: 'prompt', text: 'first' });
    await eventually(() => expect(texts(two)).toEqual(['first']));
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const began = performance.now();
      await one.addMessage({ type: 'prompt', text: String(i) });
      await eventually(() => expect(texts(two)).toContain(String(i)));
      times.push(performance.now() - began);
    }
    expect(Math.max(...times)).toBeLessThan(1000);
  });

  it('is heard through one socket, however often the browser says that the network is back', async () => {
    const user = newUser();
    const id = await make(user);
    const count = sockets();
    let gate: Promise<void> | undefined;
    const { persistence, open } = await startDevice(user, {
      getToken: async () => {
        await gate;
        return mint(user);
      },
    });
    const session = open(String(id));
    await eventually(() => expect(count.open()).toBe(1));
    count.drop();
    await eventually(() => expect(count.open()).toBe(0));
    let openGate = () => {};
    gate = new Promise((done) => (openGate = done));
    for (let i = 0; i < 20; i++) persistence.wake();
    openGate();
    await eventually(() => expect(count.open()).toBeGreaterThan(0));
    await session.sync();
    expect(count.made()).toBe(2);
    for (let i = 0; i < 20; i++) persistence.wake();
    await session.sync();
    expect(count.made()).toBe(2);
    persistence.close();
    await eventually(() => expect(count.open()).toBe(0));
  });

  it('ends when nobody has the session open any more', async () => {
    const user = newUser();
    const id = await make(user);
    const count = sockets();
    const { persistence } = await startDevice(user);
    const first = persistence.open(String(id));
    const second = persistence.open(String(id));
    expect(second.session).toBe(first.session);
    await eventually(() => expect(count.open()).toBe(1));
    first.release();
    first.release();
    expect(count.open()).toBe(1);
    second.release();
    await eventually(() => expect(count.open()).toBe(0));
  });

  it.skipIf(!hasSecret())('goes on when a token runs out, with the next one', async () => {
    const user = newUser();
    const id = await make(user);
    const count = sockets();
    const { open } = await startDevice(user, { getToken: async () => mint(user, 2) });
    const session = open(String(id));
    await eventually(() => expect(count.made()).toBeGreaterThanOrEqual(2), 15_000);
    await eventually(() => expect(count.open()).toBe(1));
    await post(user, `/v1/sessions/${id}/messages`, { role: 'user', content: 'after' });
    await eventually(() => expect(texts(session)).toEqual(['after']));
  });

  it('is heard of after the service was killed and came back, and what waited is sent', async () => {
    if (process.env.PERSISTENCE_URL) return;
    const service = await startService();
    try {
      const user = newUser();
      const token = mint(user, 3600, service.secret);
      const persistence = await createPersistence({ baseUrl: service.url, getToken: () => token, user, database: newDatabase() });
      onTestFinished(() => persistence.close());
      const ref = await persistence.sessions.create({ title: 'survives' });
      const { session } = persistence.open(ref);
      await session.addMessage({ type: 'prompt', text: 'before' });
      await settled(persistence);
      await eventually(() => expect(session.view.get().messages[0]?.id).toBeGreaterThan(0));
      const restarting = service.restart();
      await session.addMessage({ type: 'prompt', text: 'meanwhile' });
      await restarting;
      await settled(persistence, 20_000);
      const { id } = session.view.get().session!;
      await fetch(`${service.url}/v1/sessions/${id}/messages`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ role: 'user', content: 'after' }),
      });
      await eventually(() => expect(texts(session)).toEqual(['before', 'meanwhile', 'after']), 20_000);
    } finally {
      await service.stop();
    }
  }, 60_000);

  it('is asked for where there is no WebSocket', async () => {
    const real = globalThis.WebSocket;
    Reflect.deleteProperty(globalThis, 'WebSocket');
    onTestFinished(() => void (globalThis.WebSocket = real));
    const user = newUser();
    const id = await make(user);
    const { open } = await startDevice(user);
    const session = open(String(id));
    await eventually(() => expect(session.view.get().session).not.toBeNull());
    await post(user, `/v1/sessions/${id}/messages`, { role: 'user', content: 'polled' });
    await eventually(() => expect(texts(session)).toEqual(['polled']), 12_000);
  });
});
