// What every language has to say, and where its sentences are: those of the selling screens and those of all the others apart.
import type { Language } from './plural';
import type { admin } from './ru/admin';
import type { core } from './ru/core';

/** A sentence missing in one of the languages does not compile. */
export type Text = typeof core & typeof admin;

type Halves = {
  readonly core: () => Promise<{ readonly core: typeof core }>;
  readonly admin: () => Promise<{ readonly admin: typeof admin }>;
};

/** A till downloads one language's words to sell, and the rest when it is wanted; the worker keeps them all for offline. */
export const languages: Readonly<Record<Language, Halves>> = {
  ru: { core: () => import('./ru/core'), admin: () => import('./ru/admin') },
  en: { core: () => import('./en/core'), admin: () => import('./en/admin') },
};
