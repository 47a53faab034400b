// Records that a bug occurred; nothing is saved or sent afterwards until the page is reloaded.

class FatalError {
  #met = $state(false);

  get met(): boolean {
    return this.#met;
  }

  /** `reason` goes to the console for developers; the screen shows plain words. */
  report(reason: unknown): void {
    // Chromium reports a resize that takes two frames as an error event, which is not a bug
    if (reason === null || reason === undefined) return;
    console.error(reason);
    this.#met = true;
  }
}

export const fatalError = new FatalError();
