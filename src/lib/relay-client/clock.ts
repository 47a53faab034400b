// The relay's time as this device knows it: its own clock corrected by what the relay last said, and never behind what is proven.

/** What outlives a restart. `offsetMs`: relay's clock minus the device's; `heardAt`: the relay's time when it was last heard. */
export type ClockMark = { readonly offsetMs: number; readonly heardAt: number };

export class RelayClock {
  readonly #wall: () => number;
  readonly #ticks: () => number;
  #offsetMs = 0;
  /** The relay's word, and how long this page had run then. */
  #reference: { at: number; ticks: number } | null = null;

  /** `wall`: the device's clock, which people set as they like; `ticks`: ms this page has run, which nobody can. */
  constructor({ wall = () => Date.now(), ticks = () => performance.now() } = {}) {
    this.#wall = wall;
    this.#ticks = ticks;
  }

  /** ms since the epoch, the best that is known. A device set back does not take it along. */
  now(): number {
    return Math.max(Math.round(this.#wall() + this.#offsetMs), this.proven());
  }

  /** The least the time can be, whatever the device's clock says: the relay's last word and what has run since. 0: it was never heard. */
  proven(): number {
    if (this.#reference === null) return 0;
    return Math.floor(this.#reference.at + this.#ticks() - this.#reference.ticks);
  }

  /** ms by which the device's own clock is ahead of this one; negative: behind. */
  ahead(): number {
    return this.#wall() - this.now();
  }

  /** For the disk; null before the relay was ever heard. */
  mark(): ClockMark | null {
    return this.#reference === null ? null : { offsetMs: this.#offsetMs, heardAt: this.proven() };
  }

  /** The relay named the time just now; its word replaces every other. */
  hear(relayNow: number): void {
    this.#offsetMs = relayNow - this.#wall();
    this.#reference = { at: relayNow, ticks: this.#ticks() };
  }

  /** Takes up what was known before the till stopped; what the relay has said since is newer. */
  recall({ offsetMs, heardAt }: ClockMark): void {
    if (this.#reference !== null) return;
    this.#offsetMs = offsetMs;
    this.#reference = { at: heardAt, ticks: this.#ticks() };
  }
}
