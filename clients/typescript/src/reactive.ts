/** A value that can be looked at and followed. */
export interface Readable<T> {
  get(): T;
  /** Calls back after each change; returns what ends that. */
  subscribe(listener: () => void): () => void;
}

/** The same from its owner's side. A listener that throws keeps no other from hearing. */
export class Value<T> implements Readable<T> {
  readonly #listeners = new Set<() => void>();

  #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  get = (): T => this.#value;

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners])
      try {
        listener();
      } catch (error) {
        (globalThis.reportError ?? console.error)(error);
      }
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

/**
 * Runs one thing at a time, again when it was asked for meanwhile. All who ask while it runs wait for the same next run,
 * which began after they asked.
 */
export class Runner {
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  readonly #work: () => Promise<void>;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  run(): Promise<void> {
    // First, for between the end of one run and the beginning of the next nothing runs.
    if (this.#next) return this.#next;
    if (!this.#running) return (this.#running = this.#once());
    return (this.#next = this.#running
      .catch(() => undefined /* told to whom it belongs */)
      .then(() => {
        this.#next = undefined;
        return (this.#running = this.#once());
      }));
  }

  #once(): Promise<void> {
    const run = this.#work().finally(() => {
      if (this.#running === run) this.#running = undefined;
    });
    return run;
  }
}

/** Exponential backoff with full jitter; what the service asked for is the floor. */
export function backoff(attempt: number, floor = 0, random: () => number = Math.random): number {
  const ceiling = Math.min(10_000, 500 * 2 ** Math.min(attempt, 16));
  return Math.max(floor, random() * ceiling);
}
