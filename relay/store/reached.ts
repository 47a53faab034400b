// What each till's journal has reached: the newest policy it acted under and its latest time. A journal only goes forward, so no later entry is believed to be before it.
import type { Database } from './database';

export const migration = `
CREATE TABLE reached (
  till TEXT PRIMARY KEY,
  policy INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

export type Reached = {
  /** Highest version the relay has signed and an entry of the till has named; 0: none. */
  readonly policy: number;
  /** ms; an entry dated ahead reaches no further than when it came. */
  readonly at: number;
};

/** How far the entries of this till that had their effect have reached. */
export function reachedBy(db: Database, till: string): Reached {
  const row = db.prepare('SELECT policy, at FROM reached WHERE till = ?').get(till);
  return (row as Reached | undefined) ?? { policy: 0, at: 0 };
}

export function noteReached(db: Database, till: string, { policy, at }: Reached): void {
  db.prepare(
    `INSERT INTO reached (till, policy, at) VALUES (@till, @policy, @at)
     ON CONFLICT DO UPDATE SET policy = MAX(policy, excluded.policy), at = MAX(at, excluded.at)`,
  ).run({ till, policy, at });
}
