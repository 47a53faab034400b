// Former names of tills, by the claims in their first entries, and which entries were carried over.
import type { Database } from './database';
import { addIfNew } from './rows';

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
CREATE TABLE carried_entries (
  shop TEXT NOT NULL,
  till TEXT NOT NULL,
  former TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  prev_hash TEXT NOT NULL,
  PRIMARY KEY (shop, till, former, seq, hash)
) STRICT, WITHOUT ROWID;
`;

/** A till's claim of a former name. */
type FormerName = {
  readonly former: string;
  readonly till: string;
  /** Hash of the entry with the claim, its first. */
  readonly entry: string;
  /** When the till of the former name was in contact again, ms, which refutes the claim. Null: never. */
  readonly refutedAt: number | null;
};

/** Stores a claim, also in place of a refuted one; false: another till has claimed that name before. */
export async function claimFormerName(db: Database, claim: FormerName): Promise<boolean> {
  const sql = `INSERT INTO former_names (shop, former, till, entry, refuted_at) VALUES (@shop, @former, @till, @entry, @refutedAt)
       ON CONFLICT (shop, former) DO UPDATE
         SET till = excluded.till, entry = excluded.entry, refuted_at = excluded.refuted_at
         WHERE former_names.refuted_at IS NOT NULL AND excluded.refuted_at IS NULL`;
  const changes = await db.changes(sql, claim);
  return changes === 1;
}

/** Refutes the claim to this till's name, as the till is in contact; returns the refuted claim, once. */
export async function refuteFormerName(
  db: Database,
  former: string,
  at: number,
): Promise<Pick<FormerName, 'till' | 'entry'> | null> {
  const sql = `UPDATE former_names SET refuted_at = @at WHERE shop = @shop AND former = @former AND refuted_at IS NULL
       RETURNING till, entry`;
  return db.get(sql, { former, at });
}

/** Whether a device has replaced this name by another. */
export async function isFormerName(db: Database, till: string): Promise<boolean> {
  const sql = 'SELECT 1 FROM former_names WHERE shop = @shop AND former = ? AND refuted_at IS NULL';
  return db.has(sql, till);
}

/** All names of one device, this one first, by the claims that are not refuted. */
export async function namesOfDevice(db: Database, till: string): Promise<readonly string[]> {
  const sql = `WITH RECURSIVE names (till) AS (
         SELECT CAST(@till AS TEXT)
         UNION
         SELECT f.former FROM names n JOIN former_names f ON f.shop = @shop AND f.till = n.till AND f.refuted_at IS NULL)
       SELECT till FROM names`;
  return db.column(sql, { till });
}

/** The claims of a device under all of its names that are not refuted. */
export async function claimsOf(
  db: Database,
  device: readonly string[],
): Promise<readonly Pick<FormerName, 'former' | 'till' | 'entry'>[]> {
  const sql = `SELECT former, till, entry FROM former_names
    WHERE shop = @shop AND refuted_at IS NULL AND till IN (@device)`;
  return db.all(sql, { device });
}

/** An entry of `former` that `till` has carried over. `hash`: of its content. */
type CarriedEntry = {
  readonly till: string;
  readonly former: string;
  readonly seq: number;
  readonly hash: string;
  readonly prevHash: string;
};

export async function noteCarried(db: Database, entry: CarriedEntry): Promise<void> {
  await addIfNew(db, 'carried_entries (till, former, seq, hash, prev_hash)', entry);
}

/** The entries of one name that a device has carried over under any of its names. */
export async function carriedOf(
  db: Database,
  device: readonly string[],
  former: string,
): Promise<readonly Pick<CarriedEntry, 'seq' | 'hash' | 'prevHash'>[]> {
  const sql = `SELECT seq, hash, prev_hash FROM carried_entries
    WHERE shop = @shop AND former = @former AND till IN (@device)`;
  const rows = await db.all(sql, { former, device });
  return rows as Pick<CarriedEntry, 'seq' | 'hash' | 'prevHash'>[];
}

/** How many entries these tills have carried over of names other than their own and this one. */
export async function carriedOfOthers(
  db: Database,
  tills: readonly string[],
  former: string,
): Promise<number> {
  const sql = `SELECT COUNT(*) FROM (SELECT DISTINCT former, seq, hash FROM carried_entries
    WHERE shop = @shop AND till IN (@tills) AND former <> @former AND former NOT IN (@tills)) AS brought`;
  return db.number(sql, { former, tills });
}

/** Whether a device carried over an entry that differs from the journal of that name, and its author had not seen that journal's end. */
export async function hasForkUnseen(
  db: Database,
  { device, seen }: { readonly device: readonly string[]; readonly seen: number },
): Promise<boolean> {
  const sql = `SELECT 1 FROM carried_entries c
    JOIN journal j ON j.shop = c.shop AND j.till = c.former AND j.seq = c.seq AND j.hash <> c.hash
    WHERE c.shop = @shop AND c.till IN (@device)
      AND (SELECT l.shop_order FROM journal l WHERE l.shop = c.shop AND l.till = c.former
        ORDER BY l.seq DESC LIMIT 1) > @seen
    LIMIT 1`;
  return db.has(sql, { seen, device });
}
