// Fetches changes of this till's reserve codes from the relay.
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { TillDb } from '$lib/storage/database/db';
import { saveReserveNews, loadReserveVersion } from '$lib/storage/secrets/reserve-verifiers';

/** `newest`: the version from the health reply. Returns whether anything changed. Throws StorageError. */
export async function pullReserveCodes(
  db: TillDb,
  client: RelayClient,
  newest: number,
): Promise<boolean> {
  let kept = await loadReserveVersion(db);
  if (kept === newest) return false;
  // a relay restored from an older copy, or a re-enrolled till, starts counting again
  if (kept > newest) kept = 0;
  for (;;) {
    const news = await client.reserveCodes(kept);
    if (news.kind !== 'reserve-codes') return false;
    await saveReserveNews(db, news, kept);
    kept = news.version;
    if (!news.more) return true;
  }
}
