// Downloads the shop's order while the relay is in reach, within a second of each act.
import type { RemoteEntryRow, RemoteTillRow } from '$lib/contract/shop-copy';
import type { TillDb } from '$lib/storage/database/db';
import { remoteCursorIn } from '$lib/storage/remote/remote-order';
import { storageErrorOf } from '$lib/storage/storage-error';
import type { DownloadOutcome } from '$lib/sync/download';
import { DownloadStopped, type DownloadWorker } from '$lib/sync/download-worker';

/** How long the relay may keep a request open until there is something new, ms: within the contract's limit. */
const WAIT_MS = 25_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

type Deps = {
  readonly db: TillDb;
  readonly worker: DownloadWorker;
  readonly isOffline: () => boolean;
  /** Something of another till has arrived. */
  readonly onapplied: () => void;
  /** What was downloaded cannot be read; drops it if it is damaged. */
  readonly check: () => Promise<boolean>;
  /** Nothing newer is at the relay: compares what was downloaded with it; returns whether the copy was dropped. */
  readonly compare: () => Promise<boolean>;
};

/**
 * `not-believed`, `fork`: what the relay sends is not used, because it does not fit what it signed, or its journal of this till is
 * another. `unreadable`: what answers is not a relay, or its answer is damaged. `disk-full`: it cannot be stored. `stopped`: the
 * download worker does not start, or has ended; it is started again after a pause.
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
  #isCurrent = $state(false);
  #isStarted = false;
  #running = false;
  #failures = 0;
  #alarm: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Nothing newer was at the relay when it was asked last. */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }
  /** Up to when the other tills are known here, by the relay's clock, ms; null: nothing was downloaded yet. */
  get asOf(): number | null {
    return this.#asOf;
  }
  /** How many other tills of the shop are in use, as far as was heard. `own`: the ids of this device. */
  others(own: readonly string[]): number {
    return this.#tills.filter(
      ({ till, replacedBy, revokedAt }) =>
        replacedBy === null && revokedAt === null && !own.includes(till),
    ).length;
  }
  /** A till of the shop; null: none was heard of. */
  get tills(): readonly RemoteTillRow[] {
    return this.#tills;
  }
  tillOf(id: string): RemoteTillRow | null {
    return this.#tills.find(({ till }) => till === id) ?? null;
  }
  /** Entries that this version cannot count: what they moved is missing in debts, points and stock. */
  get uncounted(): readonly Pick<RemoteEntryRow, 'till' | 'seq'>[] {
    return this.#uncounted;
  }
  /** Entries of other tills of a later version: how many this till, and how many the relay, counts only after an update. */
  get later(): { readonly here: number; readonly atRelay: number } {
    return this.#later;
  }
  get trouble(): Trouble | null {
    return this.#trouble;
  }

  /** Downloads from now on. */
  async start(): Promise<void> {
    try {
      this.#asOf ??= (await remoteCursorIn(this.#deps.db))?.at ?? null;
      await this.#readCopy();
    } catch (error) {
      // the first download fails on the same disk
      if (storageErrorOf(error) === null) reportError(error);
    }
    this.#isStarted = true;
    this.answered();
  }

  /** The relay has answered, possibly a request of its own: goes on unless a pause after a failure is not over. */
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
    // the first answer says at once whether there is anything
    const waitMs = this.#isCurrent ? WAIT_MS : 0;
    const outcome = await this.#download(waitMs);
    this.#isCurrent = outcome?.kind === 'up-to-date';
    if (outcome?.kind === 'up-to-date') {
      this.#failures = 0;
      this.#trouble = null;
      this.#asOf = outcome.at;
      if (await this.#isDropped()) return true;
      // who does not wait is not asked again and again
      const isQuick = outcome.applied === 0 && performance.now() - began < FIRST_PAUSE_MS;
      if (isQuick && waitMs > 0) this.#pause(FIRST_PAUSE_MS);
      return this.#alarm === undefined;
    }
    const kind = outcome?.kind;
    if (isTrouble(kind)) this.#trouble = kind;
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

  /** The copy was dropped: the next request begins again. */
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
      // a failing disk is reported by the next act, and by the next download
      if (storageErrorOf(error) === null) reportError(error);
      return false;
    }
  }

  async #readCopy(): Promise<void> {
    // dropped by the download itself: the relay was put back
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
   * Null: the disk failed, or the worker has stopped: it is started again after a pause, and until then others are not known.
   */
  async #download(waitMs: number): Promise<DownloadOutcome | null> {
    const { worker, onapplied, check } = this.#deps;
    try {
      return await worker.download(waitMs, async () => {
        onapplied();
        await this.#readCopy();
      });
    } catch (error) {
      // some of it may have been applied
      onapplied();
      const kind = storageErrorOf(error)?.kind;
      if (error instanceof DownloadStopped) this.#trouble = 'stopped';
      else if (kind === undefined) reportError(error);
      else if (kind === 'disk-full') this.#trouble = kind;
      else if (kind === 'failed' && (await check().catch(() => false))) this.dropped();
      return null;
    }
  }
}
