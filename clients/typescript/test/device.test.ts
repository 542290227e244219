import { JSDOM } from 'jsdom';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ask, eventually, newDatabase, newUser, settled, startDevice, tokenOf } from './support/device.js';
import { Network } from './support/network.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const messagesOf = async (user: string): Promise<string[]> => {
  const { items } = await ask<{ items: { id: number }[] }>(user, '/v1/sessions');
  const { messages } = await ask<{ messages: { content: string }[] }>(user, `/v1/sessions/${items[0]!.id}`);
  return messages.map((m) => m.content);
};

describe('a device whose disk is full', () => {
  const fill = (isTooMuch: (key: string) => boolean): void => {
    const real = IDBObjectStore.prototype.put;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
      if (isTooMuch(String(key))) throw new DOMException('full', 'QuotaExceededError');
      return real.call(this, value, key);
    });
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  };

  it('says that it keeps what is done in localStorage, then in memory only, and sends all of it', async () => {
    const { localStorage } = new JSDOM('', { url: 'https://editor.example' }).window;
    vi.stubGlobal('localStorage', localStorage);
    const user = newUser();
    const network = Object.assign(new Network(), { isDown: true });
    const { persistence, open } = await startDevice(user, { network });
    const session = open(await persistence.sessions.create({ title: 'full' }));
    expect((await session.addMessage({ type: 'prompt', text: 'one' })).where).toBe('indexeddb');
    expect(persistence.status.get().storage).toBe('indexeddb');
    fill(() => true);
    expect((await session.addMessage({ type: 'prompt', text: 'two' })).where).toBe('localstorage');
    expect(persistence.status.get().storage).toBe('localstorage');
    localStorage.setItem('of the app', 'x'.repeat(5_000_000 - JSON.stringify(localStorage).length - 2000));
    expect((await session.addMessage({ type: 'prompt', text: 'three'.repeat(1000) })).where).toBe('memory');
    expect(persistence.status.get()).toMatchObject({ storage: 'memory', waiting: 4 });
    expect(session.view.get().messages.map((m) => m.content.slice(0, 5))).toEqual(['one', 'two', 'three']);
    network.isDown = false;
    await persistence.flush();
    await settled(persistence);
    expect((await messagesOf(user)).map((m) => m.slice(0, 5))).toEqual(['one', 'two', 'three']);
    expect(session.view.get().messages).toHaveLength(3);
    vi.restoreAllMocks();
    await session.addMessage({ type: 'prompt', text: 'four' });
    await settled(persistence);
    expect(persistence.status.get()).toMatchObject({ state: 'saved', storage: 'indexeddb' });
    expect(Object.keys(localStorage).filter((key) => key.includes('/op/'))).toEqual([]);
  });

  it('finds after a restart what only localStorage had room for', async () => {
    vi.stubGlobal('localStorage', new JSDOM('', { url: 'https://editor.example' }).window.localStorage);
    const user = newUser();
    const database = newDatabase();
    const network = Object.assign(new Network(), { isDown: true });
    fill(() => true);
    const first = await startDevice(user, { database, network });
    const ref = await first.persistence.sessions.create({ title: 'full' });
    await first.open(ref).addMessage({ type: 'prompt', text: '', image: new File([new Uint8Array([0, 255, 1, 128])], 'a.png') });
    first.persistence.close();
    vi.restoreAllMocks();
    const { persistence } = await startDevice(user, { database });
    await settled(persistence);
    expect(persistence.status.get().state).toBe('saved');
    expect(await messagesOf(user)).toEqual(['[image]']);
  });
});

describe('a device whose disk does not answer for a while', () => {
  it('loses nothing of what lies there, nor of what is done meanwhile, nor their order', async () => {
    vi.stubGlobal('localStorage', new JSDOM('', { url: 'https://editor.example' }).window.localStorage);
    const user = newUser();
    const { persistence, network, open } = await startDevice(user);
    const session = open(await persistence.sessions.create({ title: 'away' }));
    await settled(persistence);
    network.isDown = true;
    for (let i = 0; i < 5; i++) await session.addMessage({ type: 'prompt', text: String(i) });
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
      throw new DOMException('Internal error.', 'UnknownError');
    });
    for (let i = 5; i < 9; i++) expect((await session.addMessage({ type: 'prompt', text: String(i) })).where).toBe('localstorage');
    vi.restoreAllMocks();
    network.isDown = false;
    await persistence.flush();
    await settled(persistence);
    expect(await messagesOf(user)).toEqual(Array.from({ length: 9 }, (_, i) => String(i)));
  });
});

describe('a device whose clock is wrong', () => {
  it.each([90, -90])('by %i days sends and receives everything, in order', async (days) => {
    const user = newUser();
    const token = await tokenOf(user);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * 86_400_000 });
    const { persistence, network, open } = await startDevice(user, { getToken: async () => token });
    const session = open(await persistence.sessions.create({ title: 'clock' }));
    for (let i = 0; i < 3; i++) await session.addMessage({ type: 'prompt', text: String(i) });
    await settled(persistence);
    network.isDown = true;
    await session.addMessage({ type: 'prompt', text: '3' });
    await eventually(() => expect(persistence.status.get().state).toBe('offline'));
    // It is set right while something waits.
    vi.setSystemTime(Date.now() - days * 86_400_000);
    await session.addMessage({ type: 'prompt', text: '4' });
    network.isDown = false;
    await settled(persistence);
    vi.useRealTimers();
    expect(await messagesOf(user)).toEqual(['0', '1', '2', '3', '4']);
    await eventually(() => expect(session.view.get().messages.map((m) => m.content)).toEqual(['0', '1', '2', '3', '4']));
  });
});
