// State of the till's records: result of the start, state of the journal file, free space.
import { JournalFile, type FileState } from '$lib/storage/wal/journal-file';
import type { RepairNews } from '$lib/storage/recovery/repair';
import { repairLosses, startUp } from '$lib/storage/recovery/start';
import type { StartNews } from '$lib/storage/recovery/start-news';
import type { TillDb } from '$lib/storage/database/db';
import { storageErrorOf } from '$lib/storage/storage-error';

export type DiskNews = StartNews | RepairNews | { readonly kind: 'lost' };

/** Free room below which a person is warned, and below which it is urgent; bytes. */
const LITTLE = 200_000_000;
const HARDLY_ANY = 50_000_000;
const MEGABYTE = 1_000_000;

export type Room = { readonly kind: 'little' | 'hardly-any'; readonly megabytes: number };

export class Disk {
  readonly #db: TillDb;
  #news = $state.raw<readonly DiskNews[]>([]);
  #file = $state.raw<FileState>('in-use');
  #room = $state.raw<Room | null>(null);
  #wasLost = false;
  #journal: JournalFile | null = null;

  constructor(db: TillDb) {
    this.#db = db;
  }

  /** What a person has not yet acknowledged. */
  get news(): readonly DiskNews[] {
    return this.#news;
  }
  get file(): FileState {
    return this.#file;
  }
  /** Null while there is enough, or where it cannot be asked. */
  get room(): Room | null {
    return this.#room;
  }

  /** Before anything opens the database: only then does the browser say whether it lost it. Throws StorageError. */
  async look(): Promise<void> {
    // its worker starts while the database is looked at
    const journal = new JournalFile(this.#db.name, (state) => (this.#file = state));
    this.#journal = journal;
    const hasJournal = async () => (await journal.tills()).length > 0;
    this.#wasLost = (await this.#db.home.look(this.#db.name, hasJournal)) === 'lost';
  }

  /** Compares what is on the disk and mends it. Nothing may be numbered before this resolves. `at`: ms. Throws StorageError. */
  async compare(at: number): Promise<void> {
    if (this.#journal === null) return;
    const news = await startUp(this.#db, this.#journal, at);
    const isSaid = news.some(({ kind }) => kind === 'rebuilt' || kind === 'unreadable');
    this.#news = this.#wasLost && !isSaid ? [{ kind: 'lost' }, ...news] : news;
    void this.lookForRoom();
  }

  /** This page is left, and perhaps kept asleep: it holds neither the database nor the file, or no later page could write. */
  abortAndClose(): void {
    this.#journal?.close();
    this.#db.abortAndClose();
  }

  /** Looks, while the till is in use already, for rows lost from the middle, and mends them. Whether any came back. `at`: ms. */
  async repairLosses(at: number): Promise<boolean> {
    try {
      const news = await repairLosses(this.#db, at);
      this.#news = [...this.#news, ...news];
      return news.some(({ kind }) => kind === 'repaired');
    } catch (error) {
      // what ails the disk is told by the next act, and the next start looks again
      if (storageErrorOf(error) === null) throw error;
      return false;
    }
  }

  /** Somebody has read it. */
  acknowledge(read: DiskNews): void {
    this.#news = this.#news.filter((each) => each !== read);
  }

  /** Asks how much room is left. */
  async lookForRoom(): Promise<void> {
    const estimate = await navigator.storage?.estimate?.().catch(() => null);
    if (estimate?.quota === undefined || estimate.usage === undefined) return;
    const free = Math.max(0, estimate.quota - estimate.usage);
    const megabytes = Math.floor(free / MEGABYTE);
    this.#room =
      free < HARDLY_ANY
        ? { kind: 'hardly-any', megabytes }
        : free < LITTLE
          ? { kind: 'little', megabytes }
          : null;
  }
}
