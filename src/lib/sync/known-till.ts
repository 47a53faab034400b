// Whether the relay still knows this till, asked before the till gets a new id.
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { TillDb } from '$lib/storage/database/db';
import { setQuarantine } from '$lib/storage/journal/quarantine';

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
