import { describe, expect, it } from 'vitest';
import { ApiError, type Persistence } from '../src/index.js';
import type { LoadSessionResponse } from '../src/schema.js';
import { ask, eventually, mint, newDatabase, newUser, post, settled, startDevice, tokenOf } from './support/device.js';
import { answers, first, isBatch, Network } from './support/network.js';
import { Random } from './support/random.js';

/** The only session of the user with that title, as the service has it. */
async function load(user: string, title: string): Promise<LoadSessionResponse> {
  const { items } = await ask<{ items: { id: number; title: string }[] }>(user, '/v1/sessions?limit=200');
  const found = items.filter((session) => session.title === title);
  expect(found).toHaveLength(1);
  return ask(user, `/v1/sessions/${found[0]!.id}?limit=1000`);
}

/** That each operation was applied once, in the order in which it was done, and nothing else was. */
async function expectJournal(user: string, sessionId: number, keys: readonly string[]): Promise<void> {
  const receipts = await Promise.all(
    keys.map((key) => ask<{ session_id: number; revision: number }>(user, `/v1/operations/${key}`)),
  );
  expect(receipts.map((r) => r.session_id)).toEqual(keys.map(() => sessionId));
  expect(receipts.map((r) => r.revision)).toEqual(keys.map((_, i) => i + 1));
  const { session } = await ask<LoadSessionResponse>(user, `/v1/sessions/${sessionId}?limit=1`);
  expect(session.revision).toBe(keys.length);
}

function gateOf(): [Promise<void>, () => void] {
  let open = () => {};
  return [new Promise<void>((done) => (open = done)), () => open()];
}

const waiting = (persistence: Persistence): string[] =>
  persistence.outbox.entries.get().filter((e) => e.state === 'waiting').map((e) => e.key);

