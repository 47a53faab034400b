// Records that a bug was met; nothing is saved or sent afterwards until the page is reloaded.

class FatalError {
  #met = $state(false);

  get met(): boolean {
    return this.#met;
  }

  /** `reason` goes to the console for whoever looks for the bug; the screen shows plain words. */
  report(reason: unknown): void {
    // a resize that took two frames is no bug, though Chromium reports it like one
    if (reason === null || reason === undefined) return;
    console.error(reason);
    this.#met = true;
  }
}

export const fatalError = new FatalError();
