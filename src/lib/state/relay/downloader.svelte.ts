// Downloads the shop's order while the relay is in reach, within a second of each act.
import type { RemoteTillRow } from '$lib/contract/shop-copy';
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
};

/**
 * `not-believed`, `fork`: what the relay sends is not used, because it does not fit what it signed, or its journal of this till is
 * another. `stopped`: the download worker does not start, or has ended; it is started again after a pause.
 */
type Trouble = 'not-believed' | 'fork' | 'stopped';

export class Downloader {
  readonly #deps: Deps;
  #asOf = $state.raw<number | null>(null);
  #tills = $state.raw<readonly RemoteTillRow[]>([]);
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
  get trouble(): Trouble | null {
    return this.#trouble;
  }

  /** Downloads from now on. */
  async start(): Promise<void> {
    try {
      this.#asOf ??= (await remoteCursorIn(this.#deps.db))?.at ?? null;
      await this.#readTills();
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
      // who does not wait is not asked again and again
      const isQuick = outcome.applied === 0 && performance.now() - began < FIRST_PAUSE_MS;
      if (isQuick && waitMs > 0) this.#pause(FIRST_PAUSE_MS);
      return this.#alarm === undefined;
    }
    if (outcome?.kind === 'not-believed' || outcome?.kind === 'fork') this.#trouble = outcome.kind;
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

  async #readTills(): Promise<void> {
    this.#tills = await this.#deps.db.remoteTills.toArray();
  }

  /**
   * Null: the disk failed, which the next act shows, or the worker has stopped: it is started again after a pause, and until then
   * others are not known.
   */
  async #download(waitMs: number): Promise<DownloadOutcome | null> {
    const { worker, onapplied, check } = this.#deps;
    try {
      return await worker.download(waitMs, async () => {
        onapplied();
        await this.#readTills();
      });
    } catch (error) {
      // some of it may have been applied
      onapplied();
      const kind = storageErrorOf(error)?.kind;
      if (error instanceof DownloadStopped) this.#trouble = 'stopped';
      else if (kind === undefined) reportError(error);
      else if (kind === 'failed' && (await check().catch(() => false))) this.dropped();
      return null;
    }
  }
}