describe('what is done offline', () => {
  it('is there exactly once and in order afterwards: fifty operations, with a session, an image and updates', async () => {
    const user = newUser();
    const { persistence, network, open } = await startDevice(user);
    network.isDown = true;
    const ref = await persistence.sessions.create({ title: 'offline' });
    const session = open(ref);
    const keys = [ref];
    const kept = async (promise: Promise<{ key: string; ref: string }>): Promise<string> => {
      const { key, ref: name } = await promise;
      keys.push(key);
      return name;
    };
    const bytes = crypto.getRandomValues(new Uint8Array(5000));
    const image = new File([bytes], 'a.png', { type: 'image/png' });
    for (let i = 0; i < 16; i++)
      await kept(session.addMessage({ type: i % 2 ? 'response' : 'prompt', text: `message ${i}`, image: i === 3 ? image : null }));
    const button = await kept(session.addComponent({ name: 'Button', jsx_code: 'v1', css_code: 'a' }));
    const card = await kept(session.addComponent({ name: 'Card', jsx_code: 'card' }));
    for (let i = 2; i <= 9; i++) await kept(session.updateComponent(button, { jsx_code: `v${i}` }));
    await kept(session.setCurrentComponent(button));
    const spare = await kept(session.addMessage({ type: 'prompt', text: 'spare' }));
    await kept(session.updateMessage(spare, { text: 'changed' }));
    await kept(session.removeMessage(spare));
    for (let i = 0; i < 17; i++)
      await kept(session.addInteraction({ prompt: `p${i}`, response: `r${i}`, interaction_type: 'edit' }));
    await kept(session.updateComponent(card, { name: 'A card' }));
    await kept(session.rename('offline'));
    expect(keys).toHaveLength(50);
    expect(persistence.status.get()).toMatchObject({ waiting: 50, storage: 'indexeddb' });
    await eventually(() => expect(persistence.status.get().state).toBe('offline'));

    network.isDown = false;
    persistence.wake();
    await settled(persistence);
    const loaded = await load(user, 'offline');
    await expectJournal(user, loaded.session.id, keys);
    expect(loaded.messages.map((m) => m.content)).toEqual(Array.from({ length: 16 }, (_, i) => `message ${i}`));
    expect(loaded.interactions.map((i) => i.prompt)).toEqual(Array.from({ length: 17 }, (_, i) => `p${i}`));
    expect(loaded.components.map((c) => [c.name, c.jsx_code, c.version, c.is_current])).toEqual([
      ['Button', 'v9', 9, true],
      ['A card', 'card', 2, false],
    ]);
    const file = await fetch(
      `${persistence.connection.baseUrl}/v1/sessions/${loaded.session.id}/attachments/${loaded.messages[3]!.attachments[0]!.sha256}`,
      { headers: { Authorization: `Bearer ${await tokenOf(user)}` } },
    );
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytes);
    expect(persistence.status.get()).toMatchObject({ state: 'saved', reason: null });
  });

  it('restores a version of a component that was changed just before', async () => {
    const user = newUser();
    const { persistence, network, open } = await startDevice(user);
    network.isDown = true;
    const session = open(await persistence.sessions.create({ title: 'versions' }));
    const { ref } = await session.addComponent({ name: 'Card', jsx_code: 'one' });
    await session.updateComponent(ref, { jsx_code: 'two' });
    await session.restoreComponentVersion(ref, 1);
    await session.updateComponent(ref, { css_code: 'css' });
    network.isDown = false;
    await persistence.flush();
    await settled(persistence);
    expect(persistence.status.get().state).toBe('saved');
    expect((await load(user, 'versions')).components).toMatchObject([{ version: 4, jsx_code: 'one', css_code: 'css' }]);
  });

  it('is applied once although every other answer is lost', async () => {
    const user = newUser();
    const { persistence, network, open } = await startDevice(user);
    let turn = 0;
    network.fate = (request) => (isBatch(request) && turn++ % 2 === 0 ? 'loses its answer' : 'passes');
    const ref = await persistence.sessions.create({ title: 'replayed' });
    const session = open(ref);
    const keys = [ref];
    const { key, ref: component } = await session.addComponent({ name: 'C', jsx_code: '0' });
    keys.push(key);
    for (let i = 1; i <= 5; i++) {
      keys.push((await session.addMessage({ type: 'prompt', text: String(i) })).key);
      keys.push((await session.updateComponent(component, { jsx_code: String(i) })).key);
      await persistence.flush();
    }
    await settled(persistence);
    const loaded = await load(user, 'replayed');
    await expectJournal(user, loaded.session.id, keys);
    expect(loaded.components[0]).toMatchObject({ jsx_code: '5', version: 6 });
  });

  it('gets on with its images over a network that never carries all of them at once', async () => {
    const { persistence, network, open } = await startDevice(newUser());
    const session = open(await persistence.sessions.create({ title: 'images' }));
    await settled(persistence);
    network.isDown = true;
    for (let i = 0; i < 12; i++)
      await session.addMessage({ type: 'prompt', text: '', image: new File([String(i)], 'a.png', { type: 'image/png' }) });
    network.isDown = false;
    let puts = 0;
    network.fate = (request) => (request.method === 'PUT' && ++puts % 5 === 0 ? 'is cut' : 'passes');
    await persistence.flush();
    await settled(persistence, 20_000);
    expect(puts).toBe(12 + 2);
  });

  it('is all sent within thirty seconds of the last of two hundred random cuts, without a click', async () => {
    const user = newUser();
    const random = new Random('two hundred cuts');
    const { persistence, network, open } = await startDevice(user);
    let cuts = 0;
    network.fate = (request) => {
      if (cuts >= 200 || request.method === 'GET' || random.chance(0.3)) return 'passes';
      cuts++;
      return random.chance(0.5) ? 'is cut' : 'loses its answer';
    };
    const refs = [];
    for (let i = 0; i < 3; i++) refs.push(await persistence.sessions.create({ title: `cuts ${i}` }));
    const keys = refs.map((ref) => [ref]);
    const sessions = refs.map(open);
    while (cuts < 200) {
      const i = random.below(3);
      keys[i]!.push((await sessions[i]!.addMessage({ type: 'prompt', text: String(keys[i]!.length) })).key);
      await persistence.flush();
    }
    const healed = performance.now();
    await settled(persistence, 30_000);
    expect(performance.now() - healed).toBeLessThan(30_000);
    for (const [i, mine] of keys.entries()) {
      const loaded = await load(user, `cuts ${i}`);
      await expectJournal(user, loaded.session.id, mine);
    }
  }, 60_000);
});

