// Reads an entry as uploaded: its original, movements and proofs. Verifies hashes and grants.
import * as z from 'zod/mini';
import {
  accountEntry,
  confirmation,
  type AccountEntry,
  type Confirmation,
} from '$lib/contract/acts/account';
import type { AuthorisedPerson, Credit, Reminders } from '$lib/contract/acts/customer';
import {
  actBodies,
  entry as entrySchema,
  type Act,
  type BodyOf,
  GENESIS_HASH,
  type KnownEntry,
} from '$lib/contract/journal';
import type { SaleBody } from '$lib/contract/acts/sale';
import type { ImportApproval, ImportPurpose, OpeningSums } from '$lib/contract/grant';
import { entryOnWire, type EntryOnWire } from '$lib/contract/journal-upload';
import type { ReserveVerifier } from '$lib/contract/reserve-code';
import { hash, id, type PublicKey, type SaleAction } from '$lib/contract/values';
import { RULES_VERSION } from '$lib/contract/version';
import type { VerifiedGrant } from '$lib/domain/consent/confirmation';
import { openingSums } from '$lib/domain/acts/customers-imported';
import type { Deal } from '$lib/domain/consent/deal';
import { discountOf } from '$lib/domain/receipt/discounts';
import { project } from '$lib/domain/projection';
import { NOTHING_BEFORE, writtenTo, type AccountRow, type ProjectedChange } from '$lib/domain/rows';
import { hashOf, sha256Hex } from '$lib/proof/canonical';
import {
  cancellationHash,
  correctionHash,
  dealHash,
  mergeHash,
  personHash,
  phoneHash,
  returnHash,
} from '$lib/proof/deal';
import { verifyGrant } from '$lib/proof/grant';
import { accountsHash, verifyImportApproval } from '$lib/proof/import-approval';
import { openVerifier } from '$lib/proof/reserve-code';
import type { Understood } from '../context';
import { addsUp, earningOf, movesWhatItSays, type Earning } from './audit-sales';

/** One movement that needs the customer's consent, as the entry states it. */
export type Movement = {
  readonly customer: string;
  readonly action: SaleAction;
  /** Minor units of debt, or points. */
  readonly moved: number;
  /** The confirmation at the same place among those of its action; null: none that can be read. */
  readonly confirmation: Confirmation | null;
  /** The grant it carries, where the relay signed it. */
  readonly grant: VerifiedGrant | null;
  /** The reserve code's verifier, where the relay signed it. */
  readonly verifier: ReserveVerifier | null;
  /** The number whose hash is in the grant; null: no known one. */
  readonly confirmedNumber: NumberOfCard | null;
  /** Whether the grant's deal hash is that of the entry; null where the number is no longer known. */
  readonly sameDeal: boolean | null;
};

/** The consent of one of two customers whose cards an entry merges. */
export type MergeConsent = {
  readonly customer: string;
  readonly jws: string;
  /** Null unless the relay signed it for this challenge and sent the code to one of the customer's numbers. */
  readonly grant: VerifiedGrant | null;
  /** Hash of what they were asked, computed again; null: their number is not known. */
  readonly dealHash: string | null;
};

/** A customer's consent to a new authorised person. */
export type PersonConsent = {
  readonly customer: string;
  /** Name and number as tills will show them; null: the relay lacks the record that the entry names, or it is of another person. */
  readonly person: AuthorisedPerson | null;
  readonly jws: string;
  /** Null unless the relay signed it for this challenge. */
  readonly grant: VerifiedGrant | null;
  /** The customer's number to which the code was sent; null: not known. */
  readonly phone: string | null;
  /** Hash of what they were asked, computed again; null: not known. */
  readonly dealHash: string | null;
};

/** A customer's card as an entry names it: the salted hash of its content, and its credit. */
export type Card = {
  readonly customer: string;
  readonly recordHash: string;
  readonly credit: Credit;
};

/** The balances that an import sets, or that undoing it takes back, as an owner approves them. */
export type Opening = {
  readonly purpose: ImportPurpose;
  /** Hash of the account steps. */
  readonly accounts: string;
  readonly sums: OpeningSums;
  /** The approval it carries, where the relay signed it. */
  readonly approval: ImportApproval | null;
};

