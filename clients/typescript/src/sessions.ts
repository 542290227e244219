import { ApiError, asError } from './connection.js';
import type { Operation, SessionRef } from './operations.js';
import { Value, type Readable } from './reactive.js';
import { places, type Settled } from './replica.js';
import { rebase, type Standing } from './rebase.js';
import type { ImportSessionResponse, PageOfSession, Receipt, Session } from './schema.js';
import type { Parts } from './session.js';
import { read } from './storage/store.js';

export interface ListedSession extends Session {
  readonly ref: SessionRef;
  readonly standing: Standing;
}

export interface SessionList {
  readonly items: readonly ListedSession[];
  readonly isLoading: boolean;
  readonly hasMore: boolean;
  /** Why the service could not be asked; what this device knows is shown meanwhile. */
  readonly error: Error | null;
}

export interface SessionQuery {
  /** In title or description, case-insensitive. */
  q?: string;
  trashed?: boolean;
}

export type ForeignFormat = 'chatgpt' | 'librechat' | 'open-webui' | 'bolt';

/** The user's sessions: the service's list, with what was made, renamed and deleted on this device on top. */
export class Sessions {
  readonly #value = new Value<SessionList>({ items: [], isLoading: false, hasMore: false, error: null });
  #rows: Session[] = [];
  #query: SessionQuery = {};

  /** Keys of imports whose outcome is not known. */
  readonly #imports = new WeakMap<Blob, string>();
  #cursor: string | null = null;
  #asked = 0;
  #absorbed = 0;

  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.outbox.entries.subscribe(() => this.#show());
  }

  get list(): Readable<SessionList> {
    return this.#value;
  }

  /** Shows what this device knows, then what the service says. Never throws: what stands in the way is in the list. */
  async refresh(query: SessionQuery = this.#query): Promise<void> {
    const isOther = query.q !== this.#query.q || query.trashed !== this.#query.trashed;
    this.#query = query;
    if (isOther || this.#rows.length === 0) {
      this.#rows = await this.#known();
      this.#show();
    }
    await this.#ask(null);
  }