describe('what is done while something is being sent', () => {
  it('is not lost when it is typed into a change just before that is sent', async () => {
    const user = newUser();
    let gate: Promise<void> | undefined;
    let isAsked = false;
    const { persistence, open } = await startDevice(user, {
      getToken: async () => {
        isAsked = true;
        await gate;
        return tokenOf(user);
      },
    });
    const session = open(await persistence.sessions.create({ title: 'typing' }));
    const { ref } = await session.addComponent({ name: 'Button', jsx_code: 'one' });
    await settled(persistence);
    await eventually(() => expect(session.view.get().components[0]?.id).toBeGreaterThan(0));

    const [opened, openGate] = gateOf();
    gate = opened;
    isAsked = false;
    await session.updateComponent(ref, { jsx_code: 'two' }, { isTyping: true });
    await eventually(() => expect(isAsked).toBe(true));
    await session.updateComponent(ref, { jsx_code: 'three' }, { isTyping: true });
    openGate();
    await settled(persistence);
    const { components } = await load(user, 'typing');
    expect(components.map((c) => c.jsx_code)).toEqual(['three']);
  });

  it.each([
    ['a component got its number', 'component'],
    ['a session got its id', 'session'],
  ])('folds into a change that was addressed before %s', async (_, what) => {
    const user = newUser();
    let gate: Promise<void> | undefined;
    const { persistence, network, open } = await startDevice(user, {
      getToken: async () => {
        await gate;
        return tokenOf(user);
      },
    });
    const ref = await persistence.sessions.create({ title: 'one' });
    const session = open(ref);
    if (what === 'component') await settled(persistence);
    // The answer that numbers it comes while a change of it waits and nothing else can be sent.
    const [answered, answer] = gateOf();
    network.fate = first(1, isBatch, async (request) => {
      const response = await fetch(request);
      await answered;
      return response;
    });
    const item = what === 'component' ? (await session.addComponent({ name: 'Button', jsx_code: 'one' })).ref : '';
    const change = (patch: { name: string }, description?: string) =>
      what === 'component'
        ? session.updateComponent(item, description ? { ...patch, css_code: description } : patch, { isTyping: true })
        : session.rename(patch.name, description);
    await eventually(() => expect(persistence.outbox.entries.get()[0]?.isSent).toBe(true));
    await change({ name: 'two' }, 'described');
    const [opened, openGate] = gateOf();
    gate = opened;
    answer();
    await eventually(() => expect(persistence.outbox.entries.get()).toHaveLength(1));
    if (what === 'component') await eventually(() => expect(session.view.get().components[0]?.id).toBeGreaterThan(0));
    await change({ name: 'three' });
    expect(persistence.outbox.entries.get()).toHaveLength(1);
    openGate();
    await settled(persistence);
    expect(persistence.status.get().state).toBe('saved');
    if (what === 'session') expect((await load(user, 'three')).session.description).toBe('described');
    else expect((await load(user, 'one')).components).toMatchObject([{ name: 'three', css_code: 'described' }]);
  });
});

