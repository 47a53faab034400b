// Starts a till: compares database, journal file and watermark, and repairs one from the other.
// No receipt number may be used before it has finished.
import { type SaleRow, saleRow } from '$lib/contract/rows';
import { metaIn, saveMeta, isEnrolled, tillIn } from '$lib/storage/database/meta';
import { SKIPPED } from '$lib/domain/acts/device/numbers-skipped';
import { saleRowOf } from '$lib/domain/acts/money/sale';
import type { JournalHead } from '$lib/contract/challenge';
import type { Entry } from '$lib/contract/journal';
import { transact, withWriterLock, type Known, type TillDb } from '$lib/storage/database/db';
import { knownEntry } from '$lib/proof/known-entry';
import { writableRows } from '$lib/storage/journal/projection';
import { chainIn, headIn } from '$lib/storage/journal/reader';
import { lastSaleIn, numbersTakenIn } from '$lib/storage/journal/receipt-numbers';
import { noteHead, notedHead } from '$lib/storage/journal/noted-head';
import { setQuarantine } from '$lib/storage/journal/quarantine';
import type { EnrolledTill, PolicyRow, Till } from '$lib/storage/schema/records';
import { readEach, UNREADABLE } from '$lib/storage/database/read-each';
import { storageErrorKind, storageErrorOf } from '$lib/storage/storage-error';
import type { Alive, recover } from './recover';
import {
  askAbout,
  isAsked,
  undecidedActIn,
  type DecideAct,
  type UndecidedAct,
} from './undecided-act';
import { compare, reaches, type Verdict } from '$lib/storage/wal/compare';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import type { SettledLine } from '$lib/storage/wal/line';
import type { PolicyLine } from './replay';
import type { RepairNews } from './repair';
import { keepNews, keepNewsIn } from './start-news';
import type { StartNews } from '$lib/storage/schema/start-news';

/**
 * Compares and repairs; returns what it found, which is also kept in `start-news`. No act may be numbered before it resolves.
 * `at`: ms. Also works without a journal file.
 */
export function startUp(
  db: TillDb,
  file: JournalFile,
  at: number,
  decide: DecideAct = () => Promise.resolve('counts'),
): Promise<StartNews[]> {
  db.file = file;
  db.restore = (known) => restoreInUse(db, file, known, at);
  return withWriterLock(db, () => startIn(db, file, { at, decide, alive: null }));
}

/**
 * Starts again while the till is in use, after its database lost records (as Chromium's LevelDB does after a full disk). This
 * page still has the till's key. An act that is not in the database is removed from the file and can be tried again. Throws
 * StorageError.
 */
async function restoreInUse(
  db: TillDb,
  file: JournalFile,
  { till, head }: Known,
  started: number,
): Promise<void> {
  await withWriterLock(db, async () => {
    const { agreed } = file;
    // another act has restored the database meanwhile
    if ((await tillIn(db)) !== null && (await headIn(db)).hash === agreed) return;
    await file.takeBack();
    try {
      const at = Math.max(started, head.at);
      const alive = { till, end: agreed };
      await startIn(db, file, { at, decide: () => Promise.resolve('counts'), alive });
    } catch (cause) {
      if (agreed !== null) file.agree(agreed);
      throw cause;
    }
  });
}

type Starting = {
  readonly at: number;
  readonly decide: DecideAct;
  /** As in `Kept`. */
  readonly alive: Alive | null;
};

/** The caller holds the writer's lock. */
async function startIn(
  db: TillDb,
  file: JournalFile,
  { at, decide, alive }: Starting,
): Promise<StartNews[]> {
  const [till, head, begun] = await Promise.all([
    tillIn(db),
    readableHead(db, file),
    metaIn(db, 'rebuilding'),
  ]);
  const news: StartNews[] = [];
  let loss = NO_LOSS;
  if (begun !== null) {
    news.push(
      ...(await recoverFrom(db, file, { kept: [begun.till], begun: true, at, decide, alive })),
    );
  } else if (head.seq === 0) {
    const kept = alive === null ? await keptOf(file, till) : [alive.till.id];
    if (kept.length > 0) {
      news.push(...(await recoverFrom(db, file, { kept, begun: false, at, decide, alive })));
    }
  } else if (isEnrolled(till) && (await file.open(till.id))) {
    const compared = await compareWith(db, file, till, at, decide).catch(withoutFile(file));
    news.push(...compared.news);
    ({ loss } = compared);
  }
  const sale = await restoreLastSales(db);
  news.push(...(await storedUnseen(db, news)));
  news.push(...(await leaveLostNumbers(db, at, loss, news)));
  if (loss.isRenewed) await transact(db, [db.meta], () => clearIndexMarkIn(db));
  const now = await headIn(db);
  if (now.seq > 0 && file.till !== null) file.agree(now.hash);
  const known = await tillIn(db);
  // losses have been reported, so the note may be overwritten
  if (now.seq > 0 && known !== null) {
    noteHead(db.name, known.id, { seq: now.seq, sale });
    db.known = { till: known, head: now };
  }
  return news;
}

