import { claimsOf, Connection, type ConnectionOptions } from './connection.js';
import { Flusher } from './flusher.js';
import type { Entry, SessionRef } from './operations.js';
import { Outbox } from './outbox.js';
import { Value, type Readable } from './reactive.js';
import type { Settled } from './replica.js';
import { OpenSession, type Parts } from './session.js';
import { SessionIds } from './sessionIds.js';
import { IndexedDbStore } from './storage/indexedDb.js';
import { LocalStorageStore } from './storage/localStorage.js';
import { MemoryStore } from './storage/memory.js';
import { EndableStore, LayeredStore, type StorageKind, type Store } from './storage/store.js';
import { Tabs, type News } from './tabs.js';

export interface PersistenceOptions extends ConnectionOptions {
  /** Whose work it is: the `sub` of the tokens. Needed only where the app may start without a token. */
  user?: string;
  /** What the records of this app are kept under, for two apps on one origin. */
  database?: string;
  /** Instead of IndexedDB with localStorage and memory behind it. */
  store?: Store;
}

/** How things stand, for people. Each is true of everything that this user has done on this device. */
export interface Status {
  /**
   * `saved`: the service has everything. `saving`: it is on its way. `offline`: it waits for the network. `error`: the
   * service refused something, or a record on this device cannot be read. `conflict`: somebody must choose. `signed-out`: it waits for
   * its user.
   */
  readonly state: 'saved' | 'saving' | 'offline' | 'error' | 'conflict' | 'signed-out';
  readonly waiting: number;
  readonly rejected: number;
  readonly conflicts: number;
  /** Records on this device that cannot be read; they are set aside, not lost. */
  readonly damaged: number;
  /** The least safe place where anything that waits is kept. */
  readonly storage: StorageKind;
  readonly savedAt: Date | null;
  readonly retryAt: Date | null;
  /** Why it is not saved, in words. */
  readonly reason: string | null;
}

/** From the safest to the least safe. */
const SAFETY: readonly StorageKind[] = ['indexeddb', 'localstorage', 'memory'];

/** Everything but the list of sessions, for apps that keep one of their own. `createPersistenceCore` makes it. */
export class PersistenceCore {
  readonly #state: Value<Status>;
  readonly #flusher: Flusher;
  readonly #opened = new Map<SessionRef, { session: OpenSession; users: number }>();
  readonly #ends: (() => void)[] = [];
  #hearing: Promise<void> = Promise.resolve();

  readonly #store: EndableStore;
  readonly #tabs: Tabs;
  /** @internal What sessions are made of. */
  readonly parts: Parts;

  /** @internal */
  constructor(
    readonly user: string,
    readonly connection: Connection,
    store: EndableStore,
    tabs: Tabs,
    readonly outbox: Outbox,
    ids: SessionIds,
    database: string | null,
  ) {
    this.#store = store;
    this.#tabs = tabs;
    this.#flusher = new Flusher(connection, outbox, ids, tabs, (settled) => this.onSettled(settled));
    const [flush, nudge, wake] = [() => this.flush(), () => this.#flusher.nudge(), () => this.wake()];
    this.parts = { store, database, connection, outbox, ids, flush, nudge, wake };
    this.#state = new Value(this.#look());
    this.#follow();
  }

  /** @internal Shows what a batch has settled. */
  protected onSettled(settled: readonly Settled[]): void {
    for (const { sessionId, rows, removed } of settled)
      for (const { session } of this.#opened.values())
        if (this.parts.ids.idOf(session.ref) === sessionId) session.absorb(rows, removed);
  }

  /** @internal Shows what another tab has settled. */
  protected async onRows(keys: readonly string[]): Promise<void> {
    for (const { session } of this.#opened.values()) await session.absorbFrom(keys);
  }

  get status(): Readable<Status> {
    return this.#state;
  }

  /**
   * Opens a session, at once with what this device has. Whoever opens the same one again shares it; each has to release
   * it, and the last one ends it.
   */
  open(name: SessionRef): { session: OpenSession; release(): void } {
    // By its id or by the key that made it, it is one.
    const id = this.parts.ids.idOf(name);
    const ref = id === undefined ? name : this.parts.ids.refOf(id);
    let shared = this.#opened.get(ref);
    if (!shared) {
      shared = { session: new OpenSession(ref, this.parts), users: 0 };
      this.#opened.set(ref, shared);
    }
    const mine = shared;
    mine.users++;
    let isReleased = false;
    const release = () => {
      if (isReleased) return;
      isReleased = true;
      if (--mine.users > 0) return;
      mine.session.close();
      if (this.#opened.get(ref) === mine) this.#opened.delete(ref);
    };
    return { session: mine.session, release };
  }

  /** Sends what waits, now. Ends when nothing more can be done for the moment; the status says how it went. */
  flush(): Promise<void> {
    return this.#flusher.flush();
  }

  /** Tries again what the service refused: all of it, or one. */
  async retry(key?: string): Promise<void> {
    await this.outbox.update((entry) => {
      if (entry.state !== 'rejected' || (key !== undefined && entry.key !== key)) return entry;
      const { problem: _, ...again } = entry;
      return { ...again, state: 'waiting' };
    });
    await this.flush();
  }

  /** Gives up something that was refused. It is returned, for whoever wants to keep it elsewhere. */
  async discard(key: string): Promise<Entry | undefined> {
    const entry = this.outbox.entries.get().find((e) => e.key === key && e.state !== 'waiting');
    if (entry) await this.outbox.update((e) => (e.key === key && e.state !== 'waiting' ? null : e));
    return entry;
  }

  /** Gives up the records that cannot be read. Export them first: `outbox.export()`. */
  discardDamaged(): Promise<void> {
    return this.outbox.forgetDamaged();
  }

  /** As if there were no network, until it is called again. For demonstrations and tests. */
  simulateOffline(isOffline: boolean): void {
    this.connection.simulateOffline(isOffline);
    this.wake();
  }

  get isSimulatedOffline(): boolean {
    return this.connection.isSimulatedOffline;
  }

  /** The network may be back, or the user: tries everything at once. */
  wake(): void {
    void this.flush();
    for (const { session } of this.#opened.values()) session.wake();
  }

  /** Ends everything and erases what this device keeps of the user, in all tabs. Ask first when something still waits. */
  async signOut(): Promise<void> {
    this.close();
    // First, so that none of them writes anything after it.
    this.#tabs.tell({ about: 'erased' });
    const kinds = ['op', 'bad', 'file', 'made', 'mark', 'head', 'row', 'draft', 'seq'];
    await this.#store.erase(kinds.map((kind) => `${kind}/${this.user}/`));
    this.#tabs.close();
    this.#store.close();
  }

  /** Ends everything and keeps what is there, for the next start. */
  close(): void {
    this.#flusher.stop();
    for (const { session } of this.#opened.values()) session.close();
    this.#opened.clear();
    for (const end of this.#ends) end();
  }

  #follow(): void {
    const show = () => this.#state.set(this.#look());
    this.#ends.push(
      this.outbox.entries.subscribe(show),
      this.outbox.quarantined.subscribe(show),
      this.#flusher.course.subscribe(show),
      this.#tabs.hear((news) => {
        // Before all that was heard earlier: none of it may be written any more.
        if (news.about === 'erased') {
          this.#store.end();
          return this.close();
        }
        // In their order: rows are there before the operations that made them go.
        this.#hearing = this.#hearing.then(() => this.#onNews(news)).catch(() => undefined /* the store; the next who reads says so */);
      }),
    );
    const target = globalThis.window;
    if (!target) return;
    const wake = () => this.wake();
    const onVisible = () => {
      if (target.document.visibilityState === 'visible') this.wake();
    };
    target.addEventListener('online', wake);
    target.document.addEventListener('visibilitychange', onVisible);
    this.#ends.push(() => {
      target.removeEventListener('online', wake);
      target.document.removeEventListener('visibilitychange', onVisible);
    });
  }

  async #onNews(news: News): Promise<void> {
    // Another tab may have been told the id of a session that was made here.
    if (this.outbox.entries.get().some((entry) => entry.operation.type === 'create_session')) await this.parts.ids.load();
    if (news.about === 'rows') {
      return this.onRows(news.keys);
    }
    await this.outbox.refresh();
    // The tab that wrote it may be gone before it has sent it.
    if (this.outbox.entries.get().some((entry) => entry.state === 'waiting')) void this.#flusher.nudge();
  }

