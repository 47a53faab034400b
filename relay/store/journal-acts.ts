// Acts that need a customer's consent, with the proof that the relay's audit found for each.
import type { SaleAction } from '$lib/contract/values';
import type { Database } from './database';
import { CARDS_OF_NUMBER, cardsOfAccount } from './merges';

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
  -- the place in the shop's order from which on it counts; null: beside the journals, or waiting
  shop_order INTEGER,
  PRIMARY KEY (shop, hash, act),
  FOREIGN KEY (shop, hash) REFERENCES ${entry}
) STRICT, WITHOUT ROWID;
CREATE INDEX ${name}_by_customer ON ${name} (shop, customer, at);
CREATE INDEX ${name}_by_till ON ${name} (shop, till, proof, at);
CREATE INDEX ${name}_by_right ON ${name} (shop, at) WHERE proof = 'by-right';`;

export const migration = `
${actTable('journal_acts', 'journal_originals (shop, hash)')}
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

const COLUMNS = 'hash, till, seq, at, customer, action, amount, proof, below, shop_order';

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
export const dropActs = (db: Database, hash: string): Promise<void> =>
  db.run('DELETE FROM journal_acts WHERE shop = @shop AND hash = ?', hash);

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
  const rowsOf = (table: string) => `SELECT ${COLUMNS} FROM ${table}
    WHERE shop = @shop AND at > @from AND at < @to
      AND customer IN ${CARDS_OF_NUMBER}`;
  const sql = `${rowsOf('journal_acts')} UNION ALL ${rowsOf('quarantined_acts')}
    UNION ALL ${rowsOf('former_acts')} AND till IN (@device)`;
  return db.all(sql, { ...values, device });
}

/** All acts of a customer at all tills, also those beside the journals and those that no owner has accepted. */
export async function actsOfCustomer(db: Database, customer: string): Promise<readonly ActRow[]> {
  const rowsOf = (table: string) =>
    `SELECT ${COLUMNS} FROM ${table} WHERE shop = @shop AND customer IN ${cardsOfAccount(null)}`;
  const sql = `${rowsOf('journal_acts')} UNION ALL ${rowsOf('quarantined_acts')}
    UNION ALL ${rowsOf('former_acts')}`;
  return db.all(sql, { customer });
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
  const rowsOf = (table: string) => `SELECT ${COLUMNS} FROM ${table}
    WHERE shop = @shop AND till IN (@device) AND proof = 'override' AND at > @from AND at < @to`;
  const sql = `${rowsOf('journal_acts')} UNION ALL ${rowsOf('quarantined_acts')}
    UNION ALL ${rowsOf('former_acts')}`;
  return db.all(sql, { from, to, device });
}

/** What all tills moved in customers' favour by right, also beside the journals, dated after `from` and before `to`. */
export async function movedByRight(
  db: Database,
  of: { readonly from: number; readonly to: number },
): Promise<readonly ActRow[]> {
  const rowsOf = (table: string) => `SELECT ${COLUMNS} FROM ${table}
    WHERE shop = @shop AND proof = 'by-right' AND at > @from AND at < @to`;
  const sql = `${rowsOf('journal_acts')} UNION ALL ${rowsOf('quarantined_acts')}`;
  return db.all(sql, of);
}