/**
 * The tills whose files may be here. A till that is not enrolled hardly has a file, so a file that cannot be opened does not
 * stop it.
 */
async function keptOf(file: JournalFile, till: Till | null): Promise<string[]> {
  if (till === null) return file.tills();
  return isEnrolled(till) || (await file.open(till.id)) ? [till.id] : [];
}

/** If the file is unreadable, a till that has its database continues without it until the next start. */
function withoutFile(file: JournalFile): (cause: unknown) => Compared {
  return (cause) => {
    if (storageErrorKind(cause) !== 'journal-unreadable') throw cause;
    file.putAway();
    return { news: [], loss: NO_LOSS };
  };
}

/** How many of the last entries are checked if the last one is unreadable. */
const LOOKED_AT = 500;

/** The head. If the database cannot read its last entries, they are restored from the file first. Throws StorageError. */
async function readableHead(db: TillDb, file: JournalFile): Promise<JournalHead> {
  try {
    return await headIn(db);
  } catch (cause) {
    const till = await tillIn(db);
    if (till === null || !(await file.open(till.id))) throw cause;
    await restoreLast(db, till.id);
    return headIn(db);
  }
}

/** Restores those of the last entries that are damaged from the open file; returns how many it found. Throws StorageError. */
async function restoreLast(db: TillDb, till: string): Promise<number> {
  const [{ checkedChain }, { restoreEntries }] = await Promise.all([
    import('$lib/storage/journal/checked-chain'),
    import('./repair'),
  ]);
  const [key] = await chainIn(db, till).reverse().limit(1).primaryKeys();
  const after = Math.max(0, (key?.[1] ?? 0) - LOOKED_AT);
  const { damaged } = await checkedChain(db, till, after, LOOKED_AT);
  return restoreEntries(
    db,
    damaged.map((seq) => ({ till, seq })),
  );
}

/**
 * Finds and restores rows that were lost from the middle or are unreadable, while the till is in use. `at`: ms. Throws
 * StorageError.
 */
export async function repairLosses(db: TillDb, at: number): Promise<RepairNews[]> {
  const [{ repair }, { replaceOthers }] = await Promise.all([
    import('./repair'),
    import('./unreadable-rows'),
  ]);
  await db.file?.rebuilt;
  return [...(await replaceOthers(db, at)), ...(await repair(db, at))];
}

async function recoverFrom(...asked: Parameters<typeof recover>): Promise<StartNews[]> {
  const [db, file, { at, alive }] = asked;
  const { recover } = await import('./recover');
  // rebuilding the indexes closes the connection; a database that was just created does not need it
  if (alive === null) await renewIndexes(db);
  const { news, isDamaged, isLost } = await recover(...asked);
  const till = await tillIn(db);
  // lines that were set aside must not be compared with the database at the next start
  if (isDamaged && isEnrolled(till)) queueRebuild(db, file, till, asideName(till, at));
  // writes the skipped numbers to the beginning of the file, so that losing its end again does not lose them
  else if (isLost && isEnrolled(till)) queueRebuild(db, file, till, null);
  return news;
}

/** The loss of rows in the database. */
type RowLoss = {
  /** The file does not prove that it has the last entries. */
  readonly isEndLost: boolean;
  /** The indexes have been rebuilt. */
  readonly isRenewed: boolean;
};
const NO_LOSS: RowLoss = { isEndLost: false, isRenewed: false };

type Compared = { readonly news: readonly StartNews[]; readonly loss: RowLoss };

async function compareWith(
  db: TillDb,
  file: JournalFile,
  till: EnrolledTill,
  at: number,
  decide: DecideAct,
): Promise<Compared> {
  let ends = await comparedEnds(db, file, till.id);
  // the database may be the damaged copy
  if (ends.verdict.kind === 'differ' && (await restoreLast(db, till.id)) > 0)
    ends = await comparedEnds(db, file, till.id);
  let loss = NO_LOSS;
  if (await hasLostRows(db, ends.verdict)) {
    // rebuilt indexes no longer show the loss: the mark shows it to the next start, until the numbers have been skipped
    await saveMeta(db, 'indexes-damaged', {});
    const { rebuildIndexes } = await import('$lib/storage/database/indexes');
    const isEndLost = file.isCut || !hasActFrom(ends.head.seq, till.id, ends.tail.lines);
    loss = { isEndLost, isRenewed: await rebuildIndexes(db) };
  }
  return { news: await repairFrom(db, file, till, { at, decide, ends }), loss };
}

