// Rebuilds a lost database from the journal files; an interrupted rebuild starts over.
import { putMetaIn } from '$lib/storage/database/meta';
import type { PublicKey } from '$lib/contract/values';
import { projectedTables } from '$lib/domain/rows';
import { makeTillKey } from '$lib/proof/keys';
import { verifyEntry } from '$lib/proof/chain';
import { applyChanges, isSome, tablesOf, type Change } from '$lib/storage/schema/change';
import { transact, type TillDb } from '$lib/storage/database/db';
import { foldedChanges } from '$lib/storage/journal/projection';
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
import type { ActLine, HeadLine } from '$lib/storage/wal/line';
import { policyChanges } from '$lib/storage/policy/policies';
import { again, type PolicyLine } from './replay';
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
  const projected = projectedTables.map((name) => db.table(name));
  // rows are projected from the first entry on: those of an interrupted rebuild would count twice
  await transact(db, [db.meta, ...projected], () =>
    Promise.all([
      putMetaIn(db, 'rebuilding', { till: kept }),
      ...projected.map((table) => table.clear()),
    ]),
  );
  const rebuild = new Rebuild(db, heads);
  // oldest first: running totals of a later till id continue those of the former one
  for (const { till, upTo } of heads.toReversed()) {
    if (!(await file.open(till.id))) throw new StorageError('failed');
    await rebuild.take(file, { till: till.id, seq: upTo });
  }
  const { entries, policy } = rebuild;
  const unread = rebuild.unread + (unreadable === null ? 0 : 1);
  const goodsMark = await db.meta.get('catalogue');
  const goods = await restoreGoods(db, file, goodsMark?.key === 'catalogue' ? goodsMark : null);
  if (goods.changes.length > 0) {
    await transact(db, tablesOf(db, goods.changes), () => applyChanges(db, goods.changes));
  }
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

/** Writes files to the database: entries, their rows, and what is attached to them. */
class Rebuild {
  readonly #db: TillDb;
  readonly #keys: Map<string, PublicKey>;
  /** Last entry written of each till id: a later file may have the entries of former till ids, too. */
  readonly #written = new Map<string, number>();
  entries = 0;
  /** Lines that cannot be read, and entries whose hash does not fit or that are missing at the end of a file. */
  unread = 0;
  /** The newest policy line. */
  policy: PolicyLine | null = null;

  constructor(db: TillDb, heads: readonly HeadLine[]) {
    this.#db = db;
    this.#keys = new Map(
      heads.flatMap(({ till: { id, relayKey } }) => (relayKey === null ? [] : [[id, relayKey]])),
    );
  }

  /** Writes the open file in batches of one transaction. `end`: the entry that it has to reach. */
  async take(file: JournalFile, end: { readonly till: string; readonly seq: number }) {
    let unread = 0;
    for await (const { lines, unread: unreadable } of file.whole()) {
      const acts = lines.filter((line) => line.kind === 'act');
      const attached = lines.flatMap((line) => (line.kind === 'attached' ? line.changes : []));
      this.policy = lines.findLast((line) => line.kind === 'policy') ?? this.policy;
      unread += unreadable + (await this.#write(acts, attached));
    }
    this.unread += Math.max(unread, end.seq - (this.#written.get(end.till) ?? 0));
  }

  /** Number of acts whose hash does not fit. */
  async #write(acts: readonly ActLine[], attached: readonly Change[]): Promise<number> {
    for (const { id, relayKey } of attached.flatMap(formerTillsAmong)) this.#keys.set(id, relayKey);
    const isSound = await Promise.all(acts.map(({ entry }) => verifyEntry(entry)));
    const sound = acts.filter((_, place) => isSound[place]);
    const fresh = sound.filter(({ entry: { till, seq } }) => {
      const isFresh = seq > (this.#written.get(till) ?? 0);
      if (isFresh) this.#written.set(till, seq);
      return isFresh;
    });
    const rows = fresh.map(({ entry }) => entry);
    const changes: Change[] = [
      { table: 'journal', op: 'put', rows },
      ...(await foldedChanges(this.#db, rows, this.#keys)),
      ...again([...attached, ...fresh.flatMap((act) => act.attached)]),
    ];
    const some = changes.filter(isSome);
    if (some.length > 0) {
      await transact(this.#db, tablesOf(this.#db, some), () => applyChanges(this.#db, some));
    }
    this.entries += fresh.length;
    return acts.length - sound.length;
  }
}

function formerTillsAmong(change: Change): readonly FormerTill[] {
  if (change.table !== 'meta' || change.op === 'delete') return [];
  return change.rows.flatMap((row) => (row.key === 'former-tills' ? row.value : []));
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
