// Uploads the journal after each act, at a start and after an outage, with pauses after failures.
import { metaIn, isEnrolled, tillIn } from '$lib/storage/database/meta';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { TillDb } from '$lib/storage/database/db';
import { headSeqIn } from '$lib/storage/journal/reader';
import type { Quarantine } from '$lib/storage/schema/relay-record';
import { acknowledged, unacknowledged, type Unacknowledged } from '$lib/storage/journal/watermark';
import { Upload, type UploadOutcome } from '$lib/sync/upload';
import { storageErrorOf } from '$lib/storage/storage-error';
import { liveQuery } from 'dexie';

/** How long a code request waits for the upload, ms. The relay accepts a journal that lags by some minutes. */
const BEFORE_CODE_MS = 2_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

type Deps = {
  readonly db: TillDb;
  readonly client: Pick<RelayClient, 'uploadJournal'>;
  /** ms, corrected by the relay's clock. */
  readonly now: () => number;
  readonly proven: () => number;
  readonly isOffline: () => boolean;
  /** The relay now has the whole journal. */
  readonly onsent?: () => void;
};

const WITHOUT_KEY: readonly Quarantine['because'][] = ['database-lost', 'restored'];
const NOTHING: Unacknowledged = { entries: 0, since: null };

export class JournalUploader {
  readonly #db: TillDb;
  readonly #upload: Upload;
  readonly #isOffline: () => boolean;
  readonly #onsent: () => void;
  #unacknowledged = $state.raw<Unacknowledged>(NOTHING);
  #quarantine = $state.raw<Quarantine | null>(null);
  #outcome = $state.raw<UploadOutcome | null>(null);
  #following: { unsubscribe(): void } | null = null;
  #sending: Promise<void> | null = null;
  /** An act was made during the last upload. */
  #again = false;
  /** An outage ended during the current upload, so if that upload fails, the next one need not pause. */
  #backMeanwhile = false;
  #failures = 0;
  /** Calls of `pausedDuring` that are running. */
  #held = 0;
  /** No automatic upload before this `performance.now()`. */
  #restUntil = 0;
  #alarm: ReturnType<typeof setTimeout> | undefined;

  constructor({ db, client, now, proven, isOffline, onsent }: Deps) {
    this.#db = db;
    this.#upload = new Upload({ db, client, now, proven });
    this.#isOffline = isOffline;
    this.#onsent = onsent ?? (() => undefined);
  }

  /** Number of entries the relay has not acknowledged. */
  get entries(): number {
    return this.#unacknowledged.entries;
  }
  /** Time of the oldest of these entries, ms; null: none. */
  get since(): number | null {
    return this.#unacknowledged.since;
  }
  /** Not null: the relay accepts this journal only after re-enrolment. The till still sells and uploads. */
  get quarantine(): Quarantine | null {
    return this.#quarantine;
  }
  /** The relay answers but refuses the journal, or the disk fails; null if it is accepted or the relay is unreachable. */
  get notTaken(): Extract<UploadOutcome, { kind: 'not-taken' }>['because'] | null {
    return this.#outcome?.kind === 'not-taken' ? this.#outcome.because : null;
  }

