import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryStore, type Entry, type Item, type Operation, type Store, type Writes } from '../src/index.js';
import { Outbox } from '../src/outbox.js';
import { OpenSession } from '../src/session.js';
import { read } from '../src/storage/store.js';
import { Tabs } from '../src/tabs.js';
import { choose } from '../src/flusher.js';
import { ask, eventually, newDatabase, newUser, settled, startDevice } from './support/device.js';
import { isBatch, Network } from './support/network.js';

const operation = (more: object): Operation => more as Operation;
const message = (content: string, key?: string): Operation =>
  operation({ type: 'save_message', session_id: 1, role: 'user', content, ...(key ? { key } : {}) });
const update = (item: string, more: object): Operation =>
  operation({ type: 'update_component', session_id: 1, item_client_id: item, base_version: 1, ...more });

const open = (store: Store, user = '7'): Outbox => new Outbox(store, user, new Tabs(newDatabase()));
const texts = (outbox: Outbox): unknown[] =>
  outbox.entries.get().map((e) => (e.operation as { content?: string; jsx_code?: string }).content ?? (e.operation as { jsx_code?: string }).jsx_code);

async function put(store: Store, ...records: [string, unknown][]): Promise<void> {
  await store.change([], () => ({ put: records, result: undefined }));
}

describe('the outbox', () => {
  it('keeps what is added in its order, also when it is added at the same time', async () => {
    const store = new MemoryStore();
    const outbox = open(store);
    await Promise.all(Array.from({ length: 30 }, (_, i) => outbox.add({ session: '1', operation: message(String(i)) })));
    expect(texts(outbox)).toEqual(Array.from({ length: 30 }, (_, i) => String(i)));
    const [first] = outbox.entries.get();
    expect(outbox.entries.get().map((e) => e.seq)).toEqual(Array.from({ length: 30 }, (_, i) => first!.seq + i));
    expect(new Set(outbox.entries.get().map((e) => e.key)).size).toBe(30);
  });

  it('makes of what cannot be sent the nearest that can: halves of surrogate pairs, NUL, undefined', async () => {
    const outbox = open(new MemoryStore());
    await outbox.add({ session: '1', operation: operation({ ...message('a\ud800b\0c😀\udc00'), metadata: { 'k\0': ['\udfff'], gone: undefined } }) });
    expect(outbox.entries.get()[0]!.operation).toMatchObject({
      content: 'a\ufffdb\ufffdc😀\ufffd',
      metadata: { 'k\ufffd': ['\ufffd'] },
    });
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void encodeURIComponent(text)));
  });

  it('folds what is typed into the last change of the same thing, and into nothing else', async () => {
    const outbox = open(new MemoryStore());
    const add = (op: Operation, item: string, folds = true) => outbox.add({ session: '1', operation: op, item, folds });
    await add(update('a', { jsx_code: '1', css_code: 'x' }), 'a');
    await add(update('a', { jsx_code: '2' }), 'a');
    expect(outbox.entries.get()).toHaveLength(1);
    expect(outbox.entries.get()[0]!.operation).toMatchObject({ jsx_code: '2', css_code: 'x', base_version: 1 });
    await add(update('b', { jsx_code: '3' }), 'b');
    await add(update('a', { jsx_code: '4' }), 'a');
    await add(update('a', { jsx_code: '5' }), 'a', false);
    expect(texts(outbox)).toEqual(['2', '3', '4', '5']);
    expect(outbox.entries.get().map((e) => e.after !== undefined)).toEqual([false, false, true, true]);
  });

  it('folds nothing into what may have been sent', async () => {
    const outbox = open(new MemoryStore());
    await outbox.add({ session: '1', operation: update('a', { jsx_code: '1' }), item: 'a', folds: true });
    await outbox.update((entry) => ({ ...entry, isSent: true }));
    const [before] = outbox.entries.get();
    await outbox.add({ session: '1', operation: update('a', { jsx_code: '2' }), item: 'a', folds: true });
    expect(outbox.entries.get()[0]).toEqual(before);
    expect(texts(outbox)).toEqual(['1', '2']);
  });

  it('folds what is changed during a conflict into it', async () => {
    const outbox = open(new MemoryStore());
    await outbox.add({ session: '1', operation: update('a', { jsx_code: '1' }), item: 'a' });
    const theirs = { jsx_code: 'theirs' };
    await outbox.update((e) => ({ ...e, state: 'conflict', problem: { code: 'version_conflict', theirs } as never }));
    await outbox.add({ session: '1', operation: update('a', { css_code: '2' }), item: 'a' });
    await outbox.add({ session: '1', operation: update('b', { jsx_code: '3' }), item: 'b' });
    expect(outbox.entries.get().map((e) => [e.state, e.item])).toEqual([['conflict', 'a'], ['waiting', 'b']]);
    expect(outbox.entries.get()[0]!.operation).toMatchObject({ jsx_code: '1', css_code: '2' });
  });

  it('keeps a file as long as any operation needs it, and no longer', async () => {
    const store = new MemoryStore();
    const outbox = open(store);
    const file = { sha256: 'f'.repeat(64), name: 'a.png', contentType: 'image/png', bytes: new Uint8Array([1, 2]) };
    await outbox.add({ session: '1', operation: message('a'), files: [file] });
    await outbox.add({ session: '2', operation: message('b'), files: [file] });
    const [a, b] = outbox.entries.get();
    await outbox.update((e) => (e.key === a!.key ? null : e));
    expect((await outbox.file(file.sha256))?.bytes).toEqual(file.bytes);
    await outbox.update((e) => (e.key === b!.key ? null : e));
    expect(await outbox.file(file.sha256)).toBeUndefined();
    expect((await read(store, 'file/'))).toEqual([]);
  });
});

