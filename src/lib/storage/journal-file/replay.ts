// Writing again what the journal file knows and the database lacks: single acts after a stop, or everything after a loss.
import type { Entry } from '$lib/contract/journal';
import { makeTillKey } from '$lib/proof/keys';
import { verifyEntry } from '$lib/proof/chain';
import { catalogueHash } from '$lib/storage/catalogue';
import { applyChanges, tablesOf, type Change } from '$lib/storage/change';
import { transact, type TillDb } from '$lib/storage/db';
import {
  formerTill,
  newestPolicy,
  policyRow,
  recorded,
  till as tillSchema,
} from '$lib/storage/records';
import { atDisk } from '$lib/storage/storage-error';
import { formerTillsIn, tillIn } from '$lib/storage/till-record';
import { catalogueOf } from './catalogue-copy';
import type { JournalFile } from './journal-file';
import { withoutAbandoned, type ActLine, type HeadLine, type Line } from './line';

type PolicyLine = Extract<Line, { kind: 'policy' }>;

/** Rows that may be there already are put in their place. */
function again(changes: readonly Change[]): Change[] {
  return changes.map((change) => (change.op === 'add' ? { ...change, op: 'put' } : change));
}

/** Stores an act that the file has and the database lacks; it was sealed and decided before. */
export async function replayAct(db: TillDb, { entry, changes }: ActLine): Promise<void> {
  const rows = again(changes);
  await transact(db, [db.journal, ...tablesOf(db, rows)], () =>
    Promise.all([db.journal.add(entry), applyChanges(db, rows)]),
  );
}

/** Of these acts also take rows away: those of an earlier state must not stay. */
const TAKEN_FROM = ['stock', 'disputes', 'unconfirmed', 'reserveVerifiers'] as const;

/**
 * Adds `entries`, which the database lacks and a file made anew has as rows, with all else the file says: in one
 * transaction, so that the head moves with all of it or not at all. Throws StorageError: nothing has changed.
 */
export async function replayFile(
  db: TillDb,
  file: JournalFile,
  entries: readonly Entry[],
): Promise<void> {
  const lines: Line[] = [];
  let unread = 0;
  for await (const piece of file.whole()) {
    lines.push(...piece.lines);
    unread += piece.unread;
  }
  const steps = withoutAbandoned(lines).flatMap((line): Change[] => {
    if (line.kind === 'act') return again(line.changes);
    if (line.kind !== 'rows' || line.table === 'journal') return [];
    return [{ table: line.table, op: 'put', rows: line.rows } as Change];
  });
  const policy = lines.findLast((line) => line.kind === 'policy');
  const held = await atDisk(() => db.policy.get('current'));
  // what cannot be read may be the very row that is here
  const emptied = unread === 0 ? TAKEN_FROM.map((name) => db.table(name)) : [];
  const tables = [db.journal, db.meta, db.policy, ...emptied, ...tablesOf(db, steps)];
  await transact(db, [...new Set(tables)], () =>
    Promise.all([
      ...emptied.map((table) => table.clear()),
      applyChanges(db, steps),
      // the relay deals again what came after the file was made
      db.meta.delete('reserve-codes'),
      ...(policy && policy.version > (held?.version ?? 0) ? putPolicy(db, policy) : []),
      db.journal.bulkAdd(entries),
    ]),
  );
}

export type Rebuilt = {
  readonly entries: number;
  /** Lines that cannot be read, and entries that are not what was sealed: the chain's check names them. */
  readonly unread: number;
};

/** The file's first line; null where it has none. */
export async function headOf(file: JournalFile): Promise<HeadLine | null> {
  for await (const { lines } of file.whole()) {
    const [first] = lines;
    return first?.kind === 'head' ? first : null;
  }
  return null;
}

