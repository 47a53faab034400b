// Snapshots of the shop's order for new tills.
// They are made in the background as the order grows, and served by their hashes.
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PersonalRecord } from '$lib/contract/journal-upload';
import {
  noChunk,
  SNAPSHOT_CHUNK_BYTES,
  snapshotReply,
  snapshotRows,
  snapshotTables,
  type SnapshotManifest,
} from '$lib/contract/snapshot';
import { hash as hashSchema } from '$lib/contract/values';
import { RULES_VERSION } from '$lib/contract/version';
import { signSnapshot, verifySnapshot } from '$lib/proof/snapshot';
import { errorName } from '../error-name';
import { malformed } from '../http/json-body';
import { OWN_JOURNAL, replies, reply, route, type Route } from '../http/route';
import { nameOf } from '../openapi/components';
import type { Relay, Snapshots } from '../context';
import { recordOf } from '../store/cards';
import { isForgottenSince } from '../store/forgotten';
import { entriesAfter, epochOf, grownSince, logHashAt, logHead } from '../store/journal';
import {
  addChunk,
  addSnapshot,
  chunkOf,
  dropSnapshots,
  dropUnfinished,
  newestSnapshot,
  type KeptSnapshot,
} from '../store/snapshots';
import { SnapshotCopy } from './snapshot-copy';

/** A new snapshot is made after this many entries or bytes of entries: one import can be as large as many sales. */
const EVERY_ENTRIES = 5_000;
const EVERY_BYTES = 4 * 1024 * 1024;
/** How many snapshots are kept: a till can finish downloading the one before the newest. */
const KEPT = 2;
const LOOK_MS = 60_000;
/** Entries that are folded at once; requests are answered in between. */
const SLICE = { entries: 100, bytes: 64 * 1024 };

type Parts = Pick<Relay, 'db' | 'cipher' | 'key' | 'shopId' | 'now' | 'log'>;

/** Makes snapshots in the background. `everyEntries`: for tests. */
export function openSnapshots(parts: Parts, everyEntries = EVERY_ENTRIES): Snapshots {
  const { log } = parts;
  let isClosed = false;
  let isBehind = false;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  async function make(): Promise<void> {
    if (isBehind || !(await isDue(parts, everyEntries))) return;
    const since = performance.now();
    const order = await makeSnapshot(parts, () => isClosed);
    // tills download the entries until this relay is updated
    if (order === 'behind') {
      isBehind = true;
      return log({ event: 'snapshot-needs-update' });
    }
    if (order === null) return;
    const ms = Math.round(performance.now() - since);
    // of the whole process since its start; Node gives kilobytes
    const maxRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
    log({ event: 'snapshot-made', order, ms, maxRssMb });
  }

  const round = (): Promise<void> =>
    (running ??= make()
      .catch((error: unknown) => {
        // tills download the entries; the next round tries again
        if (!isClosed) log({ event: 'snapshot-failed', error: errorName(error) });
      })
      .finally(() => (running = null)));

  return {
    round,
    start: () => {
      timer ??= setInterval(() => void round(), LOOK_MS).unref();
    },
    close: () => {
      isClosed = true;
      clearInterval(timer);
    },
  };
}

async function isDue({ db }: Parts, everyEntries: number): Promise<boolean> {
  const newest = await usable({ db });
  const grown = await grownSince(db, newest?.order ?? 0, everyEntries);
  return grown.entries >= everyEntries || grown.bytes >= EVERY_BYTES;
}

/** The newest snapshot, if it is one of this order: the relay's database may be another than the one that made it. */
async function usable({ db }: Pick<Parts, 'db'>): Promise<KeptSnapshot | null> {
  const newest = await newestSnapshot(db);
  if (newest === null) return null;
  return (await logHashAt(db, newest.order)) === newest.logHash ? newest : null;
}

/**
 * Makes a snapshot of all entries. Returns its order; null: `isStopped`, or a customer was forgotten meanwhile; `behind`: it would
 * lack entries that a later version of this relay accepted.
 */
