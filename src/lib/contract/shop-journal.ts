// The shop's journal: one order of all entries of the tills and the relay, as tills download it.
import * as z from 'zod/mini';
import { entryOnWire, flagKind } from './journal-upload';
import { at, hash, id, jws, publicKey } from './values';

/** The most entries of one download, which is also the default. */
export const DOWNLOAD_ENTRIES = 500;
/** The most bytes of one download; a single entry may be larger. */
export const DOWNLOAD_BYTES = 1024 * 1024;
/** How long a request may wait for a new entry, ms. */
export const DOWNLOAD_WAIT_MS = 25_000;

/** Counts entries of one shop from 1, without gaps. */
const order = z.int().check(z.positive());
/** A random number that names a part of the order: a relay that was restored from an older copy begins another epoch. */
const epoch = z.int().check(z.positive());

/** A point of the order, and the hash over all entries up to it (`proof/shop-log`). */
export const cursor = z.strictObject({ epoch, order, logHash: hash });
export type Cursor = z.infer<typeof cursor>;

/** The last place of the epoch before on which all agree; 0: there is none. */
const shared = z.int().check(z.nonnegative());

/** The place of an entry that a till made. */
const writtenBy = { till: id, seq: z.int().check(z.positive()) };

/** The most entries of other tills that one discrepancy names. */
export const MOST_AGAINST = 5;

const relayBodies = {
  /**
   * The places from here on belong to this epoch. `shared`: the last place before it on which all tills and the relay agree. A
   * relay that was restored from an older copy without noticing may have given later places again, to other entries.
   */
  'epoch-began': z.strictObject({ epoch, shared }),
  /** `number` is printed on its receipts. */
  'till-joined': z.strictObject({
    till: id,
    number: z.int().check(z.positive()),
    name: z.string(),
    publicKey,
  }),
  'till-renamed': z.strictObject({ till: id, name: z.string() }),
  /** `by`: the id under which this device enrolled later; null: the till is in use again. */
  'till-replaced': z.strictObject({ till: id, by: z.nullable(id) }),
  'till-revoked': z.strictObject({ till: id }),
  'policy-published': z.strictObject({ version: z.int().check(z.positive()) }),
  /** The entries that `till` carried over from a journal which this relay never had count from here on. */
  'former-journal-accepted': z.strictObject({
    till: id,
    former: id,
    entries: z.int().check(z.positive()),
    digest: hash,
  }),
  /**
   * The later verdict on an entry: of an updated relay if it was `not-understood`, after a day or once it was stopped if it was
   * `delayed`. If accepted, the entry counts from here on. `till`, `seq`: its place in the journal that it came with.
   */
  'judged-again': z.strictObject({ ...writtenBy, verdict: z.enum(['accepted', 'refused']) }),
  /**
   * An entry does not fit entries of other tills, which its till did not know. The discrepancy stays open until a `settled` entry
   * names its `id`, a hash over `entry`, `kind` and `detail` of the finding. `against`: the entries that it does not fit, if
   * there are any.
   */
  'discrepancy-found': z.strictObject({
    id: hash,
    ...writtenBy,
    entry: hash,
    // a till may be older than its relay
    kind: z.catch(flagKind, 'other'),
    detail: z.nullable(z.string().check(z.maxLength(200))),
    against: z.array(z.strictObject({ ...writtenBy, hash })).check(z.maxLength(MOST_AGAINST)),
  }),
} as const;

/**
 * Acts of the relay's own chain, with the schema of each body. Findings of broken rules are not in it, because only some
 * operators may read them. Its entries have the same envelope as a till's, with the shop's id as `till`; only checkpoints sign
 * them.
 */
export const relayActBodies = relayBodies;
export type RelayAct = keyof typeof relayBodies;
export type RelayBodyOf<A extends RelayAct> = z.infer<(typeof relayBodies)[A]>;

