// A new till begins with a snapshot of the shop's order instead of all its entries.
// Nothing of it is used but what the relay signed, and what the order goes on from.
import type { Cursor, JournalPage } from '$lib/contract/shop-journal';
import type { SnapshotManifest } from '$lib/contract/snapshot';
import { RULES_VERSION } from '$lib/contract/version';
import { verifySnapshot } from '$lib/proof/snapshot';
import { isUnreachable } from '$lib/relay-client/exchange';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { TillDb } from '$lib/storage/database/db';
import { formerTillsIn } from '$lib/storage/database/till-record';
import { forgetRemote } from '$lib/storage/remote/remote-order';
import {
  allRowsOf,
  applySnapshot,
  beginSnapshot,
  hasChunk,
  keepChunk,
  snapshotIn,
} from '$lib/storage/remote/remote-snapshot';
import type { EnrolledTill } from '$lib/storage/schema/records';

export type SnapshotClient = Pick<RelayClient, 'journal' | 'snapshot' | 'snapshotChunk'>;

/** Whether these entries follow the cursor, by hashes and the relay's signature. */
export type Follows = (
  page: Extract<JournalPage, { kind: 'journal' }>,
  cursor: Cursor,
) => Promise<boolean>;

/**
 * `none`: the till downloads all entries; of a snapshot that is not believed nothing is left. `unreachable`: the same snapshot
 * goes on with the next download.
 */
export type SnapshotOutcome =
  | { readonly kind: 'applied'; readonly order: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'unreachable' };

const NONE: SnapshotOutcome = { kind: 'none' };
const UNREACHABLE: SnapshotOutcome = { kind: 'unreachable' };

/**
 * Fills an empty copy from the relay's newest snapshot. Only a till that has none of the entries in it: its own journal already
 * counts them. Throws StorageError.
 */
export async function takeSnapshot(
  db: TillDb,
  client: SnapshotClient,
  till: EnrolledTill,
  follows: Follows,
): Promise<SnapshotOutcome> {
  const begun = (await snapshotIn(db))?.manifest ?? null;
  const dropped = async (): Promise<SnapshotOutcome> => {
    if ((await snapshotIn(db)) !== null) await forgetRemote(db);
    return NONE;
  };
  // entries of its former names may be in it, under whatever name they came
  if ((await formerTillsIn(db)).length > 0) return dropped();
  let signed = begun;
  if (signed === null) {
    const reply = await client.snapshot();
    if (isUnreachable(reply)) return UNREACHABLE;
    if (reply.kind !== 'snapshot') return NONE;
    signed = reply.manifest;
  }
  const manifest = await verifySnapshot(signed, till.relayKey);
  if (manifest?.shop !== till.shop || manifest.rules !== RULES_VERSION) return dropped();
  const { epoch, order, logHash } = manifest;
  const end: Cursor = { epoch, order, logHash };
  const page = await client.journal(end, 0);
  if (isUnreachable(page)) return UNREACHABLE;
  if (page.kind !== 'journal' || !(await follows(page, end))) return dropped();
  if (begun === null && !(await beginSnapshot(db, till.id, manifest, signed))) return NONE;
  const chunks = await takeChunks(db, client, till, { manifest, signed });
  if (chunks === 'unreachable') return UNREACHABLE;
  if (chunks !== 'all') return dropped();
  const outcome = await applySnapshot(db, till.id, manifest, signed);
  return outcome === 'applied' ? { kind: 'applied', order } : dropped();
}

/** Stores the chunks that are not here yet. `wrong`: the relay lacks one, or sends another, or this till is in it. */
async function takeChunks(
  db: TillDb,
  client: SnapshotClient,
  till: EnrolledTill,
  { manifest, signed }: { readonly manifest: SnapshotManifest; readonly signed: string },
): Promise<'all' | 'unreachable' | 'wrong'> {
  for (const { name, chunks } of manifest.tables) {
    for (const hash of chunks) {
      if (await hasChunk(db, hash)) continue;
      const reply = await client.snapshotChunk(hash);
      if (isUnreachable(reply)) return 'unreachable';
      if (reply.kind !== 'bytes') return 'wrong';
      if ((await keepChunk(db, signed, hash, reply.bytes)) !== 'kept') return 'wrong';
    }
    if (name !== 'tills') continue;
    const tills = await allRowsOf(db, manifest, 'tills');
    if (tills === null || tills.some((row) => row.till === till.id)) return 'wrong';
  }
  return 'all';
}
