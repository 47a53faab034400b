// The effects of entries, once per original: account steps, kinds of proof, spent grants.
import type { AccountEntry } from '$lib/contract/acts/account';
import type { Credit } from '$lib/contract/acts/customer';
import type { SaleAction } from '$lib/contract/values';
import { exact } from '$lib/domain/values/money';
import type { AccountRow, DebtEarns, DebtRow, SaleRow } from '$lib/domain/rows';
import { NO_MONEY } from '$lib/domain/values/settlement';
import type { Database } from './database';
import { cardsOfAccount } from './merges';
import { valueList } from './value-lists';

/** Acts that count; acts of entries beside the journals; acts that wait for an owner (`former-journals.ts`). */
type ActTable = 'journal_acts' | 'quarantined_acts' | 'former_acts';

/** A table of acts with its indexes. `entry`: the table and columns of their entries. */
export const actTable = (name: ActTable, entry: string): string =>
  `CREATE TABLE ${name} (
  shop TEXT NOT NULL,
  hash TEXT NOT NULL,
  act INTEGER NOT NULL,
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  customer TEXT NOT NULL,
  action TEXT NOT NULL,
  amount INTEGER NOT NULL,
  proof TEXT NOT NULL,
  below INTEGER,
  -- the place from which on it counts for the tills; null: beside the journals, or waiting
  shop_order INTEGER,
  PRIMARY KEY (shop, hash, act),
  FOREIGN KEY (shop, hash) REFERENCES ${entry}
) STRICT, WITHOUT ROWID;
CREATE INDEX ${name}_by_customer ON ${name} (shop, customer, at);
CREATE INDEX ${name}_by_till ON ${name} (shop, till, proof, at);
CREATE INDEX ${name}_by_right ON ${name} (shop, at) WHERE proof = 'by-right';`;

export const migration = `
CREATE TABLE journal_originals (
  shop TEXT NOT NULL,
  hash TEXT NOT NULL,
  shop_order INTEGER NOT NULL,
  PRIMARY KEY (shop, hash),
  FOREIGN KEY (shop, shop_order) REFERENCES journal (shop, shop_order)
) STRICT, WITHOUT ROWID;
CREATE TABLE journal_steps (
  shop TEXT NOT NULL,
  hash TEXT NOT NULL,
  step INTEGER NOT NULL,
  customer TEXT NOT NULL,
  account TEXT NOT NULL CHECK (account IN ('debt', 'points')),
  delta INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  -- the place from which on it counts for the tills
  shop_order INTEGER NOT NULL,
  PRIMARY KEY (shop, hash, step),
  FOREIGN KEY (shop, hash) REFERENCES journal_originals (shop, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_steps_by_customer ON journal_steps (shop, customer, received_at);
-- what an entry adds to a debt or takes off it; "makes": it is the entry that made the debt
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
  -- the place from which on it counts for the tills; null: it waits for an owner
  shop_order INTEGER,
  PRIMARY KEY (shop, hash, customer, debt),
  FOREIGN KEY (shop, hash) REFERENCES journal_originals (shop, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_debts_by_customer ON journal_debts (shop, customer);
${actTable('journal_acts', 'journal_originals (shop, hash)')}
CREATE TABLE credits (
  shop TEXT NOT NULL,
  customer TEXT NOT NULL,
  till TEXT NOT NULL,
  credit TEXT NOT NULL,
  shop_order INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  PRIMARY KEY (shop, customer, till, shop_order)
) STRICT, WITHOUT ROWID;
CREATE TABLE sale_numbers (
  shop TEXT NOT NULL,
  till TEXT NOT NULL,
  number INTEGER NOT NULL,
  sale TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (shop, till, number),
  UNIQUE (shop, till, sale)
) STRICT, WITHOUT ROWID;
CREATE TABLE grants_spent (
  shop TEXT NOT NULL,
  proof TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (shop, proof)
) STRICT, WITHOUT ROWID;
`;

/**
 * How an act was confirmed, by the relay's audit: `code` only with a good grant, `nothing` without any valid proof,
 * `former` by a code of another relay, which cannot be checked here; `by-right`: in the customer's favour, which needs
 * no proof. For other acts made under another relay, the kind that their till states.
 */
