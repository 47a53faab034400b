// Fetches the state of the relay's notices, page by page. Idempotent.
import { isUnreachable } from '$lib/relay-client/exchange';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { TillDb } from '$lib/storage/database/db';
import { saveNotices, noticesCursor } from '$lib/storage/customers/notices';

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
