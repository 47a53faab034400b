// Turns the input on the sales screen into queries to the disk and to the relay.
import type { Entry } from '$lib/contract/journal';
import type { Currency } from '$lib/contract/values';
import { parseMoney } from '$lib/domain/values/money';
import {
  parseReceiptNumber,
  readReceiptCode,
  type ReceiptNumber,
} from '$lib/domain/values/receipt-number';
import { verifyEntry } from '$lib/proof/chain';
import { readOriginal } from '$lib/proof/known-entry';
import type { SalesAsked } from '$lib/relay-client/shop-client';
import type { SaleFilter } from '$lib/storage/sales/sales';

export type Chosen = { readonly id: string; readonly name: string };

export type Asked = {
  /** `hash`: beginning of the entry's hash, as printed on the receipt; empty: not known. */
  readonly number: (ReceiptNumber & { readonly hash: string }) | null;
  /** Minor units. Parsed from the same text as `number`, because a bare number may be either. */
  readonly total: number | null;
  readonly customer: Chosen | null;
  readonly product: Chosen | null;
  /** A name is typed but nothing is chosen yet: the sales of everybody and everything that may be meant are shown. */
  readonly isName: boolean;
  /** ms; null: any day. */
  readonly from: number | null;
  readonly to: number | null;
};

/** What a text means; null: neither a number nor a sum, so it is a name. */
export function readTyped(
  text: string,
  currency: Currency | null,
): Pick<Asked, 'number' | 'total'> | null {
  const code = readReceiptCode(text);
  if (code !== null) return { number: code, total: null };
  const number = parseReceiptNumber(text);
  const total = currency === null ? null : parseMoney(text, currency);
  if (number === null && total === null) return null;
  return { number: number === null ? null : { ...number, hash: '' }, total };
}

/**
 * The queries to the disk: one by number and one by sum if the text may be either. `tillsOf`: ids of tills by their number.
 * `own`: restriction for operators who may not see all sales; searches by number ignore it.
 */
export function filtersOf(
  { number, total, customer, product, isName, from, to }: Asked,
  tillsOf: (till: number | null) => readonly string[],
  own: SaleFilter['own'],
): readonly SaleFilter[] {
  if (isName) return [];
  const rest = { customer: customer?.id ?? null, product: product?.id ?? null, from, to };
  const none = { ...rest, number: null, total: null, own: null };
  const seen = { ...none, own };
  const byNumber = number === null ? null : { tills: tillsOf(number.till), number: number.number };
  return [
    ...(byNumber === null ? [] : [{ ...none, number: byNumber }]),
    ...(total === null ? [] : [{ ...seen, total }]),
    ...(byNumber === null && total === null ? [seen] : []),
  ];
}

/** The queries to the disk while a name is typed: one for each customer and product that it may mean. */
export function filtersOfName(
  { customer, product, from, to }: Asked,
  named: { readonly customers: readonly Chosen[]; readonly products: readonly Chosen[] },
  own: SaleFilter['own'],
): readonly SaleFilter[] {
  const chosen = { customer: customer?.id ?? null, product: product?.id ?? null };
  const all = { ...chosen, number: null, total: null, from, to, own };
  return [
    ...named.customers.map(({ id }) => ({ ...all, customer: id })),
    ...named.products.map(({ id }) => ({ ...all, product: id })),
  ];
}

/**
 * The queries to the relay, corresponding to those to the disk. `own`: the till to which a bare number belongs; null: not
 * known. `lists`: whether the operator may see lists; without that right only a number is searched.
 */
export function askedOfRelay(
  { number, total, customer, product, isName, from, to }: Asked,
  own: number | null,
  lists: boolean,
): readonly SalesAsked[] {
  if (isName) return [];
  const chosen = { customer: customer?.id ?? null, product: product?.id ?? null, from, to };
  const all = { ...chosen, number: null, hash: null, total: null, before: null };
  const till = number?.till ?? own;
  return [
    ...(number === null || till === null ? [] : [{ ...all, number: `${till}-${number.number}` }]),
    ...(total === null || !lists ? [] : [{ ...all, total }]),
    ...(number === null && total === null && lists ? [all] : []),
  ];
}

/** The relay's answers so far, each sale once. `left`: the queries that have more pages, each with its position. */
export type Elsewhere = {
  readonly entries: readonly Entry[];
  readonly left: readonly SalesAsked[];
};

/** Adds one more page of the first query in `left`: its `entries`, and where the `next` page begins; null: there is none. */
export function withPage(
  { entries, left }: Elsewhere,
  page: { readonly entries: readonly Entry[]; readonly next: string | null },
): Elsewhere {
  const known = new Set(entries.map(({ hash }) => hash));
  const [asked, ...others] = left;
  const more = asked === undefined || page.next === null ? [] : [{ ...asked, before: page.next }];
  return {
    entries: [...entries, ...page.entries.filter(({ hash }) => !known.has(hash))],
    left: [...others, ...more],
  };
}

/** The entries of sales that match their hashes, and the number of those that do not. */
export async function wholeSales(
  received: readonly { readonly entry: unknown }[],
): Promise<{ readonly entries: readonly Entry[]; readonly damaged: number }> {
  const read = await Promise.all(
    received.map(async ({ entry }) => {
      const outer = entry as Entry;
      const original = readOriginal(entry as Parameters<typeof readOriginal>[0]);
      if (original?.act !== 'sale') return null;
      return (await verifyEntry(outer)) && (await verifyEntry(original)) ? original : null;
    }),
  );
  const entries = read.filter((entry) => entry !== null);
  return { entries, damaged: read.length - entries.length };
}
