// Schemas of a backup file: its header and every kind of row it may contain.
import { entry } from '$lib/contract/journal';
import { at, hash, id, publicKey } from '$lib/contract/values';
import * as z from 'zod/mini';
import * as records from '$lib/storage/schema/records';
import type { MetaKey, MetaRow } from '$lib/storage/schema/records';
import { noticeRow } from '$lib/storage/schema/relay-record';

const salt = z.string().check(z.regex(/^[0-9a-f]{32}$/));
/** Passphrase key: PBKDF2-SHA-256, AES-256-GCM. The upper bound stops files crafted to block the reader. */
const cipher = z.strictObject({ rounds: z.int().check(z.gte(1), z.lte(10_000_000)), salt });
export type BackupCipher = z.infer<typeof cipher>;

/** The fields of the first line that every version of the format contains. */
export const anyHeader = z.looseObject({ format: z.literal('counterfoil-backup'), v: z.int() });

/** The first line, readable for people and programs. */
export const backupHeader = z.strictObject({
  format: z.literal('counterfoil-backup'),
  v: z.int(),
  /** Schema version of the source database. */
  schema: z.int(),
  shop: id,
  till: id,
  /** Journal head at the time of the copy; the time of the copy, ms. */
  seq: z.int(),
  hash,
  at,
  /** Null: not encrypted. */
  cipher: z.nullable(cipher),
});
export type BackupHeader = z.infer<typeof backupHeader>;

/** The till in a backup, without its private key, which cannot leave the device; a restored copy gets a new key. */
export const tillInBackup = z.strictObject({
  id,
  name: records.till.shape.name,
  shop: id,
  relayKey: publicKey,
  number: records.formerTill.shape.number,
});

/** The values in a backup besides the till. The others make sense only on this device or at this moment. */
export const backedValues = [
  'former-tills',
  'preferences',
  'clock',
  'last-contact',
  'newest-policy',
  'refused-policy',
  'watermark',
  'former-watermarks',
  'numbers-taken',
] as const satisfies MetaKey[];
export type BackedValue = (typeof backedValues)[number];

const meta: z.ZodMiniType<
  MetaRow<BackedValue> | { key: 'till'; value: z.infer<typeof tillInBackup> }
> = z.union([
  z.strictObject({ key: z.literal('till'), value: tillInBackup }),
  ...backedValues.map((key) =>
    z.strictObject({ key: z.literal(key), value: records.metaValues[key] }),
  ),
]) as never;
export type MetaInBackup = z.infer<typeof meta>;

/**
 * The tables in a backup, with the schema of their rows. Not included: rows projected from the journal, open receipts (they may
 * have been sold since), and reserve codes with their failed attempts (they belong to one device).
 */
export const backedRows = {
  meta,
  policy: records.policyRow,
  journal: entry,
  customers: records.customerRow,
  forgotten: records.forgottenRow,
  pinFailures: records.pinFailuresRow,
  notices: noticeRow,
} as const;
export type BackedTable = keyof typeof backedRows;
export const backedTables = Object.keys(backedRows) as BackedTable[];

const count = z.int().check(z.nonnegative());

/**
 * Rows that the till could not read, or that had changed, when it made the backup. `entries`: journal entries. `receipts`: the
 * receipt numbers of these entries, as far as their sales are known. `cards`: number of customers' cards. `others`: number of
 * rows of other tables.
 */
export const missingInBackup = z.strictObject({
  entries: z.array(z.strictObject({ till: id, seq: z.int().check(z.positive()) })),
  receipts: z.array(z.strictObject({ till: id, number: z.int().check(z.positive()) })),
  cards: count,
  others: count,
});
export type MissingInBackup = z.infer<typeof missingInBackup>;

export const isComplete = ({ entries, cards, others }: MissingInBackup): boolean =>
  entries.length + cards + others === 0;

/** A frame of rows. The last frame has the number of rows of each table, and the rows that the backup lacks. */
export const rowsFrame = z.strictObject({
  table: z.enum(backedTables as [BackedTable, ...BackedTable[]]),
  rows: z.array(z.unknown()),
});
export const endFrame = z.strictObject({
  counts: z.record(z.string(), z.int()),
  missing: missingInBackup,
});
