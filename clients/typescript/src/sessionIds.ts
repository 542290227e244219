import type { SessionRef } from './operations.js';
import { read, type Store } from './storage/store.js';

/** Which id the service gave to a session that was made on this device. */
export class SessionIds {
  readonly #ids = new Map<SessionRef, number>();
  readonly #refs = new Map<number, SessionRef>();
  readonly #prefix: string;

  readonly #store: Store;

  constructor(
    store: Store,
    user: string,
  ) {
    this.#store = store;
    this.#prefix = `made/${user}/`;
  }

  async load(): Promise<void> {
    for (const { key, value } of await read(this.#store, this.#prefix))
      if (typeof value === 'number') this.#remember(key.slice(this.#prefix.length), value);
  }

  /** Undefined as long as the session is known to this device alone. */
  idOf(ref: SessionRef): number | undefined {
    return this.#ids.get(ref) ?? (/^[1-9]\d*$/.test(ref) ? Number(ref) : undefined);
  }

  /** The name by which this device knows a session. */
  refOf(id: number): SessionRef {
    return this.#refs.get(id) ?? String(id);
  }

  async learn(ref: SessionRef, id: number): Promise<void> {
    if (this.#ids.get(ref) === id) return;
    this.#remember(ref, id);
    await this.#store.change([], () => ({ put: [[this.#prefix + ref, id]], result: undefined }));
  }

  #remember(ref: SessionRef, id: number): void {
    this.#ids.set(ref, id);
    this.#refs.set(id, ref);
  }
}
