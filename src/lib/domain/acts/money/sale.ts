// A sale: decides it, computing every sum again, and projects it into rows.
// No other file does either.
import type { SaleRow, SumStep } from '$lib/contract/rows';
import { differs, withDayByClock, type AgainRules } from '$lib/domain/decide-again';
import type { ActRules } from '$lib/domain/act-rules';
import type { AccountEntry } from '$lib/contract/acts/account';
import type { EntryOf } from '$lib/contract/journal';
import type { LineOfSale, SaleBody } from '$lib/contract/acts/sale';
import type { Right } from '$lib/contract/policy';
import { actionsOf, movedBy, type Moved } from '$lib/domain/consent/confirmation';
import { confirm } from '$lib/domain/consent/consent';
import type { SaleInput, SaleRefusal } from '$lib/domain/consent/sale-input';
import { areRulesSettled, holdForCustomer, applyRules } from '$lib/domain/receipt/discount-rules';
import {
  discountOf,
  givenToWire,
  reductionRefused,
  type Priced,
} from '$lib/domain/receipt/discounts';
import { allowedDebt, refusedOwnNumber } from '$lib/domain/customers/customer';
import { tenderToWire } from '$lib/domain/consent/deal';
import { exhausted, invariant } from '$lib/domain/values/invariant';
import { parseMark, pieceOf } from '$lib/domain/goods/marking-code';
import {
  earnedByRepaying,
  earningWithin,
  EARNS_NOTHING,
  pointsWorth,
  redeemable,
  type PointRules,
  mostInDay,
} from '$lib/domain/customers/loyalty';
import { exact, money, spread, type Money, ZERO } from '$lib/domain/values/money';
import { isAtLabelPrice } from '$lib/domain/receipt/label-amount';
import { may, type VerifiedPolicy } from '$lib/domain/policy/policy';
import {
  pricesOf,
  productsOf,
  receiptTotal,
  removedFrom,
  type Line,
  type Receipt,
  rebuildReceipt,
} from '$lib/domain/receipt/receipt';
import { dayOf, refusedRight, type Decided } from '$lib/domain/policy/rights';
import {
  accountChanges,
  accountReads,
  usedBy,
  type DebtTerms,
} from '$lib/domain/customers/account-rows';
import type { Before, ProjectedChange, Reads } from '$lib/domain/rows';
import { isPayable } from '$lib/domain/values/cash-rounding';
import { settle } from '$lib/domain/values/settlement';
import { inSums, readsOfSums, withSale } from '$lib/domain/shift/shift';

/**
 * Decides the sale; balances and stock change only by the returned body. Throws only if `customer` is not the one in the receipt.
 */