  #look(): Status {
    const entries = this.outbox.entries.get();
    const count = (state: Entry['state']) => entries.filter((entry) => entry.state === state).length;
    const [waiting, rejected, conflicts] = [count('waiting'), count('rejected'), count('conflict')];
    const damaged = this.outbox.quarantined.get().length;
    const { trouble, retryAt, savedAt } = this.#flusher.course.get();
    const least = Math.max(0, ...entries.map((entry) => SAFETY.indexOf(entry.where)));
    const state =
      trouble?.status === 401
        ? 'signed-out'
        : conflicts
          ? 'conflict'
          : rejected || damaged
            ? 'error'
            : !waiting
              ? 'saved'
              : trouble
                ? 'offline'
                : 'saving';
    return {
      state,
      waiting,
      rejected,
      conflicts,
      damaged,
      storage: entries.length > 0 ? SAFETY[least]! : this.#store.kind,
      savedAt: savedAt === null ? null : new Date(savedAt),
      retryAt: retryAt === null ? null : new Date(retryAt),
      reason: entries.find((entry) => entry.state === 'rejected')?.problem?.detail ?? (waiting && trouble ? trouble.message : null),
    };
  }
}

/** Opens what this device keeps of the user and begins to send what waits. Works offline; throws when nobody is signed in. */
export const createPersistenceCore = (options: PersistenceOptions): Promise<PersistenceCore> => open(options, PersistenceCore);

/** @internal */
export async function open<T extends PersistenceCore>(
  options: PersistenceOptions,
  Kind: new (...parts: ConstructorParameters<typeof PersistenceCore>) => T,
): Promise<T> {
  const user = options.user ?? claimsOf((await options.getToken({ refresh: false })) ?? '').sub;
  if (user === undefined) throw new Error('Nobody is signed in: getToken gave no token, and no user was named.');
  const connection = new Connection(options, user);
  const name = options.database ?? 'ai-editor-persistence';
  const store = new EndableStore(options.store ?? openStore(name));
  const tabs = new Tabs(`${name}/${user}`);
  const outbox = new Outbox(store, user, tabs);
  const ids = new SessionIds(store, user);
  await ids.load();
  await outbox.refresh();
  // Asked for, not counted on: a browser short of room erases first what nobody asked to keep.
  void globalThis.navigator?.storage?.persist?.().catch(() => undefined);
  const persistence = new Kind(user, connection, store, tabs, outbox, ids, options.store ? null : name);
  void persistence.flush();
  return persistence;
}

function openStore(name: string): Store {
  const layers: Store[] = [new IndexedDbStore(name)];
  try {
    // Null in an embedded browser that has it switched off.
    const storage = globalThis.localStorage as Storage | null | undefined;
    if (storage) layers.push(new LocalStorageStore(name, storage));
  } catch {
    // Some browsers throw at the mere mention of it.
  }
  return new LayeredStore([...layers, new MemoryStore()], (kind, error) =>
    console.warn(`AiEditor.Persistence: ${kind} cannot be used:`, error),
  );
}
