// The start of a till: before it gives a number, the database, the journal file and the relay's watermark are compared, and what one lacks is taken from the other.
import type { Entry } from '$lib/contract/journal';
import { verifyChain } from '$lib/proof/chain';
import { transact, type TillDb } from '$lib/storage/db';
import { headIn } from '$lib/storage/journal';
import { setQuarantine } from '$lib/storage/quarantine';
import type { EnrolledTill } from '$lib/storage/records';
import type { Quarantine } from '$lib/storage/relay-record';
import { atDisk, storageErrorOf } from '$lib/storage/storage-error';
import { isEnrolled, tillIn } from '$lib/storage/till-record';
import { alone } from '$lib/storage/writer';
import { compare, reaches } from './compare';
import type { JournalFile } from './journal-file';
import type { ActLine, HeadLine } from './line';

/** What a person has to be told after a start. */
export type StartNews =
  /** These were on the disk just before the till stopped, though nobody was told. */
  | { readonly kind: 'replayed'; readonly entries: readonly Entry[] }
  /** The browser lost the database; so many entries came back from the file. */
  | {
      readonly kind: 'rebuilt';
      readonly entries: number;
      readonly unread: number;
      readonly goods: 'here' | 'lost';
    }
  /** Database and file tell different stories from `seq` on. */
  | { readonly kind: 'differ'; readonly seq: number }
  /** The relay holds entries up to `seq` that are not here. */
  | { readonly kind: 'behind'; readonly seq: number }
  /** An import's goods could not be brought back: they have to be imported anew. */
  | { readonly kind: 'goods-lost' };

/**
 * Compares, mends, and says what a person must know. Nothing may be numbered before it has resolved. `at`: ms.
 * Works without the file, too, where there is none.
 */
export function startUp(db: TillDb, file: JournalFile, at: number): Promise<StartNews[]> {
  db.file = file;
  return alone(db, async () => {
    const [till, head] = await atDisk(() => Promise.all([tillIn(db), headIn(db)]));
    const news: StartNews[] = [];
    if (head.seq === 0) {
      const [kept] = till === null ? await file.tills() : [till.id];
      if (kept !== undefined) news.push(...(await comeBack(db, file, kept, at)));
    } else if (isEnrolled(till) && (await file.open(till.id))) {
      news.push(...(await compareWith(db, file, till, at)));
    }
    news.push(...(await compareWithRelay(db, at)));
    const now = await atDisk(() => headIn(db));
    if (now.seq > 0 && file.till !== null) file.agree(now.hash);
    return news;
  });
}

/** The database is empty: what the file of this till, and those of its former names, say is all there is. */
async function comeBack(
  db: TillDb,
  file: JournalFile,
  kept: string,
  at: number,
): Promise<StartNews[]> {
  const before = await atDisk(() => tillIn(db));
  const { headOf, rebuildDatabase, restoreGoods } = await import('./replay');
  const names = await lineage(file, kept, headOf);
  if (names.length === 0) return [];
  let entries = 0;
  let unread = 0;
  // the oldest first: running totals of a later name begin where the former's ended
  for (const name of names.toReversed()) {
    if (!(await file.open(name))) continue;
    const rebuilt = await rebuildDatabase(db, file, name === kept ? 'journal' : 'formerJournal');
    entries += rebuilt.entries;
    unread += rebuilt.unread;
  }
  const goods = (await restoreGoods(db, file)) ? 'here' : 'lost';
  // stopped at its very first entry: the key is still here, and nothing was lost
  if (before?.id === kept) return [];
  await putInQuarantine(db, 'database-lost', at);
  return [{ kind: 'rebuilt', entries, unread, goods }];
}

/** This till's name and its former ones, newest first, as far as there are files that begin with a head. */
async function lineage(
  file: JournalFile,
  newest: string,
  headOf: (file: JournalFile) => Promise<HeadLine | null>,
): Promise<string[]> {
  const names: string[] = [];
  for (let name: string | null = newest; name !== null && !names.includes(name);) {
    if (!(await file.open(name)) || file.size === 0) break;
    const head = await headOf(file);
    if (head === null) break;
    names.push(name);
    name = head.former;
  }
  return names;
}

