import type { Item, Store, Writes } from './store.js';

/**
 * Keeps records in localStorage, as a backup where IndexedDB cannot: the browser writes it to the disk when it likes, and
 * it holds about five million characters.
 */
export class LocalStorageStore implements Store {
  readonly kind = 'localstorage';

  readonly #name: string;
  readonly #storage: Storage;

  constructor(
    name: string,
    storage: Storage,
  ) {
    this.#name = name;
    this.#storage = storage;
  }

  change<T>(prefixes: readonly string[], decide: (items: readonly Item[]) => Writes & { result: T }): Promise<T> {
    const run = () => this.#apply(prefixes, decide);
    const locks = globalThis.navigator?.locks;
    return locks
      ? (locks.request(`${this.#name}:localstorage`, run) as Promise<T>)
      : Promise.resolve().then(run);
  }

  close(): void {}

  #apply<T>(prefixes: readonly string[], decide: (items: readonly Item[]) => Writes & { result: T }): T {
    const { put = [], remove = [], result } = decide(this.#items(prefixes));
    const before = [...put.map(([key]) => key), ...remove].map(
      (key) => [this.#nameOf(key), this.#storage.getItem(this.#nameOf(key))] as const,
    );
    try {
      for (const key of remove) this.#storage.removeItem(this.#nameOf(key));
      for (const [key, value] of put) if (!remove.includes(key)) this.#storage.setItem(this.#nameOf(key), encode(value));
    } catch (error) {
      // All or nothing: what was there needs no more room than it had.
      for (const [name] of before) this.#storage.removeItem(name);
      for (const [name, value] of before) if (value !== null) this.#storage.setItem(name, value);
      throw error;
    }
    return result;
  }

  #items(prefixes: readonly string[]): Item[] {
    const keys: string[] = [];
    for (let i = 0; i < this.#storage.length; i++) {
      const name = this.#storage.key(i);
      if (name?.startsWith(this.#nameOf(''))) keys.push(name.slice(this.#nameOf('').length));
    }
    return keys
      .filter((key) => prefixes.some((prefix) => key.startsWith(prefix)))
      .sort()
      .map((key) => ({ key, value: decode(this.#storage.getItem(this.#nameOf(key)) ?? ''), where: this.kind }));
  }

  #nameOf(key: string): string {
    return `${this.#name}/${key}`;
  }
}

/** JSON has no bytes: they become text that begins with a sign, and text that begins with it gets another one. */
const SIGN = '\0';
const BYTES = SIGN + 'b';

function encode(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Uint8Array) return BYTES + Array.from(part, (b) => String.fromCharCode(b)).join('');
    return typeof part === 'string' && part.startsWith(SIGN) ? SIGN + part : part;
  });
}

/** Text that is not what was written is given as it is: whoever asked knows what to do with a damaged record. */
function decode(text: string): unknown {
  try {
    return JSON.parse(text, (_, part: unknown) => {
      if (typeof part !== 'string' || !part.startsWith(SIGN)) return part;
      return part.startsWith(BYTES) ? Uint8Array.from(part.slice(BYTES.length), (c) => c.charCodeAt(0)) : part.slice(1);
    });
  } catch {
    return text;
  }
}
