// Reads an uploaded entry, even one that fits no schema: its original and the movements it states.
import type { AccountRow } from '$lib/contract/rows';
import * as z from 'zod/mini';
import { accountEntry, confirmation, type AccountEntry } from '$lib/contract/acts/account';
import type { Reminders } from '$lib/contract/acts/customer';
import { GENESIS_HASH, type KnownEntry } from '$lib/contract/journal';
import type { SaleBody } from '$lib/contract/acts/sale';
import { entryOnWire, type EntryOnWire } from '$lib/contract/journal-upload';
import { id } from '$lib/contract/values';
import type { NamedCard } from '$lib/domain/act-rules';
import { project, rulesOf } from '$lib/domain/acts';
import type { ForgetConsent } from '$lib/domain/consent/forgetting';
import { NOTHING_BEFORE, writtenTo, type ProjectedChange } from '$lib/domain/rows';
import { hashOf, sha256Hex } from '$lib/proof/canonical';
import {
  authorisingOf,
  forgetConsentOf,
  isByRules,
  mergingOf,
  needsConsent,
  openingOf,
  pair,
  returnedIn,
  withGrant,
  type Known,
  type MergeConsents,
  type Movement,
  type Opening,
  type PersonConsent,
} from './consents';
import {
  cardsOf,
  DEEPEST,
  hasLaterRules,
  knownIn,
  jsonObject,
  versionNumber,
  type Readable,
} from './stored-entries';

/** An entry whose effects count once, by the hash of its content, in whichever journal it is uploaded. */
export type Original = {
  readonly till: string;
  readonly seq: number;
  /** Hash of the uploaded content, computed by the relay: a till could state the hash of an entry that was already counted. */
  readonly hash: string;
  /** Hash of the entry before it, as its till states it. */
  readonly prevHash: string;
  readonly at: number;
  /** An act of this version that does not fit its schema. */
  readonly malformed: boolean;
  readonly operator: string | null;
  readonly policy: number;
  readonly act: string;
  /** The receipt of a sale, or the id of another act that a code is asked for. */
  readonly receipt: string | null;
  /** The whole entry under that hash; null: this version does not know the act or its rules, or it does not fit its schema. */
  readonly known: KnownEntry | null;
  /** The body of a known sale. */
  readonly sale: SaleBody | null;
  /** The account movements that it states; they have an effect only if the entry is known. */
  readonly steps: readonly AccountEntry[];
  /** Of these steps, the ones by which the rules take from the customer without their consent. */
  readonly unasked: readonly AccountEntry[];
  /** Null: not a sale, or it cannot be read. */
  readonly earning: Earning | null;
  /** Customers' cards it made or changed. */
  readonly cards: readonly NamedCard[];
  /** The choice about reminders on the card that it saves; null: another act, or the relay lacks the card. */
  readonly reminders: Reminders | null;
  /** The opening balances of an import, or of undoing one; null: another act, or cards alone. */
  readonly opening: Opening | null;
  readonly movements: readonly Movement[];
  /** Both consents of a merge of cards; null: another act. */
  readonly merging: MergeConsents | null;
  /** The consent to an authorised person who is added; null: another act. */
  readonly authorising: PersonConsent | null;
  /** Who agreed that a customer is forgotten; null: another act. */
  readonly forgetting: ForgetConsent | null;
};

export type ReadEntry = {
  readonly uploaded: unknown;
  /** The entry as uploaded; if it does not fit the schema, as much as can be read. */
  readonly entry: EntryOnWire;
  /** Null: the entry fits the schema, matches its hash, and can be judged. Otherwise it cannot be part of a journal. */
  readonly damage: 'unreadable' | 'edited' | 'not-judged' | null;
  /** Whether the entry that it carries over was changed after it was made, or does not fit. */
  readonly edited: boolean;
  readonly original: Original;
};

/** The uploading till and the entry's place in its journal, for fields that cannot be read in the entry. `now`: ms. */
export type Place = { readonly till: string; readonly seq: number; readonly now: number };

