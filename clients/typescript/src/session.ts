import { asError, type Connection } from './connection.js';
import { convertFrontendMessageToBackend, type FrontendMessage } from './conversions.js';
import { Live } from './live.js';
import { clean, kindOf, type Entry, type Operation, type OperationType, type SessionRef } from './operations.js';
import type { LocalFile, Outbox, Wish } from './outbox.js';
import { Value, type Readable } from './reactive.js';
import { rebase, type Local, type LocalState } from './rebase.js';
import { Replica, sha256, type Copy, type ItemKind } from './replica.js';
import type {
  ChatMessage,
  Component,
  ComponentVersion,
  ListComponentVersionsVersionSummary,
  PageOfVersionSummary,
  Metadata,
  VersionConflict,
} from './schema.js';
import type { SessionIds } from './sessionIds.js';
import type { StorageKind, Store } from './storage/store.js';

/** A component that was changed here and elsewhere where no merge is possible: all three sides, and what to do. */
export interface Conflict {
  /** Of the refused change. */
  readonly key: string;
  readonly component: string;
  /** What the change here was made for; null when the service does not have it any more. */
  readonly base: ComponentVersion | null;
  /** What it would be with the change made here. */
  readonly mine: Component;
  /** What it is now. */
  readonly theirs: Component;
}

/** A session as it is to be shown. */
export interface SessionView extends LocalState {
  readonly ref: SessionRef;
  readonly conflicts: readonly Conflict[];
  /** False until this device's copy has been read. */
  readonly isHydrated: boolean;
  /** Whether the service is being asked for the first copy. */
  readonly isLoading: boolean;
  /** Why it could not be brought up to date the last time. */
  readonly error: Error | null;
  readonly hasOlder: boolean;
  /** Whether it was deleted, here or elsewhere. */
  readonly isGone: boolean;
}

export type ComponentPatch = Partial<Pick<Component, 'name' | 'jsx_code' | 'css_code' | 'component_type' | 'is_current' | 'metadata'>>;

/** What a change answers: the name of what it was done to, and how safely this device keeps it. */
export interface Kept {
  readonly ref: string;
  readonly key: string;
  readonly where: StorageKind;
}

/** What sessions are made of: where things are kept and how they are sent. */
export interface Parts {
  readonly store: Store;
  /** What localStorage lies under below the store; null where it does not. */
  readonly database: string | null;
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly ids: SessionIds;
  /** Sends what waits, whatever the backoff says. */
  flush(): Promise<void>;
  /** Something new waits. */
  nudge(): Promise<void>;
  /** The network may be back. */
  wake(): void;
}

/** A session that is open: what it is now, live, and everything that can be done in it, online or not. */
export class OpenSession {
  readonly #value: Value<SessionView>;
  #replica: Replica | undefined;
  #live: Live | undefined;
  readonly #ends: (() => void)[] = [];
  #isClosed = false;
  #error: Error | null = null;
  #isHydrated = false;
  #isLoading = false;
  /** While the copy is being read, what was shown before stays. */
  #isReading = false;

  readonly #parts: Parts;

  constructor(
    readonly ref: SessionRef,
    parts: Parts,
  ) {
    this.#parts = parts;
    this.#value = new Value(this.#look());
    this.#ends.push(parts.outbox.entries.subscribe(() => void this.#onOutbox()));
    void this.#begin();
  }

  get view(): Readable<SessionView> {
    return this.#value;
  }

  /** The copy that is kept in step with the service; undefined until the session has an id. */
  get copy(): Copy | null {
    return this.#replica?.copy.get() ?? null;
  }

