// Customers as lines of text, in which a search looks for words and numbers.
// Writing them is far faster than an index with eight keys for each customer.
import {
  isFoundBy,
  keysOfWords,
  orderOf,
  type CustomerKeys,
  type CustomerQuery,
} from './customer-keys';

/** `lines`: one line of words and number for each customer, sorted; `ids`: their ids, in the same order. */
export type CardLines = { readonly lines: string; readonly ids: string };

/** A customer to make a line of. */
export type Named = { readonly id: string; readonly name: string; readonly phone: string | null };

/** A customer who was found. `order`: sort key, as in the index of customers. */
export type Found = { readonly id: string; readonly order: string };

const ID_LENGTH = 36;

export function cardLinesOf(customers: readonly Named[]): CardLines {
  const all = customers
    .map(({ id, name, phone }) => ({ id, line: lineOf(orderOf(name, phone), phone) }))
    .sort((a, b) => (a.line < b.line ? -1 : a.line > b.line ? 1 : 0));
  return { lines: all.map(({ line }) => line).join(''), ids: all.map(({ id }) => id).join('') };
}

/** Writes a space before every word, so that a search matches only beginnings of words. */
const lineOf = (order: string, phone: string | null): string =>
  `${order.slice(0, 1)} ${order.slice(1)}\t${phone ?? ''}\n`;

/** The lines without these customers. */
export function withoutLines({ lines, ids }: CardLines, customers: ReadonlySet<string>): CardLines {
  const left = lines
    .split('\n')
    .slice(0, -1)
    .map((line, place) => ({ line, id: idAt(ids, place) }))
    .filter(({ id }) => !customers.has(id));
  return {
    lines: left.map(({ line }) => `${line}\n`).join(''),
    ids: left.map(({ id }) => id).join(''),
  };
}

/** The first `limit` customers in these lines who match the typed text. */
export function foundInLines(held: CardLines, query: CustomerQuery, limit: number): Found[] {
  const found: Found[] = [];
  for (const { line, id } of linesWith(held, textsOf(query))) {
    if (found.length === limit) break;
    const keys = keysIn(line);
    if (isFoundBy(query, keys)) found.push({ id, order: keys.order });
  }
  return found;
}

/** The ids of all customers in these lines with this number. */
export function idsWithNumber(held: CardLines, phone: string): string[] {
  return [...linesWith(held, [`\t${phone}`])]
    .filter(({ line }) => line.endsWith(`\t${phone}`))
    .map(({ id }) => id);
}

/** The ids of all customers in these lines. */
export const idsIn = ({ ids }: Pick<CardLines, 'ids'>): string[] =>
  Array.from({ length: ids.length / ID_LENGTH }, (_, place) => idAt(ids, place));

const idAt = (ids: string, place: number): string =>
  ids.slice(place * ID_LENGTH, (place + 1) * ID_LENGTH);

function keysIn(line: string): CustomerKeys {
  const [words = '', phone = ''] = line.slice(2).split('\t');
  return keysOfWords(words === '' ? [] : words.split(' '), phone === '' ? null : phone);
}

/** Texts to look for: a line that matches the query contains one of them, but a line that contains one need not match. */
function textsOf(query: CustomerQuery): readonly string[] {
  if (query.kind === 'all') return ['\t'];
  if (query.kind === 'digits') return query.digits;
  const word = query.words.find((each) => /\p{L}/u.test(each));
  return word === undefined ? [query.words[0]] : [` ${word}`];
}

/** Every line that contains one of these texts, once, in order. */
function* linesWith(
  { lines, ids }: CardLines,
  texts: readonly string[],
): Generator<{ readonly line: string; readonly id: string }> {
  const next = (from: number): number =>
    Math.min(
      ...texts.map((text) => {
        const at = lines.indexOf(text, from);
        return at < 0 ? Infinity : at;
      }),
    );
  let [place, start] = [0, 0];
  for (let at = next(0); at < lines.length; at = next(start)) {
    let end = lines.indexOf('\n', start);
    for (; end < at; end = lines.indexOf('\n', start)) {
      start = end + 1;
      place += 1;
    }
    yield { line: lines.slice(start, end), id: idAt(ids, place) };
    start = end + 1;
    place += 1;
  }
}
