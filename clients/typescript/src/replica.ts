import { ApiError, type Connection } from './connection.js';
import { Runner, Value, type Readable } from './reactive.js';
import type { ChatMessage, Component, GetDigestResponse, Interaction, Kind, ListChangesResponse, LoadSessionResponse, Session } from './schema.js';
import { read, type Item, type Store, type Writes } from './storage/store.js';

/** A session as the service had it at a revision; newer rows may already be among them. */
export interface Copy {
  readonly session: Session;
  /** Up to here nothing is missing. */
  readonly revision: number;
  readonly messages: readonly ChatMessage[];
  readonly components: readonly Component[];
  readonly interactions: readonly Interaction[];
  /** Lead to what is older than the copy; null when it has all there is. */
  readonly olderMessages: string | null;
  readonly olderInteractions: string | null;
}

type Row = ChatMessage | Component | Interaction;
type Rows = { message: ChatMessage; component: Component; interaction: Interaction };
export type ItemKind = keyof Rows;
const KINDS: readonly ItemKind[] = ['message', 'component', 'interaction'];

interface Mark {
  readonly v: 1;
  readonly revision: number;
  readonly olderMessages: string | null;
  readonly olderInteractions: string | null;
}

const isRow = (value: unknown): boolean => {
  const row = value as Partial<Row> | null;
  return typeof row?.id === 'number' && typeof row.revision === 'number' && typeof row.client_id === 'string';
};

/** Where the parts of a copy lie in the store. */
export const places = (user: string, id: number) => ({
  mark: `mark/${user}/${id}`,
  head: `head/${user}/${id}`,
  rows: `row/${user}/${id}/`,
  row: (kind: Kind, item: number) => `row/${user}/${id}/${kind}/${String(item).padStart(16, '0')}`,
  /** The session's own is its head; all of its rows go with it. */
  of(kind: Kind, item: number): string {
    return kind === 'session' ? this.head : this.row(kind, item);
  },
});

/** How many messages and interactions the first load brings; older ones come when they are asked for. */
const FIRST = 200;
export const PAGE = 500;

/** The local copy of one session: shown at once, brought up to date by pages of changes, proved by a digest. */
export class Replica {
  readonly #value = new Value<Copy | null>(null);
  readonly #syncing = new Runner(() => this.#catchUp());
  readonly #places;
  readonly #path: string;
  #resyncedAt = -Infinity;
  #isGone = false;

  readonly #store: Store;
  readonly #connection: Connection;

  constructor(
    store: Store,
    connection: Connection,
    user: string,
    readonly id: number,
  ) {
    this.#store = store;
    this.#connection = connection;
    this.#places = places(user, id);
    this.#path = `/v1/sessions/${id}`;
  }

  get copy(): Readable<Copy | null> {
    return this.#value;
  }

  /** Whether the service no longer knows it: deleted here or elsewhere, or never this user's. */
  get gone(): boolean {
    return this.#isGone;
  }

