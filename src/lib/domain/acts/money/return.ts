// A return of goods: decides the refund of a known sale, and projects any return into rows.
import type { DebtRow, ReturnRow, SumStep } from '$lib/contract/rows';
import type { ActRules } from '$lib/domain/act-rules';
import type { AccountEntry, Confirmation } from '$lib/contract/acts/account';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type { ReturnReason, ShownForReturn } from '$lib/contract/acts/return';
import type { MoneyTender, SaleBody } from '$lib/contract/acts/sale';
import { accountChanges, accountReads, NO_TERMS, usedBy } from '$lib/domain/customers/account-rows';
import type { MovedAction } from '$lib/domain/consent/confirmation';
import { confirmOne, type ConsentInput } from '$lib/domain/consent/consent';
import { refusedOwnNumber, type CardNumbers, type OwnNumber } from '$lib/domain/customers/customer';
import { joinedDebts, type PartOfDebt } from '$lib/domain/customers/debts';
import { codeHash } from '$lib/domain/values/receipt-number';
import { exact, leftOf, money, subtract, ZERO, type Money } from '$lib/domain/values/money';
import { secondPerson } from '$lib/domain/policy/approval';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import {
  leftToReturn,
  refundOf,
  returnedBy,
  type Refund,
  type Returned,
  type Sold,
} from '$lib/domain/receipt/returns';
import {
  dayOf,
  refusedRight,
  type Decided,
  type Deciding,
  type NoRight,
} from '$lib/domain/policy/rights';
import type { Before, ProjectedChange, Reads } from '$lib/domain/rows';
import type { ConsentRefusal } from '$lib/domain/consent/sale-input';
import { NO_MONEY, sumOfParts, type MoneyParts } from '$lib/domain/values/settlement';
import { actId, inSums, readsOfSums, withReturn } from '$lib/domain/shift/shift';

/** Returned goods of one line. `quantity`: thousandths. */
export type ReturnedGoods = Pick<BodyOf<'return'>['lines'][number], 'line' | 'quantity' | 'to'>;

/** The sale, as far as a return needs it. */
export type SaleOfReturn = Pick<EntryOf<'sale'>, 'till' | 'seq' | 'hash' | 'body'>;

/** What happened to a sale since, at all tills. */
export type SinceSale = {
  /** The rows of the debt that the sale made, of this device and of the others. */
  readonly debts: readonly DebtRow[];
  readonly returns: readonly ReturnRow[];
};

export type ReturnInput = Deciding & {
  /** Made before the first attempt. */
  readonly return: string;
  /** ms. */
  readonly at: number;
  readonly sale: SaleOfReturn;
  readonly since: SinceSale;
  /** The numbers on the customer's card; null: no customer, or the card is not on this device. */
  readonly card: CardNumbers | null;
  /** The customer's points before the return; null: the customer was forgotten and has no points. */
  readonly points: number | null;
  readonly goods: readonly ReturnedGoods[];
  readonly inCash: boolean;
  readonly shown: ShownForReturn;
  /** The beginning of a sale's hash, from the code of the shown paper; null: no code was scanned. */
  readonly scanned: string | null;
  readonly reason: ReturnReason;
  readonly note: string | null;
  /** The second operator, who gave their PIN; null: nobody did. */
  readonly approvedBy: string | null;
  /** Money of guarded returns of this till in the last 24 hours, minor units. */
  readonly guardedToday: number;
  /** What the operator's returns at this till gave back in the last 24 hours besides card and transfer, minor units. */
  readonly givenToday: number;
  /** The customer of the sale and their consent; null: there is no customer, or they have no phone. */
  readonly asked: AskedForReturn | null;
};

export type AskedForReturn = Pick<
  ConsentInput,
  'till' | 'customer' | 'usage' | 'confirmations' | 'grantsUsed' | 'dealHash'
>;

export type ReturnRefusal =
  | NoRight
  | OwnNumber
  | { readonly kind: 'nothing-chosen' }
  /** More of a line than is left to return; `left`: thousandths. */
  | { readonly kind: 'too-many'; readonly line: number; readonly left: number }
  /** A part of a piece, of goods that are sold by the piece. */
  | { readonly kind: 'whole-pieces'; readonly line: number }
  | { readonly kind: 'needs-note' }
  /** Goods without a sale: more money than they cost now, or more goods than a return can hold. */
  | { readonly kind: 'above-list' | 'out-of-bounds'; readonly line: number }
  | { readonly kind: 'needs-colleague'; readonly because: WhyColleague }
  | { readonly kind: 'over-day-cap'; readonly allowed: Money }
  | ConsentRefusal;