  /** Brings the copy to the service's state; throws what stands in the way. */
  async sync(): Promise<void> {
    if (!this.#replica) return;
    this.#isLoading = this.#replica.copy.get() === null;
    this.#show();
    try {
      await this.#replica.sync();
      this.#error = null;
      this.#listen();
    } catch (error) {
      this.#error = asError(error);
      throw error;
    } finally {
      this.#isLoading = false;
      this.#show();
    }
  }

  /** Messages and interactions from before those that are shown; false when there are none. */
  async loadOlder(): Promise<boolean> {
    return (await this.#replica?.loadOlder()) ?? false;
  }

  /** Says something. The image is kept on this device at once and put when there is a network. */
  async addMessage(message: {
    type: FrontendMessage['type'];
    text: string;
    image?: File | null;
    metadata?: Metadata;
    /** Where it has a name already; a UUID. */
    ref?: string;
  }): Promise<Kept> {
    const file = message.image ? await localFile(message.image) : undefined;
    const { role, content, message_type, metadata, attachments } = convertFrontendMessageToBackend(
      {
        id: '',
        type: message.type,
        text: message.text,
        image: message.image ?? null,
        timestamp: new Date(),
        metadata: message.metadata ?? {},
      },
      file && { sha256: file.sha256, name: file.name, content_type: file.contentType, size: file.bytes.length },
    );
    return this.#act(
      'save_message',
      {
        key: message.ref,
        role,
        content,
        message_type,
        metadata,
        attachments: attachments.length > 0 ? attachments.map(({ sha256, name }) => ({ sha256, name })) : undefined,
      },
      undefined,
      file ? { files: [file] } : {},
    );
  }

  updateMessage(ref: string, { text, metadata }: { text?: string; metadata?: Metadata }): Promise<Kept> {
    return this.#act('update_message', { content: text, metadata }, ref);
  }

  removeMessage(ref: string): Promise<Kept> {
    return this.#act('delete_message', {}, ref);
  }

  addComponent({ ref, ...body }: ComponentPatch & Pick<Component, 'name' | 'jsx_code'> & { ref?: string }): Promise<Kept> {
    return this.#act('save_component', { key: ref, ...body });
  }

  /**
   * Changes a component from what is shown. With `isTyping` it goes into an earlier change that has not been sent yet, so
   * that saving at every pause makes no version of each.
   */
  updateComponent(ref: string, patch: ComponentPatch, { isTyping = false } = {}): Promise<Kept> {
    const base_version = this.#value.get().components.find((c) => c.ref === ref)?.version;
    return this.#act('update_component', { base_version, on_conflict: 'merge', ...patch }, ref, { folds: isTyping });
  }

  setCurrentComponent(ref: string): Promise<Kept> {
    return this.#act('set_current_component', {}, ref);
  }

  removeComponent(ref: string): Promise<Kept> {
    return this.#act('delete_component', {}, ref);
  }

  /** Makes a new version equal to an earlier one; later ones stay. */
  restoreComponentVersion(ref: string, version: number): Promise<Kept> {
    return this.#act('restore_component_version', { version }, ref);
  }

  /** A component's versions, newest first. Needs the network. */
  async componentVersions(ref: string): Promise<ListComponentVersionsVersionSummary[]> {
    const path = `${this.#pathOf(ref)}/versions`;
    const versions: ListComponentVersionsVersionSummary[] = [];
    let cursor: string | undefined;
    do {
      const page: PageOfVersionSummary = await this.#parts.connection.get(path, { limit: 200, cursor });
      versions.push(...page.items);
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
    return versions;
  }

  /** One version with its code. Needs the network. */
  async componentVersion(ref: string, version: number): Promise<ComponentVersion> {
    return this.#parts.connection.get(`${this.#pathOf(ref)}/versions/${version}`);
  }

  addInteraction(interaction: {
    prompt: string;
    response: string;
    interaction_type: string;
    target_element?: string | null;
    metadata?: Metadata;
  }): Promise<Kept> {
    return this.#act('save_interaction', interaction);
  }

  removeInteraction(ref: string): Promise<Kept> {
    return this.#act('delete_interaction', {}, ref);
  }

  rename(title: string, description?: string | null): Promise<Kept> {
    return this.#act('update_session', { title, description }, undefined, { folds: true });
  }

  /**
   * Ends a conflict: with what was made here, with what is there, or with something put together from both. Of the other
   * side nothing is lost: theirs stays among the component's versions, mine is returned.
   */
  async resolve(key: string, how: 'mine' | 'theirs' | ComponentPatch): Promise<Operation | null> {
    const entry = this.#parts.outbox.entries.get().find((e) => e.key === key && e.state === 'conflict');
    if (!entry) return null;
    const { theirs } = entry.problem as unknown as VersionConflict;
    if (how === 'theirs') {
      await this.#parts.outbox.update((e) => (e.key === key ? null : e));
      return entry.operation;
    }
    // A new change, upon what was seen, under a new key: the old one's stands for its old content.
    const next = { ...entry.operation, base_version: theirs.version, ...(how === 'mine' ? {} : how), key: undefined };
    await this.#keep(next, { item: entry.item, replaces: key });
    return entry.operation;
  }

  /** The image that a message bears, from this device or the service. */
  async imageOf(message: Pick<ChatMessage, 'attachments'>): Promise<File | null> {
    const [attachment] = message.attachments;
    if (!attachment) return null;
    const here = await this.#parts.outbox.file(attachment.sha256);
    if (here) return new File([here.bytes as Uint8Array<ArrayBuffer>], here.name, { type: here.contentType });
    const id = this.#parts.ids.idOf(this.ref);
    if (id === undefined) return null;
    const answer = await this.#parts.connection.fetch(`/v1/sessions/${id}/attachments/${attachment.sha256}`);
    return new File([await answer.blob()], attachment.name ?? attachment.sha256, { type: attachment.content_type });
  }

  /** Takes in rows that a batch brought. */
  absorb: Replica['absorb'] = (rows, removed) => this.#replica?.absorb(rows, removed);

  async absorbFrom(keys: readonly string[]): Promise<void> {
    await this.#replica?.absorbFrom(keys);
  }

  /** Reconnects and looks at once, for instance when the network is back. */
  wake(): void {
    this.#live?.restart();
    void this.sync().catch(() => undefined /* shown in the view */);
  }

  close(): void {
    this.#isClosed = true;
    this.#live?.stop();
    for (const end of this.#ends) end();
  }

  async #begin(): Promise<void> {
    const id = this.#parts.ids.idOf(this.ref);
    if (id === undefined) {
      this.#isHydrated = true;
      return this.#show();
    }
    this.#replica = new Replica(this.#parts.store, this.#parts.connection, this.#parts.outbox.user, id);
    this.#ends.push(this.#replica.copy.subscribe(() => this.#show()));
    await this.#read();
    if (this.#isClosed) return;
    await this.sync().catch(() => undefined /* shown in the view */);
    this.#listen();
  }

  /** Looks for a copy on this device. */
  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      await this.#replica!.load();
    } catch (error) {
      this.#error = asError(error);
    }
    this.#isHydrated = true;
    this.#isReading = false;
    this.#show();
  }

  /** As long as there is something to hear of: a deleted session may come out of the trash again. */
  #listen(): void {
    const replica = this.#replica;
    if (this.#isClosed || !replica || replica.gone) {
      this.#live?.stop();
      this.#live = undefined;
    } else if (!this.#live) {
      this.#live = new Live(
        this.#parts.connection,
        replica.id,
        () => replica.copy.get()?.revision ?? 0,
        () => void this.sync().catch(() => undefined /* shown in the view */),
      );
      this.#live.start();
    }
  }

  async #onOutbox(): Promise<void> {
    const { entries } = this.#parts.outbox;
    // Another tab may have settled its making, and was told the id.
    if (this.#parts.ids.idOf(this.ref) === undefined && !entries.get().some((e) => e.session === this.ref))
      await this.#parts.ids.load().catch(() => undefined /* the next change looks again */);
    // The session has got its id.
    if (!this.#replica && this.#parts.ids.idOf(this.ref) !== undefined && !this.#isClosed) void this.#begin();
    // What has just been settled lies on this device, though the service has not been asked for a copy yet.
    else if (this.#replica && !this.copy) void this.#read();
    else this.#show();
  }

  #show(): void {
    if (!this.#isClosed && !this.#isReading) this.#value.set(this.#look());
  }

  #look(): SessionView {
    const entries = this.#parts.outbox.entries.get().filter((entry) => entry.session === this.ref);
    const copy = this.#replica?.copy.get() ?? null;
    return {
      ...rebase(copy, entries),
      ref: this.ref,
      conflicts: entries.filter((entry) => entry.state === 'conflict').map(conflictOf),
      isHydrated: this.#isHydrated,
      isLoading: this.#isLoading,
      error: this.#error,
      hasOlder: copy !== null && (copy.olderMessages !== null || copy.olderInteractions !== null),
      isGone: this.#replica?.gone ?? false,
    };
  }

  #pathOf(ref: string): string {
    const row = this.#value.get().components.find((c) => c.ref === ref);
    const sessionId = this.#parts.ids.idOf(this.ref);
    if (!row?.id || sessionId === undefined) throw new Error('The service does not have this component yet.');
    return `/v1/sessions/${sessionId}/components/${row.id}`;
  }

  /** Does something in the session, to the item of that name if one is given. Members that are undefined are left out. */
  #act(type: OperationType, body: object, ref?: string, more: Omit<Wish, 'session' | 'operation'> = {}): Promise<Kept> {
    const id = this.#parts.ids.idOf(this.ref);
    const session = id === undefined ? { session_client_id: this.ref } : { session_id: id };
    if (ref === undefined) return this.#keep({ type, ...session, ...body }, more);
    const rows: readonly Local<{ id: number }>[] = this.#value.get()[`${kindOf({ type }) as ItemKind}s`];
    const row = rows.find((r) => r.ref === ref);
    const item = row && row.id > 0 ? { item_id: row.id } : { item_client_id: ref };
    return this.#keep({ type, ...session, ...item, ...body }, { item: ref, ...more });
  }

  async #keep(operation: object, more: Omit<Wish, 'session' | 'operation'>): Promise<Kept> {
    const { key, where } = await this.#parts.outbox.add({ session: this.ref, operation: operation as Operation, ...more });
    void this.#parts.nudge();
    return { ref: more.item ?? key, key, where };
  }
}

function conflictOf(entry: Entry): Conflict {
  const { base, mine, theirs } = entry.problem as unknown as VersionConflict;
  // What was typed while it stood in conflict belongs to this side.
  const { jsx_code, css_code, name, component_type, metadata } = entry.operation as ComponentPatch;
  const since = clean({ jsx_code, css_code, name, component_type, metadata }) as Partial<Component>;
  return { key: entry.key, component: entry.item, base: base ?? null, mine: { ...(mine ?? theirs), ...since }, theirs };
}

async function localFile(file: File): Promise<LocalFile> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { sha256: await sha256(bytes), name: file.name, contentType: file.type, bytes };
}
