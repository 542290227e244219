import type { Connection } from './connection.js';
import { backoff } from './reactive.js';
import type { StreamChangesEvent } from './schema.js';

/** Asked about all the same so often: a connection that is dead and does not know it says nothing. */
const ASKING_MS = 30_000;
/** A stream that stayed open for so long was a good one: the next attempt is the first again. */
const SETTLED_MS = 5_000;

/**
 * Hears of every mutation of a session as it happens, over a WebSocket: it alone does not use up the few connections that a
 * browser has for a host. It only says that there is something new; what it is, is asked for. Where no WebSocket gets
 * through, asking every few seconds takes its place.
 */
export class Live {
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #isStopped = false;
  #isOpening = false;
  #asking: ReturnType<typeof setInterval> | undefined;

  readonly #connection: Connection;
  readonly #sessionId: number;
  readonly #revision: () => number;
  readonly #onNews: () => void;

  constructor(
    connection: Connection,
    sessionId: number,
    /** Where to go on from. */
    revision: () => number,
    /** Something happened, or may have while nobody listened. */
    onNews: () => void,
  ) {
    this.#connection = connection;
    this.#sessionId = sessionId;
    this.#revision = revision;
    this.#onNews = onNews;
  }

  start(): void {
    this.#asking ??= setInterval(this.#onNews, ASKING_MS);
    if (typeof WebSocket === 'undefined') return this.#later();
    // A token may take a while, and whoever asks meanwhile shall not open a second socket.
    if (this.#isOpening) return;
    this.#isOpening = true;
    void this.#open()
      .catch(() => this.#later() /* no token for the moment */)
      .finally(() => {
        this.#isOpening = false;
      });
  }

  /** At once, for instance when the network is back. */
  restart(): void {
    if (this.#isStopped || this.#socket) return;
    clearTimeout(this.#timer);
    this.#attempt = 0;
    this.start();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearInterval(this.#asking);
    this.#socket?.close();
  }

  async #open(): Promise<void> {
    if (this.#connection.isSimulatedOffline) return this.#later();
    const token = await this.#connection.token();
    if (token === null || this.#isStopped) return;
    const url = new URL(`${this.#connection.baseUrl}/v1/sessions/${this.#sessionId}/events`, globalThis.location?.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.searchParams.set('since', String(this.#revision()));
    const socket = new WebSocket(url, ['bearer', token]);
    this.#socket = socket;
    let openedAt = Infinity;
    socket.onopen = () => {
      openedAt = performance.now();
    };
    socket.onmessage = (message: MessageEvent<string>) => {
      if (this.#connection.isSimulatedOffline) return socket.close();
      const event = JSON.parse(message.data) as StreamChangesEvent;
      if (event.revision > this.#revision()) this.#onNews();
    };
    socket.onclose = () => {
      this.#socket = undefined;
      if (performance.now() - openedAt > SETTLED_MS) this.#attempt = 0;
      this.#later();
    };
  }

  #later(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // Also says when the session has gone, which a socket that cannot be opened does not.
      this.#onNews();
      this.start();
    }, 1_000 + backoff(this.#attempt++));
  }
}