/** Why a second operator has to give their PIN. */
export type WhyColleague =
  'no-right' | 'nothing-shown' | 'copy-shown' | 'card-in-cash' | 'much-given' | 'much-today';

export const PIECE = 1000;

export function decideReturn(input: ReturnInput): Decided<BodyOf<'return'>, ReturnRefusal> {
  const refused = (because: ReturnRefusal) => ({ kind: 'refused', because }) as const;
  const { policy, at, sale, goods, reason, note, inCash } = input;
  const ownNumber = refusedOwnNumber(input, input.card, ['return']);
  if (ownNumber !== null) return refused(ownNumber);
  const { lines } = sale.body;
  const chosen = goods.toSorted((a, b) => a.line - b.line);
  if (chosen.length === 0) return refused({ kind: 'nothing-chosen' });
  const sold = soldIn(sale.body, input.since);
  const before = returnedBy(input.since.returns);
  for (const { line, quantity } of chosen) {
    const left = leftToReturn(sold, before, line);
    if (quantity <= 0 || quantity > left) return refused({ kind: 'too-many', line, left });
    if (lines[line]?.unit === 'piece' && quantity % PIECE !== 0 && quantity !== left)
      return refused({ kind: 'whole-pieces', line });
  }
  if (reason === 'other' && note === null) return refused({ kind: 'needs-note' });
  const refund = refundIn(input, sold, before);
  const approved = approvalOf(input, {
    because: whyColleague(input, sold, before, refund),
    given: worthOfReturn(refund, sale.body),
  });
  if (approved.kind === 'refused') return approved;
  const { refunds, pointsGivenBack, pointsTakenBack, debtReduced } = refund;
  // a forgotten customer has no points, but a debt from before is still theirs
  const isNobodys = input.points === null && debtReduced === 0;
  const { customer } = isNobodys ? { customer: null } : sale.body;
  const moves = consentOf(policy, sale.body, before, refund);
  const shown = shownIn(input);
  const confirmations: Confirmation[] = [];
  if (moves !== null && input.asked !== null && customer !== null) {
    const asking = { ...input.asked, policy, operator: input.operator, at, id: input.return };
    const confirmed = confirmOne({ ...asking, asks: 'return-goods' }, moves);
    if (confirmed.kind === 'refused') return refused(confirmed.because);
    confirmations.push(confirmed.confirmation);
  }
  const body: BodyOf<'return'> = {
    return: input.return,
    currency: policy.shop.currency.code,
    day: dayOf(input),
    sale: { till: sale.till, seq: sale.seq, hash: sale.hash, number: sale.body.number },
    customer,
    lines: chosen.flatMap(({ line, quantity, to }) => {
      const of = lines[line];
      const amount = refund.amounts[line];
      if (of === undefined || amount === undefined) return [];
      const { product, name, unit, mark, tax } = of;
      return [{ line, product, name, unit, quantity, amount, prices: null, mark, tax, to }];
    }),
    total: refund.amounts.reduce((sum, amount) => sum + amount, 0),
    debtReduced,
    settles: debtReduced === 0 ? [] : [{ debt: sale.hash, amount: debtReduced }],
    refunds: (['card', 'transfer', 'cash'] as const).flatMap((kind) =>
      refunds[kind] === 0 ? [] : [{ kind, amount: refunds[kind] }],
    ),
    inCash,
    rounding: refund.rounding,
    pointsGivenBack,
    pointsTakenBack,
    pointValue: sale.body.pointValue,
    withheld: { points: refund.pointsWithheld, amount: refund.withheld },
    shown,
    scanned: shown === 'paper' ? codeHash(sale.hash) : null,
    reason,
    note,
    approval: approved.approval,
    confirmations,
    accounts: customer === null ? [] : stepsOf(customer, refund),
    stock: stockSteps(
      chosen.map(({ line, ...each }) => ({ ...each, product: lines[line]?.product ?? null })),
    ),
  };
  return { kind: 'decided', body };
}

