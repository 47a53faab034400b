// The enrolled tills with their public keys and names. Revoked and replaced tills stay.
import type { PublicKey } from '$lib/contract/values';
import { DAY_MS } from '$lib/domain/values/durations';
import { tillNameKey } from '$lib/domain/values/till-name';
import type { Database } from './database';
import { appendOwn } from './journal';
import { addRow } from './rows';

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

type Raw = Omit<TillRow, 'publicKey'> & { readonly publicKey: string };

const SELECTED = `id, number, name, public_key, enrolled_at, enrolled_by, seen_at, downloaded, revoked_at, removal_known_at,
  replaced_by, replaced_at, awaited_since, sums_differ_since`;

const fromRaw = ({ publicKey, ...raw }: Raw): TillRow => ({
  ...raw,
  publicKey: JSON.parse(publicKey) as PublicKey,
});

/** The till of this id, also a revoked one. */
export async function tillById(db: Database, id: string): Promise<TillRow | null> {
  const raw = await db.get<Raw>(`SELECT ${SELECTED} FROM tills WHERE shop = @shop AND id = ?`, id);
  return raw ? fromRaw(raw) : null;
}

/** All tills, by number. */
export async function allTills(db: Database): Promise<TillRow[]> {
  const sql = `SELECT ${SELECTED} FROM tills WHERE shop = @shop ORDER BY number`;
  const rows = await db.all<Raw>(sql);
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
  await addRow(db, 'tills (id, number, name, name_key, public_key, enrolled_at, enrolled_by)', {
    id: till.id,
    number,
    name: till.name,
    nameKey: tillNameKey(till.name),
    publicKey: JSON.stringify(till.publicKey),
    enrolledAt: till.enrolledAt,
    enrolledBy: till.enrolledBy,
  });
  const { id, name, publicKey, enrolledAt } = till;
  await appendOwn(db, 'till-joined', { till: id, number, name, publicKey }, enrolledAt);
  return number;
}

/** The till in use with this name key. */
export const tillByNameKey = (db: Database, key: string): Promise<string | null> =>
  db.value('SELECT id FROM tills WHERE shop = @shop AND name_key = ?', key);

/** The name keys of all tills in use. */
export const nameKeysInUse = (db: Database): Promise<readonly string[]> =>
  db.column('SELECT name_key FROM tills WHERE shop = @shop AND name_key IS NOT NULL');

/** Names a till in use; the key must be free. Runs inside the caller's transaction. `at`: ms. */
export async function setTillName(
  db: Database,
  id: string,
  name: string,
  at: number,
): Promise<void> {
  const sql = 'UPDATE tills SET name = ?, name_key = ? WHERE shop = @shop AND id = ?';
  await db.run(sql, name, tillNameKey(name), id);
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
  const sql =
    'UPDATE tills SET name_key = NULL, replaced_by = ?, replaced_at = ? WHERE shop = @shop AND id = ?';
  await db.run(sql, by, by === null ? null : at, id);
  await appendOwn(db, 'till-replaced', { till: id, by }, at);
}

/** Records the last contact of the till. */
export const sawTill = (db: Database, id: string, at: number): Promise<void> =>
  db.run('UPDATE tills SET seen_at = ? WHERE shop = @shop AND id = ?', at, id);

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
  return db.column(sql, { at });
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
export const stopAwaiting = (db: Database): Promise<void> =>
  db.run('UPDATE tills SET awaited_since = NULL WHERE shop = @shop');

/** Records since when a till's control sums differ from the relay's, ms; null: they are equal. */
export const noteSums = (db: Database, id: string, differSince: number | null): Promise<void> =>
  db.run('UPDATE tills SET sums_differ_since = ? WHERE shop = @shop AND id = ?', differSince, id);

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
  return db.all(sql, { till, at });
}

/** Revokes a till permanently and frees its name; false: unknown, or already revoked. */
export async function revokeTill(db: Database, id: string, at: number): Promise<boolean> {
  const sql =
    'UPDATE tills SET revoked_at = ?, name_key = NULL WHERE shop = @shop AND id = ? AND revoked_at IS NULL';
  return db.transaction(async (db) => {
    if ((await db.changes(sql, at, id)) === 0) return false;
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
