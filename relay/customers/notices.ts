// Produces messages to customers: acts without a code, balances on a moved relay, changes of number.
// Operators get one about each override by their right, and about each act by right in their name.
import type { Confirmation } from '$lib/contract/acts/account';
import type { AuthorisedPerson } from '$lib/contract/acts/customer';
import type { EntryOf, KnownEntry } from '$lib/contract/journal';
import type { Policy } from '$lib/contract/policy';
import { pointsIn } from '$lib/domain/customers/loyalty';
import {
  commonWay,
  wordAccountNotice,
  wordCorrection,
  wordNotice,
  wordOperatorNotice,
  wordPayout,
  wordPersonAdded,
  wordPhoneChange,
  wordRepayment,
  wordReturn,
  type ActNews,
  type NewsOfAct,
  type WithoutCode,
} from '$lib/domain/messages/notice-message';
import type { Moment } from '$lib/domain/messages/message-words';
import type { VerifiedGrant } from '$lib/domain/consent/confirmation';
import { operatorOf } from '$lib/domain/policy/policy';
import { sumsByRight, wordByRight, type ByRight } from '$lib/domain/messages/right-message';
import type { Relay } from '../context';
import { enqueue, localZone, toOperator, type NewMessage } from '../messaging/outbox/outbox';
import { CUSTOMER_WAIT_MS } from '../messaging/outbox/retry-policy';
import { isDemoPhone } from '../providers/demo';
import { isWaitingFor } from '../store/former-journals';
import { personsOf } from '../store/authorised-persons';
import { contactsOf } from '../store/contacts';
import { standingOf } from '../store/account-steps';
import { dropUnsentChanges } from '../store/messages-by-purpose';
import { completeMessage, openMessages, type Recipient, type Room } from '../store/outbox';
import { changeKey, sweepPhoneChanges, type PhoneChange } from '../store/phone-changes';
import { phonesOf } from '../store/phone-history';
import { policyOfVersion } from '../store/policies';
import { inTransaction } from '../store/transaction';
import { NEW_FOR_MS, registeredPhone } from './phones';

/**
 * How long the relay waits before it sends a customer's balance, ms. A carried-over journal is uploaded in many parts,
 * and the customer gets one message about all of them.
 */
const BALANCE_WAIT_MS = 3_600_000;

type Parts = Pick<Relay, 'db' | 'now' | 'cipher' | 'provider' | 'policy'>;

/** An act in a journal, as far as a notice needs it. */
export type JournalAct = {
  readonly till: string;
  readonly seq: number;
  /** Hash of its entry. */
  readonly hash: string;
  /** ms. */
  readonly at: number;
  /** Version of the policy it was made under. */
  readonly policy: number;
  readonly act: string;
};

/** A movement of a customer's account that no code confirmed. */
export type UnconfirmedMovement = NewsOfAct & {
  readonly customer: string;
  /** Minor units; of points what they are worth. */
  readonly amount: number;
  /** The confirmation in the entry; null: none, or it cannot be read. */
  readonly confirmation: Confirmation | null;
  /** The grant it carries; null: none. */
  readonly grant: Pick<VerifiedGrant, 'person'> | null;
  readonly without: WithoutCode;
};

/** What every message to a customer has in common. */
const TO_CUSTOMER = { details: null, service: null } as const;

/**
 * Queues a notice for each customer of these movements, inside the transaction that stores the entry. As with every
 * function here, the caller wakes the outbox after the commit.
 */
export async function queueNotices(
  parts: Parts,
  {
    hash: about,
    till,
    seq,
    at,
    policy,
    act,
    known,
  }: JournalAct & {
    /** Null: an act that this relay does not know. */
    readonly known: KnownEntry | null;
  },
  movements: readonly UnconfirmedMovement[],
): Promise<void> {
  const newest = parts.policy()?.policy;
  // before first run there is no shop that could send anything
  if (newest === undefined) return;
  const from = { ...TO_CUSTOMER, purpose: 'act', about, till, seq, at } as const;
  const staff = (await policyOfVersion(parts.db, policy)) ?? newest;
  const byCustomer = new Map<string, UnconfirmedMovement[]>();
  for (const movement of movements) {
    const own = byCustomer.get(movement.customer);
    if (own === undefined) byCustomer.set(movement.customer, [movement]);
    else own.push(movement);
  }
  for (const [customer, own] of byCustomer) {
    const without = commonWay(own);
    const person = without === 'person-code' ? await nameOfPerson(parts, customer, own) : null;
    const withheld = known?.act === 'repayment-cancelled' ? known.body.withheld : null;
    const text = wordNotice(own, { act, without, person, withheld }, newest, momentOf(at));
    const news = newsOf(own, without, at);
    const room = act === 'customers-imported' ? 'import' : roomOf(own, newest);
    await queueForCustomer(
      parts,
      { ...from, customer, room, text, news },
      operatorsOf(parts, own, [staff, newest], { act, at }),
    );
  }
}