/** Puts everything the open file says into the database; its entries into `journal`, which for a former name is another. */
export async function rebuildDatabase(
  db: TillDb,
  file: JournalFile,
  journal: 'journal' | 'formerJournal',
): Promise<Rebuilt> {
  let head: HeadLine | null = null;
  let policy: PolicyLine | null = null;
  let entries = 0;
  let unread = 0;
  let steps: Change[] = [];
  const store = async ({ entry, changes }: ActLine) => {
    if (!(await verifyEntry(entry))) {
      unread += 1;
      return;
    }
    entries += 1;
    steps.push({ table: journal, op: 'put', rows: [entry] }, ...again(changes));
  };
  /** An act waits for the line after it, which may give it up. */
  let act: ActLine | null = null;
  for await (const piece of file.whole()) {
    unread += piece.unread;
    for (const line of piece.lines) {
      if (line.kind === 'head') head = line;
      else if (line.kind === 'policy') policy = line;
      else if (line.kind === 'abandoned' && act?.entry.hash === line.hash) act = null;
      else if (line.kind === 'act') {
        if (act !== null) await store(act);
        act = line;
      } else if (line.kind === 'rows') {
        const table = line.table === 'journal' ? journal : line.table;
        if (table === journal) entries += line.rows.length;
        steps.push({ table, op: 'put', rows: line.rows } as Change);
      }
    }
    await write(db, steps);
    steps = [];
  }
  if (act !== null) await store(act);
  await write(db, steps);
  if (head !== null && journal === 'journal') await keepIdentity(db, head, policy);
  else if (head !== null) await keepFormerName(db, head);
  return { entries, unread };
}

async function write(db: TillDb, steps: readonly Change[]): Promise<void> {
  if (steps.length === 0) return;
  await transact(db, tablesOf(db, steps), () => applyChanges(db, steps));
}

/** Whose signatures counted under that name. */
async function keepFormerName(
  db: TillDb,
  { till: { id, shop, relayKey } }: HeadLine,
): Promise<void> {
  if (shop === null || relayKey === null) return;
  const name = recorded(formerTill, { id, shop, relayKey });
  await transact(db, [db.meta], async () => {
    const others = (await formerTillsIn(db)).filter((other) => other.id !== id);
    await db.meta.put({ key: 'former-tills', value: [name, ...others] });
  });
}

/** The till's key is lost with the database unless it is this very till's; a new one is nobody's until he enrols anew. */
async function keepIdentity(
  db: TillDb,
  { till: asKept }: HeadLine,
  policy: PolicyLine | null,
): Promise<void> {
  const held = await atDisk(() => tillIn(db));
  const keys = held?.id === asKept.id ? held.keys : await makeTillKey();
  const value = recorded(tillSchema, { ...asKept, keys });
  await transact(db, [db.meta, db.policy], async () => {
    await db.meta.put({ key: 'till', value });
    if (policy !== null) await Promise.all(putPolicy(db, policy));
  });
}

function putPolicy(db: TillDb, { jws, version }: PolicyLine): PromiseLike<unknown>[] {
  return [
    db.policy.put(recorded(policyRow, { key: 'current', jws, version })),
    db.meta.put({ key: 'newest-policy', value: recorded(newestPolicy, { version }) }),
  ];
}

/** An import's goods are not in its line: takes them from their copy. False where they are lost, and have to be imported anew. */
export async function restoreGoods(db: TillDb, file: JournalFile): Promise<boolean> {
  const [mark, row] = await atDisk(() =>
    Promise.all([db.meta.get('catalogue'), db.catalogue.get('current')]),
  );
  if (mark?.key !== 'catalogue') return true;
  const { hash } = mark.value;
  if (row?.hash === hash) return true;
  const bytes = await file.catalogue(hash).catch(() => null);
  const packed = bytes === null ? null : catalogueOf(bytes);
  if (packed !== null && (await catalogueHash(packed)) === hash) {
    await transact(db, [db.catalogue], () => db.catalogue.put({ key: 'current', hash, packed }));
    return true;
  }
  // the mark must not promise goods that are not there
  await transact(db, [db.meta], async () => {
    if (row === undefined) await db.meta.delete('catalogue');
    else
      await db.meta.put({ key: 'catalogue', value: { hash: row.hash, count: row.packed.count } });
  });
  return false;
}

/** Whether these acts brought goods. */
export function broughtGoods(entries: readonly Entry[]): boolean {
  return entries.some(({ act }) => act === 'products-imported');
}
