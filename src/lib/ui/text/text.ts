// The type of all screen texts, and the loaders of each language's two halves.
import type { Language } from './plural';
import type { admin } from './ru/admin';
import type { core } from './ru/core';

/** A sentence missing in one of the languages does not compile. */
export type Text = typeof core & typeof admin;

type Halves = {
  readonly core: () => Promise<{ readonly core: typeof core }>;
  readonly admin: () => Promise<{ readonly admin: typeof admin }>;
};

/** Loads one language's selling texts first, the rest on demand; the service worker caches all for offline use. */
export const languages: Readonly<Record<Language, Halves>> = {
  ru: { core: () => import('./ru/core'), admin: () => import('./ru/admin') },
  en: { core: () => import('./en/core'), admin: () => import('./en/admin') },
};
