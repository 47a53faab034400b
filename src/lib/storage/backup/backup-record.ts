// Schemas of a backup: its header and every kind of row that may be restored from one.
import { entry } from '$lib/contract/journal';
import { at, hash, id, publicKey } from '$lib/contract/values';
import * as z from 'zod/mini';
import { catalogueMark, stockRow } from '$lib/storage/schema/catalogue-record';
import * as records from '$lib/storage/schema/records';
import {
  disputeRow,
  noticeRow,
  numbersTaken,
  unconfirmedRow,
  watermark,
} from '$lib/storage/schema/relay-record';

const salt = z.string().check(z.regex(/^[0-9a-f]{32}$/));
/** A passphrase's key: PBKDF2-SHA-256, AES-256-GCM. The upper bound is for files made to hang whoever opens them. */
const cipher = z.strictObject({ rounds: z.int().check(z.gte(1), z.lte(10_000_000)), salt });
export type BackupCipher = z.infer<typeof cipher>;

/** What stands in the first line of a backup of any version. */
export const anyHeader = z.looseObject({ format: z.literal('counterfoil-backup'), v: z.int() });

/** The first line, readable by people and programs. */
export const backupHeader = z.strictObject({
  format: z.literal('counterfoil-backup'),
  v: z.int(),
  /** Of the database it was made from. */
  schema: z.int(),
  shop: id,
  till: id,
  /** Where the journal stood, and when the copy was made, ms. */
  seq: z.int(),
  hash,
  at,
  /** Null: whoever has the file can read it. */
  cipher: z.nullable(cipher),
});
export type BackupHeader = z.infer<typeof backupHeader>;

/** The till in a backup: its private key cannot leave the device, and a copy gets a key of its own. */
export const tillInBackup = z.strictObject({
  id,
  name: records.till.shape.name,
  shop: id,
  relayKey: publicKey,
});

const meta = z.discriminatedUnion('key', [
  z.strictObject({ key: z.literal('till'), value: tillInBackup }),
  z.strictObject({ key: z.literal('former-tills'), value: z.array(records.formerTill) }),
  z.strictObject({ key: z.literal('preferences'), value: records.preferences }),
  z.strictObject({ key: z.literal('clock'), value: records.clockMark }),
  z.strictObject({ key: z.literal('last-contact'), value: records.lastContact }),
  z.strictObject({ key: z.literal('catalogue'), value: catalogueMark }),
  z.strictObject({ key: z.literal('newest-policy'), value: records.newestPolicy }),
  z.strictObject({ key: z.literal('refused-policy'), value: records.refusedPolicy }),
  z.strictObject({ key: z.literal('watermark'), value: watermark }),
  z.strictObject({ key: z.literal('numbers-taken'), value: numbersTaken }),
]);
export type MetaInBackup = z.infer<typeof meta>;

/**
 * The tables a backup holds, with the schema of their rows. Not in it: open receipts (they may be sold by now), reserve
 * codes and their tries (they are allotted to one device); the goods are a frame of their own.
 */
export const backedRows = {
  meta,
  policy: records.policyRow,
  journal: entry,
  formerJournal: entry,
  accountEntries: records.accountRow,
  balances: records.balanceRow,
  confirmations: records.confirmationRow,
  customers: records.customerRow,
  stock: stockRow,
  sales: records.saleRow,
  grantsUsed: records.grantUsedRow,
  pinFailures: records.pinFailuresRow,
  notices: noticeRow,
  disputes: disputeRow,
  unconfirmed: unconfirmedRow,
} as const;
export type BackedTable = keyof typeof backedRows;
export const backedTables = Object.keys(backedRows) as BackedTable[];

/** A frame of rows, and the frame that ends the file: how many rows there were of each table. */
export const rowsFrame = z.strictObject({
  table: z.enum(backedTables as [BackedTable, ...BackedTable[]]),
  rows: z.array(z.unknown()),
});
export const endFrame = z.strictObject({ counts: z.record(z.string(), z.int()) });
