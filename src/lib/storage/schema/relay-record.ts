// Schemas of what the relay told this till: watermark, notices, disputes, reserve codes.
import { settledOutcome } from '$lib/contract/journal';
import { at, hash, id, jws } from '$lib/contract/values';
import * as z from 'zod/mini';

/** How far the relay holds this till's journal. Only the signed text proves it; the rest says where to look. */
export const watermark = z.strictObject({ till: id, seq: z.int(), hash, jws: z.string() });
export type Watermark = z.infer<typeof watermark>;

/** Why this till must be re-enrolled before anybody believes it again. It sells on meanwhile. */
export const quarantine = z.strictObject({
  because: z.enum([
    /** The relay holds another entry at a place of this journal. */
    'fork',
    /** The relay does not know this till. */
    'unknown-till',
    /** The relay, or the journal file, knew more of this journal than the database does. */
    'behind',
    /** The browser lost the database; it was rebuilt from the journal file, without the till's key. */
    'database-lost',
    /** Database and journal file tell different stories. */
    'file-differs',
    /** Entries are gone from the middle of the journal, and the relay has not got them. */
    'entries-lost',
    /** It came from a backup: a copy of a till is another till. */
    'restored',
  ]),
  since: at,
});
export type Quarantine = z.infer<typeof quarantine>;

/**
 * Receipt numbers a till has left out because another copy of it can have given them: after `after`, up to `upTo`, when that
 * copy was known to reach to entry `seq`.
 */
export const numbersTaken = z.array(
  z.strictObject({ till: id, after: z.int(), upTo: z.int(), seq: z.int() }),
);
export type NumbersTaken = z.infer<typeof numbersTaken>;

/** When the relay said that this till was taken out of the shop, ms; null: it has said since that it belongs to it. */
export const removal = z.strictObject({ till: id, since: z.nullable(at) });
export type Removal = z.infer<typeof removal>;

/** One reserve code as the till can check it. Only the signed text proves anything; the rest finds it and is shown. */
export const reserveVerifierRow = z.strictObject({
  id,
  customer: id,
  prefix: z.string(),
  /** Minor units. */
  cap: z.int(),
  /** When it was issued. */
  at,
  signed: jws,
});
export type ReserveVerifierRow = z.infer<typeof reserveVerifierRow>;

/** Up to which of the relay's changes they are known. */
export const reserveVersion = z.strictObject({ version: z.int() });
export type ReserveVersion = z.infer<typeof reserveVersion>;

/** Wrong tries at one customer's codes (`tries`). */
export const reserveTriesRow = z.strictObject({
  customer: id,
  failures: z.int(),
  locks: z.int(),
  lockedUntil: at,
  lockMs: z.int(),
  seenAt: at,
});
export type ReserveTriesRow = z.infer<typeof reserveTriesRow>;

/** How much of the notices' news this till has, as the relay counts it. Another till begins again. */
export const noticesCursorRow = z.strictObject({ till: id, cursor: z.int() });
export type NoticesCursor = z.infer<typeof noticesCursorRow>;

/** What became of the notice to one customer of an act without a code. `entry` is the act's hash; an import is about many. */
export const noticeRow = z.strictObject({
  entry: hash,
  customer: id,
  state: z.enum(['waiting', 'sent', 'maybe-sent', 'failed']),
});
export type NoticeRow = z.infer<typeof noticeRow>;

/** A customer's dispute, by the hash of its entry. No credit while `closed` is null. */
export const disputeRow = z.strictObject({
  entry: hash,
  customer: id,
  /** Hash of the entry they mean; null: none in particular. */
  about: z.nullable(hash),
  /** Null: another till wrote it down, and only its closing stands in this journal. */
  opened: z.nullable(
    z.strictObject({ at, operator: id, note: z.nullable(z.string().check(z.maxLength(300))) }),
  ),
  closed: z.nullable(
    z.strictObject({
      entry: hash,
      at,
      operator: id,
      outcome: settledOutcome,
      note: z.string().check(z.maxLength(300)),
    }),
  ),
});

/** An entry that moved debt or points without a code of the customer's, until somebody with the right has looked at it. */
export const unconfirmedRow = z.strictObject({ entry: hash, till: id, seq: z.int(), at });
