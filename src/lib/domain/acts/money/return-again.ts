// How the relay decides a return again, from what its author knew of the sale.
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import { confirmOne } from '$lib/domain/consent/consent';
import { earnedByRepaying } from '$lib/domain/customers/loyalty';
import {
  againstRules,
  compared,
  debtsOr,
  differing,
  differs,
  firstDifference,
  withStated,
  withStatedDay,
  type Again,
  type AgainRules,
  type AuthorKnew,
  type Redecided,
  type SaleKnown,
} from '$lib/domain/decide-again';
import { returnedBy } from '$lib/domain/receipt/returns';
import { MAX_AMOUNT } from '$lib/domain/values/money';
import {
  approvalOf,
  consentOf,
  decideReturn,
  givenBy,
  soldIn,
  whyColleague,
  worthOfReturn,
  type ReturnRefusal,
} from './return';
import { decideReturnWithoutSale } from './return-without-sale';
import { termsOf } from './sale';

type Found = Extract<SaleKnown, { readonly kind: 'found' }>;

export const returnAgain = {
  deal: ({ return: id, sale, confirmations }) => ({
    return: id,
    sale: sale?.hash ?? '',
    amount: confirmations[0]?.amount ?? 0,
  }),
  refundedOfEarned: () => Infinity,
  returned: ({ sale, lines }) => ({ sale: sale?.hash ?? null, lines }),
  samePaidBack: ({ sale, customer, refunds, withheld }) =>
    sale === null ||
    customer === null ||
    (refunds.every(({ amount }) => amount === 0) && withheld.amount === 0)
      ? null
      : { kind: 'cancellations', customer, sale: sale.hash },
  asks: ({ sale, customer, debtReduced }) => ({
    sale,
    serves: customer === null ? [] : [customer],
    // without its sale a return lowers any debts; of a sale whose debt is lowered, they have to be known
    debtsOf: sale === null || debtReduced > 0 ? customer : null,
    returnedToday: true,
    ...(sale === null || customer === null ? {} : { consentOf: customer }),
  }),
  again: (entry, known) => {
    // the till got the sale from this relay before it was restored, and the goods are back: accepted as it is
    if (known.sale.kind === 'lost') return null;
    if (known.sale.kind === 'unknown') return againstRules('unknown-sale');
    return known.sale.kind === 'found'
      ? ofSale(entry, known, known.sale)
      : withoutSale(entry, known);
  },
} as const satisfies AgainRules<'return'>;

function withoutSale({ body }: EntryOf<'return'>, known: AuthorKnew): Again {
  const goods = body.lines.flatMap(({ product, prices, ...line }) =>
    product === null || prices === null ? [] : [{ ...line, product, prices }],
  );
  const debts = debtsOr(known.debts, body, { isWhole: body.debtReduced < body.total });
  const again = decideReturnWithoutSale({ ...inputOf(body, known), goods, debts });
  return asStated(again, body, known);
}

const inputOf = (body: BodyOf<'return'>, { returnedToday, ...by }: AuthorKnew) => ({
  ...by,
  ...body,
  guardedToday: returnedToday.guardedToday,
  approvedBy: body.approval.kind === 'given' ? body.approval.by : null,
});

/** Consent is judged afterwards: a return counts without it, because the goods are back. */
function ofSale({ body }: EntryOf<'return'>, known: AuthorKnew, found: Found): Again {
  const { approval } = body;
  const asked = inputOf(body, known);
  // a till counts a person's cash for longer while its clock is unproven, so that it may ask for approval earlier
  const givenToday = approval.kind === 'not-needed' ? known.returnedToday.givenToday : MAX_AMOUNT;
  const guarded = { ...asked, ...found, givenToday, goods: body.lines, asked: null };
  const again = decideReturn(guarded);
  if (!found.isWhole)
    return (
      beyondSale(body, found, again, known) ??
      unapproved(body, found, { ...asked, givenToday: known.returnedToday.givenToday }) ??
      unconsented(body, found, known)
    );
  if (again.kind === 'refused' && isOfDay(again.because)) {
    // the goods are back, so a return that only exceeds a daily cap counts, and is flagged
    const uncapped = decideReturn({
      ...guarded,
      guardedToday: -MAX_AMOUNT,
      givenToday: approval.kind === 'not-needed' ? 0 : givenToday,
    });
    if (uncapped.kind === 'refused') return uncapped;
    const { day, confirmations } = body;
    return differing({ ...uncapped.body, day, confirmations }, body) ?? again;
  }
  return compared(asStated(again, body, known), body) ?? unconsented(body, found, known);
}

/** The decision with the day and the consent that the entry states. */
const asStated = (
  again: ReturnType<typeof decideReturn>,
  body: BodyOf<'return'>,
  known: AuthorKnew,
): ReturnType<typeof decideReturn> =>
  withStated(withStatedDay(again, body, known), { confirmations: body.confirmations });

/**
 * What is wrong with a return if the relay lacks entries that its author had seen. It is then only checked that the return gives
 * and takes no more than the sale allows. `again`: the return as decided from what the relay has.
 */
function beyondSale(
  body: BodyOf<'return'>,
  { sale, since, tills }: Found,
  again: ReturnType<typeof decideReturn>,
  { policy: { cashRounding } }: AuthorKnew,
): Redecided | null {
  if (again.kind === 'refused' && !isByReckoning(again.because))
    return againstRules(again.because.kind);
  const sold = sale.body;
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
  { sale, since, refundedInShop }: Found,
  by: Parameters<typeof approvalOf>[0] & { readonly givenToday: number },
): Redecided | null {
  const { inCash, shown, scanned, approval } = body;
  const known = returnedBy(since.returns);
  const before = { ...known, refunds: { ...refundedInShop, cash: known.refunds.cash } };
  const sold = soldIn(sale.body, { debts: [], returns: since.returns });
  const because =
    whyColleague({ ...by, sale, shown, scanned, inCash }, sold, before, givenBy(body)) ??
    (approval.kind === 'not-needed' ? null : 'nothing-shown');
  const given = worthOfReturn(givenBy(body), sale.body);
  const approved = approvalOf(by, { because, given });
  if (approved.kind === 'refused') return againstRules(approved.because.kind);
  return firstDifference(approved.approval, approval) === null ? null : differs('approval');
}

/** What is wrong with the customer's consent to such a return, judged by its own sums and the known returns of the sale. */
function unconsented(
  body: BodyOf<'return'>,
  { sale, since }: Found,
  { policy, operator, at, till, consent }: AuthorKnew,
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
    { ...consent, policy, operator, at, till, id, asks: 'return-goods' },
    moves ?? { action: 'sell-on-account', amount, points: null },
  );
  if (confirmed.kind === 'refused') return missing(confirmed.because.kind);
  return differing({ confirmations: [confirmed.confirmation] }, { confirmations });
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