describe('an operation that the service refuses', () => {
  const poisons: [string, (p: Persistence, ref: string) => Promise<unknown>, number][] = [
    ['422, too long a text', (p, ref) => p.open(ref).session.addMessage({ type: 'prompt', text: 'x'.repeat(2 ** 20 + 1) }), 422],
    ['413, larger than a request may be', (p, ref) => p.open(ref).session.addComponent({ name: 'Big', jsx_code: 'x'.repeat(9 * 2 ** 20) }), 413],
    ['400, nested too deeply', (p, ref) => {
      let metadata: Record<string, never> | { a: object } = {};
      for (let i = 0; i < 80; i++) metadata = { a: metadata };
      return p.open(ref).session.addMessage({ type: 'prompt', text: 'deep', metadata: metadata as never });
    }, 400],
    ['413, too large a file', (p, ref) =>
      p.open(ref).session.addMessage({ type: 'prompt', text: 'heavy', image: new File([new Uint8Array(10 * 2 ** 20 + 1)], 'a.png') }), 413],
  ];

  it.each(poisons)('is parked and can be tried again, and everything else goes on: %s', async (_, poison, status) => {
    const user = newUser();
    const { persistence, network, open } = await startDevice(user);
    const [sick, well] = [await persistence.sessions.create({ title: 'sick' }), await persistence.sessions.create({ title: 'well' })];
    await settled(persistence);
    network.isDown = true;
    await open(sick).addMessage({ type: 'prompt', text: 'before' });
    await open(well).addMessage({ type: 'prompt', text: 'before' });
    await poison(persistence, sick);
    await open(sick).addMessage({ type: 'prompt', text: 'after' });
    await open(well).addMessage({ type: 'prompt', text: 'after' });
    network.isDown = false;
    await persistence.flush();
    await settled(persistence);
    expect(persistence.status.get()).toMatchObject({ state: 'error', waiting: 0, rejected: 1 });
    const [parked] = persistence.outbox.entries.get();
    expect(parked).toMatchObject({ state: 'rejected', problem: { status } });
    expect((await load(user, 'sick')).messages.map((m) => m.content)).toEqual(['before', 'after']);
    expect((await load(user, 'well')).messages.map((m) => m.content)).toEqual(['before', 'after']);
    expect(persistence.outbox.export()).toContain(parked!.key);

    const before = network.sent.length;
    await persistence.retry(parked!.key);
    expect(network.sent.length).toBeGreaterThan(before);
    expect(persistence.status.get()).toMatchObject({ state: 'error', rejected: 1 });
    expect(await persistence.discard(parked!.key)).toMatchObject({ key: parked!.key });
    expect(persistence.status.get()).toMatchObject({ state: 'saved', rejected: 0 });
  });

  it('is sent when it is tried again after what was in its way is gone', async () => {
    const user = newUser();
    const { persistence, network, open } = await startDevice(user);
    const session = open(await persistence.sessions.create({ title: 'retried' }));
    await settled(persistence);
    network.fate = first(1, isBatch, answers(400, 'malformed_request'));
    await session.addMessage({ type: 'prompt', text: 'said' });
    await eventually(() => expect(persistence.status.get()).toMatchObject({ state: 'error', rejected: 1 }));
    await persistence.retry();
    expect(persistence.status.get().state).toBe('saved');
    expect((await load(user, 'retried')).messages).toHaveLength(1);
  });

  it('does not hide what is changed after it, which it becomes part of', async () => {
    const user = newUser();
    const { persistence, open } = await startDevice(user);
    const session = open(await persistence.sessions.create({ title: 'shortened' }));
    const { ref } = await session.addComponent({ name: 'Card', jsx_code: 'one' });
    await settled(persistence);
    await session.updateComponent(ref, { jsx_code: 'x'.repeat(2 ** 20 + 1), css_code: 'kept' });
    await settled(persistence);
    expect(persistence.status.get()).toMatchObject({ state: 'error', rejected: 1 });
    await session.updateComponent(ref, { jsx_code: 'short' });
    await settled(persistence);
    expect(persistence.status.get().state).toBe('saved');
    expect((await load(user, 'shortened')).components).toMatchObject([{ jsx_code: 'short', css_code: 'kept', version: 2 }]);
    expect(session.view.get().components[0]).toMatchObject({ jsx_code: 'short', standing: 'saved' });
  });

  it('leaves nothing waiting for ever when it made the session of others, which have files', async () => {
    const user = newUser();
    const { persistence, network, open } = await startDevice(user);
    network.isDown = true;
    const ref = await persistence.sessions.create({ title: ' ' });
    await open(ref).addMessage({ type: 'prompt', text: 'x', image: new File(['x'], 'x.png', { type: 'image/png' }) });
    network.isDown = false;
    await persistence.flush();
    await settled(persistence);
    expect(persistence.status.get()).toMatchObject({ state: 'error', waiting: 0, rejected: 2 });
  });
});

