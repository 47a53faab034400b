// Verifies the whole journal with its proofs, rows and sums; reads only.
import { metaIn, formerTillsIn } from '$lib/storage/database/meta';
import type { ChainHead } from '$lib/proof/chain';
import { keyId } from '$lib/proof/keys';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import type { CustomerRow, EnrolledTill } from '$lib/storage/schema/records';
import { placeOf } from '$lib/storage/journal/entry-checks';
import type { Difference, Finding } from './finding';
import { checkFile } from './check-file';
import { erasedIn } from '$lib/storage/remote/forgotten-customers';
import { numbersTakenIn } from '$lib/storage/journal/receipt-numbers';
import { formerEndIn, headIn } from '$lib/storage/journal/reader';
import type { StrayRow } from './expected-rows';
import { Walk, type Judge } from './walk';
import { verifyWatermark } from '$lib/proof/journal-head';
import { isSealed, type CardSeals } from './card-seals';

export type Verification = {
  readonly entries: number;
  readonly head: ChainHead;
  /** Number of proofs with a relay signature that were checked. */
  readonly signatures: number;
  readonly sums: number;
  /** The findings to show, the broken entry first; `more`: number of findings not shown. */
  readonly findings: readonly Finding[];
  readonly more: number;
  readonly differences: readonly Difference[];
};

/** Whether the first entry enrols this till with the relay whose key it has pinned. */
async function isOurs(db: TillDb, till: EnrolledTill): Promise<boolean> {
  const first = await db.journal.get([till.id, 1]);
  const { shop, relayKey } = first?.body ?? {};
  return (
    first?.act === 'till-enrolled' &&
    shop === till.shop &&
    relayKey === (await keyId(till.relayKey))
  );
}

/** Reads all other tables in one transaction; null if the till has written since the walk. Awaits Dexie only. */
async function endIn(db: TillDb, walk: Walk, names: readonly string[]) {
  const [{ seq }, held] = await Promise.all([headIn(db), metaIn(db, 'newest-policy')]);
  if (seq > walk.last) return null;
  return {
    held: held?.version ?? 0,
    rows: await walk.rows.compareRest(db),
    foreign: await foreignEntriesIn(db, names, walk.entries),
    cards: await db.customers.toArray(),
    erased: await erasedIn(db),
  };
}

async function conclude(
  walk: Walk,
  till: string,
  { held, rows, foreign, cards, erased }: NonNullable<Awaited<ReturnType<typeof endIn>>>,
) {
  const { head, checks } = walk;
  const { newest } = checks;
  if (newest !== null && newest.version > held) {
    walk.find({ kind: 'policy', ...newest, because: 'newer-than-held' });
  }
  // the entry of such a row was cut off, unless the row carries the hash of another entry
  const isBeyond = (row: StrayRow) => !row.named && row.till === till && (row.seq ?? 0) > walk.last;
  const last = rows.stray.reduce(
    (most, row) => (isBeyond(row) ? Math.max(most, row.seq ?? 0) : most),
    0,
  );
  if (last > 0) walk.find({ kind: 'cut-off', after: head.seq, last });
  for (const row of rows.stray) {
    if (!isBeyond(row)) walk.find({ kind: 'stray-row', table: row.table, seq: row.seq });
  }
  for (const finding of rows.findings) walk.find(finding);
  if (foreign > 0) walk.find({ kind: 'foreign-entries', entries: foreign });
  for (const customer of await wrongCards(cards, { seals: walk.cards, erased })) {
    walk.find({ kind: 'card', customer });
  }
}

/** Checks the journal file, the copy from which a lost database is rebuilt. */
async function followFile(
  db: TillDb,
  till: string,
  walk: Walk,
  signal: AbortSignal,
): Promise<void> {
  const fault = await checkFile(db, walk.last, signal);
  if (fault === null) return;
  const { seq, because } = fault;
  const entry = await db.journal.get([till, seq]);
  walk.find({ kind: 'file', place: { ...placeOf(entry), seq }, because });
}

