// Compares debts and points with the relay once a day, while nobody is selling.
import { DAY_MS } from '$lib/domain/values/durations';
import { metaIn } from '$lib/storage/database/meta';
import type { TillDb } from '$lib/storage/database/db';
import type { SumsCompared } from '$lib/storage/schema/remote-record';
import type { SumsClient } from '$lib/sync/control-sums';

type Deps = {
  readonly db: TillDb;
  readonly client: SumsClient;
  /** ms, corrected by the relay's clock. */
  readonly now: () => number;
  /** Nobody is selling, and the relay has all entries of this till. */
  readonly isIdle: () => boolean;
};

/** Interval after a comparison with nothing to compare, ms: a comparison reads every row. */
const REST_MS = 3_600_000;

export class ControlSums {
  readonly #deps: Deps;
  #compared = $state.raw<SumsCompared | null>(null);
  /** Whether the last comparison found a difference that the next has to confirm. */
  #isDoubted = false;
  /** No comparison before this `performance.now()`. */
  #restUntil = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The last difference and its outcome; null: there was none, or it was resolved at the last comparison. */
  get differed(): SumsCompared['differed'] {
    return this.#compared?.differed ?? null;
  }

  /** Loads what was found before this start. Throws StorageError. */
  async recall(): Promise<void> {
    this.#compared = await metaIn(this.#deps.db, 'sums-compared');
  }

  /**
   * Compares if it is due. Call it when the relay has nothing newer and no download is in progress. A difference counts only if
   * the next call confirms it. Returns whether the copy was dropped, so that the next download starts again. Throws
   * StorageError.
   */
  async compare(): Promise<boolean> {
    const { db, client, now, isIdle } = this.#deps;
    if (performance.now() < this.#restUntil || !this.#isDue || !isIdle()) return false;
    const { compareSums, noteSums } = await import('$lib/sync/control-sums');
    const outcome = await compareSums(db, client);
    if (outcome === 'not-compared') {
      this.#restUntil = performance.now() + REST_MS;
      return false;
    }
    const wasDoubted = this.#isDoubted;
    this.#isDoubted = outcome === 'differ' && !wasDoubted;
    if (this.#isDoubted) return false;
    this.#compared = await noteSums(db, outcome, this.#compared, now());
    return this.#compared.differed?.now === 'downloading';
  }

  /** Due once a day, and after the copy was downloaded again. */
  get #isDue(): boolean {
    if (this.#compared === null || this.#compared.differed?.now === 'downloading') return true;
    // absolute, in case the clock was set back
    return Math.abs(this.#deps.now() - this.#compared.at) >= DAY_MS;
  }
}