describe('a service that has too much to do', () => {
  it('is left alone for as long as it asks, whatever is done meanwhile', async () => {
    const user = newUser();
    const { persistence, network, open } = await startDevice(user);
    const session = open(await persistence.sessions.create({ title: 'busy' }));
    await settled(persistence);
    const [refused, refuse] = gateOf();
    network.fate = first(1, isBatch, async () => {
      await refused;
      return answers(503, 'unavailable', { 'Retry-After': '1' })();
    });
    network.sent.length = 0;
    await session.addMessage({ type: 'prompt', text: 'before' });
    await eventually(() => expect(network.count('POST', '/v1/batch')).toBe(1));
    await session.addMessage({ type: 'prompt', text: 'while it is asked' });
    refuse();
    await eventually(() => expect(persistence.status.get().retryAt).not.toBeNull());
    for (let i = 2; i < 5; i++) await session.addMessage({ type: 'prompt', text: String(i) });
    await settled(persistence);
    const [asked, next] = network.sent.filter((s) => s.path === '/v1/batch');
    expect(next!.at - asked!.at).toBeGreaterThanOrEqual(1000);
    expect((await load(user, 'busy')).messages).toHaveLength(5);
  });

  it.each([
    ['three hundred years', () => '9999999999', 3_600],
    ['until a time of day', () => new Date(Date.now() + 60_000).toUTCString(), 60],
  ])('is left alone when it asks to wait %s, for an hour at most', async (_, after, seconds) => {
    const { persistence, network } = await startDevice(newUser());
    network.fate = (request) => (isBatch(request) ? answers(503, 'unavailable', { 'Retry-After': after() }) : 'passes');
    await persistence.sessions.create({ title: 'patient' });
    const began = performance.now();
    await eventually(() => expect(performance.now() - began).toBeGreaterThan(500));
    expect(network.count('POST', '/v1/batch')).toBe(1);
    const wait = (persistence.status.get().retryAt!.getTime() - Date.now()) / 1000;
    expect(wait).toBeGreaterThan(seconds - 10);
    expect(wait).toBeLessThanOrEqual(seconds);
  });

  it.each([302, 404, 405])('is tried again when something in between answers %i in its place', async (status) => {
    const user = newUser();
    const { persistence, network, open } = await startDevice(user);
    const session = open(await persistence.sessions.create({ title: 'hidden' }));
    await settled(persistence);
    const page = () => new Response('<h1>Nothing here</h1>', { status, headers: { 'Content-Type': 'text/html' } });
    network.fate = first(2, isBatch, page);
    await session.addMessage({ type: 'prompt', text: 'one' });
    await session.addMessage({ type: 'prompt', text: 'two' });
    await settled(persistence);
    expect(persistence.status.get()).toMatchObject({ state: 'saved', rejected: 0 });
    expect((await load(user, 'hidden')).messages).toHaveLength(2);
  });

  it('is not asked over and over by two tabs that wake each other', async () => {
    const user = newUser();
    const database = newDatabase();
    const network = new Network();
    const one = await startDevice(user, { database, network });
    await startDevice(user, { database, network });
    network.fate = (request) => (isBatch(request) ? answers(503, 'unavailable') : 'passes');
    await one.persistence.sessions.create({ title: 'two tabs' });
    const began = performance.now();
    await eventually(() => expect(performance.now() - began).toBeGreaterThan(1500));
    expect(network.count('POST', '/v1/batch')).toBeLessThan(20);
  });

  it('takes the rest of a batch although one of its operations cannot be decided yet', async () => {
    const user = newUser();
    const { persistence, network, open } = await startDevice(user);
    const session = open(await persistence.sessions.create({ title: 'partly' }));
    await settled(persistence);
    network.isDown = true;
    const { key } = await session.addMessage({ type: 'prompt', text: 'one' });
    await session.addMessage({ type: 'prompt', text: 'two' });
    network.isDown = false;
    network.fate = first(1, isBatch, async (request) => {
      const { operations } = (await request.clone().json()) as { operations: { key: string }[] };
      const others = operations.filter((o) => o.key !== key);
      const answer = await fetch(new Request(request, { body: JSON.stringify({ operations: others }) }));
      const { results } = (await answer.json()) as { results: object[] };
      const problem = { type: 'about:blank', title: '', status: 503, detail: 'unknown', code: 'unavailable', trace_id: '' };
      return Response.json({ results: operations.map((o) => (o.key === key ? { key, verdict: 'rejected', problem } : results.shift())) });
    });
    await persistence.flush();
    await settled(persistence);
    expect((await load(user, 'partly')).messages.map((m) => m.content).sort()).toEqual(['one', 'two']);
    expect(persistence.status.get().state).toBe('saved');
  });

  it('does not keep the queue waiting for the answer to a file that never comes', async () => {
    const user = newUser();
    const { persistence, network, open } = await startDevice(user, { patience: 1000 });
    const session = open(await persistence.sessions.create({ title: 'hangs' }));
    await settled(persistence);
    let signal: AbortSignal | undefined;
    network.fate = first(1, (request) => request.method === 'PUT', (request) => {
      signal = request.signal;
      return new Promise((_, failed) => request.signal.addEventListener('abort', () => failed(new TypeError('aborted'))));
    });
    await session.addMessage({ type: 'prompt', text: 'x', image: new File(['x'.repeat(2 ** 16)], 'x.png') });
    await eventually(() => expect(signal).toBeDefined());
    await settled(persistence);
    expect((await load(user, 'hangs')).messages[0]!.attachments).toHaveLength(1);
    expect(signal!.aborted).toBe(true);
  });
});

