// Demo goods: a small shop's catalogue, written for this project.
// Ids are fixed, so that a second till does not duplicate them.
import type { Language } from '$lib/domain/values/language';
import type { Currency } from '$lib/contract/values';
import { money, type Money } from '$lib/domain/values/money';
import { checkDigit, singly, USUAL_TAX, type Product } from '$lib/domain/goods/product';
import { quantity } from '$lib/domain/values/quantity';
import { DEMO_CATEGORIES } from './categories';
import { demoId } from './demo-id';
import { DEMO_ROWS } from './goods-list';

/** Kopecks as an amount of the shop's currency; in other currencies a hundredth, as for the policy's limits. */
export function demoAmount(kopecks: number, currency: Currency): Money {
  if (currency.code === 'RUB' || kopecks === 0) return money(kopecks);
  return money(Math.max(1, Math.round(kopecks / 100)));
}

/** No company has the prefix 4600000 of the Russian range; the check digit is correct. */
function demoBarcode(number: number): string {
  const digits = `4600000${String(number).padStart(5, '0')}`;
  return digits + String(checkDigit(digits));
}

/** Thousandths in one unit of sale. */
const UNIT = 1000;

/** Number of the first demo product; customers are numbered from 1. */
const FIRST = 101;

/** About sixty products in seven categories, category names in the given language; product names are in both. */
export function demoGoods(currency: Currency, language: Language): Product[] {
  let number = FIRST;
  return DEMO_CATEGORIES.flatMap((category) =>
    DEMO_ROWS[category.sku].map(([ru, en, kopecks, stock, unit = 'piece'], place): Product => {
      const own = number++;
      return {
        id: demoId(own),
        name: language === 'ru' ? ru : en,
        names: { ru, en },
        sku: `${category.sku}-${String(place + 1).padStart(3, '0')}`,
        barcodes: [singly(demoBarcode(own))],
        noDiscounts: false,
        askAge: null,
        marked: false,
        tax: USUAL_TAX,
        price: demoAmount(kopecks, currency),
        unit,
        usualMost: null,
        category: category[language],
        stock: quantity(stock * UNIT),
      };
    }),
  );
}