/** An entry whose effects count once, by the hash of its content, in whichever journal it is uploaded. */
export type Original = {
  readonly till: string;
  readonly seq: number;
  /** Hash of the uploaded content, computed by the relay: a till could state the hash of an entry that was already counted. */
  readonly hash: string;
  /** Hash of the entry before it, as its till states it. */
  readonly prevHash: string;
  readonly at: number;
  /** An act of this version that does not fit its schema, or an inconsistent sale. */
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
  readonly cards: readonly Card[];
  /** The choice about reminders on the card that it saves; null: another act, or the relay lacks the card. */
  readonly reminders: Reminders | null;
  /** The opening balances of an import, or of undoing one; null: another act, or cards alone. */
  readonly opening: Opening | null;
  readonly movements: readonly Movement[];
  /** Both consents of a merge of cards; null: another act. */
  readonly merging: { readonly from: MergeConsent; readonly into: MergeConsent } | null;
  /** The consent to an authorised person who is added; null: another act. */
  readonly authorising: PersonConsent | null;
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

export const THIS_VERSION: Understood = {
  rules: RULES_VERSION,
  acts: new Set(Object.keys(actBodies)),
};

/** What reading an entry needs to know of the shop. */
export type Known = {
  readonly understood: Understood;
  readonly relayKey: PublicKey;
  /** Every number that may be this customer's, in plain, each with the secret of their card. */
  readonly numbers: (customer: string) => Promise<readonly NumberOfCard[]>;
  /** The authorised person of this hash, from this upload or an earlier one; null: the relay lacks them. */
  readonly person: (hash: string) => Promise<AuthorisedPerson | null>;
  /** The choice about reminders on the card of this hash; null: the relay lacks the card. */
  readonly reminders: (hash: string) => Promise<Reminders | null>;
};

/** A customer's number, E.164, and the secret of their card, hex. */
export type NumberOfCard = { readonly phone: string; readonly cardSalt: string };

/** Levels of carried-over entries: devices that were re-enrolled more than once. */
const DEEPEST = 8;

/** The uploading till and the entry's place in its journal, for fields that cannot be read in the entry. `now`: ms. */
export type Place = { readonly till: string; readonly seq: number; readonly now: number };

/** Reads anything that was uploaded as an entry of this till, even if it fits no schema. */
export async function readEntry(uploaded: unknown, place: Place, known: Known): Promise<ReadEntry> {
  const outer = some.safeParse(uploaded).data ?? {};
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
    ...{ uploaded, entry, edited },
    damage: !isOwn ? 'unreadable' : made === outer['hash'] ? null : 'edited',
    original: await originalOf(
      asEntry(inner, { till: place.till, seq, now, hash: key }),
      key,
      known,
    ),
  };
}

/** Anything uploaded as an entry, if it is at least a JSON object. */
type Readable = Readonly<Record<string, unknown>>;

/** The entry that an entry carries over; null: none that can be read. */
const carriedIn = (carrying: Readable): Readable | null =>
  some.safeParse(some.safeParse(carrying['body']).data?.['entry']).data ?? null;

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
    ...{ body, operator, policy },
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

/** The entry, read strictly; null: an act of another version, or it does not fit its schema. */
function knownIn(entry: EntryOnWire, understood = THIS_VERSION): KnownEntry | null {
  const envelope = entrySchema.safeParse(entry);
  if (!envelope.success || !understood.acts.has(envelope.data.act)) return null;
  if (hasLaterRules(entry, understood)) return null;
  const act = envelope.data.act as Act;
  const body = actBodies[act].safeParse(envelope.data.body);
  return body.success ? ({ ...envelope.data, act, body: body.data } as KnownEntry) : null;
}

/** The original of a stored entry: the entry itself, or the one that it carries over; null: it fits no schema. */
export function originalIn(stored: unknown, depth = 0): KnownEntry | null {
  const entry = entryOnWire.safeParse(stored).data;
  const known = entry === undefined ? null : knownIn(entry);
  return known?.act === 'carried-over' && depth < DEEPEST
    ? originalIn(known.body.entry, depth + 1)
    : known;
}

/** Whether the entry was decided by rules of a later version. This version cannot judge it then, even if it knows the act. */
const hasLaterRules = (entry: Readable, { rules }: Understood): boolean =>
  (version.safeParse(entry['rules']).data ?? 0) > rules;

/** Stands for the act of an entry that was decided by later rules. */
const LATER_ACT = 'of-later-rules';

/**
 * Whether this version can judge the entry, if only as malformed. Otherwise it is of a later version, and has no effect before the
 * relay is updated. An entry nested too deep counts as understood, because no version reads it any deeper.
 */
export const isUnderstood = ({ known, malformed, act }: Original): boolean =>
  known !== null || malformed || act === 'carried-over';