describe('a token', () => {
  it('that is refused is renewed once for all who need it, each of whom tries once more', async () => {
    const user = newUser();
    let current = mint(user, 3600, 'another secret than that of the service, and long enough');
    let renewals = 0;
    const { persistence, network } = await startDevice(user, {
      getToken: async ({ refresh }) => {
        if (!refresh) return current;
        renewals++;
        return (current = await tokenOf(user));
      },
    });
    await Promise.all(Array.from({ length: 12 }, () => persistence.connection.fetch('/v1/sessions')));
    expect(renewals).toBe(1);
    expect(network.count('GET', '/v1/sessions')).toBe(24);
  });

  it('that cannot be renewed signs out, loses nothing, and what waits goes on after the login', async () => {
    const user = newUser();
    const bad = mint(user, 3600, 'another secret than that of the service, and long enough');
    let current: string | null = bad;
    let signedOut = 0;
    const { persistence, open } = await startDevice(user, {
      getToken: async () => current,
      onSignedOut: () => signedOut++,
    });
    const session = open(await persistence.sessions.create({ title: 'later' }));
    await session.addMessage({ type: 'prompt', text: 'kept' });
    await eventually(() => expect(persistence.status.get()).toMatchObject({ state: 'signed-out', waiting: 2, rejected: 0 }));
    expect(signedOut).toBeGreaterThan(0);
    current = null;
    await persistence.flush();
    expect(persistence.status.get()).toMatchObject({ state: 'signed-out', waiting: 2, rejected: 0 });
    current = await tokenOf(user);
    persistence.wake();
    await settled(persistence);
    expect(persistence.status.get().state).toBe('saved');
    expect((await load(user, 'later')).messages).toHaveLength(1);
  });

  it('of somebody else sends and reads nothing', async () => {
    const user = newUser();
    const other = newUser();
    const stranger = await tokenOf(other);
    const { persistence, network, open } = await startDevice(user, { getToken: async () => stranger });
    const session = open(await persistence.sessions.create({ title: 'mine' }));
    await session.addMessage({ type: 'prompt', text: 'mine' });
    await persistence.flush();
    await persistence.sessions.refresh();
    await persistence.sessions.find(crypto.randomUUID()).catch(() => null);
    expect(network.sent).toEqual([]);
    expect(persistence.status.get()).toMatchObject({ state: 'signed-out', waiting: 2 });
    expect(persistence.sessions.list.get().items.map((s) => s.title)).toEqual(['mine']);
    expect((await ask<{ items: [] }>(other, '/v1/sessions')).items).toEqual([]);
  });

  it('of somebody else who signs in while a file is put gets none of what waits', async () => {
    const user = newUser();
    const other = newUser();
    const tokens = { mine: await tokenOf(user), theirs: await tokenOf(other) };
    let current = tokens.mine;
    const { persistence, network, open } = await startDevice(user, { getToken: async () => current });
    const session = open(await persistence.sessions.create({ title: 'mine' }));
    await settled(persistence);
    network.fate = first(1, (request) => request.method === 'PUT', (request) => {
      current = tokens.theirs;
      return fetch(request);
    });
    await session.addMessage({ type: 'prompt', text: 'mine', image: new File(['x'], 'x.png', { type: 'image/png' }) });
    await persistence.sessions.create({ title: 'mine too' });
    await eventually(() => expect(persistence.status.get()).toMatchObject({ state: 'signed-out', waiting: 2 }));
    expect(network.sent.filter((s) => s.user === other)).toEqual([]);
    expect((await ask<{ items: [] }>(other, '/v1/sessions')).items).toEqual([]);
    current = tokens.mine;
    persistence.wake();
    await settled(persistence);
    expect((await load(user, 'mine')).messages).toHaveLength(1);
  });

  it('of somebody else does not make this device forget its copies', async () => {
    const user = newUser();
    const { id } = await post<{ id: number }>(user, '/v1/sessions', { title: 'mine' });
    let current = await tokenOf(user);
    const { open } = await startDevice(user, { getToken: async () => current });
    const session = open(String(id));
    await eventually(() => expect(session.view.get().session?.title).toBe('mine'));
    current = await tokenOf(newUser());
    await session.sync().catch((error: unknown) => expect(error).toBeInstanceOf(ApiError));
    expect(session.view.get()).toMatchObject({ isGone: false, session: { title: 'mine' } });
  });
});