describe('records that are not what they should be', () => {
  const three = async (): Promise<{ store: MemoryStore; entries: readonly Entry[]; keys: string[] }> => {
    const store = new MemoryStore();
    const outbox = open(store);
    for (const text of ['a', 'b', 'c']) await outbox.add({ session: '1', operation: message(text) });
    return { store, entries: outbox.entries.get(), keys: (await read(store, 'op/')).map((i) => i.key) };
  };

  it.each([
    ['text', '{"v":1,'],
    ['null', null],
    ['a list', []],
    ['an object of nothing', {}],
  ])('are set aside and exported while the rest goes on: %s', async (_, damaged) => {
    const { store, keys } = await three();
    await put(store, [keys[1]!, damaged]);
    const outbox = open(store);
    await outbox.refresh();
    expect(texts(outbox)).toEqual(['a', 'c']);
    expect(outbox.quarantined.get().map((q) => q.value)).toEqual([damaged]);
    expect((JSON.parse(outbox.export()) as { damaged: { value: unknown }[] }).damaged.map((d) => d.value)).toEqual([damaged]);
    const again = open(store);
    await again.refresh();
    expect(again.quarantined.get()).toHaveLength(1);
  });

  it('never take a sound one with them, whatever member is lost or changed', async () => {
    const members = ['v', 'seq', 'key', 'user', 'session', 'item', 'operation', 'files', 'savedAt', 'isSent', 'state', 'problem', 'after'];
    const anything = fc.oneof(
      fc.constantFrom<unknown>(undefined, null, '', 0, 1, 3, -1, 0.5, NaN, 1e300, true, [], {}, 'waiting', 'rejected', 'conflict'),
      fc.jsonValue(),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...members), anything, async (member, value) => {
        const { store, keys, entries } = await three();
        const { where: _, ...record } = entries[1]!;
        await put(store, [keys[1]!, { ...record, [member]: value }]);
        const outbox = open(store);
        await outbox.refresh();
        const session = new OpenSession('1', {
          store, outbox, database: null, nudge: async () => {}, flush: async () => {}, wake: () => {},
          ids: { idOf: () => undefined } as never,
          connection: {} as never,
        });
        expect(session.view.get().messages.length).toBeGreaterThanOrEqual(2);
        session.close();
        outbox.export();
        choose(outbox.entries.get(), 100, () => true);
        // The damaged one, where it still looks sound, is done with first: the others must not go with it.
        const sound = new Set([entries[0]!.key, entries[2]!.key]);
        await outbox.update((e) => (sound.has(e.key) ? e : null));
        expect(texts(outbox).filter((t) => t === 'a' || t === 'c')).toEqual(['a', 'c']);
        await outbox.add({ session: '1', operation: message('d') });
        expect(texts(outbox).at(-1)).toBe('d');
        await outbox.update(() => null);
        expect(outbox.entries.get()).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('are left alone when a later release wrote them, and nothing is written over them', async () => {
    const { store, keys, entries } = await three();
    const { where: _, ...record } = entries[2]!;
    const later = { ...record, v: 2, something: 'new' };
    await put(store, [keys[2]!, later]);
    await store.change([], () => ({ remove: ['seq/7/'], result: undefined }));
    const outbox = open(store);
    await outbox.add({ session: '1', operation: message('d') });
    await outbox.update(() => null);
    expect(outbox.quarantined.get()).toEqual([]);
    expect((await read(store, 'op/')).map((i) => i.value)).toEqual([later]);
  });

  it('of another user are never taken for this one’s', async () => {
    const { store, keys, entries } = await three();
    const { where: _, ...record } = entries[0]!;
    await put(store, [keys[0]!, { ...record, user: '77' }], [keys[0]!.replace('/7/', '/77/'), { ...record, user: '77' }]);
    const outbox = open(store);
    await outbox.refresh();
    expect(texts(outbox)).toEqual(['b', 'c']);
    const other = open(store, '77');
    await other.refresh();
    expect(texts(other)).toEqual(['a']);
  });

  it('do not keep the sound ones from the service', async () => {
    const user = newUser();
    const store = new MemoryStore();
    const outbox = open(store, user);
    const ref = crypto.randomUUID();
    await outbox.add({ session: ref, operation: operation({ type: 'create_session', key: ref, title: 'damaged' }) });
    for (const text of ['a', 'b', 'c'])
      await outbox.add({ session: ref, operation: operation({ type: 'save_message', session_client_id: ref, role: 'user', content: text }) });
    const keys = (await read(store, `op/${user}/`)).map((i) => i.key);
    await put(store, [keys[2]!, 'garbage']);
    const { persistence } = await startDevice(user, { store });
    await settled(persistence);
    expect(persistence.status.get()).toMatchObject({ state: 'error', damaged: 1, waiting: 0 });
    const { items } = await ask<{ items: { id: number }[] }>(user, '/v1/sessions');
    const { messages } = await ask<{ messages: { content: string }[] }>(user, `/v1/sessions/${items[0]!.id}`);
    expect(messages.map((m) => m.content)).toEqual(['a', 'c']);
  });
});

describe('a browser that dies', () => {
  /** A store that works n times and then no more, as seen from a process that is killed: before or after a write. */
  class Dying implements Store {
    readonly kind = 'memory';
    calls = 0;
    constructor(
      private readonly inner: Store,
      private readonly after: number,
      private readonly writesLast: boolean,
    ) {}

    async change<T>(prefixes: readonly string[], decide: (items: readonly Item[]) => Writes & { result: T }): Promise<T> {
      this.calls++;
      if (this.calls > this.after + (this.writesLast ? 1 : 0)) return new Promise(() => undefined);
      const result = await this.inner.change(prefixes, decide);
      if (this.calls > this.after) return new Promise(() => undefined);
      return result;
    }

    close(): void {}
  }

  it('at any moment loses nothing that was said to be kept, and does nothing twice', async () => {
    const live = async (user: string, store: Store, network: Network, kept: string[]): Promise<void> => {
      const { persistence, open } = await startDevice(user, { store, network });
      const ref = await persistence.sessions.create({ title: 'dying' });
      kept.push(ref);
      const session = open(ref);
      const { ref: component, key } = await session.addComponent({ name: 'C', jsx_code: 'c' });
      kept.push(key);
      const image = new File(['image'], 'a.png', { type: 'image/png' });
      kept.push((await session.addMessage({ type: 'prompt', text: 'hello', image })).key);
      kept.push((await session.updateComponent(component, { jsx_code: 'd' })).key);
      await settled(persistence);
    };
    // How many steps there are when nobody dies.
    const whole = new Dying(new MemoryStore(), Infinity, false);
    await live(newUser(), whole, new Network(), []);
    expect(whole.calls).toBeGreaterThan(15);

    const die = async (after: number, writesLast: boolean): Promise<void> => {
      const user = newUser();
      const disk = new MemoryStore();
      const kept: string[] = [];
      const dying = new Dying(disk, after, writesLast);
      const network = new Network();
      const life = live(user, dying, network, kept).catch(() => undefined);
      await Promise.race([life, eventually(() => expect(dying.calls).toBeGreaterThan(after))]);
      network.fate = () => () => new Promise<Response>(() => undefined);

      const { persistence } = await startDevice(user, { store: disk });
      await settled(persistence);
      expect(persistence.status.get()).toMatchObject({ rejected: 0, conflicts: 0, damaged: 0 });
      const { items } = await ask<{ items: { id: number; revision: number }[] }>(user, '/v1/sessions');
      expect(items.length).toBeLessThanOrEqual(1);
      for (const key of kept) await ask(user, `/v1/operations/${key}`);
      if (!items[0]) return expect(kept).toEqual([]);
      const { session, messages, components } = await ask<{
        session: { revision: number };
        messages: { attachments: object[] }[];
        components: { version: number }[];
      }>(user, `/v1/sessions/${items[0].id}`);
      // What is there was wished for once each: no revision more than there are things.
      expect(session.revision).toBe(1 + messages.length + components.reduce((sum, c) => sum + c.version, 0));
      for (const m of messages) expect(m.attachments).toHaveLength(1);
      persistence.close();
    };
    for (let after = 0; after < whole.calls; after += 4)
      await Promise.all([0, 1, 2, 3].flatMap((i) => [die(after + i, false), die(after + i, true)]));
  });

  it('keeps the keys of what it tries again', async () => {
    const user = newUser();
    const { persistence, network, open } = await startDevice(user);
    let turn = 0;
    network.fate = (request) => (isBatch(request) && turn++ < 3 ? 'loses its answer' : 'passes');
    const session = open(await persistence.sessions.create({ title: 'keys' }));
    await session.addMessage({ type: 'prompt', text: 'x' });
    for (let i = 0; i < 4; i++) await persistence.flush();
    await settled(persistence);
    const keys = network.sent
      .filter((s) => s.path === '/v1/batch')
      .map((s) => (JSON.parse(s.body) as { operations: { key: string }[] }).operations.map((o) => o.key));
    expect(new Set(keys.flat()).size).toBe(2);
  });
});
