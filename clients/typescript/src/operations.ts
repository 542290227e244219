import type { ApplyBatchRequest, Kind, Problem, VersionConflict } from './schema.js';
import type { StorageKind } from './storage/store.js';

/** An operation of a batch, as the wire has it. */
export type Operation = ApplyBatchRequest['operations'][number];
export type OperationType = Operation['type'];

/** A session's name on this device: the UUID under which it was made here, or else the id that the service gave it. */
export type SessionRef = string;

/** An operation that waits on this device, or was refused and waits for its user. */
export interface Pending {
  /** Of this record's shape. */
  readonly v: 1;
  /** Orders the operations of a user. */
  readonly seq: number;
  readonly key: string;
  readonly user: string;
  readonly session: SessionRef;
  /** What it is about, by its name on this device; the session itself when empty. */
  readonly item: string;
  readonly operation: Operation;
  /** Hashes of files that must be put before it. */
  readonly files: readonly string[];
  /** This device's clock, for people to read. */
  readonly savedAt: number;
  /** Whether it may have reached the service: then it is never changed any more, for its key stands for its content. */
  readonly isSent: boolean;
  /** The key of an earlier operation that waits, on whose result this one builds; its version is not known yet. */
  readonly after?: string;
  readonly state: 'waiting' | 'rejected' | 'conflict';
  readonly problem?: Problem | VersionConflict;
}

/** The same with where it lies. */
export type Entry = Pending & { readonly where: StorageKind };

export const kindOf = (operation: { type: OperationType }): Kind =>
  (/session|message|component|interaction/.exec(operation.type)?.[0] ?? 'session') as Kind;

export const isMaking = (operation: Operation): boolean => /^(create|save)_/.test(operation.type);

/** Whether it leaves a component at a version that a later change may be based on. */
export const makesVersion = (operation: Operation): boolean =>
  /^(save_component|update_component|restore_component_version)$/.test(operation.type);

/** Whether a record is what its type says. A damaged one is set aside; one of a later release is left alone. */
export function isPending(value: unknown): value is Pending {
  if (!isObject(value)) return false;
  const record: Partial<Pending> = value;
  return (
    record.v === 1 &&
    Number.isSafeInteger(record.seq) &&
    typeof record.key === 'string' &&
    typeof record.user === 'string' &&
    typeof record.session === 'string' &&
    typeof record.item === 'string' &&
    typeof record.isSent === 'boolean' &&
    Array.isArray(record.files) &&
    record.files.every((file) => typeof file === 'string') &&
    !Number.isNaN(new Date(record.savedAt ?? NaN).getTime()) &&
    (record.after === undefined || typeof record.after === 'string') &&
    (record.state === 'waiting' ||
      record.state === 'rejected' ||
      (record.state === 'conflict' && isObject((record.problem as VersionConflict | undefined)?.theirs))) &&
    isObject(record.operation) &&
    typeof record.operation.type === 'string' &&
    record.operation.key === record.key
  );
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

export const isOfLaterRelease = (value: unknown): boolean =>
  isObject(value) && 'v' in value && typeof value.v === 'number' && value.v > 1;

/**
 * Text as PostgreSQL and JSON can hold it: halves of surrogate pairs and NUL become U+FFFD. Refused by the service they
 * would be lost to their user; so is one character.
 */
export function clean<T>(value: T): T {
  if (typeof value === 'string') return toWellFormed(value).replaceAll('\0', '\ufffd') as T;
  if (Array.isArray(value)) return value.map(clean) as T;
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, part]) => part !== undefined)
        .map(([name, part]) => [clean(name), clean(part)]),
    ) as T;
  return value;
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const toWellFormed = (text: string): string => text.replace(LONE_SURROGATE, '\ufffd');

const ADDRESS = ['key', 'type', 'session_id', 'session_client_id', 'item_id', 'item_client_id', 'base_version', 'on_conflict', 'version'];

/** What an operation says, without what it says it of. */
export const bodyOf = (operation: Operation): Record<string, unknown> =>
  Object.fromEntries(Object.entries(operation).filter(([name]) => !ADDRESS.includes(name)));

/**
 * A later change of the same thing takes an earlier one into itself; its members win. The address stays the earlier one's:
 * the later one may go by an id that was not known then, and the service takes either, not both.
 */
export const fold = (earlier: Operation, later: Operation): Operation => ({ ...earlier, ...bodyOf(later) }) as Operation;
