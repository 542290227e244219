/** Where something is kept on this device, from the safest to the least safe. */
export type StorageKind = 'indexeddb' | 'localstorage' | 'memory';

/** A record and the place it lies in. */
export interface Item {
  readonly key: string;
  readonly value: unknown;
  readonly where: StorageKind;
}

export interface Writes {
  /** What is written and removed in one change is removed. */
  put?: readonly (readonly [key: string, value: unknown])[];
  remove?: readonly string[];
}

/**
 * Records under string keys. One method does everything, so that each change is one transaction: it reads all records
 * whose keys begin with the prefixes, in order of their keys, and writes what `decide` makes of them. No other tab comes in
 * between, and what was written is kept once the promise has resolved. `decide` must not wait for anything.
 */
export interface Store {
  readonly kind: StorageKind;
  change<T>(prefixes: readonly string[], decide: (items: readonly Item[]) => Writes & { result: T }): Promise<T>;
  close(): void;
}

/** What `decide` threw, told apart from a store that cannot write. */
class Refused {
  constructor(readonly error: unknown) {}
}

/** Reads without changing anything. */
export const read = (store: Store, ...prefixes: string[]): Promise<readonly Item[]> =>
  store.change(prefixes, (items) => ({ result: items }));

/**
 * Several stores as one: what the first cannot take is kept by the next, and said to be there. A record that lies in two
 * of them counts as it lies in the less safe one, for only what could not be written above is written below.
 */
export class LayeredStore implements Store {
  readonly #layers: readonly Store[];
  readonly #onTrouble: (kind: StorageKind, error: unknown) => void;

  constructor(
    layers: readonly Store[],
    onTrouble: (kind: StorageKind, error: unknown) => void,
  ) {
    this.#layers = layers;
    this.#onTrouble = onTrouble;
  }

  get kind(): StorageKind {
    return this.#layers[0]?.kind ?? 'memory';
  }

  async change<T>(
    prefixes: readonly string[],
    decide: (items: readonly Item[]) => Writes & { result: T },
  ): Promise<T> {
    let trouble: unknown = new Error('There is nowhere to keep anything.');
    for (const layer of this.#layers) {
      try {
        const others = await this.#readOthers(layer, prefixes);
        let touched: string[] = [];
        const result = await layer.change(prefixes, (own) => {
          let writes;
          try {
            writes = decide(merge(this.#layers, [...own, ...others]));
          } catch (error) {
            throw new Refused(error);
          }
          touched = [...(writes.put ?? []).map(([key]) => key), ...(writes.remove ?? [])];
          return writes;
        });
        await this.#removeFromOthers(layer, touched);
        return result;
      } catch (error) {
        if (error instanceof Refused) throw error.error;
        this.#onTrouble(layer.kind, error);
        trouble = error;
      }
    }
    throw trouble;
  }

  close(): void {
    for (const layer of this.#layers) layer.close();
  }

  async #readOthers(layer: Store, prefixes: readonly string[]): Promise<Item[]> {
    const items: Item[] = [];
    for (const other of this.#layers)
      if (other !== layer)
        try {
          items.push(...(await read(other, ...prefixes)));
        } catch (error) {
          this.#onTrouble(other.kind, error);
        }
    return items;
  }

  /** Also what the change has not read: left in a less safe layer, it would count instead of what was written now. */
  async #removeFromOthers(layer: Store, remove: readonly string[]): Promise<void> {
    if (remove.length === 0) return;
    for (const other of this.#layers)
      if (other !== layer)
        try {
          await other.change([], () => ({ remove, result: undefined }));
        } catch (error) {
          // It stays there a while longer; operations are known by their keys, so it harms nothing.
          this.#onTrouble(other.kind, error);
        }
  }
}

/** A store that can be ended: an answer that comes after the user has signed out must not write down anything again. */
export class EndableStore implements Store {
  #isEnded = false;

  readonly #inner: Store;

  constructor(inner: Store) {
    this.#inner = inner;
  }

  get kind(): StorageKind {
    return this.#inner.kind;
  }

  change<T>(prefixes: readonly string[], decide: (items: readonly Item[]) => Writes & { result: T }): Promise<T> {
    return this.#inner.change(prefixes, (items) => {
      if (this.#isEnded) throw new Error('The user has signed out.');
      return decide(items);
    });
  }

  /** From now on nothing is read or written. */
  end(): void {
    this.#isEnded = true;
  }

  /** Removes what the prefixes name and ends, in one transaction. */
  erase(prefixes: readonly string[]): Promise<void> {
    return this.#inner.change(prefixes, (items) => {
      this.end();
      return { remove: items.map((item) => item.key), result: undefined };
    });
  }

  close(): void {
    this.#inner.close();
  }
}

function merge(layers: readonly Store[], items: readonly Item[]): Item[] {
  const rank = (item: Item) => layers.findIndex((layer) => layer.kind === item.where);
  const byKey = new Map<string, Item>();
  for (const item of items) {
    const before = byKey.get(item.key);
    if (!before || rank(before) < rank(item)) byKey.set(item.key, item);
  }
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}