/** Reads anything that was uploaded as an entry of this till, even if it fits no schema. */
export async function readEntry(uploaded: unknown, place: Place, known: Known): Promise<ReadEntry> {
  const outer = jsonObject.safeParse(uploaded).data ?? {};
  const made = await contentHash(outer);
  const isOwn = entryOnWire.safeParse(outer).data?.till === place.till;
  const entry = { ...asEntry(outer, { ...place, hash: made ?? GENESIS_HASH }), till: place.till };
  let [inner, hash, edited] = [outer, made, false];
  for (let depth = 0; inner['act'] === 'carried-over' && depth < DEEPEST; depth += 1) {
    const carried = carriedIn(inner);
    if (carried === null) break;
    [inner, hash] = [carried, await contentHash(carried)];
    edited ||= hash !== inner['hash'];
  }
  // text with lone surrogates has no canonical form; JSON escapes them
  const key = hash ?? (await sha256Hex(JSON.stringify(contentOf(inner))));
  const { seq, at: now } = entry;
  return {
    uploaded,
    entry,
    edited,
    damage: !isOwn ? 'unreadable' : made === outer['hash'] ? null : 'edited',
    original: await originalOf(
      asEntry(inner, { till: place.till, seq, now, hash: key }),
      key,
      known,
    ),
  };
}

/** The entry that an entry carries over; null: none that can be read. */
const carriedIn = (carrying: Readable): Readable | null =>
  jsonObject.safeParse(jsonObject.safeParse(carrying['body']).data?.['entry']).data ?? null;

/** The entry as uploaded if it fits the schema; otherwise its readable fields, the others from its place in the journal. */
function asEntry(
  readable: Readable,
  { till, seq, now, hash }: Place & { readonly hash: string },
): EntryOnWire {
  const fitting = entryOnWire.safeParse(readable).data;
  if (fitting !== undefined) return fitting;
  const { shape } = entryOnWire;
  const { body, operator, policy } = readable;
  return {
    body,
    operator,
    policy,
    till: shape.till.safeParse(readable['till']).data ?? till,
    seq: shape.seq.safeParse(readable['seq']).data ?? seq,
    at: shape.at.safeParse(readable['at']).data ?? now,
    act: shape.act.safeParse(readable['act']).data ?? 'unreadable',
    prevHash: shape.prevHash.safeParse(readable['prevHash']).data ?? GENESIS_HASH,
    hash: shape.hash.safeParse(readable['hash']).data ?? hash,
  };
}

function contentOf(entry: Readable): Readable {
  const content: Record<string, unknown> = { ...entry };
  delete content['hash'];
  return content;
}

/** Null where the content has no canonical form. */
async function contentHash(entry: Readable): Promise<string | null> {
  try {
    return await hashOf(contentOf(entry));
  } catch {
    return null; // a lone surrogate: no till hashed this
  }
}

/** Stands for the act of an entry that was decided by later rules. */
const LATER_ACT = 'of-later-rules';

/**
 * Whether this version can judge the entry, if only as malformed. Otherwise it is of a later version, and has no effect before the
 * relay is updated. An entry nested too deep counts as understood, because no version reads it any deeper.
 */
export const isUnderstood = ({ known, malformed, act }: Original): boolean =>
  known !== null || malformed || act === 'carried-over';

/** Points a sale says were earned, and on how much money, minor units. */
type Earning = { readonly points: number; readonly moneyPaid: number };

function earningOf({ total, rounding, onAccount, pointsEarned, tenders }: SaleBody): Earning {
  const byPoints = tenders.reduce((sum, one) => sum + (one.kind === 'points' ? one.amount : 0), 0);
  // a damaged sale may state a debt above its total
  return { points: pointsEarned, moneyPaid: Math.max(0, total + rounding - onAccount - byPoints) };
}

/** A step; further fields are allowed and dropped. */
const step = z.object(accountEntry.shape);
const list = z.array(z.unknown());
/** The elements at their places; null: it cannot be read. */
function readList<T>(schema: z.ZodMiniType<T>, value: unknown): (T | null)[] {
  const parsed = list.safeParse(value);
  return (parsed.success ? parsed.data : []).map((each) => schema.safeParse(each).data ?? null);
}