export type ProofKind =
  | 'code'
  | 'reserve-code'
  | 'former'
  | 'override'
  | 'not-required'
  | 'none'
  | 'nothing'
  | 'by-right';

/** One movement that needs the customer's consent. `amount`: minor units; for points their worth. */
export type ActRow = {
  /** The original, as flags name it. */
  readonly hash: string;
  readonly till: string;
  readonly seq: number;
  readonly at: number;
  readonly customer: string;
  readonly action: SaleAction;
  readonly amount: number;
  readonly proof: ProofKind;
  /**
   * The threshold that it stayed below, by the acts known when it arrived; null: a threshold was not the reason why it had no
   * code.
   */
  readonly below: number | null;
  /** The place in the shop's order from which it counts; null: beside the journals, or waiting for an owner. */
  readonly order: number | null;
};

/** What the author of an entry could know: the entries of its device, and those of other tills up to the order `seen`. */
export type AuthorView = { readonly device: readonly string[]; readonly seen: number };

/** Claims the effects of an original, once; false: they are stored already. */
export async function claimOriginal(db: Database, hash: string, order: number): Promise<boolean> {
  const sql =
    'INSERT INTO journal_originals (shop, hash, shop_order) VALUES (@shop, ?, ?) ON CONFLICT DO NOTHING';
  return (await db.run(sql, hash, order)).changes === 1;
}

/** The entry by which a till knew an original: itself, or one that carries it over; null: it knew none. */
export async function entryBehind(
  db: Database,
  hash: string,
  { device, seen }: AuthorView,
): Promise<unknown> {
  const tills = valueList('till', device);
  const sql = `SELECT j.entry FROM journal_originals o
    JOIN journal j ON j.shop = o.shop AND j.shop_order = o.shop_order
    WHERE o.shop = @shop AND o.hash = @hash AND (j.till IN (${tills.sql}) OR j.shop_order <= @seen)`;
  const text = await db.value(sql, { hash, seen, ...tills.values });
  return typeof text === 'string' ? JSON.parse(text) : null;
}

export async function addSteps(
  db: Database,
  steps: readonly Pick<AccountRow, 'hash' | 'index' | 'customer' | 'account' | 'delta'>[],
  of: { readonly receivedAt: number; readonly order: number },
): Promise<void> {
  const add = `INSERT INTO journal_steps (shop, hash, step, customer, account, delta, received_at, shop_order)
     VALUES (@shop, @hash, @index, @customer, @account, @delta, @receivedAt, @order)`;
  for (const { hash, index, customer, account, delta } of steps)
    await db.run(add, { hash, index, customer, account, delta, ...of });
}

/** Stores what one original adds to debts and takes off them. `at`: the date that it states, ms. */
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

/** A customer's unpaid debts as the author of an entry knew them. Entries of other tills are dated no later than they arrived. */
export async function debtsAt(
  db: Database,
  of: AuthorView & { readonly customer: string },
): Promise<readonly DebtRow[]> {
  const tills = valueList('till', of.device);
  // leaves out paid debts
  const sql = `SELECT d.debt, SUM(CAST(d."left" AS DOUBLE PRECISION)) AS "left", ${EARNED},
      MAX(CASE WHEN d.makes = 1 THEN d.till END) AS till, MAX(CASE WHEN d.makes = 1 THEN d.seq END) AS seq,
      MAX(CASE WHEN d.makes = 1 THEN
        CASE WHEN j.till IN (${tills.sql}) OR d.at < d.received_at THEN d.at ELSE d.received_at END
      END) AS at
    FROM journal_debts d
    JOIN journal_originals o ON o.shop = d.shop AND o.hash = d.hash
    JOIN journal j ON j.shop = o.shop AND j.shop_order = o.shop_order
    WHERE d.shop = @shop AND d.customer IN ${cardsOfAccount('@seen')}
      AND (j.till IN (${tills.sql}) OR d.shop_order <= @seen)
    GROUP BY d.debt HAVING SUM(CAST(d."left" AS DOUBLE PRECISION)) <> 0`;
  const { customer, seen } = of;
  const rows = (await db.all(sql, { customer, seen, ...tills.values })) as readonly ({
    readonly debt: string;
    readonly left: number;
    readonly till: string | null;
    readonly seq: number;
    readonly at: number;
  } & EarnedIn)[];
  return rows.map(({ debt, left, till, seq, at, ...row }) => ({
    ...{ customer, debt, left: exact(left), repaid: NO_MONEY, earned: earnedIn(row) },
    made: till === null ? null : { till, seq, at, amount: 0, dueAt: null, earns: earnsIn(row) },
  }));
}

