import { ApiError, asError, isPassing, type Connection } from './connection.js';
import { fold, isMaking, kindOf, type Entry, type Operation, type Pending, type SessionRef } from './operations.js';
import type { Outbox } from './outbox.js';
import { backoff, Runner, Value, type Readable } from './reactive.js';
import { replay } from './replay.js';
import { PAGE, readsOf, writesOf, type Settled } from './replica.js';
import type { ApplyBatchResponse, ApplyBatchResult, Session, ChatMessage, Component, Interaction } from './schema.js';
import type { SessionIds } from './sessionIds.js';
import type { Tabs } from './tabs.js';

type Row = Session | ChatMessage | Component | Interaction;

/** How sending goes. */
export interface Course {
  /** Why the last attempt failed, until one succeeds. */
  readonly trouble: ApiError | null;
  /** When it will be tried again, by this device's clock. */
  readonly retryAt: number | null;
  /** When the service last acknowledged anything. */
  readonly savedAt: number | null;
}

const OPERATIONS_AT_ONCE = 200;
const CHARACTERS_AT_ONCE = 2_000_000;

/** Sends what waits, in order, from one tab at a time, until all of it is acknowledged or refused. */
export class Flusher {
  readonly #value = new Value<Course>({ trouble: null, retryAt: null, savedAt: null });
  readonly #runner = new Runner(() => this.#tabs.alone('flush', () => this.#drain()));
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #isStopped = false;
  #isUrgent = false;
  /** One by one, once a batch as a whole was refused: the culprit is among them. */
  #isCareful = false;

  /** Files that the service has of a batch that has not come through: on a bad network all of them at once never would. */
  readonly #put = new Set<string>();

  /** Ids of what was made from here, by the keys that made it: what deletes it may have been said before it had one. */
  readonly #made = new Map<string, number>();

  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #ids: SessionIds;
  readonly #tabs: Tabs;
  readonly #onSettled: (settled: readonly Settled[]) => void;

  constructor(
    connection: Connection,
    outbox: Outbox,
    ids: SessionIds,
    tabs: Tabs,
    onSettled: (settled: readonly Settled[]) => void,
  ) {
    this.#connection = connection;
    this.#outbox = outbox;
    this.#ids = ids;
    this.#tabs = tabs;
    this.#onSettled = onSettled;
  }

  get course(): Readable<Course> {
    return this.#value;
  }

  /** Tries now, whatever the backoff says. Ends when nothing more can be done for the moment; never throws. */
  async flush(): Promise<void> {
    this.#isUrgent = true;
    await this.nudge();
  }