/** Reads movements from the same two fields of every act, also of later versions and of acts that fit no schema. */
async function originalOf(entry: EntryOnWire, hash: string, known: Known): Promise<Original> {
  const { till, seq, prevHash, at } = entry;
  const { understood } = known;
  const act = hasLaterRules(entry, understood) ? LATER_ACT : entry.act;
  const body = jsonObject.safeParse(entry['body']).data ?? {};
  const read = knownIn(entry, understood);
  // carried over more often than entries are read: the entry inside was not reached
  const fitting = read?.act === 'carried-over' ? null : read;
  const stated = readList(fitting === null ? step : accountEntry, body['accounts']).filter(
    (step) => step !== null,
  );
  const steps = fitting === null ? mostImportant(stated) : stated;
  const given = readList(confirmation, body['confirmations']);
  // undoing an import needs no consent: it only takes back what the import gave, or is refused as a whole
  const asking = fitting?.act === 'import-undone' ? [] : steps;
  const unasked = asking.filter((one) => needsConsent(one) && isByRules(fitting, one));
  const consenting = asking.filter((one) => !unasked.includes(one));
  const movements = [
    ...pair('redeem-points', consenting, given),
    ...pair('sell-on-account', consenting, given),
    ...returnedIn(fitting),
  ].map((movement) => withGrant(movement, { act: entry.act, body }, known));
  const sale = fitting?.act === 'sale' ? fitting.body : null;
  return {
    till,
    seq,
    hash,
    prevHash,
    at,
    act,
    steps,
    unasked,
    known: fitting && { ...fitting, hash },
    malformed: understood.acts.has(act) && read === null,
    sale,
    earning: sale && earningOf(sale),
    cards: cardsOf(fitting),
    reminders:
      fitting?.act === 'customer-saved' ? await known.reminders(fitting.body.recordHash) : null,
    opening: await openingOf(act, steps, fitting, known),
    operator: id.safeParse(entry['operator']).data ?? null,
    policy: versionNumber.safeParse(entry['policy']).data ?? 0,
    receipt: id.safeParse(body[rulesOf(act)?.consentId ?? '']).data ?? null,
    movements: await Promise.all(movements),
    merging: fitting?.act === 'customers-merged' ? await mergingOf(fitting.body, known) : null,
    authorising:
      fitting?.act === 'authorised-person-added' ? await authorisingOf(fitting.body, known) : null,
    forgetting:
      fitting?.act === 'customer-forgotten' ? await forgetConsentOf(fitting.body, known) : null,
  };
}

/** How many steps are read of an act that fits no schema: nothing else limits their number. */
const MOST_STEPS = 100;

/** The first `MOST_STEPS` steps, beginning with those that take from a customer, because they need consent. */
function mostImportant(steps: readonly AccountEntry[]): AccountEntry[] {
  const moving = steps.filter((step) => needsConsent(step));
  const others = steps.filter((step) => !needsConsent(step));
  return [...moving, ...others].slice(0, MOST_STEPS);
}

/**
 * The rows that an entry adds; none if its act is unknown. Projected without earlier rows: the relay sums steps in SQL, and
 * stores disputes and closings in separate tables because they arrive in any order. `by`: `projectInOrder` for one that is accepted.
 */
export const projected = (
  { known, at }: Pick<Original, 'known' | 'at'>,
  by = project,
): readonly ProjectedChange[] =>
  known === null ? [] : by({ ...known, at }, NOTHING_BEFORE, new Set());

/** The steps of debt and points among these rows: the relay has no use for what customers have bought. */
export const movedIn = (
  changes: readonly ProjectedChange[],
): readonly (AccountRow & AccountEntry)[] =>
  writtenTo('accountEntries', changes).flatMap(({ account, ...step }) =>
    account === 'purchases' ? [] : [{ ...step, account }],
  );
