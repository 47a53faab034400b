// Fetches what the relay has for this till: reserve codes, notices, and whether it knows the till.
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { TillDb } from '$lib/storage/database/db';
import { saveReserveNews, loadReserveVersion } from '$lib/storage/secrets/reserve-verifiers';
import { setQuarantine } from '$lib/storage/journal/quarantine';
import { isUnreachable } from '$lib/relay-client/exchange';
import { saveNotices, noticesCursor } from '$lib/storage/customers/notices';

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

/**
 * Opens a session, in which till and relay state how far each had the other's journal. A relay restored from an older copy may
 * lack entries that it had acknowledged, or the till itself. A relay without the till is remembered, because the next journal
 * must then carry every entry of this device. `at`: now, ms. Throws StorageError.
 */
export async function isStillKnown(
  db: TillDb,
  client: Pick<RelayClient, 'policy'>,
  { till, at }: { readonly till: string; readonly at: number },
): Promise<boolean> {
  const { kind } = await client.policy();
  if (kind !== 'unknown-till') return true;
  await setQuarantine(db, { because: kind, since: at }, till);
  return false;
}

/** Fetches all changes this till lacks. False: no reply, or an unexpected one. Throws StorageError. */
export async function fetchNotices(
  db: TillDb,
  client: Pick<RelayClient, 'notices'>,
  till: string,
): Promise<boolean> {
  for (;;) {
    const since = await noticesCursor(db, till);
    const reply = await client.notices(since);
    if (isUnreachable(reply) || reply.kind !== 'notices') return false;
    if (reply.notices.length > 0) await saveNotices(db, till, reply);
    if (!reply.more || reply.cursor <= since) return true;
  }
}
