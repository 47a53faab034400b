// The shop's journal: the one order of all entries, as tills download it.
// It has the entries of the tills and of the relay.
import * as z from 'zod/mini';
import { entryOnWire, flagKind } from './journal-upload';
import { at, hash, id, jws, publicKey } from './values';

/** Entries of one download at most, and the default. */
export const DOWNLOAD_ENTRIES = 500;
/** Bytes of one download at most; a single entry may be larger. */
export const DOWNLOAD_BYTES = 1024 * 1024;
/** How long a request may wait for a new entry, ms. */
export const DOWNLOAD_WAIT_MS = 25_000;

/** Counts entries of one shop from 1, without gaps. */
const order = z.int().check(z.positive());
/** Names a stretch of the order, at random: a relay that was put back from an older copy begins another. */
const epoch = z.int().check(z.positive());

/** A point of the order, and the hash over all entries up to it (`proof/shop-log`). */
export const cursor = z.strictObject({ epoch, order, logHash: hash });
export type Cursor = z.infer<typeof cursor>;

/** Of the epoch before; 0: there is none. */
const shared = z.int().check(z.nonnegative());

/** The place of an entry that a till made. */
const writtenBy = { till: id, seq: z.int().check(z.positive()) };

/** Entries of other tills that one discrepancy names at most. */
export const MOST_AGAINST = 5;

const relayBodies = {
  /**
   * Orders from here on are of this epoch. `shared`: up to which order those before mean the same to everybody. A relay that was
   * put back, and had not noticed, may have given orders after it that others know of other entries.
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
  /** `by`: the id that this device enrolled under later; null: it is in use again. */
  'till-replaced': z.strictObject({ till: id, by: z.nullable(id) }),
  'till-revoked': z.strictObject({ till: id }),
  'policy-published': z.strictObject({ version: z.int().check(z.positive()) }),
  /** What `till` brought of a journal that this relay never had counts from here on. */
  'former-journal-accepted': z.strictObject({
    till: id,
    former: id,
    entries: z.int().check(z.positive()),
    digest: hash,
  }),
  /**
   * An entry that was `not-understood` was judged by an updated relay: accepted, it counts from here on. `till`, `seq`: its place
   * in the journal that brought it.
   */
  'judged-again': z.strictObject({ ...writtenBy, verdict: z.enum(['accepted', 'refused']) }),
  /**
   * An entry does not fit what others did, unknown to its till; it stays, until a `settled` names the `id`, a hash over `entry`,
   * `kind` and `detail`, which are the finding's. `against`: entries that it does not fit, as far as there are any.
   */
  'discrepancy-found': z.strictObject({
    ...{ id: hash, ...writtenBy, entry: hash },
    // a till may be older than its relay
    kind: z.catch(flagKind, 'other'),
    detail: z.nullable(z.string().check(z.maxLength(200))),
    against: z.array(z.strictObject({ ...writtenBy, hash })).check(z.maxLength(MOST_AGAINST)),
  }),
} as const;

/**
 * Acts of the relay's own chain, with the schema of each body. Broken rules, which only some operators may read, are not
 * in it. Its entries have the envelope of a till's, with the shop's id
 * as `till`; nothing but checkpoints signs them.
 */
export const relayActBodies = relayBodies;
export type RelayAct = keyof typeof relayBodies;
export type RelayBodyOf<A extends RelayAct> = z.infer<(typeof relayBodies)[A]>;

/**
 * Whether an entry has its effect. `repeated`: it carries over what another entry has brought. `waiting`: it has none before
 * `former-journal-accepted`. `not-understood`: the relay is older than the till that wrote it; it has none before `judged-again`.
 * `refused`: it has none. `not-kept`: the relay has only its hashes.
 */
export const verdict = z.enum([
  ...(['accepted', 'repeated', 'waiting', 'not-understood', 'refused', 'not-kept'] as const),
]);
export type Verdict = z.infer<typeof verdict>;

const ordered = { order, receivedAt: at, verdict };

export const orderedEntry = z.union([
  z.strictObject({ ...ordered, entry: entryOnWire }),
  /** Of the till that asks: the acknowledgement of its own. */
  z.strictObject({ ...ordered, own: z.strictObject({ seq: z.int().check(z.positive()), hash }) }),
]);
export type OrderedEntry = z.infer<typeof orderedEntry>;

/** Payload of a compact JWS: the shop's log up to `order`. `logHash`: over all entries up to it (`proof/shop-log`). */
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

/** Payload of a compact JWS: the relay does not have the point `after` of the order; up to `common` it may have the same. */
export const lostPoint = z.strictObject({
  v: z.literal(1),
  purpose: z.literal('lost-point'),
  shop: id,
  after: z.strictObject({ epoch, order, logHash: hash }),
  /** The newest that it has. */
  epoch,
  common: z.int().check(z.nonnegative()),
});
export type LostPoint = z.infer<typeof lostPoint>;

/**
 * `GET /journal?after=<epoch>.<order>&hash=<log hash>&limit=<entries>&wait=<ms>`: entries after that point of the order,
 * oldest first. Without `after`: from the first. `wait`: at most `DOWNLOAD_WAIT_MS`, where there is none yet.
 */
export const journalPage = z.discriminatedUnion('kind', [
  /** 200. `checkpoint`: at the last of these entries; without entries at `after`. `head`: the order of the newest. */
  z.strictObject({
    kind: z.literal('journal'),
    entries: z.array(orderedEntry),
    head: order,
    checkpoint: jws,
  }),
  /**
   * 409: this relay does not have that point of the order: it was put back from an older copy. Beyond `common`, which may be
   * 0, its order is another: ask again from there, or from an earlier point whose hash is known. `lostPoint`: signed, because a
   * till that believes it drops what it has downloaded.
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
 * `POST /journal/sums`: what the till counts at a point of the order, by rules of this version: the sums over all customers, debt in
 * minor units, and points.
 */
export const sumsStated = z.strictObject({
  point: cursor,
  rules: z.int(),
  debt: z.int(),
  points: z.int(),
});
export type SumsStated = z.infer<typeof sumsStated>;

export const sumsReply = z.discriminatedUnion('kind', [
  /** 200. The relay counts the same there. */
  z.strictObject({ kind: z.literal('sums-agree') }),
  /** 200. It does not; owners see it in the list of tills until they agree. */
  z.strictObject({ kind: z.literal('sums-differ') }),
  /** 409: it does not have that point or these rules, or its sums are larger than a number holds exactly. */
  z.strictObject({ kind: z.literal('sums-unknown') }),
]);
export type SumsReply = z.infer<typeof sumsReply>;
