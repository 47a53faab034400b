// Whether this till must be re-enrolled before the relay accepts its journal; it still sells.
import { transact, type TillDb } from '$lib/storage/database/db';
import { metaIn, putMetaIn, tillIn } from '$lib/storage/database/meta';
import type { Quarantine } from '$lib/storage/schema/relay-record';

/**
 * Stores the first reason, because later reasons are consequences. Only `unknown-till` is replaced by a definite reason.
 * `ofTill`: the reason is ignored if the device has another till id by now.
 */
export function setQuarantine(
  db: TillDb,
  value: Quarantine,
  ofTill: string | null = null,
): Promise<Quarantine | null> {
  return transact(db, [db.meta], async () => {
    const [held, till] = await Promise.all([metaIn(db, 'quarantine'), tillIn(db)]);
    if (ofTill !== null && till?.id !== ofTill) return held;
    if (held !== null && held.because !== 'unknown-till') return held;
    if (held?.because === value.because) return held;
    await putMetaIn(db, 'quarantine', value);
    return value;
  });
}
