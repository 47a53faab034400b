// How a customer is found: by the beginning of any word of his name, or by any three digits of his number in a row.
import type { Phone } from '$lib/domain/phone';
import { foldText, otherLayout, wordsOf } from '$lib/domain/search-text';

/** Shortest run of digits that is looked for in numbers. */
const FEWEST_DIGITS = 3;

/** Whoever can be sent a code comes first, then by name. */
export function customerOrder(customer: { name: string; phone: Phone | null }): string {
  return `${customer.phone === null ? 1 : 0} ${foldText(customer.name)}`;
}

/** Words of the name, and every tail of the number: a run of digits anywhere is the beginning of one. */
export function customerKeys(customer: { name: string; phone: Phone | null }): string[] {
  const digits = customer.phone?.slice(1) ?? '';
  const tails: string[] = [];
  for (let from = 0; from <= digits.length - FEWEST_DIGITS; from += 1) {
    tails.push(digits.slice(from));
  }
  return [...new Set([...wordsOf(customer.name), ...tails])];
}

/** Ways to read a query, likeliest first; in each, every word must begin a key. Empty: everybody. */
export function readingsOf(query: string): string[][] {
  const digits = query.replace(/\D/g, '');
  if (/^[\d\s()+.-]+$/.test(query) && digits.length >= FEWEST_DIGITS) {
    // a trunk prefix is typed but not stored: 8 925 … is +7 925 …
    return /^[08]./.test(digits) ? [[digits], [digits.slice(1)]] : [[digits]];
  }
  const other = otherLayout(query);
  const readings = [wordsOf(query), other === null ? [] : wordsOf(other)];
  return readings.filter((words) => words.length > 0);
}
