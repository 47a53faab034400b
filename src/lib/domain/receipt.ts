// Receipt: the goods and tenders entered so far, and the totals of its lines.
// Every edit returns a new receipt. An edit that would make it invalid returns the same receipt.
import type { DiscountOfLine, PriceFrom, TenderOfSale, Unit } from '$lib/contract/journal';
import { invariant } from './invariant';
import { divideRounded, MAX_AMOUNT, money, sum, ZERO, type Money } from './money';
import type { Product } from './product';
import { MAX_QUANTITY, quantity, type Quantity } from './quantity';
import { isCharged, settle, type Tender } from './settlement';

/** Product × quantity at a unit price. `listPrice`: of the catalogue. `discount` applies to the whole line. */
export type Line = {
  readonly id: string;
  readonly product: string;
  readonly name: string;
  readonly barcode: string | null;
  readonly unit: Unit;
  readonly quantity: Quantity;
  readonly listPrice: Money;
  readonly unitPrice: Money;
  readonly priceFrom: PriceFrom;
  readonly discount: Money;
};

/** A line as a sale's body or a deal states it. Minor units; quantity in thousandths. */
export type StatedLine = {
  readonly product: string;
  readonly name: string;
  readonly barcode: string | null;
  readonly unit: Unit;
  readonly quantity: number;
  readonly listPrice: number;
  readonly unitPrice: number;
  readonly priceFrom: PriceFrom;
  readonly discounts: readonly DiscountOfLine[];
};

/** At most one tender of each kind. `customer` is an id. */
export type Receipt = {
  readonly id: string;
  readonly lines: readonly Line[];
  readonly customer: string | null;
  readonly tenders: readonly Tender[];
};

export function emptyReceipt(id: string): Receipt {
  return { id, lines: [], customer: null, tenders: [] };
}

/** Price times quantity before any discount, halves away from zero: the only place that rounds them. */
function grossOf(unitPrice: Money, amount: Quantity): Money {
  return money(Number(divideRounded(BigInt(unitPrice) * BigInt(amount), 1000n)));
}

/** Price of a line, minor units. Throws if the discount exceeds the goods' price, or a sign is wrong. */
export function lineTotal(unitPrice: Money, amount: Quantity, discount: Money): Money {
  // two wrong signs would give a valid sum
  invariant(unitPrice >= 0 && amount > 0, 'a line sells something, for nothing or more');
  const gross = grossOf(unitPrice, amount);
  invariant(discount >= 0 && discount <= gross, 'a discount is between nothing and the whole line');
  return money(gross - discount);
}

/**
 * The receipt that a sale or a deal was made from; null if no till can make it: an amount or sum out of bounds, a
 * discount above its line, two tenders of a kind, or more than the total paid by other means than cash.
 */
export function rebuildReceipt(of: {
  readonly id: string;
  readonly customer: string | null;
  readonly lines: readonly StatedLine[];
  readonly tenders: readonly TenderOfSale[];
}): Receipt | null {
  const { id, customer } = of;
  const lines: Line[] = [];
  for (const [index, line] of of.lines.entries()) {
    if (line.unitPrice > MAX_AMOUNT || line.quantity > MAX_QUANTITY) return null;
    const [unitPrice, amount] = [money(line.unitPrice), quantity(line.quantity)];
    const gross = grossOf(unitPrice, amount);
    const discount = discountOf(line);
    if (discount > gross) return null;
    const { product, name, barcode, unit, priceFrom } = line;
    const whole: Line = {
      ...{ id: String(index), product, name, barcode, unit, priceFrom },
      ...{ quantity: amount, unitPrice, listPrice: money(line.listPrice) },
      discount: money(discount),
    };
    // the sum is judged once, after the last line
    if (!fits(whole, [])) return null;
    lines.push(whole);
  }
  if (sum(lines.map(totalOfLine)) > MAX_AMOUNT) return null;
  const tenders = of.tenders.map((tender): Tender => ({ ...tender, amount: money(tender.amount) }));
  const kinds = new Set(tenders.map(({ kind }) => kind));
  if (kinds.size < tenders.length || tenders.some(({ amount }) => amount > MAX_AMOUNT)) return null;
  const receipt = { id, customer, lines, tenders };
  // cash alone rounds, and is never too much
  return settle(receiptTotal(receipt), tenders, null).kind === 'too-much' ? null : receipt;
}

/** Everything that is taken off a line of a sale, minor units. */
export const discountOf = ({ discounts }: Pick<StatedLine, 'discounts'>): number =>
  discounts.reduce((sum, { amount }) => sum + amount, 0);

export function totalOfLine(line: Line): Money {
  return lineTotal(line.unitPrice, line.quantity, line.discount);
}

export function receiptTotal(receipt: Receipt): Money {
  return sum(receipt.lines.map(totalOfLine));
}

/** True if the line's quantity is allowed and the whole receipt stays within twelve digits. */
function fits(line: Line, others: readonly Line[]): boolean {
  if (line.quantity <= 0 || line.quantity > MAX_QUANTITY) return false;
  const gross = (BigInt(line.unitPrice) * BigInt(line.quantity)) / 1000n;
  if (gross > BigInt(MAX_AMOUNT)) return false;
  return sum([...others, line].map(totalOfLine)) <= MAX_AMOUNT;
}

