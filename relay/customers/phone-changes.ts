// Changes of customers' numbers: at once with the old number's consent, otherwise after a day.
import type { PhoneChangeReply } from '$lib/contract/customer';
import type { Contact } from '$lib/contract/journal-upload';
import type { VerifiedGrant } from '$lib/domain/consent/confirmation';
import { phoneChangeHash } from '$lib/proof/deal';
import { maskPhone, type Phone } from '$lib/domain/values/phone';
import { tellOwners } from '../messaging/outbox/owner-notices';
import { queueChangeNotices } from './notices';
import { hasHistory, inForceAt, registeredPhone, spendConsent, takeChange } from './phones';
import type { Relay } from '../context';
import { isDemoPhone } from '../providers/demo';
import { cardSaltOf, keepCardSalt, takeCardSalt } from '../store/card-salts';
import { challengeById } from '../store/challenges';
import { addContact, contactsOf, dropContact } from '../store/contacts';
import { forgottenOf } from '../store/forgotten';
import { historySince } from '../store/account-steps';
import { changeRecipients, newestToOwners } from '../store/messages-by-purpose';
import {
  addChange,
  changeKey,
  changesOf,
  dropChange,
  dropChanges,
  type PhoneChange,
} from '../store/phone-changes';
import { forgetPhone, phonesOf } from '../store/phone-history';
import { phoneOf, phoneTag, setPhone, type PhoneRow } from '../store/phones';
import { voidReserveCodes } from '../store/reserve-codes';
import { tillById } from '../store/tills';
import { inTransaction } from '../store/transaction';

/** How long the till that named a customer's first number may correct it, ms. */
const CORRECTED_WITHIN_MS = 15 * 60_000;

/** Numbers that a till can have waiting for one card, so that no till fills the list. */
const MOST_WAITING = 2;

type Parts = Pick<Relay, 'db' | 'now' | 'cipher' | 'provider' | 'policy'>;

/**
 * Changes a customer's number at once with the old number's consent, or if the till may still correct it; otherwise stores a
 * change that waits a day. Spends the challenge in the same transaction.
 */
export async function changePhone(
  relay: Parts & Pick<Relay, 'outbox'>,
  asked: { customer: string; phone: string; challenge: string | null; till: string },
): Promise<PhoneChangeReply> {
  const { customer, phone } = asked;
  const tag = phoneTag(relay, phone);
  const before = await registeredPhone(relay, customer);
  const cardSalt = await cardSaltOf(relay, customer);
  if (before === null || cardSalt === null) return { kind: 'not-registered' };
  const numbers = { phone: relay.cipher.decrypt(before.phone), newPhone: phone };
  // computed before the transaction, in which nothing can be awaited
  const dealHash = await phoneChangeHash({ customerId: customer, cardSalt, ...numbers });
  const reply = await inTransaction(relay, async (relay): Promise<PhoneChangeReply> => {
    const { db, now, cipher, provider } = relay;
    const registered = await registeredPhone(relay, customer);
    if (registered === null) return { kind: 'not-registered' };
    if (registered.tag === tag) {
      const own = (await changesOf(db, customer)).filter(({ askedBy }) => askedBy === asked.till);
      await cancelChanges(relay, customer, own);
      return { kind: 'changed' };
    }
    if (asked.challenge === null) {
      if (await correct(relay, registered, asked)) return { kind: 'changed' };
      const change = await beginChange(relay, asked);
      const until = change && (await inForceAt(relay, change));
      return until === null ? { kind: 'owner-decides' } : { kind: 'waiting', until };
    }
    const { challenge } = asked;
    const consent = { ...asked, challenge, action: 'change-phone', dealHash } as const;
    const refusal = await spendConsent(relay, consent, registered, tag);
    if (refusal !== null) return { kind: refusal };
    const demo = provider.isDemo();
    const row = { customer, tag, since: now(), trusted: false, demo, proven: !demo, namedBy: null };
    await setPhone(db, { ...row, phone: cipher.encrypt(phone) });
    // their codes are in messages to the old number
    await voidReserveCodes(db, customer, now());
    await dropChanges(db, customer);
    return { kind: 'changed' };
  });
  relay.outbox.wake();
  return reply;
}

