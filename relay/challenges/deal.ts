// The deal of a challenge, computed by the relay itself: its hash, its sums, and what is left.
import type { ChallengeReply, ChallengeRequest } from '$lib/contract/challenge';
import type { Credit } from '$lib/contract/journal';
import type { Policy } from '$lib/contract/policy';
import type { Action, SaleAction } from '$lib/contract/values';
import { actionsOf, movedBy } from '$lib/domain/confirmation';
import { allowedDebt, type AllowedDebt } from '$lib/domain/customer';
import { challengeAmountOf } from '$lib/domain/deal';
import type { WordedAmount } from '$lib/domain/customer-message';
import { pointsWorth, redeemable } from '$lib/domain/loyalty';
import { MAX_AMOUNT, money } from '$lib/domain/money';
import { rightsOf } from '$lib/domain/policy';
import { rebuildReceipt, receiptTotal, type Receipt, type StatedLine } from '$lib/domain/receipt';
import { canonical } from '$lib/proof/canonical';
import { dealHash, phoneChangeHash, reserveCodesHash } from '$lib/proof/deal';
import { malformed } from '../http/json-body';

import type { Relay } from '../context';
import { heldFor } from '../store/challenges';
import { creditAt } from '../store/former-journals';
import { namesOfDevice } from '../store/former-names';
import { headOf } from '../store/journal';
import { creditOf, standingOf } from '../store/journal-acts';

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
  { shop, cashRounding }: Policy,
): Receipt | null {
  if (deal.kind !== 'sale') {
    if (amount !== null) throw malformed('amount');
    return null;
  }
  const lines = deal.lines.map(({ discount: amount, ...line }): StatedLine => ({
    ...{ ...line, name: '', barcode: null, unit: 'piece' },
    ...{ listPrice: line.unitPrice, priceFrom: 'list' },
    discounts: amount === 0 ? [] : [{ from: 'line', rule: null, basisPoints: null, amount }],
  }));
  const { tenders } = deal;
  const receipt = rebuildReceipt({ id: receiptId, customer: customer.id, lines, tenders });
  if (receipt === null) throw malformed('deal');
  const moved = actionsOf(movedBy(receipt, cashRounding)).find((one) => one.action === action);
  const due = moved === undefined ? null : challengeAmountOf(moved, shop.currency);
  if (due === null || canonical(due) !== canonical(amount)) throw malformed('amount');
  return receipt;
}

/**
 * The customer's balance after the deal, over all tills; or the refusal if limit or points do not allow it, or the policy has
 * changed. Sums held by other open requests and unused grants are not available.
 */
export async function balanceAfter(
  { db, now }: Pick<Relay, 'db' | 'now'>,
  { till, request }: { readonly till: string; readonly request: ChallengeRequest },
  receipt: Receipt,
  policy: Policy,
): Promise<ChallengeReply | { readonly kind: 'balance'; readonly balance: Balance }> {
  const { action, customer, journalHead, operator } = request;
  const { onAccount, points, pointsWorth: worth } = movedBy(receipt, policy.cashRounding);
  const has = await standingOf(db, customer.id);
  const of = { customer: customer.id, till, receipt: receipt.id, now: now() };
  // the balances of this till may be ahead of the relay's
  const isWhole = journalHead.seq <= ((await headOf(db, till))?.seq ?? 0);
  if (action === 'sell-on-account') {
    const { code: currency } = policy.shop.currency;
    const held = await heldFor(db, { ...of, action });
    const credit = await creditFor(db, { customer: customer.id, till });
    const mayExceed = rightsOf(policy, operator).includes('sell-over-limit');
    const owed = money(Math.min(MAX_AMOUNT, Math.max(-MAX_AMOUNT, has.owed + held)));
    const left = leftOnAccount(allowedDebt(credit, policy.credit.debtLimit, owed), mayExceed);
    if (onAccount > left)
      return isWhole
        ? { kind: 'over-limit', allowed: { minor: left, currency } }
        : { kind: 'journal-behind' };
    const after = { minor: has.owed + onAccount, currency };
    // who paid ahead has a negative debt, which the text cannot word
    return { kind: 'balance', balance: isWhole && after.minor >= 0 ? after : null };
  }
  if (pointsWorth(points, policy.points) !== worth) return { kind: 'policy-changed' };
  const held = await heldFor(db, { ...of, action: 'redeem-points' });
  const free = Math.max(0, has.points - held);
  const allowed = redeemable(receiptTotal(receipt), free, policy.points);
  if (points > allowed)
    return isWhole ? { kind: 'points-short', allowed } : { kind: 'journal-behind' };
  return { kind: 'balance', balance: isWhole ? { points: has.points - points } : null };
}

/** The credit on a customer's card: the shop's newest, or the one in a journal of this device that waits for an owner. */
async function creditFor(
  db: Relay['db'],
  { customer, till }: { readonly customer: string; readonly till: string },
): Promise<Credit> {
  const inShop = await creditOf(db, customer);
  if (inShop !== null) return inShop;
  const device = await namesOfDevice(db, till);
  return (await creditAt(db, { customer, device, seen: 0 })) ?? { kind: 'shop-limit' };
}

/** Minor units that may still go on account; infinite: any sum. No right replaces a credit that was refused. */
function leftOnAccount(allowed: AllowedDebt, mayExceed: boolean): number {
  switch (allowed.kind) {
    case 'refused':
      return 0;
    case 'unlimited':
      return Infinity;
    case 'up-to':
      return mayExceed ? Infinity : allowed.left;
  }
}
