// Items for the owners' next daily summary. They are deleted once the summary is queued.
import type { ActByRightKind, GoodsTold, OwnerSummary } from '$lib/contract/owner-notice';
import type { FlagKind } from '$lib/contract/journal-upload';
import { exact } from '$lib/domain/values/money';
import type { Database } from './database';
import { addRow } from './rows';

export const migration = `
CREATE TABLE summary_items (
  shop TEXT NOT NULL,
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('act', 'flag', 'till-back', 'opening', 'guessing', 'put-back', 'drawer', 'routine', 'sold', 'earned', 'repaid')),
  item TEXT NOT NULL
) STRICT;
CREATE INDEX summary_items_by_kind ON summary_items (shop, kind, at);
`;

/** Wrong codes of a day used up: of a number, of a till, or (null) of the shop. */
type Guessing =
  | { readonly kind: 'guessing'; readonly phoneTag: string | null }
  | { readonly kind: 'guessing'; readonly till: string };

/**
 * An act at a drawer or receipt that owners should know of, with `amount` in minor units: a count that differs, or was made again; or a float that differs from what
 * the last shift left; the drawer opened
 * without a sale; a return without the required second operator, without a sale, or by the operator who sold the goods; a return
 * or discounts that `operator` allowed to somebody else; prices typed below the list price, or large discounts; many sales of
 * one person to one card that day; a receipt cancelled, or goods taken out, without the right to;
 * much cash taken out by one person.
 */
export type DrawerItem = {
  readonly kind: 'drawer';
  readonly what: Exclude<
    OwnerSummary['drawer'][number]['what'],
    'label-prices' | 'refunded' | 'not-required'
  >;
  readonly operator: string | null;
  readonly amount: number;
};

/**
 * An item that is included in a summary but is no reason to send one, with `amount` in minor units: cash taken out of the drawer;
 * goods sold at the prices of scales' labels; a small sum of goods taken out of a receipt; money given back in cash; debts and
 * points of sales for which no code was required.
 */
type RoutineItem = {
  readonly kind: 'routine';
  readonly what: 'taken-out' | 'label-prices' | 'goods-removed' | 'refunded' | 'not-required';
  readonly operator: string | null;
  readonly amount: number;
};

/** An operator's sales and manual discounts in a closed shift, minor units. It does not cause a summary by itself. */
type SoldItem = {
  readonly kind: 'sold';
  readonly operator: string | null;
  readonly sales: number;
  readonly discounts: number;
};

export type SummaryItem =
  /** `debt` in minor units; both sums positive. `goods`: that it changed; null for other acts. */
  | {
      readonly kind: 'act';
      readonly act: ActByRightKind;
      readonly operator: string | null;
      readonly debt: number;
      readonly points: number;
      readonly goods: GoodsTold | null;
    }
  | { readonly kind: 'flag'; readonly flag: FlagKind }
  /** A till that was in contact again at the item's time, for the first time since `since`, ms. */
  | { readonly kind: 'till-back'; readonly till: string; readonly since: number }
  /** Wrong codes reached the limit of a number; `phoneTag` null: of the shop. */
  | Guessing
  /** An operator opened the settings. */
  | { readonly kind: 'opening'; readonly operator: string }
  | DrawerItem
  | RoutineItem
  | SoldItem
  /** A customer earned at least half of what one may earn in a day; `points`: in the 24 hours that end with the sale. */
  | { readonly kind: 'earned'; readonly customer: string; readonly points: number }
  /** A customer repaid debts by card or transfer, which leaves no cash in the drawer; minor units. */
  | { readonly kind: 'repaid'; readonly customer: string; readonly amount: number }
  /** The relay was restored from an older copy. `untold`: how many messages and summary items are not sent. */
  | { readonly kind: 'put-back'; readonly untold: number };

/** `at`: when the relay learned of it, ms. */
export type KeptItem = SummaryItem & { readonly id: number; readonly at: number };

export const addSummaryItem = (db: Database, item: SummaryItem, at: number): Promise<void> =>
  addRow(db, 'summary_items (at, kind, item)', {
    at,
    kind: item.kind,
    item: JSON.stringify(item),
  });

/** Adds the item unless the next summary includes it already. */
export async function noteGuessing(db: Database, item: Guessing, at: number): Promise<void> {
  const text = JSON.stringify(item);
  const sql = "SELECT 1 FROM summary_items WHERE shop = @shop AND kind = 'guessing' AND item = ?";
  if (!(await db.has(sql, text))) await addSummaryItem(db, item, at);
}

/** The time of the oldest item that is a reason to send a summary, ms; null: none. */
export const summaryWaitsSince = (db: Database): Promise<number | null> =>
  db.value(
    "SELECT MIN(at) FROM summary_items WHERE shop = @shop AND kind IN ('act', 'flag', 'till-back', 'guessing', 'put-back', 'drawer', 'earned')",
  );

/** All items, oldest first. */
export async function summaryItems(db: Database): Promise<readonly KeptItem[]> {
  const sql = 'SELECT id, at, item FROM summary_items WHERE shop = @shop ORDER BY id';
  const rows = await db.all<{ id: number; at: number; item: string }>(sql);
  return rows.map(({ id, at, item }) => ({ ...(JSON.parse(item) as SummaryItem), id, at }));
}

/** Deletes the items of a queued summary, up to this one. */
export const dropSummaryItems = (db: Database, upTo: number): Promise<void> =>
  db.run('DELETE FROM summary_items WHERE shop = @shop AND id <= ?', upTo);

/** The id of the newest item; 0: there is none. */
export const newestItem = (db: Database): Promise<number> =>
  db.number('SELECT COALESCE(MAX(id), 0) FROM summary_items WHERE shop = @shop');

/** Deletes items newer than the id `after` that were added until `until`, ms. Returns their number. */
export async function dropItems(
  db: Database,
  of: { readonly after: number; readonly until: number },
): Promise<number> {
  const sql = `DELETE FROM summary_items
    WHERE shop = @shop AND id > @after AND at <= @until AND kind <> 'put-back'`;
  return db.changes(sql, of);
}

/** What a till did while it was not in contact, as uploaded since; `amount` without a code, minor units. */
export async function doneAway(
  db: Database,
  { till, since, back }: { readonly till: string; readonly since: number; readonly back: number },
): Promise<{ readonly entries: number; readonly amount: number }> {
  const of = { till, since, back };
  const entries = await db.value(
    `SELECT COUNT(*) FROM journal WHERE shop = @shop AND till = @till AND at > @since AND at < @back AND received_at >= @back`,
    of,
  );
  const amount = await db.value(
    `SELECT COALESCE(SUM(CAST(amount AS DOUBLE PRECISION)), 0) FROM journal_acts
       WHERE shop = @shop AND till = @till AND at > @since AND at < @back AND proof <> 'code'`,
    of,
  );
  return { entries: entries as number, amount: exact(amount as number) };
}
