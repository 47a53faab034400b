// Requests for challenges over the wire. Imports nothing of the relay; stories use it, too.
import { v7 as uuidv7 } from 'uuid';
import type { ChallengeRequest, JournalHead } from '$lib/contract/challenge';
import type { Reply, TillClient } from './till-client';
import { CARD_SALT } from './till-journal';

export const PHONE = '+79255070602';
export const OTHER_PHONE = '+79161234567';
export const DEMO_PHONE = '+70000000101';
export const START = 1_790_000_000_000;

const NO_ENTRIES: JournalHead = { seq: 0, hash: '0'.repeat(64), at: START };

/** A request as a test writes it: `ask` signs the head; the operator is the owner unless given. */
export type Unsigned = Omit<ChallengeRequest, 'headSigned' | 'operator'> &
  Partial<Pick<ChallengeRequest, 'headSigned' | 'operator'>>;

type Parts = Partial<Omit<ChallengeRequest, 'customer'>> & {
  readonly customer?: { readonly id: string; readonly phone: string; readonly cardSalt?: string };
};

/** A sale on account of 540 roubles; parts can be replaced. The deal follows from the amount. */
export function debtRequest(parts: Parts = {}): Unsigned {
  const amount = parts.amount ?? { minor: 54_000, currency: 'RUB' };
  return {
    action: 'sell-on-account',
    receiptId: uuidv7(),
    amount,
    deal: dealOf(amount),
    journalHead: NO_ENTRIES,
    ...parts,
    customer: { cardSalt: CARD_SALT, ...(parts.customer ?? { id: uuidv7(), phone: PHONE }) },
  };
}

/** The deal of a loaf with this amount: on account, or half in points and half in cash. */
function dealOf(amount: NonNullable<ChallengeRequest['amount']>): ChallengeRequest['deal'] {
  const worth = 'points' in amount ? amount.worth.minor : amount.minor;
  const loaf = { product: '0198c000-0000-7000-8000-000000000001', quantity: 1000, discount: 0 };
  if (!('points' in amount))
    return { kind: 'sale', lines: [{ ...loaf, unitPrice: worth }], tenders: [] };
  return {
    kind: 'sale',
    lines: [{ ...loaf, unitPrice: 2 * worth }],
    tenders: [
      { kind: 'points', amount: worth, points: amount.points },
      { kind: 'cash', amount: worth },
    ],
  };
}

/** 340 points at a rouble each; a journal has to have given them to the customer before. */
export const pointsRequest = (parts: Parts = {}): Unsigned =>
  debtRequest({
    action: 'redeem-points',
    amount: { points: 340, worth: { minor: 34_000, currency: 'RUB' } },
    ...parts,
  });

/** A customer's consent to one issue of reserve codes; `journalHead`: of the till that asks. */
export const reserveCodesRequest = (
  issue: string,
  customer: { readonly id: string; readonly phone: string },
  journalHead = NO_ENTRIES,
): Unsigned => ({
  action: 'issue-reserve-codes',
  receiptId: issue,
  customer: { cardSalt: CARD_SALT, ...customer },
  amount: null,
  deal: { kind: 'reserve-codes', issue },
  journalHead,
});

/** The consent of a customer's number to a change to another one. */
export const phoneChangeRequest = (
  customer: { readonly id: string; readonly phone: string },
  newPhone: string,
  parts: Partial<ChallengeRequest> = {},
): Unsigned => ({
  action: 'change-phone',
  receiptId: uuidv7(),
  customer: { cardSalt: CARD_SALT, ...customer },
  amount: null,
  deal: { kind: 'phone-change', newPhone },
  journalHead: NO_ENTRIES,
  ...parts,
});

/** The request with the till's signature over the head that it states. */
export async function ask(
  till: TillClient,
  request: Unsigned,
  id: string = uuidv7(),
): Promise<Reply> {
  const headSigned = request.headSigned ?? (await till.signHead(request.journalHead));
  const operator = request.operator ?? (await till.owner());
  return till.call('PUT', `/challenges/${id}`, { ...request, operator, headSigned });
}

export const check = (till: TillClient, id: string, code: string): Promise<Reply> =>
  till.call('POST', `/challenges/${id}/checks`, { code });

/** A code that differs from this one. */
export const otherThan = (code: string): string => (code[0] === '1' ? '2' : '1') + code.slice(1);
