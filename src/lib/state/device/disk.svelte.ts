// State of the till's records: result of the start, state of the journal file, free space.
import { JournalFile, type FileState } from '$lib/storage/wal/journal-file';
import type { RepairNews } from '$lib/storage/recovery/repair';
import type { DecideAct, UndecidedAct } from '$lib/storage/recovery/undecided-act';
import { repairLosses, startUp } from '$lib/storage/recovery/start';
import type { ReadJournal } from '$lib/storage/recovery/damaged-journal';
import { dismissNews, keepNews, startNewsIn } from '$lib/storage/recovery/start-news';
import type { StartNews } from '$lib/storage/schema/start-news';
import { withWriterLock, type TillDb } from '$lib/storage/database/db';
import { tillIn } from '$lib/storage/database/meta';
import { StorageError, unlessDiskFails } from '$lib/storage/storage-error';
import { roomAgain } from './room-again';

export type DiskNews = StartNews | RepairNews;

/** Free space below which a warning is shown, and below which it is urgent; bytes. */
const LITTLE = 200_000_000;
const HARDLY_ANY = 50_000_000;
const MEGABYTE = 1_000_000;
/** What is written to find out whether the disk is full, bytes. */
const PROBE = 64 << 10;

/** `none`: a small write has failed; the browser's own numbers say nothing about that. */
export type FreeSpace =
  | { readonly kind: 'little' | 'hardly-any'; readonly megabytes: number }
  | { readonly kind: 'none' };

const LOST: StartNews = { kind: 'lost' };

type Decision = Awaited<ReturnType<DecideAct>>;

/** An act that the screen reported as possibly saved. */
export type Undecided = {
  readonly act: UndecidedAct;
  /** As in `DecideAct`. */
  readonly tillNumber: number | null;
  readonly decide: (decision: Decision) => void;
};

/**
 * The database of the till in use is damaged. `unread`: number of lines of the journal file that a rebuild would lack; null: it
 * cannot be rebuilt here.
 */
export type Damage = { readonly unread: number | null };

export class Disk {
  readonly #db: TillDb;
  readonly #onrestored: () => void;
  #news = $state.raw<readonly DiskNews[]>([]);
  #file = $state.raw<FileState>('in-use');
  #freeSpace = $state.raw<FreeSpace | null>(null);
  #undecided = $state.raw<Undecided | null>(null);
  #damage = $state.raw<Damage | null>(null);
  #isExamined = false;
  #wasLost = false;
  #found: readonly StartNews[] = [];
  #journal: JournalFile | null = null;

  /**
   * `onrestored`: the database was rebuilt while the till was in use; data without a second copy now exists only in this page.
   */
  constructor(db: TillDb, onrestored: () => void = () => {}) {
    this.#db = db;
    this.#onrestored = onrestored;
  }

  /** Unread messages, including those of earlier starts. */
  get news(): readonly DiskNews[] {
    return this.#news;
  }
  get file(): FileState {
    return this.#file;
  }
  /** Null: no read or write of this page has failed because of damage. It stays until the page is loaded again. */
  get damage(): Damage | null {
    return this.#damage;
  }
  /** Null if there is enough space, or it cannot be queried. */
  get freeSpace(): FreeSpace | null {
    return this.#freeSpace;
  }