/**
 * Verifies the whole journal; null if aborted. Works in batches so that the screen stays responsive and the till can sell
 * meanwhile. `judge` verifies the confirmations of an entry. Throws StorageError if the disk cannot be read.
 */
export async function verify(
  db: TillDb,
  till: EnrolledTill,
  judge: Judge,
  { signal, onprogress }: { signal: AbortSignal; onprogress: (done: number, of: number) => void },
): Promise<Verification | null> {
  const [former, taken, of] = await Promise.all([
    formerTillsIn(db),
    numbersTakenIn(db),
    db.journal.count(),
  ]);
  const walk = new Walk(db, judge, taken);
  // oldest journal first, because sums and cards continue from one journal to the next
  for (const [place, { id }] of former.toReversed().entries()) {
    walk.begin(id);
    while ((await walk.next()) > 0) {
      onprogress(walk.entries, of);
      if (signal.aborted) return null;
    }
    const next = former.toReversed()[place + 1]?.id ?? till.id;
    const ended = await formerEndIn(db, next);
    if (ended !== null && ended.seq > walk.head.seq && !walk.broken) {
      walk.find({ kind: 'cut-off', after: walk.head.seq, last: ended.seq });
    } else if (ended !== null && ended.hash !== walk.head.hash && !walk.broken) {
      walk.find({ kind: 'broken', place: { ...placeOf(null), seq: ended.seq }, because: 'link' });
    }
  }
  walk.begin(till.id);
  if (!(await isOurs(db, till))) walk.find({ kind: 'not-ours' });
  for (;;) {
    while ((await walk.next()) > 0) {
      onprogress(walk.entries, of);
      if (signal.aborted) return null;
    }
    const names = [till, ...former].map(({ id }) => id);
    const end = await readTogether(db, db.tables, () => endIn(db, walk, names));
    if (end === null) continue;
    await conclude(walk, till.id, end);
    await followFile(db, till.id, walk, signal);
    const signed = await brokenWatermark(db, till);
    if (signed !== null) walk.find({ kind: 'watermark', seq: signed });
    if (signal.aborted) return null;
    const { entries, head, findings, more } = walk;
    const { signatures } = walk.checks;
    const { differences } = end.rows;
    return { entries, head, signatures, sums: walk.rows.sums, findings, more, differences };
  }
}

/**
 * The last sequence number the relay has signed for, if this journal has another entry or no entry there: it was rewritten or
 * truncated. Null if they agree or the relay has not signed anything yet.
 */
export async function brokenWatermark(db: TillDb, till: EnrolledTill): Promise<number | null> {
  const row = await metaIn(db, 'watermark');
  if (row === null) return null;
  const mark = await verifyWatermark(row.jws, till.relayKey);
  if (mark === null || mark.till !== till.id) return null;
  const entry = await db.journal.get([till.id, mark.seq]);
  return entry?.hash === mark.hash ? null : mark.seq;
}

/** Number of entries under till ids other than these; `walked`: number of entries under these. Awaits Dexie only. */
export async function foreignEntriesIn(
  db: TillDb,
  names: readonly string[],
  walked: number,
): Promise<number> {
  if ((await db.journal.count()) === walked) return 0;
  return db.journal.filter(({ till }) => !names.includes(till)).count();
}

/** Customers whose card was changed after it was sealed, deleted without the customer being forgotten, or never sealed. */
export async function wrongCards(
  rows: readonly CustomerRow[],
  { seals, erased }: { readonly seals: CardSeals; readonly erased: ReadonlySet<string> },
): Promise<string[]> {
  const right = await Promise.all(
    rows.map(async (row) => {
      const seal = seals.get(row.id);
      return seal !== undefined && (await isSealed(row, seal));
    }),
  );
  const here = new Set(rows.map(({ id }) => id));
  const gone = [...seals.keys()].filter((customer) => !here.has(customer) && !erased.has(customer));
  return [...rows.filter((_, place) => !right[place]).map(({ id }) => id), ...gone];
}
