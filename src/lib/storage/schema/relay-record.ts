// Schemas of what the relay sent this till: watermark, notices, disputes, reserve codes.
import { at, hash, id, jws } from '$lib/contract/values';
import * as z from 'zod/mini';

/** How far the relay has acknowledged this till's journal. Only the signed text is proof; the other fields locate it. */
export const watermark = z.strictObject({ till: id, seq: z.int(), hash, jws: z.string() });
export type Watermark = z.infer<typeof watermark>;

/** The last entry of a till that was ever sent to the relay. The relay may have it even if it did not answer. */
export const offered = z.strictObject({ till: id, seq: z.int() });

/**
 * The last entry of a former till id that the relay may have, uploaded under that id or carried over under a later one; and the
 * watermark, of either id, that proves it.
 */
export const formerWatermark = z.strictObject({ till: id, offered: z.int(), jws: z.string() });
export type FormerWatermark = z.infer<typeof formerWatermark>;

/** Why this till must be re-enrolled before the relay accepts its journal. It still sells. */
export const quarantine = z.strictObject({
  because: z.enum([
    /** The relay has another entry at some place of this journal. */
    'fork',
    /** An entry of this journal does not match its hash, or cannot be read. */
    'damaged',
    /** The relay does not know this till. */
    'unknown-till',
    /** The relay, or the journal file, had entries that the database lacks. */
    'behind',
    /** The browser lost the database. It was rebuilt from the journal file, which does not contain the till's key. */
    'database-lost',
    /** Database and journal file have different entries. */
    'file-differs',
    /** Entries are missing from the middle of the journal, and the relay lacks them as well. */
    'entries-lost',
    /** The till was restored from a backup. A copy counts as another till. */
    'restored',
  ]),
  since: at,
});
export type Quarantine = z.infer<typeof quarantine>;

/** Highest receipt number that is accepted as genuine. */
export const MOST_RECEIPTS = 1_000_000_000;

/**
 * Receipt numbers that a till has skipped because another copy of it may have used them: after `after`, up to `upTo`. The copy
 * was known to reach entry `seq`.
 */
export const numbersTaken = z.array(
  z.strictObject({
    till: id,
    after: z.int(),
    seq: z.int(),
    // a genuine till never gets here, and a larger number would leave no room for the next ones
    upTo: z.int().check(z.lte(MOST_RECEIPTS)),
  }),
);
export type NumbersTaken = z.infer<typeof numbersTaken>;

/** Time of the relay's report that this till was removed, ms; null: the relay has reported since that it belongs to the shop. */
export const removal = z.strictObject({ till: id, since: z.nullable(at) });

/**
 * One reserve code in the form in which the till can verify it. Only the signed text is proof; the rest is for search and
 * display.
 */
export const reserveVerifierRow = z.strictObject({
  id,
  customer: id,
  prefix: z.string(),
  /** Minor units. */
  cap: z.int(),
  /** Time of issue. */
  at,
  signed: jws,
});
export type ReserveVerifierRow = z.infer<typeof reserveVerifierRow>;

/** Version of the newest change of reserve codes stored here. */
export const reserveVersion = z.strictObject({ version: z.int() });

/** Wrong tries at a secret; `secrets/lockout.ts` describes the fields. */
export const tries = {
  failures: z.int(),
  locks: z.int(),
  lockedUntil: at,
  lockMs: z.int(),
  seenAt: at,
};

/** Wrong tries at one customer's reserve codes. */
export const reserveTriesRow = z.strictObject({ customer: id, ...tries });
export type ReserveTriesRow = z.infer<typeof reserveTriesRow>;

/** The relay's cursor up to which this till has the notices. A new till id starts at 0. */
export const noticesCursorRow = z.strictObject({ till: id, cursor: z.int() });

/** State of a notice to one customer about an act without a code. `entry`: the act's hash; an import has many. */
export const noticeRow = z.strictObject({
  entry: hash,
  customer: id,
  state: z.enum(['waiting', 'sent', 'maybe-sent', 'failed']),
});
export type NoticeRow = z.infer<typeof noticeRow>;
