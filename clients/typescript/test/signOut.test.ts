import { JSDOM } from 'jsdom';
import { openDB } from 'idb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { eventually, newDatabase, newUser, settled, startDevice, type Device } from './support/device.js';
import { isBatch, Network } from './support/network.js';

/** All keys in IndexedDB and localStorage. */
async function keysIn(database: string): Promise<string[]> {
  const db = await openDB(database);
  const keys = db.objectStoreNames.contains('items') ? (await db.getAllKeys('items')).map(String) : [];
  db.close();
  const { localStorage } = globalThis;
  return [...keys, ...(localStorage ? Object.keys(localStorage) : [])];
}

async function live(device: Device): Promise<void> {
  const { persistence, network, open } = device;
  const session = open(await persistence.sessions.create({ title: 'private' }));
  await session.addMessage({ type: 'prompt', text: 'private', image: new File(['x'], 'x.png', { type: 'image/png' }) });
  await session.addComponent({ name: 'C', jsx_code: 'c' });
  await settled(persistence);
  await session.sync();
  network.isDown = true;
  await session.addMessage({ type: 'prompt', text: 'waits', image: new File(['y'], 'y.png', { type: 'image/png' }) });
  await persistence.drafts.set('prompt', 'half a thought');
  network.isDown = false;
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('signing out', () => {
  it('leaves nothing of the user on the device, and everything of the others', async () => {
    const { localStorage } = new JSDOM('', { url: 'https://editor.example' }).window;
    vi.stubGlobal('localStorage', localStorage);
    const database = newDatabase();
    // One name begins with the other: as prefixes of keys they must not be the same.
    const user = newUser();
    const other = `${user}7`;
    const [mine, theirs] = [await startDevice(user, { database }), await startDevice(other, { database })];
    await live(mine);
    await live(theirs);
    // Some of it lies in localStorage.
    const real = IDBObjectStore.prototype.put;
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await mine.persistence.drafts.set('other', 'in localStorage');
    await theirs.persistence.drafts.set('other', 'in localStorage');
    expect(localStorage.length).toBeGreaterThan(0);
    put.mockImplementation(function (this: IDBObjectStore, ...parameters) {
      return real.apply(this, parameters);
    });
    await settled(mine.persistence);
    await settled(theirs.persistence);
    const isTheirs = (key: string) => key.includes(`/${other}/`);
    const before = (await keysIn(database)).filter(isTheirs).sort();
    expect(before.some((key) => key.startsWith('seq/'))).toBe(true);
    await mine.persistence.signOut();
    expect((await keysIn(database)).sort()).toEqual(before);
  });

  it('is not undone by an answer that comes after it', async () => {
    const user = newUser();
    const database = newDatabase();
    const network = new Network();
    const { persistence, open } = await startDevice(user, { database, network });
    const ref = await persistence.sessions.create({ title: 'private' });
    const session = open(ref);
    await settled(persistence);
    let answer = () => {};
    const answered = new Promise<void>((done) => (answer = done));
    let answers = 0;
    network.fate = () => async (request) => {
      const response = await fetch(request);
      await answered;
      answers++;
      return response;
    };
    const syncing = session.sync().catch(() => undefined);
    await session.addMessage({ type: 'prompt', text: 'on its way' });
    const made = persistence.sessions.create({ title: 'another' });
    await made;
    await eventually(() => expect(network.sent.filter((s) => s.path === '/v1/batch').length).toBeGreaterThan(1));
    await persistence.signOut();
    answer();
    await syncing;
    await eventually(() => expect(answers).toBeGreaterThanOrEqual(2));
    // Whatever the answers set off has happened when a whole other user's life has passed.
    await live(await startDevice(newUser(), { database: newDatabase() }));
    expect(await keysIn(database)).toEqual([]);
  });

  it('ends the other tabs of the user, which write nothing any more', async () => {
    const user = newUser();
    const database = newDatabase();
    const network = new Network();
    const here = await startDevice(user, { database, network });
    const there = await startDevice(user, { database, network });
    await live(here);
    await settled(here.persistence);
    // What one tab is told, all are.
    const channel = new BroadcastChannel(`${database}/${user}`);
    // However much the tab still has to look at of what it was told before.
    for (let i = 0; i < 100; i++) channel.postMessage({ about: 'outbox' });
    const told = new Promise((done) => (channel.onmessage = ({ data }: MessageEvent<{ about: string }>) => data.about === 'erased' && done(data)));
    await here.persistence.signOut();
    await told;
    channel.close();
    const before = network.count('POST', '/v1/batch');
    await expect(there.persistence.sessions.create({ title: 'too late' })).rejects.toThrow('signed out');
    expect(network.count('POST', '/v1/batch')).toBe(before);
    expect(network.sent.filter((s) => isBatch({ url: s.path } as Request) && s.body.includes('too late'))).toEqual([]);
    expect((await keysIn(database)).filter((key) => key.includes(user))).toEqual([]);
  });

  it('lets the same user begin anew at once', async () => {
    const user = newUser();
    const database = newDatabase();
    const first = await startDevice(user, { database });
    await live(first);
    await first.persistence.signOut();
    const again = await startDevice(user, { database });
    await live(again);
    await settled(again.persistence);
    await again.persistence.sessions.refresh();
    expect(again.persistence.sessions.list.get().items).toHaveLength(2);
  });
});
