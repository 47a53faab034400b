// Snapshots of the shop's order: signed manifests, and encrypted chunks by their hashes.
import type { Database } from './database';
import type { DataCipher } from './cipher';
import { addIfNew, addRow } from './rows';

export const migration = `
CREATE TABLE snapshots (
  shop TEXT NOT NULL,
  shop_order INTEGER NOT NULL,
  log_hash TEXT NOT NULL,
  manifest TEXT NOT NULL,
  PRIMARY KEY (shop, shop_order)
) STRICT, WITHOUT ROWID;
CREATE TABLE snapshot_chunks (
  shop TEXT NOT NULL,
  hash TEXT NOT NULL,
  shop_order INTEGER NOT NULL,
  chunk BLOB NOT NULL,
  PRIMARY KEY (shop, hash, shop_order)
) STRICT;
CREATE INDEX snapshot_chunks_by_order ON snapshot_chunks (shop, shop_order);
`;

type Parts = { readonly db: Database; readonly cipher: DataCipher };

/** A snapshot of all entries up to `order`. `manifest`: as it was signed. */
export type KeptSnapshot = {
  readonly order: number;
  readonly logHash: string;
  readonly manifest: string;
};

/** Stores a chunk of a snapshot that is being made; `bytes`: gzip. */
export async function addChunk(
  { db, cipher }: Parts,
  order: number,
  { hash, bytes }: { readonly hash: string; readonly bytes: Uint8Array },
): Promise<void> {
  await addIfNew(db, 'snapshot_chunks (hash, shop_order, chunk)', {
    hash,
    order,
    chunk: cipher.encrypt(Buffer.from(bytes).toString('base64')),
  });
}

/** The chunk with this hash; null: no stored snapshot has it. */
export async function chunkOf({ db, cipher }: Parts, hash: string): Promise<Buffer | null> {
  const sql = `SELECT c.chunk FROM snapshot_chunks c
    JOIN snapshots s ON s.shop = c.shop AND s.shop_order = c.shop_order
    WHERE c.shop = @shop AND c.hash = ? LIMIT 1`;
  const chunk = await db.value<Buffer>(sql, hash);
  return chunk === null ? null : Buffer.from(cipher.decrypt(chunk), 'base64');
}

/** The snapshot with the highest order; null: there is none. */
export const newestSnapshot = (db: Database): Promise<KeptSnapshot | null> =>
  db.get(`SELECT shop_order, log_hash, manifest FROM snapshots
    WHERE shop = @shop ORDER BY shop_order DESC LIMIT 1`);

/** Stores a snapshot, whose chunks are stored already, and drops all but the newest `kept`. Runs in the caller's transaction. */
export async function addSnapshot(
  db: Database,
  snapshot: KeptSnapshot,
  kept: number,
): Promise<void> {
  await addRow(db, 'snapshots (shop_order, log_hash, manifest)', snapshot);
  const orders = 'SELECT shop_order FROM snapshots WHERE shop = @shop ORDER BY shop_order DESC';
  const oldest = (await db.column<number>(`${orders} LIMIT ?`, kept)).at(-1) ?? snapshot.order;
  await db.run('DELETE FROM snapshots WHERE shop = @shop AND shop_order < ?', oldest);
  await dropUnfinished(db);
}

/** Drops all snapshots. Runs in the caller's transaction. */
export async function dropSnapshots(db: Database): Promise<void> {
  await db.run('DELETE FROM snapshots WHERE shop = @shop');
  await dropUnfinished(db);
}

/** Drops chunks that belong to no snapshot, because it was not finished or was replaced. */
export const dropUnfinished = (db: Database): Promise<void> =>
  db.run(`DELETE FROM snapshot_chunks WHERE shop = @shop
       AND shop_order NOT IN (SELECT shop_order FROM snapshots WHERE shop = @shop)`);
