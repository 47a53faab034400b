// Which number belongs to which customer: the first one named, until it is changed.
// A new one confirms little.
import { flatMapInTurn, mapInTurn } from '../in-turn';
import type { TrustedRequest } from '$lib/contract/customer';
import type { Action } from '$lib/contract/values';
import { isDemoPhone } from '../providers/demo';
import type { Relay } from '../context';
import { challengeById, changeChallenge, everConfirmed, GRANT_MS } from '../store/challenges';
import { takeCardSalt } from '../store/card-salts';
import { historySince } from '../store/account-steps';
import { voidReserveCodes } from '../store/reserve-codes';
import { changeRecipients } from '../store/messages-by-purpose';
import {
  changeKey,
  changesOf,
  dropChanges,
  endWait,
  type PhoneChange,
} from '../store/phone-changes';
import { phonesOf } from '../store/phone-history';
import { markProven, phoneOf, phoneTag, setPhone, type PhoneRow } from '../store/phones';
import { inTransaction } from '../store/transaction';

/** How long a number counts as new, and how long a change without the old number's consent waits, ms. */
export const NEW_FOR_MS = 24 * 3_600_000;

type Parts = Pick<Relay, 'db' | 'now' | 'cipher' | 'provider'>;

/** The customer's registered number; a change that has waited long enough takes effect here. Null: none. */
export async function registeredPhone(parts: Parts, customer: string): Promise<PhoneRow | null> {
  const { db, now } = parts;
  // the change is read first: if it takes effect meanwhile, the number read afterwards includes it
  const [change] = await changesOf(db, customer);
  const isDue = change !== undefined && ((await inForceAt(parts, change)) ?? Infinity) <= now();
  return isDue ? await takeChange(parts, customer) : await phoneOf(db, customer);
}

/**
 * When a waiting change comes into force, ms: one day after the messages to all earlier numbers were sent; while any is still
 * queued, one day from now at the earliest. Null: only an owner can accept it, because there is no earlier number that could
 * object, a second number waits for the card, or the message to the replaced number failed.
 */
export async function inForceAt(
  { db, now }: Pick<Relay, 'db' | 'now'>,
  change: Pick<PhoneChange, 'customer' | 'tag' | 'askedAt' | 'replaced'>,
): Promise<number | null> {
  const { customer, replaced } = change;
  if ((await changesOf(db, customer)).length > 1) return null;
  const recipients = await changeRecipients(db, { about: changeKey(change), customer });
  const registered =
    replaced === null ? (await phonesOf(db, customer)).map(({ tag }) => tag) : [replaced];
  if (recipients.every(({ phoneTag }) => !registered.includes(phoneTag))) return null;
  if (recipients.some(({ state }) => state === 'waiting' || state === 'leaving'))
    return now() + NEW_FOR_MS;
  const sent = recipients.filter(({ state }) => state !== 'failed');
  // the till that asks may have added the other numbers itself, so only a registered one counts
  if (sent.every(({ phoneTag }) => !registered.includes(phoneTag))) return null;
  const times = sent.flatMap(({ leftAt }) => leftAt ?? []);
  return times.length === 0 ? null : Math.max(...times) + NEW_FOR_MS;
}

/**
 * Registers a customer's new number if its waiting time is over and the change was not cancelled. Returns the number registered
 * then. `notBefore`: the earliest time the number may count as registered, ms.
 */
export async function takeChange(
  parts: Parts,
  customer: string,
  notBefore = 0,
): Promise<PhoneRow | null> {
  return inTransaction(parts, async (parts) => {
    const { db, now } = parts;
    const [change] = await changesOf(db, customer);
    // after waiting the number is registered but new: no code has confirmed it, and its first day begins
    const due = change === undefined ? null : await inForceAt({ db, now }, change);
    if (change === undefined || due === null || now() < due) return phoneOf(db, customer);
    const since = Math.max(due, notBefore);
    const next = await replaceBy(parts, change, since);
    await endWait(db, change, since);
    return next;
  });
}

/** The change asked for then, if an owner has to decide it, as `inForceAt` says; or null. */
export async function undecidedChange(
  parts: Pick<Relay, 'db' | 'now'>,
  { customer, askedAt }: Pick<PhoneChange, 'customer' | 'askedAt'>,
): Promise<PhoneChange | null> {
  const change = await waitingChange(parts, { customer, askedAt });
  return change === null || (await inForceAt(parts, change)) !== null ? null : change;
}

/** The change asked for then, while it waits; or null. */
export async function waitingChange(
  { db }: Pick<Relay, 'db'>,
  { customer, askedAt }: Pick<PhoneChange, 'customer' | 'askedAt'>,
): Promise<PhoneChange | null> {
  const waiting = await changesOf(db, customer);
  return waiting.find((change) => change.askedAt === askedAt) ?? null;
}

/**
 * Registers the waiting numbers that an owner accepted and drops their cards' other changes. False: one of them is not waiting, and
 * none is registered.
 */
export const acceptChanges = (
  parts: Parts,
  asked: readonly Pick<PhoneChange, 'customer' | 'askedAt'>[],
): Promise<boolean> =>
  inTransaction(parts, async (parts) => {
    const changes = await mapInTurn(asked, (one) => undecidedChange(parts, one));
    const waiting = changes.filter((change) => change !== null);
    if (waiting.length < asked.length) return false;
    for (const change of waiting) {
      await replaceBy(parts, change, parts.now());
      await dropChanges(parts.db, change.customer);
    }
    return true;
  });

