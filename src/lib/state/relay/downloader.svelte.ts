// Downloads the shop's order while the relay is in reach, within a second of each act.
import type { RemoteEntryRow, RemoteTillRow } from '$lib/contract/shop-copy';
import type { TillDb } from '$lib/storage/database/db';
import { lostCopy, noteCopy, type CopySize } from '$lib/storage/remote/noted-copy';
import { remoteCursorIn } from '$lib/storage/remote/remote-order';
import { storageErrorOf } from '$lib/storage/storage-error';
import type { DownloadOutcome } from '$lib/sync/download';
import { DownloadDamaged, DownloadStopped, type DownloadWorker } from '$lib/sync/download-worker';

/** How long the relay may keep a request open until there is something new, ms; within the contract's limit. */
const WAIT_MS = 25_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

type Deps = {
  readonly db: TillDb;
  readonly worker: Pick<DownloadWorker, 'download' | 'close'>;
  /** Number of goods in the catalogue. */
  readonly goods: () => number;
  readonly isOffline: () => boolean;
  /** Something of another till has arrived. */
  readonly onapplied: () => void;
  /** Called if downloaded rows cannot be read; drops them if they are damaged. Returns whether it dropped them. */
  readonly check: () => Promise<boolean>;
  /**
   * Called when the relay has nothing newer: compares the downloaded data with the relay. Returns whether the copy was dropped.
   */
  readonly compare: () => Promise<boolean>;
};

/**
 * `not-believed`: the relay's data does not match its signature, so it is not used. `fork`: the relay has another journal of
 * this till. `unreadable`: the answer is damaged, or does not come from a relay. `disk-full`: the data cannot be stored.
 * `stopped`: the download worker did not start or has ended; it is started again after a pause.
 */
type Trouble =
  | Extract<DownloadOutcome['kind'], 'not-believed' | 'fork' | 'unreadable'>
  | 'disk-full'
  | 'stopped';

const isTrouble = (kind: DownloadOutcome['kind'] | undefined) =>
  kind === 'not-believed' || kind === 'fork' || kind === 'unreadable';

