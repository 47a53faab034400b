// Banknotes: the notes of each currency, and the round sums a customer is likely to hand over.
import type { Currency } from '$lib/contract/values';
import { money, type Money } from '$lib/domain/values/money';

/** Notes in daily use, in major units, smallest first. Rare ones, such as 2 000 yen, are left out. */
const NOTES: Readonly<Record<string, readonly number[]>> = {
  AMD: [1000, 2000, 5000, 10_000, 20_000, 50_000],
  AZN: [1, 5, 10, 20, 50, 100, 200],
  BYN: [5, 10, 20, 50, 100, 200, 500],
  CNY: [1, 5, 10, 20, 50, 100],
  EUR: [5, 10, 20, 50, 100, 200],
  GBP: [5, 10, 20, 50],
  GEL: [5, 10, 20, 50, 100, 200],
  JPY: [1000, 5000, 10_000],
  KGS: [20, 50, 100, 200, 500, 1000, 2000, 5000],
  KWD: [0.25, 0.5, 1, 5, 10, 20],
  KZT: [500, 1000, 2000, 5000, 10_000, 20_000],
  RUB: [50, 100, 200, 500, 1000, 2000, 5000],
  TRY: [5, 10, 20, 50, 100, 200],
  UAH: [20, 50, 100, 200, 500, 1000],
  USD: [1, 5, 10, 20, 50, 100],
  UZS: [1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000],
};

/** Coins in daily use, in major units, smallest first. Coins of other currencies are counted as one typed sum. */
const COINS: Readonly<Record<string, readonly number[]>> = {
  AMD: [10, 20, 50, 100, 200, 500],
  BYN: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2],
  EUR: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2],
  GBP: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2],
  GEL: [0.1, 0.2, 0.5, 1, 2],
  JPY: [1, 5, 10, 50, 100, 500],
  KGS: [1, 3, 5, 10],
  KZT: [1, 2, 5, 10, 20, 50, 100, 200],
  RUB: [1, 2, 5, 10],
  TRY: [0.25, 0.5, 1, 5],
  UAH: [0.5, 1, 2, 5, 10],
  USD: [0.01, 0.05, 0.1, 0.25],
};

/** Notes of currencies that are not in the table. */
const COMMON_NOTES = [5, 10, 20, 50, 100, 200, 500] as const;

/** Number of sums offered. */
const OFFERED = 3;

/** Most customers hand over no more notes than this to get change. */
const FEW_NOTES = 3;

/** The notes of a currency in minor units, smallest first. */
export function notesOf(currency: Currency): readonly Money[] {
  const major = 10 ** currency.digits;
  return (NOTES[currency.code] ?? COMMON_NOTES).map((note) => money(Math.round(note * major)));
}

/** The coins of a currency in minor units, smallest first. */
export function coinsOf(currency: Currency): readonly Money[] {
  const major = 10 ** currency.digits;
  return (COINS[currency.code] ?? []).map((coin) => money(Math.round(coin * major)));
}

/** The notes that make up `sum`, largest first; null if a rest remains, as with 60 from 50 and 20. */
export function countOut(sum: Money, notes: readonly Money[]): readonly Money[] | null {
  const given: Money[] = [];
  let rest: number = sum;
  for (const note of notes.toReversed())
    while (rest >= note) {
      given.push(note);
      rest -= note;
    }
  return rest === 0 ? given : null;
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));

/**
 * Up to three sums above `total` that a customer is likely to hand over, nearest first: payable with the currency's
 * notes, none of them superfluous. Prefers larger sums of fewer notes, then the nearest ones.
 */
export function likelySums(total: Money, currency: Currency): Money[] {
  const notes = notesOf(currency);
  const largest = notes.at(-1) ?? money(0);
  const step = notes.reduce(commonDivisor, 0);

  // multiples of the largest note do not affect the rest
  const bundles = Math.floor(total / largest);
  const base = bundles * largest;
  const rest = total - base;
  const sums: Offer[] = [];
  for (let sum = (Math.floor(rest / step) + 1) * step; sum <= largest; sum += step) {
    const given = countOut(money(sum), notes);
    // superfluous: the sum suffices without its smallest note
    if (given === null || sum - (given.at(-1) ?? 0) >= rest) continue;
    sums.push({ sum, notes: bundles + given.length });
  }
  const few = sums.filter((offer) => offer.notes <= FEW_NOTES);
  const offers = few.length > 0 ? few : sums;
  const best = offers.filter((offer, place) => isBest(offer, offers.slice(0, place), bundles));
  const others = offers.filter((offer) => !best.includes(offer));
  return [...best.slice(0, OFFERED), ...others]
    .slice(0, OFFERED)
    .map(({ sum }) => money(base + sum))
    .sort((one, other) => one - other);
}

type Offer = { readonly sum: number; readonly notes: number };

/** Worth offering: fewer notes than any nearer sum, or one note more than `bundles`. */
const isBest = (offer: Offer, nearer: readonly Offer[], bundles: number): boolean =>
  offer.notes === bundles + 1 || nearer.every(({ notes }) => offer.notes < notes);
