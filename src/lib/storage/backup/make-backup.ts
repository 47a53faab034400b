// Making a backup: everything the till keeps as of one moment, in one file. The till's private key is never in it.
import { bytesOf } from '$lib/proof/canonical';
import {
  backedTables,
  backupHeader,
  tillInBackup,
  type BackedTable,
  type MetaInBackup,
} from '$lib/storage/backup-record';
import { SCHEMA, snapshot, type TillDb } from '$lib/storage/db';
import { headIn } from '$lib/storage/journal';
import { catalogueBytes } from '$lib/storage/journal-file/catalogue-copy';
import { recorded, type MetaRow } from '$lib/storage/records';
import { isEnrolled, tillIn } from '$lib/storage/till-record';
import { Dexie, type IndexableType } from 'dexie';
import { BACKUP_VERSION, makeCipher, packBackup } from './container';

type Bytes = Uint8Array<ArrayBuffer>;

/** A frame's first byte says what follows. */
export const FRAME = { rows: 1, goods: 2, end: 3 } as const;

function frameOf(kind: keyof typeof FRAME, content: Bytes): Bytes {
  const frame = new Uint8Array(1 + content.length);
  frame[0] = FRAME[kind];
  frame.set(content, 1);
  return frame;
}

const jsonFrame = (kind: 'rows' | 'end', value: object) =>
  frameOf(kind, bytesOf(JSON.stringify(value)));

/** Rows of one frame. */
const BATCH = 1000;

/** What is only this device's, or only of this moment, stays. */
function metaInBackup(row: MetaRow): MetaInBackup[] {
  switch (row.key) {
    case 'till': {
      if (!isEnrolled(row.value)) return [];
      const { id, name, shop, relayKey } = row.value;
      return [{ key: 'till', value: recorded(tillInBackup, { id, name, shop, relayKey }) }];
    }
    case 'former-tills':
    case 'preferences':
    case 'clock':
    case 'last-heard':
    case 'catalogue':
    case 'newest-policy':
    case 'refused-policy':
    case 'watermark':
    case 'numbers-taken':
      return [row];
    default:
      return [];
  }
}

/** Awaits Dexie only. */
async function framesIn(db: TillDb): Promise<Bytes[]> {
  const frames: Bytes[] = [];
  const counts: Partial<Record<BackedTable, number>> = {};
  for (const table of backedTables) {
    counts[table] = 0;
    for (let after: IndexableType = Dexie.minKey; ;) {
      const batch = () => db.table(table).where(':id').above(after).limit(BATCH);
      const [keys, found] = await Promise.all([batch().primaryKeys(), batch().toArray()]);
      const last = keys.at(-1);
      if (last === undefined) break;
      after = last;
      const rows = table === 'meta' ? (found as MetaRow[]).flatMap(metaInBackup) : found;
      counts[table] += rows.length;
      frames.push(jsonFrame('rows', { table, rows }));
    }
  }
  const goods = await db.catalogue.get('current');
  if (goods !== undefined) frames.push(frameOf('goods', catalogueBytes(goods.packed)));
  return [...frames, jsonFrame('end', { counts })];
}

/** How the names of a till's backups begin: by the end of its id, since ids made in the same minute begin alike. */
export const backupPrefix = (till: string) => `counterfoil-${till.slice(-12)}-`;

export type Backup = {
  readonly till: string;
  /** `counterfoil-2f1c09a6b3d4-2026-11-25-14-30.backup`, by the clock of `at` in UTC. */
  readonly name: string;
  readonly file: Blob;
};

/**
 * The whole till in one file. `passphrase` null: whoever has the file can read it. `at`: ms. Null where this device is
 * no till yet. Throws StorageError where the disk cannot be read.
 */
export async function makeBackup(
  db: TillDb,
  { passphrase, at }: { readonly passphrase: string | null; readonly at: number },
): Promise<Backup | null> {
  const taken = await snapshot(db, db.tables, async () => ({
    till: await tillIn(db),
    head: await headIn(db),
    frames: await framesIn(db),
  }));
  const { till, head, frames } = taken;
  if (!isEnrolled(till)) return null;
  const header = recorded(backupHeader, {
    ...{ format: 'counterfoil-backup', v: BACKUP_VERSION, schema: SCHEMA },
    ...{ shop: till.shop, till: till.id, seq: head.seq, hash: head.hash, at },
    cipher: passphrase === null ? null : makeCipher(),
  });
  const file = await packBackup(header, frames, passphrase);
  const moment = new Date(at).toISOString().slice(0, 16).replace(/[T:]/g, '-');
  return { till: till.id, name: `${backupPrefix(till.id)}${moment}.backup`, file };
}
