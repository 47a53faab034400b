// The enrolled tills with their public keys and names. Revoked and replaced tills stay.
import type { PublicKey } from '$lib/contract/values';
import { DAY_MS } from '$lib/domain/values/durations';
import { tillNameKey } from '$lib/domain/values/till-name';
import type { Database } from './database';
import { appendOwn } from './journal';

export const migration = `
CREATE TABLE tills (
  shop TEXT NOT NULL,
  id TEXT NOT NULL,
  -- printed on receipts; unique in the shop, never given again
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  public_key TEXT NOT NULL,
  enrolled_at INTEGER NOT NULL,
  enrolled_by TEXT NOT NULL CHECK (enrolled_by IN ('loopback', 'token')),
  seen_at INTEGER,
  revoked_at INTEGER,
  -- the last place of the shop's order that it has downloaded
  downloaded INTEGER NOT NULL DEFAULT 0,
  -- when a request of the till was first refused as revoked
  removal_known_at INTEGER,
  -- the name in the form that is compared; null once the till is no longer in use
  name_key TEXT,
  replaced_by TEXT,
  replaced_at INTEGER,
  -- since when the relay, restored from an older copy, waits for the till's entries; null: it does not wait
  awaited_since INTEGER,
  -- since when its control sums differ from the relay's; null: they are equal, or not known
  sums_differ_since INTEGER,
  PRIMARY KEY (shop, id),
  UNIQUE (shop, number),
  UNIQUE (shop, name_key)
) STRICT, WITHOUT ROWID;
`;

export type TillRow = {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly publicKey: PublicKey;
  readonly enrolledAt: number;
  /** Whether it enrolled over loopback before there was a policy, or by a token. */
  readonly enrolledBy: 'loopback' | 'token';
  readonly seenAt: number | null;
  /** The last order that the till says it has downloaded; 0: none. */
  readonly downloaded: number;
  readonly revokedAt: number | null;
  /** When the till learned that it is revoked, ms; null: it may not know. */
  readonly removalKnownAt: number | null;
  /** The till that replaced it and took its name. */
  readonly replacedBy: string | null;
  readonly replacedAt: number | null;
  /** Since when the relay waits for the till after a restore from an older copy, ms; null: it does not wait. */
  readonly awaitedSince: number | null;
  /** Since when the till's control sums differ from the relay's, ms; null: they are equal, or not known. */
  readonly sumsDifferSince: number | null;
};

type Raw = {
  id: string;
  number: number;
  name: string;
  public_key: string;
  enrolled_at: number;
  enrolled_by: 'loopback' | 'token';
  seen_at: number | null;
  downloaded: number;
  revoked_at: number | null;
  removal_known_at: number | null;
  replaced_by: string | null;
  replaced_at: number | null;
  awaited_since: number | null;
  sums_differ_since: number | null;
};

const fromRaw = (raw: Raw): TillRow => ({
  id: raw.id,
  number: raw.number,
  name: raw.name,
  publicKey: JSON.parse(raw.public_key) as PublicKey,
  enrolledAt: raw.enrolled_at,
  enrolledBy: raw.enrolled_by,
  seenAt: raw.seen_at,
  downloaded: raw.downloaded,
  revokedAt: raw.revoked_at,
  removalKnownAt: raw.removal_known_at,
  replacedBy: raw.replaced_by,
  replacedAt: raw.replaced_at,
  awaitedSince: raw.awaited_since,
  sumsDifferSince: raw.sums_differ_since,
});

/** The till of this id, also a revoked one. */
export async function tillById(db: Database, id: string): Promise<TillRow | null> {
  const raw = (await db.get('SELECT * FROM tills WHERE shop = @shop AND id = ?', id)) as
    Raw | undefined;
  return raw ? fromRaw(raw) : null;
}

/** All tills, by number. */
export async function allTills(db: Database): Promise<TillRow[]> {
  const rows = (await db.all('SELECT * FROM tills WHERE shop = @shop ORDER BY number')) as Raw[];
  return rows.map(fromRaw);
}

/**
 * Adds a till under the shop's next number, which is above `above`, too, and returns the number. Rows are never deleted, so that
 * no number is used twice. Its id and its name's key must be new. Runs inside the caller's transaction.
 */
export async function addTill(
  db: Database,
  till: Pick<TillRow, 'id' | 'name' | 'publicKey' | 'enrolledAt' | 'enrolledBy'>,
  above = 0,
): Promise<number> {
  const highest = await db.value('SELECT MAX(number) FROM tills WHERE shop = @shop');
  const number = Math.max((highest as number | null) ?? 0, above) + 1;
  await db.run(
    `INSERT INTO tills (shop, id, number, name, name_key, public_key, enrolled_at, enrolled_by)
     VALUES (@shop, ?, ?, ?, ?, ?, ?, ?)`,
    till.id,
    number,
    till.name,
    tillNameKey(till.name),
    JSON.stringify(till.publicKey),
    till.enrolledAt,
    till.enrolledBy,
  );
  const { id, name, publicKey, enrolledAt } = till;
  await appendOwn(db, 'till-joined', { till: id, number, name, publicKey }, enrolledAt);
  return number;
}