  /** What this device has. A damaged copy counts as none: the service has the whole. */
  async load(): Promise<void> {
    const items = await read(this.#store, this.#places.mark, this.#places.head, this.#places.rows);
    const at = (key: string) => items.find((item) => item.key === key)?.value;
    const mark = at(this.#places.mark) as Mark | undefined;
    const session = at(this.#places.head) as Session | undefined;
    const parts = items.filter((i) => i.key === this.#places.head || i.key.startsWith(this.#places.rows));
    // The service may have been quicker.
    if (this.#value.get() || mark?.v !== 1 || !session || !parts.every((item) => isRow(item.value))) return;
    const rows = (kind: ItemKind) =>
      items.filter((i) => i.key.startsWith(`${this.#places.rows}${kind}/`)).map((i) => i.value as never);
    this.#value.set({
      session,
      ...mark,
      messages: rows('message'),
      components: rows('component'),
      interactions: rows('interaction'),
    });
  }

  /** Brings it to the service's state and proves it. Whoever asks meanwhile waits for a run that began after. */
  sync(): Promise<void> {
    return this.#syncing.run();
  }

  /** Takes in rows that are known to be durable, such as the results of a batch. */
  absorb(rows: readonly { kind: Kind; row: Row | Session }[], removed: readonly { kind: Kind; id: number }[]): void {
    const copy = this.#value.get();
    if (!copy) return;
    // An answer may come late: a row from before the copy's revision that it does not have has been deleted since.
    const isNews = ({ kind, row }: { kind: Kind; row: Row | Session }) =>
      kind === 'session' || row.revision > copy.revision || copy[`${kind}s`].some((there: Row) => there.id === row.id);
    this.#take(rows.filter(isNews), removed);
  }

  #take(rows: readonly { kind: Kind; row: Row | Session }[], removed: readonly { kind: Kind; id: number }[]): void {
    const copy = this.#value.get();
    if (!copy) return;
    const of = <K extends ItemKind>(kind: K) => rows.filter((r) => r.kind === kind).map((r) => r.row as Rows[K]);
    const head = rows.filter((r) => r.kind === 'session').map((r) => r.row as Session).at(-1);
    const without = (kind: ItemKind) => removed.filter((r) => r.kind === kind).map((r) => r.id);
    this.#value.set({
      ...copy,
      session: newer(copy.session, head),
      messages: mergeRows(copy.messages, of('message'), without('message')),
      components: mergeRows(copy.components, of('component'), without('component')),
      interactions: mergeRows(copy.interactions, of('interaction'), without('interaction')),
    });
  }

