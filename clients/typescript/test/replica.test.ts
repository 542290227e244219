import { openDB } from 'idb';
import { describe, expect, it } from 'vitest';
import type { OpenSession } from '../src/index.js';
import { digestOf } from '../src/replica.js';
import { ask, eventually, newDatabase, newUser, post, settled, startDevice } from './support/device.js';
import { answers, first, Network } from './support/network.js';

const say = async (user: string, id: number, from: number, to: number): Promise<void> => {
  for (let at = from; at < to; at += 500)
    await post(user, '/v1/batch', {
      operations: Array.from({ length: Math.min(500, to - at) }, (_, i) => ({
        type: 'save_message', session_id: id, role: 'user', content: String(at + i),
      })),
    });
};

const make = async (user: string, title = 'a session'): Promise<number> =>
  (await post<{ id: number }>(user, '/v1/sessions', { title })).id;

async function expectEqual(user: string, id: number, session: OpenSession): Promise<void> {
  await session.sync();
  const digest = await ask<{ revision: number; sha256: string }>(user, `/v1/sessions/${id}/digest`);
  expect({ revision: session.copy!.revision, sha256: await digestOf(session.copy!) }).toEqual(digest);
}

/** Changes records of the store behind the package's back. */
async function damage(database: string, change: (key: string, value: never) => unknown): Promise<void> {
  const db = await openDB(database);
  for (const key of await db.getAllKeys('items')) {
    const value: unknown = await db.get('items', key);
    const changed = change(String(key), value as never);
    if (changed === undefined) await db.delete('items', key);
    else if (changed !== value) await db.put('items', changed, key);
  }
  db.close();
}

const texts = (session: OpenSession): string[] => session.view.get().messages.map((m) => m.content);

