// What the screen showed of a saved sale, and whether a journal entry says the same.
import { tender } from '$lib/ui/text/en/till';
import canonicalize from 'canonicalize';
import { createHash } from 'node:crypto';
import type { Row } from '../support/till-disk';

/** Texts of the screen at the moment it shows a sale as saved. */
export type ScreenOfSale = {
  readonly sale: string;
  /** `Receipt no. 1-000123`. */
  readonly number: string;
  /** The main figure: what it is, and how much. */
  readonly figure: readonly [string, string];
  /** Name of the customer; null: the sale has none. */
  readonly customer: string | null;
  readonly total: string;
  /** Tenders and points: label and figure. */
  readonly rows: readonly (readonly [string, string])[];
  /** The receipt's lines before the payment; null: the sale was being paid when the page was loaded. */
  readonly lines: readonly { name: string; quantity: string; total: string }[] | null;
};

/** The parts of a sale that are compared. Sums in minor units, quantities in thousandths. */
export type Contents = {
  readonly number: number;
  readonly total: number;
  readonly changeDue: number;
  readonly onAccount: number;
  readonly pointsEarned: number;
  readonly customer: string | null;
  readonly tenders: readonly { kind: string; amount: number }[];
  readonly lines: readonly { name: string; quantity: number; total: number }[] | null;
};

export type SaleBody = Contents & {
  readonly sale: string;
  readonly lines: readonly { product: string; name: string; quantity: number; total: number }[];
  readonly tenders: readonly { kind: string; amount: number; points?: number }[];
  readonly accounts: readonly { customer: string; account: string; delta: number }[];
  readonly stock: readonly { product: string; delta: number }[];
};

export const bodyOf = (entry: Row) => entry['body'] as SaleBody;

/** Whether the hash of an entry is the one of its contents. */
export function isWhole({ hash, ...rest }: Row): boolean {
  return createHash('sha256').update(canonicalize(rest)!).digest('hex') === hash;
}

/** `£1,234.50` in minor units. */
const minor = (text: string): number => Number(text.replaceAll(/[^\d]/g, ''));

/** `<till>-<six digits>` of a receipt's number as shown; null: it is shown in another way. */
export function printedOn({ number }: ScreenOfSale): string | null {
  const printed = /\d+-\d{6}$/.exec(number)?.[0] ?? null;
  return printed !== null && number === tender.receiptNumber(printed) ? printed : null;
}

/** `customers`: ids by name. */
function contentsOn(screen: ScreenOfSale, customers: ReadonlyMap<string, string>): Contents {
  const [what, figure] = screen.figure;
  const of = (label: string) => screen.rows.find(([each]) => each === label)?.[1] ?? '0';
  const kinds = Object.entries(tender.kinds);
  return {
    number: Number(printedOn(screen)?.split('-')[1]),
    total: minor(screen.total),
    changeDue: what === tender.change ? minor(figure) : 0,
    onAccount: what === tender.onAccount ? minor(figure) : 0,
    pointsEarned: minor(of(tender.earned)),
    customer:
      screen.customer === null
        ? null
        : (customers.get(screen.customer) ?? `unknown: ${screen.customer}`),
    tenders: screen.rows.flatMap(([label, amount]) =>
      kinds.flatMap(([kind, word]) => (word === label ? [{ kind, amount: minor(amount) }] : [])),
    ),
    lines:
      screen.lines?.map(({ name, quantity, total }) => ({
        name,
        quantity: Number(quantity.replaceAll(',', '')) * 1000,
        total: minor(total),
      })) ?? null,
  };
}

/** The differences between a sale's entry and what the screen showed, in words; empty: none. */
export function differences(
  screen: ScreenOfSale,
  body: SaleBody,
  customers: ReadonlyMap<string, string>,
): string[] {
  const shown = contentsOn(screen, customers);
  const kept: Contents = {
    ...body,
    tenders: body.tenders.map(({ kind, amount }) => ({ kind, amount })),
    lines: body.lines.map(({ name, quantity, total }) => ({ name, quantity, total })),
  };
  const parts = Object.keys(shown) as (keyof Contents)[];
  const different = parts
    .filter((part) => shown[part] !== null || part === 'customer')
    .filter((part) => canonicalize(shown[part]) !== canonicalize(kept[part]))
    .map((part) => `${part} ${JSON.stringify(kept[part])}, shown ${JSON.stringify(shown[part])}`);

  // the movements follow from what was shown, because this seller never pays with points
  const moved = [
    { customer: shown.customer, account: 'debt', delta: shown.onAccount },
    { customer: shown.customer, account: 'points', delta: shown.pointsEarned },
  ].filter(({ delta }) => delta !== 0);
  if (canonicalize(moved) !== canonicalize(body.accounts)) different.push('what it moves');
  const sold = new Map<string, number>();
  for (const { product, quantity } of body.lines)
    sold.set(product, (sold.get(product) ?? 0) - quantity);
  const stock = [...sold].map(([product, delta]) => ({ product, delta }));
  if (canonicalize(stock) !== canonicalize(body.stock)) different.push('its stock');
  return different.map((part) => `sale ${body.sale}: ${part}`);
}
