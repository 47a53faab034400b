// Makes, checks and restores backups of the whole till, on demand and daily.
// Loads the code for reading and writing them on first use.
import { metaIn } from '$lib/storage/database/meta';
import type { BackupRefusal, CheckedBackup } from '$lib/storage/backup/restore-backup';
import type { FolderOutcome } from '$lib/storage/backup/folder';
import type { Backup } from '$lib/storage/backup/make-backup';
import type { BackupFolder } from '$lib/storage/schema/records';
import type { TillDb } from '$lib/storage/database/db';
import { storageErrorOf, type StorageErrorKind } from '$lib/storage/storage-error';

type PickFolder = (how: { id: string; mode: 'readwrite' }) => Promise<FileSystemDirectoryHandle>;
type AskFolder = FileSystemDirectoryHandle & {
  requestPermission?: (how: { mode: 'readwrite' }) => Promise<PermissionState>;
};

/** A disk failure, besides the outcomes of an act. */
export type DiskFailed = { readonly kind: 'disk'; readonly because: StorageErrorKind };

export type Looked =
  CheckedBackup | { readonly kind: 'refused'; readonly because: BackupRefusal } | DiskFailed;
export type PutBack = { readonly kind: 'restored' } | { readonly kind: 'refused' } | DiskFailed;

async function atDisk<T>(work: () => Promise<T>): Promise<T | DiskFailed> {
  try {
    return await work();
  } catch (error) {
    const failed = storageErrorOf(error);
    if (failed === null) throw error;
    return { kind: 'disk', because: failed.kind };
  }
}

export class Backups {
  readonly #db: TillDb;
  readonly #operator: () => string | null;
  readonly #now: () => number;
  #folder = $state.raw<BackupFolder | null>(null);
  #last = $state.raw<FolderOutcome>('not-due');
  #daily: Promise<void> = Promise.resolve();

  constructor(db: TillDb, operator: () => string | null, now: () => number) {
    this.#db = db;
    this.#operator = operator;
    this.#now = now;
  }

  /** The folder of the daily backups; null: none. */
  get folder(): BackupFolder | null {
    return this.#folder;
  }
  /** Outcome of the last daily backup. */
  get last(): FolderOutcome {
    return this.#last;
  }
  /** Whether this browser can write to a folder without asking each time. */
  get canKeepFolder(): boolean {
    return 'showDirectoryPicker' in window;
  }

  /** Null: this device is not enrolled. If an act is saved meanwhile, the backup starts again and includes it. */
  make(passphrase: string | null): Promise<Backup | null | DiskFailed> {
    return atDisk(async () => {
      const { makeBackup } = await import('$lib/storage/backup/make-backup');
      for (;;) {
        const made = await makeBackup(this.#db, { passphrase, at: this.#now() });
        if (made !== 'in-use') return made === 'no-till' ? null : made;
      }
    });
  }

  /** Checks the whole file without changing anything. */
  look(file: Blob, passphrase: string | null): Promise<Looked> {
    return atDisk(async () => {
      const { checkBackup } = await import('$lib/storage/backup/restore-backup');
      return checkBackup(this.#db, file, passphrase);
    });
  }

  /** Replaces the whole database; the page must be reloaded afterwards. */
  putBack(backup: CheckedBackup): Promise<PutBack> {
    return atDisk(async (): Promise<PutBack> => {
      const { restoreBackup } = await import('$lib/storage/backup/restore-backup');
      const who = { operator: this.#operator(), at: this.#now() };
      const { kind } = await restoreBackup(this.#db, backup, who);
      return { kind };
    });
  }

  /** Makes the daily backup if a folder was chosen and the last one is a day old. Call it while nobody is selling. */
  daily(): Promise<void> {
    this.#daily = this.#daily.then(async () => {
      try {
        // most tills have no folder: do not load the backup code for them
        if ((await metaIn(this.#db, 'backup-folder')) === null) return;
        const { backupToFolder } = await import('$lib/storage/backup/folder');
        this.#last = await backupToFolder(this.#db, this.#now());
        this.#folder = await metaIn(this.#db, 'backup-folder');
      } catch {
        // any failure is shown in the backup settings and retried at the next lock; it must not stop the till
        this.#last = 'failed';
      }
    });
    return this.#daily;
  }

  /** Needs a user gesture. Chooses a folder or renews its permission, then makes a backup at once. */
  async chooseFolder(): Promise<void> {
    const { saveFolder } = await import('$lib/storage/backup/folder');
    const held: AskFolder | undefined =
      this.#last === 'permission' ? this.#folder?.handle : undefined;
    const granted = (await held?.requestPermission?.({ mode: 'readwrite' })) === 'granted';
    if (!granted) {
      const pick = (window as unknown as { showDirectoryPicker: PickFolder }).showDirectoryPicker;
      let handle: FileSystemDirectoryHandle;
      try {
        handle = await pick({ id: 'counterfoil-backup', mode: 'readwrite' });
      } catch {
        return; // nothing was chosen
      }
      await atDisk(() => saveFolder(this.#db, { handle, lastAt: null }));
    }
    await this.daily();
  }

  async leaveFolder(): Promise<void> {
    const { saveFolder } = await import('$lib/storage/backup/folder');
    await atDisk(() => saveFolder(this.#db, null));
    this.#folder = null;
    this.#last = 'not-due';
  }
}
