// Starts a new till from a snapshot of the shop's order instead of all its entries.
// Uses only what the relay signed and what the order continues from.
import type { Cursor, JournalPage } from '$lib/contract/shop-journal';
import { RULES_VERSION } from '$lib/contract/version';
import { verifySnapshot } from '$lib/proof/snapshot';
import { isUnexpected, isUnreachable } from '$lib/relay-client/exchange';
import type { OrderClient } from '$lib/relay-client/order-client';
import type { TillDb } from '$lib/storage/database/db';
import { formerTillsIn } from '$lib/storage/database/meta';
import { forgetRemote } from '$lib/storage/remote/remote-order';
import {
  beginSnapshot,
  fillTable,
  finishSnapshot,
  hasChunk,
  keepChunk,
  snapshotIn,
  type Taking,
} from '$lib/storage/remote/remote-snapshot';
import type { EnrolledTill } from '$lib/storage/schema/records';

export type SnapshotClient = Pick<OrderClient, 'journal' | 'snapshot' | 'snapshotChunk'>;

/** Whether these entries follow the cursor, by their hashes and the relay's signature. */
export type Follows = (
  page: Extract<JournalPage, { kind: 'journal' }>,
  cursor: Cursor,
) => Promise<boolean>;

/**
 * `none`: the till downloads all entries; a wrong or unreadable snapshot is removed completely. `unreachable`: the next
 * download continues with the same snapshot.
 */
export type SnapshotOutcome =
  | { readonly kind: 'applied'; readonly order: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'unreachable' };

const NONE: SnapshotOutcome = { kind: 'none' };
const UNREACHABLE: SnapshotOutcome = { kind: 'unreachable' };

/**
 * Fills an empty copy from the relay's newest snapshot, table by table as they arrive, so that goods can be sold before all
 * cards are here. `onapplied`: called once the shop's tills are known. Only for a till without entries in the snapshot, because
 * its own journal counts them already. Throws StorageError.
 */
export async function takeSnapshot(
  db: TillDb,
  client: SnapshotClient,
  till: EnrolledTill,
  { follows, onapplied }: { readonly follows: Follows; readonly onapplied: () => Promise<void> },
): Promise<SnapshotOutcome> {
  const begun = (await snapshotIn(db))?.manifest ?? null;
  const dropped = async (): Promise<SnapshotOutcome> => {
    if ((await snapshotIn(db)) !== null) await forgetRemote(db, 'dropped');
    return NONE;
  };
  // the snapshot may contain entries of this device's former till ids
  if ((await formerTillsIn(db)).length > 0) return dropped();
  let signed = begun;
  if (signed === null) {
    const reply = await client.snapshot();
    if (isUnexpected(reply)) return NONE;
    if (isUnreachable(reply)) return UNREACHABLE;
    if (reply.kind !== 'snapshot') return NONE;
    signed = reply.manifest;
  }
  const manifest = await verifySnapshot(signed, till.relayKey);
  if (manifest?.shop !== till.shop || manifest.rules !== RULES_VERSION) return dropped();
  const { epoch, order, logHash } = manifest;
  const end: Cursor = { epoch, order, logHash };
  const taking: Taking = { till: till.id, manifest, signed };
  if (begun === null && !(await beginSnapshot(db, taking))) return NONE;
  // fetch the next chunks while the rows of the earlier ones are written
  let coming: Promise<ChunksTaken> = Promise.resolve('all');
  const tables = manifest.tables.map(({ name, chunks }) => {
    coming = coming.then((before) =>
      before === 'all' ? takeChunks(db, client, taking, chunks) : before,
    );
    // if nobody awaits it any more, the download has already ended with another outcome
    coming.catch(() => undefined);
    return { name, coming };
  });
  for (const { name, coming } of tables) {
    const taken = await coming;
    if (taken === 'unreachable') return UNREACHABLE;
    if (taken === 'wrong' || (await fillTable(db, taking, name)) !== 'filled') return dropped();
    if (name !== 'tills') continue;
    if ((await db.remoteTills.get(till.id)) !== undefined) return dropped();
    // from here on the screen knows that acts of other tills are missing
    await onapplied();
  }
  // only now, because by this request the till states that it has everything up to that point
  const page = await client.journal(end, 0);
  if (isUnexpected(page)) return dropped();
  if (isUnreachable(page)) return UNREACHABLE;
  if (page.kind !== 'journal' || !(await follows(page, end))) return dropped();
  return (await finishSnapshot(db, taking)) ? { kind: 'applied', order } : dropped();
}

type ChunksTaken = 'all' | 'unreachable' | 'wrong';

/**
 * Stores the chunks that are missing here. `wrong`: the relay lacks a chunk or sends another one, or this snapshot is no longer
 * being downloaded.
 */
async function takeChunks(
  db: TillDb,
  client: SnapshotClient,
  taking: Taking,
  chunks: readonly string[],
): Promise<ChunksTaken> {
  for (const hash of chunks) {
    if (await hasChunk(db, hash)) continue;
    const reply = await client.snapshotChunk(hash);
    if (isUnexpected(reply)) return 'wrong';
    if (isUnreachable(reply)) return 'unreachable';
    if (reply.kind !== 'bytes') return 'wrong';
    if ((await keepChunk(db, taking, hash, reply.bytes)) !== 'kept') return 'wrong';
  }
  return 'all';
}