/**
 * Queues a message to the operator who made an act by right, at their numbers in the act's policy and in the newest policy. Runs
 * in the transaction that stores the entry.
 */
export async function queueOperatorNotice(
  parts: Parts,
  act: JournalAct & { readonly operator: string | null },
  acts: readonly ByRight[],
): Promise<void> {
  const newest = parts.policy()?.policy;
  const { operator, hash: about, till, seq, at } = act;
  if (newest === undefined || operator === null || acts.length === 0) return;
  const staff = (await policyOfVersion(parts.db, act.policy)) ?? newest;
  const moves = acts.flatMap(sumsByRight);
  const worth = moves.reduce((sum, { action, moved }) => {
    return sum + (action === 'redeem-points' ? moved * newest.points.pointValue : moved);
  }, 0);
  const isLarge =
    worth >= newest.notices.largeFrom || acts.some(({ kind }) => ALWAYS_LARGE.has(kind));
  const text = wordByRight(acts, newest, momentOf(at));
  const news = JSON.stringify({ at, without: 'by-right', moves } satisfies ActNews);
  const room = isLarge ? 'large' : 'small';
  const message = { ...TO_CUSTOMER, purpose: 'by-right', about, till, seq, at, room } as const;
  await enqueue(
    parts,
    { ...message, customer: null, text, news },
    phonesOfOperator(operator, [staff, newest]).map((phone) =>
      toOperator(parts, operator, phone, { text, news }),
    ),
  );
}

/** Acts by right that move no sum: their messages are sent like those about large sums. */
const ALWAYS_LARGE: ReadonlySet<ByRight['kind']> = new Set([
  'credit',
  'number-changed',
  'forgotten',
]);

/**
 * Queues the message to a customer about a repayment, inside the transaction that stores the entry. `left`:
 * whether the relay has everything that the till knew, so that the message can say what is still owed.
 */
export async function queueRepayment(
  parts: Parts,
  entry: EntryOf<'repayment'>,
  left: boolean,
): Promise<void> {
  const policy = parts.policy()?.policy;
  if (policy === undefined || !policy.notices.repayments) return;
  const { customer, amount, earned } = entry.body;
  const owed = await owedBy(parts, customer, left);
  const told = { amount, points: pointsIn(earned), owed };
  const text = wordRepayment(told, policy, momentOf(entry.at));
  await tellCustomer(parts, entry, { purpose: 'repayment', room: 'repayment', customer, text });
}

/**
 * Queues the message to a customer about a correction in their favour, inside the transaction that stores the entry. `left`: as
 * for a repayment. One against them is a notice like any act without a code.
 */
export async function queueCorrection(
  parts: Parts,
  entry: EntryOf<'balance-corrected'>,
  left: boolean,
): Promise<void> {
  const policy = parts.policy()?.policy;
  const { customer, account, delta } = entry.body;
  const isInFavour = account === 'debt' ? delta < 0 : delta > 0;
  if (policy === undefined || !policy.notices.corrections || !isInFavour) return;
  const owed = await owedBy(parts, customer, left);
  const told = { account, moved: Math.abs(delta), owed };
  const text = wordCorrection(told, policy, momentOf(entry.at));
  await tellCustomer(parts, entry, { purpose: 'correction', room: 'repayment', customer, text });
}

/** Queues the message to the main number that an authorised person was added. Runs in the caller's transaction. */
export async function queuePersonAdded(
  parts: Parts,
  entry: EntryOf<'authorised-person-added'>,
  person: AuthorisedPerson,
): Promise<void> {
  const policy = parts.policy()?.policy;
  if (policy === undefined) return;
  const { customer } = entry.body;
  const text = wordPersonAdded(person, policy, momentOf(entry.at));
  await tellCustomer(parts, entry, { purpose: 'act', room: 'large', customer, text });
}

/** Queues the message to a customer about an overpayment paid out, as `queueRepayment` does. */
export async function queuePayout(
  parts: Parts,
  entry: EntryOf<'overpayment-returned'>,
  left: boolean,
): Promise<void> {
  const policy = parts.policy()?.policy;
  if (policy === undefined || !policy.notices.returns) return;
  const { customer } = entry.body;
  const owed = await owedBy(parts, customer, left);
  const text = wordPayout({ ...entry.body, owed }, policy, momentOf(entry.at));
  await tellCustomer(parts, entry, { purpose: 'return', room: 'return', customer, text });
}

