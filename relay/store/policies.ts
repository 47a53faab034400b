// All signed versions of the policy: an entry is audited by the version it names.
import type { Policy } from '$lib/contract/policy';
import type { Database } from './database';
import { appendOwn } from './journal';

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
export async function newestPolicy(db: Database): Promise<{ version: number; jws: string } | null> {
  const sql = 'SELECT version, jws FROM policies WHERE shop = @shop ORDER BY version DESC LIMIT 1';
  const row = (await db.get(sql)) as { version: number; jws: string } | undefined;
  return row ?? null;
}

/** All policies in force at some time since then, oldest first; verified when they were stored. */
export async function policiesSince(db: Database, since: number): Promise<readonly Policy[]> {
  const rows = (await db.all(
    `SELECT jws FROM policies WHERE shop = @shop AND (at > @since
         OR version = (SELECT MAX(version) FROM policies WHERE shop = @shop AND at <= @since)) ORDER BY version`,
    { since },
  )) as { jws: string }[];
  return rows.map(({ jws }) => payloadOf(jws));
}

/** The policy of a version, verified when it was stored; null: this relay never signed it. */
export async function policyOfVersion(db: Database, version: number): Promise<Policy | null> {
  const row = (await db.get(
    'SELECT jws FROM policies WHERE shop = @shop AND version = ?',
    version,
  )) as { jws: string } | undefined;
  return row === undefined ? null : payloadOf(row.jws);
}

function payloadOf(jws: string): Policy {
  const payload = Buffer.from(jws.split('.')[1] ?? '', 'base64url');
  return JSON.parse(payload.toString()) as Policy;
}

/** Adds the version that follows `base` (null: the first). `now`: ms. False: another change came first. */
export async function addPolicy(
  db: Database,
  base: number | null,
  policy: { version: number; jws: string; at: number; byOperator: string | null; byTill: string },
  now: number,
): Promise<boolean> {
  return db.transaction(async (db) => {
    if (((await newestPolicy(db))?.version ?? null) !== base) return false;
    await db.run(
      'INSERT INTO policies (shop, version, jws, at, by_operator, by_till) VALUES (@shop, ?, ?, ?, ?, ?)',
      policy.version,
      policy.jws,
      policy.at,
      policy.byOperator,
      policy.byTill,
    );
    await appendOwn(db, 'policy-published', { version: policy.version }, now);
    return true;
  });
}