/** The till in use with this name key. */
export async function tillByNameKey(db: Database, key: string): Promise<string | null> {
  const sql = 'SELECT id FROM tills WHERE shop = @shop AND name_key = ?';
  return ((await db.value(sql, key)) as string | undefined) ?? null;
}

/** The name keys of all tills in use. */
export async function nameKeysInUse(db: Database): Promise<readonly string[]> {
  const sql = 'SELECT name_key FROM tills WHERE shop = @shop AND name_key IS NOT NULL';
  return (await db.column(sql)) as string[];
}

/** Names a till in use; the key must be free. Runs inside the caller's transaction. `at`: ms. */
export async function setTillName(
  db: Database,
  id: string,
  name: string,
  at: number,
): Promise<void> {
  await db.run(
    'UPDATE tills SET name = ?, name_key = ? WHERE shop = @shop AND id = ?',
    name,
    tillNameKey(name),
    id,
  );
  await appendOwn(db, 'till-renamed', { till: id, name }, at);
}

/**
 * Marks a till as replaced by another, or by none again (null); its name becomes free. Runs inside the caller's transaction.
 * `at`: ms.
 */
export async function setReplaced(
  db: Database,
  id: string,
  by: string | null,
  at: number,
): Promise<void> {
  await db.run(
    'UPDATE tills SET name_key = NULL, replaced_by = ?, replaced_at = ? WHERE shop = @shop AND id = ?',
    by,
    by === null ? null : at,
    id,
  );
  await appendOwn(db, 'till-replaced', { till: id, by }, at);
}

/** Records the last contact of the till. */
export async function sawTill(db: Database, id: string, at: number): Promise<void> {
  await db.run('UPDATE tills SET seen_at = ? WHERE shop = @shop AND id = ?', at, id);
}

/** Records up to which order a till has downloaded. */
export async function noteDownloaded(
  db: Database,
  { id, downloaded }: Pick<TillRow, 'id' | 'downloaded'>,
  order: number,
): Promise<void> {
  // a waiting till asks repeatedly from the same place
  if (order === downloaded) return;
  await db.run('UPDATE tills SET downloaded = ? WHERE shop = @shop AND id = ?', order, id);
}

/** The tills in use whose last contact was within a day of the newest last contact before `at`, ms. */
export async function lastInContact(db: Database, at: number): Promise<readonly string[]> {
  const sql = `SELECT id FROM tills WHERE shop = @shop AND revoked_at IS NULL AND replaced_by IS NULL AND seen_at < @at
    AND seen_at >= (SELECT MAX(seen_at) FROM tills WHERE shop = @shop AND seen_at < @at) - ${DAY_MS}`;
  return (await db.column(sql, { at })) as string[];
}

/** Records since when the relay waits for these tills, ms. */
export async function awaitTills(
  db: Database,
  tills: readonly string[],
  since: number,
): Promise<void> {
  const sql = 'UPDATE tills SET awaited_since = ? WHERE shop = @shop AND id = ?';
  for (const id of tills) await db.run(sql, since, id);
}

/** Stops waiting for all tills. */
export async function stopAwaiting(db: Database): Promise<void> {
  await db.run('UPDATE tills SET awaited_since = NULL WHERE shop = @shop');
}

/** Records since when a till's control sums differ from the relay's, ms; null: they are equal. */
export async function noteSums(
  db: Database,
  id: string,
  differSince: number | null,
): Promise<void> {
  const sql = 'UPDATE tills SET sums_differ_since = ? WHERE shop = @shop AND id = ?';
  await db.run(sql, differSince, id);
}

/** Other tills in use, with an open shift, whose last contact was before `at`, ms; by number. */
export async function silentTills(
  db: Database,
  { till, at }: { readonly till: string; readonly at: number },
): Promise<readonly { readonly till: string; readonly name: string; readonly since: number }[]> {
  const sql = `SELECT t.id AS till, t.name, t.seen_at AS since FROM tills t
    WHERE t.shop = @shop AND t.id <> @till AND t.revoked_at IS NULL AND t.replaced_by IS NULL AND t.seen_at < @at
      AND (SELECT j.act FROM journal j WHERE j.shop = t.shop AND j.till = t.id AND j.act IN ('shift-opened', 'shift-closed')
        ORDER BY j.seq DESC LIMIT 1) = 'shift-opened'
    ORDER BY t.number`;
  return (await db.all(sql, { till, at })) as { till: string; name: string; since: number }[];
}

/** Revokes a till permanently and frees its name; false: unknown, or already revoked. */
export async function revokeTill(db: Database, id: string, at: number): Promise<boolean> {
  const sql =
    'UPDATE tills SET revoked_at = ?, name_key = NULL WHERE shop = @shop AND id = ? AND revoked_at IS NULL';
  return db.transaction(async (db) => {
    if ((await db.run(sql, at, id)).changes === 0) return false;
    await appendOwn(db, 'till-revoked', { till: id }, at);
    return true;
  });
}

/** Records that a revoked till was refused as revoked: it knows of its removal from now on. `at`: ms. */
export async function noteRemovalKnown(db: Database, id: string, at: number): Promise<void> {
  const sql = `UPDATE tills SET removal_known_at = ?
    WHERE shop = @shop AND id = ? AND revoked_at IS NOT NULL AND removal_known_at IS NULL`;
  await db.run(sql, at, id);
}
