// The current screen language. Markup that reads `t()` updates when it changes.
import type { Language as KnownLanguage } from './plural';
import { languages, type Text } from './text';

export type Language = KnownLanguage;

/** `all`: including the texts of the admin screens. */
type Words = { readonly language: Language; readonly all: boolean };

class CurrentLanguage {
  #current = $state<Language>('ru');
  #text = $state.raw<Text | null>(null);
  #wanted: Words = { language: 'ru', all: false };
  #loading: Promise<void> | null = null;

  get current(): Language {
    return this.#current;
  }

  get text(): Text {
    if (!this.#text) throw new Error('no language is loaded yet');
    return this.#text;
  }

  /** Shows the words once all are loaded; the newest request wins. Rejects if a file of words cannot be loaded. */
  want(wish: Partial<Words>): Promise<void> {
    const wanted = { ...this.#wanted, ...wish };
    const same = wanted.language === this.#wanted.language && wanted.all === this.#wanted.all;
    if (same && this.#loading) return this.#loading;
    this.#wanted = wanted;
    this.#loading = this.#load(wanted);
    return this.#loading;
  }

  async #load(wanted: Words): Promise<void> {
    const { core, admin } = languages[wanted.language];
    try {
      const [first, rest] = await Promise.all([core(), wanted.all ? admin() : null]);
      if (wanted !== this.#wanted) return await this.#loading!;
      // admin screens wait for `loadAdminText`, so the cast is safe
      this.#text = { ...first.core, ...rest?.admin } as Text;
    } catch (error) {
      if (wanted === this.#wanted) this.#loading = null; // the next request tries again
      throw error;
    }
    this.#current = wanted.language;
    // for the browser and screen readers
    document.documentElement.lang = wanted.language;
  }
}

export const language = new CurrentLanguage();

/** Resolves when the page shows it. */
export function setLanguage(next: Language): Promise<void> {
  return language.want({ language: next });
}

/** Await this before showing an admin screen. */
export function loadAdminText(): Promise<void> {
  return language.want({ all: true });
}

/** All sentences in the current language: `t().common.save`. */
export function t(): Text {
  return language.text;
}

/** The language the browser asks for; Russian if it asks for neither. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    if (tag.startsWith('ru')) return 'ru';
    if (tag.startsWith('en')) return 'en';
  }
  return 'ru';
}
