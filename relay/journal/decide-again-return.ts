// Decides a return again by the till's own rules, from what its author knew of the sale. Pure.
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type { Policy } from '$lib/contract/policy';
import { decideReturnWithoutSale } from '$lib/domain/acts/money/return-without-sale';
import {
  approvalOf,
  consentOf,
  decideReturn,
  givenBy,
  soldIn,
  whyColleague,
  worthOfReturn,
  type AskedForReturn,
  type ReturnInput,
  type ReturnRefusal,
} from '$lib/domain/acts/money/return';
import { termsOf } from '$lib/domain/acts/money/sale';
import { confirmOne } from '$lib/domain/consent/consent';
import { openDebts } from '$lib/domain/customers/debts';
import type { DebtRow } from '$lib/domain/rows';
import { earnedByRepaying } from '$lib/domain/customers/loyalty';
import { MAX_AMOUNT } from '$lib/domain/values/money';
import { returnedBy } from '$lib/domain/receipt/returns';
import type { Deciding } from '$lib/domain/policy/rights';
import type { MoneyParts } from '$lib/domain/values/settlement';
import { type Redecided, compared, differing, firstDifference, withStatedDay } from './redecided';
import { debtsWith, withoutUsage } from './decide-again-consented';

/** What the author of a return knew. `unknown-sale`: the relay never had the sale; `lost-sale`: it lost it in a restore from a backup. */
export type ReturnKnowledge =
  | { readonly kind: 'unknown-sale' }
  | { readonly kind: 'lost-sale' }
  | (Pick<ReturnInput, 'guardedToday'> & { readonly kind: 'without-sale' })
  | (Pick<ReturnInput, 'since' | 'points' | 'guardedToday' | 'givenToday'> & {
      readonly kind: 'of-sale';
      readonly sale: ReturnInput['sale'];
      /** Refunded by all returns of the sale that the relay has. */
      readonly refundedInShop: MoneyParts;
      /** How many tills may each have taken a repayment of the sale's debt without knowing of the others. */
      readonly tills: number;
      /** False: the relay knows only the device's own acts, not what it knew of other tills. */
      readonly isWhole: boolean;
    });

/** What else the author of a return knew. */
type Besides = Pick<ReturnInput, 'card'> & {
  readonly returning: ReturnKnowledge;
  /** Debts of the customer whose debt the return lowers; null: not known here. */
  readonly debts: readonly DebtRow[] | null;
  /** How the customer consented; null: the author knew of no number to send a code to. */
  readonly consent: AskedForReturn | null;
};

/** What is wrong with a return by the rules of its policy; null: they make the same of it, or its sale is lost. */
export function decideReturnAgain(
  { at, body }: EntryOf<'return'>,
  by: Deciding,
  { card, returning, debts, consent }: Besides,
): Redecided | null {
  // the till got the sale from this relay before it was restored, and the goods are back: accepted as it is
  if (returning.kind === 'lost-sale') return null;
  if (returning.kind === 'unknown-sale') return { kind: 'against-rules', detail: 'unknown-sale' };
  const { approval, lines } = body;
  const asked = {
    ...by,
    ...body,
    card,
    at,
    guardedToday: returning.guardedToday,
    approvedBy: approval.kind === 'given' ? approval.by : null,
  };
  if (returning.kind === 'without-sale') {
    const goods = lines.flatMap(({ product, prices, ...line }) =>
      product === null || prices === null ? [] : [{ ...line, product, prices }],
    );
    const owed =
      debts === null
        ? debtsWith(body, { isWhole: body.debtReduced < body.total })
        : openDebts(debts);
    const again = decideReturnWithoutSale({ ...asked, goods, debts: owed });
    return compared(asStated(again, body, at), body);
  }
  // Consent is judged afterwards: a return counts without it, because the goods are back.
  // a till counts a person's cash for longer while its clock is unproven, so that it may ask for approval earlier
  const givenToday = approval.kind === 'not-needed' ? returning.givenToday : MAX_AMOUNT;
  const guarded = { ...asked, ...returning, givenToday, goods: lines, asked: null };
  const again = decideReturn(guarded);
  if (!returning.isWhole)
    return (
      beyondSale(body, returning, again, by.policy) ??
      unapproved(body, returning, asked) ??
      unconsented(body, { ...returning, consent }, asked)
    );
  if (again.kind === 'refused' && isOfDay(again.because)) {
    // the goods are back, so a return that only exceeds a daily cap counts, and is flagged
    const uncapped = decideReturn({
      ...guarded,
      guardedToday: -MAX_AMOUNT,
      givenToday: approval.kind === 'not-needed' ? 0 : givenToday,
    });
    if (uncapped.kind === 'refused') return compared(uncapped, body);
    const { day, confirmations } = body;
    return differing({ ...uncapped.body, day, confirmations }, body) ?? compared(again, body);
  }
  return (
    compared(asStated(again, body, at), body) ?? unconsented(body, { ...returning, consent }, asked)
  );
}

/** The decision with the day and the consent that the entry states. `at`: by the till's clock, ms. */
function asStated<Again extends ReturnType<typeof decideReturn>>(
  again: Again,
  body: BodyOf<'return'>,
  at: number,
): Again {
  const dated = withStatedDay(again, body, at);
  if (dated.kind === 'refused') return dated;
  return { ...dated, body: { ...dated.body, confirmations: body.confirmations } };
}

/**
 * What is wrong with a return if the relay lacks entries that its author had seen. It is then only checked that the return gives
 * and takes no more than the sale allows. `again`: the return as decided from what the relay has.
 */
