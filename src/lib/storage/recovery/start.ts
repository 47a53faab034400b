// Starts a till: compares database, journal file and watermark, and repairs one from the other.
// No receipt number may be used before it has finished.
import { metaIn } from '$lib/storage/database/meta';
import type { Entry } from '$lib/contract/journal';
import { saleRowOf } from '$lib/domain/acts/sale';
import { verifyChain } from '$lib/proof/chain';
import { transact, type TillDb } from '$lib/storage/database/db';
import { knownEntry } from '$lib/storage/journal/projection';
import { chainIn, headIn } from '$lib/storage/journal/reader';
import { lastSaleIn, leaveNumbersIn } from '$lib/storage/journal/receipt-numbers';
import { setQuarantine } from '$lib/storage/journal/quarantine';
import { saleRow, type EnrolledTill } from '$lib/storage/schema/records';
import type { Quarantine } from '$lib/storage/schema/relay-record';
import { storageErrorOf } from '$lib/storage/storage-error';
import { isEnrolled, tillIn } from '$lib/storage/database/till-record';
import { withWriterLock } from '$lib/storage/journal/writer';
import type { recover } from './recover';
import { compare, reaches } from '$lib/storage/wal/compare';
import type { GoodsStand } from './missing-goods';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import type { ActLine } from '$lib/storage/wal/line';
import type { RepairNews } from './repair';
import type { StartNews } from './start-news';

/**
 * Compares and repairs, and returns what to show. No act may be numbered before it resolves. `at`: ms. Also works without a
 * journal file.
 */
export function startUp(db: TillDb, file: JournalFile, at: number): Promise<StartNews[]> {
  db.file = file;
  return withWriterLock(db, async () => {
    const [till, head, begun] = await Promise.all([
      tillIn(db),
      headIn(db),
      metaIn(db, 'rebuilding'),
    ]);
    const news: StartNews[] = [];
    if (begun !== null) {
      news.push(...(await recoverFrom(db, file, { kept: begun.till, begun: true, at })));
    } else if (head.seq === 0) {
      const [kept] = till === null ? await file.tills() : [till.id];
      if (kept !== undefined) {
        news.push(...(await recoverFrom(db, file, { kept, begun: false, at })));
      }
    } else if (isEnrolled(till) && (await file.open(till.id))) {
      news.push(...(await compareWith(db, file, till, at)));
    }
    await restoreLastSales(db);
    news.push(...(await compareWithRelay(db, at)));
    const now = await headIn(db);
    if (now.seq > 0 && file.till !== null) file.agree(now.hash);
    return news;
  });
}

/** Finds and restores rows lost from the middle while the till is in use. `at`: ms. Throws StorageError. */
export async function repairLosses(db: TillDb, at: number): Promise<RepairNews[]> {
  const { repair } = await import('./repair');
  await db.file?.rebuilt;
  return repair(db, at);
}

async function recoverFrom(...asked: Parameters<typeof recover>): Promise<StartNews[]> {
  const { recover } = await import('./recover');
  return recover(...asked);
}

async function compareWith(
  db: TillDb,
  file: JournalFile,
  till: EnrolledTill,
  at: number,
): Promise<StartNews[]> {
  const [head, away, held] = await Promise.all([
    headIn(db),
    metaIn(db, 'file-away'),
    db.policy.get('current'),
  ]);
  // a lost policy may be far from the end: a rebuilt file begins with it
  const tail = await file.tail(
    (lines) =>
      reaches(lines, { till: till.id, seq: head.seq }) &&
      (held !== undefined || lines.some(({ kind }) => kind === 'policy')),
  );
  const hashAt = async (seq: number) => (await db.journal.get([till.id, seq]))?.hash ?? null;
  const verdict = await compare(tail, { ...head, till: till.id }, hashAt);
  const policy = tail.lines.findLast((line) => line.kind === 'policy') ?? null;
  const isBehind = policy !== null && policy.version > (held?.version ?? 0);
  if (isBehind && (verdict.kind === 'same' || verdict.kind === 'file-behind')) {
    const { replayPolicy } = await import('./replay');
    await replayPolicy(db, policy);
  }
  switch (verdict.kind) {
    case 'same':
      if (away !== null) await clearFileAway(db);
      return [];
    case 'file-behind':
      queueRebuild(db, file, till, null);
      return [];
    case 'database-behind': {
      if ((await verifyChain(entriesOf(verdict.acts), head)).kind === 'broken') {
        return differ(db, file, till, head.seq + 1, at);
      }
      const { replayActs } = await import('./replay');
      return replayed(entriesOf(verdict.acts), await replayActs(db, file, verdict.acts, policy));
    }
    case 'differ':
      // the till wrote without the file, which may end with an act reported as not saved
      if (away !== null) {
        queueRebuild(db, file, till, asideName(till, at));
        return [];
      }
      return differ(db, file, till, verdict.seq, at);
  }
}

