// Whether the open screen has unsaved input.

class Unsaved {
  #typed = $state.raw<(() => boolean) | null>(null);

  /** True while leaving the screen would lose input. */
  get held(): boolean {
    return this.#typed?.() ?? false;
  }

  /** For an `$effect` of the screen: returns its cleanup. */
  watch(typed: () => boolean): () => void {
    this.#typed = typed;
    return () => {
      if (this.#typed === typed) this.#typed = null;
    };
  }

  /** Call it when the operator discards the input. */
  forget(): void {
    this.#typed = null;
  }
}

export const unsaved = new Unsaved();