function beyondSale(
  body: BodyOf<'return'>,
  { sale, since, tills }: Extract<ReturnKnowledge, { readonly kind: 'of-sale' }>,
  again: ReturnType<typeof decideReturn>,
  { cashRounding }: Policy,
): Redecided | null {
  if (again.kind === 'refused' && !isByReckoning(again.because))
    return { kind: 'against-rules', detail: again.because.kind };
  const sold = sale.body;
  const differs = (detail: string) => ({ kind: 'differs', detail }) as const;
  const isNobodys = body.customer === null && body.debtReduced === 0;
  if (body.customer !== sold.customer && !isNobodys) return differs('customer');
  const { till, seq, hash } = sale;
  const stated = { till, seq, hash, number: sold.number };
  if (firstDifference(stated, body.sale) !== null) return differs('sale');
  for (const { line, product, quantity, amount } of body.lines) {
    const of = sold.lines[line];
    if (of?.product !== product) return differs('lines');
    // each partial return is rounded to a minor unit by itself
    if (amount > Math.ceil((of.total * quantity) / of.quantity) + 1) return differs('lines');
  }
  const stock = again.kind === 'refused' ? null : firstDifference(again.body.stock, body.stock);
  if (stock !== null) return differs('stock');
  const before = returnedBy(since.returns);
  const redeemed = sold.tenders.reduce(
    (sum, each) => (each.kind === 'points' ? sum + each.points : sum),
    0,
  );
  const { debtReduced, pointsGivenBack, pointsTakenBack, withheld } = body;
  if (before.debtReduced + debtReduced > sold.onAccount) return differs('debtReduced');
  if (before.pointsGivenBack + pointsGivenBack > redeemed) return differs('pointsGivenBack');
  const taken = pointsTakenBack + withheld.points;
  const { earns } = termsOf(sold);
  const byRepaying = earnedByRepaying(earns, sold.onAccount + (cashRounding?.step ?? 0));
  // a debt repaid at two tills that did not know of each other has earned its points twice
  const earned = sold.pointsEarned + tills * byRepaying;
  if (before.pointsTakenBack + before.pointsWithheld + taken > earned)
    return differs('pointsTakenBack');
  if (body.pointValue !== sold.pointValue) return differs('pointValue');
  if (withheld.amount !== withheld.points * sold.pointValue) return differs('withheld');
  const refunded = body.refunds.reduce((sum, { amount }) => sum + amount, 0);
  const given = debtReduced + refunded + withheld.amount + pointsGivenBack * sold.pointValue;
  // this return may also include a fraction of a point and a cash rounding left over by earlier returns
  if (given > body.total + sold.pointValue + (cashRounding?.step ?? 0) + Math.max(0, sold.rounding))
    return differs('refunds');
  return null;
}

/**
 * What is wrong with the approval of such a return, judged by its own sums, the returns of the same device and the tenders of the
 * sale. This is never too strict: more returns of the sale could only be a further reason for an approval.
 */
function unapproved(
  body: BodyOf<'return'>,
  {
    sale,
    since,
    refundedInShop,
    givenToday,
  }: Extract<ReturnKnowledge, { readonly kind: 'of-sale' }>,
  by: Parameters<typeof approvalOf>[0],
): Redecided | null {
  const { inCash, shown, scanned, approval } = body;
  const known = returnedBy(since.returns);
  const before = { ...known, refunds: { ...refundedInShop, cash: known.refunds.cash } };
  const sold = soldIn(sale.body, { debts: [], returns: since.returns });
  const because =
    whyColleague(
      { ...by, sale, shown, scanned, inCash, givenToday },
      sold,
      before,
      givenBy(body),
    ) ?? (approval.kind === 'not-needed' ? null : 'nothing-shown');
  const given = worthOfReturn(givenBy(body), sale.body);
  const approved = approvalOf(by, { because, given });
  if (approved.kind === 'refused') return { kind: 'against-rules', detail: approved.because.kind };
  return firstDifference(approved.approval, approval) === null
    ? null
    : { kind: 'differs', detail: 'approval' };
}

/** What is wrong with the customer's consent to such a return, judged by its own sums and the known returns of the sale. */
function unconsented(
  body: BodyOf<'return'>,
  {
    sale,
    since,
    consent,
  }: Extract<ReturnKnowledge, { readonly kind: 'of-sale' }> & {
    readonly consent: AskedForReturn | null;
  },
  { policy, operator, at }: Deciding & { readonly at: number },
): Redecided | null {
  const { return: id, confirmations } = body;
  const given = givenBy(body);
  const missing = (detail: string) => ({ kind: 'code-was-required', detail }) as const;
  const moves = consentOf(policy, sale.body, returnedBy(since.returns), given);
  const [stated] = confirmations;
  if (stated === undefined)
    return moves === null || consent === null ? null : missing('sell-on-account');
  if (consent === null) return null;
  const amount = worthOfReturn(given, sale.body);
  const confirmed = confirmOne(
    { ...consent, policy, operator, at, id, asks: 'return-goods' },
    moves ?? { action: 'sell-on-account', amount, points: null },
  );
  if (confirmed.kind === 'refused') return missing(confirmed.because.kind);
  const again = withoutUsage({ confirmations: [confirmed.confirmation] });
  return differing(again, withoutUsage({ confirmations }));
}

/** Whether a return is refused only because of the sums of a day. */
const isOfDay = (because: ReturnRefusal): boolean =>
  because.kind === 'over-day-cap' ||
  (because.kind === 'needs-colleague' && because.because === 'much-today');

/** Whether a refusal depends on sums that the relay does not have in full. */
const isByReckoning = (because: ReturnRefusal): boolean =>
  because.kind === 'whole-pieces' ||
  isOfDay(because) ||
  (because.kind === 'needs-colleague' &&
    (because.because === 'much-given' || because.because === 'card-in-cash'));
