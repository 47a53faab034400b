// Schemas of the messages about what a start found and repaired, kept until somebody has read them.
import { id } from '$lib/contract/values';
import * as z from 'zod/mini';

const seqs = z.array(z.int());

/** Receipt numbers of this till id that were skipped. */
const numbersSkipped = z.strictObject({ till: id, from: z.int(), to: z.int() });
export type NumbersSkipped = z.infer<typeof numbersSkipped>;

/** One message after a start. */
const startNews = z.discriminatedUnion('kind', [
  /** The browser could not read the database and deleted it, and there is no file to rebuild it from. */
  z.strictObject({ kind: z.literal('lost') }),
  /**
   * The till stopped before the screen showed these acts as saved, but they were on the disk, so they count. `number`: receipt
   * number; null: not a sale. `isVerified`: their proofs have been verified.
   */
  z.strictObject({
    kind: z.literal('replayed'),
    entries: z.array(z.strictObject({ till: id, seq: z.int(), number: z.nullable(z.int()) })),
    isVerified: z.boolean(),
  }),
  /**
   * These entries of the journal file are now in the journal, but their proofs or numbers are wrong, or they cannot be
   * projected.
   */
  z.strictObject({ kind: z.literal('doubtful'), seqs }),
  /**
   * This many lines of the journal file were set aside; a copy of the file is kept. `seqs`: the entries lost with them, if
   * known.
   */
  z.strictObject({ kind: z.literal('set-aside'), lines: z.int(), seqs }),
  /** The browser lost the database; this many entries were restored from the file. Their proofs have not been verified yet. */
  z.strictObject({
    kind: z.literal('rebuilt'),
    entries: z.int(),
    unread: z.int(),
    /** Number of entries after them that this device had, and that are not in the file; 0: none is known. */
    missing: z.int(),
    /** The receipt numbers that were skipped, because the file may have lost its last lines. */
    skipped: numbersSkipped,
  }),
  /** Database and file have different entries from `seq` on. */
  z.strictObject({ kind: z.literal('differ'), seq: z.int() }),
  /** The relay has entries up to `seq` that are missing here. */
  z.strictObject({ kind: z.literal('behind'), seq: z.int(), skipped: numbersSkipped }),
  /** Database and journal file have both lost their last entries, and nothing on this device shows which. */
  z.strictObject({ kind: z.literal('end-lost'), skipped: numbersSkipped }),
  /** No line that names the till can be read in the journal file, so nothing can be restored from it. */
  z.strictObject({ kind: z.literal('unreadable') }),
  /** This many rows were missing or damaged and have been restored. */
  z.strictObject({ kind: z.literal('repaired'), rows: z.int() }),
  /** These rows were unreadable and had no copy: unsold receipts, and settings and other rows of this device. */
  z.strictObject({ kind: z.literal('left-out'), receipts: z.int(), others: z.int() }),
]);
export type StartNews = z.infer<typeof startNews>;

export const startNewsKept = z.array(startNews);