export function decideSale(input: SaleInput): Decided<SaleBody, SaleRefusal> {
  const refused = (because: SaleRefusal) => ({ kind: 'refused', because }) as const;
  const { receipt, policy, customer } = input;
  invariant(
    customer === null || customer.id === receipt.customer,
    'the customer is the one in the receipt',
  );
  if (receipt.lines.length === 0) return refused({ kind: 'empty' });
  const noRight = refusedRight(saleRules, input);
  if (noRight !== null) return refused({ kind: 'may-not-sell', right: noRight.right });

  const age = ageAsked(receipt.lines);
  if (age !== null && age > (receipt.ageConfirmed?.age ?? 0))
    return refused({ kind: 'age-not-confirmed', age });
  const mark = wrongMark(input);
  if (mark !== null) return refused({ kind: mark });
  const atLabelPrice = receipt.lines.filter(({ priceFrom }) => priceFrom === 'scale');
  if (!atLabelPrice.every((line) => isAtLabelPrice(line, policy.labelMasks)))
    return refused({ kind: 'label-wrong' });

  const total = receiptTotal(receipt);
  if (!isPayable(receipt.tenders, policy.cashRounding))
    return refused({ kind: 'cash-not-payable' });
  const settlement = settle(total, receipt.tenders, policy.cashRounding);
  if (settlement.kind === 'too-much') {
    return refused({ kind: 'tender-too-much', over: settlement.over });
  }
  const moved = movedBy(receipt, policy.cashRounding);
  const ownNumber = refusedOwnNumber(input, customer, rightsOfSale(moved));
  if (ownNumber !== null) return refused(ownNumber);
  const wrong = checkCustomer(input, moved) ?? checkPoints(input, moved, total);
  if (wrong !== null) return refused(wrong);
  const overLimit = checkDebt(input, moved);
  if (overLimit !== null) return refused(overLimit);

  if (!areRulesRight(input)) return refused({ kind: 'rules-changed' });
  const reduced = checkReductions(input);
  if (reduced.kind === 'refused') return refused(reduced.because);

  const confirmed = confirm(input, moved);
  if (confirmed.kind === 'refused') return refused(confirmed.because);

  const { changeDue, rounding } =
    settlement.kind === 'paid' ? settlement : { changeDue: ZERO, rounding: ZERO };
  const moneyPaid = money(total + rounding - moved.onAccount - moved.pointsWorth);
  const earning =
    customer === null
      ? EARNS_NOTHING
      : earningWithin({ moneyPaid, onAccount: moved.onAccount }, policy.points, input.earnedToday);
  const prices = pricesOf(receipt);
  const body: SaleBody = {
    sale: receipt.id,
    number: input.number,
    currency: policy.shop.currency.code,
    day: dayOf(input),
    customer: customer?.id ?? null,
    lines: linesToWire(input, prices, moved.pointsWorth),
    total,
    given: givenToWire(receipt.discount),
    byRules: givenByRules(receipt, prices),
    discountsAllowedBy: reduced.allowedBy,
    ageConfirmed: age === null ? null : receipt.ageConfirmed,
    removed: removedFrom(receipt),
    held: receipt.held,
    rounding,
    tenders: receipt.tenders.map(tenderToWire),
    changeDue,
    onAccount: moved.onAccount,
    dueDays: moved.onAccount === ZERO ? null : (receipt.dueDays ?? policy.credit.dueDays),
    pointsEarned: earning.atOnce,
    repaidEarns: earning.rate,
    pointValue: policy.points.pointValue,
    accounts: customer === null ? [] : accountEntries(customer.id, moved, earning.atOnce),
    confirmations: confirmed.confirmations,
    stock: stockSteps(receipt.lines),
  };
  const given = body.tenders.reduce((all, tender) => all + tender.amount, 0);
  const due = body.total + body.rounding;
  invariant(due === given + body.onAccount - body.changeDue, 'a sale balances');
  return { kind: 'decided', body };
}

/** The highest age that the goods require, years; null: none. */
const ageAsked = (lines: readonly Line[]): number | null =>
  lines.reduce<number | null>(
    (most, { askAge }) => (askAge !== null && askAge > (most ?? 0) ? askAge : most),
    null,
  );

/** The rights that such a sale needs, apart from discounts. */
export const rightsOfSale = (moved: Moved): Right[] => [
  'sell',
  ...actionsOf(moved).map(({ action }) => action),
];

/** The marked pieces of these lines. */
export const piecesOf = (lines: readonly Pick<LineOfSale, 'mark'>[]): string[] =>
  lines.flatMap(({ mark }) => (mark === null ? [] : [pieceOf(mark)]));

function wrongMark({
  receipt: { lines },
  piecesSold,
}: SaleInput): 'mark-wrong' | 'mark-twice' | 'mark-sold' | null {
  const pieces = piecesOf(lines);
  if (lines.some(({ mark }) => mark !== null && parseMark(mark)?.code !== mark))
    return 'mark-wrong';
  if (new Set(pieces).size < pieces.length) return 'mark-twice';
  return pieces.some((piece) => piecesSold.has(piece)) ? 'mark-sold' : null;
}

