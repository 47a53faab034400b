// Whether the float has to be counted before an act that moves money, and the question for it.
import type { TillDb } from '$lib/storage/database/db';
import { shiftOf } from '$lib/storage/shifts/shifts';
import { isOpen } from '$lib/domain/shift/shift';

export class FloatCount {
  readonly #db: TillDb;
  readonly #isNeeded: () => boolean;
  /** What goes on once it is counted; null: nothing is asked. */
  #next = $state.raw<(() => void) | null>(null);

  /** `isNeeded`: whether the shop's policy lets no shift open uncounted. */
  constructor(db: TillDb, isNeeded: () => boolean) {
    this.#db = db;
    this.#isNeeded = isNeeded;
  }

  get isAsked(): boolean {
    return this.#next !== null;
  }

  /** Goes on at once where the policy does not ask or a shift is open; otherwise once the float is counted. */
  before(next: () => void): void {
    if (!this.#isNeeded()) next();
    else void this.#look(next);
  }

  async #look(next: () => void): Promise<void> {
    // a disk that cannot be read is reported by the act itself
    const state = await shiftOf(this.#db).catch(() => null);
    if (state === null || isOpen(state.shift)) next();
    else this.#next = next;
  }

  /** The shift is open. */
  counted(): void {
    const next = this.#next;
    this.#next = null;
    next?.();
  }

  giveUp(): void {
    this.#next = null;
  }
}
