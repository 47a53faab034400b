// The deal of a challenge, computed by the relay itself: its hash, its sums, and what is left.
import type { ChallengeReply, ChallengeRequest } from '$lib/contract/challenge';
import type { Credit } from '$lib/contract/acts/customer';
import type { Policy } from '$lib/contract/policy';
import type { Action, SaleAction } from '$lib/contract/values';
import { takenBy } from '$lib/domain/acts/money/balance-corrected';
import { actionsOf, movedBy, type MovedAction } from '$lib/domain/consent/confirmation';
import { allowedDebt, type AllowedDebt } from '$lib/domain/customers/customer';
import { challengeAmountOf } from '$lib/domain/consent/deal';
import type { WordedAmount } from '$lib/domain/messages/message-words';
import { pointsWorth, redeemable } from '$lib/domain/customers/loyalty';
import { MAX_AMOUNT, money } from '$lib/domain/values/money';
import { rightsOf } from '$lib/domain/policy/policy';
import { USUAL_TAX } from '$lib/domain/goods/product';
import {
  rebuildReceipt,
  NEVER_HELD,
  receiptTotal,
  type Receipt,
  type StatedLine,
} from '$lib/domain/receipt/receipt';
import { canonical } from '$lib/proof/canonical';
import {
  cancellationHash,
  correctionHash,
  dealHash,
  forgetHash,
  mergeHash,
  personHash,
  phoneChangeHash,
  reserveCodesHash,
  returnHash,
} from '$lib/proof/deal';
import { malformed } from '../http/json-body';

import type { Relay } from '../context';
import { owedSince } from '../store/cancelled-repayments';
import { heldFor } from '../store/challenges';
import { creditAt } from '../store/former-journals';
import { namesOfDevice } from '../store/former-names';
import { headOf } from '../store/journal';
import { standingOf } from '../store/account-steps';
import { creditOf } from '../store/credits';

type Kind = ChallengeRequest['deal']['kind'];

const KIND_OF: Readonly<Record<Action, Kind | null>> = {
  'redeem-points': 'sale',
  'sell-on-account': 'sale',
  'issue-reserve-codes': 'reserve-codes',
  'change-phone': 'phone-change',
  'merge-customers': 'merge',
  'correct-balance': 'correction',
  'cancel-repayment': 'cancellation',
  'authorise-person': 'person',
  'return-goods': 'return',
  'forget-customer': 'forget',
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
    case 'merge': {
      const { from, into } = deal;
      if (from === into || ![from, into].includes(customerId)) throw malformed('deal');
      return mergeHash({ merge: receiptId, customerId, cardSalt, phone, from, into });
    }
    case 'correction': {
      const { account, delta } = deal;
      const of = { customerId, cardSalt, phone };
      return correctionHash({ correction: receiptId, ...of, account, delta });
    }
    case 'cancellation': {
      const { repayment } = deal;
      const of = { customerId, cardSalt, phone, amount: minorOf(amount) };
      return cancellationHash({ cancellation: receiptId, ...of, repayment });
    }
    case 'person': {
      const { name, phone: number } = deal;
      const person = { id: receiptId, name, phone: number };
      return personHash({ customerId, cardSalt, phone, person });
    }
    case 'return': {
      const of = { customerId, cardSalt, phone, amount: minorOf(amount) };
      return returnHash({ return: receiptId, ...of, sale: deal.sale });
    }
    case 'forget': {
      if (receiptId !== customerId) throw malformed('receiptId');
      return forgetHash({ customerId, cardSalt, phone });
    }
    case 'sale': {
      const lines = deal.lines.map(({ product: productId, ...line }) => ({ productId, ...line }));
      return dealHash({
        receiptId,
        action: action as SaleAction,
        customerId,
        cardSalt,
        phone,
        amount,
        lines,
        tenders: deal.tenders,
      });
    }
  }
}

/** The amount of a request, minor units. Throws `malformed` if it is an amount of points, or null. */
function minorOf(amount: ChallengeRequest['amount']): number {
  if (amount === null || !('minor' in amount)) throw malformed('amount');
  return amount.minor;
}

/** For `{balance}` in the text: what the customer will owe, or the points left; null: the relay does not know. */
export type Balance = WordedAmount | null;

