// The language on screen now. Reading `t()` in markup is enough: a change redraws every sentence at once.
import type { Language as KnownLanguage } from './plural';
import { texts, type Text } from './text';

export type Language = KnownLanguage;

class CurrentLanguage {
  #current = $state<Language>('ru');

  get current(): Language {
    return this.#current;
  }

  /** Also tells the browser and screen readers, by `lang` of the page. */
  set(next: Language): void {
    this.#current = next;
    document.documentElement.lang = next;
  }
}

export const language = new CurrentLanguage();

export function setLanguage(next: Language): void {
  language.set(next);
}

/** All sentences in the current language: `t().common.save`. */
export function t(): Text {
  return texts[language.current];
}

/** The language a browser asks for; Russian where it asks for neither. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    if (tag.startsWith('ru')) return 'ru';
    if (tag.startsWith('en')) return 'en';
  }
  return 'ru';
}
