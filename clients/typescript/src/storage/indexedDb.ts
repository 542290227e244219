import { openDB, type IDBPDatabase } from 'idb';
import type { Item, Store, Writes } from './store.js';

const ITEMS = 'items';
const VERSION = 1;
/** Some browsers have been seen never to answer an open. */
const PATIENCE_MS = 4000;

/** Keeps records in IndexedDB. A change is on the disk, not merely handed over, when its promise resolves. */
export class IndexedDbStore implements Store {
  readonly kind = 'indexeddb';
  #opening: Promise<IDBPDatabase> | undefined;

  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  async change<T>(
    prefixes: readonly string[],
    decide: (items: readonly Item[]) => Writes & { result: T },
  ): Promise<T> {
    try {
      return await this.#transact(prefixes, decide);
    } catch (error) {
      // The connection went away: another tab upgraded, or the browser took it. Nothing was written on it.
      if (!(error instanceof DOMException) || error.name !== 'InvalidStateError') throw error;
      this.#opening = undefined;
      return await this.#transact(prefixes, decide);
    }
  }

  close(): void {
    void this.#opening?.then((db) => db.close()).catch(() => undefined /* it never opened */);
    this.#opening = undefined;
  }

  async #transact<T>(
    prefixes: readonly string[],
    decide: (items: readonly Item[]) => Writes & { result: T },
  ): Promise<T> {
    const db = await this.#connect();
    const transaction = db.transaction(ITEMS, 'readwrite', { durability: 'strict' });
    const store = transaction.store;
    // A transaction that is aborted says so on each of its promises; one of them is listened to.
    const done = transaction.done;
    done.catch(() => undefined);
    try {
      const reads = prefixes.map((prefix) => {
        const range = IDBKeyRange.bound(prefix, prefix + '\uffff');
        return Promise.all([store.getAllKeys(range), store.getAll(range)]);
      });
      const found = (await Promise.all(reads)).flatMap(([keys, values]) => keys.map((key, i) => [String(key), values[i]] as const));
      const items = [...new Map(found)]
        .map(([key, value]): Item => ({ key, value, where: this.kind }))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
      const { put, remove, result } = decide(items);
      // One that fails ends the transaction, which says so.
      for (const [key, value] of put ?? []) store.put(value, key).catch(() => undefined);
      for (const key of remove ?? []) store.delete(key).catch(() => undefined);
      await done;
      return result;
    } catch (error) {
      try {
        transaction.abort();
      } catch {
        // It had ended by itself.
      }
      throw error;
    }
  }

  #connect(): Promise<IDBPDatabase> {
    if (this.#opening) return this.#opening;
    if (typeof indexedDB === 'undefined') return Promise.reject(new Error('This browser has no IndexedDB.'));
    const answer = this.#openVersion(VERSION).catch((error: unknown) => {
      // A later release has been here: it only adds, so what this one knows is still there.
      if (error instanceof DOMException && error.name === 'VersionError') return this.#openVersion(undefined);
      throw error;
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('IndexedDB does not answer.')), PATIENCE_MS);
    });
    // Until the browser answers, nobody waits for it a second time: each change would take as long.
    const opening = Promise.race([answer, late]);
    this.#opening = opening;
    answer
      .then((db) => {
        if (this.#opening === opening) this.#opening = answer;
        // One that opens after all must not stand in the way of an upgrade.
        else db.close();
      })
      .catch(() => {
        if (this.#opening === opening) this.#opening = undefined;
      })
      .finally(() => clearTimeout(timer));
    return opening;
  }

  #openVersion(version: number | undefined): Promise<IDBPDatabase> {
    return openDB(this.#name, version, {
      upgrade: (db) => {
        if (!db.objectStoreNames.contains(ITEMS)) db.createObjectStore(ITEMS);
      },
      // Another tab wants to upgrade: it shall not wait for us.
      blocking: () => this.close(),
      terminated: () => {
        this.#opening = undefined;
      },
    });
  }
}
