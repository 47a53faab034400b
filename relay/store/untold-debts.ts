// Imported debts of which customers got no message: codes name them until one confirms them.
import type { Database } from './database';
import { cardsOfAccount } from './merges';
import { addIfNew } from './rows';

export const migration = `
CREATE TABLE untold_debts (
  shop TEXT NOT NULL,
  customer TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  -- the challenge whose code confirmed it after its message had named it
  confirmed_by TEXT,
  PRIMARY KEY (shop, customer)
) STRICT, WITHOUT ROWID;
`;

/** Notes a debt, minor units. A debt that is known already, as when its entry is judged again, stays as it is. */
export async function addUntoldDebt(db: Database, customer: string, amount: number): Promise<void> {
  await addIfNew(db, 'untold_debts (customer, amount)', { customer, amount });
}

/** The unconfirmed imported debts of all cards of the customer's account together, minor units; null: none. */
export async function untoldDebtOf(db: Database, customer: string): Promise<number | null> {
  const sql = `SELECT SUM(amount) FROM untold_debts
    WHERE shop = @shop AND confirmed_by IS NULL AND customer IN ${cardsOfAccount(null)}`;
  return db.value(sql, { customer });
}

/** The customer's debts are confirmed by the code of this challenge, whose message named them. */
export async function confirmUntoldDebt(
  db: Database,
  customer: string,
  challenge: string,
): Promise<void> {
  const sql = `UPDATE untold_debts SET confirmed_by = @challenge
    WHERE shop = @shop AND confirmed_by IS NULL AND customer IN ${cardsOfAccount(null)}`;
  await db.run(sql, { customer, challenge });
}
