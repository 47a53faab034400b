// All signed versions of the policy: an entry is audited by the version it names.
import type { Policy } from '$lib/contract/policy';
import type { Database } from './database';
import { appendOwn } from './journal';
import { addRow } from './rows';

export const migration = `
CREATE TABLE policies (
  shop TEXT NOT NULL,
  version INTEGER NOT NULL,
  jws TEXT NOT NULL,
  at INTEGER NOT NULL,
  by_operator TEXT,
  by_till TEXT NOT NULL,
  PRIMARY KEY (shop, version)
) STRICT;
`;

/** The newest signed policy, or null before first run. */
export const newestPolicy = (db: Database): Promise<{ version: number; jws: string } | null> =>
  db.get('SELECT version, jws FROM policies WHERE shop = @shop ORDER BY version DESC LIMIT 1');

/** All policies in force at some time since then, oldest first; verified when they were stored. */
export async function policiesSince(db: Database, since: number): Promise<readonly Policy[]> {
  const sql = `SELECT jws FROM policies WHERE shop = @shop AND (at > @since
         OR version = (SELECT MAX(version) FROM policies WHERE shop = @shop AND at <= @since)) ORDER BY version`;
  const rows = await db.all<{ jws: string }>(sql, { since });
  return rows.map(({ jws }) => payloadOf(jws));
}

/** The policy of a version, verified when it was stored; null: this relay never signed it. */
export async function policyOfVersion(db: Database, version: number): Promise<Policy | null> {
  const sql = 'SELECT jws FROM policies WHERE shop = @shop AND version = ?';
  const row = await db.get<{ jws: string }>(sql, version);
  return row === null ? null : payloadOf(row.jws);
}

function payloadOf(jws: string): Policy {
  const payload = Buffer.from(jws.split('.')[1] ?? '', 'base64url');
  return JSON.parse(payload.toString()) as Policy;
}

/** Adds the version that follows `base` (null: the first). `now`: ms. False: another change came first. */
export const addPolicy = (
  db: Database,
  base: number | null,
  policy: { version: number; jws: string; at: number; byOperator: string | null; byTill: string },
  now: number,
): Promise<boolean> =>
  db.transaction(async (db) => {
    if (((await newestPolicy(db))?.version ?? null) !== base) return false;
    await addRow(db, 'policies (version, jws, at, by_operator, by_till)', {
      version: policy.version,
      jws: policy.jws,
      at: policy.at,
      byOperator: policy.byOperator,
      byTill: policy.byTill,
    });
    await appendOwn(db, 'policy-published', { version: policy.version }, now);
    return true;
  });