export class Downloader {
  readonly #deps: Deps;
  #asOf = $state.raw<number | null>(null);
  #tills = $state.raw<readonly RemoteTillRow[]>([]);
  #uncounted = $state.raw<readonly Pick<RemoteEntryRow, 'till' | 'seq'>[]>([]);
  #later = $state.raw({ here: 0, atRelay: 0 });
  #trouble = $state.raw<Trouble | null>(null);
  #lasting = $state.raw<Trouble | null>(null);
  #isCurrent = $state(false);
  #missing = $state.raw<CopySize | null>(null);
  #isNoted = false;
  #isStarted = false;
  #running = false;
  /** A damaged copy was dropped, and no download has ended well since. */
  #isDropping = false;
  #failures = 0;
  #alarm: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Whether the relay had nothing newer when it was last asked. */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }
  /** Up to which time the acts of other tills are known here, by the relay's clock, ms; null: nothing has been downloaded yet. */
  get asOf(): number | null {
    return this.#asOf;
  }
  /** What this till knew before it lost the copy of the other tills' entries; null: it is here, or was never here. */
  get missing(): CopySize | null {
    return this.#missing;
  }
  /** Number of other tills in use in the shop, as far as is known here. `own`: the till ids of this device. */
  others(own: readonly string[]): number {
    return this.#tills.filter(
      ({ till, replacedBy, revokedAt }) =>
        replacedBy === null && revokedAt === null && !own.includes(till),
    ).length;
  }
  /** A till of the shop; null: unknown here. */
  get tills(): readonly RemoteTillRow[] {
    return this.#tills;
  }
  tillOf(id: string): RemoteTillRow | null {
    return this.#tills.find(({ till }) => till === id) ?? null;
  }
  /** Entries that this version cannot count, so their changes are missing in debts, points and stock. */
  get uncounted(): readonly Pick<RemoteEntryRow, 'till' | 'seq'>[] {
    return this.#uncounted;
  }
  /** Number of other tills' entries of a later version that count only after an update: of this till (`here`) or of the relay. */
  get later(): { readonly here: number; readonly atRelay: number } {
    return this.#later;
  }
  get trouble(): Trouble | null {
    return this.#trouble;
  }
  /** The trouble, once two downloads in a row have ended without an answer that could be used. */
  get lasting(): Trouble | null {
    return this.#lasting;
  }

  /** Downloads from now on. */
  async start(): Promise<void> {
    try {
      this.#asOf ??= (await remoteCursorIn(this.#deps.db))?.at ?? null;
      if (this.#asOf === null) this.#missing = await lostCopy(this.#deps.db, this.#deps.goods());
      await this.#readCopy();
    } catch (error) {
      // the first download fails on the same disk and reports it
      if (storageErrorOf(error) === null) reportError(error);
    }
    this.#isStarted = true;
    this.answered();
  }

  /** The relay has answered, perhaps a request of this class: continues, unless it pauses after a failure. */
  answered(): void {
    if (this.#isStarted && !this.#running && this.#alarm === undefined) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (await this.#once());
    } finally {
      this.#running = false;
    }
  }

  /** Returns whether to ask again at once. */
  async #once(): Promise<boolean> {
    if (this.#deps.isOffline()) return false;
    const began = performance.now();
    // the first request does not wait, so that its answer shows at once whether there is anything
    const waitMs = this.#isCurrent ? WAIT_MS : 0;
    const before = this.#trouble;
    const outcome = await this.#download(waitMs);
    this.#isCurrent = outcome?.kind === 'up-to-date';
    if (outcome?.kind === 'up-to-date') {
      this.#failures = 0;
      this.#isDropping = false;
      this.#trouble = null;
      this.#lasting = null;
      this.#asOf = outcome.at;
      if (await this.#isDropped()) return true;
      this.#missing = null;
      await this.#note(outcome.applied);
      // a relay that does not wait must not be asked continuously
      const isQuick = outcome.applied === 0 && performance.now() - began < FIRST_PAUSE_MS;
      if (isQuick && waitMs > 0) this.#pause(FIRST_PAUSE_MS);
      return this.#alarm === undefined;
    }
    const kind = outcome?.kind;
    if (isTrouble(kind)) this.#trouble = kind;
    this.#lasting = before === null ? null : this.#trouble;
    this.#pause(Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS));
    this.#failures += 1;
    return false;
  }

  #pause(ms: number): void {
    this.#alarm = setTimeout(() => {
      this.#alarm = undefined;
      this.answered();
    }, ms);
  }

  /** The page is hidden and perhaps frozen: ends the worker, which holds the database and possibly the writer's lock. */
  close(): void {
    this.#deps.worker.close();
  }

  /** The copy was dropped, so the next request starts again. */
  dropped(): void {
    this.#isCurrent = false;
    this.#asOf = null;
  }

  async #isDropped(): Promise<boolean> {
    try {
      const isDropped = await this.#deps.compare();
      if (isDropped) this.dropped();
      return isDropped;
    } catch (error) {
      // the next act and the next download report a failing disk
      if (storageErrorOf(error) === null) reportError(error);
      return false;
    }
  }

  /** Notes how much is here once nothing more has come, because the catalogue is read a little after the entries. */
  async #note(applied: number): Promise<void> {
    if (applied > 0) this.#isNoted = false;
    if (applied > 0 || this.#isNoted) return;
    this.#isNoted = true;
    try {
      await noteCopy(this.#deps.db, this.#deps.goods());
    } catch (error) {
      // only a hint; the next act and the next download report a failing disk
      if (storageErrorOf(error) === null) reportError(error);
    }
  }

  async #readCopy(): Promise<void> {
    // the download itself dropped the copy, because the relay was restored from an older copy
    if ((await remoteCursorIn(this.#deps.db)) === null) this.dropped();
    const { remoteTills, remoteJournal } = this.#deps.db;
    this.#tills = await remoteTills.toArray();
    this.#uncounted = await remoteJournal.where('effect').equals('uncounted').toArray();
    const here = await remoteJournal.where('effect').equals('later-version').count();
    const atRelay = await remoteJournal
      .where('effect')
      .equals('waiting')
      .filter(({ verdict }) => verdict === 'not-understood')
      .count();
    this.#later = { here, atRelay };
  }

  /**
   * Null: the disk failed, or the worker has stopped. It is started again after a pause; until then acts of other tills are
   * unknown.
   */
  async #download(waitMs: number): Promise<DownloadOutcome | null> {
    const { worker, onapplied, check } = this.#deps;
    try {
      return await worker.download(waitMs, async () => {
        onapplied();
        await this.#readCopy();
      });
    } catch (error) {
      // part of it may have been applied
      onapplied();
      const kind = storageErrorOf(error)?.kind;
      if (error instanceof DownloadStopped) this.#trouble = 'stopped';
      else if (kind === undefined) reportError(error);
      else if (kind === 'disk-full') this.#trouble = kind;
      else if (kind === 'failed') {
        const isDropped = await check().catch(() => false);
        if (isDropped) this.dropped();
        // a copy that was dropped for the first time is downloaded again, and nobody needs to be asked
        if (error instanceof DownloadDamaged && (!isDropped || this.#isDropping))
          this.#deps.db.ondamage?.();
        this.#isDropping ||= isDropped;
      }
      return null;
    }
  }
}
