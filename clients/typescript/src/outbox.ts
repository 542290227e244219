import { clean, fold, isMaking, isOfLaterRelease, isPending, makesVersion } from './operations.js';
import type { Entry, Operation, Pending, SessionRef } from './operations.js';
import { Value, type Readable } from './reactive.js';
import { read, type Item, type StorageKind, type Store, type Writes } from './storage/store.js';
import type { Tabs } from './tabs.js';

/** Something to be done, before it has a place in the queue. */
export interface Wish {
  session: SessionRef;
  /** What it is about: the name of the item on this device. Left out when it makes one, or is about the session. */
  item?: string;
  operation: Operation;
  /** Files that it names and the service may not have yet. */
  files?: readonly LocalFile[];
  /** Whether it may be taken into a change of the same thing that waits: for what is saved while it is being typed. */
  folds?: boolean;
  /** The key of a refused operation that it takes the place of. */
  replaces?: string;
}

export interface LocalFile {
  sha256: string;
  name: string;
  contentType: string;
  bytes: Uint8Array;
}

/** A record that cannot be read. It is kept as it is, for somebody to look at. */
export interface Quarantined {
  readonly key: string;
  readonly value: unknown;
}

/**
 * What this user has done and the service has not acknowledged: written here first, sent later, removed only when the
 * service said that it is durable. It lies in the store; what is in memory is a picture of it.
 */
export class Outbox {
  readonly #picture = new Value<readonly Entry[]>([]);
  readonly #damaged = new Value<readonly Quarantined[]>([]);
  readonly #prefix: string;
  readonly #counter: string;
  readonly #quarantine: string;
  readonly #files: string;

  readonly #store: Store;
  readonly #tabs: Tabs;

  constructor(
    store: Store,
    readonly user: string,
    tabs: Tabs,
  ) {
    this.#store = store;
    this.#tabs = tabs;
    this.#prefix = `op/${user}/`;
    this.#counter = `seq/${user}/`;
    this.#quarantine = `bad/${user}/`;
    this.#files = `file/${user}/`;
  }

  get entries(): Readable<readonly Entry[]> {
    return this.#picture;
  }

  get quarantined(): Readable<readonly Quarantined[]> {
    return this.#damaged;
  }

  /** Looks at the store anew; sets aside what cannot be read. */
  async refresh(): Promise<readonly Entry[]> {
    await this.#change(() => ({}));
    return this.#picture.get();
  }

  /** Keeps a wish on this device, and says how safely. Only then may it be shown as saved. */
  async add(wish: Wish): Promise<{ key: string; where: StorageKind }> {
    let key = '';
    await this.#change((entries, seq) => {
      const replaced = entries.find((entry) => entry.key === wish.replaces);
      const waiting = entries.filter((entry) => entry !== replaced);
      const operation = clean(wish.operation);
      // One that is in conflict or was refused: built upon what the service does not have, the later one is no clean change by
      // itself. With it, what was refused is tried again.
      const setAside = waiting.find((p) => p.state !== 'waiting' && isSameChange(p, wish, operation));
      const before = setAside ?? (wish.folds ? foldable(waiting, wish, operation) : undefined);
      const pending: Pending = before
        ? { ...before, operation: fold(before.operation, operation), savedAt: Date.now(), state: before.state === 'conflict' ? 'conflict' : 'waiting' }
        : inQueue(operation, wish, this.user, seq, waiting);
      key = pending.key;
      return {
        put: [
          [placeOf(pending), stored(pending)],
          ...(wish.files ?? []).map((file) => [this.#files + file.sha256, file] as const),
        ],
        remove: replaced ? [placeOf(replaced)] : [],
        seq: seq + 1,
      };
    });
    this.#tabs.tell({ about: 'outbox' });
    return { key, where: this.#picture.get().find((entry) => entry.key === key)?.where ?? this.#store.kind };
  }

  /**
   * Says of each entry that is still there what becomes of it: the same object to leave it alone, null when it is done with.
   * So two tabs that settle the same one do it once. Files go with the last that needs them. What else the same transaction
   * reads and writes is the caller's.
   */
  async update(
    decide: (entry: Entry, all: readonly Entry[]) => Pending | null,
    along: { prefixes: readonly string[]; decide: (items: readonly Item[]) => Writes } = {
      prefixes: [],
      decide: () => ({}),
    },
  ): Promise<void> {
    let isChanged = false;
    let keys: string[] = [];
    await this.#change((entries, _, items) => {
      const also = along.decide(items);
      const put = [...(also.put ?? [])];
      const remove = [...(also.remove ?? [])];
      keys = [...put.map(([key]) => key), ...remove];
      const needed = new Set<string>();
      for (const entry of entries) {
        const changed = decide(entry, entries);
        for (const hash of changed?.files ?? []) needed.add(hash);
        if (changed === entry) continue;
        if (changed === null) remove.push(placeOf(entry));
        else put.push([placeOf(entry), stored(changed)]);
      }
      // In the same transaction, for another tab may be about to add one that needs the same file.
      const files = new Set(entries.flatMap((entry) => entry.files));
      for (const hash of files) if (!needed.has(hash)) remove.push(this.#files + hash);
      isChanged = put.length + remove.length > 0;
      return { put, remove };
    }, along.prefixes);
    if (keys.length > 0) this.#tabs.tell({ about: 'rows', keys });
    // Tabs that told each other of nothing would wake each other for ever.
    if (isChanged) this.#tabs.tell({ about: 'outbox' });
  }

