// Which grants and approvals are spent, and by which original.
import type { Database } from './database';
import { addIfNew } from './rows';

export const migration = `
CREATE TABLE grants_spent (
  shop TEXT NOT NULL,
  proof TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (shop, proof)
) STRICT, WITHOUT ROWID;
`;

/** Spends a grant, by its challenge, or an owner's approval, by its id; the first original keeps it. */
export async function spendGrant(db: Database, proof: string, hash: string): Promise<void> {
  await addIfNew(db, 'grants_spent (proof, hash)', { proof, hash });
}

/** The original that spent a grant or approval, or null. */
export const spentBy = (db: Database, proof: string): Promise<string | null> =>
  db.value('SELECT hash FROM grants_spent WHERE shop = @shop AND proof = ?', proof);

/** Whether a grant or approval was spent by an original other than this one. */
export const isSpentElsewhere = async (
  db: Database,
  proof: string,
  hash: string,
): Promise<boolean> => ((await spentBy(db, proof)) ?? hash) !== hash;
