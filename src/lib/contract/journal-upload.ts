// Journal uploads: the entries sent, the signed watermark, and the relay's flags and notices.
import * as z from 'zod/mini';
import { refusal } from './challenge';
import { MOST_IMPORTED, sealedDetails, sealedPerson } from './acts/customer';
import { at, cardSalt, hash, id, jws, phone, signature } from './values';

/** Maximum number of entries in one upload. */
export const UPLOAD_ENTRIES = 200;
/** Maximum size of an upload of several entries, bytes; a single entry (an import) may reach `ENTRY_BYTES`. */
export const UPLOAD_BYTES = 1024 * 1024;
export const ENTRY_BYTES = 16 * 1024 * 1024;
/** Bytes allowed besides the largest entry: for a `carried-over` envelope, signature, contacts and cards. */
export const AROUND_ENTRY_BYTES = 1024 * 1024;
/** Maximum number of cards and persons in one upload, and in one request for them: as many as the largest import has. */
export const MOST_CARDS = MOST_IMPORTED;

const seq = z.int().check(z.positive());

/**
 * An entry as the relay accepts it: the envelope places it in its chain; everything else is kept unchanged, including
 * fields of a later version. The body is checked separately, so that one bad entry does not block the others.
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

/** The fields that place an entry in its chain; a damaged entry may still have them. */
export const placed = z.looseObject({ seq, hash });

/**
 * The claim that a till signs with every upload and code request: the head of its chain; for an upload, its last entry. `at`:
 * when it signed; no later entry may be older. Null: the upload is not up to the newest entry, so it claims nothing about later
 * ones.
 */
export const journalHeadClaim = z.strictObject({
  purpose: z.literal('journal-head'),
  shop: id,
  till: id,
  seq: z.int().check(z.nonnegative()),
  hash,
  at: z.nullable(at),
});
export type JournalHeadClaim = z.infer<typeof journalHeadClaim>;

/** A customer's number as a till names it, with the salt of their card. */
export const contact = z.strictObject({ customer: id, phone, cardSalt });
export type Contact = z.infer<typeof contact>;

/** Trimmed and without lone surrogates, as the till saved it, because another form would have another hash. */
const cardName = z.string().check(
  z.maxLength(300),
  z.regex(/^[^\p{Cc}\p{Surrogate}]+$/u),
  z.refine((name) => name !== '' && name.trim() === name),
);

/** The fields of a card that the `recordHash` of its entry covers (`proof/record`). `salt`: of that hash. */
export const card = z.strictObject({
  salt: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  name: cardName,
  phone: z.nullable(phone),
  cardSalt,
  ...sealedDetails,
});
export type Card = z.infer<typeof card>;

/** Personal data that an entry names only by its hash: a customer's card, or an authorised person. */
export const personalRecord = z.union([card, sealedPerson]);
export type PersonalRecord = z.infer<typeof personalRecord>;

/**
 * `POST /journal`: entries of the session's till, ascending without gaps; null for a missing entry. Idempotent: to get the
 * watermark again, send the last entry again. A revoked till sends without a bearer token: the head's signature identifies it.
 */
export const journalUpload = z.strictObject({
  /** Each entry is parsed separately, so that an entry that fits no schema does not block those before it. */
  entries: z
    .array(z.union([entryOnWire, z.unknown()]))
    .check(z.minLength(1), z.maxLength(UPLOAD_ENTRIES)),
  /** Phone numbers of customers, which entries do not contain. Notices go there if the relay has none registered. */
  contacts: z.optional(z.array(contact).check(z.maxLength(500))),
  /**
   * Cards and authorised persons that these entries name, if the till still has them in that state; other tills display them.
   * Each is parsed separately: one that fits no schema, or that no entry names, is left out.
   */
  cards: z.optional(z.array(z.union([personalRecord, z.unknown()])).check(z.maxLength(MOST_CARDS))),
  /**
   * As in a request for a code, over the last entry whose `seq` and `hash` can be read; `seq` 1 and a hash of zeros if there is
   * none.
   */
  headSigned: z.strictObject({ at: z.nullable(at), signature }),
});
export type JournalUpload = z.infer<typeof journalUpload>;

