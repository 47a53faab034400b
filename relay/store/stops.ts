// The last stop of each till, and of the shop, because codes were not answered.
import type { Database } from './database';
import { putRow } from './rows';

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
export async function allStops(db: Database): Promise<Readonly<Record<string, Stop>>> {
  const sql = 'SELECT scope, since, until FROM stops WHERE shop = @shop';
  const rows = await db.all<
    {
      scope: string;
    } & Stop
  >(sql);
  return Object.fromEntries(rows.map(({ scope, ...stop }) => [scope, stop]));
}

/** Stores a stop in place of the last one of its scope. */
export const setStop = (db: Database, scope: string, stop: Stop): Promise<void> =>
  putRow(db, 'stops (scope, since, until)', 'scope', { scope, ...stop });
