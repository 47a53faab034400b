// The kinds of disk failure, and how a browser's exception maps to one.
import { Dexie } from 'dexie';

export type StorageErrorKind =
  | 'disk-full'
  /** Another tab has closed this connection for good to upgrade the database: reload. */
  | 'blocked'
  /** A newer version of the till has written here; this version must not. */
  | 'newer-schema'
  /** No storage: a private window, or the browser refuses. */
  | 'unavailable'
  /** The database lost acts it had: only a new start may continue. */
  | 'records-lost'
  /** The browser cannot open the database, and there is no other place for one. */
  | 'database-unreadable'
  /** A journal file is here, or may be, that cannot be opened or read now: nothing may begin beside it. */
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
 * Without an entry: InvalidStateError (a connection that the browser has closed; where it means a private window is known in
 * `database-home`) and OpenFailedError, whose reason is inside.
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

/** Exceptions are nested: Dexie has the browser's own as `inner`, an abort has its reason as `cause`. */
function* layers(cause: unknown): Generator<{ name: string }> {
  let layer = cause;
  for (let depth = 0; depth < 8 && typeof layer === 'object' && layer !== null; depth += 1) {
    if ('name' in layer && typeof layer.name === 'string') yield { name: layer.name };
    layer = 'inner' in layer ? layer.inner : 'cause' in layer ? layer.cause : null;
  }
}

/**
 * Maps a disk exception to a StorageError; null if `cause` is not from the disk but a bug. Acts throw a StorageError already;
 * a read throws the browser's own exception, which whoever catches it maps here.
 */
export function storageErrorOf(cause: unknown): StorageError | null {
  if (cause instanceof StorageError) return cause;
  if (!isFromTheDisk(cause)) return null;
  const names = [...layers(cause)].map(({ name }) => name);
  const kind = names.map((name) => KINDS[name]).find((each) => each !== undefined);
  // Dexie reports a connection that it could not open again as closed, too, with the reason inside
  const isClosed = names.length > 0 && names.every((name) => name === 'DatabaseClosedError');
  return new StorageError(kind ?? (isClosed ? 'blocked' : 'failed'), cause);
}

/** The kind for a screen that must say "not saved"; an unknown cause is `failed`. */
export function storageErrorKind(cause: unknown): StorageErrorKind {
  return storageErrorOf(cause)?.kind ?? 'failed';
}