/** Payload of the returned compact JWS: the relay has stored the till's journal up to this entry. */
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
  /** 200: all of it is stored on the relay's disk. */
  z.strictObject({ kind: z.literal('kept'), watermark: jws }),
  /** 409: entries are missing in between; nothing of this upload was stored. */
  z.strictObject({ kind: z.literal('gap'), expectedSeq: seq }),
  /**
   * 409: at `seq` this chain differs from the relay's. The entries from there on are kept apart from the journal, and their
   * customers get a message. The till must be re-enrolled.
   */
  z.strictObject({ kind: z.literal('fork'), seq }),
  /**
   * 409: the entry at `seq` is damaged. The entries before it were stored. This and all later entries are kept apart from the
   * journal, and their customers get a message. The till gets no codes until it is re-enrolled.
   */
  z.strictObject({ kind: z.literal('quarantined'), seq }),
  /** 403: the head was not signed by this till's key. */
  z.strictObject({ kind: z.literal('wrong-signature') }),
  /** 403: the upload contains another till's entries. */
  z.strictObject({ kind: z.literal('other-till') }),
  /** 413: send fewer entries at once. */
  z.strictObject({ kind: z.literal('too-large') }),
]);
export type JournalUploadReply = z.infer<typeof journalUploadReply>;

/** Irregularities the relay found. Stored and shown, never dropped; nothing is undone because of them. */
export const flagKind = z.enum([
  /** Nobody named in the entry had the right, by the relay's own policy of that version. */
  'no-right',
  /** The grant is not this relay's, not for this deal, or outside its time. */
  'grant-invalid',
  'grant-reused',
  /** The till had cancelled the challenge. */
  'grant-revoked',
  /** A code confirmed an act and was not cancelled, but a later head of the till's journal does not include the act. */
  'grant-unclaimed',
  /** More debt or fewer points, and the entry has no valid confirmation. */
  'unconfirmed',
  /** Opening balances (given, or taken back) without an owner's approval of exactly these, or with one used before. */
  'import-unapproved',
  /** The entry says that no code was required, but the policy required one. */
  'code-was-required',
  'cap-exceeded',
  /**
   * A debt over the limit, or an act over the customer's cap or threshold, because of acts of other tills, unknown to this one.
   */
  'limit-elsewhere',
  'cap-elsewhere',
  'threshold-elsewhere',
  /** A repayment, correction or return takes off a debt what another till had taken off already, unknown to this one. */
  'repaid-elsewhere',
  /** A return of goods that had been returned at another till already, unknown to this one. */
  'returned-elsewhere',
  /** Together with acts of other tills, unknown to this one, the customer got back more than they were owed. */
  'paid-back-elsewhere',
  /** A repayment earned points that another till had given already or made impossible, unknown to this one. */
  'earned-elsewhere',
  /** A sale earned more points than the customer may earn in a day, because of sales of other tills. */
  'earning-cap-elsewhere',
  /** Made under a policy that the relay never signed, or (`older-version`) under one older than the till had used before. */
  'policy-unknown',
  'reserve-code-used-twice',
  'reserve-code-unknown',
  /** The code had become void, perhaps without its till's knowledge. */
  'reserve-code-void',
  /** "No internet", while another till of the shop was connected to the relay. */
  'override-while-others-online',
  /** Debt for a customer with an open dispute, without their code. */
  'customer-disputed',
  /** An act with a customer whom another till had forgotten, unknown to this one. Their card stays erased. */
  'customer-forgotten',
  /** A customer is not forgotten: other tills' acts or the relay's data do not allow it; `detail`: why. */
  'forget-refused',
  /** Two cards are not merged: other tills' acts or the relay's data do not allow it; `detail`: why. */
  'merge-refused',
  /** An import is not undone, because of data that the relay has and the till did not have; `detail`: why. */
  'undo-refused',
  /** The content does not match its hash: it was changed after it was made. */
  'late-edit',
  /** The till's rules refuse the act, even by what the till knew; `detail`: why. */
  'against-rules',
  /** The till's rules would make another entry of the act; `detail`: the first difference. */
  'differs',
  /** Another sale of this till has the same number, or belongs to the same receipt. */
  'number-repeated',
  /** A known act with an invalid body, or a sale that does not add up. */
  'malformed',
  /** An act of a later version states that it moves balances, but it changes none here. */
  'act-unknown',
  /** The entry is damaged: it and all later ones are kept apart from the journal until the till is re-enrolled. */
  'quarantined',
  /** The daily quota for entries that the relay does not understand is used up: from this one on only hashes are kept. */
  'not-kept',
  /** Dated later than its arrival at the relay, or later than a head that its till had signed over it. */
  'future',
  /** Dated before the till was enrolled, or before the time of an earlier signed head. */
  'backdated',
  /** Dated before the previous entry: the till’s clock was set back in between. */
  'clock-set-back',
  /** Made after the till was revoked: `till-revoked` if the till knew it, `removal-unknown` if it had had no contact since. */
  'till-revoked',
  'removal-unknown',
  /** Carried over from a journal that this device did not write. */
  'foreign-entry',
  /** The former till was active again, or another till already replaced it. */
  'former-elsewhere',
  /** The former till was never enrolled at this relay, so its earlier entries cannot be checked here. */
  'former-relay',
  /** Entries of the former journal are missing before its stated head; `detail`: the place of one. */
  'former-incomplete',
  /** More points than the customer has by all journals, but not more than by what the till knew. */
  'points-elsewhere',
  /** Made without knowing another till's change of the same card. That change stays; `detail`: what it changed. */
  'edit-stale',
  /** Fields of goods that another till had changed, unknown to the author. Its values stay; `detail`: how many fields. */
  'goods-stale',
  /** The same for fields of categories. */
  'category-stale',
  /** Carried over after the till had made an act itself. */
  'carried-late',
  /** The head that the till signed contradicts data that it sent or signed before. */
  'head-differs',
  /** With this upload a number is on three cards; `detail`: the customer of the last one. */
  'number-shared',
  /** Refused: it counts in no balance and no stock, not even at its till. Only a discrepancy; another finding says why. */
  'not-counted',
  /** A kind of a newer relay that this version does not know. */
  'other',
]);
export type FlagKind = z.infer<typeof flagKind>;

