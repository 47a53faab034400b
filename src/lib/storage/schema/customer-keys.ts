// The index keys of a customer: words of the name and parts of the number.
// Compares them with typed text.

/** Lower case without accents, with ё as е, so that a search ignores them. */
function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/ё/g, 'е');
}

function wordsOf(text: string): string[] {
  return folded(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** First letter of every key: `1` with a phone, `2` without, so that an index scan lists customers with a phone first. */
export const RANKS = ['1', '2'] as const;
const rankOf = (phone: string | null) => (phone === null ? '2' : '1');

/** Searchable forms of a number: whole, without a country code of one to three digits, last seven, last four. */
function tailsOf(phone: string): string[] {
  const digits = phone.slice(1);
  return [0, 1, 2, 3, digits.length - 7, digits.length - 4].map((from) => digits.slice(from));
}

export type CustomerKeys = { order: string; keys: string[] };

/** Index keys of a customer. */
export function keysOf(name: string, phone: string | null): CustomerKeys {
  return keysOfWords(wordsOf(name), phone);
}

/** The key by which a customer is sorted. */
export const orderOf = (name: string, phone: string | null): string =>
  rankOf(phone) + wordsOf(name).join(' ');

/** Index keys of a customer whose name is split into words already. */
export function keysOfWords(words: readonly string[], phone: string | null): CustomerKeys {
  const rank = rankOf(phone);
  const pieces = new Set([...words, ...(phone === null ? [] : tailsOf(phone))]);
  return { order: rank + words.join(' '), keys: [...pieces].map((piece) => rank + piece) };
}

export type CustomerQuery =
  | { readonly kind: 'all' }
  | { readonly kind: 'words'; readonly words: readonly [string, ...string[]] }
  /** `digits` as typed, and without the national trunk prefix. */
  | { readonly kind: 'digits'; readonly digits: readonly [string, ...string[]] };

/** Interprets typed text: a part of a number, or words of a name. */
export function queryOf(text: string): CustomerQuery {
  const digits = text.replace(/[\s().+-]/g, '');
  if (/^\d{2,}$/.test(digits)) {
    return digits.length > 3 && /^[08]/.test(digits)
      ? { kind: 'digits', digits: [digits, digits.slice(1)] }
      : { kind: 'digits', digits: [digits] };
  }
  const [first, ...others] = wordsOf(text).sort((a, b) => b.length - a.length);
  return first === undefined ? { kind: 'all' } : { kind: 'words', words: [first, ...others] };
}

/** Whether a customer with these keys is found by typed text. */
export function isFoundBy(query: CustomerQuery, { keys }: Pick<CustomerKeys, 'keys'>): boolean {
  const has = (piece: string): boolean => keys.some((key) => key.startsWith(piece, 1));
  switch (query.kind) {
    case 'all':
      return true;
    case 'words':
      return query.words.every(has);
    case 'digits':
      return query.digits.some(has);
  }
}
