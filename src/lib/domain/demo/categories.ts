// The demo shop's categories, separate from its goods, so that screens can translate them.
import type { Language } from '$lib/domain/values/language';

/** `sku` is the prefix of its goods' SKUs. */
export const DEMO_CATEGORIES = [
  { sku: 'BR', ru: 'Хлеб и выпечка', en: 'Bread and pastry' },
  { sku: 'DA', ru: 'Молочное и яйца', en: 'Dairy and eggs' },
  { sku: 'FV', ru: 'Овощи и фрукты', en: 'Fruit and vegetables' },
  { sku: 'GR', ru: 'Бакалея', en: 'Groceries' },
  { sku: 'DR', ru: 'Напитки', en: 'Drinks' },
  { sku: 'SW', ru: 'Сладкое и снеки', en: 'Sweets and snacks' },
  { sku: 'HH', ru: 'Для дома', en: 'Household' },
] as const;

export type DemoCategory = (typeof DEMO_CATEGORIES)[number];

/** A demo category's name in another language; any other category name unchanged. */
export function demoCategoryIn(name: string, language: Language): string {
  const known = DEMO_CATEGORIES.find(({ ru, en }) => ru === name || en === name);
  return known === undefined ? name : known[language];
}