  async file(sha256: string): Promise<LocalFile | undefined> {
    const [item] = await read(this.#store, this.#files + sha256);
    return item?.value as LocalFile | undefined;
  }

  /** Removes what cannot be read, for good. */
  async forgetDamaged(): Promise<void> {
    await this.#store.change([this.#quarantine], (items) => ({ remove: items.map((item) => item.key), result: undefined }));
    await this.refresh();
  }

  /** Everything that waits, was refused or is damaged, as JSON for its user to take along. */
  export(): string {
    return JSON.stringify(
      { format: 'ai-editor-outbox', version: 1, operations: this.#picture.get(), damaged: this.#damaged.get() },
      null,
      2,
    );
  }

  async #change(
    decide: (
      entries: readonly Entry[],
      seq: number,
      items: readonly Item[],
    ) => Writes & { seq?: number },
    prefixes: readonly string[] = [],
  ): Promise<void> {
    const damaged = await this.#store.change(
      [this.#prefix, this.#counter, this.#quarantine, ...prefixes],
      (items): Writes & { result: Quarantined[] } => {
        const { entries, bad } = sort(items, this.#prefix);
        const counter = items.find((i) => i.key === this.#counter)?.value;
        // Never a number twice, be it a later release's or of what lies where nothing can be read for the moment: without its
        // counter it goes on from the clock, which is ahead of one that began there.
        const last = Number(items.findLast((i) => i.key.startsWith(this.#prefix))?.key.slice(this.#prefix.length)) || 0;
        const seq = Math.max(Number.isSafeInteger(counter) ? (counter as number) : Date.now(), last + 1);
        const decided = decide(entries, seq, items);
        const setAside = bad.map(
          (item) => [this.#quarantine + item.key.slice(this.#prefix.length), item.value] as const,
        );
        return {
          put: [
            ...(decided.put ?? []),
            ...setAside,
            ...(decided.seq === undefined ? [] : [[this.#counter, decided.seq] as const]),
          ],
          remove: [...(decided.remove ?? []), ...bad.map((item) => item.key)],
          result: [
            ...items.filter((i) => i.key.startsWith(this.#quarantine)).map(({ key, value }) => ({ key, value })),
            ...setAside.map(([key, value]) => ({ key, value })),
          ],
        };
      },
    );
    if (damaged.length !== this.#damaged.get().length) this.#damaged.set(damaged);
    // Read again rather than computed: only the store knows in which of its layers a record came to lie.
    const after = sort(await read(this.#store, this.#prefix), this.#prefix);
    this.#picture.set(after.entries);
  }
}

const placeOf = ({ user, seq }: Pick<Pending, 'user' | 'seq'>): string => `op/${user}/${String(seq).padStart(12, '0')}`;

/** They come in the order of their keys, which is that of their numbers. */
function sort(items: readonly Item[], prefix: string): { entries: Entry[]; bad: Item[] } {
  const entries: Entry[] = [];
  const bad: Item[] = [];
  for (const item of items) {
    if (!item.key.startsWith(prefix)) continue;
    // One that names another place than its own would take the record there with it when it is done.
    if (isPending(item.value) && item.key === placeOf(item.value)) entries.push({ ...item.value, where: item.where });
    else if (!isOfLaterRelease(item.value)) bad.push(item);
  }
  return { entries, bad };
}

/** Where a record lies is not part of it. */
function stored(pending: Pending | Entry): Pending {
  const { where: _, ...record } = pending as Entry;
  return record;
}

const isSameChange = (of: Pending, { session, item = '' }: Wish, { type }: Operation): boolean =>
  type.startsWith('update_') && of.operation.type === type && of.session === session && of.item === item;

/** The last operation of the session, if it waits unsent and changes the same thing in the same way. */
function foldable(waiting: readonly Pending[], wish: Wish, operation: Operation): Pending | undefined {
  const last = waiting.findLast((p) => p.session === wish.session);
  return last?.state === 'waiting' && !last.isSent && isSameChange(last, wish, operation) ? last : undefined;
}

function inQueue(operation: Operation, wish: Wish, user: string, seq: number, waiting: readonly Pending[]): Pending {
  const key = operation.key ?? crypto.randomUUID();
  // A change of what a waiting operation is about to change, or to make, builds on what comes of that.
  const builds = makesVersion(operation) && !isMaking(operation);
  const before =
    builds &&
    waiting.findLast((p) => p.state === 'waiting' && p.session === wish.session && p.item === wish.item && makesVersion(p.operation));
  return {
    v: 1,
    seq,
    key,
    user,
    session: wish.session,
    item: wish.item ?? (isMaking(operation) && operation.type !== 'create_session' ? key : ''),
    operation: { ...operation, key } as Operation,
    files: (wish.files ?? []).map((file) => file.sha256),
    savedAt: Date.now(),
    isSent: false,
    state: 'waiting',
    ...(before ? { after: before.key } : {}),
  };
}
