// The full stop: a bug was met. Nothing is saved or sent after it until the page is loaded anew.

class Stop {
  #stopped = $state(false);

  get stopped(): boolean {
    return this.#stopped;
  }

  /** `reason` goes to the console for whoever looks for the bug; the screen shows plain words. */
  because(reason: unknown): void {
    // a resize that took two frames is no bug, though Chromium reports it like one
    if (reason === null || reason === undefined) return;
    console.error(reason);
    this.#stopped = true;
  }
}

export const stop = new Stop();
