// Whether the open screen holds unsaved input.

class Unsaved {
  #typed = $state.raw<(() => boolean) | null>(null);

  /** True while the screen holds something that leaving would lose. */
  get held(): boolean {
    return this.#typed?.() ?? false;
  }

  /** For an `$effect` of the screen: returns what ends the watch. */
  watch(typed: () => boolean): () => void {
    this.#typed = typed;
    return () => {
      if (this.#typed === typed) this.#typed = null;
    };
  }

  /** The person lets it go. */
  forget(): void {
    this.#typed = null;
  }
}

export const unsaved = new Unsaved();