async function compareWith(
  db: TillDb,
  file: JournalFile,
  till: EnrolledTill,
  at: number,
): Promise<StartNews[]> {
  const [head, away] = await atDisk(() => Promise.all([headIn(db), db.meta.get('file-away')]));
  const tail = await file.tail((lines) => reaches(lines, head.seq));
  const hashAt = async (seq: number) => (await atDisk(() => db.journal.get(seq)))?.hash ?? null;
  const verdict = await compare(tail, head, hashAt);
  switch (verdict.kind) {
    case 'same':
      if (away !== undefined) await fileFollows(db);
      return [];
    case 'file-behind':
      fileAnew(db, file, till, null);
      return [];
    case 'database-behind': {
      if ((await verifyChain(entriesOf(verdict.acts), head)).kind === 'broken') {
        return differ(db, file, till, head.seq + 1, at);
      }
      return replay(db, file, verdict.acts);
    }
    case 'database-far-behind': {
      const { entries } = verdict;
      if ((await verifyChain(entries, head)).kind === 'broken') {
        return differ(db, file, till, head.seq + 1, at);
      }
      const { replayFile, restoreGoods } = await import('./replay');
      await replayFile(db, file, entries);
      const goods = (await restoreGoods(db, file)) ? [] : [{ kind: 'goods-lost' } as const];
      return [{ kind: 'replayed', entries }, ...goods];
    }
    case 'differ':
      // left behind on purpose, with a line that was told as not saved
      if (away !== undefined) {
        fileAnew(db, file, till, asideName(till, at));
        return [];
      }
      return differ(db, file, till, verdict.seq, at);
  }
}

const entriesOf = (acts: readonly ActLine[]): Entry[] => acts.map(({ entry }) => entry);

async function replay(
  db: TillDb,
  file: JournalFile,
  acts: readonly ActLine[],
): Promise<StartNews[]> {
  const { broughtGoods, replayAct, restoreGoods } = await import('./replay');
  for (const act of acts) await replayAct(db, act);
  const entries = entriesOf(acts);
  const news: StartNews[] = [{ kind: 'replayed', entries }];
  if (broughtGoods(entries) && !(await restoreGoods(db, file))) news.push({ kind: 'goods-lost' });
  return news;
}

/** Neither is believed more than the other: the till goes on from its database, and the file stays for whoever looks into it. */
async function differ(
  db: TillDb,
  file: JournalFile,
  till: EnrolledTill,
  seq: number,
  at: number,
): Promise<StartNews[]> {
  await putInQuarantine(db, 'file-differs', at);
  fileAnew(db, file, till, asideName(till, at));
  return [{ kind: 'differ', seq }];
}

const asideName = (till: EnrolledTill, at: number) => `${till.id}.aside-${at}`;

/** Queued for the writer's seat before anybody can sell: the start does not wait for it, the next act does. */
export function fileAnew(
  db: TillDb,
  file: JournalFile,
  till: EnrolledTill,
  aside: string | null,
): void {
  file.mended = alone(db, async () => {
    try {
      const { rebuildFile } = await import('./rebuild-file');
      await rebuildFile(db, file, till, aside);
      await fileFollows(db);
    } catch (cause) {
      // selling goes on without the copy; the next start tries again
      if (storageErrorOf(cause) === null) throw cause;
      file.putAway();
    }
  });
}

async function fileFollows(db: TillDb): Promise<void> {
  await transact(db, [db.meta], () => db.meta.delete('file-away'));
}

/** A journal shorter than what the relay has signed for must not give those numbers again as if nothing had been. */
async function compareWithRelay(db: TillDb, at: number): Promise<StartNews[]> {
  const [till, head, mark] = await atDisk(() =>
    Promise.all([tillIn(db), headIn(db), db.meta.get('watermark')]),
  );
  if (mark?.key !== 'watermark' || mark.value.till !== till?.id) return [];
  if (mark.value.seq <= head.seq) return [];
  await putInQuarantine(db, 'behind', at);
  return [{ kind: 'behind', seq: mark.value.seq }];
}

async function putInQuarantine(
  db: TillDb,
  because: Quarantine['because'],
  since: number,
): Promise<void> {
  await setQuarantine(db, { because, since });
}
