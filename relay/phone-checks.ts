// Whether a number may be asked for an act: it has to be the customer's, and one that is new confirms little.
import type { ChallengeReply, ChallengeRequest } from '$lib/contract/challenge';
import type { Policy } from '$lib/contract/policy';
import { maskPhone, type Phone } from '$lib/domain/phone';
import { beginChange } from './phone-changes';
import { judgeAge, namedSince, NEW_FOR_MS, phoneTag, registeredPhone } from './phones';
import type { Relay } from './relay';
import { debtSince } from './store/challenge-ends';
import { contactsOf } from './store/contacts';
import { changeOf } from './store/phone-changes';

type Parts = Pick<Relay, 'db' | 'now' | 'seal' | 'provider' | 'policy' | 'notices'>;

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
  const named = registered === null ? namedSince(relay, { customer: customer.id, tag }) : null;
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

/** A first number on a card that has a history counts as a change, and there is no old number to ask: it waits a day. */
function waitAsChange(
  relay: Parts,
  { customer: { id, phone }, till }: { customer: ChallengeRequest['customer']; till: string },
  policy: Policy,
): Judged {
  const tag = phoneTag(relay, phone);
  // a till that named it began the wait, and the numbers before were told then
  const named = contactsOf(relay.db, id).find((contact) => contact.tag === tag);
  const at = named?.since ?? relay.now();
  const askedAt = beginChange(relay, { customer: id, phone, till, at });
  const allowed = { minor: 0, currency: policy.shop.currency.code };
  return { kind: 'phone-too-new', until: askedAt + NEW_FOR_MS, allowed };
}
