// What this device prefers: language and colours. Kept on this till only; money and rights never are.
import type { TillDb } from '$lib/storage/db';
import { loadPreferences, savePreferences, type Preferences } from '$lib/storage/till';

export class DevicePreferences {
  readonly #db: TillDb;
  #current = $state.raw<Preferences>({ language: null, theme: 'system' });

  constructor(db: TillDb) {
    this.#db = db;
  }

  get current(): Preferences {
    return this.#current;
  }

  async load(): Promise<void> {
    this.#current = await loadPreferences(this.#db);
    showTheme(this.#current.theme);
  }

  async change(change: Partial<Preferences>): Promise<void> {
    this.#current = { ...this.#current, ...change };
    showTheme(this.#current.theme);
    await savePreferences(this.#db, this.#current);
  }
}

function showTheme(theme: Preferences['theme']): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
