// Hands a full code or PIN over a moment after its last key: had a scanner typed it, more keys would follow, or the scan's end.

/** ms. Longer than the longest pause inside a scan (devices/scan.ts), shorter than a person notices. */
export const SETTLING_MS = 100;

export class Settling {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #then: (() => void) | null = null;

  /** Calls `then` unless `prolong` or `stop` comes first. */
  begin(then: () => void): void {
    clearTimeout(this.#timer);
    this.#then = then;
    this.#timer = setTimeout(() => {
      this.#then = null;
      then();
    }, SETTLING_MS);
  }

  /** Another key has come: it has not settled yet. */
  prolong(): void {
    if (this.#then !== null) this.begin(this.#then);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#then = null;
  }
}
