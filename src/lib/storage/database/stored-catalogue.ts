// Reads the packed catalogue. Only `goods/catalogue` replaces it.
import type { PackedCatalogue } from '$lib/domain/catalogue';
import type { TillDb } from './db';

/** The whole catalogue; null before the first import. */
export async function loadCatalogue(
  db: TillDb,
): Promise<{ readonly packed: PackedCatalogue; readonly hash: string } | null> {
  const row = await db.catalogue.get('current');
  return row === undefined ? null : { packed: row.packed, hash: row.hash };
}