/**
 * Stores a waiting change of number and queues messages to the customer's other numbers. Asking for the same number again
 * changes nothing. A second number queues no message and does not come into force by waiting: while two wait, only an owner
 * can accept one. The first number of a card with a history does not come into force by waiting either; the owners get a
 * message about it. Null: this till has too many waiting numbers. The caller wakes the outbox after the commit.
 */
export async function beginChange(
  relay: Parts,
  {
    customer,
    phone,
    till,
    operator = null,
  }: { customer: string; phone: string; till: string; operator?: string | null },
): Promise<PhoneChange | null> {
  const tag = phoneTag(relay, phone);
  return inTransaction(relay, async (relay) => {
    const { db, now, cipher } = relay;
    const waiting = await changesOf(db, customer);
    const same = waiting.find((change) => change.tag === tag);
    if (same !== undefined) return same;
    if (waiting.filter(({ askedBy }) => askedBy === till).length >= MOST_WAITING) return null;
    const replaced = (await phoneOf(db, customer))?.tag ?? null;
    // the time identifies the change among the others of the card
    const askedAt = Math.max(now(), ...waiting.map((change) => change.askedAt + 1));
    const kept = { customer, tag, phone: cipher.encrypt(phone) };
    const change = { ...kept, replaced, askedAt, askedBy: till };
    await addChange(db, change);
    if (waiting.length > 0) return change;
    await queueChangeNotices(relay, change, phone);
    if ((await inForceAt(relay, change)) === null)
      await tellOfNumber(relay, change, phone, operator);
    return change;
  });
}

/** How long owners get no further message about numbers that wait for them, ms: their list shows all of them. */
const TOLD_AGAIN_MS = 3_600_000;

/** Queues a message to the owners that only they can accept this number. Runs inside the caller's transaction. */
async function tellOfNumber(
  relay: Parts,
  { askedBy }: Pick<PhoneChange, 'askedBy'>,
  phone: string,
  operator: string | null,
): Promise<void> {
  const { db, now } = relay;
  const lately = (await newestToOwners(db, 'policy-weakened', 20)).filter(
    ({ at, details }) => at > now() - TOLD_AGAIN_MS && details.includes('"first-number"'),
  );
  if (lately.length > 0) return;
  const till = (await tillById(db, askedBy))?.name ?? '';
  const phoneMasked = maskPhone(phone as Phone);
  await tellOwners(relay, operator, { kind: 'first-number', till, phoneMasked });
}

/**
 * Drops waiting changes of one card. Returns false if none of them was waiting. If exactly one other change remains, its
 * messages are queued unless they were before; if its day is over, it comes into force now, and its number's first day begins.
 * The caller wakes the outbox after the commit.
 */
export const cancelChanges = (
  relay: Parts,
  customer: string,
  changes: readonly Pick<PhoneChange, 'askedAt'>[],
): Promise<boolean> =>
  inTransaction(relay, async (relay) => {
    const { db, now, cipher } = relay;
    let dropped = false;
    for (const { askedAt } of changes)
      if (await dropChange(db, { customer, askedAt })) dropped = true;
    const [remaining, ...others] = await changesOf(db, customer);
    if (!dropped || remaining === undefined || others.length > 0) return dropped;
    const recipients = await changeRecipients(db, { about: changeKey(remaining), customer });
    if (recipients.length === 0)
      await queueChangeNotices(relay, remaining, cipher.decrypt(remaining.phone));
    await takeChange(relay, customer, now());
    return true;
  });

/** The till that names a number, and whether it was removed. */
type Namer = { readonly till: string; readonly isRemoved: boolean };

/**
 * Takes a number that a till names for a customer, and sends notices to it as well. The first one is registered, unless the
 * card has a history; another one is a correction or starts a change. A number that the customer had before, or that was named
 * before, changes nothing; nor does one from a removed till, or for a card that the relay knows with another salt. Of a
 * forgotten customer nothing is kept. Runs inside the caller's transaction.
 */
