// Schemas of what a start has found and repaired: kept until somebody has read it.
import { id } from '$lib/contract/values';
import * as z from 'zod/mini';

const seqs = z.array(z.int());

/** Receipt numbers of this till id that are left out. */
const numbersSkipped = z.strictObject({ till: id, from: z.int(), to: z.int() });
export type NumbersSkipped = z.infer<typeof numbersSkipped>;

/** One message after a start. */
const startNews = z.discriminatedUnion('kind', [
  /** The browser could not read the database and dropped it, and there is nothing to rebuild it from. */
  z.strictObject({ kind: z.literal('lost') }),
  /**
   * These acts were on the disk when the till stopped, before the screen showed them as saved. `number`: of the receipt; null:
   * no sale. `isVerified`: so were their proofs.
   */
  z.strictObject({
    kind: z.literal('replayed'),
    entries: z.array(z.strictObject({ till: id, seq: z.int(), number: z.nullable(z.int()) })),
    isVerified: z.boolean(),
  }),
  /** These entries of the journal file are in the journal, but their proofs or numbers do not hold, or they leave no rows. */
  z.strictObject({ kind: z.literal('doubtful'), seqs }),
  /** So many lines of the journal file do not count; it is kept. `seqs`: the entries that are missing for it, if known. */
  z.strictObject({ kind: z.literal('set-aside'), lines: z.int(), seqs }),
  /** The browser lost the database; this many entries were restored from the file. Their proofs are not verified yet. */
  z.strictObject({
    kind: z.literal('rebuilt'),
    entries: z.int(),
    unread: z.int(),
    /** The receipt numbers that were left out, because the file may have lost its last lines. */
    skipped: numbersSkipped,
  }),
  /** Database and file have different entries from `seq` on. */
  z.strictObject({ kind: z.literal('differ'), seq: z.int() }),
  /** The relay has entries up to `seq` that are missing here. */
  z.strictObject({ kind: z.literal('behind'), seq: z.int(), skipped: numbersSkipped }),
  /** Database and journal file have both lost their last entries, and nothing here names them. */
  z.strictObject({ kind: z.literal('end-lost'), skipped: numbersSkipped }),
  /** No line of the journal file that names the till can be read: nothing can be restored from it. */
  z.strictObject({ kind: z.literal('unreadable') }),
  /** This many rows were missing or damaged and have been restored. */
  z.strictObject({ kind: z.literal('repaired'), rows: z.int() }),
  /** These could not be read, and there was no copy of them: receipts not sold yet, and settings and other rows of this device. */
  z.strictObject({ kind: z.literal('left-out'), receipts: z.int(), others: z.int() }),
]);
export type StartNews = z.infer<typeof startNews>;

export const startNewsKept = z.array(startNews);
