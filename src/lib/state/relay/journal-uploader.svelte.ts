// Uploads the journal after each act, at a start and after an outage, with pauses after failures.
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { TillDb } from '$lib/storage/database/db';
import { head } from '$lib/storage/journal/reader';
import { loadQuarantine } from '$lib/storage/journal/quarantine';
import type { Quarantine } from '$lib/storage/schema/relay-record';
import { tillIdentity } from '$lib/storage/till/till';
import { isEnrolled } from '$lib/storage/database/till-record';
import { acknowledged, unacknowledged, type Unacknowledged } from '$lib/storage/journal/watermark';
import { Upload, type UploadOutcome } from '$lib/sync/upload';
import { liveQuery } from 'dexie';

/** A code is asked for all the same after so long: the relay allows the journal some minutes. */
const BEFORE_CODE_MS = 2_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

type Deps = {
  readonly db: TillDb;
  readonly client: Pick<RelayClient, 'uploadJournal'>;
  /** ms, corrected by the relay's clock. */
  readonly now: () => number;
  readonly isOffline: () => boolean;
  /** The relay has the whole journal now. */
  readonly onsent?: () => void;
};

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
  /** An act came while the last word was on its way. */
  #again = false;
  #failures = 0;
  /** `performance.now()` before which nothing is tried by itself. */
  #restUntil = 0;
  #alarm: ReturnType<typeof setTimeout> | undefined;

  constructor({ db, client, now, isOffline, onsent }: Deps) {
    this.#db = db;
    this.#upload = new Upload({ db, client, now });
    this.#isOffline = isOffline;
    this.#onsent = onsent ?? (() => undefined);
  }

  /** Entries the relay has not acknowledged. */
  get entries(): number {
    return this.#unacknowledged.entries;
  }
  /** ms, when the oldest of them was made; null: none. */
  get since(): number | null {
    return this.#unacknowledged.since;
  }
  /** Set: the relay believes this journal only after the till was re-enrolled. It sells on. */
  get quarantine(): Quarantine | null {
    return this.#quarantine;
  }
  /** The relay answers and does not take the journal; null while it does or nobody answers. */
  get notTaken(): Extract<UploadOutcome, { kind: 'not-taken' }>['because'] | null {
    return this.#outcome?.kind === 'not-taken' ? this.#outcome.because : null;
  }

  /** Follows the journal from now on, also that of a till re-enrolled. Throws StorageError. */
  async start(): Promise<void> {
    this.#following?.unsubscribe();
    this.#rested();
    await this.#look();
    this.#following = liveQuery(() => head(this.#db)).subscribe({
      next: () => void this.#acted(),
      // a disk that does not answer says so at the next act
      error: () => undefined,
    });
  }

  /** The relay has answered something: what waits for it may go. `back`: after an outage. */
  answered({ back }: { readonly back: boolean }): void {
    if (back) this.#rested();
    // after an outage it may be another relay, or one put back from an old copy: it is heard how far it is
    const waits = back || this.#outcome?.kind !== 'up-to-date' || this.#unacknowledged.entries > 0;
    // the upload's own exchanges are told here, too
    if (this.#following === null || this.#sending !== null || !waits) return;
    if (performance.now() >= this.#restUntil) void this.#send();
  }

  /** The relay wants the journal before it sends a code: sends what is owed, for a moment at most. */
  async beforeCode(): Promise<void> {
    if (this.#unacknowledged.entries === 0 || !this.#mayBeTaken) return;
    let bell: ReturnType<typeof setTimeout> | undefined;
    const moment = new Promise<void>((resolve) => (bell = setTimeout(resolve, BEFORE_CODE_MS)));
    await Promise.race([this.#send(), moment]);
    clearTimeout(bell);
  }

  /** Sends what is owed now, and resolves when the relay has it or it failed. */
  async sendNow(): Promise<void> {
    this.#rested();
    await this.#send();
  }

  /** Resolves once nothing is on its way to the relay; whoever waits decides again what he may do. */
  async settled(): Promise<void> {
    while (this.#sending !== null) await this.#sending;
  }

  get #mayBeTaken(): boolean {
    // which relay this is may turn out any moment; everything else ends by re-enrolment alone
    return this.#quarantine === null || this.#quarantine.because === 'unknown-till';
  }

  #rested(): void {
    clearTimeout(this.#alarm);
    this.#failures = 0;
    this.#restUntil = 0;
  }

  /** Leaves the relay alone for a while, longer each time, and then tries again by itself. */
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
    await this.#look();
    if (this.#isOffline() || performance.now() < this.#restUntil) return;
    if (this.#sending !== null) this.#again = true;
    else await this.#send();
  }

  #send(): Promise<void> {
    if (!this.#mayBeTaken) return Promise.resolve();
    this.#sending ??= this.#run().finally(() => {
      this.#sending = null;
      const again = this.#again && this.#outcome?.kind === 'up-to-date';
      this.#again = false;
      if (again) void this.#send();
    });
    return this.#sending;
  }

  async #run(): Promise<void> {
    try {
      this.#outcome = await this.#upload.run();
    } catch {
      // the disk: whoever acts next is told, and this begins again with the act
      this.#outcome = { kind: 'unreachable' };
    }
    if (this.#outcome.kind === 'up-to-date') {
      this.#rested();
      this.#onsent();
    } else {
      this.#rest();
    }
    await this.#look();
  }

  async #look(): Promise<void> {
    try {
      const till = await tillIdentity(this.#db);
      const held = isEnrolled(till) ? await acknowledged(this.#db, till) : null;
      this.#unacknowledged = await unacknowledged(this.#db, held?.seq ?? 0);
      this.#quarantine = await loadQuarantine(this.#db);
    } catch {
      // what was seen last stays on screen; the disk says so itself at the next act
    }
  }
}