describe('the local copy', () => {
  it('comes as a whole where there is none, and says so until then', async () => {
    const user = newUser();
    const id = await make(user);
    await say(user, id, 0, 3);
    const { open } = await startDevice(user);
    const session = open(String(id));
    expect(session.view.get()).toMatchObject({ isHydrated: false, session: null });
    await eventually(() => expect(texts(session)).toEqual(['0', '1', '2']));
    await eventually(() =>
      expect(session.view.get()).toMatchObject({ isHydrated: true, isLoading: false, error: null, hasOlder: false }),
    );
    await expectEqual(user, id, session);
  });

  it('is shown at once and offline, and then gets what has changed since, however much', async () => {
    const user = newUser();
    const id = await make(user);
    await say(user, id, 0, 3);
    const database = newDatabase();
    const before = await startDevice(user, { database });
    await eventually(() => expect(before.open(String(id)).view.get().messages).toHaveLength(3));
    await before.open(String(id)).sync();
    before.persistence.close();
    await say(user, id, 3, 1203);
    const [gone] = (await ask<{ messages: { id: number }[] }>(user, `/v1/sessions/${id}?limit=1000`)).messages;
    await ask(user, `/v1/sessions/${id}/messages/${gone!.id}`, { method: 'DELETE' });

    const network = Object.assign(new Network(), { isDown: true });
    const { open } = await startDevice(user, { database, network });
    const session = open(String(id));
    await eventually(() => expect(texts(session)).toEqual(['0', '1', '2']));
    network.isDown = false;
    await expectEqual(user, id, session);
    expect(texts(session)).toHaveLength(1202);
    expect(network.count('GET', `/v1/sessions/${id}`)).toBe(0);
  });

  it('begins anew when the service says that it cannot go on from where it is', async () => {
    const user = newUser();
    const id = await make(user);
    await say(user, id, 0, 3);
    const { network, open } = await startDevice(user);
    const session = open(String(id));
    await eventually(() => expect(texts(session)).toHaveLength(3));
    await session.sync();
    network.fate = first(1, (r) => r.url.includes('/changes'), answers(410, 'resync_required'));
    const loads = network.count('GET', `/v1/sessions/${id}`);
    await session.sync();
    expect(network.count('GET', `/v1/sessions/${id}`)).toBe(loads + 1);
    await expectEqual(user, id, session);
  });

  it('begins anew when it is ahead of the service, which was restored from a backup', async () => {
    const user = newUser();
    const id = await make(user);
    await say(user, id, 0, 3);
    const database = newDatabase();
    const before = await startDevice(user, { database });
    await eventually(() => expect(before.open(String(id)).view.get().messages).toHaveLength(3));
    await before.open(String(id)).sync();
    before.persistence.close();
    await damage(database, (key, value: object) => (key.startsWith('mark/') ? { ...value, revision: 99 } : value));
    const { open } = await startDevice(user, { database });
    const session = open(String(id));
    await eventually(() => expect(session.copy?.revision).toBe(4));
    await expectEqual(user, id, session);
  });

  it.each<[string, (key: string, value: never) => unknown]>([
    ['is missing', (key, value) => (key.includes('/message/') && (value as { content: string }).content === '1' ? undefined : value)],
    ['has another revision', (key, value) => (key.includes('/message/') && (value as { content: string }).content === '1' ? { ...(value as object), revision: 1 } : value)],
    ['is null', (key, value) => (key.includes('/message/') ? null : value)],
    ['is text', (key, value) => (key.includes('/message/') ? 'garbage' : value)],
    ['is another object', (key, value) => (key.includes('/message/') ? { id: 'x' } : value)],
    ['is the session, and null', (key, value) => (key.startsWith('head/') ? null : value)],
    ['is the mark, and null', (key, value) => (key.startsWith('mark/') ? null : value)],
    ['is the mark, and of another release', (key, value) => (key.startsWith('mark/') ? { v: 2 } : value)],
    ['is the mark, without a revision', (key, value) => (key.startsWith('mark/') ? { v: 1 } : value)],
  ])('is loaded anew when a record of it %s', async (_, change) => {
    const user = newUser();
    const id = await make(user);
    await say(user, id, 0, 3);
    const database = newDatabase();
    const before = await startDevice(user, { database });
    await eventually(() => expect(before.open(String(id)).view.get().messages).toHaveLength(3));
    await before.open(String(id)).sync();
    before.persistence.close();
    await damage(database, change);
    const { persistence, open } = await startDevice(user, { database });
    const session = open(String(id));
    await eventually(() => expect(texts(session)).toEqual(['0', '1', '2']));
    await expectEqual(user, id, session);
    persistence.close();
    // It is whole in the store again, not in memory alone.
    const after = await startDevice(user, { database, network: Object.assign(new Network(), { isDown: true }) });
    await eventually(() => expect(texts(after.open(String(id)))).toEqual(['0', '1', '2']));
  });

  it('brings older messages when they are asked for, and misses nothing that is done to them meanwhile', async () => {
    const user = newUser();
    const id = await make(user);
    await say(user, id, 0, 500);
    const { messages } = await ask<{ messages: { id: number }[] }>(user, `/v1/sessions/${id}?limit=1000`);
    const { network, open } = await startDevice(user);
    const session = open(String(id));
    await eventually(() => expect(texts(session)).toHaveLength(200));
    expect(session.view.get().hasOlder).toBe(true);
    expect(texts(session)[0]).toBe('300');
    // An answer that was given before these changes and comes after them.
    let answer = () => {};
    const answered = new Promise<void>((done) => (answer = done));
    network.fate = first(1, (r) => r.url.includes('/messages?'), async (request) => {
      const response = await fetch(request);
      const body = await response.text();
      await answered;
      return new Response(body, response);
    });
    const older = session.loadOlder();
    await eventually(() => expect(network.count('GET', /messages$/)).toBe(1));
    const path = (i: number): string => `/v1/sessions/${id}/messages/${messages[i]!.id}`;
    await eventually(() => ask(user, path(250), { method: 'PATCH', body: JSON.stringify({ content: 'changed' }) }));
    await ask(user, path(251), { method: 'DELETE' });
    await session.sync();
    expect(texts(session)).toHaveLength(200);
    answer();
    expect(await older).toBe(true);
    expect(texts(session)).toHaveLength(400);
    expect(texts(session)).toContain('changed');
    expect(texts(session)).not.toContain('250');
    expect(texts(session)).not.toContain('251');
    while (await session.loadOlder());
    expect(session.view.get().hasOlder).toBe(false);
    await expectEqual(user, id, session);
    expect(texts(session)).toHaveLength(499);
  });

  it('is gone when the session was erased elsewhere, and nothing of it stays on the device', async () => {
    const user = newUser();
    const id = await make(user);
    await say(user, id, 0, 3);
    const database = newDatabase();
    const { open } = await startDevice(user, { database });
    const session = open(String(id));
    await eventually(() => expect(texts(session)).toHaveLength(3));
    await ask(user, `/v1/sessions/${id}?permanent=true`, { method: 'DELETE' });
    await session.sync();
    expect(session.view.get()).toMatchObject({ isGone: true, session: null, messages: [] });
    const left: string[] = [];
    await damage(database, (key, value) => {
      if (/^(head|mark|row)/.test(key)) left.push(key);
      return value;
    });
    expect(left).toEqual([]);
  });

  it('is not taken away by a proxy that does not find the service', async () => {
    const user = newUser();
    const id = await make(user);
    await say(user, id, 0, 3);
    const { network, open } = await startDevice(user);
    const session = open(String(id));
    await eventually(() => expect(texts(session)).toHaveLength(3));
    network.fate = () => () => new Response('<h1>Nothing here</h1>', { status: 404, headers: { 'Content-Type': 'text/html' } });
    await expect(session.sync()).rejects.toMatchObject({ status: 404 });
    expect(session.view.get()).toMatchObject({ isGone: false });
    expect(texts(session)).toHaveLength(3);
  });

  it('is kept whole by a tab that shows less of it than another one has loaded', async () => {
    const user = newUser();
    const id = await make(user);
    await say(user, id, 0, 260);
    const { messages } = await ask<{ messages: { id: number }[] }>(user, `/v1/sessions/${id}?limit=1000`);
    const database = newDatabase();
    const one = await startDevice(user, { database });
    const two = await startDevice(user, { database });
    const [less, more] = [one.open(String(id)), two.open(String(id))];
    for (const session of [less, more]) await eventually(() => expect(texts(session)).toHaveLength(200));
    // What is shown may not be written yet.
    for (const session of [less, more]) await session.sync();
    await more.loadOlder();
    expect(texts(more)).toHaveLength(260);
    two.network.isDown = true;
    await ask(user, `/v1/sessions/${id}/messages/${messages[30]!.id}`, { method: 'PATCH', body: JSON.stringify({ content: 'changed' }) });
    await eventually(async () => {
      await less.sync();
      expect(less.copy!.revision).toBe(262);
    });
    two.persistence.close();
    one.persistence.close();
    const later = await startDevice(user, { database, network: Object.assign(new Network(), { isDown: true }) });
    const session = later.open(String(id));
    await eventually(() => expect(texts(session)).toHaveLength(260));
    expect(texts(session)[30]).toBe('changed');
  });

  it('agrees with that of another tab, whichever of them makes, changes and deletes', async () => {
    const user = newUser();
    const id = await make(user);
    const database = newDatabase();
    const network = new Network();
    // Without live news: what one tab knows, the other has from it alone.
    network.fate = (request) => (request.url.includes('/changes') ? answers(503, 'unavailable') : 'passes');
    const tabs = [await startDevice(user, { database, network }), await startDevice(user, { database, network })];
    const [one, two] = tabs.map((tab) => tab.open(String(id)));
    for (const session of [one!, two!]) await eventually(() => expect(session.view.get().session).not.toBeNull());
    const { ref } = await one!.addMessage({ type: 'prompt', text: 'from one' });
    await two!.addMessage({ type: 'prompt', text: 'from two' });
    for (const tab of tabs) await settled(tab.persistence);
    for (const session of [one!, two!]) await eventually(() => expect(texts(session).sort()).toEqual(['from one', 'from two']));
    await eventually(() => expect(two!.view.get().messages.every((m) => m.id > 0)).toBe(true));
    await two!.updateMessage(ref, { text: 'changed by two' });
    await eventually(() => expect(texts(one!)).toContain('changed by two'));
    for (const tab of tabs) await settled(tab.persistence);
    await one!.removeMessage(ref);
    for (const tab of tabs) await settled(tab.persistence);
    for (const session of [one!, two!]) await eventually(() => expect(texts(session)).toEqual(['from two']));
  });
});
