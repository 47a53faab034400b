// Discrepancies, each once: found while an upload is judged, then published in the shop's order.
import { createHash } from 'node:crypto';
import type { FlagKind } from '$lib/contract/journal-upload';
import type { RelayBodyOf } from '$lib/contract/shop-journal';
import { canonical } from '$lib/proof/canonical';
import type { Database } from './database';
import type { FlaggedEntry } from './flags';
import { appendOwn } from './journal';
import { addIfNew } from './rows';

export const migration = `
CREATE TABLE discrepancies (
  shop TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  -- the place of its entry in the shop's order; null: not published yet
  shop_order INTEGER,
  PRIMARY KEY (shop, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX discrepancies_unpublished ON discrepancies (shop, id) WHERE shop_order IS NULL;
`;

/** The place of an entry in its till's journal, and its hash. */
export type Place = { readonly till: string; readonly seq: number; readonly hash: string };

type Found = { readonly kind: FlagKind; readonly detail: string | null };

/**
 * The id of a discrepancy. It depends only on the finding, so if the relay is restored from a backup and finds the discrepancy
 * again, an act that closed it still closes it.
 */
export const discrepancyId = (entry: string, { kind, detail }: Found): string =>
  createHash('sha256').update(canonical({ entry, kind, detail })).digest('hex');

/** Stores what was found about an entry, unless it is stored already. */
export async function addDiscrepancy(
  db: Database,
  { till, seq, hash: entry }: FlaggedEntry,
  found: Found & { readonly against: readonly Place[] },
): Promise<void> {
  const { kind, detail, against } = found;
  const id = discrepancyId(entry, { kind, detail });
  const body: RelayBodyOf<'discrepancy-found'> = {
    id,
    till,
    seq,
    entry,
    kind,
    detail,
    against: against.map(({ till, seq, hash }) => ({ till, seq, hash })),
  };
  await addIfNew(db, 'discrepancies (id, kind, body)', { id, kind, body: JSON.stringify(body) });
}

/**
 * Appends the discrepancies found since the last call to the shop's order. `now`: ms. Runs in the caller's transaction, after
 * the verdicts of its entries are set.
 */
export async function publishDiscrepancies(db: Database, now: number): Promise<void> {
  const sql =
    'SELECT id, body FROM discrepancies WHERE shop = @shop AND shop_order IS NULL ORDER BY id';
  const rows = await db.all<{ id: string; body: string }>(sql);
  for (const { id, body } of rows) {
    const found = JSON.parse(body) as RelayBodyOf<'discrepancy-found'>;
    const order = await appendOwn(db, 'discrepancy-found', found, now);
    const placed = 'UPDATE discrepancies SET shop_order = ? WHERE shop = @shop AND id = ?';
    await db.run(placed, order, id);
  }
}

/** The kind of the discrepancy with this id, if a till that has seen the order up to `seen` knew it; otherwise null. */
export const discrepancySeen = (db: Database, id: string, seen: number): Promise<FlagKind | null> =>
  db.value(
    'SELECT kind FROM discrepancies WHERE shop = @shop AND id = ? AND shop_order <= ?',
    id,
    seen,
  );
