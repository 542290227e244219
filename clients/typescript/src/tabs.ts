/** What tabs of one browser tell each other. It carries nothing: what happened stands in the store they share. */
export type News = { readonly about: 'outbox' } | { readonly about: 'rows'; readonly keys: readonly string[] } | { readonly about: 'erased' };

/** The other tabs of the same user. Everything works without them, only later. */
export class Tabs {
  readonly #channel: BroadcastChannel | undefined;
  readonly #listeners = new Set<(news: News) => void>();

  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
    if (typeof BroadcastChannel === 'undefined') return;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = (event: MessageEvent<News>) => {
      for (const listener of this.#listeners) listener(event.data);
    };
  }

  tell(news: News): void {
    this.#channel?.postMessage(news);
  }

  hear(listener: (news: News) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Runs while no other tab runs the same. Without Web Locks it simply runs: keys make that harmless. */
  async alone(what: string, work: () => Promise<void>): Promise<void> {
    const locks = globalThis.navigator?.locks;
    if (locks) await locks.request(`${this.#name}:${what}`, work);
    else await work();
  }

  close(): void {
    this.#channel?.close();
  }
}
