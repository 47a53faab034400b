// Former names of tills, by the claims in their first entries. The first claim counts.
import type { Database } from './database';

export const migration = `
CREATE TABLE former_names (
  shop TEXT NOT NULL,
  former TEXT NOT NULL,
  till TEXT NOT NULL,
  entry TEXT NOT NULL,
  refuted_at INTEGER,
  PRIMARY KEY (shop, former)
) STRICT, WITHOUT ROWID;
CREATE INDEX former_names_by_till ON former_names (shop, till);
`;

/** A till's claim of a former name. */
export type FormerName = {
  readonly former: string;
  readonly till: string;
  /** Hash of the entry with the claim, its first. */
  readonly entry: string;
  /** When the till of the former name was in contact all the same, ms: the claim is refuted from then on. Null: never. */
  readonly refutedAt: number | null;
};

/** Stores a claim; false: another till has claimed that name before. */
export async function claimFormerName(db: Database, claim: FormerName): Promise<boolean> {
  const { changes } = await db.run(
    `INSERT INTO former_names (shop, former, till, entry, refuted_at) VALUES (@shop, @former, @till, @entry, @refutedAt)
       ON CONFLICT DO NOTHING`,
    claim,
  );
  return changes === 1;
}

/** Refutes the claim to this till's name, as the till is in contact; returns the refuted claim, once. */
export async function refuteFormerName(
  db: Database,
  former: string,
  at: number,
): Promise<Pick<FormerName, 'till' | 'entry'> | null> {
  const row = await db.get(
    `UPDATE former_names SET refuted_at = @at WHERE shop = @shop AND former = @former AND refuted_at IS NULL
       RETURNING till, entry`,
    { former, at },
  );
  return (row as Pick<FormerName, 'till' | 'entry'> | undefined) ?? null;
}

/** Whether a device has replaced this name by another. */
export async function isFormerName(db: Database, till: string): Promise<boolean> {
  const sql = 'SELECT 1 FROM former_names WHERE shop = @shop AND former = ? AND refuted_at IS NULL';
  return (await db.get(sql, till)) !== undefined;
}

/** All names of one device, this one first, by the claims that are not refuted. */
export async function namesOfDevice(db: Database, till: string): Promise<readonly string[]> {
  return (await db.column(
    `WITH RECURSIVE names (till) AS (
         SELECT CAST(@till AS TEXT)
         UNION
         SELECT f.former FROM names n JOIN former_names f ON f.shop = @shop AND f.till = n.till AND f.refuted_at IS NULL)
       SELECT till FROM names`,
    { till },
  )) as string[];
}
