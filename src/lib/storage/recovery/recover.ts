// Rebuilds a lost database from the journal files; an interrupted rebuild starts over.
import { putMetaIn, saveMeta } from '$lib/storage/database/meta';
import { makeTillKey } from '$lib/proof/keys';
import { verifyEntry } from '$lib/proof/chain';
import { applyChanges, tablesOf, type Change } from '$lib/storage/schema/change';
import { transact, type TillDb } from '$lib/storage/database/db';
import { headIn } from '$lib/storage/journal/reader';
import { leaveNumbersIn } from '$lib/storage/journal/receipt-numbers';
import {
  formerTill,
  recorded,
  till as tillSchema,
  type FormerTill,
  type Till,
} from '$lib/storage/schema/records';
import { StorageError } from '$lib/storage/storage-error';
import { formerTillsIn, tillIn } from '$lib/storage/database/till-record';
import { restoreGoods } from './missing-goods';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import { entriesInRows, type ActLine, type HeadLine } from '$lib/storage/wal/line';
import { again, policyChanges, type PolicyLine } from './replay';
import type { StartNews } from './start-news';

/** The till's files from the current one back, as far as each names the one before it; newest first. */
type Lineage = {
  readonly heads: readonly HeadLine[];
  /** The till id of a file that does not begin with a head line; null: none. */
  readonly unreadable: string | null;
};

/**
 * Rebuilds the database from the files of this till and its former ids. `begun`: an earlier start was interrupted while
 * rebuilding it. Throws StorageError: the next start begins again.
 */
export async function recover(
  db: TillDb,
  file: JournalFile,
  { kept, begun, at }: { readonly kept: string; readonly begun: boolean; readonly at: number },
): Promise<StartNews[]> {
  const before = await tillIn(db);
  const { heads, unreadable } = await lineageOf(file, kept);
  const [newest, ...former] = heads;
  if (newest === undefined) {
    if (begun) await forget(db, file);
    if (unreadable === null) return [];
    // the current till begins a new file; the unreadable one is kept under another name
    if (before?.id === kept && (await file.open(kept))) await file.begin(`${kept}.aside-${at}`);
    return [{ kind: 'unreadable' }];
  }
  const tills = former.flatMap(formerOf);
  await saveMeta(db, 'rebuilding', { till: kept });
  let entries = 0;
  let unread = unreadable === null ? 0 : 1;
  let policy: PolicyLine | null = null;
  // oldest first: running totals of a later till id continue those of the former one
  for (const { till } of heads.toReversed()) {
    if (!(await file.open(till.id))) throw new StorageError('failed');
    const written = await writeAll(db, file);
    entries += written.entries;
    unread += written.unread;
    policy = written.policy;
  }
  const goodsMark = await db.meta.get('catalogue');
  const goods = await restoreGoods(db, file, goodsMark?.key === 'catalogue' ? goodsMark : null);
  await write(db, goods.changes);
  // interrupted during its very first entry: the key is still here, and nothing was lost
  const isOwn = before?.id === kept;
  const till = await identityOf(newest, isOwn ? before : null);
  await finish(db, { till, tills, policy, unread, lostAt: isOwn ? null : at });
  return isOwn ? [] : [{ kind: 'rebuilt', entries, unread, goods: goods.stand }];
}

/** The current till id and its former ones, newest first. */
async function lineageOf(file: JournalFile, newest: string): Promise<Lineage> {
  const heads: HeadLine[] = [];
  for (let name: string | null = newest; name !== null;) {
    if (heads.some(({ till }) => till.id === name)) break;
    if (!(await file.open(name)) || file.size === 0) break;
    const head: HeadLine | null = await headOf(file);
    if (head === null) return { heads, unreadable: name };
    heads.push(head);
    name = head.former;
  }
  return { heads, unreadable: null };
}

/** The file's first line if it is a head line; otherwise null. */
async function headOf(file: JournalFile): Promise<HeadLine | null> {
  for await (const { lines } of file.whole()) {
    const [first] = lines;
    return first?.kind === 'head' ? first : null;
  }
  return null;
}