/** What a return would give back. Does not check whether the return is allowed; the screen shows it beforehand. */
export function refundIn(
  { policy, points, goods, inCash }: Pick<ReturnInput, 'policy' | 'points' | 'goods' | 'inCash'>,
  sold: Sold,
  before: Returned,
): Refund {
  const quantities = sold.lines.map(
    (_, line) => goods.find((each) => each.line === line)?.quantity ?? 0,
  );
  const returning = { quantities, points: points ?? 0, inCash, cashRounding: policy.cashRounding };
  if (points !== null) return refundOf(sold, before, returning);
  // a forgotten customer has no points: none are given back, taken back or withheld
  const refund = refundOf({ ...sold, earned: 0 }, before, returning);
  return { ...refund, pointsGivenBack: 0 };
}

/** A sale with the present state of its debt. */
export function soldIn(body: SaleBody, { debts, returns }: SinceSale): Sold {
  const [debt] = joinedDebts(debts);
  const reduced = returns.reduce((sum, row) => exact(sum + row.debtReduced), 0);
  // The debt may be unknown here: another till made it, and its entry has not arrived. Only the amount taken off is known.
  const moved = debt === undefined ? -reduced : debt.left;
  const left = (debt?.made ?? null) === null ? body.onAccount + moved : moved;
  const taken = debt?.repaid ?? NO_MONEY;
  // Negative if tills that did not know of each other took off more than the debt. The shop owes that surplus to the customer as
  // an overpayment; a return of this sale does not pay it out.
  const writtenOff = Math.max(0, body.onAccount - left - sumOfParts(taken) - reduced);
  const repaid = cutTo(taken, Math.max(0, body.onAccount - reduced - writtenOff));
  const money = moneyInForce(body, returns);
  const paid = (kind: keyof MoneyParts): number => exact(money[kind] + repaid[kind]);
  return {
    lines: body.lines.map(({ total, quantity }) => ({ total, quantity })),
    paid: { cash: paid('cash'), card: paid('card'), transfer: paid('transfer') },
    redeemed: body.tenders.reduce(
      (sum, each) => (each.kind === 'points' ? sum + each.points : sum),
      0,
    ),
    pointValue: body.pointValue,
    earned: body.pointsEarned + (debt?.earned.points ?? 0),
    rounding: body.rounding,
    owed: Math.max(0, left),
    writtenOff,
  };
}

/** The money that paid a sale, without change, minor units, as its entry says. */
export function moneyOf({
  tenders,
  changeDue,
}: Pick<SaleBody, 'tenders' | 'changeDue'>): MoneyParts {
  const parts = partsOf(tenders.filter((each) => each.kind !== 'points'));
  return { ...parts, cash: parts.cash - changeDue };
}

/** The money that paid a sale, as all corrections of its tenders together say. `since`: what is known of the sale. */
export function moneyInForce(
  body: Pick<SaleBody, 'tenders' | 'changeDue'>,
  since: readonly Pick<ReturnRow, 'paidOtherwise'>[],
): MoneyParts {
  const { cash, card, transfer } = moneyOf(body);
  const corrected = (kind: keyof MoneyParts, entered: number): number =>
    since.reduce((sum, { paidOtherwise }) => exact(sum + paidOtherwise[kind]), entered);
  return {
    cash: corrected('cash', cash),
    card: corrected('card', card),
    transfer: corrected('transfer', transfer),
  };
}

/** Cuts the parts down to `most`, minor units in all; cash is cut first. */
function cutTo({ cash, card, transfer }: MoneyParts, most: number): MoneyParts {
  const byCard = Math.min(card, most);
  const byTransfer = Math.min(transfer, most - byCard);
  return { card: byCard, transfer: byTransfer, cash: Math.min(cash, most - byCard - byTransfer) };
}

/** What was shown. Anybody can say that they saw the paper; only its scanned code proves it. */
const shownIn = ({
  shown,
  scanned,
  sale,
}: Pick<ReturnInput, 'shown' | 'scanned' | 'sale'>): ShownForReturn =>
  shown === 'paper' && scanned !== codeHash(sale.hash) ? 'nothing' : shown;

