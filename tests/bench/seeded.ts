// Goods, customers and search words from a seed: the same in every run and on every machine.
import { checkDigit } from '$lib/domain/goods/product';
import { seededRandom } from '../support/seeded-random';

const GOODS = (
  'молоко кефир сметана творог йогурт масло сыр хлеб батон печенье конфеты шоколад чай кофе сахар соль мука рис ' +
  'гречка макароны вода сок лимонад колбаса сосиски пельмени курица говядина рыба картофель морковь капуста ' +
  'помидоры огурцы яблоки бананы апельсины виноград мыло шампунь порошок салфетки батарейка лампа кабель тетрадь ' +
  'ручка карандаш носки футболка перчатки пакет свеча спички игрушка майонез кетчуп горчица орехи чипсы мороженое'
).split(' ');
const KINDS = (
  'деревенское свежее классическое нежное домашнее острое сладкое мягкое белое тёмное зелёное детское Premium Light ' +
  'Classic Original Bio Extra Fresh Gold'
).split(' ');
const SIZES = ['100 г', '250 г', '500 г', '1 кг', '0,5 л', '1 л', '10 шт', '2 м'];
const RUSSIAN = 'ба ве га ди же зо ка ле ма ни по ра со та фе ци ше ля ры ну'.split(' ');
const LATIN = 'ba ce di fo ga he ki la mo ni pe ra so tu ve wi xa zo'.split(' ');

function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** A brand or a name of two to four syllables. */
function word(random: () => number, syllables: readonly string[]): string {
  const letters = Array.from({ length: 2 + Math.floor(random() * 3) }, () =>
    pick(random, syllables),
  ).join('');
  return letters.slice(0, 1).toUpperCase() + letters.slice(1);
}

export type SeededGoods = {
  readonly name: string;
  /** EAN-13, all different. */
  readonly barcode: string;
  /** Minor units. */
  readonly price: number;
  /** Pieces. */
  readonly stock: number;
};

/** Goods with Russian and Latin names, all sold by the piece. */
export function seededGoods(count: number, seed = 7): SeededGoods[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, row) => {
    const brand = word(random, random() < 0.6 ? RUSSIAN : LATIN);
    const digits = `460${String(row).padStart(9, '0')}`;
    return {
      name: `${pick(random, GOODS)} ${pick(random, KINDS)} ${brand} ${pick(random, SIZES)} №${row % 977}`,
      barcode: digits + String(checkDigit(digits)),
      price: 100 + Math.floor(random() * 99_900),
      stock: Math.floor(random() * 500),
    };
  });
}

/** The same as a price list: UTF-8, `;`. */
export function priceList(goods: readonly SeededGoods[]): string {
  const rows = goods.map(
    ({ barcode, name, price, stock }) => `${barcode};${name};${(price / 100).toFixed(2)};${stock}`,
  );
  return ['Штрихкод;Наименование;Цена;Остаток', ...rows].join('\n');
}

/**
 * The text in the search field after each key of a cashier: one word and the beginning of another,
 * with a typo every tenth time.
 */
export function seededKeystrokes(
  goods: readonly SeededGoods[],
  count: number,
  seed = 11,
): string[] {
  const random = seededRandom(seed);
  const typed: string[] = [];
  while (typed.length < count) {
    const [first = '', ...others] = pick(random, goods)
      .name.toLowerCase()
      .split(' ')
      .filter((each) => each.length > 3 && !each.startsWith('№'));
    const slip = random() < 0.1 ? 2 : -1;
    const letters = [...`${first} ${(others[0] ?? '').slice(0, 4)}`].map((letter, place) =>
      place === slip ? 'щ' : letter,
    );
    for (let end = 1; end <= letters.length; end += 1) typed.push(letters.slice(0, end).join(''));
  }
  return typed.slice(0, count);
}

/** First name and surname, and a demo number. */
export function seededCustomers(count: number, seed = 13): { name: string; phone: string }[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, place) => ({
    name: `${word(random, RUSSIAN)} ${word(random, RUSSIAN)}ов`,
    phone: `+7000${String(place).padStart(7, '0')}`,
  }));
}
