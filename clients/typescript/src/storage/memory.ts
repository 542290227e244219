import type { Item, Store, Writes } from './store.js';

/** Keeps records as long as the page lives: the last resort, and said to be one. */
export class MemoryStore implements Store {
  readonly kind = 'memory';
  readonly #records = new Map<string, unknown>();

  change<T>(prefixes: readonly string[], decide: (items: readonly Item[]) => Writes & { result: T }): Promise<T> {
    return Promise.resolve().then(() => {
      const items = [...this.#records]
        .filter(([key]) => prefixes.some((prefix) => key.startsWith(prefix)))
        .map(([key, value]): Item => ({ key, value, where: this.kind }))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
      const { put = [], remove = [], result } = decide(items);
      for (const [key, value] of structuredClone(put)) this.#records.set(key, value);
      for (const key of remove) this.#records.delete(key);
      return result;
    });
  }

  close(): void {}
}
