// Makes a backup of the whole till as of one journal entry.
// It has neither the till's private key nor rows projected from the journal.
import { bytesOf } from '$lib/proof/canonical';
import type { ChainHead } from '$lib/proof/chain';
import {
  backedTables,
  backupHeader,
  tillInBackup,
  type BackedTable,
  type MetaInBackup,
} from './backup-record';
import { SCHEMA, snapshot, type TillDb } from '$lib/storage/database/db';
import { headIn } from '$lib/storage/journal/reader';
import { catalogueBytes } from '$lib/storage/wal/catalogue-copy';
import { recorded, type MetaRow } from '$lib/storage/schema/records';
import { isEnrolled, tillIn } from '$lib/storage/database/till-record';
import { Dexie, type IndexableType, type Table } from 'dexie';
import { BACKUP_VERSION, makeCipher, packBackup } from './container';

type Bytes = Uint8Array<ArrayBuffer>;

/** The first byte of a frame: its kind. */
export const FRAME = { rows: 1, goods: 2, end: 3 } as const;

function frameOf(kind: keyof typeof FRAME, content: Bytes): Bytes {
  const frame = new Uint8Array(1 + content.length);
  frame[0] = FRAME[kind];
  frame.set(content, 1);
  return frame;
}

const jsonFrame = (kind: 'rows' | 'end', value: object) =>
  frameOf(kind, bytesOf(JSON.stringify(value)));

/** Rows per frame. */
const BATCH = 1000;

/** Leaves out rows that belong to this device or this moment only. */
function metaInBackup(row: MetaRow): MetaInBackup[] {
  switch (row.key) {
    case 'till': {
      if (!isEnrolled(row.value)) return [];
      const { id, name, shop, relayKey, number } = row.value;
      const value = recorded(tillInBackup, { id, name, shop, relayKey, number });
      return [{ key: 'till', value }];
    }
    case 'former-tills':
    case 'preferences':
    case 'clock':
    case 'last-contact':
    case 'newest-policy':
    case 'refused-policy':
    case 'watermark':
    case 'numbers-taken':
      return [row];
    default:
      return [];
  }
}

class InUse extends Error {}

/** Reads as of `head` in short transactions: no sale waits. Throws InUse if an act was made meanwhile. */
async function readAt<T>(
  db: TillDb,
  head: ChainHead,
  tables: readonly Table[],
  read: () => PromiseLike<T>,
): Promise<T> {
  const found = await snapshot(db, [db.meta, db.journal, ...tables], async () =>
    (await headIn(db)).hash === head.hash ? { rows: await read() } : null,
  );
  if (found === null) throw new InUse();
  return found.rows;
}

/** Tables that also change without an act, and must be consistent with each other. */
const TOGETHER: readonly BackedTable[] = ['meta', 'policy'];

async function* framesAt(db: TillDb, head: ChainHead): AsyncGenerator<Bytes> {
  const counts: Partial<Record<BackedTable, number>> = {};
  const frame = (table: BackedTable, rows: readonly unknown[]): Bytes => {
    counts[table] = (counts[table] ?? 0) + rows.length;
    return jsonFrame('rows', { table, rows });
  };
  for (const table of backedTables) {
    if (TOGETHER.includes(table)) continue;
    for (let after: IndexableType = Dexie.minKey; ;) {
      const batch = () => db.table(table).where(':id').above(after).limit(BATCH);
      const [keys, rows] = await readAt(db, head, [db.table(table)], () =>
        Promise.all([batch().primaryKeys(), batch().toArray()]),
      );
      const last = keys.at(-1);
      if (last === undefined) break;
      after = last;
      yield frame(table, rows);
    }
  }
  const [meta, policy, goods] = await readAt(db, head, [db.meta, db.policy, db.catalogue], () =>
    Promise.all([db.meta.toArray(), db.policy.toArray(), db.catalogue.get('current')]),
  );
  yield frame('meta', meta.flatMap(metaInBackup));
  yield frame('policy', policy);
  if (goods !== undefined) yield frameOf('goods', catalogueBytes(goods.packed));
  yield jsonFrame('end', { counts });
}

/** Name prefix of a till's backups: the end of its id, because ids made in the same minute begin alike. */
export const backupPrefix = (till: string) => `counterfoil-${till.slice(-12)}-`;

export type Backup = {
  readonly till: string;
  /** `counterfoil-2f1c09a6b3d4-2026-11-25-14-30.backup`, from `at` in UTC. */
  readonly name: string;
  readonly file: Blob;
};

export type NoBackup =
  /** This device is not enrolled. */
  | 'no-till'
  /** An act was made during the backup, so the parts already read are out of date. */
  | 'in-use';

/**
 * Makes a backup of the whole till in one file. `passphrase` null: not encrypted. `at`: ms. Throws StorageError if the disk
 * cannot be read.
 */
export async function makeBackup(
  db: TillDb,
  { passphrase, at }: { readonly passphrase: string | null; readonly at: number },
): Promise<Backup | NoBackup> {
  const [till, head] = await snapshot(db, [db.meta, db.journal], () =>
    Promise.all([tillIn(db), headIn(db)]),
  );
  if (!isEnrolled(till)) return 'no-till';
  const header = recorded(backupHeader, {
    ...{ format: 'counterfoil-backup', v: BACKUP_VERSION, schema: SCHEMA },
    ...{ shop: till.shop, till: till.id, seq: head.seq, hash: head.hash, at },
    cipher: passphrase === null ? null : makeCipher(),
  });
  try {
    const file = await packBackup(header, framesAt(db, head), passphrase);
    const moment = new Date(at).toISOString().slice(0, 16).replace(/[T:]/g, '-');
    return { till: till.id, name: `${backupPrefix(till.id)}${moment}.backup`, file };
  } catch (cause) {
    if (cause instanceof InUse) return 'in-use';
    throw cause;
  }
}