function checkCustomer(input: SaleInput, moved: Moved): SaleRefusal | null {
  const needed = input.receipt.customer !== null || actionsOf(moved).length > 0;
  return needed && input.customer === null ? { kind: 'no-customer' } : null;
}

function checkPoints(input: SaleInput, moved: Moved, total: Money): SaleRefusal | null {
  const { policy, operator, standing } = input;
  if (moved.points === 0 && moved.pointsWorth === ZERO) return null;
  if (!may(policy, operator, 'redeem-points')) {
    return { kind: 'may-not-sell', right: 'redeem-points' };
  }
  if (moved.points > standing.points) {
    return { kind: 'not-enough-points', held: standing.points };
  }
  const worth = pointsWorth(moved.points, policy.points);
  if (worth !== moved.pointsWorth) return { kind: 'points-worth-differs', worth };
  const allowed = redeemable(total, standing.points, policy.points);
  return moved.points > allowed ? { kind: 'points-over-share', allowed } : null;
}

function checkDebt(input: SaleInput, moved: Moved): SaleRefusal | null {
  const { policy, operator, customer, standing } = input;
  if (moved.onAccount === ZERO || customer === null) return null;
  if (!may(policy, operator, 'sell-on-account')) {
    return { kind: 'may-not-sell', right: 'sell-on-account' };
  }
  if (input.disputed) return { kind: 'disputed' };
  if (isDueLate(input.receipt.dueDays, policy) && !may(policy, operator, 'sell-over-limit'))
    return { kind: 'due-too-late' };
  const allowed = allowedDebt(customer.credit, policy.credit.debtLimit, standing.owed);
  switch (allowed.kind) {
    case 'unlimited':
      return null;
    case 'refused':
      return { kind: 'no-credit' };
    case 'up-to':
      return moved.onAccount <= allowed.left || may(policy, operator, 'sell-over-limit')
        ? null
        : { kind: 'over-limit', allowed: allowed.left };
    default:
      return exhausted(allowed);
  }
}

/** Whether a debt would be due later than the policy allows. `dueDays`: as chosen; null: the policy's own. */
export const isDueLate = (
  dueDays: number | null,
  { credit }: Pick<VerifiedPolicy, 'credit'>,
): boolean => credit.dueDays !== null && dueDays !== null && dueDays > credit.dueDays;

/** Price reductions are allowed by the operator's own right or, if it is not enough, by a colleague's. */
function checkReductions({
  policy,
  operator,
  receipt,
}: SaleInput):
  | { readonly kind: 'allowed'; readonly allowedBy: string | null }
  | { readonly kind: 'refused'; readonly because: SaleRefusal } {
  const { lines, discount, allowedBy } = receipt;
  const because = reductionRefused(policy, operator, lines, discount);
  if (because === null) return { kind: 'allowed', allowedBy: null };
  const isAllowed =
    allowedBy !== null && reductionRefused(policy, allowedBy, lines, discount) === null;
  return isAllowed ? { kind: 'allowed', allowedBy } : { kind: 'refused', because };
}

/** Checks the discount rules again: the customer's purchases or the policy may have changed since they were applied. */
function areRulesRight({ receipt, policy, at, customerFacts }: SaleInput): boolean {
  if (!areRulesSettled(receipt, policy, at)) return false;
  if (receipt.customer === null) return (receipt.rules?.ofCustomer ?? []).length === 0;
  return customerFacts === null || holdForCustomer(receipt, policy, customerFacts);
}

/** The names of the rules that took something off, in the order of the lines. */
function givenByRules({ lines, rules }: Receipt, prices: readonly Priced[]): SaleBody['byRules'] {
  if (rules === null) return null;
  const names = new Map<string, string>();
  for (const [place, { discounts }] of prices.entries())
    for (const { rule } of discounts) {
      const offer = lines[place]?.offers.find((each) => each.rule === rule);
      if (offer !== undefined) names.set(offer.rule, offer.name);
    }
  return { at: rules.at, names: [...names].map(([rule, name]) => ({ rule, name })) };
}