export async function nameNumber(
  relay: Parts,
  { customer, phone, cardSalt, till, isRemoved }: Contact & Namer,
): Promise<void> {
  const { db, now, cipher } = relay;
  if ((await forgottenOf(db, customer)) !== null) return;
  const named = { customer, till, tag: phoneTag(relay, phone), since: now() };
  const kept = { ...named, phone: cipher.encrypt(phone) };
  if (isRemoved || !(await takeCardSalt(relay, { customer, cardSalt }))) {
    await addContact(db, kept);
    return;
  }
  const registered = await registeredPhone(relay, customer);
  const isNew = await addContact(db, kept);
  if (registered === null) {
    if (await hasHistory(relay, customer)) await beginChange(relay, { customer, phone, till });
    else await holdNumber(relay, named, phone);
    return;
  }
  if (registered.tag === named.tag || !isNew) return;
  if (await correct(relay, registered, { customer, phone, till })) return;
  const former = await phonesOf(db, customer);
  if (former.every(({ tag }) => tag !== named.tag))
    await beginChange(relay, { customer, phone, till });
}

/**
 * Registers the number that a grant of this relay confirms, if the relay lost it because it was restored from an older copy. It
 * replaces a number that is neither proven nor trusted, and one that is older. Does nothing if the relay knows the challenge,
 * if it has registered the number before, or in the demo. Runs inside the caller's transaction.
 */
export async function recoverNumber(
  relay: Parts & Pick<Relay, 'shopId'>,
  { shop, customer, challenge, phoneSince, demo }: VerifiedGrant,
  { phone, cardSalt }: Omit<Contact, 'customer'>,
): Promise<void> {
  const { db, now, cipher } = relay;
  const tag = phoneTag(relay, phone);
  if (shop !== relay.shopId || demo || (await challengeById(db, challenge)) !== null) return;
  if ((await forgottenOf(db, customer)) !== null) return;
  const registered = await phoneOf(db, customer);
  if (registered?.tag === tag && registered.proven) return;
  const isOther = registered !== null && registered.tag !== tag;
  if (isOther && (registered.proven || registered.trusted) && registered.since >= phoneSince)
    return;
  if (isOther && (await phonesOf(db, customer)).some((former) => former.tag === tag)) return;
  await keepCardSalt(relay, { customer, cardSalt });
  const row = { customer, phone: cipher.encrypt(phone), tag, since: phoneSince };
  await setPhone(db, { ...row, trusted: false, demo: false, proven: true, namedBy: null });
  // both belong to the number that was replaced
  await dropChanges(db, customer);
  await voidReserveCodes(db, customer, now());
}

/** Registers the first number that a till names for a customer. */
async function holdNumber(
  { db, cipher }: Parts,
  { till, ...named }: Pick<PhoneRow, 'customer' | 'tag' | 'since'> & { readonly till: string },
  phone: string,
): Promise<void> {
  const row = { ...named, phone: cipher.encrypt(phone), demo: isDemoPhone(phone) };
  await setPhone(db, { ...row, trusted: false, proven: false, namedBy: till });
}

/**
 * Corrects a number that this till named within the last 15 minutes, unless somebody answered there, anything moved, or
 * another till named it too; false: it cannot be corrected.
 */
async function correct(
  relay: Parts,
  registered: PhoneRow,
  { customer, phone, till }: { customer: string; phone: string; till: string },
): Promise<boolean> {
  const { db, now, cipher } = relay;
  const { tag, since, namedBy, proven, trusted } = registered;
  if (namedBy !== till || proven || trusted || since + CORRECTED_WITHIN_MS <= now()) return false;
  if ((await historySince(db, customer)) !== null || (await changesOf(db, customer)).length > 0)
    return false;
  const contacts = await contactsOf(db, customer);
  if (contacts.some((contact) => contact.tag === tag && contact.till !== till)) return false;
  await dropContact(db, { customer, till, tag });
  await forgetPhone(db, { customer, since, tag });
  const named = { customer, till, tag: phoneTag(relay, phone), since: now() };
  await addContact(db, { ...named, phone: cipher.encrypt(phone) });
  await holdNumber(relay, named, phone);
  return true;
}
