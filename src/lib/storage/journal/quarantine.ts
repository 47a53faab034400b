// Whether this till must be re-enrolled before the relay accepts its journal; it still sells.
import { transact, type TillDb } from '$lib/storage/database/db';
import { recorded } from '$lib/storage/schema/records';
import { quarantine, type Quarantine } from '$lib/storage/schema/relay-record';
import { atDisk } from '$lib/storage/storage-error';
import { tillIn } from '$lib/storage/database/till-record';

/** Null: no quarantine. */
export function loadQuarantine(db: TillDb): Promise<Quarantine | null> {
  return atDisk(() => quarantineIn(db));
}

/** Awaits Dexie only. */
export async function quarantineIn(db: TillDb): Promise<Quarantine | null> {
  const row = await db.meta.get('quarantine');
  return row?.key === 'quarantine' ? row.value : null;
}

/**
 * Stores the first reason, because later ones follow from it. Only `unknown-till` is replaced by a definite
 * reason. `ofTill`: ignored if the device has another till id by now.
 */
export function setQuarantine(
  db: TillDb,
  asked: Quarantine,
  ofTill: string | null = null,
): Promise<Quarantine | null> {
  const value = recorded(quarantine, asked);
  return transact(db, [db.meta], async () => {
    const [held, till] = await Promise.all([quarantineIn(db), tillIn(db)]);
    if (ofTill !== null && till?.id !== ofTill) return held;
    if (held !== null && held.because !== 'unknown-till') return held;
    if (held?.because === value.because) return held;
    await db.meta.put({ key: 'quarantine', value });
    return value;
  });
}