const isSound = (known: KnownEntry): boolean =>
  known.act !== 'sale' || (addsUp(known.body) && movesWhatItSays(known.body));

/** A step; further fields are allowed and dropped. */
const step = z.object(accountEntry.shape);
const list = z.array(z.unknown());
const version = z.int().check(z.nonnegative());
/** The elements at their places; null: it cannot be read. */
function readList<T>(schema: z.ZodMiniType<T>, value: unknown): (T | null)[] {
  const parsed = list.safeParse(value);
  return (parsed.success ? parsed.data : []).map((each) => schema.safeParse(each).data ?? null);
}

const some = z.record(z.string(), z.unknown());

/** Reads movements from the same two fields of every act, also of later versions and of acts that fit no schema. */
async function originalOf(entry: EntryOnWire, hash: string, known: Known): Promise<Original> {
  const { till, seq, prevHash, at } = entry;
  const { understood } = known;
  const act = hasLaterRules(entry, understood) ? LATER_ACT : entry.act;
  const body = some.safeParse(entry['body']).data ?? {};
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
  ].map((movement) => withGrant(movement, body, known));
  const sale = fitting?.act === 'sale' ? fitting.body : null;
  return {
    ...{ till, seq, hash, prevHash, at, act, steps, unasked },
    known: fitting && { ...fitting, hash },
    malformed: understood.acts.has(act) && (read === null || !isSound(read)),
    sale,
    earning: sale && earningOf(sale),
    cards: cardsOf(fitting),
    reminders:
      fitting?.act === 'customer-saved' ? await known.reminders(fitting.body.recordHash) : null,
    opening: await openingOf(act, steps, fitting, known),
    operator: id.safeParse(entry['operator']).data ?? null,
    policy: version.safeParse(entry['policy']).data ?? 0,
    receipt: id.safeParse(body[ID_IN[act] ?? '']).data ?? null,
    movements: await Promise.all(movements),
    merging: fitting?.act === 'customers-merged' ? await mergingOf(fitting.body, known) : null,
    authorising:
      fitting?.act === 'authorised-person-added' ? await authorisingOf(fitting.body, known) : null,
  };
}

async function authorisingOf(
  body: BodyOf<'authorised-person-added'>,
  known: Known,
): Promise<PersonConsent> {
  const { customer, challenge, grant: jws } = body;
  const signed = await verifyGrant(jws, known.relayKey);
  const grant = signed?.challenge === challenge ? signed : null;
  const number = grant === null ? null : await numberIn(grant, known);
  const named = await known.person(body.personRecordHash);
  const person = named?.id === body.person ? named : null;
  const consent = { customer, person, jws, grant, phone: number?.phone ?? null };
  if (number === null || person === null) return { ...consent, dealHash: null };
  return { ...consent, dealHash: await personHash({ customerId: customer, ...number, person }) };
}

async function mergingOf(
  { merge, from, into }: BodyOf<'customers-merged'>,
  known: Known,
): Promise<NonNullable<Original['merging']>> {
  const consentOf = async ({
    customer,
    challenge,
    grant: jws,
  }: typeof from): Promise<MergeConsent> => {
    const grant = await verifyGrant(jws, known.relayKey);
    const number = grant?.challenge === challenge ? await numberIn(grant, known) : null;
    if (grant === null || number === null) return { customer, jws, grant: null, dealHash: null };
    const deal = { merge, customerId: customer, from: from.customer, into: into.customer };
    return { customer, jws, grant, dealHash: await mergeHash({ ...deal, ...number }) };
  };
  return { from: await consentOf(from), into: await consentOf(into) };
}

/** The movements of a return that need the customer's consent: one for each confirmation that it states. */
const returnedIn = (fitting: KnownEntry | null): Bare[] => {
  if (fitting?.act !== 'return' || fitting.body.customer === null) return [];
  const { customer, confirmations } = fitting.body;
  return confirmations.map((confirmation) => ({
    ...{ customer, action: 'sell-on-account', moved: confirmation.amount, confirmation },
  }));
};

/** Acts with confirmations by a customer; an import has an owner's approval instead. */
type Confirmed = Exclude<
  { [A in Act]: 'confirmations' extends keyof BodyOf<A> ? A : never }[Act],
  'customers-imported'
>;

