// The last stop of each till, and of the shop, because codes were not answered.
import type { Database } from './database';

export const migration = `
CREATE TABLE stops (
  shop TEXT NOT NULL,
  scope TEXT NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (shop, scope)
) STRICT, WITHOUT ROWID;
`;

/** Codes are not sent between these times, ms. */
export type Stop = { readonly since: number; readonly until: number };

/** The last stop of each scope. */
export function allStops(db: Database): Readonly<Record<string, Stop>> {
  const rows = db.prepare('SELECT scope, since, until FROM stops WHERE shop = @shop').all() as ({
    scope: string;
  } & Stop)[];
  return Object.fromEntries(rows.map(({ scope, ...stop }) => [scope, stop]));
}

/** Stores a stop in place of the last one of its scope. */
export function setStop(db: Database, scope: string, stop: Stop): void {
  db.prepare(
    `INSERT INTO stops (shop, scope, since, until) VALUES (@shop, @scope, @since, @until)
     ON CONFLICT (shop, scope) DO UPDATE SET since = excluded.since, until = excluded.until`,
  ).run({ scope, ...stop });
}