/** Empties the database, so that a partial till is not taken for a whole one. The files stay. */
async function forget(db: TillDb, file: JournalFile): Promise<void> {
  // the files may be readable at the next start
  if (file.state !== 'in-use') throw new StorageError('failed');
  await transact(db, db.tables, async () => {
    for (const table of db.tables) if (table.name !== 'meta') await table.clear();
    await db.meta.where('key').noneOf(['schema', 'preferences', 'clock']).delete();
  });
}

type Written = {
  readonly entries: number;
  /** Lines that cannot be read, and entries whose hash does not fit; the chain check finds them. */
  readonly unread: number;
  /** The newest policy line. */
  readonly policy: PolicyLine | null;
};

/** Writes the open file to the database. */
async function writeAll(db: TillDb, file: JournalFile): Promise<Written> {
  let policy: PolicyLine | null = null;
  let entries = 0;
  let unread = 0;
  let steps: Change[] = [];
  /** True after rows of a rebuilt file until their `stand` line: without it they do not count. */
  let open = false;
  const store = async ({ entry, changes }: ActLine) => {
    if (!(await verifyEntry(entry))) {
      unread += 1;
      return;
    }
    entries += 1;
    steps.push({ table: 'journal', op: 'put', rows: [entry] }, ...again(changes));
  };
  /** The latest act; held back because the next line may mark it as abandoned. */
  let act: ActLine | null = null;
  for await (const piece of file.whole()) {
    unread += piece.unread;
    for (const line of piece.lines) {
      if (line.kind === 'policy') policy = line;
      else if (line.kind === 'stand') open = false;
      else if (line.kind === 'abandoned' && act?.entry.hash === line.hash) act = null;
      else if (line.kind === 'act') {
        if (act !== null) await store(act);
        act = line;
      } else if (line.kind === 'rows') {
        if (line.table !== 'meta') open = true;
        entries += entriesInRows(line, file.till).length;
        steps.push({ table: line.table, op: 'put', rows: line.rows } as Change);
      }
    }
    await write(db, steps);
    steps = [];
  }
  if (act !== null) await store(act);
  await write(db, steps);
  return { entries, unread: unread + (open ? 1 : 0), policy };
}

async function write(db: TillDb, steps: readonly Change[]): Promise<void> {
  if (steps.length === 0) return;
  await transact(db, tablesOf(db, steps), () => applyChanges(db, steps));
}

/** The former identity under which the signatures of this file count. */
function formerOf({ till: { id, shop, relayKey } }: HeadLine): FormerTill[] {
  return shop === null || relayKey === null ? [] : [recorded(formerTill, { id, shop, relayKey })];
}

/** The private key was lost, unless `own` is this till. The relay accepts a new key only by re-enrolment. */
async function identityOf({ till }: HeadLine, own: Till | null): Promise<Till> {
  return recorded(tillSchema, { ...till, keys: own?.keys ?? (await makeTillKey()) });
}

type End = {
  readonly till: Till;
  /** Former identities, newest first. */
  readonly tills: readonly FormerTill[];
  readonly policy: PolicyLine | null;
  /** Number of unreadable lines, each of which may have been a sale. */
  readonly unread: number;
  /** ms; null: the till's key is still here. */
  readonly lostAt: number | null;
};

/** Stores the identity last: only now is the device a till again. */
async function finish(db: TillDb, { till, tills, policy, unread, lostAt }: End): Promise<void> {
  const changes = policy === null ? [] : policyChanges(policy);
  await transact(db, [db.meta, db.policy, db.journal, db.sales], async () => {
    const named = new Set(tills.map(({ id }) => id));
    const others = (await formerTillsIn(db)).filter(({ id }) => !named.has(id));
    const value = [...tills, ...others];
    await Promise.all([
      applyChanges(db, changes),
      putMetaIn(db, 'till', till),
      value.length > 0 && putMetaIn(db, 'former-tills', value),
      lostAt !== null && putMetaIn(db, 'quarantine', { because: 'database-lost', since: lostAt }),
      db.meta.delete('rebuilding'),
    ]);
    const { seq: shared } = await headIn(db);
    await leaveNumbersIn(db, till.id, { seq: shared + unread, shared });
  });
}
