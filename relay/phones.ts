// Which number belongs to which customer: the relay decides, a till can only ask. A number that is new confirms little.
import type { ChallengeReply, ChallengeRequest } from '$lib/contract/challenge';
import type { PhoneChangeReply, TrustedRequest } from '$lib/contract/customer';
import type { Policy } from '$lib/contract/policy';
import type { Action } from '$lib/contract/values';
import { maskPhone, type Phone } from '$lib/domain/phone';
import { phoneChangeHash } from '$lib/proof/deal';
import { GRANT_MS } from './grants';
import { isDemoPhone } from './providers/demo';
import type { Relay } from './relay';
import { debtSince, everConfirmed } from './store/challenge-ends';
import { challengeById, changeChallenge } from './store/challenges';
import { contactsOf } from './store/contacts';
import { historySince } from './store/journal-acts';
import { voidReserveCodes } from './store/reserve-codes';
import { changeOf, dropChange, phoneOf, setChange, setPhone, type PhoneRow } from './store/phones';

/** A number younger than this that nobody vouched for is new; a change without the old number's yes waits as long. */
export const NEW_FOR_MS = 24 * 3_600_000;

type Parts = Pick<Relay, 'db' | 'now' | 'seal' | 'provider'>;

/** Equal numbers have equal tags; a tag leads to no number without the data key. */
export function phoneTag({ seal }: Pick<Relay, 'seal'>, phone: string): string {
  return seal.keyedHash('phone', phone);
}

/** What numbers share that differ in their last four digits alone, as a keyed hash. */
export function phoneBlock({ seal }: Pick<Relay, 'seal'>, phone: string): string {
  return seal.keyedHash('phone-block', phone.slice(0, -4));
}

/** The customer's number now: a change that has waited long enough takes effect here. */
export function registeredPhone({ db, now, provider }: Parts, customer: string): PhoneRow | null {
  const registered = phoneOf(db, customer);
  const change = changeOf(db, customer);
  if (change === null || now() - change.askedAt < NEW_FOR_MS) return registered;
  // known to the relay since it was asked for: it has done its waiting
  const { phone, tag, askedAt } = change;
  const next = {
    customer,
    phone,
    tag,
    since: askedAt,
    trusted: false,
    demo: provider.isDemo(),
  };
  db.transaction(() => {
    setPhone(db, next);
    voidReserveCodes(db, customer, now());
    dropChange(db, customer);
  })();
  return next;
}

/** Registers a first number: the one its first challenge was just verified for. */
export function registerFirstPhone(
  { db, now, provider }: Parts,
  first: Pick<PhoneRow, 'customer' | 'phone' | 'tag'>,
): PhoneRow {
  // known since a till named it: it has done that much of its waiting
  const named = contactsOf(db, first.customer).find(({ tag }) => tag === first.tag);
  const since = named?.since ?? now();
  const row = { ...first, since, trusted: false, demo: provider.isDemo() };
  setPhone(db, row);
  // a number that waited for there to be one must not come after it
  dropChange(db, first.customer);
  return row;
}

type Judged = Extract<ChallengeReply, { kind: 'phone-held' | 'phone-too-new' | 'refused' }>;

/** Why this number may not be asked for this act; null: it may. */
export function judgePhone(
  relay: Parts,
  asked: Pick<ChallengeRequest, 'action' | 'amount' | 'customer' | 'receiptId'> & {
    readonly till: string;
  },
  policy: Policy,
): Judged | null {
  const { action, amount, customer } = asked;
  const { seal, now, db } = relay;
  const registered = registeredPhone(relay, customer.id);
  const tag = phoneTag(relay, customer.phone);
  if (registered !== null && registered.tag !== tag) {
    const phoneMasked = maskPhone(seal.open(registered.phone) as Phone);
    const waiting = changeOf(db, customer.id);
    const until = waiting?.tag === tag ? { until: waiting.askedAt + NEW_FOR_MS } : {};
    return { kind: 'phone-held', phoneMasked, since: registered.since, ...until };
  }
  // the old number is asked whether there may be a new one: there has to be an old one
  if (registered === null && action === 'change-phone')
    return { kind: 'refused', because: 'bad-request' };
  const named = registered === null ? namedSince(relay, customer) : null;
  if (registered === null && named === 'too-late') return waitAsChange(relay, asked, policy);
  const since = typeof named === 'number' ? named : now();
  const tooNew = judgeAge(relay, registered ?? { since, trusted: false }, policy);
  if (tooNew === null) return null;
  // reserve codes would outlive its first day
  if (action === 'redeem-points' || action === 'issue-reserve-codes') return tooNew;
  if (action !== 'sell-on-account' || amount === null || 'points' in amount) return null;
  // the cap is for the number's whole first day: many small debts are one large one
  const taken = debtSince(db, {
    customer: customer.id,
    since: now() - NEW_FOR_MS,
    now: now(),
    receipt: asked.receiptId,
  });
  const allowed = Math.max(0, policy.credit.newNumberCap - taken);
  return amount.minor > allowed
    ? { ...tooNew, allowed: { ...tooNew.allowed, minor: allowed } }
    : null;
}

type TooNew = Extract<ChallengeReply, { kind: 'phone-too-new' }>;

/** A number in its first day that nobody vouched for, with nothing allowed; null: it is past that. */
export function judgeAge(
  { now }: Pick<Relay, 'now'>,
  { since, trusted }: Pick<PhoneRow, 'since' | 'trusted'>,
  policy: Policy,
): TooNew | null {
  const until = since + NEW_FOR_MS;
  if (trusted || now() >= until) return null;
  const allowed = { minor: 0, currency: policy.shop.currency.code };
  return { kind: 'phone-too-new', until, allowed };
}