/**
 * Adds goods. The same product at the same price joins its line, otherwise a new line `lineId` is appended. Returns the
 * same receipt if the sum would exceed twelve digits.
 */
export function addProduct(
  receipt: Receipt,
  product: Pick<Product, 'id' | 'name' | 'barcodes' | 'unit' | 'price'>,
  amount: Quantity,
  lineId: string,
): Receipt {
  const same = receipt.lines.find(
    (line) =>
      line.product === product.id &&
      line.unitPrice === product.price &&
      // a discount applies to the quantity it was given for
      line.discount === ZERO,
  );
  if (same !== undefined) {
    return setQuantity(receipt, same.id, quantity(same.quantity + amount));
  }
  const line: Line = {
    id: lineId,
    product: product.id,
    name: product.name,
    barcode: product.barcodes[0] ?? null,
    unit: product.unit,
    quantity: amount,
    listPrice: product.price,
    unitPrice: product.price,
    priceFrom: 'list',
    discount: ZERO,
  };
  return fits(line, receipt.lines) ? { ...receipt, lines: [...receipt.lines, line] } : receipt;
}

/** Changes a line's quantity; a discount larger than the line is reduced to it. Same receipt if it would not fit. */
export function setQuantity(receipt: Receipt, lineId: string, amount: Quantity): Receipt {
  const line = receipt.lines.find((candidate) => candidate.id === lineId);
  if (line === undefined || amount <= 0 || amount > MAX_QUANTITY) return receipt;
  const others = receipt.lines.filter((other) => other !== line);
  const gross = (BigInt(line.unitPrice) * BigInt(amount)) / 1000n;
  if (gross > BigInt(MAX_AMOUNT)) return receipt;
  const most = grossOf(line.unitPrice, amount);
  const changed: Line = {
    ...line,
    quantity: amount,
    discount: line.discount > most ? most : line.discount,
  };
  if (!fits(changed, others)) return receipt;
  return { ...receipt, lines: receipt.lines.map((each) => (each === line ? changed : each)) };
}

/** Names are for display: renaming goods does not change the deal. Goods missing from `names` keep theirs. */
export function renameLines(receipt: Receipt, names: Readonly<Record<string, string>>): Receipt {
  const lines = receipt.lines.map((line) => ({
    ...line,
    name: names[line.product] ?? line.name,
  }));
  return { ...receipt, lines };
}

/** Tenders belong to the goods they pay for: removing the last line removes them. */
export function removeLine(receipt: Receipt, lineId: string): Receipt {
  const lines = receipt.lines.filter((line) => line.id !== lineId);
  return lines.length === 0 ? { ...clearTenders(receipt), lines } : { ...receipt, lines };
}

/**
 * Restores one line as in `before`, at its position. Later changes stay: other lines, customer, money. Same receipt if
 * the line is already present, is not in `before`, or no longer fits.
 */
export function putLineBack(receipt: Receipt, before: Receipt, lineId: string): Receipt {
  const line = before.lines.find((each) => each.id === lineId);
  if (line === undefined || receipt.lines.some((each) => each.id === lineId)) return receipt;
  if (!fits(line, receipt.lines)) return receipt;
  const earlier = new Set(before.lines.slice(0, before.lines.indexOf(line)).map(({ id }) => id));
  const place = receipt.lines.findLastIndex(({ id }) => earlier.has(id)) + 1;
  return { ...receipt, lines: receipt.lines.toSpliced(place, 0, line) };
}

/**
 * One customer's money does not pay for another: cash and points are removed. Card and transfer stay: the terminal has
 * charged these goods, and the cashier would charge them again. Setting the customer of a receipt that had none keeps
 * all tenders: the same person gave the money.
 */
export function chooseCustomer(receipt: Receipt, customer: string | null): Receipt {
  if (customer === receipt.customer) return receipt;
  const { tenders } = receipt;
  return {
    ...receipt,
    customer,
    tenders: receipt.customer === null ? tenders : tenders.filter(isCharged),
  };
}

/** One tender of each kind: a new one replaces the old; an amount of zero removes it. */
export function setTender(receipt: Receipt, tender: Tender): Receipt {
  invariant(tender.amount >= 0, 'a tender is never negative');
  const without = removeTender(receipt, tender.kind);
  if (tender.amount === ZERO) return without;
  return { ...without, tenders: [...without.tenders, tender] };
}

export function removeTender(receipt: Receipt, kind: Tender['kind']): Receipt {
  return { ...receipt, tenders: receipt.tenders.filter((tender) => tender.kind !== kind) };
}

export function clearTenders(receipt: Receipt): Receipt {
  return { ...receipt, tenders: [] };
}

export function tenderOf<K extends Tender['kind']>(
  receipt: Receipt,
  kind: K,
): Extract<Tender, { kind: K }> | null {
  const found = receipt.tenders.find((tender) => tender.kind === kind);
  return (found ?? null) as Extract<Tender, { kind: K }> | null;
}