export const flag = z.strictObject({
  /** Its position in the order of detection: the `after` of the next call. */
  cursor: z.int().check(z.positive()),
  till: id,
  seq,
  hash,
  // a till may be older than its relay, and an unknown kind must not make the whole list invalid
  kind: z.catch(flagKind, 'other'),
  /** The part of the entry concerned, such as `sell-on-account`; null: the whole entry. */
  detail: z.nullable(z.string().check(z.maxLength(200))),
  /** When the relay detected it. */
  at,
});
export type Flag = z.infer<typeof flag>;

/** `GET /journal/flags?after=<cursor>`, for an elevated operator with `settings` or `view-reports`: oldest first. */
export const flagsReply = z.strictObject({
  kind: z.literal('journal-flags'),
  flags: z.array(flag),
  more: z.boolean(),
});

/** `waiting`: retried automatically; `maybe-sent`: the service did not answer, and the message is not repeated. */
export const noticeState = z.enum(['waiting', 'sent', 'maybe-sent', 'failed']);
export type NoticeState = z.infer<typeof noticeState>;

/** State of the notice about one unconfirmed act. */
export const notice = z.strictObject({
  /** Hash of the entry; of the original entry if it was carried over. */
  entry: hash,
  till: id,
  seq,
  customer: id,
  /**
   * Of all the customer's numbers together: `waiting` while any is waiting, then the best state; `failed` if no number is known.
   */
  state: noticeState,
  /** One per number, including the operator named in an override. */
  recipients: z.array(
    z.strictObject({
      to: z.enum(['customer', 'operator']),
      /** Null once deleted, after a month. */
      phoneMasked: z.nullable(z.string()),
      state: noticeState,
      /** Why it failed, or why it is still waiting. */
      because: z.nullable(refusal),
    }),
  ),
});
export type Notice = z.infer<typeof notice>;

/** `GET /notices?since=<cursor>` (0: all): changes after it, oldest first; the same for every till. */
export const noticesReply = z.strictObject({
  kind: z.literal('notices'),
  notices: z.array(notice),
  cursor: z.int().check(z.nonnegative()),
  more: z.boolean(),
});