function hasActFrom(first: number, till: string, lines: readonly SettledLine[]): boolean {
  return lines.some(
    (line) => line.kind === 'act' && line.entry.till === till && line.entry.seq >= first,
  );
}

type Ends = Awaited<ReturnType<typeof comparedEnds>>;

/** Repairs one copy from the other. */
async function repairFrom(
  db: TillDb,
  file: JournalFile,
  till: EnrolledTill,
  { at, decide, ends }: { readonly at: number; readonly decide: DecideAct; readonly ends: Ends },
): Promise<StartNews[]> {
  const { head, tail } = ends;
  let { verdict } = ends;
  const [away, held] = await Promise.all([metaIn(db, 'file-away'), db.policy.get('current')]);
  // verify a policy only if the file has another one than the database
  const { newest: policy, others } = await policiesOf(file, till, tail.lines, held ?? null);
  const isBehind = policy !== null && policy.version > (held?.version ?? 0);
  if (isBehind && (verdict.kind === 'same' || verdict.kind === 'file-behind')) {
    const { replayPolicy } = await import('./replay');
    await replayPolicy(db, policy);
  }
  // the till continues without the file, which may end with an act reported as not saved
  const isIgnored =
    away !== null &&
    (verdict.kind === 'differ' ||
      (verdict.kind === 'database-behind' && verdict.acts[0].entry.seq >= away.seq));
  if (isIgnored) {
    queueRebuild(db, file, till, asideName(till, at));
    return [];
  }
  const news: StartNews[] = [];
  const undecided = undecidedActIn(tail.lines);
  if (undecided !== null && undecided.hash === head.hash)
    news.push(await countStored(db, file, undecided));
  else if (
    undecided !== null &&
    isLastOf(verdict, undecided) &&
    !(await isAtRelay(db, undecided))
  ) {
    await askAbout(file, undecided, till, decide);
    ({ verdict } = await comparedEnds(db, file, till.id));
  }
  if (verdict.kind === 'database-behind') {
    const { replayActs } = await import('./replay');
    news.push(...(await replayActs(db, file, till, verdict.acts, policy)));
  }
  const { aside } = verdict;
  const lines = aside.lines + others;
  if (lines > 0) {
    const { skipEntries } = await import('./set-aside');
    await skipEntries(db, till.id, aside, at);
  }
  if (verdict.kind === 'differ') return differ(db, file, till, verdict.seq, at);
  if (lines > 0) {
    if (aside.isForged) await setQuarantine(db, { because: 'file-differs', since: at });
    const found: StartNews = { kind: 'set-aside', lines, seqs: [...aside.seqs] };
    await keepNews(db, [found]);
    queueRebuild(db, file, till, asideName(till, at));
    return [...news, found];
  }
  if (verdict.kind === 'file-behind') queueRebuild(db, file, till, null);
  else if (verdict.kind === 'same' && away !== null) await clearFileAway(db);
  return news;
}

/** Reads the end of the file and compares it with the database. */
async function comparedEnds(db: TillDb, file: JournalFile, till: string) {
  const head = await headIn(db);
  const tail = await file.tail((lines) => reaches(lines, { till, seq: head.seq }));
  const hashesAt = async (seqs: readonly number[]) => {
    const { soundHashesAt } = await import('$lib/storage/journal/checked-chain');
    return soundHashesAt(db, till, seqs);
  };
  const verdict = await compare(tail, { head, till, fileSize: file.size, hashesAt });
  return { head, tail, verdict };
}

/** Whether the database has lost more than a crash explains: a crash leaves at most one act that only the file has. */
async function hasLostRows(db: TillDb, verdict: Verdict): Promise<boolean> {
  if ((await metaIn(db, 'indexes-damaged')) !== null) return true;
  if (verdict.kind === 'same') return false;
  if (verdict.kind === 'database-behind' && verdict.acts.length > 1) return true;
  const { hasWrongIndexes } = await import('$lib/storage/database/indexes');
  return hasWrongIndexes(db);
}

/**
 * If the database has lost rows, its indexes may name other rows instead. The mark stays until they are rebuilt. Throws
 * StorageError.
 */
