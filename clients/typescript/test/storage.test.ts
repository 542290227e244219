import * as fc from 'fast-check';
import { openDB } from 'idb';
import { JSDOM } from 'jsdom';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { IndexedDbStore, LayeredStore, LocalStorageStore, MemoryStore, type Item, type StorageKind, type Store } from '../src/index.js';
import { read } from '../src/storage/store.js';

// A real one, with a quota of five million characters.
const { localStorage } = new JSDOM('', { url: 'https://editor.example' }).window;
let n = 0;
const newName = (): string => `store-${process.pid}-${n++}`;
const put = (store: Store, ...records: [string, unknown][]) => store.change([], () => ({ put: records, result: undefined }));
const remove = (store: Store, ...keys: string[]) => store.change([], () => ({ remove: keys, result: undefined }));
const plain = (items: readonly Item[]) => items.map(({ key, value }) => [key, value]);

const layered = (trouble: [StorageKind, unknown][] = []): LayeredStore => {
  const name = newName();
  return new LayeredStore(
    [new IndexedDbStore(name), new LocalStorageStore(name, localStorage), new MemoryStore()],
    (kind, error) => trouble.push([kind, error]),
  );
};

/** Makes IndexedDB refuse what the predicate says, as a full disk does. */
const fillIndexedDb = (isTooMuch: (key: string) => boolean = () => true) => {
  const real = IDBObjectStore.prototype.put;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
    if (isTooMuch(String(key))) throw new DOMException('The disk is full.', 'QuotaExceededError');
    return real.call(this, value, key);
  });
};

afterEach(() => {
  vi.restoreAllMocks();
  localStorage.clear();
});

const stores: [string, () => Store][] = [
  ['IndexedDB', () => new IndexedDbStore(newName())],
  ['localStorage', () => new LocalStorageStore(newName(), localStorage)],
  ['memory', () => new MemoryStore()],
  ['all three in layers', () => layered()],
];

describe.each(stores)('a store in %s', (_, make) => {
  it('gives the records of all prefixes asked for, each once and in order of their keys', async () => {
    const store = make();
    await put(store, ['b/2', 2], ['a/1', 1], ['c', 3], ['a/10', 10], ['a', 0], ['ab', 4]);
    expect(plain(await read(store, 'a/'))).toEqual([['a/1', 1], ['a/10', 10]]);
    expect(plain(await read(store, 'b/', 'a/'))).toEqual([['a/1', 1], ['a/10', 10], ['b/2', 2]]);
    expect(plain(await read(store, 'a', 'a/'))).toEqual([['a', 0], ['a/1', 1], ['a/10', 10], ['ab', 4]]);
    expect(await read(store)).toEqual([]);
  });

  it('writes all of a change or, when deciding fails, nothing of it', async () => {
    const store = make();
    await put(store, ['a', 1]);
    await expect(
      store.change(['a'], () => {
        throw new RangeError('undecided');
      }),
    ).rejects.toThrow(RangeError);
    await store.change(['a'], (items) => ({ put: [['b', items[0]!.value]], remove: ['a'], result: undefined }));
    expect(plain(await read(store, ''))).toEqual([['b', 1]]);
  });

  it('removes what one change both writes and removes', async () => {
    const store = make();
    await put(store, ['a', 1], ['b', 1]);
    await store.change([], () => ({ put: [['a', 2], ['c', 3]], remove: ['c', 'a'], result: undefined }));
    expect(plain(await read(store, ''))).toEqual([['b', 1]]);
  });

  it('lets no change come in between another one’s reading and writing', async () => {
    const store = make();
    await Promise.all(
      Array.from({ length: 50 }, () =>
        store.change(['count'], (items) => ({ put: [['count', Number(items[0]?.value ?? 0) + 1]], result: undefined })),
      ),
    );
    expect(plain(await read(store, 'count'))).toEqual([['count', 50]]);
  });

  it('keeps what it was given, not what becomes of it', async () => {
    const store = make();
    const value = { text: 'as it was' };
    await put(store, ['a', value]);
    value.text = 'changed';
    expect((await read(store, 'a'))[0]!.value).toEqual({ text: 'as it was' });
  });

  it('gives back any JSON and any bytes as they were', async () => {
    const store = make();
    const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    const marked = fc.record({ $bytes: fc.string(), text: fc.constantFrom('\0', '\0b', '\0\0b', '$bytes', '') });
    await fc.assert(
      fc.asyncProperty(fc.oneof(json, marked), fc.uint8Array({ maxLength: 600 }), async (value, bytes) => {
        await put(store, ['x', { value, bytes, nested: [{ bytes }] }]);
        expect((await read(store, 'x'))[0]!.value).toEqual({ value, bytes, nested: [{ bytes }] });
      }),
      { numRuns: 60 },
    );
  });
});