  /** Probes the database before it is opened, because the browser reports a loss only then. Throws StorageError. */
  async look(): Promise<void> {
    // start the worker while the database is being probed
    const journal = new JournalFile(this.#db.name, (state) => (this.#file = state));
    this.#journal = journal;
    const hasJournal = async () => (await journal.tills()).length > 0;
    this.#wasLost = (await this.#db.home.look(this.#db.name, hasJournal)) === 'lost';
  }

  /**
   * Replaces single rows that cannot be read. Returns whether there were any, so that another start gets further. `at`: ms.
   * Throws StorageError.
   */
  async replaceUnreadable(at: number): Promise<boolean> {
    if (this.#journal === null) return false;
    const { replaceUnreadable } = await import('$lib/storage/recovery/unreadable-rows');
    await this.#journal.rebuilt;
    return replaceUnreadable(this.#db, this.#journal, at);
  }

  /**
   * Whether an unreadable database can be rebuilt from the journal file elsewhere: the number of unreadable lines in the file;
   * null: it cannot be rebuilt.
   */
  async unreadForRebuild(): Promise<number | null> {
    if (this.#journal === null || !this.#db.home.mayLeave) return null;
    const journal = this.#journal;
    const { unreadForRebuild } = await import('$lib/storage/recovery/damaged-journal');
    // an unreadable file is no proof
    return unlessDiskFails(() => unreadForRebuild(journal), null);
  }

  /** Called when a read or write has failed because of damage. */
  async #examine(): Promise<void> {
    if (this.#isExamined) return;
    this.#isExamined = true;
    if (await this.isFull()) void this.#waitForRoom();
    else this.#damage = { unread: await this.#unreadInUse() };
  }

  /**
   * Whether a small write fails. A full disk makes reads and writes of the database fail as damage does, and Chromium reports
   * 10 GiB free whatever the disk has.
   */
  async isFull(): Promise<boolean> {
    return !(await this.#db.home.hasRoom(PROBE));
  }

  /** Says that the disk is full until a small write succeeds. */
  async #waitForRoom(): Promise<void> {
    this.#freeSpace = { kind: 'none' };
    await roomAgain(async () => !(await this.isFull()));
    this.#freeSpace = null;
    this.#isExamined = false;
    await this.lookForRoom();
  }

  /** As `unreadForRebuild`, without closing the file that the till writes to. */
  async #unreadInUse(): Promise<number | null> {
    const { file, home } = this.#db;
    if (file === null || !home.mayLeave) return null;
    const { unreadInUse } = await import('$lib/storage/recovery/damaged-journal');
    return unlessDiskFails(async () => {
      await file.rebuilt;
      // under the lock no line is added or removed
      return withWriterLock(this.#db, () => unreadInUse(file));
    }, null);
  }

  /** Makes the next start rebuild the database; the present one is kept. Throws StorageError. */
  leaveDatabase(): Promise<void> {
    return this.#db.home.leave();
  }

  /** There is a journal file but no database, and no line of it names the till. */
  get isJournalDamaged(): boolean {
    return this.#found.some(({ kind }) => kind === 'unreadable');
  }

  /** What can be read from the damaged journal files. Throws StorageError. */
  async readJournals(): Promise<ReadJournal[]> {
    if (this.#journal === null) return [];
    const { readJournals } = await import('$lib/storage/recovery/damaged-journal');
    return readJournals(this.#journal);
  }

  /** Renames the damaged files, so that the next start begins as a new till. `at`: ms. Throws StorageError. */
  async setJournalsAside(at: number): Promise<void> {
    if (this.#journal === null) return;
    const { setJournalsAside } = await import('$lib/storage/recovery/damaged-journal');
    await setJournalsAside(this.#journal, at);
  }

  /** The act that the start asks about; null: none. */
  get undecided(): Undecided | null {
    return this.#undecided;
  }

  /** Compares and repairs the records. No act may be numbered before it resolves. `at`: ms. Throws StorageError. */
  async compare(at: number): Promise<void> {
    if (this.#journal === null) return;
    const journal = this.#journal;
    this.#found = await this.#db.mending(() =>
      startUp(this.#db, journal, at, (act, tillNumber) => this.#ask(act, tillNumber)),
    );
    const { restore } = this.#db;
    this.#db.restore = async (known) => {
      await restore?.(known);
      this.#onrestored();
      this.#news = await startNewsIn(this.#db);
    };
    const isSaid = this.#found.some(({ kind }) => kind === 'rebuilt' || kind === 'unreadable');
    if (isSaid) await dismissNews(this.#db, LOST);
    else if (this.#wasLost) await keepNews(this.#db, [LOST]);
    this.#news = await startNewsIn(this.#db);
    // until here damage fails the start, which offers the same
    this.#db.ondamage = () => void this.#examine();
    // nobody knows whether a journal file exists, so a first run must not begin, and "lost" may be wrong
    const isUnknown = this.#journal.state === 'away' && (await tillIn(this.#db)) === null;
    if (isUnknown && this.#news.some(({ kind }) => kind === 'lost'))
      throw new StorageError('journal-unreadable');
    void this.lookForRoom();
  }

  #ask(act: UndecidedAct, tillNumber: number | null): Promise<Decision> {
    return new Promise((resolve) => {
      const decide = (decision: Decision) => {
        this.#undecided = null;
        resolve(decision);
      };
      this.#undecided = { act, tillNumber, decide };
    });
  }

  /** The page is hidden and perhaps frozen: releases database and file, because no later page could write otherwise. */
  abortAndClose(): void {
    this.#journal?.close();
    this.#db.abortAndClose();
  }

  /** Restores rows lost from the middle while the till is in use; returns whether there were any. `at`: ms. */
  async repairLosses(at: number): Promise<boolean> {
    // the next act reports the disk failure, and the next start checks again
    return unlessDiskFails(async () => {
      const news = await this.#db.mending(() => repairLosses(this.#db, at));
      const missing = news.filter(({ kind }) => kind === 'missing');
      this.#news = [...(await startNewsIn(this.#db)), ...missing];
      return news.some(({ kind }) => kind === 'repaired');
    }, false);
  }

  /** Checks what was downloaded of other tills. Returns whether it was damaged and must be downloaded again. */
  async checkRemote(): Promise<boolean> {
    const { checkRemote } = await import('$lib/storage/recovery/check-remote');
    // the next start checks again
    return unlessDiskFails(() => this.#db.mending(() => checkRemote(this.#db)), false);
  }

  /** Rebuilds the journal file if any of its lines is damaged. It reads the whole file while the till is in use. `at`: ms. */
  async renewDamagedFile(at: number): Promise<void> {
    const { renewDamagedFile } = await import('$lib/storage/recovery/damaged-lines');
    // the next start checks again
    await unlessDiskFails(() => renewDamagedFile(this.#db, at), null);
  }

  /** Rebuilds the journal file without erased cards. `when`: see `eraseFromFile` in `recovery/erased-cards`. */
  async eraseFromFile(when: 'selling' | 'idle'): Promise<void> {
    const { eraseFromFile } = await import('$lib/storage/recovery/erased-cards');
    // retried with the next download, lock or start
    await unlessDiskFails(() => eraseFromFile(this.#db, when), null);
  }

  /** Removes a message that somebody has read. */
  async acknowledge(read: DiskNews): Promise<void> {
    this.#news = this.#news.filter((each) => each !== read);
    if (read.kind === 'missing') return;
    // the next start shows it again
    await unlessDiskFails(() => dismissNews(this.#db, read), null);
  }

  /** Queries the free space, which is the browser's estimate. */
  async lookForRoom(): Promise<void> {
    const estimate = await navigator.storage?.estimate?.().catch(() => null);
    if (this.#freeSpace?.kind === 'none') return;
    if (estimate?.quota === undefined || estimate.usage === undefined) return;
    const free = Math.max(0, estimate.quota - estimate.usage);
    const megabytes = Math.floor(free / MEGABYTE);
    this.#freeSpace =
      free < HARDLY_ANY
        ? { kind: 'hardly-any', megabytes }
        : free < LITTLE
          ? { kind: 'little', megabytes }
          : null;
  }
}
