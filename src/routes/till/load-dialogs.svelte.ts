// Loads the dialogues of the till once it is shown, and keeps them for the page's lifetime.

type Dialogs = typeof import('./dialogs').dialogs;

class TillDialogs {
  #loaded = $state.raw<Dialogs | null>(null);
  #missing = $state(false);

  /** Null: not loaded yet. What is opened meanwhile is shown as soon as they are. */
  get loaded(): Dialogs | null {
    return this.#loaded;
  }
  /** They could not be loaded, so the screen offers a reload. */
  get missing(): boolean {
    return this.#missing;
  }

  async load(): Promise<void> {
    if (this.#loaded !== null) return;
    try {
      this.#loaded = (await import('./dialogs')).dialogs;
    } catch {
      this.#missing = true;
    }
  }
}

export const tillDialogs = new TillDialogs();
