import { read, type Store } from './storage/store.js';

/** Text that is not said yet, such as what stands in a prompt: kept on this device with every keystroke. */
export class Drafts {
  readonly #store: Store;
  readonly #user: string;
  readonly #database: string | null;
  readonly #latest = new Map<string, string>();

  /** @param database Under whose name localStorage lies below the store; null where it does not. */
  constructor(store: Store, user: string, database: string | null) {
    this.#store = store;
    this.#user = user;
    this.#database = database;
  }

  async get(name: string): Promise<string> {
    const key = this.#keyOf(name);
    const item = (await read(this.#store, key)).find((i) => i.key === key);
    return typeof item?.value === 'string' ? item.value : '';
  }

  async set(name: string, text: string): Promise<void> {
    const key = this.#keyOf(name);
    this.#latest.set(key, text);
    this.#early(key, text);
    await this.#store.change([], () => ({
      ...(text === '' ? { remove: [key] } : { put: [[key, text] as const] }),
      result: undefined,
    }));
    // What was written early has been taken away with it, and so has what was typed meanwhile.
    const latest = this.#latest.get(key)!;
    if (latest !== text) this.#early(key, latest);
  }

  #keyOf(name: string): string {
    return `draft/${this.#user}/${name}#`;
  }

  /** A page that is being left waits for no database. As a record of the layer below, it counts until the layer above has it. */
  #early(key: string, text: string): void {
    if (this.#database === null) return;
    try {
      globalThis.localStorage?.setItem(`${this.#database}/${key}`, JSON.stringify(text));
    } catch {
      // Full, or forbidden: then it is as safe as the database is quick.
    }
  }
}
