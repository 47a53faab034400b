// The credit on each customer's card (how far they may go into debt), as each entry left it.
import type { Credit } from '$lib/contract/acts/customer';
import type { Database } from './database';
import type { AuthorView } from './originals';
import { putRow } from './rows';

export const migration = `
CREATE TABLE credits (
  shop TEXT NOT NULL,
  customer TEXT NOT NULL,
  till TEXT NOT NULL,
  credit TEXT NOT NULL,
  shop_order INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  PRIMARY KEY (shop, customer, till, shop_order)
) STRICT, WITHOUT ROWID;
`;

/**
 * The credit on a customer's card in the whole shop: by the last entry of any till that changed it; if none did, by the first
 * entry that has the card. Null: the relay knows no card.
 */
export async function creditOf(db: Database, customer: string): Promise<Credit | null> {
  const sql = `SELECT credit FROM credits WHERE shop = @shop AND customer = ?
    ORDER BY changed DESC, shop_order LIMIT 1`;
  return creditIn(await db.value(sql, customer));
}

/**
 * The credit on a customer's card as the author of an entry knew it: by the newest entry of its own device after the place
 * `seen`; if there is none, by the same rule as `creditOf` up to `seen`. Null: the author knew no card.
 */
export async function creditBy(
  db: Database,
  { customer, device, seen }: AuthorView & { readonly customer: string },
): Promise<Credit | null> {
  const own = `SELECT credit FROM credits WHERE shop = @shop AND customer = @customer
    AND till IN (@device) AND shop_order > @seen ORDER BY shop_order DESC LIMIT 1`;
  const inOrder = `SELECT credit FROM credits WHERE shop = @shop AND customer = @customer
    AND shop_order <= @seen ORDER BY changed DESC, shop_order LIMIT 1`;
  return (
    creditIn(await db.value(own, { customer, seen, device })) ??
    creditIn(await db.value(inOrder, { customer, seen }))
  );
}

/** The newest entry by which another device changed the customer's credit after the place `seen`; null: none did. */
export async function creditChangedSince(
  db: Database,
  { customer, device, seen }: AuthorView & { readonly customer: string },
): Promise<{ readonly till: string; readonly seq: number; readonly hash: string } | null> {
  const sql = `SELECT c.till, j.seq, j.hash FROM credits c
    JOIN journal j ON j.shop = c.shop AND j.shop_order = c.changed
    WHERE c.shop = @shop AND c.customer = @customer AND c.till NOT IN (@device) AND c.changed > @seen
    ORDER BY c.changed DESC LIMIT 1`;
  const row = await db.get(sql, { customer, seen, device });
  return (row as { till: string; seq: number; hash: string } | undefined) ?? null;
}

const creditIn = (text: unknown): Credit | null =>
  typeof text === 'string' ? (JSON.parse(text) as Credit) : null;

/** The credit on a card after the entry at the place `order`. `changed`: `order` if that entry changed it, otherwise 0. */
type CreditRow = {
  readonly customer: string;
  readonly till: string;
  readonly credit: Credit;
  readonly order: number;
  readonly changed: number;
};

/** Stores the credit on a card after an entry, in place of what was stored for the same entry. */
export const keepCredit = (db: Database, card: CreditRow): Promise<void> =>
  putRow(
    db,
    'credits (customer, till, credit, shop_order, changed)',
    'customer, till, shop_order',
    { ...card, credit: JSON.stringify(card.credit) },
  );
