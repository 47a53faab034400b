// Compares the indexes of the database with its rows, and rebuilds them.
// After Chromium opened a damaged SQLite it may have rows that are missing in indexes,
// and index entries of lost rows, which then point to the next row written, of any table.
import { StorageError } from '$lib/storage/storage-error';
import type { TillDb } from './db';

/** Indexes with exactly one entry for each row. */
const ONE_EACH = {
  journal: '[till+policy]',
  accountEntries: 'customer',
  confirmations: '[shown+at]',
  customers: 'order',
  sales: '[till+number]',
  returns: 'sale',
  remoteJournal: 'effect',
  remoteAccountEntries: 'customer',
  remoteConfirmations: '[shown+at]',
  remoteSales: '[till+number]',
  remoteReturns: 'sale',
} as const;

/** Whether an index has more or fewer entries than its table has rows. Counts all of them. */
export async function hasWrongIndexes(db: TillDb): Promise<boolean> {
  for (const [name, index] of Object.entries(ONE_EACH)) {
    const table = db.table<unknown>(name);
    const [rows, entries] = await db.transaction('r', [table], () =>
      Promise.all([table.count(), table.orderBy(index).count()]),
    );
    if (rows !== entries) return true;
  }
  return false;
}

/** Dexie multiplies its own version numbers by this, which leaves nine native versions between two schema versions. */
const STEP = 10;

/** How long to wait for other pages to close their connections. */
const PATIENCE_MS = 10_000;

/**
 * Recreates all indexes from the rows, all or none. Only an upgrade to a new native version can do this, and nothing else may
 * use the database meanwhile. Returns false if the indexes stay as they are: after nine times, on a full disk, or if the rows
 * violate an index (two sales with one number). Throws the browser's exception, or StorageError `blocked`.
 */
export async function rebuildIndexes(db: TillDb, patienceMs = PATIENCE_MS): Promise<boolean> {
  await db.open();
  const next = db.backendDB().version + 1;
  if (next % STEP === 0) return false;
  db.close({ disableAutoOpen: false });
  const isDone = await new Promise<boolean>((resolve, reject) => {
    const request = db.home.factory.open(db.name, next);
    let isBegun = false;
    // a blocked request cannot be cancelled: this database cannot be opened again until the other page is closed
    request.onblocked = () => setTimeout(() => reject(new StorageError('blocked')), patienceMs);
    request.onupgradeneeded = () => {
      const { transaction } = request;
      if (transaction === null) return;
      isBegun = true;
      for (const table of db.tables) {
        const store = transaction.objectStore(table.name);
        for (const { name, keyPath, unique, multi } of table.schema.indexes) {
          if (store.indexNames.contains(name)) store.deleteIndex(name);
          store.createIndex(name, keyPath ?? name, {
            unique: unique === true,
            multiEntry: multi === true,
          });
        }
      }
    };
    request.onsuccess = () => {
      request.result.close();
      resolve(true);
    };
    request.onerror = (event) => {
      event.preventDefault();
      // the upgrade was aborted, so the database is unchanged
      if (isBegun) resolve(false);
      else reject(request.error ?? new DOMException('no reason', 'UnknownError'));
    };
  });
  await db.open();
  return isDone;
}