  /** Something new waits. It goes at once, unless the service asked for patience or the last attempt has just failed. */
  async nudge(): Promise<void> {
    if (this.#isStopped) return;
    try {
      await this.#runner.run();
    } catch (error) {
      // The store or the lock failed, not the service: what waits stays where it is.
      this.#later(new ApiError(0, 'storage', asError(error).message));
    }
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #drain(): Promise<void> {
    // Looked at here, for the attempt before this one may have failed after this one was asked for.
    if (!this.#isUrgent && (this.#value.get().retryAt ?? 0) > Date.now()) return;
    this.#isUrgent = false;
    clearTimeout(this.#timer);
    for (;;) {
      const entries = await this.#outbox.refresh();
      if (this.#isStopped) return;
      // Another tab may have made a session whose files are put here.
      if (entries.some((e) => e.files.length > 0 && this.#ids.idOf(e.session) === undefined)) await this.#ids.load();
      const batch = choose(entries, this.#isCareful ? 1 : OPERATIONS_AT_ONCE, (ref) => this.#ids.idOf(ref) !== undefined);
      if (batch.length === 0) {
        this.#isCareful = false;
        if (!entries.some((e) => e.state === 'waiting')) this.#value.set({ ...this.#value.get(), trouble: null, retryAt: null });
        return;
      }
      try {
        await this.#send(batch);
        this.#attempt = 0;
        this.#value.set({ trouble: null, retryAt: null, savedAt: Date.now() });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.isTransient) return this.#later(error);
        if (error.status === 401) return this.#value.set({ ...this.#value.get(), trouble: error, retryAt: null });
        await this.#refused(batch, error);
      }
    }
  }

  /** Puts the files that a batch names, then sends it and writes down what came of each operation. */
  async #send(batch: readonly Entry[]): Promise<void> {
    // Before anything is marked as sent, for what is marked cannot be changed any more.
    await this.#connection.authorize();
    for (const entry of batch) for (const hash of entry.files) await this.#putFile(entry, hash);
    // Sent is what lies in the store at the moment it is marked: until then a later change may have gone into it.
    const keys = new Set(batch.map((entry) => entry.key));
    const marked = new Map<string, Entry>();
    await this.#outbox.update((entry) => {
      if (!keys.has(entry.key) || entry.state !== 'waiting') return entry;
      marked.set(entry.key, entry);
      return entry.isSent ? entry : { ...entry, isSent: true };
    });
    const sent = [...marked.values()];
    if (sent.length === 0) return;
    const body = JSON.stringify({ operations: sent.map((entry) => entry.operation) });
    const headers = { 'Content-Type': 'application/json' };
    const answer = await this.#connection.fetch('/v1/batch', { method: 'POST', body, headers }, this.#connection.patienceFor(body.length));
    const { results } = (await answer.json()) as ApplyBatchResponse;
    this.#put.clear();
    await this.#settle(sent, results);
    const unknown = results.find((r) => r.verdict === 'rejected' && isPassing(r.problem?.status ?? 0));
    if (unknown) throw new ApiError(unknown.problem!.status, unknown.problem!.code, unknown.problem!.detail);
  }

  async #putFile(entry: Entry, hash: string): Promise<void> {
    const id = this.#ids.idOf(entry.session);
    const path = `/v1/sessions/${id}/attachments/${hash}`;
    if (id === undefined || this.#put.has(path)) return;
    const file = await this.#outbox.file(hash);
    if (!file) return;
    const init = {
      method: 'PUT',
      body: file.bytes as Uint8Array<ArrayBuffer>,
      headers: { 'Content-Type': file.contentType || 'application/octet-stream' },
    };
    await this.#connection.fetch(path, init, this.#connection.patienceFor(file.bytes.length));
    this.#put.add(path);
  }

  async #settle(batch: readonly Entry[], results: readonly ApplyBatchResult[]): Promise<void> {
    const verdicts = new Map(batch.map((entry, i) => [entry.key, { entry, result: results[i]! }]));
    for (const { entry, result } of verdicts.values()) {
      const made = entry.operation.type === 'create_session' ? (result.resource as Session | undefined) : undefined;
      if (made) await this.#ids.learn(entry.session, made.id);
    }
    const settled = this.#settledOf([...verdicts.values()]);
    // With all that was made upon them, which becomes part of them.
    const conflicts = batch.filter((_, i) => results[i]!.verdict === 'conflict');
    const { user } = this.#outbox;
    // Shown before it leaves the outbox, so that it is on the screen at every moment in between.
    this.#onSettled(settled);
    /** Changes that are now made upon something else, and so what was made upon them. */
    const replayed = new Map<string, { from: Operation; onto: Operation }>();
    const follow = (entry: Entry, next: Pending): Pending => {
      if (next.operation !== entry.operation) replayed.set(entry.key, { from: entry.operation, onto: next.operation });
      return next;
    };
    await this.#outbox.update(
      (entry, all) => {
        const mine = verdicts.get(entry.key);
        if (mine) return outcomeOf(entry, mine.result, all);
        if (conflicts.some((of) => descendants(of, all).some((d) => d.key === entry.key))) return null;
        const before = entry.after === undefined ? undefined : verdicts.get(entry.after);
        if (before) return follow(entry, basedOn(entry, before.entry, before.result));
        const moved = entry.after === undefined ? undefined : replayed.get(entry.after);
        return moved ? follow(entry, movedWith(entry, moved)) : entry;
      },
      {
        prefixes: settled.flatMap((of) => readsOf(user, of)),
        decide: (items) => {
          const writes = settled.map((of) => writesOf(user, items, of));
          return { put: writes.flatMap((w) => w.put), remove: writes.flatMap((w) => w.remove) };
        },
      },
    );
  }

  #settledOf(all: readonly { entry: Entry; result: ApplyBatchResult }[]): Settled[] {
    const bySession = new Map<number, { sessionId: number; rows: Settled['rows'][number][]; removed: Settled['removed'][number][]; isNew: boolean }>();
    for (const { entry, result } of all) {
      const sessionId = this.#ids.idOf(entry.session);
      if (sessionId === undefined || !isDone(result)) continue;
      const of = bySession.get(sessionId) ?? { sessionId, rows: [], removed: [], isNew: false };
      bySession.set(sessionId, of);
      const kind = kindOf(entry.operation);
      const row = result.resource as Row | undefined;
      if (row) {
        of.rows.push({ kind, row });
        this.#made.set(row.client_id, row.id);
      }
      // One whose making is long ago has more than a page of changes: better to load it as a whole.
      if (row && entry.operation.type === 'create_session') of.isNew = row.revision < PAGE;
      if (!entry.operation.type.startsWith('delete_')) continue;
      const { item_id, item_client_id } = entry.operation as { item_id?: number; item_client_id?: string };
      const id = kind === 'session' ? sessionId : (item_id ?? this.#made.get(item_client_id!));
      if (id !== undefined) of.removed.push({ kind, id });
    }
    return [...bySession.values()];
  }

  /** A batch that was refused as a whole is sent one by one; one that is refused alone is set aside, and the rest goes on. */
  async #refused(batch: readonly Entry[], error: ApiError): Promise<void> {
    if (batch.length > 1) {
      this.#isCareful = true;
      return;
    }
    this.#isCareful = false;
    const { status, code, message } = error;
    const problem = error.problem ?? { type: 'about:blank', title: code, status, code, detail: message, trace_id: '' };
    await this.#settle(batch, [{ key: batch[0]!.key, verdict: 'rejected', problem }]);
  }

  #later(error: ApiError): void {
    const wait = backoff(this.#attempt++, error.retryAfter);
    this.#value.set({ ...this.#value.get(), trouble: error, retryAt: Date.now() + wait });
    clearTimeout(this.#timer);
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.flush(), wait);
  }
}

/** What can be sent now: in order, and of each session nothing that comes after what cannot. */
export function choose(
  entries: readonly Entry[],
  atMost: number,
  isNumbered: (session: SessionRef) => boolean,
): readonly Entry[] {
  const waiting = entries.filter((entry) => entry.state === 'waiting');
  const keys = new Set(waiting.map((entry) => entry.key));
  const isToBeMade = (session: SessionRef) =>
    !isNumbered(session) && waiting.some((e) => e.session === session && e.operation.type === 'create_session');
  const held = new Set<SessionRef>();
  const batch: Entry[] = [];
  let characters = 0;
  for (const entry of waiting) {
    if (held.has(entry.session)) continue;
    // Its version is known once the one before it is settled; a file needs a session that has its id.
    const mustWait =
      (entry.after !== undefined && keys.has(entry.after)) || (entry.files.length > 0 && isToBeMade(entry.session));
    if (mustWait) {
      held.add(entry.session);
      continue;
    }
    characters += JSON.stringify(entry.operation).length;
    if (batch.length >= atMost || (batch.length > 0 && characters > CHARACTERS_AT_ONCE)) break;
    batch.push(entry);
  }
  return batch;
}

const isDone = (result: ApplyBatchResult): boolean => result.verdict !== 'conflict' && result.verdict !== 'rejected';

/** What becomes of an entry; null when it is done with. */
function outcomeOf(entry: Entry, result: ApplyBatchResult, all: readonly Entry[]): Pending | null {
  if (isDone(result)) return null;
  if (result.verdict === 'rejected' && isPassing(result.problem?.status ?? 0)) return entry;
  const { problem } = result;
  if (result.verdict === 'rejected') return { ...entry, state: 'rejected', ...(problem ? { problem } : {}) };
  // What was changed on top of it meanwhile is in conflict as well: it becomes part of this one.
  const operation = descendants(entry, all).reduce((before, later) => fold(before, later.operation), entry.operation);
  return { ...entry, state: 'conflict', operation, ...(problem ? { problem } : {}) };
}

/** The later changes of the same component that were made upon this one. */
function descendants(entry: Entry, all: readonly Entry[]): Entry[] {
  if (entry.operation.type !== 'update_component') return [];
  const next = all.find((e) => e.after === entry.key && e.operation.type === 'update_component');
  return next ? [next, ...descendants(next, all)] : [];
}

/** A change that waited for the one before it, now that it is known what that one came to. */
function basedOn(entry: Entry, before: Entry, result: ApplyBatchResult): Pending {
  if (result.verdict === 'rejected' && isPassing(result.problem?.status ?? 0)) return entry;
  const { after: _, ...free } = entry;
  const resource = result.resource as Component | undefined;
  // Exactly what it was built upon; or what that was built upon, from where the service merges.
  const isExact =
    (result.verdict === 'applied' || result.verdict === 'replayed') &&
    resource?.version !== undefined &&
    resource.revision === result.revision;
  const base = isExact
    ? resource.version
    : isMaking(before.operation) && isDone(result)
      ? 1
      : ((before.operation as { base_version?: number }).base_version ??
        (entry.operation as { base_version?: number }).base_version);
  const isMerged = result.verdict === 'merged' && resource?.revision === result.revision;
  const replayed = isMerged && resource && upon(entry.operation, before.operation, resource);
  if (replayed) return { ...free, operation: { ...replayed, base_version: resource.version } as Operation };
  const operation = { ...free.operation, ...(base === undefined || entry.operation.type !== 'update_component' ? {} : { base_version: base }) };
  return { ...free, operation: operation as Operation };
}

/** A change that waits for one that is itself made upon something else now. If it cannot follow, the service is to merge it. */
function movedWith(entry: Entry, { from, onto }: { from: Operation; onto: Operation }): Pending {
  const operation = upon(entry.operation, from, onto);
  if (operation) return { ...entry, operation };
  const { after: _, ...free } = entry;
  return free;
}

/**
 * A change made upon one that was then merged with somebody else's: made upon what came of that. Without it a change of a
 * line that was changed twice here would be in conflict with itself. Null where that cannot be told.
 */
function upon(operation: Operation, earlier: object, merged: object): Operation | null {
  const next: Record<string, unknown> = { ...operation };
  for (const field of ['name', 'component_type', 'metadata', 'jsx_code', 'css_code']) {
    if (!(field in next)) continue;
    const [from, to, onto] = [earlier, next, merged].map((side) => (side as Record<string, unknown>)[field]);
    const isCode = field.endsWith('_code') && typeof from === 'string';
    const value = isCode ? replay(from, to as string, onto as string) : JSON.stringify(from) === JSON.stringify(onto) ? to : null;
    if (value === null) return null;
    next[field] = value;
  }
  return next as unknown as Operation;
}
