// Makes a backup of the whole till as of one journal entry.
// It has neither the till's private key nor rows projected from the journal.
import { bytesOf } from '$lib/proof/canonical';
import type { Entry } from '$lib/contract/journal';
import { verifyEntry, type ChainHead } from '$lib/proof/chain';
import {
  backedRows,
  backedTables,
  backedValues,
  backupHeader,
  tillInBackup,
  type BackedTable,
  type BackedValue,
  type MetaInBackup,
  type MissingInBackup,
} from './backup-record';
import { SCHEMA, readTogether, type TillDb } from '$lib/storage/database/db';
import { readEach, UNREADABLE, type Read } from '$lib/storage/database/read-each';
import { headIn } from '$lib/storage/journal/reader';
import type { EntryPlace } from '$lib/storage/recovery/missing-rows';
import { StorageError } from '$lib/storage/storage-error';
import { recorded, type MetaRow } from '$lib/storage/schema/records';
import { isEnrolled, tillIn } from '$lib/storage/database/meta';
import { Dexie, type IndexableType, type Table } from 'dexie';
import { BACKUP_VERSION, makeCipher, packBackup } from './container';

type Bytes = Uint8Array<ArrayBuffer>;

/** The first byte of a frame: its kind. */
export const FRAME = { rows: 1, end: 2 } as const;

function frameOf(kind: keyof typeof FRAME, value: object): Bytes {
  const content = bytesOf(JSON.stringify(value));
  const frame = new Uint8Array(1 + content.length);
  frame[0] = FRAME[kind];
  frame.set(content, 1);
  return frame;
}

/** Rows per frame. */
const BATCH = 1000;

/** Leaves out rows that make sense only on this device or at this moment. */
function metaInBackup(row: MetaRow): MetaInBackup[] {
  if (row.key === 'till' && isEnrolled(row.value)) {
    const { id, name, shop, relayKey, number } = row.value;
    const value = recorded(tillInBackup, { id, name, shop, relayKey, number });
    return [{ key: 'till', value }];
  }
  return (backedValues as readonly string[]).includes(row.key) ? [row as MetaRow<BackedValue>] : [];
}

class InUse extends Error {}

/** Throws InUse if an act was saved since `head`: the rows already read may not match the rows still to be read. */
async function expectUnchanged(db: TillDb, head: ChainHead): Promise<void> {
  const now = await readTogether(db, [db.meta, db.journal], () => headIn(db));
  if (now.hash !== head.hash) throw new InUse();
}

/** Without these rows the backup could not be restored, or a receipt number could be used twice. */
const NEEDED: readonly unknown[] = ['till', 'former-tills', 'numbers-taken'];

/**
 * The frames as of `head`, read in short transactions so that no sale has to wait. A row that cannot be read or was altered is
 * left out, and is listed in the last frame and in `missing`.
 */
async function* framesAt(db: TillDb, head: ChainHead, missing: Missing): AsyncGenerator<Bytes> {
  const counts: Partial<Record<BackedTable, number>> = {};
  // `meta` comes before `policy`: a policy arrives without an act, so the one stored may be newer than `meta` says, never older
  for (const name of backedTables) {
    counts[name] = 0;
    const table: Table<unknown, IndexableType> = db.table(name);
    for (let after: IndexableType = Dexie.minKey; ;) {
      const keys: IndexableType[] = await table
        .where(':id')
        .above(after)
        .limit(BATCH)
        .primaryKeys();
      const read = await readEach(table, keys);
      await expectUnchanged(db, head);
      const last: IndexableType | undefined = keys.at(-1);
      if (last === undefined) break;
      after = last;
      const rows = await missing.without(name, keys, read);
      counts[name] += rows.length;
      yield frameOf('rows', { table: name, rows });
    }
  }
  const found = await missing.found(db);
  await expectUnchanged(db, head);
  yield frameOf('end', { counts, missing: found });
}

/** Collects what a backup lacks. */
class Missing {
  readonly #entries: EntryPlace[] = [];
  #cards = 0;
  #others = 0;
  #last: EntryPlace | null = null;

  /** Returns the rows to put into the backup, without the unsound ones, which it records as missing. */
  async without(
    table: BackedTable,
    keys: readonly IndexableType[],
    read: readonly Read<unknown>[],
  ): Promise<unknown[]> {
    const rows: unknown[] = [];
    const sound = await Promise.all(keys.map((key, place) => isSound(table, key, read[place])));
    for (const [place, key] of keys.entries()) {
      if (table === 'journal') this.#noteGap(key as [string, number]);
      const row = read[place];
      if (table === 'meta' && row === UNREADABLE && NEEDED.includes(key))
        throw new StorageError('failed');
      if (sound[place] === true)
        rows.push(...(table === 'meta' ? metaInBackup(row as MetaRow) : [row]));
      else if (table === 'journal') this.#entries.push(placeOf(key as [string, number]));
      else if (table === 'customers') this.#cards += 1;
      else this.#others += 1;
    }
    return rows;
  }