/** Queues the message to a customer about a return, as `queueRepayment` does. */
export async function queueReturn(
  parts: Parts,
  entry: EntryOf<'return'>,
  left: boolean,
): Promise<void> {
  const policy = parts.policy()?.policy;
  const { customer, debtReduced } = entry.body;
  if (policy === undefined || customer === null || !policy.notices.returns) return;
  const owed = await owedBy(parts, customer, left && debtReduced > 0);
  const text = wordReturn({ ...entry.body, owed }, policy, momentOf(entry.at));
  await tellCustomer(parts, entry, { purpose: 'return', room: 'return', customer, text });
}

/** The name of the authorised person who confirmed these movements; null: it was not one person for all of them. */
async function nameOfPerson(
  { db, cipher }: Pick<Parts, 'db' | 'cipher'>,
  customer: string,
  movements: readonly UnconfirmedMovement[],
): Promise<string | null> {
  const [person, ...others] = new Set(movements.map(({ grant }) => grant?.person ?? null));
  if (person === undefined || person === null || others.length > 0) return null;
  const row = (await personsOf(db, customer)).find((one) => one.person === person);
  return row === undefined ? null : cipher.decrypt(row.name);
}

/** Messages about small sums are merged into one an hour; large sums have a limit of their own. */
function roomOf(movements: readonly UnconfirmedMovement[], { notices }: Policy): Room {
  const amount = movements.reduce((sum, movement) => sum + movement.amount, 0);
  return amount >= notices.largeFrom ? 'large' : 'small';
}

function newsOf(movements: readonly NewsOfAct[], without: WithoutCode, at: number): string {
  const moves = movements.map(({ action, moved }) => ({ action, moved }));
  return JSON.stringify({ at, without, moves } satisfies ActNews);
}

/** Queues a message to a customer about an entry, inside the transaction that stores it. */
export async function tellCustomer(
  parts: Parts,
  { hash: about, till, seq, at }: Pick<JournalAct, 'hash' | 'till' | 'seq' | 'at'>,
  message: Pick<NewMessage, 'purpose' | 'room'> & {
    readonly customer: string;
    readonly text: string;
  },
): Promise<void> {
  await queueForCustomer(parts, { ...TO_CUSTOMER, about, till, seq, at, news: null, ...message });
}

/** What the customer owes, minor units; null: the message must not name it, because the relay does not know all of it. */
async function owedBy({ db }: Parts, customer: string, left: boolean): Promise<number | null> {
  if (!left || (await isWaitingFor(db, customer))) return null;
  return (await standingOf(db, customer)).owed;
}

/** Queues a message to a customer, and to `others`. */
async function queueForCustomer(
  parts: Parts,
  message: NewMessage & { readonly customer: string; readonly text: string },
  others: readonly Recipient[] = [],
): Promise<void> {
  await enqueue(parts, message, [...(await customersNumbers(parts, message)), ...others]);
}

/**
 * Queues one message to each of these customers with their balance, an hour after an owner accepted acts made under another
 * relay that raised their debt or lowered their points: this relay cannot check the other's codes. Runs inside the transaction
 * of the acceptance.
 */
export async function noteAccounts(
  parts: Parts,
  act: Pick<JournalAct, 'hash' | 'till' | 'seq'> & { readonly customers: readonly string[] },
): Promise<void> {
  const { hash: about, till, seq, customers } = act;
  const from = { ...TO_CUSTOMER, purpose: 'balance', about, till, seq } as const;
  const gathered = { ...from, at: parts.now(), room: 'other', text: null, news: null } as const;
  for (const customer of new Set(customers)) await enqueue(parts, { ...gathered, customer }, []);
}

/**
 * Queues notices about a change of number to the customer's other numbers, inside the transaction that stores the
 * change. `phone`: the new number as E.164, not encrypted.
 */