  /** Takes in what another tab wrote. */
  async absorbFrom(keys: readonly string[]): Promise<void> {
    const mine = keys.filter((key) => key.startsWith(this.#places.rows) || key === this.#places.head);
    if (mine.length === 0) return;
    const items = await read(this.#store, ...mine);
    const kindIn = (key: string): Kind =>
      key === this.#places.head ? 'session' : (key.slice(this.#places.rows.length).split('/')[0] as ItemKind);
    const found = items.map((item) => ({ kind: kindIn(item.key), row: item.value as Row | Session }));
    const removed = mine
      .filter((key) => key !== this.#places.head && !items.some((item) => item.key === key))
      .map((key) => ({ kind: kindIn(key), id: Number(key.split('/').at(-1)) }));
    this.absorb(found, removed);
  }

  /** Brings older messages and interactions; false when there are none. */
  async loadOlder(limit: number = FIRST): Promise<boolean> {
    const copy = this.#value.get();
    if (!copy || (copy.olderMessages === null && copy.olderInteractions === null)) return false;
    const page = async <T>(of: string, cursor: string | null): Promise<{ items: T[]; next_cursor: string | null }> =>
      cursor === null ? { items: [], next_cursor: null } : this.#connection.get(`${this.#path}/${of}`, { limit, cursor });
    const [messages, interactions] = await Promise.all([
      page<ChatMessage>('messages', copy.olderMessages),
      page<Interaction>('interactions', copy.olderInteractions),
    ]);
    const older = { olderMessages: messages.next_cursor, olderInteractions: interactions.next_cursor };
    const rows = rowsOf({ messages: messages.items, components: [], interactions: interactions.items });
    const now = this.#value.get();
    if (now?.olderMessages !== copy.olderMessages || now.olderInteractions !== copy.olderInteractions) return true;
    // A change that came meanwhile was left out because it is about what is older, and these rows may be from before it.
    if (now.revision !== copy.revision) return this.loadOlder(limit);
    this.#value.set({ ...now, ...older });
    this.#take(rows, []);
    await this.#store.change([this.#places.mark, ...this.#keysOf(rows)], (items) => {
      const mark = items.find((i) => i.key === this.#places.mark)?.value as Mark | undefined;
      // A tab that is ahead may have seen one of them deleted, and would not again.
      const put = mark?.revision === copy.revision ? [...newerOnly(items, this.#withKeys(rows)), [this.#places.mark, { ...mark, ...older }] as const] : [];
      return { put, result: undefined };
    });
    return true;
  }

  async #catchUp(): Promise<void> {
    try {
      if (!this.#value.get()) await this.#loadWhole();
      for (;;) {
        const since = this.#value.get()!.revision;
        const page: ListChangesResponse = await this.#connection.get(`${this.#path}/changes`, { since, limit: PAGE });
        await this.#apply(since, page);
        if (!page.has_more) break;
      }
      await this.#prove();
      this.#isGone = false;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'resync_required') return await this.#loadWhole();
      // By its code: a proxy that leads nowhere answers 404 as well.
      if (error instanceof ApiError && error.code === 'not_found') return await this.#forget();
      throw error;
    }
  }

  /** The whole anew, in place of what was there. */
  async #loadWhole(): Promise<void> {
    const data: LoadSessionResponse = await this.#connection.get(this.#path, { limit: FIRST });
    const copy: Copy = {
      session: data.session,
      revision: data.session.revision,
      messages: data.messages,
      components: data.components,
      interactions: data.interactions,
      olderMessages: data.older_messages_cursor ?? null,
      olderInteractions: data.older_interactions_cursor ?? null,
    };
    this.#value.set(copy);
    const rows = rowsOf(copy);
    await this.#store.change([this.#places.rows], (items) => {
      const keys = new Set(this.#keysOf(rows));
      return {
        put: [...this.#withKeys(rows), [this.#places.head, copy.session], [this.#places.mark, markOf(copy)]],
        remove: items.map((item) => item.key).filter((key) => !keys.has(key)),
        result: undefined,
      };
    });
  }

  async #apply(since: number, page: ListChangesResponse): Promise<void> {
    const copy = this.#value.get();
    if (!copy || copy.revision !== since) return;
    const all = rowsOf(page);
    const rows = all.filter(({ kind, row }) => isWithin(copy, kind, row));
    const removed = page.deleted.map(({ kind, id }) => ({ kind, id }));
    this.#value.set({ ...copy, revision: page.revision });
    this.#take([...rows, { kind: 'session', row: page.session }], removed);
    if (page.revision === since) return;
    await this.#store.change([this.#places.mark, this.#places.head, ...this.#keysOf(all)], (items): Writes & { result: void } => {
      const mark = items.find((i) => i.key === this.#places.mark)?.value as Mark | undefined;
      // Another tab may be ahead of this one, or have begun anew: its copy is as good.
      if (mark?.revision !== since) return { result: undefined };
      // It may also have loaded what is older than all that this one shows.
      const there = this.#withKeys(all).filter(([key]) => items.some((item) => item.key === key));
      return {
        put: [
          ...newerOnly(items, [...this.#withKeys(rows), ...there, [this.#places.head, page.session]]),
          [this.#places.mark, { ...mark, revision: page.revision }],
        ],
        remove: removed.map(({ kind, id }) => this.#places.row(kind, id)),
        result: undefined,
      };
    });
  }

  /** Compares digests. What differs is loaded anew, though not over and over. */
  async #prove(): Promise<void> {
    const copy = this.#value.get();
    if (!copy || copy.olderMessages !== null || copy.olderInteractions !== null || !crypto.subtle) return;
    const data: GetDigestResponse = await this.#connection.get(`${this.#path}/digest`);
    const now = this.#value.get();
    // It speaks of another revision than the copy when somebody was faster; they will be heard of.
    if (!now || data.revision !== now.revision || now.session.revision !== now.revision) return;
    if (data.sha256 === (await digestOf(now))) return;
    if (performance.now() - this.#resyncedAt < 60_000) return;
    this.#resyncedAt = performance.now();
    await this.#loadWhole();
  }

  async #forget(): Promise<void> {
    this.#isGone = true;
    this.#value.set(null);
    await this.#store.change([this.#places.rows], (items) => ({
      remove: [...items.map((item) => item.key), this.#places.head, this.#places.mark],
      result: undefined,
    }));
  }

  #keysOf(rows: readonly { kind: Kind; row: Row }[]): string[] {
    return this.#withKeys(rows).map(([key]) => key);
  }

  #withKeys(rows: readonly { kind: Kind; row: Row }[]): (readonly [string, Row | Session])[] {
    return rows.map(({ kind, row }) => [this.#places.row(kind, row.id), row] as const);
  }
}

/** SHA-256 over the lines that the service hashes. */
export async function digestOf(copy: Copy): Promise<string> {
  const lines = [`session ${copy.session.id} ${copy.session.revision}\n`];
  for (const { kind, row } of rowsOf(copy)) lines.push(`${kind} ${row.id} ${row.revision}\n`);
  return sha256(new TextEncoder().encode(lines.join('')));
}

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What a batch has settled of one session. */
export interface Settled {
  readonly sessionId: number;
  readonly rows: readonly { kind: Kind; row: Row | Session }[];
  readonly removed: readonly { kind: Kind; id: number }[];
  /** Whether it made the session, not long ago. */
  readonly isNew: boolean;
}

/** The records that are to be read for `writesOf`. */
export function readsOf(user: string, { sessionId, rows, removed }: Settled): string[] {
  const at = places(user, sessionId);
  // A deleted session takes its copy with it.
  if (removed.some(({ kind }) => kind === 'session')) return [at.rows];
  return [at.mark, at.head, ...rows.map(({ kind, row }) => at.of(kind, row.id)), ...removed.map(({ kind, id }) => at.of(kind, id))];
}

/** What becomes of the records of a copy. */
export function writesOf(user: string, items: readonly Item[], { sessionId, rows, removed, isNew }: Settled): Required<Writes> {
  const at = places(user, sessionId);
  if (removed.some(({ kind }) => kind === 'session'))
    return { put: [], remove: [at.mark, at.head, ...items.filter((i) => i.key.startsWith(at.rows)).map((i) => i.key)] };
  const mark = items.find((item) => item.key === at.mark)?.value as Mark | undefined;
  // As in `absorb`: what the copy would have, had it not been deleted since.
  const isNews = ([key, row]: readonly [string, Row | Session]) =>
    !mark || row.revision > mark.revision || items.some((item) => item.key === key);
  const put = newerOnly(items, rows.map(({ kind, row }) => [at.of(kind, row.id), row] as const)).filter(isNews);
  const remove = removed.map(({ kind, id }) => at.of(kind, id));
  // Of a session that has just been made this device has everything from the first revision on: it can be shown offline.
  const first: Mark = { v: 1, revision: 0, olderMessages: null, olderInteractions: null };
  return { put: isNew && !mark ? [...put, [at.mark, first]] : put, remove };
}

/** Of records to write, those that are not older than what lies there. */
function newerOnly(
  items: readonly Item[],
  puts: readonly (readonly [string, Row | Session])[],
): (readonly [string, Row | Session])[] {
  const there = new Map(items.map((item) => [item.key, (item.value as { revision?: number } | undefined)?.revision ?? 0]));
  return puts.filter(([key, row]) => row.revision >= (there.get(key) ?? 0));
}

/** Beyond the oldest row that was loaded, nothing is known, and a single row would pretend otherwise. */
function isWithin(copy: Copy, kind: ItemKind, row: Row): boolean {
  const [rows, older] =
    kind === 'message'
      ? [copy.messages, copy.olderMessages]
      : kind === 'interaction'
        ? [copy.interactions, copy.olderInteractions]
        : [[], null];
  return older === null || row.id >= (rows[0]?.id ?? 0);
}

function mergeRows<T extends Row>(rows: readonly T[], changed: readonly T[], removed: readonly number[]): readonly T[] {
  if (changed.length === 0 && removed.length === 0) return rows;
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const row of changed) byId.set(row.id, newer(row, byId.get(row.id)));
  for (const id of removed) byId.delete(id);
  return [...byId.values()].sort((a, b) => a.id - b.id);
}

const newer = <T extends { revision: number }>(one: T, other: T | undefined): T =>
  other && other.revision > one.revision ? other : one;

const rowsOf = (of: Pick<Copy, 'messages' | 'components' | 'interactions'>) =>
  KINDS.flatMap((kind) => of[`${kind}s`].map((row: Row) => ({ kind, row })));

const markOf = ({ revision, olderMessages, olderInteractions }: Copy): Mark => ({
  v: 1,
  revision,
  olderMessages,
  olderInteractions,
});