  #noteGap([till, seq]: [string, number]): void {
    const before = this.#last?.till === till ? this.#last.seq : 0;
    for (let gone = before + 1; gone < seq; gone += 1) this.#entries.push({ till, seq: gone });
    this.#last = { till, seq };
  }

  /** Everything that is missing, with the receipt numbers of the missing entries. */
  async found(db: TillDb): Promise<MissingInBackup> {
    const entries = this.#entries;
    const receipts = entries.length === 0 ? [] : await receiptsOf(db, entries);
    return { entries, receipts, cards: this.#cards, others: this.#others };
  }
}

const placeOf = ([till, seq]: readonly [string, number]): EntryPlace => ({ till, seq });

async function isSound(
  table: BackedTable,
  key: IndexableType,
  row: Read<unknown>,
): Promise<boolean> {
  if (row === undefined || row === UNREADABLE) return false;
  // `metaInBackup` leaves out the rows that the backup's schema does not have
  if (table === 'meta') return true;
  if (!backedRows[table].safeParse(row).success) return false;
  if (table !== 'journal') return true;
  const entry = row as Entry;
  const [till, seq] = key as [string, number];
  return entry.till === till && entry.seq === seq && (await verifyEntry(entry));
}

/** The receipt numbers of those entries whose sale still has a row. */
async function receiptsOf(
  db: TillDb,
  entries: readonly EntryPlace[],
): Promise<MissingInBackup['receipts']> {
  const wanted = new Set(entries.map(({ till, seq }) => `${till} ${seq}`));
  const receipts: MissingInBackup['receipts'] = [];
  for (let after = ''; ;) {
    const keys = await db.sales.where(':id').above(after).limit(BATCH).primaryKeys();
    const last = keys.at(-1);
    if (last === undefined) return receipts;
    after = last;
    for (const sale of await readEach(db.sales, keys))
      if (sale !== undefined && sale !== UNREADABLE && wanted.has(`${sale.till} ${sale.seq}`))
        receipts.push({ till: sale.till, number: sale.number });
  }
}

/** Name prefix of a till's backups. It uses the end of the till's id, because ids made in the same minute begin alike. */
export const backupPrefix = (till: string) => `counterfoil-${till.slice(-12)}-`;

export type Backup = {
  readonly till: string;
  /** `counterfoil-2f1c09a6b3d4-2026-11-25-14-30.backup`, from `at` in UTC. */
  readonly name: string;
  readonly file: Blob;
  /** What the backup lacks, because it could not be read. */
  readonly missing: MissingInBackup;
};

export type NoBackup =
  /** This device is not enrolled. */
  | 'no-till'
  /** An act was made during the backup, so the parts already read are out of date. */
  | 'in-use';

/**
 * Makes a backup of the whole till in one file, without the rows that cannot be read. `passphrase` null: not encrypted. `at`:
 * ms. Throws StorageError if the disk cannot be read, or if one of the `NEEDED` rows cannot be read.
 */
export async function makeBackup(
  db: TillDb,
  { passphrase, at }: { readonly passphrase: string | null; readonly at: number },
): Promise<Backup | NoBackup> {
  const [till, head] = await readTogether(db, [db.meta, db.journal], () =>
    Promise.all([tillIn(db), headIn(db)]),
  );
  if (!isEnrolled(till)) return 'no-till';
  const header = recorded(backupHeader, {
    format: 'counterfoil-backup',
    v: BACKUP_VERSION,
    schema: SCHEMA,
    shop: till.shop,
    till: till.id,
    seq: head.seq,
    hash: head.hash,
    at,
    cipher: passphrase === null ? null : makeCipher(),
  });
  const missing = new Missing();
  try {
    const file = await packBackup(header, framesAt(db, head, missing), passphrase);
    const moment = new Date(at).toISOString().slice(0, 16).replace(/[T:]/g, '-');
    const name = `${backupPrefix(till.id)}${moment}.backup`;
    return { till: till.id, name, file, missing: await missing.found(db) };
  } catch (cause) {
    if (cause instanceof InUse) return 'in-use';
    throw cause;
  }
}
