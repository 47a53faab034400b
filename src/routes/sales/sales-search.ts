// What is typed or chosen on the screen of sales, as questions to the disk and to the relay.
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
import type { SalesAsked } from '$lib/relay-client/relay-client';
import type { SaleFilter } from '$lib/storage/sales/sales';

export type Chosen = { readonly id: string; readonly name: string };

export type Asked = {
  /** `hash`: how the entry's begins, as the paper says; empty: not known. */
  readonly number: (ReceiptNumber & { readonly hash: string }) | null;
  /** Minor units; of the same text as `number`, because a bare number may be either. */
  readonly total: number | null;
  readonly customer: Chosen | null;
  readonly product: Chosen | null;
  /** A name is typed, and nothing of that name is chosen yet: no sale fits. */
  readonly isName: boolean;
  /** ms; null: any day. */
  readonly from: number | null;
  readonly to: number | null;
};

/** What a text says; null: neither a number nor a sum, so it is a name. */
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
 * The questions to the disk: by number and by sum, where the text may be either. `tillsOf`: ids of tills by their number. `own`: who may
 * not see all sees their own of this till's shift, and any one by its number.
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

/**
 * The questions to the relay, which are those to the disk. `own`: the till of a bare number; null: not known. `lists`: whether the operator
 * may see lists; without that they ask for a number alone.
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

/** What the relay sent for some questions, each sale once; `left`: the questions that are still to ask, each with the place it has come to. */
export type Elsewhere = {
  readonly entries: readonly Entry[];
  readonly left: readonly SalesAsked[];
};

/** With one more page of the first question left: its `entries`, and where the `next` page begins; null: it has no more. */
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

/** The entries of sales that are what their hashes say, and how many are not. */
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