async function makeSnapshot(
  parts: Parts,
  isStopped: () => boolean,
): Promise<number | 'behind' | null> {
  const { db, key, shopId: shop, now } = parts;
  const head = await logHead(db);
  await db.transaction(async (db) => {
    if ((await usable({ db })) === null) await dropSnapshots(db);
    await dropUnfinished(db);
  });
  const copy = new SnapshotCopy({ shop, relayKey: key.publicJwk });
  let order = await beginFromNewest(parts, copy);
  while (order < head.order) {
    if (isStopped()) return null;
    const found = await entriesAfter(db, { after: order, till: '' }, SLICE);
    const rows = found.filter((row) => row.order <= head.order);
    for (const { till, seq } of await copy.take(rows, (hashes) => recordsOf(parts, hashes)))
      parts.log({ event: 'entry-not-projected', till, seq });
    if (copy.isBehind) return 'behind';
    order = rows.at(-1)?.order ?? head.order;
    await nextTurn();
  }
  const at = now();
  copy.dropOld(at);
  const tables: SnapshotManifest['tables'] = [];
  for (const name of snapshotTables) {
    const chunks: string[] = [];
    for await (const bytes of copy.chunks(name)) {
      if (isStopped()) return null;
      const hash = createHash('sha256').update(bytes).digest('hex');
      await addChunk(parts, order, { hash, bytes });
      chunks.push(hash);
    }
    tables.push({ name, rows: copy.rows(name), chunks });
  }
  const manifest: SnapshotManifest = {
    ...({ v: 1, purpose: 'snapshot', shop } as const),
    epoch: await epochOf(db, order),
    order,
    logHash: head.logHash,
    rules: RULES_VERSION,
    at,
    epochs: [...copy.epochs],
    tables,
  };
  const signed = await signSnapshot(manifest, key.privateKey, key.kid);
  const { logHash } = head;
  return db.transaction(async (db) => {
    // somebody was forgotten meanwhile, and their card may be in it: the next round makes another
    if (await isForgottenSince(db, order)) {
      await dropUnfinished(db);
      return null;
    }
    await addSnapshot(db, { order, logHash, manifest: signed }, KEPT);
    return order;
  });
}

/** Continues from the newest snapshot, if this version can read it. Returns its order; 0: starts from the first entry. */
async function beginFromNewest(parts: Parts, copy: SnapshotCopy): Promise<number> {
  const newest = await usable(parts);
  if (newest === null) return 0;
  const manifest = await verifySnapshot(newest.manifest, parts.key.publicJwk);
  if (manifest?.rules !== RULES_VERSION) return 0;
  await copy.begin(manifest, async (hash) => {
    const chunk = await chunkOf(parts, hash);
    if (chunk === null) throw new Error('a snapshot without one of its chunks');
    return chunk;
  });
  return newest.order;
}

async function recordsOf(
  parts: Pick<Parts, 'db' | 'cipher'>,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, PersonalRecord>> {
  const records = new Map<string, PersonalRecord>();
  for (const hash of hashes) {
    const held = await recordOf(parts, hash);
    if (held !== null) records.set(hash, held);
  }
  return records;
}

const SNAPSHOT_ROWS = Object.entries(snapshotRows)
  .map(([table, row]) => `\`${nameOf(row)}\` (\`${table}\`)`)
  .join(', ');

/** Snapshots for any till of the shop that is not set aside, as every entry is. */
export const snapshotRoutes = (relay: Relay): Route[] => [
  route('GET /snapshot', {
    id: 'getSnapshot',
    summary: 'Get the manifest of the newest snapshot of the shop’s order',
    description:
      'For a till that has downloaded nothing: it takes the chunks, and then the entries after `order`. `manifest` is a compact JWS (ES256) whose payload is the schema `snapshotManifest`. Without a snapshot a till downloads all entries.',
    access: OWN_JOURNAL,
    replies: replies(snapshotReply, { snapshot: 200, 'no-snapshot': 404 }),
  }).handle(async () => {
    const newest = await usable(relay);
    return newest === null
      ? { kind: 'no-snapshot' }
      : { kind: 'snapshot', manifest: newest.manifest };
  }),
  route('GET /snapshot/:hash', {
    id: 'getSnapshotChunk',
    summary: 'Get a chunk of a snapshot by the SHA-256 of its bytes',
    description: `Gzip of a line of JSON for each row, at most ${SNAPSHOT_CHUNK_BYTES} bytes before compression unless one row is larger. The rows of each table: ${SNAPSHOT_ROWS}.`,
    access: OWN_JOURNAL,
    replies: [reply(200, 'gzip'), reply(404, noChunk)],
  }).handle(async ({ c }) => {
    const hash = hashSchema.safeParse(c.req.param('hash'));
    if (!hash.success) throw malformed('hash');
    const chunk = await chunkOf(relay, hash.data);
    if (chunk === null) return { kind: 'no-chunk' };
    return c.body(new Uint8Array(chunk), 200, { 'Content-Type': 'application/gzip' });
  }),
];
