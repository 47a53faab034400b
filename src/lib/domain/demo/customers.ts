// Demo customers: one for each credit situation.
// Their numbers belong to nobody: +7 000 is not assigned, and real services never get them.
import type { Credit } from '$lib/contract/acts/customer';
import type { Currency } from '$lib/contract/values';
import { NO_DETAILS, type CardEntered } from '$lib/domain/customers/customer';
import type { Money } from '$lib/domain/values/money';
import type { Phone } from '$lib/domain/values/phone';
import type { Language } from '$lib/domain/values/language';
import { demoId } from './demo-id';
import { demoAmount } from './goods';

/** A customer to import: the card, their debt (minor units) and their points. */
export type DemoCustomer = CardEntered & { readonly owed: Money; readonly points: number };

type Row = {
  readonly ru: string;
  readonly en: string;
  readonly phone: string | null;
  /** Own limit in kopecks, or a kind of credit. */
  readonly credit: number | 'shop-limit' | 'no-credit';
  readonly owedKopecks: number;
  readonly points: number;
};

const ROWS: readonly Row[] = [
  // regular customer: a little debt, some points
  {
    ru: 'Вера Лугова',
    en: 'Vera Lugova',
    phone: '+70000000101',
    credit: 'shop-limit',
    owedKopecks: 125_000,
    points: 180,
  },
  // points, no debt
  {
    ru: 'Тимур Садыков',
    en: 'Timur Sadykov',
    phone: '+70000000102',
    credit: 'shop-limit',
    owedKopecks: 0,
    points: 640,
  },
  // near the limit: 300 left of 5 000
  {
    ru: 'Нина Полевая',
    en: 'Nina Polevaya',
    phone: '+70000000103',
    credit: 500_000,
    owedKopecks: 470_000,
    points: 35,
  },
  // over the limit, which was lowered after the purchase
  {
    ru: 'Глеб Заречный',
    en: 'Gleb Zarechny',
    phone: '+70000000104',
    credit: 300_000,
    owedKopecks: 345_000,
    points: 0,
  },
  // no phone yet: one can be added during the sale
  {
    ru: 'Марта Ивушкина',
    en: 'Marta Ivushkina',
    phone: null,
    credit: 'shop-limit',
    owedKopecks: 0,
    points: 0,
  },
  // no credit
  {
    ru: 'Артём Колосов',
    en: 'Artyom Kolosov',
    phone: '+70000000106',
    credit: 'no-credit',
    owedKopecks: 0,
    points: 90,
  },
];

function creditOf(credit: Row['credit'], currency: Currency): Credit {
  if (typeof credit !== 'number') return { kind: credit };
  return { kind: 'own-limit', limit: demoAmount(credit, currency) };
}

/** Six customers, names in the language given. */
export const demoCustomers = (currency: Currency, language: Language): DemoCustomer[] =>
  ROWS.map((row, place) => ({
    id: demoId(place + 1),
    name: row[language],
    phone: row.phone as Phone | null,
    credit: creditOf(row.credit, currency),
    owed: demoAmount(row.owedKopecks, currency),
    points: row.points,
    ...NO_DETAILS,
  }));