describe('IndexedDB', () => {
  it('opens a database that a later release has made', async () => {
    const name = newName();
    const later = await openDB(name, 7, {
      upgrade: (db) => {
        db.createObjectStore('items');
        db.createObjectStore('something new');
      },
    });
    await later.put('items', 'from the future', 'a');
    later.close();
    const store = new IndexedDbStore(name);
    expect(plain(await read(store, 'a'))).toEqual([['a', 'from the future']]);
    await put(store, ['b', 1]);
    expect(plain(await read(store, 'b'))).toEqual([['b', 1]]);
    store.close();
  });

  it('steps aside for a later release that opens while it is open, and goes on afterwards', async () => {
    const name = newName();
    const store = new IndexedDbStore(name);
    await put(store, ['a', 1]);
    const later = await openDB(name, 2, { upgrade: (db) => void db.createObjectStore('something new') });
    later.close();
    await put(store, ['b', 2]);
    expect(plain(await read(store, ''))).toEqual([['a', 1], ['b', 2]]);
    store.close();
  });

  it('keeps nothing of a change whose last record the disk has no room for', async () => {
    const store = new IndexedDbStore(newName());
    await put(store, ['a', 1]);
    fillIndexedDb((key) => key === 'c');
    await expect(
      store.change(['a'], () => ({ put: [['b', 1], ['c', 1]], remove: ['a'], result: undefined })),
    ).rejects.toMatchObject({ name: 'QuotaExceededError' });
    expect(plain(await read(store, ''))).toEqual([['a', 1]]);
  });
});

describe('localStorage', () => {
  it('rolls back when the quota strikes half-way', async () => {
    const store = new LocalStorageStore(newName(), localStorage);
    await put(store, ['a', 'old'], ['gone', 'x'.repeat(1000)]);
    await expect(
      store.change([], () => ({
        put: [['a', 'new'], ['b', 'x'.repeat(3_000_000)], ['c', 'x'.repeat(3_000_000)]],
        remove: ['gone'],
        result: undefined,
      })),
    ).rejects.toMatchObject({ name: 'QuotaExceededError' });
    expect(plain(await read(store, ''))).toEqual([['a', 'old'], ['gone', 'x'.repeat(1000)]]);
  });

  it('gives a damaged record as the text that lies there', async () => {
    const name = newName();
    const store = new LocalStorageStore(name, localStorage);
    await put(store, ['a', { v: 1 }]);
    localStorage.setItem(`${name}/a`, '{"v": 1');
    expect(plain(await read(store, 'a'))).toEqual([['a', '{"v": 1']]);
  });

  it('touches nothing that is not its own', async () => {
    localStorage.setItem('of the app', '1');
    const store = new LocalStorageStore(newName(), localStorage);
    await put(store, ['a', 1]);
    await store.change([''], (items) => ({ remove: items.map((i) => i.key), result: undefined }));
    expect(localStorage.getItem('of the app')).toBe('1');
    expect(localStorage).toHaveLength(1);
  });
});

describe('stores in layers', () => {
  it('keep in the next what the first has no room for, and say so', async () => {
    const trouble: [StorageKind, unknown][] = [];
    const store = layered(trouble);
    fillIndexedDb();
    await put(store, ['a', 1]);
    expect(await read(store, 'a')).toEqual([{ key: 'a', value: 1, where: 'localstorage' }]);
    await put(store, ['b', 'x'.repeat(6_000_000)]);
    expect((await read(store, 'b')).map((i) => i.where)).toEqual(['memory']);
    expect(trouble.map(([kind]) => kind)).toEqual(['indexeddb', 'indexeddb', 'localstorage']);
  });

  it.each([['read', ['a']], ['not read', []]])(
    'give what was written last when the first can write again, of a record that was %s with the change',
    async (_, prefixes) => {
      const store = layered();
      await put(store, ['a', 'first']);
      fillIndexedDb();
      await store.change(prefixes, () => ({ put: [['a', 'second']], result: undefined }));
      expect(plain(await read(store, 'a'))).toEqual([['a', 'second']]);
      vi.restoreAllMocks();
      await store.change(prefixes, () => ({ put: [['a', 'third']], result: undefined }));
      expect(await read(store, 'a')).toEqual([{ key: 'a', value: 'third', where: 'indexeddb' }]);
      fillIndexedDb();
      await store.change(prefixes, () => ({ put: [['a', 'fourth']], result: undefined }));
      vi.restoreAllMocks();
      await store.change(prefixes, () => ({ remove: ['a'], result: undefined }));
      expect(await read(store, 'a')).toEqual([]);
    },
  );

  it('remove at once from wherever it lies what they have not read', async () => {
    const store = layered();
    fillIndexedDb();
    await put(store, ['a', 1]);
    vi.restoreAllMocks();
    await put(store, ['b', 2]);
    await remove(store, 'a', 'b');
    expect(await read(store, '')).toEqual([]);
  });

  it('go on where IndexedDB cannot even be opened', async () => {
    const trouble: [StorageKind, unknown][] = [];
    const store = layered(trouble);
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('The user agent says no.', 'SecurityError');
    });
    await put(store, ['a', 1]);
    expect(await read(store, 'a')).toEqual([{ key: 'a', value: 1, where: 'localstorage' }]);
    expect(trouble.length).toBeGreaterThan(0);
  });

  it('do not ask a silent IndexedDB again with every change', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const store = layered();
      let opens = 0;
      vi.spyOn(indexedDB, 'open').mockImplementation(() => {
        opens++;
        return Object.create(IDBOpenDBRequest.prototype, { addEventListener: { value: () => undefined } }) as IDBOpenDBRequest;
      });
      let isDone = false;
      const work = (async () => {
        for (let i = 0; i < 10; i++) await put(store, [`a/${i}`, i]);
        isDone = true;
      })();
      let seconds = 0;
      while (!isDone && seconds < 200) {
        await vi.advanceTimersByTimeAsync(1000);
        seconds++;
      }
      await work;
      expect(seconds).toBeLessThan(15);
      expect(opens).toBeLessThan(5);
    } finally {
      vi.useRealTimers();
    }
  });
});