/**
 * Since when a first number, not registered yet, is the card's; null: since now. `too-late`: the card had a history before
 * anybody named this number to the relay, and it has not been known for a day yet.
 */
function namedSince(
  relay: Pick<Parts, 'db' | 'now' | 'seal'>,
  { id, phone }: { readonly id: string; readonly phone: string },
): number | null | 'too-late' {
  const { db, now } = relay;
  const contacts = contactsOf(db, id);
  const tag = phoneTag(relay, phone);
  const named = contacts.find((contact) => contact.tag === tag) ?? null;
  if (named !== null && now() - named.since >= NEW_FOR_MS) return named.since;
  // what the relay confirmed itself has no number any more only where the demo's were forgotten
  const history = everConfirmed(db, id) ? 0 : historySince(db, id);
  if (history === null) return named?.since ?? null;
  return named !== null && named === contacts[0] && named.since <= history
    ? named.since
    : 'too-late';
}

/** A first number on a card that has a history counts as a change, and there is no old number to ask: it waits a day. */
function waitAsChange(
  relay: Parts,
  { customer, till }: { customer: ChallengeRequest['customer']; till: string },
  policy: Policy,
): Judged {
  const { db, now, seal } = relay;
  const tag = phoneTag(relay, customer.phone);
  const waiting = changeOf(db, customer.id);
  const askedAt = waiting?.tag === tag ? waiting.askedAt : now();
  const phone = seal.seal(customer.phone);
  setChange(db, { customer: customer.id, phone, tag, askedAt, askedBy: till });
  const allowed = { minor: 0, currency: policy.shop.currency.code };
  return { kind: 'phone-too-new', until: askedAt + NEW_FOR_MS, allowed };
}

/** Believes these numbers at once; returns the customers whose registered number is another one, which stays. */
export function trustContacts(relay: Parts, contacts: TrustedRequest['contacts']): string[] {
  const { db, now, seal } = relay;
  return db.transaction(() =>
    contacts.flatMap(({ customer, phone }) => {
      const tag = phoneTag(relay, phone);
      const registered = registeredPhone(relay, customer);
      if (registered !== null && registered.tag !== tag) return [customer];
      const sealed = registered?.phone ?? seal.seal(phone);
      const since = registered?.since ?? now();
      setPhone(db, {
        customer,
        phone: sealed,
        tag,
        since,
        trusted: true,
        demo: isDemoPhone(phone),
      });
      // whoever vouches for this number has decided against the one that waits
      dropChange(db, customer);
      return [];
    }),
  )();
}

/** Changes a customer's number: at once with the old number's yes, otherwise a day after it was asked for. */
export async function changePhone(
  relay: Parts,
  asked: { customer: string; phone: string; challenge: string | null; till: string },
): Promise<PhoneChangeReply> {
  const { db, now, seal, provider } = relay;
  const { customer, phone } = asked;
  const tag = phoneTag(relay, phone);
  const before = registeredPhone(relay, customer);
  if (before === null) return { kind: 'not-registered' };
  const numbers = { phone: seal.open(before.phone), newPhone: phone };
  // nothing may be awaited once the number is looked at for good
  const dealHash = await phoneChangeHash({ customerId: customer, ...numbers });
  return db.transaction((): PhoneChangeReply => {
    const registered = registeredPhone(relay, customer);
    if (registered === null) return { kind: 'not-registered' };
    if (registered.tag === tag) {
      dropChange(db, customer);
      return { kind: 'changed' };
    }
    const sealed = seal.seal(phone);
    if (asked.challenge !== null) {
      const { challenge } = asked;
      const yes = { ...asked, challenge, action: 'change-phone', dealHash } as const;
      const refusal = spendYes(relay, yes, registered, tag);
      if (refusal !== null) return { kind: refusal };
      setPhone(db, {
        customer,
        phone: sealed,
        tag,
        since: now(),
        trusted: false,
        demo: provider.isDemo(),
      });
      // they lie in the old number's messages
      voidReserveCodes(db, customer, now());
      dropChange(db, customer);
      return { kind: 'changed' };
    }
    const waiting = changeOf(db, customer);
    if (waiting?.tag === tag) return { kind: 'waiting', until: waiting.askedAt + NEW_FOR_MS };
    setChange(db, { customer, phone: sealed, tag, askedAt: now(), askedBy: asked.till });
    return { kind: 'waiting', until: now() + NEW_FOR_MS };
  })();
}

/**
 * Takes the registered number at its word, once: it said yes to this very act, to this till, just now. Otherwise says what
 * is wrong with that yes.
 */
export function spendYes(
  { db, now, provider }: Parts,
  asked: { customer: string; challenge: string; till: string; action: Action; dealHash: string },
  registered: PhoneRow,
  usedFor: string,
): 'challenge-not-verified' | 'challenge-differs' | null {
  const none = 'challenge-not-verified';
  const row = challengeById(db, asked.challenge);
  if (row === null || row.till !== asked.till || row.customer !== asked.customer) return none;
  if (row.action !== asked.action || row.phoneTag !== registered.tag) return none;
  // what only the demo carried was nobody's consent
  if (row.demo && !provider.isDemo()) return none;
  if (row.usedFor !== null || row.endedAt === null || row.endedAt + GRANT_MS <= now()) return none;
  if (row.state !== 'verified') return none;
  if (row.dealHash !== asked.dealHash) return 'challenge-differs';
  return changeChallenge(db, row.id, ['verified'], { usedFor }) ? null : none;
}
