// Preferences of this device (language, colours, paper), applied at once and stored on its disk.
import { saveMeta } from '$lib/storage/database/meta';
import type { Language } from '$lib/domain/values/language';
import type { TillDb } from '$lib/storage/database/db';
import type { Preferences } from '$lib/storage/schema/records';
import { DEFAULT_PREFERENCES, loadPreferences } from '$lib/storage/till/till';

export class PersistedPreferences {
  readonly #db: TillDb;
  readonly #onlanguage: (language: Language) => Promise<void>;
  #current = $state.raw<Preferences>(DEFAULT_PREFERENCES);

  constructor(db: TillDb, onlanguage: (language: Language) => Promise<void>) {
    this.#db = db;
    this.#onlanguage = onlanguage;
  }

  get current(): Preferences {
    return this.#current;
  }

  /** Throws StorageError. */
  async recall(): Promise<void> {
    this.#current = await loadPreferences(this.#db);
    showTheme(this.#current.theme);
  }

  /** Applies the change at once; resolves when it is stored. Throws StorageError. */
  async change(change: Partial<Preferences>): Promise<void> {
    this.#current = { ...this.#current, ...change };
    showTheme(this.#current.theme);
    if (change.language) await this.#onlanguage(change.language);
    await saveMeta(this.#db, 'preferences', this.#current);
  }
}

function showTheme(theme: Preferences['theme']): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
