// What every language has to say, and where its sentences are: those of the selling screens and those of all the others apart.
import type { Language } from './plural';
import type { office } from './ru/office';
import type { shop } from './ru/shop';

/** A sentence missing in one of the languages does not compile. */
export type Text = typeof shop & typeof office;

type Halves = {
  readonly shop: () => Promise<{ readonly shop: typeof shop }>;
  readonly office: () => Promise<{ readonly office: typeof office }>;
};

/** A till downloads one language's words to sell, and the rest when it is wanted; the worker keeps them all for offline. */
export const languages: Readonly<Record<Language, Halves>> = {
  ru: { shop: () => import('./ru/shop'), office: () => import('./ru/office') },
  en: { shop: () => import('./en/shop'), office: () => import('./en/office') },
};
