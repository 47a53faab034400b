// Decides a return of goods whose sale is not known.
// Decides what it takes off debts, what it gives back, and who has to agree.
import type { ProductTax, Unit } from '$lib/contract/acts/sale';
import type { BodyOf } from '$lib/contract/journal';
import { approvalOf, PIECE, stockSteps, type ReturnInput, type ReturnRefusal } from './return';
import { refusedOwnNumber } from '$lib/domain/customers/customer';
import { loweredBy, type Debts } from '$lib/domain/customers/debts';
import { goodsPrice } from '$lib/domain/receipt/discounts';
import { add, MAX_AMOUNT, money, subtract, sum, ZERO, type Money } from '$lib/domain/values/money';
import { MAX_QUANTITY, quantity } from '$lib/domain/values/quantity';
import { dayOf, type Decided } from '$lib/domain/policy/rights';
import { inCash } from '$lib/domain/values/cash-rounding';

/** Returned goods. `quantity`: thousandths. `given`, `list`: what is given back and the price now, minor units per unit. */
export type GoodsOfNoSale = {
  readonly product: string;
  readonly name: string;
  readonly unit: Unit;
  readonly quantity: number;
  readonly prices: { readonly given: number; readonly list: number };
  readonly tax: ProductTax;
  /** The marking code of one piece; null: the goods are not marked, or the code could not be read. */
  readonly mark: string | null;
  readonly to: BodyOf<'return'>['lines'][number]['to'];
};

export type ReturnWithoutSaleInput = Omit<
  ReturnInput,
  'asked' | 'sale' | 'since' | 'points' | 'goods' | 'shown' | 'scanned' | 'givenToday'
> & {
  readonly customer: string | null;
  /** The customer's debts at all tills. */
  readonly debts: Debts;
  readonly goods: readonly GoodsOfNoSale[];
};

/**
 * Gives back at most today's list price. The sum first lowers the customer's debts, the oldest first; the rest is paid in cash or
 * by transfer. No points move. A second operator always has to agree.
 */
export function decideReturnWithoutSale(
  input: ReturnWithoutSaleInput,
): Decided<BodyOf<'return'>, ReturnRefusal> {
  const refused = (because: ReturnRefusal) => ({ kind: 'refused', because }) as const;
  const { policy, customer, debts, goods, reason, note } = input;
  const ownNumber = refusedOwnNumber(input, input.card, ['return']);
  if (ownNumber !== null) return refused(ownNumber);
  if (goods.length === 0) return refused({ kind: 'nothing-chosen' });
  const amounts: Money[] = [];
  let total = ZERO;
  for (const [line, { unit, quantity: amount, prices }] of goods.entries()) {
    const most = BigInt(MAX_AMOUNT) * 1000n;
    if (amount <= 0 || amount > MAX_QUANTITY || BigInt(prices.given) * BigInt(amount) > most)
      return refused({ kind: 'out-of-bounds', line });
    if (unit === 'piece' && amount % PIECE !== 0) return refused({ kind: 'whole-pieces', line });
    if (prices.given > prices.list) return refused({ kind: 'above-list', line });
    const price = goodsPrice(money(prices.given), quantity(amount));
    total = add(total, price);
    if (total > MAX_AMOUNT) return refused({ kind: 'out-of-bounds', line });
    amounts.push(price);
  }
  if (reason === 'other' && note === null) return refused({ kind: 'needs-note' });
  const approved = approvalOf(input, { because: 'nothing-shown', given: total });
  if (approved.kind === 'refused') return approved;
  const settles = customer === null ? [] : loweredBy(debts.open, total);
  const debtReduced = sum(settles.map(({ amount }) => money(amount)));
  const rest = subtract(total, debtReduced);
  const given = input.inCash ? inCash(rest, policy.cashRounding) : rest;
  const kind = input.inCash ? 'cash' : 'transfer';
  const body: BodyOf<'return'> = {
    return: input.return,
    currency: policy.shop.currency.code,
    day: dayOf(input),
    sale: null,
    customer,
    lines: goods.map(({ product, name, unit, quantity: amount, prices, mark, tax, to }, line) => ({
      line,
      product,
      name,
      unit,
      quantity: amount,
      amount: amounts[line] ?? 0,
      prices,
      mark,
      to,
      tax: { ...tax, vat: tax.vat ?? policy.shop.vat },
    })),
    total,
    debtReduced,
    settles,
    refunds: given === 0 ? [] : [{ kind, amount: given }],
    inCash: input.inCash,
    rounding: subtract(given, rest),
    pointsGivenBack: 0,
    pointsTakenBack: 0,
    withheld: { points: 0, amount: 0 },
    pointValue: policy.points.pointValue,
    shown: 'nothing',
    scanned: null,
    reason,
    note,
    approval: approved.approval,
    confirmations: [],
    accounts:
      customer === null || debtReduced === 0
        ? []
        : [{ customer, account: 'debt', delta: subtract(ZERO, debtReduced) }],
    stock: stockSteps(goods),
  };
  return { kind: 'decided', body };
}