  async loadMore(): Promise<void> {
    if (this.#cursor !== null) await this.#ask(this.#cursor);
  }

  /** Makes a session on this device at once. Its name leads to it from then on. */
  async create(session: { title: string; description?: string | null }): Promise<SessionRef> {
    const ref = crypto.randomUUID();
    await this.#parts.outbox.add({ session: ref, operation: { type: 'create_session', key: ref, ...session } });
    void this.#parts.nudge();
    return ref;
  }

  async rename(ref: SessionRef, title: string): Promise<void> {
    await this.#do(ref, { type: 'update_session', title }, true);
  }

  /** To the trash, where it stays for thirty days. */
  async remove(ref: SessionRef): Promise<void> {
    await this.#do(ref, { type: 'delete_session' });
  }

  /** Out of the trash. Needs the network. */
  async restore(ref: SessionRef): Promise<void> {
    const sessionId = this.#numbered(ref);
    await this.#parts.connection.fetch(`/v1/sessions/${sessionId}/restore`, { method: 'POST' });
    this.#parts.wake();
    await this.refresh();
  }

  /** For good, at once, with everything in it. Needs the network. */
  async erase(ref: SessionRef): Promise<void> {
    const sessionId = this.#numbered(ref);
    await this.#parts.connection.fetch(`/v1/sessions/${sessionId}?permanent=true`, { method: 'DELETE' });
    const { user } = this.#parts.outbox;
    const at = places(user, sessionId);
    await this.#parts.store.change([at.rows], (items) => ({
      remove: [...items.map((item) => item.key), at.head, at.mark],
      result: undefined,
    }));
    await this.refresh();
  }

  /** The whole session as an archive of lines, after sending what waits. Needs the network. */
  async export(ref: SessionRef): Promise<Blob> {
    await this.#parts.flush();
    const answer = await this.#parts.connection.fetch(`/v1/sessions/${this.#numbered(ref)}/export`);
    return answer.blob();
  }

  /** Makes sessions of an archive, or of what another tool exported. Needs the network. */
  async import(file: Blob, format?: ForeignFormat): Promise<{ refs: SessionRef[]; counts: ImportSessionResponse['counts'] }> {
    // The same file tried again, after an answer that was lost, is the same import.
    const key = this.#imports.get(file) ?? crypto.randomUUID();
    this.#imports.set(file, key);
    const answer = await this.#parts.connection.fetch(`/v1/sessions/import${format ? `?format=${format}` : ''}`, {
      method: 'POST',
      body: file,
      headers: {
        'Content-Type': format ? 'application/json' : 'application/x-ndjson',
        'Idempotency-Key': key,
      },
    });
    const made = (await answer.json()) as ImportSessionResponse;
    this.#imports.delete(file);
    await this.refresh();
    return { refs: made.sessions.map((session) => this.#parts.ids.refOf(session.id)), counts: made.counts };
  }

  /** The name of a session that was made on another device, known here by the key that made it. Needs the network. */
  async find(ref: SessionRef): Promise<SessionRef | null> {
    if (this.#parts.ids.idOf(ref) !== undefined || this.#isMadeHere(ref)) return ref;
    try {
      const receipt: Receipt = await this.#parts.connection.get(`/v1/operations/${encodeURIComponent(ref)}`);
      return this.#parts.ids.refOf(receipt.session_id);
    } catch (error) {
      if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return null;
      throw error;
    }
  }

  /** Takes in what a batch has settled, so that what was made is listed and what was deleted is not. */
  absorb(settled: readonly Settled[]): void {
    this.#absorbed++;
    for (const { sessionId, rows, removed } of settled) {
      const head = rows.filter((r) => r.kind === 'session').at(-1)?.row as Session | undefined;
      if (removed.some((r) => r.kind === 'session')) this.#rows = this.#rows.filter((row) => row.id !== sessionId);
      else if (head && this.#rows.some((row) => row.id === sessionId))
        this.#rows = this.#rows.map((row) => (row.id === sessionId && row.revision <= head.revision ? head : row));
      else if (head && !this.#query.trashed && this.#isAskedFor(head)) this.#rows = [head, ...this.#rows];
    }
    this.#show();
  }

  /** The same of what another tab has settled. */
  async absorbFrom(keys: readonly string[]): Promise<void> {
    const heads = keys.filter((key) => key.startsWith(`head/${this.#parts.outbox.user}/`));
    if (heads.length === 0) return;
    const items = await read(this.#parts.store, ...heads);
    this.absorb(
      heads.map((key) => {
        const sessionId = Number(key.split('/').at(-1));
        const row = items.find((item) => item.key === key)?.value as Session | undefined;
        const kind = 'session' as const;
        return { sessionId, rows: row ? [{ kind, row }] : [], removed: row ? [] : [{ kind, id: sessionId }], isNew: false };
      }),
    );
  }

  async #ask(cursor: string | null): Promise<void> {
    const turn = ++this.#asked;
    const absorbed = this.#absorbed;
    this.#value.set({ ...this.#value.get(), isLoading: true });
    try {
      const page: PageOfSession = await this.#parts.connection.get('/v1/sessions', {
        limit: 50,
        q: this.#query.q || undefined,
        trashed: this.#query.trashed || undefined,
        cursor: cursor ?? undefined,
      });
      if (turn !== this.#asked) return;
      // It may be from before what was settled meanwhile, and would take that off the list.
      if (cursor === null && absorbed !== this.#absorbed) return await this.#ask(null);
      const known = cursor === null ? [] : this.#rows;
      this.#rows = [...known, ...page.items.filter((item) => !known.some((row) => row.id === item.id))];
      this.#cursor = page.next_cursor;
      await this.#learn(page.items);
      this.#show({ isLoading: false, hasMore: this.#cursor !== null, error: null });
    } catch (error) {
      if (turn !== this.#asked) return;
      this.#show({ isLoading: false, error: asError(error) });
    }
  }

  /** A session made here whose answer was lost is known by its key, and its id is learnt from the list. */
  async #learn(rows: readonly Session[]): Promise<void> {
    for (const row of rows) if (this.#isMadeHere(row.client_id)) await this.#parts.ids.learn(row.client_id, row.id);
  }

  #isMadeHere(ref: SessionRef): boolean {
    return this.#parts.outbox.entries.get().some((e) => e.operation.type === 'create_session' && e.key === ref);
  }

  /** Sessions that have been open on this device, for when the service cannot be asked. */
  async #known(): Promise<Session[]> {
    if (this.#query.trashed) return [];
    const heads = await read(this.#parts.store, `head/${this.#parts.outbox.user}/`);
    return heads
      .map((head) => head.value as Session)
      .filter((row) => typeof row?.id === 'number' && typeof row.title === 'string')
      .filter((row) => this.#isAskedFor(row))
      .sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1));
  }

  #isAskedFor({ title, description }: Session): boolean {
    return `${title}\n${description ?? ''}`.toLowerCase().includes(this.#query.q?.toLowerCase() ?? '');
  }

  #show(more: Partial<SessionList> = {}): void {
    const entries = this.#parts.outbox.entries.get();
    const isDeleted = (ref: SessionRef) =>
      entries.some((e) => e.session === ref && e.operation.type === 'delete_session' && e.state === 'waiting');
    const listed = this.#rows.map((row) => {
      const ref = this.#parts.ids.refOf(row.id);
      const { session } = rebase({ ...NOTHING, session: row }, entries.filter((e) => e.session === ref && e.item === ''));
      return { ...row, ...session, ref, standing: session?.standing ?? 'saved' } as ListedSession;
    });
    const made = this.#query.trashed
      ? []
      : entries
          .filter((e) => e.operation.type === 'create_session' && !listed.some((row) => row.ref === e.session))
          .map((e) => ({ ...rebase(null, entries.filter((x) => x.session === e.session)).session!, ref: e.session }))
          .filter((row) => this.#isAskedFor(row))
          .reverse();
    const items = [...made, ...listed].filter((row) => this.#query.trashed || !isDeleted(row.ref));
    this.#value.set({ ...this.#value.get(), ...more, items });
  }

  async #do(ref: SessionRef, body: object, folds = false): Promise<void> {
    const id = this.#parts.ids.idOf(ref);
    const address = id === undefined ? { session_client_id: ref } : { session_id: id };
    const operation: object = { ...body, ...address };
    await this.#parts.outbox.add({ session: ref, operation: operation as Operation, folds });
    await this.#parts.nudge();
    await this.refresh();
  }

  #numbered(ref: SessionRef): number {
    const id = this.#parts.ids.idOf(ref);
    if (id === undefined) throw new Error('The service does not have this session yet.');
    return id;
  }
}

const NOTHING = {
  revision: 0,
  messages: [],
  components: [],
  interactions: [],
  olderMessages: null,
  olderInteractions: null,
};