/** `byPoints`: the part of the whole receipt that points pay. */
function linesToWire(
  { receipt, policy }: SaleInput,
  prices: readonly Priced[],
  byPoints: Money,
): LineOfSale[] {
  const parts = spread(
    byPoints,
    prices.map(({ total }) => total),
  );
  return receipt.lines.map((line, index) => {
    const { discounts, total } = prices[index] ?? { discounts: [], total: ZERO };
    return {
      product: line.product,
      name: line.name,
      barcode: line.barcode,
      unit: line.unit,
      quantity: line.quantity,
      listPrice: line.listPrice,
      unitPrice: line.unitPrice,
      priceFrom: line.priceFrom,
      noDiscounts: line.noDiscounts,
      tax: { ...line.tax, vat: line.tax.vat ?? policy.shop.vat },
      askAge: line.askAge,
      mark: line.mark,
      category: line.category,
      given: givenToWire(line.discount),
      discounts: [...discounts],
      total,
      pointsPart: parts[index] ?? ZERO,
    };
  });
}

function accountEntries(customer: string, moved: Moved, pointsEarned: number): AccountEntry[] {
  const steps: AccountEntry[] = [
    { customer, account: 'debt', delta: moved.onAccount },
    { customer, account: 'points', delta: -moved.points },
    { customer, account: 'points', delta: pointsEarned },
  ];
  // leaves out `-0` as well
  return steps.filter((step) => step.delta !== 0);
}

/** One step per product, negative thousandths, because sold goods leave the stock. Goods without a product have none. */
function stockSteps(lines: readonly Line[]): SaleBody['stock'] {
  const taken = new Map<string, number>();
  for (const { product, quantity } of lines)
    if (product !== null) taken.set(product, (taken.get(product) ?? 0) - quantity);
  return [...taken].map(([product, delta]) => ({ product, delta }));
}

/** Keys of the rows a sale's projection depends on. */
function readsOfSale(entry: EntryOf<'sale'>): Reads {
  const { hash, body } = entry;
  return {
    ...accountReads(hash, stepsWithPurchases(body), []),
    ...readsOfSums(entry),
    stock: body.stock.map(({ product }) => product),
  };
}

function projectSale(
  entry: EntryOf<'sale'>,
  before: Before,
  real: ReadonlySet<string>,
): ProjectedChange[] {
  const { body } = entry;
  const confirmed = body.confirmations.map((confirmation) => ({
    confirmation,
    customer: body.customer,
  }));
  return [
    { table: 'sales', op: 'add', rows: [saleRowOf(entry)] },
    ...accountChanges(
      entry,
      {
        steps: stepsWithPurchases(body),
        settles: [],
        earned: [],
        terms: termsOf(body),
        confirmed,
        real,
      },
      before,
    ),
    {
      table: 'stock',
      op: 'put',
      rows: body.stock.map(({ product, delta }) => ({
        product,
        delta: exact((before.stock(product)?.delta ?? 0) + delta),
      })),
    },
    { table: 'grantsUsed', op: 'add', rows: usedBy(body.confirmations, body.sale) },
    ...inSums(entry, before, (totals) => withSale(totals, entry)),
  ];
}

/** The terms of the debt that a sale makes. Points for repaying it are calculated together with the money paid at the sale. */
export function termsOf(body: SaleBody): DebtTerms {
  const { dueDays, repaidEarns: basisPoints, pointValue } = body;
  if (basisPoints === null) return { dueDays, earns: null };
  return { dueDays, earns: { moneyPaid: moneyPaidAt(body), basisPoints, pointValue } };
}

/** Money paid at the sale less the change, minor units, limited to the safe integers. */
const moneyPaidAt = ({ tenders, changeDue }: SaleBody): number =>
  tenders.reduce((sum, { kind, amount }) => (kind === 'points' ? sum : exact(sum + amount)), 0) -
  changeDue;

