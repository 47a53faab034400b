// Loads and stores the relay's clock, and detects a device clock that is wrong.
import type { RelayClock } from '$lib/relay-client/clock';
import { saveClock, loadClock } from '$lib/storage/till/clock';
import type { TillDb } from '$lib/storage/database/db';

/** Proven time this old is rewritten: what an hour-long cap loses to a crash. */
const EVERY_MS = 5 * 60_000;
/** A clock drifts by less in a day; it was set. */
const OFFSET_CHANGED_MS = 2_000;
/** A device's clock is called wrong from here on. */
const ASTRAY_MS = 5 * 60_000;

export class PersistedClock {
  readonly #db: TillDb;
  readonly #clock: RelayClock;
  #astray = $state.raw<number | null>(null);
  #saved: { offsetMs: number; heardAt: number } | null = null;

  constructor(db: TillDb, clock: RelayClock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** ms by which the device's clock is ahead of the time, negative where it is behind; null while it is about right. */
  get astray(): number | null {
    return this.#astray;
  }

  /** Before anything asks what time it is. */
  async recall(): Promise<void> {
    this.#saved = await loadClock(this.#db);
    if (this.#saved !== null) this.#clock.recall(this.#saved);
    this.#look();
  }

  /** Called after each exchange with the relay, answered or not; writes seldom. */
  async keep(): Promise<void> {
    this.#look();
    const mark = this.#clock.mark();
    if (mark === null || !this.#isNews(mark)) return;
    this.#saved = mark;
    try {
      await saveClock(this.#db, mark);
    } catch {
      // a disk that refuses says so at the next act; this is written again in a few minutes
    }
  }

  #look(): void {
    const ahead = this.#clock.ahead();
    this.#astray = Math.abs(ahead) < ASTRAY_MS ? null : ahead;
  }

  #isNews({ offsetMs, heardAt }: { offsetMs: number; heardAt: number }): boolean {
    const kept = this.#saved;
    if (kept === null) return true;
    return (
      Math.abs(heardAt - kept.heardAt) >= EVERY_MS ||
      Math.abs(offsetMs - kept.offsetMs) >= OFFSET_CHANGED_MS
    );
  }
}
