// Changes of customers' numbers: at once with the old number's consent, otherwise after a day.
import type { PhoneChangeReply } from '$lib/contract/customer';
import type { Contact } from '$lib/contract/journal-upload';
import { phoneChangeHash } from '$lib/proof/deal';
import { queueChangeNotices } from './notices';
import { namedSince, NEW_FOR_MS, registeredPhone, spendConsent } from './phones';
import type { Relay } from '../context';
import { cardSaltOf, takeCardSalt } from '../store/card-salts';
import { addContact } from '../store/contacts';
import { changeOf, dropChange, setChange } from '../store/phone-changes';
import { phoneOf, setPhone, phoneTag } from '../store/phones';
import { voidReserveCodes } from '../store/reserve-codes';
import { inTransaction } from '../store/transaction';

type Parts = Pick<Relay, 'db' | 'now' | 'seal' | 'provider' | 'policy'>;

/** Changes a customer's number, or starts the day of waiting. */
export async function changePhone(
  relay: Parts & Pick<Relay, 'outbox'>,
  asked: { customer: string; phone: string; challenge: string | null; till: string },
): Promise<PhoneChangeReply> {
  const { customer, phone } = asked;
  const tag = phoneTag(relay, phone);
  const before = await registeredPhone(relay, customer);
  const cardSalt = await cardSaltOf(relay, customer);
  if (before === null || cardSalt === null) return { kind: 'not-registered' };
  const numbers = { phone: relay.seal.open(before.phone), newPhone: phone };
  // computed before the transaction, in which nothing can be awaited
  const dealHash = await phoneChangeHash({ customerId: customer, cardSalt, ...numbers });
  const reply = await inTransaction(relay, async (relay): Promise<PhoneChangeReply> => {
    const { db, now, seal, provider } = relay;
    const registered = await registeredPhone(relay, customer);
    if (registered === null) return { kind: 'not-registered' };
    if (registered.tag === tag) {
      await dropChange(db, customer);
      return { kind: 'changed' };
    }
    if (asked.challenge === null)
      return {
        kind: 'waiting',
        until: (await beginChange(relay, { ...asked, at: now() })) + NEW_FOR_MS,
      };
    const { challenge } = asked;
    const yes = { ...asked, challenge, action: 'change-phone', dealHash } as const;
    const refusal = await spendConsent(relay, yes, registered, tag);
    if (refusal !== null) return { kind: refusal };
    const row = { customer, tag, since: now(), trusted: false, demo: provider.isDemo() };
    await setPhone(db, { ...row, phone: seal.seal(phone) });
    // their codes are in messages to the old number
    await voidReserveCodes(db, customer, now());
    await dropChange(db, customer);
    return { kind: 'changed' };
  });
  relay.outbox.wake();
  return reply;
}

/**
 * Stores a change of number, which takes effect after a day, and queues notices to the customer's other numbers. A
 * second request for the same number changes nothing. Returns the time of the first request, ms. The caller wakes the
 * outbox after the commit.
 */
export async function beginChange(
  relay: Parts,
  { customer, phone, till, at }: { customer: string; phone: string; till: string; at: number },
): Promise<number> {
  const tag = phoneTag(relay, phone);
  return inTransaction(relay, async (relay): Promise<number> => {
    const { db, seal } = relay;
    const waiting = await changeOf(db, customer);
    if (waiting?.tag === tag) return waiting.askedAt;
    const replaced = (await phoneOf(db, customer))?.tag ?? null;
    const times = { askedAt: at, askedBy: till };
    const change = { customer, tag, phone: seal.seal(phone), replaced, ...times };
    await setChange(db, change);
    await queueChangeNotices(relay, change, phone);
    return change.askedAt;
  });
}

/**
 * Stores a number that a till names for a customer without a registered one. Where the card has a history it counts as a
 * change: other numbers known for the customer get a notice. Ignored for a card that the relay knows with another salt. Runs inside the caller's transaction.
 */
export async function nameNumber(
  relay: Parts,
  { customer, phone, cardSalt, till }: Contact & { readonly till: string },
): Promise<void> {
  const { db, now, seal } = relay;
  if (!(await takeCardSalt(relay, { customer, cardSalt }))) return;
  if ((await registeredPhone(relay, customer)) !== null) return;
  const named = { customer, tag: phoneTag(relay, phone), since: now() };
  const isNew = await addContact(db, { ...named, phone: seal.seal(phone) });
  if (isNew && (await namedSince(relay, named)) === 'too-late')
    await queueChangeNotices(relay, { ...named, askedAt: named.since, askedBy: till }, phone);
}
