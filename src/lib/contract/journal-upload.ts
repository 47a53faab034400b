// The journal on its way to the relay: what a till sends, the signed watermark that comes back, and what the relay found in it.
import * as z from 'zod/mini';
import { refusal } from './challenge';
import { at, hash, id, jws, phone } from './values';

/** Most entries in one upload. */
export const UPLOAD_ENTRIES = 200;
/** What an upload of several entries stays under, bytes; one entry alone, an import, may be as large as `ENTRY_BYTES`. */
export const UPLOAD_BYTES = 1024 * 1024;
export const ENTRY_BYTES = 16 * 1024 * 1024;
/** What may stand around the largest entry: the entry that carries it over, signature and contacts. */
export const AROUND_ENTRY_BYTES = 128 * 1024;

const seq = z.int().check(z.positive());

/**
 * An entry as the relay takes it: the envelope holds what places it in its chain, everything else is kept as it came, also
 * what a later version made. Its body is judged apart, so that one bad entry holds up no other.
 */
export const entryOnWire = z.looseObject({
  till: id,
  seq,
  at,
  act: z.string().check(z.minLength(1), z.maxLength(60)),
  prevHash: hash,
  hash,
});
export type EntryOnWire = z.infer<typeof entryOnWire>;

const signature = z.string().check(z.regex(/^[\w-]{86}$/));

/** What a till signs with every upload: where its chain stands after the last entry sent. */
export const journalHeadClaim = z.strictObject({
  purpose: z.literal('journal-head'),
  shop: id,
  till: id,
  seq,
  hash,
});
export type JournalHeadClaim = z.infer<typeof journalHeadClaim>;

/**
 * `POST /journal`: entries of one till, the session's own, ascending without a gap. Sending again is always safe; to hear the
 * watermark again send the last entry once more. A revoked till sends without a bearer: the head's signature is its name.
 */
export const journalUpload = z.strictObject({
  entries: z.array(entryOnWire).check(z.minLength(1), z.maxLength(UPLOAD_ENTRIES)),
  /** Numbers of customers the relay may not know: entries hold none. Where a notice goes when no number is registered. */
  contacts: z.optional(z.array(z.strictObject({ customer: id, phone })).check(z.maxLength(500))),
  /** Base64url of the 64-byte P1363 signature over the canonical `journalHeadClaim` of the last entry. */
  headSignature: signature,
});
export type JournalUpload = z.infer<typeof journalUpload>;

/** Payload of the compact JWS that comes back: up to here the relay has the till's journal on its disk. */
export const watermark = z.strictObject({
  v: z.literal(1),
  purpose: z.literal('watermark'),
  shop: id,
  till: id,
  seq,
  hash,
  at,
});
export type Watermark = z.infer<typeof watermark>;

export const journalUploadReply = z.discriminatedUnion('kind', [
  /** 200: all of it is on the relay's disk. */
  z.strictObject({ kind: z.literal('kept'), watermark: jws }),
  /** 409: entries are missing in between; nothing of this upload was taken. */
  z.strictObject({ kind: z.literal('gap'), expectedSeq: seq }),
  /** 409: at `seq` this chain leaves the one the relay holds. Nothing of this upload was taken: the till must be re-enrolled. */
  z.strictObject({ kind: z.literal('fork'), seq }),
  /** 403: the head was not signed by this till's key. */
  z.strictObject({ kind: z.literal('wrong-signature') }),
  /** 403: an entry of another till. */
  z.strictObject({ kind: z.literal('other-till') }),
  /** 413: fewer entries at once. */
  z.strictObject({ kind: z.literal('too-large') }),
]);
export type JournalUploadReply = z.infer<typeof journalUploadReply>;

/** What should not have happened. Kept and shown, never dropped; nothing is undone because of it. */
export const flagKind = z.enum([
  /** Nobody named in the entry had the right, by the relay's own policy of that version. */
  'no-right',
  /** The grant is not this relay's, not for this deal, or the act is not in its time. */
  'grant-invalid',
  'grant-reused',
  /** The till had given the code up. */
  'grant-revoked',
  /** Debt up or points down, and nothing in the entry says why that was allowed. */
  'unconfirmed',
  /** The entry says no code was required; by the policy one was. */
  'code-was-required',
  'cap-exceeded',
  /** Made under a policy the relay never signed, or (`older-version`) one older than its till had acted under. */
  'policy-unknown',
  'reserve-code-used-twice',
  'reserve-code-unknown',
  /** "No internet", while another till of the shop spoke to the relay. */
  'override-while-others-online',
  /** More on the account of a customer who disputes something on it, without his code. */
  'customer-disputed',
  /** The entry's content is not what its hash says: it was changed after it was made. */
  'late-edit',
  /** An act the relay knows, with a body that does not fit it, or a sale that does not add up. */
  'malformed',
  /** Dated later than the relay's own clock. */
  'future',
  /** Dated before its till was enrolled or before an entry that came earlier in its journal. */
  'backdated',
  /** Made after the till was revoked. */
  'till-revoked',
  /** Carried over from a journal this device never wrote. */
  'foreign-entry',
  /** The till it says it was before was heard of again, or another till had gone on from it already. */
  'former-elsewhere',
  /** The till it was before never was at this relay: of that time nothing can be checked here. */
  'former-relay',
  /** What a newer relay looks for, and this version has no word for. */
  'other',
]);
export type FlagKind = z.infer<typeof flagKind>;

export const flag = z.strictObject({
  /** Its place in the order in which the relay found it: the `after` of the next call. */
  cursor: z.int().check(z.positive()),
  till: id,
  seq,
  hash,
  // a till may be older than its relay, and one new word must not hide the whole list
  kind: z.catch(flagKind, 'other'),
  /** What of the entry is meant, such as `sell-on-account`; null: the whole. */
  detail: z.nullable(z.string().check(z.maxLength(200))),
  /** When the relay found it. */
  at,
});
export type Flag = z.infer<typeof flag>;

/** `GET /journal/flags?after=<cursor>`, for an elevated operator with `settings` or `view-reports`: oldest first. */
export const flagsReply = z.strictObject({
  kind: z.literal('journal-flags'),
  flags: z.array(flag),
  more: z.boolean(),
});
export type FlagsReply = z.infer<typeof flagsReply>;

/** `waiting` goes on by itself; `maybe-sent`: the service never answered, and nobody is told twice. */
export const noticeState = z.enum(['waiting', 'sent', 'maybe-sent', 'failed']);
export type NoticeState = z.infer<typeof noticeState>;

/** What became of the news of one unconfirmed act. */
export const notice = z.strictObject({
  /** Hash of the entry; of the original where it was carried over. */
  entry: hash,
  till: id,
  seq,
  customer: id,
  /** Of the customer's numbers together: `waiting` while any waits, then the best of them; `failed` where none is known. */
  state: noticeState,
  /** One per number, the operator named in an override among them. */
  told: z.array(
    z.strictObject({
      to: z.enum(['customer', 'operator']),
      /** Null once it is forgotten, a month after. */
      phoneMasked: z.nullable(z.string()),
      state: noticeState,
      /** Why it failed, or is still waiting. */
      because: z.nullable(refusal),
    }),
  ),
});
export type Notice = z.infer<typeof notice>;

/** `GET /notices?since=<cursor>` (0: from the beginning): whatever changed after it, oldest change first; the same at every till. */
export const noticesReply = z.strictObject({
  kind: z.literal('notices'),
  notices: z.array(notice),
  cursor: z.int().check(z.nonnegative()),
  more: z.boolean(),
});
export type NoticesReply = z.infer<typeof noticesReply>;
