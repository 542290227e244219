export { createApi, unwrap, type Api } from './api.js';
export { ApiError, Connection, errorOf, type ConnectionOptions } from './connection.js';
export * from './conversions.js';
export type { Entry, Operation, OperationType, Pending, SessionRef } from './operations.js';
export type { LocalFile, Outbox, Quarantined } from './outbox.js';
export { type PersistenceCore, type PersistenceOptions, type Status } from './core.js';
export { createPersistence, Persistence } from './persistence.js';
export type { Readable } from './reactive.js';
export type { Local, LocalState, Standing } from './rebase.js';
export type { ComponentPatch, Conflict, Kept, OpenSession, SessionView } from './session.js';
export type { ForeignFormat, ListedSession, SessionList, SessionQuery, Sessions } from './sessions.js';
export { IndexedDbStore } from './storage/indexedDb.js';
export { LocalStorageStore } from './storage/localStorage.js';
export { MemoryStore } from './storage/memory.js';
export { LayeredStore, type Item, type StorageKind, type Store, type Writes } from './storage/store.js';
export { createChatStore, type ChatState } from './stores/chatStore.js';
export { createComponentStore, type ComponentState, type FrontendPatch, type ShownComponent } from './stores/componentStore.js';
export type {
  Attachment,
  ChatMessage,
  Component,
  ComponentVersion,
  Interaction,
  Metadata,
  Problem,
  Session,
  VersionConflict,
} from './schema.js';
