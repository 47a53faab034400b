// The folder for daily backups: its handle, and which files of this till are kept in it.
import { metaIn, saveMeta } from '$lib/storage/database/meta';
import { transact, SCHEMA, type TillDb } from '$lib/storage/database/db';
import type { BackupFolder } from '$lib/storage/schema/records';
import { isComplete, type MissingInBackup } from './backup-record';
import { soundBackup } from './container';
import { backupPrefix, makeBackup, type Backup } from './make-backup';

const DAY_MS = 24 * 3_600_000;
/** How many backups are kept in the folder. */
export const KEPT = 7;

/** Null removes the folder. */
export async function saveFolder(db: TillDb, folder: BackupFolder | null): Promise<void> {
  if (folder !== null) await saveMeta(db, 'backup-folder', folder);
  else await transact(db, [db.meta], () => db.meta.delete('backup-folder'));
}

/** Permission methods of the handle. Only Chromium has them; only Chromium can choose a folder. */
type Asked = FileSystemDirectoryHandle & {
  queryPermission?: (how: { mode: 'readwrite' }) => Promise<PermissionState>;
};

export type FolderOutcome =
  /** No folder, or today's backup exists. */
  | 'not-due'
  | 'written'
  /** Written, but without the rows that could not be read. */
  | { readonly kind: 'incomplete'; readonly missing: MissingInBackup }
  /** An act was saved meanwhile; retried when the till is locked again. */
  | 'in-use'
  /** The browser asks for permission again, which requires a user gesture. */
  | 'permission'
  /** The folder is missing or full, or the written file cannot be read back. */
  | 'failed';

/** Writes the daily backup, reads it back, and only then deletes all but the newest `KEPT`. `at`: ms. */
export async function backupToFolder(db: TillDb, at: number): Promise<FolderOutcome> {
  const folder = await metaIn(db, 'backup-folder');
  // the absolute difference: a clock set back must not postpone the backup for ever
  if (folder === null || Math.abs(at - (folder.lastAt ?? 0)) < DAY_MS) return 'not-due';
  const handle: Asked = folder.handle;
  let missing: MissingInBackup;
  try {
    if ((await handle.queryPermission?.({ mode: 'readwrite' })) !== 'granted') return 'permission';
    const backup = await makeBackup(db, { passphrase: null, at });
    if (backup === 'no-till') return 'not-due';
    if (backup === 'in-use') return 'in-use';
    if (!(await writeWhole(handle, backup))) return 'failed';
    await dropOlder(handle, backup);
    ({ missing } = backup);
  } catch (cause) {
    if (cause instanceof DOMException) return 'failed';
    throw cause;
  }
  await saveFolder(db, { ...folder, lastAt: at });
  return isComplete(missing) ? 'written' : { kind: 'incomplete', missing };
}

/** Writes a file and reads it back. An unreadable file is deleted, since it would count as one of those kept. */
async function writeWhole(handle: FileSystemDirectoryHandle, backup: Backup): Promise<boolean> {
  const place = await handle.getFileHandle(backup.name, { create: true });
  let isWhole = false;
  try {
    const stream = await place.createWritable();
    await stream.write(backup.file);
    await stream.close();
    isWhole = (await soundBackup(await place.getFile(), SCHEMA)).kind === 'sound';
  } finally {
    if (!isWhole) await handle.removeEntry(backup.name);
  }
  return isWhole;
}

async function dropOlder(handle: FileSystemDirectoryHandle, newest: Backup): Promise<void> {
  const prefix = backupPrefix(newest.till);
  const names: string[] = [];
  for await (const name of handle.keys()) {
    if (name.startsWith(prefix) && name.endsWith('.backup')) names.push(name);
  }
  // the name contains the time; a time in the future comes from a clock that ran ahead, so such a file counts as older
  const isAhead = (name: string) => name > newest.name;
  names.sort();
  const oldestFirst = [...names.filter(isAhead), ...names.filter((name) => !isAhead(name))];
  for (const name of oldestFirst.slice(0, -KEPT)) await handle.removeEntry(name);
}
