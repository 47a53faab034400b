// Which number belongs to which customer, and since when. A new number confirms little.
import { flatMapInTurn } from '../in-turn';
import type { TrustedRequest } from '$lib/contract/customer';
import type { Action } from '$lib/contract/values';
import { isDemoPhone } from '../providers/demo';
import type { Relay } from '../context';
import { challengeById, changeChallenge, GRANT_MS, everConfirmed } from '../store/challenges';
import { takeCardSalt } from '../store/card-salts';
import { contactsOf } from '../store/contacts';
import { historySince } from '../store/journal-acts';
import { voidReserveCodes } from '../store/reserve-codes';
import { changeOf, dropChange, endWait } from '../store/phone-changes';
import { phoneOf, phoneTag, setPhone, type PhoneRow } from '../store/phones';
import { inTransaction } from '../store/transaction';

/** How long a number counts as new, and how long a change without the old number's consent waits, ms. */
export const NEW_FOR_MS = 24 * 3_600_000;

type Parts = Pick<Relay, 'db' | 'now' | 'seal' | 'provider'>;

/** The customer's registered number; a change that has waited long enough takes effect here. Null: none. */
export async function registeredPhone(parts: Parts, customer: string): Promise<PhoneRow | null> {
  const { db, now } = parts;
  // the change first: the number is at least as new then
  const change = await changeOf(db, customer);
  const isDue = change !== null && change.askedAt + NEW_FOR_MS <= now();
  return isDue ? await takeChange(parts, customer) : await phoneOf(db, customer);
}

/** Registers the number of a change that is due, unless that was done or cancelled meanwhile. */
async function takeChange(parts: Parts, customer: string): Promise<PhoneRow | null> {
  return inTransaction(parts, async ({ db, now, provider }) => {
    const change = await changeOf(db, customer);
    // after waiting the number is registered but new: no code has confirmed it, and its first day begins
    const since = (change?.askedAt ?? Infinity) + NEW_FOR_MS;
    if (change === null || now() < since) return phoneOf(db, customer);
    const { phone, tag } = change;
    const next = { customer, phone, tag, since, trusted: false, demo: provider.isDemo() };
    await setPhone(db, next);
    await voidReserveCodes(db, customer, now());
    await endWait(db, customer, since);
    return next;
  });
}

/**
 * Registers a customer's first number, which has just confirmed a challenge. Runs inside the transaction of the
 * consent.
 */
export async function registerFirstPhone(
  relay: Parts,
  first: Pick<PhoneRow, 'customer' | 'phone' | 'tag'>,
): Promise<PhoneRow> {
  const { db, now, provider } = relay;
  // the time since a till named it counts as waiting
  const named = await namedSince(relay, first);
  const since = typeof named === 'number' ? named : now();
  const row = { ...first, since, trusted: false, demo: provider.isDemo() };
  await setPhone(db, row);
  // a change that was waiting must not replace it later
  await dropChange(db, first.customer);
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
 * Since when a number that is not registered yet counts as the card's, ms; null: from now on. `too-late`: the card had a
 * history before a till named this number, so it counts as a change, and it has not been known for a day.
 */
export async function namedSince(
  { db, now }: Pick<Parts, 'db' | 'now'>,
  { customer, tag }: Pick<PhoneRow, 'customer' | 'tag'>,
): Promise<number | null | 'too-late'> {
  const contacts = await contactsOf(db, customer);
  const named = contacts.find((contact) => contact.tag === tag) ?? null;
  // a confirmation through a real service leaves a registered number, unless demo numbers were deleted
  const history = (await everConfirmed(db, customer)) ? 0 : await historySince(db, customer);
  if (history === null) return named?.since ?? null;
  if (named === null) return 'too-late';
  if (named === contacts[0] && named.since <= history) return named.since;
  const inForce = named.since + NEW_FOR_MS;
  return now() < inForce ? 'too-late' : inForce;
}

/** Registers these numbers as trusted; returns the customers whose registered number or card is another one, which stays. */
export async function trustContacts(
  relay: Parts,
  contacts: TrustedRequest['contacts'],
): Promise<string[]> {
  return inTransaction(relay, async (relay) => {
    const { db, now, seal } = relay;
    return flatMapInTurn(contacts, async ({ customer, phone, cardSalt }) => {
      if (!(await takeCardSalt(relay, { customer, cardSalt }))) return [customer];
      const tag = phoneTag(relay, phone);
      const registered = await registeredPhone(relay, customer);
      if (registered !== null && registered.tag !== tag) return [customer];
      const sealed = registered?.phone ?? seal.seal(phone);
      const since = registered?.since ?? now();
      await setPhone(db, {
        customer,
        phone: sealed,
        tag,
        since,
        trusted: true,
        demo: isDemoPhone(phone),
      });
      // trusting this number rejects a change that waits
      await dropChange(db, customer);
      return [];
    });
  });
}

/**
 * Spends a verified challenge of the registered number for this act at this till, once; null: spent. Otherwise returns why
 * it cannot be spent. Runs inside the transaction of that act.
 */
export async function spendConsent(
  { db, now, provider }: Parts,
  asked: { customer: string; challenge: string; till: string; action: Action; dealHash: string },
  registered: PhoneRow,
  usedFor: string,
): Promise<'challenge-not-verified' | 'challenge-differs' | null> {
  const none = 'challenge-not-verified';
  const row = await challengeById(db, asked.challenge);
  if (row === null || row.till !== asked.till || row.customer !== asked.customer) return none;
  if (row.action !== asked.action || row.phoneTag !== registered.tag) return none;
  // a code sent by the demo provider is not consent
  if (row.demo && !provider.isDemo()) return none;
  if (row.usedFor !== null || row.endedAt === null || row.endedAt + GRANT_MS <= now()) return none;
  if (row.state !== 'verified') return none;
  if (row.dealHash !== asked.dealHash) return 'challenge-differs';
  return (await changeChallenge(db, row.id, ['verified'], { usedFor })) ? null : none;
}
