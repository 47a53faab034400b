// The numbers a till asked a code for lately, and whether anybody answered: what pumping is told by.
import type { Database } from './database';

export type AskedNumber = {
  /** Keyed hash of the number. */
  readonly tag: string;
  readonly block: string;
  /** The code came back, or the number is a customer's already. */
  readonly answered: boolean;
};

/** Different numbers this till asked from `since` on, newest first; without those nothing was sent to, and without the demo's. */
export function askedNumbers(db: Database, till: string, since: number): readonly AskedNumber[] {
  const rows = db
    .prepare(
      `SELECT c.phone_tag AS tag, c.phone_block AS block, MAX(c.made_at) AS at,
         MAX(c.state = 'verified' OR EXISTS (SELECT 1 FROM phones WHERE tag = c.phone_tag)) AS answered
       FROM challenges c
       WHERE c.till = ? AND c.made_at >= ? AND c.demo = 0 AND NOT (c.state = 'refused' AND c.refusal IS NULL)
       GROUP BY c.phone_tag, c.phone_block ORDER BY at DESC`,
    )
    .all(till, since) as (Omit<AskedNumber, 'answered'> & { answered: number })[];
  return rows.map(({ answered, ...one }) => ({ ...one, answered: answered === 1 }));
}