/** Registers the number of a change, which no code has confirmed: its first day begins. Runs inside the caller's transaction. */
async function replaceBy(
  { db, now, provider }: Parts,
  { customer, phone, tag }: PhoneChange,
  since: number,
): Promise<PhoneRow> {
  const vouched = { trusted: false, proven: false, namedBy: null };
  const next = { customer, phone, tag, since, ...vouched, demo: provider.isDemo() };
  await setPhone(db, next);
  await voidReserveCodes(db, customer, now());
  return next;
}

/**
 * Notes that a number has just confirmed a challenge: where none is registered, it is, unless it waits for an owner; a registered
 * one is proven, unless the demo sent the code.
 * Returns the number in question, which may be another one. Runs inside the transaction of the consent.
 */
export async function answeredBy(
  relay: Parts,
  answered: Pick<PhoneRow, 'customer' | 'phone' | 'tag'>,
): Promise<PhoneRow> {
  const { db, now, provider } = relay;
  const { customer, tag } = answered;
  const demo = provider.isDemo();
  const registered = await registeredPhone(relay, customer);
  if (registered !== null) {
    if (registered.tag === tag && !demo) await markProven(db, customer);
    return registered;
  }
  const [waiting] = await changesOf(db, customer);
  const row = {
    ...answered,
    since: waiting?.askedAt ?? now(),
    trusted: false,
    demo,
    proven: waiting === undefined && !demo,
    namedBy: null,
  };
  if (waiting === undefined) await setPhone(db, row);
  return row;
}

/** When a number's first day ends, ms; null: it has ended, or the number is trusted. */
export function youngUntil(
  { now }: Pick<Relay, 'now'>,
  { since, trusted }: Pick<PhoneRow, 'since' | 'trusted'>,
): number | null {
  const until = since + NEW_FOR_MS;
  return trusted || now() >= until ? null : until;
}

/**
 * Whether a card without a registered number has a history, so that its first number counts as a change. A confirmation
 * through a real service leaves a registered number, unless demo numbers were deleted.
 */
export const hasHistory = async ({ db }: Pick<Relay, 'db'>, customer: string): Promise<boolean> =>
  (await historySince(db, customer)) !== null || (await everConfirmed(db, customer));

/**
 * Registers these numbers as trusted. Returns the customers for whom the relay has another number or card secret, which it keeps.
 */
export async function trustContacts(
  relay: Parts,
  contacts: TrustedRequest['contacts'],
): Promise<string[]> {
  return inTransaction(relay, async (relay) => {
    const { db, now, cipher } = relay;
    return flatMapInTurn(contacts, async ({ customer, phone, cardSalt }) => {
      if (!(await takeCardSalt(relay, { customer, cardSalt }))) return [customer];
      const tag = phoneTag(relay, phone);
      const registered = await registeredPhone(relay, customer);
      if (registered !== null && registered.tag !== tag) return [customer];
      await setPhone(db, {
        customer,
        tag,
        trusted: true,
        demo: isDemoPhone(phone),
        phone: registered?.phone ?? cipher.encrypt(phone),
        since: registered?.since ?? now(),
        proven: registered?.proven ?? false,
        namedBy: null,
      });
      // trusting this number rejects those that wait
      await dropChanges(db, customer);
      return [];
    });
  });
}

/** The consent that an act needs, and the till that asks. */
type AskedConsent = {
  readonly customer: string;
  readonly challenge: string;
  readonly till: string;
  readonly action: Action;
  readonly dealHash: string;
};
type ConsentRefusal = 'challenge-not-verified' | 'challenge-differs';

/**
 * Spends a verified challenge of the registered number for this act at this till, once; null: spent. Otherwise returns why
 * it cannot be spent. Runs inside the transaction of that act.
 */
export async function spendConsent(
  parts: Parts,
  asked: AskedConsent,
  registered: PhoneRow,
  usedFor: string,
): Promise<ConsentRefusal | null> {
  const refusal = await refusalOf(parts, asked, registered);
  if (refusal !== null) return refusal;
  const spent = await changeChallenge(parts.db, asked.challenge, ['verified'], { usedFor });
  return spent ? null : 'challenge-not-verified';
}

/** Why the challenge cannot be spent for this act now; null: it can. */
export async function refusalOf(
  { db, now, provider }: Parts,
  asked: AskedConsent,
  registered: PhoneRow,
): Promise<ConsentRefusal | null> {
  const none = 'challenge-not-verified';
  const row = await challengeById(db, asked.challenge);
  if (row === null || row.till !== asked.till || row.customer !== asked.customer) return none;
  if (row.action !== asked.action || row.phoneTag !== registered.tag) return none;
  // a code sent by the demo provider is not consent
  if (row.demo && !provider.isDemo()) return none;
  if (row.usedFor !== null || row.endedAt === null || row.endedAt + GRANT_MS <= now()) return none;
  if (row.state !== 'verified') return none;
  return row.dealHash === asked.dealHash ? null : 'challenge-differs';
}