async function renewIndexes(db: TillDb): Promise<void> {
  const { rebuildIndexes } = await import('$lib/storage/database/indexes');
  const isDone = await rebuildIndexes(db);
  if (isDone && (await metaIn(db, 'indexes-damaged')) !== null)
    await transact(db, [db.meta], () => clearIndexMarkIn(db));
}

const clearIndexMarkIn = (db: TillDb) => db.meta.delete('indexes-damaged');

function isLastOf(verdict: Verdict, { hash }: Entry): boolean {
  return verdict.kind === 'database-behind' && verdict.acts.at(-1)?.entry.hash === hash;
}

async function isAtRelay(db: TillDb, { till, seq }: Entry): Promise<boolean> {
  const mark = await metaIn(db, 'watermark');
  return mark?.till === till && mark.seq >= seq;
}

/** The database has the undecided act after all, so nobody is asked; a message says so. Throws StorageError. */
async function countStored(db: TillDb, file: JournalFile, act: UndecidedAct): Promise<StartNews> {
  const news = storedNews(act);
  await keepNews(db, [news]);
  try {
    await file.decide(act, 'counted');
  } catch (cause) {
    // the act is stored, so a full disk must not stop the till; the next start repeats the message
    if (storageErrorOf(cause) === null) throw cause;
  }
  return news;
}

function storedNews(act: UndecidedAct): StartNews {
  const number = act.act === 'sale' ? act.body.number : null;
  const entries = [{ till: act.till, seq: act.seq, number }];
  return { kind: 'replayed', entries, isVerified: true };
}

/**
 * The page stopped between storing the last act and noting it, so the screen never showed it as saved: says that it counts.
 * `found`: what this start has found before.
 */
async function storedUnseen(db: TillDb, found: readonly StartNews[]): Promise<StartNews[]> {
  const till = await tillIn(db);
  const isSaid = found.some(({ kind }) => kind === 'replayed' || kind === 'rebuilt');
  if (till === null || isSaid) return [];
  const noted = notedHead(db.name, till.id).seq;
  const last = await chainIn(db, till.id).last();
  if (noted === 0 || last === undefined || last.seq <= noted) return [];
  const act = knownEntry(last);
  if (act === null || !isAsked(act)) return [];
  return keepNews(db, [storedNews(act)]);
}

/**
 * The newest policy in the end of the file, if newer than the database's. If the database has none, the whole file is searched.
 */
async function policiesOf(
  file: JournalFile,
  till: EnrolledTill,
  lines: readonly SettledLine[],
  held: PolicyRow | null,
): Promise<{ readonly newest: PolicyLine | null; readonly others: number }> {
  const policies = lines
    .filter((line) => line.kind === 'policy')
    .filter(({ version }) => version > (held?.version ?? 0));
  if (policies.length === 0 && held !== null) return { newest: null, others: 0 };
  const { signedPolicies } = await import('./replay');
  const found = await signedPolicies(policies, till);
  if (held !== null || found.newest !== null) return found;
  const { lines: all } = await file.tail(() => false);
  return signedPolicies(
    all.filter((line) => line.kind === 'policy'),
    till,
  );
}

/** Neither copy is more trustworthy: the till continues with its database, and the file is kept for inspection. */
async function differ(
  db: TillDb,
  file: JournalFile,
  till: EnrolledTill,
  seq: number,
  at: number,
): Promise<StartNews[]> {
  await setQuarantine(db, { because: 'file-differs', since: at });
  const news = await keepNews(db, [{ kind: 'differ', seq }]);
  queueRebuild(db, file, till, asideName(till, at));
  return news;
}

/** Name under which an abandoned file is kept; `at`: when it was abandoned, ms. */
export const asideName = (till: EnrolledTill, at: number) => `${till.id}.aside-${at}`;

/** Queues for the writer's lock before anybody can sell: the start does not wait for the rebuild, but the next act does. */
export function queueRebuild(
  db: TillDb,
  file: JournalFile,
  till: EnrolledTill,
  aside: string | null,
): void {
  file.rebuilt = withWriterLock(db, async () => {
    // the file may hold the only copy of an act that is not decided yet
    if (file.pending?.entry.till === till.id) return false;
    try {
      const { rebuildFile } = await import('$lib/storage/journal/rebuild-file');
      // the old file may have entries that exist nowhere else
      const { restoreSources } = await import('./repair');
      const damaged = file.size > 0 ? await restoreSources(db) : [];
      await rebuildFile(db, file, till, { aside, damaged });
      await clearFileAway(db);
      return true;
    } catch (cause) {
      // the till sells without the second copy; the next start tries again
      if (storageErrorOf(cause) === null) throw cause;
      file.putAway();
      return false;
    }
  });
}

