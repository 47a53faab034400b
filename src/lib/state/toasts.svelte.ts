// Short messages that need no answer; never used for a failed save.

export type ToastMessage = {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'warn';
  readonly undo: (() => void) | null;
};

const SHOWN_MS = 6_000;

class Toasts {
  #list = $state.raw<readonly ToastMessage[]>([]);
  #next = 1;

  get list(): readonly ToastMessage[] {
    return this.#list;
  }

  /**
   * Shows the newest message on top and ignores repeated texts. A message with an undo is not displaced by one without, and
   * does not displace a warning.
   */
  show(text: string, tone: ToastMessage['tone'] = 'plain', undo: (() => void) | null = null): void {
    const toast = { id: this.#next++, text, tone, undo };
    const others = this.#list.filter((each) => each.text !== text);
    const stays = (each: ToastMessage) =>
      undo === null ? each.undo !== null : each.tone === 'warn';
    this.#list = [...others.filter(stays).slice(-1), toast];
    setTimeout(() => this.close(toast.id), SHOWN_MS);
  }

  close(id: number): void {
    this.#list = this.#list.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