/** The field with the id that a code is asked for, by act. */
const ID_FIELDS: { readonly [A in Confirmed]: keyof BodyOf<A> } = {
  ...({ sale: 'sale', 'balance-corrected': 'correction' } as const),
  ...({ 'repayment-cancelled': 'cancellation', return: 'return' } as const),
};
const ID_IN: Readonly<Record<string, string>> = ID_FIELDS;

/**
 * Acts that may take points or raise the debt without the customer's consent: a return only takes back points that its sale
 * earned, a payout only pays what the shop owes. The relay computes both again.
 */
export const GIVING_BACK: ReadonlySet<string> = new Set(['return', 'overpayment-returned']);

/** Whether a step follows from rules: every step of acts that give back, and the points of a cancelled repayment. */
const isByRules = (fitting: KnownEntry | null, { account }: AccountEntry): boolean =>
  fitting !== null &&
  (GIVING_BACK.has(fitting.act) || (fitting.act === 'repayment-cancelled' && account === 'points'));

/** How many steps are read of an act that fits no schema: nothing else limits their number. */
const MOST_STEPS = 100;

/** The first `MOST_STEPS` steps, beginning with those that take from a customer, because they need consent. */
function mostImportant(steps: readonly AccountEntry[]): AccountEntry[] {
  const moving = steps.filter((step) => needsConsent(step));
  const others = steps.filter((step) => !needsConsent(step));
  return [...moving, ...others].slice(0, MOST_STEPS);
}

/** Whether a step takes from the customer: debt up, points down. */
const needsConsent = ({ account, delta }: AccountEntry): boolean =>
  account === 'debt' ? delta > 0 : delta < 0;

/** The purpose of the owner's approval, by act. */
const PURPOSE: Partial<Record<string, ImportPurpose>> = {
  ...{ 'customers-imported': 'import', 'import-undone': 'undo-import' },
};

async function openingOf(
  act: string,
  steps: readonly AccountEntry[],
  fitting: KnownEntry | null,
  { relayKey }: Known,
): Promise<Opening | null> {
  const purpose = PURPOSE[act];
  if (steps.length === 0 || purpose === undefined) return null;
  const approval = fitting !== null && 'approval' in fitting.body ? fitting.body.approval : null;
  const moved =
    purpose === 'import' ? steps : steps.map((step) => ({ ...step, delta: -step.delta }));
  return {
    purpose,
    accounts: await accountsHash(steps),
    sums: openingSums(moved),
    approval: typeof approval === 'string' ? await verifyImportApproval(approval, relayKey) : null,
  };
}

/** Hashes of the cards and authorised persons that a stored entry, or the entry it carries over, names. */
export function recordsIn(
  stored: unknown,
): readonly { readonly customer: string; readonly hash: string }[] {
  const known = originalIn(stored);
  if (known === null) return namedIn(stored);
  const cards = cardsOf(known).map(({ customer, recordHash: hash }) => ({ customer, hash }));
  if (known?.act !== 'authorised-person-added') return cards;
  const { customer, personRecordHash } = known.body;
  return [...cards, { customer, hash: personRecordHash }];
}

const named = z.looseObject({ customer: id, recordHash: hash });
const naming = z.looseObject({
  customer: z.optional(z.unknown()),
  customers: z.optional(list),
  personRecordHash: z.optional(z.unknown()),
});

/** The same for an entry of a later version, if it names them in the fields of this version: it may take effect after an update. */
function namedIn(stored: unknown, depth = 0): ReturnType<typeof recordsIn> {
  const { act, body } = some.safeParse(stored).data ?? {};
  const carried = some.safeParse(body).data?.['entry'];
  if (act === 'carried-over') return depth < DEEPEST ? namedIn(carried, depth + 1) : [];
  const said = naming.safeParse(body).data ?? {};
  const cards = [body, ...(said.customers ?? [])].flatMap((each) => {
    const card = named.safeParse(each).data;
    return card === undefined ? [] : [{ customer: card.customer, hash: card.recordHash }];
  });
  const person = named.safeParse({ ...said, recordHash: said.personRecordHash }).data;
  return person === undefined
    ? cards
    : [...cards, { customer: person.customer, hash: person.recordHash }];
}

function cardsOf(known: KnownEntry | null): readonly Card[] {
  if (known?.act === 'customer-saved') return [known.body];
  if (known?.act === 'authorised-person-added' || known?.act === 'authorised-person-removed')
    return [known.body];
  return known?.act === 'customers-imported' ? known.body.customers : [];
}

type Bare = Omit<Movement, 'grant' | 'verifier' | 'confirmedNumber' | 'sameDeal'>;