/** Columns of what a debt has earned, over its rows `d`. */
const EARNED = `SUM(CAST(d.earned_on AS DOUBLE PRECISION)) AS earned_on,
      SUM(CAST(d.earned AS DOUBLE PRECISION)) AS earned,
      MAX(CASE WHEN d.makes = 1 THEN d.earns END) AS earns`;
type EarnedIn = {
  readonly earned_on: number;
  readonly earned: number;
  readonly earns: string | null;
};

const earnedIn = ({ earned_on, earned }: EarnedIn): DebtRow['earned'] => ({
  onMoney: exact(earned_on),
  points: exact(earned),
});

const earnsIn = ({ earns }: EarnedIn): DebtEarns | null =>
  earns === null ? null : (JSON.parse(earns) as DebtEarns);

/** One debt as the author of an entry knew it, paid or not; null: nothing is known. `made` null: the entry that made it is missing. */
export async function debtAt(
  db: Database,
  of: AuthorView & { readonly customer: string; readonly debt: string },
): Promise<DebtRow | null> {
  const tills = valueList('till', of.device);
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
      AND (j.till IN (${tills.sql}) OR d.shop_order <= @seen)`;
  const { customer, debt, seen } = of;
  const found = (await db.get(sql, { customer, debt, seen, ...tills.values })) as {
    readonly steps: number;
    readonly left: number;
    readonly cash: number;
    readonly card: number;
    readonly transfer: number;
    readonly amount: number | null;
    readonly till: string | null;
    readonly seq: number;
    readonly at: number;
  } & EarnedIn;
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
    ...{ customer, debt, left: exact(found.left), repaid, earned: earnedIn(found) },
    made,
  };
}

/**
 * Entries of other devices that lowered or raised a customer's debts and that the author of an entry had not seen; newest first.
 * `debts`: only these, without the entries that made them; null: all debts.
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
  const tills = valueList('till', of.device);
  const debts = valueList('debt', of.debts ?? []);
  const isOfThem = of.debts === null ? '' : `AND debt IN (${debts.sql}) AND makes = 0`;
  const sql = `SELECT till, seq, hash FROM journal_debts
    WHERE shop = @shop AND customer IN ${cardsOfAccount(null)} AND "left" * @sign > 0
      AND till NOT IN (${tills.sql}) AND shop_order > @seen ${isOfThem}
    GROUP BY till, seq, hash ORDER BY MAX(shop_order) DESC LIMIT @most`;
  const { customer, seen, way } = of;
  const sign = way === 'up' ? 1 : -1;
  return (await db.all(sql, { customer, seen, sign, most, ...tills.values, ...debts.values })) as {
    till: string;
    seq: number;
    hash: string;
  }[];
}

const COLUMNS =
  'hash, till, seq, at, customer, action, amount, proof, below, shop_order AS "order"';

/** Stores the acts of one original, in the order of its movements. */
export async function addActs(
  db: Database,
  table: ActTable,
  acts: readonly ActRow[],
): Promise<void> {
  const add = `INSERT INTO ${table} (shop, hash, till, seq, at, customer, action, amount, proof, below, shop_order, act)
     VALUES (@shop, @hash, @till, @seq, @at, @customer, @action, @amount, @proof, @below, @order, @act)`;
  for (const [act, each] of acts.entries()) await db.run(add, { ...each, act });
}

/** Drops the acts of one original, which is judged again. */
export async function dropActs(db: Database, hash: string): Promise<void> {
  await db.run('DELETE FROM journal_acts WHERE shop = @shop AND hash = ?', hash);
}

/** Stores a receipt's number and id; false: another sale of this till has one of them. */
export async function takeSaleNumber(
  db: Database,
  of: Pick<SaleRow, 'till' | 'number' | 'id' | 'hash'>,
): Promise<boolean> {
  const sql = `INSERT INTO sale_numbers (shop, till, number, sale, hash)
    VALUES (@shop, @till, @number, @id, @hash) ON CONFLICT DO NOTHING`;
  return (await db.run(sql, of)).changes === 1;
}

/** Spends a grant, by its challenge, or an approval of an import, by its id; the first original keeps it. */
export async function spendGrant(db: Database, proof: string, hash: string): Promise<void> {
  const sql =
    'INSERT INTO grants_spent (shop, proof, hash) VALUES (@shop, ?, ?) ON CONFLICT DO NOTHING';
  await db.run(sql, proof, hash);
}

/** The original that spent a grant or approval, or null. */
export async function spentBy(db: Database, proof: string): Promise<string | null> {
  const sql = 'SELECT hash FROM grants_spent WHERE shop = @shop AND proof = ?';
  return ((await db.value(sql, proof)) as string | undefined) ?? null;
}

/**
 * The credit on a customer's card for the shop: by the act that changed it last at any till; if none has, as the first till
 * made the card. Null: no card is known.
 */
export async function creditOf(db: Database, customer: string): Promise<Credit | null> {
  const sql = `SELECT credit FROM credits WHERE shop = @shop AND customer = ?
    ORDER BY changed DESC, shop_order LIMIT 1`;
  return creditIn(await db.value(sql, customer));
}

/**
 * The credit on a customer's card as the author of an entry knew it: by the newest entry of its device after the order it had
 * seen, otherwise by that order; null: it knew no card.
 */
export async function creditBy(
  db: Database,
  { customer, device, seen }: AuthorView & { readonly customer: string },
): Promise<Credit | null> {
  const tills = valueList('till', device);
  const own = `SELECT credit FROM credits WHERE shop = @shop AND customer = @customer
    AND till IN (${tills.sql}) AND shop_order > @seen ORDER BY shop_order DESC LIMIT 1`;
  const inOrder = `SELECT credit FROM credits WHERE shop = @shop AND customer = @customer
    AND shop_order <= @seen ORDER BY changed DESC, shop_order LIMIT 1`;
  return (
    creditIn(await db.value(own, { customer, seen, ...tills.values })) ??
    creditIn(await db.value(inOrder, { customer, seen }))
  );
}

/** The newest entry by which another till changed the credit of a customer after that order; null: none did. */
export async function creditChangedSince(
  db: Database,
  { customer, device, seen }: AuthorView & { readonly customer: string },
): Promise<{ readonly till: string; readonly seq: number; readonly hash: string } | null> {
  const tills = valueList('till', device);
  const sql = `SELECT c.till, j.seq, j.hash FROM credits c
    JOIN journal j ON j.shop = c.shop AND j.shop_order = c.changed
    WHERE c.shop = @shop AND c.customer = @customer AND c.till NOT IN (${tills.sql}) AND c.changed > @seen
    ORDER BY c.changed DESC LIMIT 1`;
  const row = await db.get(sql, { customer, seen, ...tills.values });
  return (row as { till: string; seq: number; hash: string } | undefined) ?? null;
}

const creditIn = (text: unknown): Credit | null =>
  typeof text === 'string' ? (JSON.parse(text) as Credit) : null;

/** A card as an entry of this order left it. `changed`: the same order if the entry changed the credit, otherwise 0. */
export type CreditRow = {
  readonly customer: string;
  readonly till: string;
  readonly credit: Credit;
  readonly order: number;
  readonly changed: number;
};

/** Keeps a card as an entry left it. */
export async function keepCredit(db: Database, card: CreditRow): Promise<void> {
  await db.run(
    `INSERT INTO credits (shop, customer, till, credit, shop_order, changed)
     VALUES (@shop, @customer, @till, @credit, @order, @changed)
     ON CONFLICT (shop, customer, till, shop_order) DO UPDATE SET credit = excluded.credit, changed = excluded.changed`,
    { ...card, credit: JSON.stringify(card.credit) },
  );
}

/**
 * A customer's debt, minor units, and points as the author of an entry knew them. Includes what its device brought of former
 * names before an owner accepts it, because the device itself counts it.
 */
export async function standingAt(
  db: Database,
  of: AuthorView & { readonly customer: string },
): Promise<{ readonly owed: number; readonly points: number }> {
  const tills = valueList('till', of.device);
  // a sum of floats: no stated sum can overflow it
  const sum = (account: string) =>
    `COALESCE(SUM(CAST(s.delta AS DOUBLE PRECISION)) FILTER (WHERE s.account = '${account}'), 0)`;
  const sql = `SELECT ${sum('debt')} AS owed, ${sum('points')} AS points FROM (
    SELECT c.account, c.delta FROM journal_steps c
      JOIN journal_originals o ON o.shop = c.shop AND o.hash = c.hash
      JOIN journal j ON j.shop = o.shop AND j.shop_order = o.shop_order
      WHERE c.shop = @shop AND c.customer IN ${cardsOfAccount('@seen')}
        AND (j.till IN (${tills.sql}) OR c.shop_order <= @seen)
    UNION ALL
    SELECT f.account, f.delta FROM former_steps f
      JOIN former_entries e ON e.shop = f.shop AND e.hash = f.hash
      WHERE f.shop = @shop AND f.customer IN ${cardsOfAccount('@seen')}
        AND e.till IN (${tills.sql}) AND e.former IN (${tills.sql})) s`;
  const { customer, seen } = of;
  const found = await db.get(sql, { customer, seen, ...tills.values });
  return found as { owed: number; points: number };
}

/**
 * Acts at all tills of a customer's account and everybody else with the same registered number, forgotten ones of the last 90 days among
 * them, also those beside the journals, dated after `from` and before `to`. Of the acts that no owner has accepted yet,
 * only those of this device.
 */
export async function actsOfNumber(
  db: Database,
  of: {
    readonly customer: string;
    readonly device: readonly string[];
    readonly from: number;
    readonly to: number;
  },
): Promise<readonly ActRow[]> {
  const { device, ...values } = of;
  const tills = valueList('till', device);
  const rowsOf = (table: string) => `SELECT ${COLUMNS} FROM ${table}
    WHERE shop = @shop AND at > @from AND at < @to
      AND customer IN (
        SELECT * FROM ${cardsOfAccount(null)} a UNION
        SELECT o.customer FROM phones p JOIN phones o ON o.shop = p.shop AND o.tag = p.tag
          WHERE p.shop = @shop AND p.customer IN ${cardsOfAccount(null)} UNION
        SELECT f.customer FROM phones p JOIN forgotten_numbers f ON f.shop = p.shop AND f.tag = p.tag
          WHERE p.shop = @shop AND p.customer IN ${cardsOfAccount(null)})`;
  const sql = `${rowsOf('journal_acts')} UNION ALL ${rowsOf('quarantined_acts')}
    UNION ALL ${rowsOf('former_acts')} AND till IN (${tills.sql})`;
  return (await db.all(sql, { ...values, ...tills.values })) as ActRow[];
}

/** All acts of a customer at all tills, also those beside the journals and those that no owner has accepted. */
export async function actsOfCustomer(db: Database, customer: string): Promise<readonly ActRow[]> {
  const rowsOf = (table: string) =>
    `SELECT ${COLUMNS} FROM ${table} WHERE shop = @shop AND customer IN ${cardsOfAccount(null)}`;
  const sql = `${rowsOf('journal_acts')} UNION ALL ${rowsOf('quarantined_acts')}
    UNION ALL ${rowsOf('former_acts')}`;
  return (await db.all(sql, { customer })) as ActRow[];
}

/**
 * Overrides of one device under all of its names, also those beside the journals and those that no owner has accepted, dated
 * after `from` and before `to`.
 */
export async function overridesOfDevice(
  db: Database,
  of: { readonly device: readonly string[]; readonly from: number; readonly to: number },
): Promise<readonly ActRow[]> {
  const { device, from, to } = of;
  const tills = valueList('till', device);
  const rowsOf = (table: string) => `SELECT ${COLUMNS} FROM ${table}
    WHERE shop = @shop AND till IN (${tills.sql}) AND proof = 'override' AND at > @from AND at < @to`;
  const sql = `${rowsOf('journal_acts')} UNION ALL ${rowsOf('quarantined_acts')}
    UNION ALL ${rowsOf('former_acts')}`;
  return (await db.all(sql, { from, to, ...tills.values })) as ActRow[];
}

/** What all tills moved in customers' favour by right, also beside the journals, dated after `from` and before `to`. */
export async function movedByRight(
  db: Database,
  of: { readonly from: number; readonly to: number },
): Promise<readonly ActRow[]> {
  const rowsOf = (table: string) => `SELECT ${COLUMNS} FROM ${table}
    WHERE shop = @shop AND proof = 'by-right' AND at > @from AND at < @to`;
  const sql = `${rowsOf('journal_acts')} UNION ALL ${rowsOf('quarantined_acts')}`;
  return (await db.all(sql, of)) as ActRow[];
}

/** A customer's balance by all journals: debt in minor units, and points. */
export async function standingOf(
  db: Database,
  customer: string,
): Promise<{ readonly owed: number; readonly points: number }> {
  return (await db.get(
    `SELECT COALESCE(SUM(CAST(delta AS DOUBLE PRECISION)) FILTER (WHERE account = 'debt'), 0) AS owed,
              COALESCE(SUM(CAST(delta AS DOUBLE PRECISION)) FILTER (WHERE account = 'points'), 0) AS points
       FROM journal_steps WHERE shop = @shop AND customer IN ${cardsOfAccount(null)}`,
    { customer },
  )) as { owed: number; points: number };
}

/**
 * Sums the account movements of entries whose hash is in `[from, to)` and whose effects count at or before `order`. `debt`: minor
 * units; `moved`: the sum of all amounts of debt and points, without their signs.
 */
export async function sumsUpTo(
  db: Database,
  of: { readonly order: number; readonly from: string; readonly to: string },
): Promise<{ readonly debt: number; readonly points: number; readonly moved: number }> {
  const sql = `SELECT COALESCE(SUM(CAST(delta AS DOUBLE PRECISION)) FILTER (WHERE account = 'debt'), 0) AS debt,
      COALESCE(SUM(CAST(delta AS DOUBLE PRECISION)) FILTER (WHERE account = 'points'), 0) AS points,
      COALESCE(SUM(ABS(CAST(delta AS DOUBLE PRECISION))), 0) AS moved
    FROM journal_steps WHERE shop = @shop AND hash >= @from AND hash < @to AND shop_order <= @order`;
  return (await db.get(sql, of)) as { debt: number; points: number; moved: number };
}

/** Amount that one original moved on a customer's account and that needs their consent: minor units of debt, or points. */
export async function movesOf(
  db: Database,
  hash: string,
  customer: string,
): Promise<readonly { readonly action: SaleAction; readonly moved: number }[]> {
  const sql =
    'SELECT account, delta FROM journal_steps WHERE shop = @shop AND hash = ? AND customer = ? ORDER BY step';
  const steps = (await db.all(sql, hash, customer)) as Pick<AccountEntry, 'account' | 'delta'>[];
  return steps.flatMap(({ account, delta }): { action: SaleAction; moved: number }[] => {
    if (account === 'debt' && delta > 0) return [{ action: 'sell-on-account', moved: delta }];
    return account === 'points' && delta < 0 ? [{ action: 'redeem-points', moved: -delta }] : [];
  });
}

/** When an upload first moved this customer's accounts, ms; null: never. */
export async function historySince(db: Database, customer: string): Promise<number | null> {
  const sql = 'SELECT MIN(received_at) FROM journal_steps WHERE shop = @shop AND customer = ?';
  return (await db.value(sql, customer)) as number | null;
}
