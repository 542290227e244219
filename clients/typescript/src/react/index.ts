export { useDraft, useReadable, useSession, useSessions, useStatus } from './hooks.js';
export { PersistenceStatus, type PersistenceStatusProps } from './PersistenceStatus.js';