const entriesOf = (acts: readonly ActLine[]): Entry[] => acts.map(({ entry }) => entry);

function replayed(entries: readonly Entry[], goods: GoodsStand): StartNews[] {
  return [
    { kind: 'replayed', entries },
    ...(goods === 'lost' ? [{ kind: 'goods-lost' } as const] : []),
  ];
}

/** Neither copy is more trustworthy: the till continues from its database, and the file is kept for inspection. */
async function differ(
  db: TillDb,
  file: JournalFile,
  till: EnrolledTill,
  seq: number,
  at: number,
): Promise<StartNews[]> {
  await putInQuarantine(db, 'file-differs', at);
  queueRebuild(db, file, till, asideName(till, at));
  return [{ kind: 'differ', seq }];
}

const asideName = (till: EnrolledTill, at: number) => `${till.id}.aside-${at}`;

/** Queued for the writer's lock before anybody can sell: the start does not wait for it, the next act does. */
export function queueRebuild(
  db: TillDb,
  file: JournalFile,
  till: EnrolledTill,
  aside: string | null,
): void {
  file.rebuilt = withWriterLock(db, async () => {
    try {
      const { rebuildFile } = await import('$lib/storage/journal/rebuild-file');
      // the old file may have entries that exist nowhere else: keep it
      if (aside === null && file.size > 0) {
        const { restoreMissing } = await import('./repair');
        await restoreMissing(db, (work) => work());
      }
      await rebuildFile(db, file, till, aside);
      await clearFileAway(db);
    } catch (cause) {
      // the till sells without the second copy; the next start tries again
      if (storageErrorOf(cause) === null) throw cause;
      file.putAway();
    }
  });
}

async function clearFileAway(db: TillDb): Promise<void> {
  await transact(db, [db.meta], () => db.meta.delete('file-away'));
}

/** Restores the rows of the last sales if only they are missing: the next receipt number is computed from them. */
async function restoreLastSales(db: TillDb): Promise<void> {
  const till = await tillIn(db);
  if (till === null) return;
  const last = await lastSaleIn(db, till.id);
  const later = await chainIn(db, till.id, last?.seq ?? 0)
    .reverse()
    .until(({ act }) => act === 'carried-over')
    .filter(({ act }) => act === 'sale')
    .toArray();
  const rows = later.flatMap((entry) => {
    const known = knownEntry(entry);
    return known?.act === 'sale' ? (saleRow.safeParse(saleRowOf(known)).data ?? []) : [];
  });
  if (rows.length > 0) await transact(db, [db.sales], () => db.sales.bulkPut(rows));
}

/** If the journal is shorter than the relay's signed watermark, skips the numbers it may have used already. */
async function compareWithRelay(db: TillDb, at: number): Promise<StartNews[]> {
  const [till, head, mark] = await Promise.all([tillIn(db), headIn(db), metaIn(db, 'watermark')]);
  if (till === null || mark?.till !== till.id) return [];
  if (mark.seq <= head.seq) return [];
  const reach = { seq: mark.seq, shared: head.seq };
  await transact(db, [db.meta, db.sales], () => leaveNumbersIn(db, till.id, reach));
  await putInQuarantine(db, 'behind', at);
  return [{ kind: 'behind', seq: mark.seq }];
}

async function putInQuarantine(
  db: TillDb,
  because: Quarantine['because'],
  since: number,
): Promise<void> {
  await setQuarantine(db, { because, since });
}
