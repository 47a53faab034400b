// Decides whether a number may confirm an act: it is the customer's, and not too new.
import type { ChallengeReply, ChallengeRequest } from '$lib/contract/challenge';
import type { Policy } from '$lib/contract/policy';
import type { Action } from '$lib/contract/values';
import { numberStanding, standingByAge } from './allowances';
import { judgeRecipient } from './authorised-persons';
import { beginChange } from './phone-changes';
import { registeredPhone } from './phones';
import type { Relay } from '../context';

type Parts = Pick<Relay, 'db' | 'now' | 'cipher' | 'provider' | 'policy'>;

type Judged = Extract<
  ChallengeReply,
  { kind: 'phone-held' | 'phone-too-new' | 'phone-unaccepted' | 'refused' | 'person-refused' }
>;

/** Actions that a number known for less than a day may not confirm: their effect would last beyond that day. */
const OUTLASTING: ReadonlySet<Action> = new Set<Action>([
  ...(['issue-reserve-codes', 'merge-customers', 'authorise-person', 'forget-customer'] as const),
]);

/** Actions to which the number of the card consents, so it has to have one. */
const AT_THE_CARD: ReadonlySet<Action> = new Set<Action>([
  ...(['change-phone', 'authorise-person', 'forget-customer'] as const),
]);

/** Why this number may not be asked for this act; null: it may. */
export async function judgePhone(
  relay: Parts,
  asked: ChallengeRequest & { readonly till: string },
  policy: Policy,
): Promise<Judged | null> {
  const { action, amount, customer } = asked;
  if (AT_THE_CARD.has(action) && (await registeredPhone(relay, customer.id)) === null)
    return { kind: 'refused', because: 'bad-request' };
  const { till, receiptId: receipt, person } = asked;
  const about = { till, customer: customer.id, phone: customer.phone, receipt };
  const answering =
    person === undefined ? null : await judgeRecipient(relay, asked, person, policy);
  if (answering !== null && 'kind' in answering) return answering;
  const standing =
    answering === null
      ? await numberStanding(relay, about, policy)
      : await standingByAge(relay, { ...answering, trusted: false, till, receipt }, policy);
  const { code: currency } = policy.shop.currency;
  const { operator } = asked;
  const begin = () =>
    beginChange(relay, { customer: customer.id, phone: customer.phone, till, operator });
  switch (standing.kind) {
    case 'free':
      return null;
    case 'held':
      return { kind: 'phone-held', ...standing.held };
    case 'waiting': {
      const { held, until } = standing;
      if (held !== null) return { kind: 'phone-held', ...held, until };
      await begin();
      return { kind: 'phone-too-new', until, allowed: { minor: 0, currency } };
    }
    case 'unaccepted': {
      await begin();
      // what the card had before its number was named is not for this number to move
      const most = action === 'sell-on-account' ? standing.onAccount : 0;
      const within = amount !== null && 'minor' in amount && amount.minor <= most;
      return within ? null : { kind: 'phone-unaccepted', allowed: { minor: most, currency } };
    }
    case 'young': {
      const { onAccount, until } = standing;
      const tooNew = (minor: number): Judged => ({
        kind: 'phone-too-new',
        until,
        allowed: { minor, currency },
      });
      if (OUTLASTING.has(action)) return tooNew(0);
      if (amount === null) return null;
      if ('points' in amount) return tooNew(0);
      return amount.minor > onAccount ? tooNew(onAccount) : null;
    }
  }
}