/** Why a second operator is needed; null: none is. */
export function whyColleague(
  {
    policy,
    sale,
    inCash,
    givenToday,
    ...said
  }: Pick<ReturnInput, 'policy' | 'sale' | 'shown' | 'scanned' | 'inCash' | 'givenToday'>,
  sold: Pick<Sold, 'paid'>,
  before: Given,
  returning: Given,
): WhyColleague | null {
  const shown = shownIn({ ...said, sale });
  const isTheirs = shown === 'customer' && sale.body.customer !== null;
  if (shown === 'nothing' || (shown === 'customer' && !isTheirs)) return 'nothing-shown';
  if (shown === 'copy') return 'copy-shown';
  const charged = (['card', 'transfer'] as const).some(
    (kind) => sold.paid[kind] > before.refunds[kind],
  );
  if (inCash && charged && returning.refunds.cash > 0) return 'card-in-cash';
  const given = movable(returning, sale.body);
  if (given === ZERO) return null;
  // all returns of the sale count together, so that several small returns do not avoid the check
  if (movable(before, sale.body) + given > policy.returns.cashFrom) return 'much-given';
  // regardless of who sold: many small returns of others' sales do not avoid the check either
  return givenToday + given > policy.returns.perDay ? 'much-today' : null;
}

/** What returns give a customer. A debt that they lower and points are worth as much as money. */
export type Given = Pick<Returned, 'refunds' | 'pointsGivenBack' | 'debtReduced'>;

type WorthOfPoint = Pick<SaleBody, 'pointValue'>;

/** What a customer gets back, minor units; points count at their worth at the sale. */
export const worthOfReturn = (
  { refunds, pointsGivenBack, debtReduced }: Given,
  { pointValue }: WorthOfPoint,
): Money => money(exact(sumOfParts(refunds) + debtReduced + pointsGivenBack * pointValue));

/** The same without what goes back to the card or account that paid, where nobody at the till can take it. */
const movable = (given: Given, sale: WorthOfPoint): Money =>
  worthOfReturn({ ...given, refunds: { ...NO_MONEY, cash: given.refunds.cash } }, sale);

/** What one return gave. */
export const givenBy = ({
  refunds,
  pointsGivenBack,
  debtReduced,
}: Pick<BodyOf<'return'>, keyof Given>): Given => ({
  refunds: partsOf(refunds),
  pointsGivenBack,
  debtReduced,
});

/** What the customer has to consent to; null: no code is needed. `before`: the earlier returns of the sale. */
export function consentOf(
  { returns: { codeFrom } }: Pick<VerifiedPolicy, 'returns'>,
  sale: Pick<SaleBody, 'pointValue'>,
  before: Given,
  given: Given,
): MovedAction | null {
  const amount = worthOfReturn(given, sale);
  // all returns of the sale count together, so that several small returns do not avoid the code
  const all = worthOfReturn(before, sale) + amount;
  return codeFrom === null || amount === ZERO || all < codeFrom
    ? null
    : { action: 'sell-on-account', amount, points: null };
}

/**
 * Who approved the return. `because` null: nobody has to, unless the operator has no right to return; otherwise another operator
 * with the right does, up to the daily cap. `given`: what counts towards the cap, minor units.
 */
export function approvalOf(
  { approvedBy, guardedToday, ...by }: Deciding & Pick<ReturnInput, 'approvedBy' | 'guardedToday'>,
  { because: byGoods, given }: { readonly because: WhyColleague | null; readonly given: number },
):
  | { readonly kind: 'approved'; readonly approval: BodyOf<'return'>['approval'] }
  | { readonly kind: 'refused'; readonly because: ReturnRefusal } {
  const approved = (approval: BodyOf<'return'>['approval']) =>
    ({ kind: 'approved', approval }) as const;
  const mayReturn = refusedRight(returnRules, by) === null;
  const because = mayReturn ? byGoods : 'no-right';
  if (because === null) return approved({ kind: 'not-needed' });
  const second = secondPerson({ ...by, approvedBy }, 'return');
  if (second === null) return { kind: 'refused', because: { kind: 'needs-colleague', because } };
  const allowed = leftOf(money(by.policy.returns.perDay), money(guardedToday));
  if (given > allowed) return { kind: 'refused', because: { kind: 'over-day-cap', allowed } };
  return approved(second);
}

function stepsOf(
  customer: string,
  { debtReduced, pointsGivenBack, pointsTakenBack }: Refund,
): AccountEntry[] {
  const steps: AccountEntry[] = [
    { customer, account: 'debt', delta: subtract(ZERO, debtReduced) },
    { customer, account: 'points', delta: pointsGivenBack },
    { customer, account: 'points', delta: -pointsTakenBack },
  ];
  // leaves out `-0` as well
  return steps.filter(({ delta }) => delta !== 0);
}

