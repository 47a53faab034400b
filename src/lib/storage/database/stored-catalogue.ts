// Reads the packed catalogue and its mark. Only `goods/catalogue` replaces it.
import type { PackedCatalogue } from '$lib/domain/catalogue';
import { atDisk } from '$lib/storage/storage-error';
import type { TillDb } from './db';

/** The whole catalogue; null before the first import. */
export function loadCatalogue(
  db: TillDb,
): Promise<{ readonly packed: PackedCatalogue; readonly hash: string } | null> {
  return atDisk(async () => {
    const row = await db.catalogue.get('current');
    return row === undefined ? null : { packed: row.packed, hash: row.hash };
  });
}

/** Which catalogue is stored and its number of goods, without reading them; null before the first import. */
export function catalogueMark(
  db: TillDb,
): Promise<{ readonly hash: string; readonly count: number } | null> {
  return atDisk(async () => {
    const row = await db.meta.get('catalogue');
    return row?.key === 'catalogue' ? row.value : null;
  });
}