export async function queueChangeNotices(
  parts: Parts,
  change: Pick<PhoneChange, 'customer' | 'tag' | 'askedAt' | 'askedBy'>,
  phone: string,
): Promise<void> {
  const { customer, askedBy: till } = change;
  // the time of the message, not of the request: a number may first have waited behind another one
  const at = parts.now();
  const policy = parts.policy()?.policy;
  if (policy === undefined) return;
  const text = wordPhoneChange(phone, policy, momentOf(at + NEW_FOR_MS));
  const to = (await customersNumbers(parts, { customer, at, text, news: null })).filter(
    ({ phoneTag }) => phoneTag !== change.tag,
  );
  // after several changes in a row only the newest is announced
  await dropUnsentChanges(parts.db, customer);
  if (to.length === 0) return;
  const from = { ...TO_CUSTOMER, purpose: 'phone-change', about: changeKey(change) } as const;
  const message = { ...from, customer, till, seq: 0, at, room: 'change', text } as const;
  await enqueue(parts, { ...message, news: null }, to);
}

/**
 * Prepares a round of the outbox: adds numbers that became known after a message was queued, and writes the texts of balances
 * that have waited long enough. While messages are held back (`heldBefore`, ms; null: none), it writes no balances.
 */
export async function prepareNotices(parts: Parts, heldBefore: number | null): Promise<void> {
  const { db, now, provider } = parts;
  await sweepPhoneChanges(db, now());
  const policy = parts.policy()?.policy;
  if (policy === undefined) return;
  const since = now() - CUSTOMER_WAIT_MS;
  // the demo sends no balances: they wait for a service that reaches the customers
  const gathered = provider.isDemo() || heldBefore !== null ? 0 : now() - BALANCE_WAIT_MS;
  for (const message of await openMessages(db, { gathered, since }))
    await inTransaction(parts, async (parts) => {
      const { db } = parts;
      const text =
        message.text ?? wordAccountNotice(await standingOf(db, message.customer), policy);
      await completeMessage(
        db,
        { ...message, text },
        await customersNumbers(parts, { ...message, text }),
        now(),
      );
    });
}

/** `at` with the time zone of the relay's machine. */
const momentOf = (at: number): Moment => ({ at, zone: localZone() });

/**
 * The numbers to which a customer's notice about an event at `at` (ms) is sent: the one registered before it and all newer
 * ones. Where none was registered before it, or the registered one is neither proven nor trusted, also those that tills named.
 */
export async function customersNumbers(
  parts: Pick<Parts, 'db' | 'now' | 'cipher' | 'provider'>,
  {
    customer,
    at,
    text,
    news,
  }: { readonly customer: string; readonly at: number } & Pick<Recipient, 'text' | 'news'>,
): Promise<readonly Recipient[]> {
  const { db, provider, cipher } = parts;
  // a change that has waited long enough takes effect here
  const current = await registeredPhone(parts, customer);
  const registered = await phonesOf(db, customer);
  const before = registered.findLast(({ since }) => since <= at);
  const newer = registered.filter(({ since }) => since > at);
  const isVouched = current !== null && (current.proven || current.trusted);
  const named = before !== undefined && isVouched ? [] : await contactsOf(db, customer);
  // numbers of the demo cannot be written to
  const contacts = named.filter(
    ({ phone }) => provider.isDemo() || !isDemoPhone(cipher.decrypt(phone)),
  );
  const to =
    (named: boolean) =>
    ({ phone, tag: phoneTag }: { phone: Buffer; tag: string }): Recipient => ({
      operator: null,
      phone,
      phoneTag,
      text,
      news,
      named,
    });
  const known = before === undefined ? newer : [before, ...newer];
  return [
    ...known.map((row) => to(!isVouched && row.tag === current?.tag)(row)),
    ...contacts.map(to(true)),
  ];
}

/** The operator whose right an override names: their number by the policy of the act, and by the newest one. */
function operatorsOf(
  parts: Pick<Relay, 'cipher'>,
  movements: readonly UnconfirmedMovement[],
  [staff, newest]: readonly [Policy, Policy],
  { act, at }: Pick<JournalAct, 'act' | 'at'>,
): readonly Recipient[] {
  const overrides = movements.flatMap((movement) =>
    movement.confirmation?.kind === 'override' ? [{ movement, by: movement.confirmation.by }] : [],
  );
  return [...new Set(overrides.map(({ by }) => by))].flatMap((by): Recipient[] => {
    const news = overrides.filter((one) => one.by === by).map(({ movement }) => movement);
    const text = wordOperatorNotice(news, { act }, newest, momentOf(at));
    const told = { text, news: newsOf(news, 'no-code', at) };
    return phonesOfOperator(by, [staff, newest]).map((phone) => toOperator(parts, by, phone, told));
  });
}

const phonesOfOperator = (operator: string, policies: readonly Policy[]): readonly string[] => [
  ...new Set(policies.flatMap((policy) => operatorOf(policy, operator)?.phone ?? [])),
];
