// The deal of a challenge, computed by the relay itself: its hash, its sums, and what is left.
import type { ChallengeReply, ChallengeRequest } from '$lib/contract/challenge';
import type { Policy } from '$lib/contract/policy';
import type { Action, SaleAction } from '$lib/contract/values';
import { actionsOf, movedBy } from '$lib/domain/confirmation';
import { challengeAmountOf } from '$lib/domain/deal';
import type { WordedAmount } from '$lib/domain/customer-message';
import { pointsWorth, redeemable } from '$lib/domain/loyalty';
import { rebuildReceipt, receiptTotal, type Receipt } from '$lib/domain/receipt';
import { canonical } from '$lib/proof/canonical';
import { dealHash, phoneChangeHash, reserveCodesHash } from '$lib/proof/deal';
import { malformed } from '../http/json-body';

import type { Relay } from '../context';
import { pointsAskedFor } from '../store/challenges';
import { headOf } from '../store/journal';
import { standingOf } from '../store/journal-acts';

type Kind = ChallengeRequest['deal']['kind'];

const KIND_OF: Readonly<Record<Action, Kind | null>> = {
  'redeem-points': 'sale',
  'sell-on-account': 'sale',
  'issue-reserve-codes': 'reserve-codes',
  'change-phone': 'phone-change',
  'merge-customers': null,
};

/** Hash of what the code is bound to. Throws `malformed` where the deal is another action's. */
export function hashOfDeal(request: ChallengeRequest): Promise<string> {
  const { action, deal, receiptId, amount } = request;
  const { id: customerId, cardSalt, phone } = request.customer;
  if (deal.kind !== KIND_OF[action]) throw malformed('deal.kind');
  switch (deal.kind) {
    case 'reserve-codes':
      return reserveCodesHash({ issue: deal.issue, customerId, cardSalt, phone });
    case 'phone-change':
      return phoneChangeHash({ customerId, cardSalt, phone, newPhone: deal.newPhone });
    case 'sale': {
      const lines = deal.lines.map(({ product: productId, ...line }) => ({ productId, ...line }));
      return dealHash({
        ...{ receiptId, action: action as SaleAction, customerId, cardSalt, phone, amount, lines },
        tenders: deal.tenders,
      });
    }
  }
}

/** For `{balance}` in the text: what the customer will owe, or the points left; null: the relay does not know. */
export type Balance = WordedAmount | null;

/** The receipt of a sale's deal; null for another act. Throws `malformed` where the amount is not what it moves. */
export function receiptOf(
  { action, deal, amount, customer, receiptId }: ChallengeRequest,
  { shop }: Policy,
): Receipt | null {
  if (deal.kind !== 'sale') {
    if (amount !== null) throw malformed('amount');
    return null;
  }
  const lines = deal.lines.map((line) => ({
    ...line,
    ...{ name: '', barcode: null, unit: 'piece' as const },
  }));
  const { tenders } = deal;
  const receipt = rebuildReceipt({ id: receiptId, customer: customer.id, lines, tenders });
  if (receipt === null) throw malformed('deal');
  const moved = actionsOf(movedBy(receipt)).find((one) => one.action === action);
  const due = moved === undefined ? null : challengeAmountOf(moved, shop.currency);
  if (due === null || canonical(due) !== canonical(amount)) throw malformed('amount');
  return receipt;
}

/** What the customer's accounts will hold, unless they hold too little for it, or the policy's rules have changed. */
export async function balanceAfter(
  { db, now }: Pick<Relay, 'db' | 'now'>,
  { till, request }: { readonly till: string; readonly request: ChallengeRequest },
  receipt: Receipt,
  policy: Policy,
): Promise<ChallengeReply | { readonly kind: 'balance'; readonly balance: Balance }> {
  const { action, customer, journalHead } = request;
  const { onAccount, points, pointsWorth: worth } = movedBy(receipt);
  const has = await standingOf(db, customer.id);
  // the balances of this till may be ahead of the relay's
  const isWhole = journalHead.seq <= ((await headOf(db, till))?.seq ?? 0);
  if (action === 'sell-on-account') {
    const after = { minor: has.owed + onAccount, currency: policy.shop.currency.code };
    // who paid ahead has a negative debt, which the text cannot word
    return { kind: 'balance', balance: isWhole && after.minor >= 0 ? after : null };
  }
  if (pointsWorth(points, policy.points) !== worth) return { kind: 'policy-changed' };
  const of = { customer: customer.id, receipt: receipt.id, now: now() };
  const free = Math.max(0, has.points - (await pointsAskedFor(db, of)));
  const allowed = redeemable(receiptTotal(receipt), free, policy.points);
  if (points > allowed)
    return isWhole ? { kind: 'points-short', allowed } : { kind: 'journal-behind' };
  return { kind: 'balance', balance: isWhole ? { points: has.points - points } : null };
}
