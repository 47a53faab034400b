// The kinds of disk failure, and how a browser's exception maps to one.
import { Dexie } from 'dexie';

export type StorageErrorKind =
  | 'disk-full'
  /** Another tab has closed this connection for good to upgrade the database: reload. */
  | 'blocked'
  /** A newer version of the till has written here; this version must not. */
  | 'newer-schema'
  /** The browser provides no storage, for instance in a private window. */
  | 'unavailable'
  /** The database lost acts that it had; only a new start may continue. */
  | 'records-lost'
  /** The browser cannot open the database, and it cannot be moved elsewhere. */
  | 'database-unreadable'
  /** A journal file exists, or may exist, that cannot be opened or read now. No till may begin beside it. */
  | 'journal-unreadable'
  /** It is not known whether the act will count: a retry or the next start decides. */
  | 'undecided'
  | 'failed';

export class StorageError extends Error {
  readonly kind: StorageErrorKind;

  constructor(kind: StorageErrorKind, cause?: unknown) {
    super(`storage: ${kind}`, { cause });
    this.name = 'StorageError';
    this.kind = kind;
  }
}

/**
 * Not in the table: InvalidStateError, a connection that the browser closed (`database-home` handles its meaning in a private
 * window); and OpenFailedError, which wraps the actual error.
 */
const KINDS: Readonly<Record<string, StorageErrorKind>> = {
  QuotaExceededError: 'disk-full',
  NS_ERROR_DOM_INDEXEDDB_QUOTA_ERR: 'disk-full',
  VersionError: 'newer-schema',
  MissingAPIError: 'unavailable',
  SecurityError: 'unavailable',
};

function isFromTheDisk(cause: unknown): boolean {
  return cause instanceof DOMException || cause instanceof Dexie.DexieError;
}

/**
 * Yields a nested exception and its causes: Dexie keeps the browser's exception as `inner`, an abort keeps its reason as
 * `cause`.
 */
function* layers(cause: unknown): Generator<{ name: string }> {
  let layer = cause;
  for (let depth = 0; depth < 8 && typeof layer === 'object' && layer !== null; depth += 1) {
    if ('name' in layer && typeof layer.name === 'string') yield { name: layer.name };
    layer = 'inner' in layer ? layer.inner : 'cause' in layer ? layer.cause : null;
  }
}

/**
 * Maps a disk exception to a StorageError; null if `cause` is a bug. Acts throw StorageError already. A read throws the
 * browser's own exception, which its catcher maps with this.
 */
export function storageErrorOf(cause: unknown): StorageError | null {
  if (cause instanceof StorageError) return cause;
  if (!isFromTheDisk(cause)) return null;
  const names = [...layers(cause)].map(({ name }) => name);
  const kind = names.map((name) => KINDS[name]).find((each) => each !== undefined);
  // Dexie also reports a connection that it could not reopen as closed, with the actual error inside
  const isClosed = names.length > 0 && names.every((name) => name === 'DatabaseClosedError');
  return new StorageError(kind ?? (isClosed ? 'blocked' : 'failed'), cause);
}

/** The kind for a screen that must say "not saved"; an unknown cause is `failed`. */
export function storageErrorKind(cause: unknown): StorageErrorKind {
  return storageErrorOf(cause)?.kind ?? 'failed';
}

/** Does the work; `otherwise` if the disk fails, which is reported elsewhere or later. Passes bugs on. */
export async function unlessDiskFails<T, O>(work: () => Promise<T>, otherwise: O): Promise<T | O> {
  try {
    return await work();
  } catch (cause) {
    if (storageErrorOf(cause) === null) throw cause;
    return otherwise;
  }
}

/** The browser's exceptions for rows or pages of the database that it cannot read or write. */
const OF_DAMAGE: ReadonlySet<string> = new Set(['UnknownError', 'DataError', 'NotReadableError']);

/** Whether this failure of a read or write means that the database is damaged. False for a full disk, an abort and a bug. */
export function meansDamage(cause: unknown): boolean {
  if (storageErrorOf(cause)?.kind !== 'failed') return false;
  return [...layers(cause)].some(({ name }) => OF_DAMAGE.has(name));
}
