// Customers' debts, one by one: what each entry adds to each debt or takes off it.
import type { DebtEarns, DebtRow } from '$lib/contract/rows';
import { exact } from '$lib/domain/values/money';
import { NO_MONEY } from '$lib/domain/values/settlement';
import type { Database } from './database';
import type { ActRow } from './journal-acts';
import { cardsOfAccount } from './merges';
import type { AuthorView } from './originals';

export const migration = `
-- what an entry adds to a debt ("left" > 0) or takes off it, minor units; makes = 1: it is the entry that made the debt
CREATE TABLE journal_debts (
  shop TEXT NOT NULL,
  hash TEXT NOT NULL,
  customer TEXT NOT NULL,
  debt TEXT NOT NULL,
  "left" INTEGER NOT NULL,
  repaid_cash INTEGER NOT NULL,
  repaid_card INTEGER NOT NULL,
  repaid_transfer INTEGER NOT NULL,
  -- repaid with money that may earn points, minor units, and the points that it earned
  earned_on INTEGER NOT NULL,
  earned INTEGER NOT NULL,
  -- how points are earned by repaying the debt; null: none are, or it is not what made it
  earns TEXT,
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  makes INTEGER NOT NULL CHECK (makes IN (0, 1)),
  received_at INTEGER NOT NULL,
  -- the place in the shop's order from which on it counts; null: it waits for an owner
  shop_order INTEGER,
  PRIMARY KEY (shop, hash, customer, debt),
  FOREIGN KEY (shop, hash) REFERENCES journal_originals (shop, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_debts_by_customer ON journal_debts (shop, customer);
`;

/** Stores what one original adds to debts or takes off them. `at`: the date that it states, ms. */
export async function addDebts(
  db: Database,
  debts: readonly DebtRow[],
  of: Pick<ActRow, 'hash' | 'till' | 'seq' | 'at'> & {
    readonly receivedAt: number;
    /** Null: it waits for an owner. */
    readonly order: number | null;
  },
): Promise<void> {
  const add = `INSERT INTO journal_debts (shop, hash, customer, debt, "left",
       repaid_cash, repaid_card, repaid_transfer, earned_on, earned, earns, till, seq, at, makes, received_at, shop_order)
     VALUES (@shop, @hash, @customer, @debt, @left,
       @cash, @card, @transfer, @onMoney, @points, @earns, @till, @seq, @at, @makes, @receivedAt, @order)`;
  for (const { customer, debt, left, repaid, earned, made } of debts) {
    const earns = (made?.earns ?? null) === null ? null : JSON.stringify(made?.earns);
    const makes = Number(made !== null);
    await db.run(add, { customer, debt, left, ...repaid, ...earned, earns, makes, ...of });
  }
}

/**
 * A customer's unpaid debts as the till that wrote an entry knew them. A debt that another till made is dated no later than
 * the relay received it. `made` null: it did not know the entry that made the debt. Not read: `repaid` and `amount`, which
 * are zero, and `dueAt`, which is null.
 */
export async function debtsAt(
  db: Database,
  of: AuthorView & { readonly customer: string },
): Promise<readonly DebtRow[]> {
  // leaves out paid debts
  const sql = `SELECT d.debt, SUM(CAST(d."left" AS DOUBLE PRECISION)) AS "left", ${EARNED},
      MAX(CASE WHEN d.makes = 1 THEN d.till END) AS till, MAX(CASE WHEN d.makes = 1 THEN d.seq END) AS seq,
      MAX(CASE WHEN d.makes = 1 THEN
        CASE WHEN j.till IN (@device) OR d.at < d.received_at THEN d.at ELSE d.received_at END
      END) AS at
    FROM journal_debts d
    JOIN journal_originals o ON o.shop = d.shop AND o.hash = d.hash
    JOIN journal j ON j.shop = o.shop AND j.shop_order = o.shop_order
    WHERE d.shop = @shop AND d.customer IN ${cardsOfAccount('@seen')}
      AND (j.till IN (@device) OR d.shop_order <= @seen)
    GROUP BY d.debt HAVING SUM(CAST(d."left" AS DOUBLE PRECISION)) <> 0`;
  const { customer } = of;
  const rows = await db.all<
    {
      readonly debt: string;
      readonly left: number;
      readonly till: string | null;
      readonly seq: number;
      readonly at: number;
    } & EarnedIn
  >(sql, of);
  return rows.map(({ debt, left, till, seq, at, ...row }) => ({
    customer,
    debt,
    left: exact(left),
    repaid: NO_MONEY,
    earned: earnedIn(row),
    made: till === null ? null : { till, seq, at, amount: 0, dueAt: null, earns: earnsIn(row) },
  }));
}

