// Asks for the float to be counted before an act that moves money, if the policy requires it.
import type { TillDb } from '$lib/storage/database/db';
import { shiftOf } from '$lib/storage/shifts/shifts';
import { isOpen } from '$lib/domain/shift/shift';

export class FloatCount {
  readonly #db: TillDb;
  readonly #isNeeded: () => boolean;
  /** Called once the float is counted; null: nothing is being asked. */
  #next = $state.raw<(() => void) | null>(null);

  /** `isNeeded`: whether the policy requires the float to be counted when a shift opens. */
  constructor(db: TillDb, isNeeded: () => boolean) {
    this.#db = db;
    this.#isNeeded = isNeeded;
  }

  get isAsked(): boolean {
    return this.#next !== null;
  }

  /** Calls `next` at once if the policy does not ask or a shift is open; otherwise once the float is counted. */
  before(next: () => void): void {
    if (!this.#isNeeded()) next();
    else void this.#look(next);
  }

  async #look(next: () => void): Promise<void> {
    // the act itself reports a disk that cannot be read
    const state = await shiftOf(this.#db).catch(() => null);
    if (state === null || isOpen(state.shift)) next();
    else this.#next = next;
  }

  /** The float was counted, so the shift is open. */
  counted(): void {
    const next = this.#next;
    this.#next = null;
    next?.();
  }

  giveUp(): void {
    this.#next = null;
  }
}