/** The receipt of a sale's deal; null for another act. Throws `malformed` where the amount is not what it moves. */
export function receiptOf(
  { action, deal, amount, customer, receiptId }: ChallengeRequest,
  { shop, cashRounding }: Policy,
): Receipt | null {
  if (deal.kind === 'return') {
    if (amount === null || !('minor' in amount) || amount.currency !== shop.currency.code)
      throw malformed('amount');
    return null;
  }
  if (deal.kind !== 'sale') {
    if (amount !== null && !isTaking(deal.kind)) throw malformed('amount');
    return null;
  }
  const isTooMuch = deal.lines.some(
    ({ unitPrice, quantity: of, discount }) =>
      BigInt(discount) * 1000n > BigInt(unitPrice) * BigInt(of) + 500n,
  );
  if (isTooMuch) throw malformed('deal');
  const lines = deal.lines.map(({ discount: sum, ...line }): StatedLine => ({
    ...line,
    name: '',
    barcode: null,
    unit: 'piece',
    listPrice: line.unitPrice,
    priceFrom: 'list',
    noDiscounts: false,
    tax: USUAL_TAX,
    // the sale says whether a discount was given by hand or by a rule; the deal needs only its sum
    askAge: null,
    mark: null,
    category: null,
    given: sum === 0 ? null : { basisPoints: null, sum },
  }));
  const { tenders } = deal;
  const receipt = rebuildReceipt({
    id: receiptId,
    customer: customer.id,
    lines,
    tenders,
    discountsAllowedBy: null,
    given: null,
    ageConfirmed: null,
    dueDays: null,
    removed: { lines: 0, sum: 0 },
    held: NEVER_HELD,
  });
  if (receipt === null) throw malformed('deal');
  const moved = actionsOf(movedBy(receipt, cashRounding)).find((one) => one.action === action);
  const due = moved === undefined ? null : challengeAmountOf(moved, shop.currency);
  if (due === null || canonical(due) !== canonical(amount)) throw malformed('amount');
  return receipt;
}

const isTaking = (kind: Kind): boolean => kind === 'correction' || kind === 'cancellation';

/**
 * The debt or points that a correction or a cancelled repayment takes from the customer; null for other deals. Throws `malformed`
 * if the request names another amount.
 */
export function takenOutsideSale(
  { deal, amount }: ChallengeRequest,
  policy: Policy,
): MovedAction | null {
  if (deal.kind !== 'correction' && deal.kind !== 'cancellation') return null;
  const delta = deal.kind === 'correction' ? deal.delta : minorOf(amount);
  const taken = takenBy(deal.kind === 'correction' ? deal : { account: 'debt', delta }, policy);
  if (taken === null || Math.abs(delta) > MAX_AMOUNT) throw malformed('deal');
  if (canonical(challengeAmountOf(taken, policy.shop.currency)) !== canonical(amount))
    throw malformed('amount');
  return taken;
}

/**
 * The debt and points that a merge moves: both customers read them in their messages. Null for other deals. Counts what the relay
 * has; a till uploads its journal before it asks.
 */
export async function movedByMerge(
  { db }: Pick<Relay, 'db'>,
  { till, request: { deal, journalHead } }: Asked,
): Promise<Merging | Extract<ChallengeReply, { kind: 'journal-behind' }> | null> {
  if (deal.kind !== 'merge') return null;
  if (journalHead.seq > ((await headOf(db, till))?.seq ?? 0)) return { kind: 'journal-behind' };
  return { kind: 'merging', ...(await standingOf(db, deal.from)) };
}

/** Debt, minor units, negative where the customer has paid ahead; and points. */
type Merging = { readonly kind: 'merging'; readonly owed: number; readonly points: number };

/** As `balanceAfter`, of a deal that is no sale. */
export async function balanceAfterTaking(
  relay: Pick<Relay, 'db' | 'now'>,
  { till, request }: Asked,
  { amount, points }: MovedAction,
  policy: Policy,
): Promise<AfterDeal> {
  const account = await accountFor(relay, { till, request }, request.receiptId);
  if (points === null) return owedAfter(relay, { till, request }, account, amount, policy);
  const free = await freePoints(relay, account);
  return points > free ? short(account, free) : pointsLeft(account, points);
}

/**
 * The customer's balance after the deal, over all tills; or the refusal if limit or points do not allow it, or the policy has
 * changed. Sums held by other open requests and unused grants are not available.
 */
