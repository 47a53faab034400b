// A new till begins with a snapshot of the shop's order instead of all its entries.
// Nothing of it is used but what the relay signed, and what the order goes on from.
import type { Cursor, JournalPage } from '$lib/contract/shop-journal';
import { RULES_VERSION } from '$lib/contract/version';
import { verifySnapshot } from '$lib/proof/snapshot';
import { isUnexpected, isUnreachable } from '$lib/relay-client/exchange';
import type { OrderClient } from '$lib/relay-client/order-client';
import type { TillDb } from '$lib/storage/database/db';
import { formerTillsIn } from '$lib/storage/database/till-record';
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

/** Whether these entries follow the cursor, by hashes and the relay's signature. */
export type Follows = (
  page: Extract<JournalPage, { kind: 'journal' }>,
  cursor: Cursor,
) => Promise<boolean>;

/**
 * `none`: the till downloads all entries; a snapshot that is wrong, or cannot be read, leaves nothing behind. `unreachable`: the same snapshot
 * goes on with the next download.
 */
export type SnapshotOutcome =
  | { readonly kind: 'applied'; readonly order: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'unreachable' };

const NONE: SnapshotOutcome = { kind: 'none' };
const UNREACHABLE: SnapshotOutcome = { kind: 'unreachable' };

/**
 * Fills an empty copy from the relay's newest snapshot, table by table as they come: goods are sold before all cards are here.
 * `onapplied`: called once the shop's tills are known. Only a till that has none of the entries in it: its own journal already
 * counts them. Throws StorageError.
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
  // entries of its former names may be in it, under whatever name they came
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
  // the next chunks come while the rows of those before are written
  let coming: Promise<ChunksTaken> = Promise.resolve('all');
  const tables = manifest.tables.map(({ name, chunks }) => {
    coming = coming.then((before) =>
      before === 'all' ? takeChunks(db, client, taking, chunks) : before,
    );
    // where it is not awaited any more, the download has ended by another outcome
    coming.catch(() => undefined);
    return { name, coming };
  });
  for (const { name, coming } of tables) {
    const taken = await coming;
    if (taken === 'unreachable') return UNREACHABLE;
    if (taken === 'wrong' || (await fillTable(db, taking, name)) !== 'filled') return dropped();
    if (name !== 'tills') continue;
    if ((await db.remoteTills.get(till.id)) !== undefined) return dropped();
    // from here on it is known that others are missing
    await onapplied();
  }
  // not before: by this request the till states that it has everything up to there
  const page = await client.journal(end, 0);
  if (isUnexpected(page)) return dropped();
  if (isUnreachable(page)) return UNREACHABLE;
  if (page.kind !== 'journal' || !(await follows(page, end))) return dropped();
  return (await finishSnapshot(db, taking)) ? { kind: 'applied', order } : dropped();
}

type ChunksTaken = 'all' | 'unreachable' | 'wrong';

/** Stores the chunks that are not here yet. `wrong`: the relay lacks one, or sends another, or they are no longer being taken. */
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