/** SQL columns for what repaying a debt has earned, and how it earns: summed over its rows `d`. */
const EARNED = `SUM(CAST(d.earned_on AS DOUBLE PRECISION)) AS earned_on,
      SUM(CAST(d.earned AS DOUBLE PRECISION)) AS earned,
      MAX(CASE WHEN d.makes = 1 THEN d.earns END) AS earns`;
type EarnedIn = {
  readonly earnedOn: number;
  readonly earned: number;
  readonly earns: string | null;
};

const earnedIn = ({ earnedOn, earned }: EarnedIn): DebtRow['earned'] => ({
  onMoney: exact(earnedOn),
  points: exact(earned),
});

const earnsIn = ({ earns }: EarnedIn): DebtEarns | null =>
  earns === null ? null : (JSON.parse(earns) as DebtEarns);

/**
 * One debt, even if it is paid, as the till that wrote an entry knew it; null: it knew of none. `made` null: it
 * did not know the entry that made it. Not read: `dueAt`, which is null.
 */
export async function debtAt(
  db: Database,
  of: AuthorView & { readonly customer: string; readonly debt: string },
): Promise<DebtRow | null> {
  const sum = (column: string, name: string) =>
    `SUM(CAST(d.${column} AS DOUBLE PRECISION)) AS ${name}`;
  const sql = `SELECT COUNT(*) AS steps, ${sum('"left"', '"left"')}, ${sum('repaid_cash', 'cash')},
      ${sum('repaid_card', 'card')}, ${sum('repaid_transfer', 'transfer')}, ${EARNED},
      MAX(CASE WHEN d.makes = 1 THEN CAST(d."left" AS DOUBLE PRECISION) END) AS amount,
      MAX(CASE WHEN d.makes = 1 THEN d.till END) AS till, MAX(CASE WHEN d.makes = 1 THEN d.seq END) AS seq,
      MAX(CASE WHEN d.makes = 1 THEN d.at END) AS at
    FROM journal_debts d
    JOIN journal_originals o ON o.shop = d.shop AND o.hash = d.hash
    JOIN journal j ON j.shop = o.shop AND j.shop_order = o.shop_order
    WHERE d.shop = @shop AND d.customer IN ${cardsOfAccount('@seen')} AND d.debt = @debt
      AND (j.till IN (@device) OR d.shop_order <= @seen)`;
  const { customer, debt } = of;
  const found = await db.one<
    {
      readonly steps: number;
      readonly left: number;
      readonly cash: number;
      readonly card: number;
      readonly transfer: number;
      readonly amount: number | null;
      readonly till: string | null;
      readonly seq: number;
      readonly at: number;
    } & EarnedIn
  >(sql, of);
  if (found.steps === 0) return null;
  const { till, seq, at } = found;
  const amount = exact(found.amount ?? 0);
  const repaid = {
    cash: exact(found.cash),
    card: exact(found.card),
    transfer: exact(found.transfer),
  };
  const made = till === null ? null : { till, seq, at, amount, dueAt: null, earns: earnsIn(found) };
  return {
    customer,
    debt,
    left: exact(found.left),
    repaid,
    earned: earnedIn(found),
    made,
  };
}

/**
 * Entries of other devices that raised (`up`) or lowered (`down`) a customer's debts and that the author of an entry did not know;
 * at most `most`, newest first. `debts`: only changes of these debts, without the entries that made them; null: of all debts.
 */
export async function movedUnknown(
  db: Database,
  of: AuthorView & {
    readonly customer: string;
    readonly way: 'up' | 'down';
    readonly debts: readonly string[] | null;
  },
  most: number,
): Promise<readonly { readonly till: string; readonly seq: number; readonly hash: string }[]> {
  const isOfThem = of.debts === null ? '' : `AND debt IN (@debts) AND makes = 0`;
  const sql = `SELECT till, seq, hash FROM journal_debts
    WHERE shop = @shop AND customer IN ${cardsOfAccount(null)} AND "left" * @sign > 0
      AND till NOT IN (@device) AND shop_order > @seen ${isOfThem}
    GROUP BY till, seq, hash ORDER BY MAX(shop_order) DESC LIMIT @most`;
  const { customer, seen, way } = of;
  const sign = way === 'up' ? 1 : -1;
  return db.all(sql, { customer, seen, sign, most, device: of.device, debts: of.debts ?? [] });
}