describe('two tabs', () => {
  /** As the Web Locks of a browser, for as much as is used of them. */
  const locks = () => {
    const tails = new Map<string, Promise<unknown>>();
    return {
      request: (name: string, work: () => unknown) => {
        const run = (tails.get(name) ?? Promise.resolve()).then(work);
        tails.set(name, run.catch(() => undefined));
        return run;
      },
    };
  };

  it.each([['with Web Locks', true], ['without Web Locks', false]])('send what both have done exactly once, %s', async (_, hasLocks) => {
    const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    if (hasLocks) Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { locks: locks() } });
    try {
      const user = newUser();
      const database = newDatabase();
      const network = new Network();
      const tabs = [await startDevice(user, { database, network }), await startDevice(user, { database, network })];
      let turn = 0;
      network.fate = (request) => (isBatch(request) && turn++ % 3 === 0 ? 'loses its answer' : 'passes');
      const ref = await tabs[0]!.persistence.sessions.create({ title: 'tabs' });
      const sessions = tabs.map((tab) => tab.open(ref));
      await Promise.all(
        Array.from({ length: 20 }, (_, i) => sessions[i % 2]!.addMessage({ type: 'prompt', text: String(i) })),
      );
      for (const tab of tabs) await settled(tab.persistence);
      const loaded = await load(user, 'tabs');
      expect(loaded.session.revision).toBe(21);
      expect(loaded.messages.map((m) => Number(m.content)).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
      expect(tabs.map((tab) => waiting(tab.persistence))).toEqual([[], []]);
    } finally {
      if (before) Object.defineProperty(globalThis, 'navigator', before);
      else Reflect.deleteProperty(globalThis, 'navigator');
    }
  });
});

it('goes on after an app that never answered when it was asked for a token', async () => {
  const user = newUser();
  let isStuck = true;
  const { persistence, open } = await startDevice(user, {
    patience: 300,
    getToken: () => (isStuck ? new Promise(() => {}) : tokenOf(user)),
  });
  const session = open(await persistence.sessions.create({ title: 'no token' }));
  await session.addMessage({ type: 'prompt', text: 'waits' });
  await eventually(() => expect(persistence.status.get().state).toBe('offline'));
  isStuck = false;
  await settled(persistence);
  expect((await load(user, 'no token')).messages.map((m) => m.content)).toEqual(['waits']);
});