/**
 * Whether an entry has its effect. `accepted`: it has. `repeated`: it carries over an entry that is in the order already.
 * `waiting`: no effect before `former-journal-accepted`. `not-understood`: the relay is older than the till that wrote it; no
 * effect before `judged-again`. `delayed`: it forgets a customer a day after it came, unless it is stopped; no effect before
 * `judged-again`. `refused`: no effect. `not-kept`: the relay has only its hashes.
 */
export const verdict = z.enum([
  ...(['accepted', 'repeated', 'waiting', 'not-understood', 'delayed', 'refused'] as const),
  'not-kept',
]);
export type Verdict = z.infer<typeof verdict>;

const ordered = { order, receivedAt: at, verdict };

export const orderedEntry = z.union([
  z.strictObject({ ...ordered, entry: entryOnWire }),
  /** An entry of the requesting till itself, which is only acknowledged. */
  z.strictObject({ ...ordered, own: z.strictObject({ seq: z.int().check(z.positive()), hash }) }),
]);
export type OrderedEntry = z.infer<typeof orderedEntry>;

/** Payload of a compact JWS: the shop's order up to `order`. `logHash`: hash over all entries up to it (`proof/shop-log`). */
export const checkpoint = z.strictObject({
  v: z.literal(1),
  purpose: z.literal('checkpoint'),
  shop: id,
  epoch,
  order,
  logHash: hash,
  at,
});
export type Checkpoint = z.infer<typeof checkpoint>;

/**
 * Payload of a compact JWS: the relay does not have the point `after` of the order. Up to `common` it may have the same entries.
 */
export const lostPoint = z.strictObject({
  v: z.literal(1),
  purpose: z.literal('lost-point'),
  shop: id,
  after: z.strictObject({ epoch, order, logHash: hash }),
  /** The relay's newest epoch. */
  epoch,
  common: z.int().check(z.nonnegative()),
});
export type LostPoint = z.infer<typeof lostPoint>;

/**
 * `GET /journal?after=<epoch>.<order>&hash=<log hash>&limit=<entries>&wait=<ms>`: entries after that point of the order,
 * oldest first. Without `after`: from the first. `wait`: how long the relay may wait for a new entry, at most `DOWNLOAD_WAIT_MS`.
 */
export const journalPage = z.discriminatedUnion('kind', [
  /** 200. `checkpoint`: at the last of these entries; without entries, at `after`. `head`: the place of the newest entry. */
  z.strictObject({
    kind: z.literal('journal'),
    entries: z.array(orderedEntry),
    head: order,
    checkpoint: jws,
  }),
  /**
   * 409: this relay does not have that point of the order, because it was restored from an older copy. After `common`, which may
   * be 0, its order differs: ask again from there, or from an earlier point whose hash is known. `lostPoint` is signed, because a
   * till that accepts it drops the entries it has downloaded.
   */
  z.strictObject({
    kind: z.literal('other-epoch'),
    epoch,
    common: z.int().check(z.nonnegative()),
    lostPoint: jws,
  }),
]);
export type JournalPage = z.infer<typeof journalPage>;

/**
 * `POST /journal/sums`: the till's sums at a point of the order, by this version of the rules: debt (minor units) and points,
 * over all customers.
 */
export const sumsStated = z.strictObject({
  point: cursor,
  rules: z.int(),
  debt: z.int(),
  points: z.int(),
});
export type SumsStated = z.infer<typeof sumsStated>;

export const sumsReply = z.discriminatedUnion('kind', [
  /** 200. The relay has the same sums there. */
  z.strictObject({ kind: z.literal('sums-agree') }),
  /** 200. It has other sums; owners see this in the list of tills until the sums agree. */
  z.strictObject({ kind: z.literal('sums-differ') }),
  /** 409: it does not have that point or these rules, or its sums are larger than a number holds exactly. */
  z.strictObject({ kind: z.literal('sums-unknown') }),
]);
export type SumsReply = z.infer<typeof sumsReply>;