export async function balanceAfter(
  relay: Pick<Relay, 'db' | 'now'>,
  { till, request }: Asked,
  receipt: Receipt,
  policy: Policy,
): Promise<AfterDeal> {
  const { onAccount, points, pointsWorth: worth } = movedBy(receipt, policy.cashRounding);
  const account = await accountFor(relay, { till, request }, receipt.id);
  if (request.action === 'sell-on-account')
    return owedAfter(relay, { till, request }, account, onAccount, policy);
  if (pointsWorth(points, policy.points) !== worth) return { kind: 'policy-changed' };
  const free = await freePoints(relay, account);
  const allowed = redeemable(receiptTotal(receipt), free, policy.points);
  return points > allowed ? short(account, allowed) : pointsLeft(account, points);
}

type Asked = { readonly till: string; readonly request: ChallengeRequest };
type AfterDeal = ChallengeReply | { readonly kind: 'balance'; readonly balance: Balance };

/**
 * What the relay knows of a customer's account. `has`: the balance by the entries of all tills; `of`: the request, for `heldFor`;
 * `isWhole`: false if the relay lacks entries that this till has written, so that `has` may be outdated.
 */
type Account = {
  readonly has: { readonly owed: number; readonly points: number };
  readonly of: {
    readonly customer: string;
    readonly till: string;
    readonly receipt: string;
    readonly now: number;
  };
  readonly isWhole: boolean;
};

async function accountFor(
  { db, now }: Pick<Relay, 'db' | 'now'>,
  { till, request: { customer, journalHead } }: Asked,
  receipt: string,
): Promise<Account> {
  const has = await standingOf(db, customer.id);
  const of = { customer: customer.id, till, receipt, now: now() };
  return { has, of, isWhole: journalHead.seq <= ((await headOf(db, till))?.seq ?? 0) };
}

async function owedAfter(
  { db }: Pick<Relay, 'db'>,
  { till, request }: Asked,
  { has, of, isWhole }: Account,
  more: number,
  policy: Policy,
): Promise<AfterDeal> {
  const { code: currency } = policy.shop.currency;
  const held = await heldFor(db, { ...of, account: 'debt' });
  const credit = await creditFor(db, { customer: request.customer.id, till });
  const mayExceed = rightsOf(policy, request.operator).includes('sell-over-limit');
  const owed = money(Math.min(MAX_AMOUNT, Math.max(-MAX_AMOUNT, has.owed + held)));
  const left = (await isOwedBefore(db, { till, request }))
    ? Infinity
    : leftOnAccount(allowedDebt(credit, policy.credit.debtLimit, owed), mayExceed);
  if (more > left)
    return isWhole
      ? { kind: 'over-limit', allowed: { minor: left, currency } }
      : { kind: 'journal-behind' };
  const after = { minor: has.owed + more, currency };
  // a customer who has paid ahead has a negative debt, for which the message text has no words
  return { kind: 'balance', balance: isWhole && after.minor >= 0 ? after : null };
}

/**
 * Whether the deal cancels a repayment, and the till has added no other debt to the customer since. The cancellation then only
 * restores a debt that they had before.
 */
async function isOwedBefore(
  db: Relay['db'],
  { till, request: { deal, customer } }: Asked,
): Promise<boolean> {
  if (deal.kind !== 'cancellation') return false;
  const { repayment } = deal;
  const of = { repayment, till, customer: customer.id, seen: Number.MAX_SAFE_INTEGER };
  return (await owedSince(db, of)) === 0;
}

/** Points that no other open request or unused grant holds. */
const freePoints = async ({ db }: Pick<Relay, 'db'>, { has, of }: Account): Promise<number> =>
  Math.max(0, has.points - (await heldFor(db, { ...of, account: 'points' })));

const short = ({ isWhole }: Account, allowed: number): ChallengeReply =>
  isWhole ? { kind: 'points-short', allowed } : { kind: 'journal-behind' };

const pointsLeft = ({ has, isWhole }: Account, points: number): AfterDeal => ({
  kind: 'balance',
  balance: isWhole ? { points: has.points - points } : null,
});

/**
 * The credit of a customer's card: the newest in the shop, otherwise the one in this device's former journal, also if that journal
 * is not accepted yet.
 */
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
