// The progress of each till's journal: its newest policy and latest time.
import type { Database } from './database';
import { valueList } from './value-lists';

export const migration = `
CREATE TABLE reached (
  shop TEXT NOT NULL,
  till TEXT NOT NULL,
  policy INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (shop, till)
) STRICT, WITHOUT ROWID;
`;

export type JournalProgress = {
  /** Highest signed policy version that the till got at its enrolment or an entry of it has named; 0: none. */
  readonly policy: number;
  /** ms; for entries dated ahead the time of their arrival. */
  readonly at: number;
};

/** The progress of the effective entries of a device under all of these names. */
export async function progressOf(
  db: Database,
  device: readonly string[],
): Promise<JournalProgress> {
  const names = valueList('till', device);
  const sql = `SELECT COALESCE(MAX(policy), 0) AS policy, COALESCE(MAX(at), 0) AS at FROM reached
    WHERE shop = @shop AND till IN (${names.sql})`;
  return (await db.get(sql, names.values)) as JournalProgress;
}

export async function noteProgress(
  db: Database,
  till: string,
  { policy, at }: JournalProgress,
): Promise<void> {
  await db.run(
    `INSERT INTO reached (shop, till, policy, at) VALUES (@shop, @till, @policy, @at)
     ON CONFLICT (shop, till) DO UPDATE SET
       policy = CASE WHEN excluded.policy > reached.policy THEN excluded.policy ELSE reached.policy END,
       at = CASE WHEN excluded.at > reached.at THEN excluded.at ELSE reached.at END`,
    { till, policy, at },
  );
}
