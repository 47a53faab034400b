// Writes the open receipt to disk, one write at a time, and keeps the error if one failed.
import type { TillDb } from '$lib/storage/database/db';
import { saveDraft, type Draft } from '$lib/storage/sales/drafts';
import { storageErrorKind, type StorageErrorKind } from '$lib/storage/storage-error';

export class RegisterDraft {
  readonly #db: TillDb;
  readonly #newest: () => Draft | null;
  #trouble = $state<StorageErrorKind | null>(null);
  #writing: Promise<void> = Promise.resolve();
  /** The queued write. */
  #next: Promise<void> | null = null;

  /** `newest`: returns the draft to write at that time; null once it is sold. */
  constructor(db: TillDb, newest: () => Draft | null) {
    this.#db = db;
    this.#newest = newest;
  }

  /** Why the open receipt is not on the disk; null if it is. */
  get trouble(): StorageErrorKind | null {
    return this.#trouble;
  }

  /** Resolves once it is on the disk, or `trouble` is set. */
  write(): Promise<void> {
    // the queued write will include the newest state
    if (this.#next !== null) return this.#next;
    const next = this.#writing.then(async () => {
      this.#next = null;
      const draft = this.#newest();
      if (draft === null) return;
      try {
        await saveDraft(this.#db, draft);
        this.#trouble = null;
      } catch (error) {
        this.failed(error);
      }
    });
    this.#writing = this.#next = next;
    return next;
  }

  /** Resolves once the writes asked for so far have ended. */
  written(): Promise<void> {
    return this.#writing;
  }

  /** Runs `act`, another write of receipts, after the writes in progress. Rejects if `act` rejects. */
  async run<T>(act: () => Promise<T>): Promise<T> {
    const acting = this.#writing.then(act);
    this.#writing = acting.then(
      () => undefined,
      () => undefined,
    );
    return acting;
  }

  /** Another disk operation of the receipt failed. */
  failed(error: unknown): void {
    this.#trouble = storageErrorKind(error);
  }
}