/** One step per product, positive thousandths. Goods that are written off do not return to the stock. */
export function stockSteps(
  goods: readonly Pick<BodyOf<'return'>['lines'][number], 'product' | 'quantity' | 'to'>[],
): BodyOf<'return'>['stock'] {
  const back = new Map<string, number>();
  for (const { product, quantity, to } of goods)
    if (to === 'stock' && product !== null) back.set(product, (back.get(product) ?? 0) + quantity);
  return [...back].map(([product, delta]) => ({ product, delta }));
}

/**
 * What a return takes off debts. With a known sale it lowers that sale's debt, without money (`tender` null). Without one, the
 * price of the goods repays debts as if it were cash.
 */
const takenOff = ({ sale, settles }: BodyOf<'return'>): PartOfDebt[] =>
  settles.map((part) => ({ ...part, tender: sale === null ? 'cash' : null }));

/** What counts towards the daily cap, minor units. */
export function guardedBy(body: BodyOf<'return'>): number {
  if (body.approval.kind === 'not-needed') return 0;
  return body.sale === null ? body.total : worthOfReturn(givenBy(body), body);
}

function readsOfReturn(entry: EntryOf<'return'>): Reads {
  const { hash, body } = entry;
  return {
    ...accountReads(hash, stepsWithPurchases(body), takenOff(body)),
    ...readsOfSums(entry),
    stock: body.stock.map(({ product }) => product),
  };
}

function projectReturn(
  entry: EntryOf<'return'>,
  before: Before,
  real: ReadonlySet<string>,
): ProjectedChange[] {
  const { body } = entry;
  const { customer, confirmations } = body;
  const moving = {
    steps: stepsWithPurchases(body),
    settles: takenOff(body),
    earned: [],
    terms: NO_TERMS,
    confirmed: confirmations.map((confirmation) => ({ confirmation, customer })),
    real,
  };
  return [
    actId(entry, body.return),
    { table: 'returns', op: 'add', rows: [returnRowOf(entry)] },
    ...accountChanges(entry, moving, before),
    { table: 'grantsUsed', op: 'add', rows: usedBy(confirmations, body.return) },
    {
      table: 'stock',
      op: 'put',
      rows: body.stock.map(({ product, delta }) => ({
        product,
        delta: exact((before.stock(product)?.delta ?? 0) + delta),
      })),
    },
    ...inSums(entry, before, (totals) => withReturn(totals, entry)),
  ];
}

/** Adds a step that lowers the customer's purchases: by the price of the returned goods, less what the points given back are worth. */
function stepsWithPurchases(body: BodyOf<'return'>): readonly SumStep[] {
  const { customer, accounts, total, pointsGivenBack, pointValue } = body;
  const delta = exact(pointsGivenBack * pointValue) - total;
  return customer === null || delta === 0
    ? accounts
    : [...accounts, { customer, account: 'purchases', delta }];
}

/** Money by tender, minor units. */
export function partsOf(refunds: readonly MoneyTender[]): MoneyParts {
  const parts = { ...NO_MONEY };
  for (const { kind, amount } of refunds) parts[kind] += amount;
  return parts;
}

const returnRowOf = ({ till, seq, hash, at, operator, body }: EntryOf<'return'>): ReturnRow => ({
  hash,
  sale: body.sale?.hash ?? null,
  till,
  seq,
  at,
  quantities: body.lines.map(({ line, quantity }) => ({ line, quantity })),
  debtReduced: body.debtReduced,
  refunds: partsOf(body.refunds),
  rounding: body.rounding,
  pointsGivenBack: body.pointsGivenBack,
  pointsTakenBack: body.pointsTakenBack,
  pointsWithheld: body.withheld.points,
  operator,
  given: movable(givenBy(body), body),
  guarded: guardedBy(body),
  paidOtherwise: NO_MONEY,
});

export const returnRules = {
  rights: ['return'],
  reads: readsOfReturn,
  project: projectReturn,
  asksAfterFailure: true,
  consentId: 'return',
  codeAction: 'return-goods',
  givesBack: true,
} as const satisfies ActRules<'return'>;