  /** Follows the journal from now on, also after re-enrolment. Throws StorageError. */
  async start(): Promise<void> {
    this.#following?.unsubscribe();
    this.#rested();
    await this.#look();
    this.#following = liveQuery(() => headSeqIn(this.#db)).subscribe({
      next: () => void this.#acted(),
      // the next act reports a failing disk
      error: () => undefined,
    });
  }

  /** The relay has answered: uploads what is pending. `back`: after an outage. */
  answered({ back }: { readonly back: boolean }): void {
    if (back) this.#rested();
    // after an outage it may be another relay, or a restored one: ask how far its copy of the journal reaches
    const waits = back || (!this.#isBeside && !this.#isUpToDate);
    // exchanges of an upload in progress are reported here as well
    if (this.#sending !== null) this.#backMeanwhile ||= back;
    if (this.#following === null || this.#sending !== null || !waits || this.#held > 0) return;
    if (performance.now() >= this.#restUntil) void this.#send();
  }

  /** Uploads pending entries before a code request, because the relay needs them; waits only briefly. */
  async beforeCode(): Promise<void> {
    if (this.#held > 0) await this.#look();
    if (this.#unacknowledged.entries === 0 || !this.#mayBeTaken) return;
    let bell: ReturnType<typeof setTimeout> | undefined;
    const moment = new Promise<void>((resolve) => (bell = setTimeout(resolve, BEFORE_CODE_MS)));
    await Promise.race([this.#sendPending(), moment]);
    clearTimeout(bell);
  }

  /** Waits for the upload in progress, then uploads what is left: that upload may fail, or lack the newest entries. */
  async #sendPending(): Promise<void> {
    await this.settled();
    if (this.#unacknowledged.entries > 0) await this.#send();
  }

  /** Runs work that adds many entries, such as an import, and uploads them after it, so that neither slows the other. */
  async pausedDuring<T>(work: () => Promise<T>): Promise<T> {
    this.#held += 1;
    try {
      return await work();
    } finally {
      this.#held -= 1;
      void this.#acted();
    }
  }

  /** Uploads pending entries now; resolves when the relay has them or the upload failed. */
  async sendNow(): Promise<void> {
    this.#rested();
    await this.#send();
  }

  /** Resolves once no upload is in progress; callers must check their conditions again afterwards. */
  async settled(): Promise<void> {
    while (this.#sending !== null) await this.#sending;
  }

  /**
   * Without its key the till cannot sign an upload. With it, uploading helps even in quarantine: the relay then notifies
   * customers.
   */
  get #mayBeTaken(): boolean {
    return this.#quarantine === null || !WITHOUT_KEY.includes(this.#quarantine.because);
  }

  get #isUpToDate(): boolean {
    return this.#outcome?.kind === 'up-to-date' && this.#unacknowledged.entries === 0;
  }

  /** The relay has all entries, some of them beside the journal, so nothing is due before the next act. */
  get #isBeside(): boolean {
    return this.#outcome?.kind === 'quarantined' && this.#outcome.because !== 'unknown-till';
  }

  #rested(): void {
    clearTimeout(this.#alarm);
    this.#failures = 0;
    this.#restUntil = 0;
  }

  /** Pauses uploads, longer each time, then retries. */
  #rest(): void {
    clearTimeout(this.#alarm);
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures += 1;
    this.#restUntil = performance.now() + pause;
    this.#alarm = setTimeout(() => {
      if (!this.#isOffline()) void this.#send();
    }, pause);
  }

  async #acted(): Promise<void> {
    if (this.#held > 0) return;
    await this.#look();
    if (this.#isOffline() || performance.now() < this.#restUntil) return;
    if (this.#sending !== null) this.#again = true;
    else await this.#send();
  }

  #send(): Promise<void> {
    if (!this.#mayBeTaken) return Promise.resolve();
    this.#sending ??= this.#run().finally(() => {
      this.#sending = null;
      const isTaken = this.#outcome?.kind === 'up-to-date' || this.#isBeside;
      const again = isTaken ? this.#again : this.#backMeanwhile;
      this.#again = this.#backMeanwhile = false;
      if (again) void this.#send();
    });
    return this.#sending;
  }

  async #run(): Promise<void> {
    try {
      this.#outcome = await this.#upload.run();
    } catch (error) {
      // a disk failure, not a network failure: the screen shows it, and the upload is retried after a pause
      this.#outcome = { kind: 'not-taken', because: 'disk-failed' };
      if (storageErrorOf(error) === null) reportError(error);
    }
    if (this.#outcome.kind === 'up-to-date') {
      this.#rested();
      this.#onsent();
    } else if (this.#isBeside) {
      this.#rested();
    } else {
      this.#rest();
    }
    await this.#look();
  }

  async #look(): Promise<void> {
    try {
      const till = await tillIn(this.#db);
      const held = isEnrolled(till) ? await acknowledged(this.#db, till) : null;
      this.#unacknowledged = await unacknowledged(this.#db, held?.seq ?? 0);
      this.#quarantine = await metaIn(this.#db, 'quarantine');
    } catch {
      // the last known state stays on screen; the next act reports a failing disk
    }
  }
}
