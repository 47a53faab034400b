// Estimates the relay's time: the device's clock, corrected by the relay's last reply.
// Never earlier than the proven time.

/** Kept over restarts. `offsetMs`: relay's clock minus the device's; `contactAt`: the relay's time at its last reply. */
export type ClockMark = { readonly offsetMs: number; readonly contactAt: number };

export class RelayClock {
  readonly #wall: () => number;
  readonly #ticks: () => number;
  #offsetMs = 0;
  /** The relay's last reported time, and how long this page had run by then. */
  #reference: { at: number; ticks: number } | null = null;

  /** `wall`: the device's clock, which people can set; `ticks`: ms this page has run, which they cannot. */
  constructor({ wall = () => Date.now(), ticks = () => performance.now() } = {}) {
    this.#wall = wall;
    this.#ticks = ticks;
  }

  /** Best estimate, ms since the epoch. It does not go back when the device's clock is set back. */
  now(): number {
    return Math.max(Math.round(this.#wall() + this.#offsetMs), this.proven());
  }

  /** Earliest possible time, whatever the device's clock: the relay's last reported time plus the ms since. 0: none. */
  proven(): number {
    if (this.#reference === null) return 0;
    return Math.floor(this.#reference.at + this.#ticks() - this.#reference.ticks);
  }

  /** ms by which the device's clock is ahead of this one; negative: behind. */
  ahead(): number {
    return this.#wall() - this.now();
  }

  /** For storage; null before the relay's first reply. */
  mark(): ClockMark | null {
    return this.#reference === null ? null : { offsetMs: this.#offsetMs, contactAt: this.proven() };
  }

  /** Sets the time the relay has just reported; it replaces every other estimate. */
  setByRelay(relayNow: number): void {
    this.#offsetMs = relayNow - this.#wall();
    this.#reference = { at: relayNow, ticks: this.#ticks() };
  }

  /** Restores the mark of an earlier start, unless the relay has replied since. */
  recall({ offsetMs, contactAt }: ClockMark): void {
    if (this.#reference !== null) return;
    this.#offsetMs = offsetMs;
    this.#reference = { at: contactAt, ticks: this.#ticks() };
  }
}