/** Joins movements of one action with their confirmations, which are in the same order. */
function pair(
  action: SaleAction,
  steps: readonly AccountEntry[],
  given: readonly (Confirmation | null)[],
): Bare[] {
  const moving = steps.filter(({ account, delta }) =>
    action === 'sell-on-account'
      ? account === 'debt' && delta > 0
      : account === 'points' && delta < 0,
  );
  const ofAction = given.filter((each) => each === null || each.action === action);
  return moving.map(({ customer, delta }, i) => ({
    customer,
    action,
    moved: Math.abs(delta),
    confirmation: ofAction[i] ?? null,
  }));
}

async function withGrant(
  movement: Bare,
  body: Readonly<Record<string, unknown>>,
  known: Known,
): Promise<Movement> {
  const { confirmation } = movement;
  const grant =
    confirmation?.kind === 'code' ? await verifyGrant(confirmation.grant, known.relayKey) : null;
  const confirmedNumber = grant && (await numberIn(grant, known));
  const sameDeal = grant && (await isSameDeal(grant, body, confirmedNumber));
  const verifier =
    confirmation?.kind === 'reserve-code'
      ? await openVerifier(confirmation.signed, known.relayKey)
      : null;
  return { ...movement, grant, verifier, confirmedNumber, sameDeal };
}

/** The number that the grant was sent to; null: it is not known. */
async function numberIn(
  { customer, phoneHash: confirmed }: VerifiedGrant,
  { numbers }: Known,
): Promise<NumberOfCard | null> {
  for (const one of await numbers(customer))
    if ((await phoneHash(one.cardSalt, one.phone)) === confirmed) return one;
  return null;
}

/** Hashes the deal from the entry again, with the number that the grant was sent to. */
async function isSameDeal(
  grant: VerifiedGrant,
  body: Readonly<Record<string, unknown>>,
  number: NumberOfCard | null,
): Promise<boolean | null> {
  if (grant.action === 'correct-balance') return isSameCorrection(grant, body, number);
  if (grant.action === 'cancel-repayment') return isSameCancellation(grant, body, number);
  if (grant.action === 'return-goods') return isSameReturn(grant, body, number);
  const sale = actBodies.sale.safeParse(body);
  if (!sale.success || (grant.action !== 'sell-on-account' && grant.action !== 'redeem-points'))
    return false;
  if (number === null) return null;
  const { lines, tenders } = sale.data;
  const deal: Deal = {
    receiptId: sale.data.sale,
    action: grant.action,
    customerId: grant.customer,
    ...number,
    amount: grant.amount,
    lines: lines.map((line) => ({
      productId: line.product,
      quantity: line.quantity,
      unitPrice: line.unitPrice,
      discount: discountOf(line),
    })),
    tenders,
  };
  return (await dealHash(deal)) === grant.dealHash;
}

/** The same for a correction. */
async function isSameCorrection(
  { customer: customerId, dealHash }: VerifiedGrant,
  body: Readonly<Record<string, unknown>>,
  number: NumberOfCard | null,
): Promise<boolean | null> {
  const read = actBodies['balance-corrected'].safeParse(body);
  if (!read.success) return false;
  if (number === null) return null;
  const { correction, account, delta } = read.data;
  return (await correctionHash({ correction, customerId, ...number, account, delta })) === dealHash;
}

/** The same for a repayment cancelled. */
async function isSameCancellation(
  { customer: customerId, dealHash }: VerifiedGrant,
  body: Readonly<Record<string, unknown>>,
  number: NumberOfCard | null,
): Promise<boolean | null> {
  const read = actBodies['repayment-cancelled'].safeParse(body);
  if (!read.success) return false;
  if (number === null) return null;
  const { cancellation, amount, repayment } = read.data;
  const of = { customerId, ...number, repayment: repayment.hash };
  return (await cancellationHash({ cancellation, ...of, amount })) === dealHash;
}

/** The same for a return of goods. */
async function isSameReturn(
  { customer: customerId, dealHash }: VerifiedGrant,
  body: Readonly<Record<string, unknown>>,
  number: NumberOfCard | null,
): Promise<boolean | null> {
  const read = actBodies.return.safeParse(body);
  if (!read.success) return false;
  if (number === null) return null;
  const { return: id, sale, confirmations } = read.data;
  const of = { customerId, ...number, sale: sale?.hash ?? '' };
  return (
    (await returnHash({ return: id, ...of, amount: confirmations[0]?.amount ?? 0 })) === dealHash
  );
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
