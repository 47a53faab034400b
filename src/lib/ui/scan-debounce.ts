// Delays a full code or PIN for a moment after its last key, in case a scanner typed it.

/** ms. Longer than the longest pause inside a scan (devices/scan.ts), too short to be noticed. */
export const SCAN_DEBOUNCE_MS = 100;

export class ScanDebounce {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #then: (() => void) | null = null;

  /** Calls `then` unless `prolong` or `stop` comes first. */
  begin(then: () => void): void {
    clearTimeout(this.#timer);
    this.#then = then;
    this.#timer = setTimeout(() => {
      this.#then = null;
      then();
    }, SCAN_DEBOUNCE_MS);
  }

  /** Another key was pressed: starts the delay again. */
  prolong(): void {
    if (this.#then !== null) this.begin(this.#then);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#then = null;
  }
}