async function clearFileAway(db: TillDb): Promise<void> {
  await transact(db, [db.meta], () => db.meta.delete('file-away'));
}

/**
 * Restores the rows of the last sales if only those are missing, because the next receipt number is computed from them. Returns
 * the number of the last sale's entry; 0: none. Entries are read only where the note does not say which sale was the last: those
 * after the last sale may be megabytes of an import.
 */
async function restoreLastSales(db: TillDb): Promise<number> {
  const till = await tillIn(db);
  if (till === null) return 0;
  const [head, last] = await Promise.all([headIn(db), lastSaleIn(db, till.id)]);
  const stored = last?.seq ?? 0;
  const noted = notedHead(db.name, till.id);
  if (noted.seq === head.seq && noted.sale === stored) return stored;
  const rows = (await ownAfter(db, till.id, stored)).flatMap((entry) => {
    const known = entry.act === 'sale' ? knownEntry(entry) : null;
    return known?.act === 'sale' ? (saleRow.safeParse(saleRowOf(known)).data ?? []) : [];
  });
  const writable = await writableRows(db, 'sales', rows);
  if (writable.length > 0) {
    await transact(db, [db.sales], () => db.sales.bulkPut(writable as SaleRow[]));
  }
  return Math.max(stored, ...rows.map(({ seq }) => seq));
}

/** This till's entries after `after` that were not carried over, newest first, without unreadable ones. */
async function ownAfter(db: TillDb, till: string, after: number): Promise<Entry[]> {
  const keys = await chainIn(db, till, after).reverse().primaryKeys();
  const own: Entry[] = [];
  for (let from = 0; from < keys.length; from += LOOKED_AT) {
    const read = await readEach(db.journal, keys.slice(from, from + LOOKED_AT));
    const entries = read.filter((entry) => entry !== undefined && entry !== UNREADABLE);
    const end = entries.findIndex(({ act }) => act === 'carried-over');
    own.push(...(end < 0 ? entries : entries.slice(0, end)));
    if (end >= 0) break;
  }
  return own;
}

/**
 * Skips, once, the receipt numbers that a lost end of the journal may have used: the journal ends before the relay's watermark,
 * or both copies lost their end. There may have been more acts that the relay never received.
 */
async function leaveLostNumbers(
  db: TillDb,
  at: number,
  { isEndLost, isRenewed }: RowLoss,
  found: readonly StartNews[],
): Promise<StartNews[]> {
  const [till, head, mark] = await Promise.all([tillIn(db), headIn(db), metaIn(db, 'watermark')]);
  if (till === null) return [];
  if (mark?.till !== till.id || mark.seq <= head.seq) {
    // a rebuild has skipped numbers already
    const isRebuilt = found.some(({ kind }) => kind === 'rebuilt');
    const lost = isRebuilt ? 0 : notedHead(db.name, till.id).seq - head.seq;
    if ((!isEndLost && lost <= 0) || head.seq === 0) return [];
    const { sealLoss } = await import('./set-aside');
    const lines = lost > SKIPPED ? lost : 0;
    const { skipped, storeIn } = await sealLoss(db, till.id, { lines, end: null }, at);
    const news: StartNews[] = [{ kind: 'end-lost', skipped }];
    await transact(db, [db.journal, db.meta, db.sales], () =>
      Promise.all([storeIn(), keepNewsIn(db, news), isRenewed && clearIndexMarkIn(db)]),
    );
    if (isEnrolled(till) && db.file?.till === till.id) queueRebuild(db, db.file, till, null);
    return news;
  }
  const taken = (await numbersTakenIn(db)).find(
    (each) => each.till === till.id && each.seq >= mark.seq,
  );
  let skipped = taken && { till: till.id, from: taken.after + 1, to: taken.upTo };
  if (skipped === undefined) {
    const { sealLoss } = await import('./set-aside');
    if (!isRenewed) await renewIndexes(db);
    const loss = await sealLoss(db, till.id, { lines: mark.seq - head.seq, end: null }, at);
    await transact(db, [db.journal, db.meta, db.sales], loss.storeIn);
    ({ skipped } = loss);
    if (isEnrolled(till) && db.file?.till === till.id) queueRebuild(db, db.file, till, null);
  }
  await setQuarantine(db, { because: 'behind', since: at });
  return keepNews(db, [{ kind: 'behind', seq: mark.seq, skipped }]);
}
