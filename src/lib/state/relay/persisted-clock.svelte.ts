// Loads and stores the relay's clock, and detects a device clock that is wrong.
import { metaIn, saveMeta } from '$lib/storage/database/meta';
import type { ClockMark, RelayClock } from '$lib/relay-client/clock';
import type { TillDb } from '$lib/storage/database/db';

/** Write interval of proven time, ms: less than the difference of two clocks that the relay accepts. */
const EVERY_MS = 60_000;
/** A clock drifts less than this in a day, so a larger change means that it was set, ms. */
const OFFSET_CHANGED_MS = 2_000;
/** Difference from which on the device's clock counts as wrong, ms. */
const ASTRAY_MS = 5 * 60_000;

export class PersistedClock {
  readonly #db: TillDb;
  readonly #clock: RelayClock;
  #astray = $state.raw<number | null>(null);
  #saved: ClockMark | null = null;

  constructor(db: TillDb, clock: RelayClock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** ms by which the device's clock is ahead (negative: behind); null while it is about right. */
  get astray(): number | null {
    return this.#astray;
  }

  /** Call it before the time is used. */
  async recall(): Promise<void> {
    this.#saved = await metaIn(this.#db, 'clock');
    if (this.#saved !== null) this.#clock.recall(this.#saved);
    this.#look();
  }

  /** Call it after each exchange with the relay, answered or not, and before a time is signed; writes rarely. */
  async keep(): Promise<void> {
    this.#look();
    const mark = this.#clock.mark();
    if (mark === null || !this.#isNews(mark)) return;
    this.#saved = mark;
    try {
      await saveMeta(this.#db, 'clock', mark);
    } catch {
      // the next act reports a failing disk; this is written again in a few minutes
    }
  }

  #look(): void {
    const ahead = this.#clock.ahead();
    this.#astray = Math.abs(ahead) < ASTRAY_MS ? null : ahead;
  }

  #isNews({ offsetMs, contactAt }: ClockMark): boolean {
    const kept = this.#saved;
    if (kept === null) return true;
    return (
      Math.abs(contactAt - kept.contactAt) >= EVERY_MS ||
      Math.abs(offsetMs - kept.offsetMs) >= OFFSET_CHANGED_MS
    );
  }
}