/** Adds a step to the customer's purchases: the price of the goods before cash rounding, but not what points paid. */
function stepsWithPurchases(body: SaleBody): readonly SumStep[] {
  const { customer, total, tenders, accounts } = body;
  if (customer === null) return accounts;
  const byPoints = tenders.reduce(
    (sum, { kind, amount }) => (kind === 'points' ? sum + amount : sum),
    0,
  );
  const delta = total - byPoints;
  return delta === 0 ? accounts : [...accounts, { customer, account: 'purchases', delta }];
}

export function saleRowOf({ till, at, seq, hash, operator, body }: EntryOf<'sale'>): SaleRow {
  const { sale: id, number, customer, total, rounding, onAccount } = body;
  // only a signed-in operator can sell: a sale entry without operator fails the schema
  const row = { id, till, number, at, operator: operator ?? '', customer, seq, hash };
  const sold = productsOf(body.lines).map((product) => soldKey(product, at));
  const roundedTotal = rounding === 0 ? null : total + rounding;
  const sums = { total, roundedTotal, onAccount, earns: earnsOf(body) };
  return { ...row, ...sums, sold, pieces: piecesOf(body.lines) };
}

/** The points that a sale earns, at once and when its debt is repaid. */
export const earnsOf = (body: SaleBody): number =>
  exact(body.pointsEarned + earnedByRepaying(termsOf(body).earns, body.onAccount));

/** Points that the sale did not earn because of the cap of a day. `rules`: of the policy it was made under. */
export function pointsOverCap(body: SaleBody, rules: PointRules): number {
  if (body.customer === null) return 0;
  const sale = { moneyPaid: money(moneyPaidAt(body)), onAccount: money(body.onAccount) };
  const whole = earningWithin(sale, { ...rules, perDay: Number.MAX_SAFE_INTEGER }, 0);
  return Math.max(0, whole.atOnce + whole.later - earnsOf(body));
}

/** Enough digits for every time until the year 33658. */
const TIME_DIGITS = 15;

/** Index key of a product and the time when it was sold, ms; the keys of a product sort by time. */
export const soldKey = (product: string, at: number): string =>
  `${product} ${String(Math.max(0, at)).padStart(TIME_DIGITS, '0')}`;

export const saleRules = {
  rights: ['sell'],
  reads: readsOfSale,
  project: projectSale,
  asksAfterFailure: true,
  consentId: 'sale',
} as const satisfies ActRules<'sale'>;

export const saleAgain = {
  deal: ({ sale: receiptId, lines, tenders }, { amount }) => ({
    receiptId,
    amount,
    lines: lines.map((line) => ({
      productId: line.product,
      quantity: line.quantity,
      unitPrice: line.unitPrice,
      discount: discountOf(line),
    })),
    tenders,
  }),
  refusesForgotten: true,
  refundedOfEarned: () => Infinity,
  asks: ({ customer }) => ({ serves: customer === null ? [] : [customer], consentOf: customer }),
  again: ({ body }, known) => {
    const { consent, datedAt: at, policy } = known;
    const rebuilt = rebuildReceipt({ ...body, id: body.sale });
    if (rebuilt === null || consent === null) return differs('lines');
    const { byRules } = body;
    // the time at which the sale says its discount rules were applied, and the rules it names
    const settled = byRules && {
      at: byRules.at,
      ofCustomer: byRules.names.map(({ rule }) => rule),
    };
    const decided = decideSale({
      ...known,
      ...consent,
      at,
      number: body.number,
      receipt: settled === null ? rebuilt : applyRules(rebuilt, policy, settled),
      customer: body.customer === null ? null : consent.customer,
      customerFacts: null,
      // the till counts a longer window, and acts of other tills, so a sale may give fewer points than its device's own sales allow
      earnedToday: Math.max(known.earnedToday, mostInDay(policy.points) - earnsOf(body)),
      // which pieces the till knew to be sold is not checked here
      piecesSold: new Set(),
    });
    return withDayByClock(decided, known);
  },
} as const satisfies AgainRules<'sale'>;
