// Receipt: the goods and tenders entered so far, and the totals of its lines.
// Every edit returns a new receipt. An edit that would make it invalid returns the same receipt.
import type {
  AgeConfirmed,
  GivenByHand,
  PriceFrom,
  ProductTax,
  ReceiptHeld,
  TenderOfSale,
  Unit,
} from '$lib/contract/acts/sale';
import type { HeldReceipts } from '$lib/contract/acts/shift';
import { invariant } from '$lib/domain/values/invariant';
import {
  givenFromWire,
  goodsPrice,
  isGiven,
  NO_DISCOUNT,
  priced,
  takesDiscounts,
  withBestOffer,
  type GivenDiscount,
  type Priced,
  type RuleOffer,
} from './discounts';
import { pieceOf } from '$lib/domain/goods/marking-code';
import {
  exact,
  add,
  MAX_AMOUNT,
  money,
  divideRounded,
  sum,
  ZERO,
  type Money,
} from '$lib/domain/values/money';
import { needsMark, type Product } from '$lib/domain/goods/product';
import { MAX_QUANTITY, ONE, quantity, type Quantity } from '$lib/domain/values/quantity';
import { isCharged, settle, type Tender } from '$lib/domain/values/settlement';

/**
 * Product × quantity at a unit price. `listPrice`: the catalogue's. `product` null: goods that are not in the catalogue, whose
 * typed price is their list price as well.
 */
export type Line = {
  readonly id: string;
  readonly product: string | null;
  readonly name: string;
  /** The product's barcode, or the code of the scanned scale label; null: the product has none. */
  readonly barcode: string | null;
  readonly unit: Unit;
  readonly quantity: Quantity;
  readonly listPrice: Money;
  readonly unitPrice: Money;
  readonly priceFrom: PriceFrom;
  /** As the product says: the line takes no discounts. */
  readonly noDiscounts: boolean;
  readonly tax: ProductTax;
  /** The minimum age of the customer, years; null: any. */
  readonly askAge: number | null;
  /** The marking code of the line's only piece; null: the goods are not marked. */
  readonly mark: string | null;
  readonly category: string | null;
  readonly discount: GivenDiscount;
  /** Offers of rules, in the order of the rules: at most the best that adds and the best that does not. */
  readonly offers: readonly RuleOffer[];
};

/** A line as a sale's body or a deal states it. Minor units; quantity in thousandths. */
export type StatedLine = {
  readonly product: string | null;
  readonly name: string;
  readonly barcode: string | null;
  readonly unit: Unit;
  readonly quantity: number;
  readonly listPrice: number;
  readonly unitPrice: number;
  readonly priceFrom: PriceFrom;
  readonly noDiscounts: boolean;
  readonly tax: ProductTax;
  readonly askAge: number | null;
  readonly mark: string | null;
  readonly category: string | null;
  readonly given: GivenByHand | null;
};

/**
 * At most one tender of each kind. `customer` is an id. `removed`: goods taken out of it. `held`: how often it was on hold.
 * `allowedBy`: the colleague who allowed the discounts and prices with their PIN; null: nobody was asked. `rules`: null if
 * the policy has none. `ageConfirmed`: null if nobody was asked.
 * `dueDays`: days within which the part on account is to be paid; null: as the policy says.
 */
export type Receipt = {
  readonly id: string;
  readonly lines: readonly Line[];
  readonly customer: string | null;
  readonly tenders: readonly Tender[];
  readonly discount: GivenDiscount;
  readonly allowedBy: string | null;
  readonly removed: Removed;
  readonly held: ReceiptHeld;
  readonly rules: SettledRules | null;
  readonly ageConfirmed: AgeConfirmed | null;
  readonly dueDays: number | null;
};

/** When the automatic discounts were computed, ms, and which rules with a condition on the customer held. */
export type SettledRules = { readonly at: number; readonly ofCustomer: readonly string[] };

/**
 * Goods taken out of a receipt, from the first line on: the number of products, and their price before discounts. `most`: each
 * product at its largest quantity since the receipt was last on hold. What is missing of it counts, and no longer once it is rung
 * up again. `before`: what was missing when it was put on hold, which counts whatever is rung up later.
 */
export type Removed = {
  readonly lines: number;
  readonly sum: Money;
  readonly most: readonly GoodsOfReceipt[];
  readonly before: { readonly lines: number; readonly sum: Money };
};

/** The whole quantity of a product in a receipt. `sum`: its price before discounts. */
export type GoodsOfReceipt = {
  readonly product: string;
  readonly quantity: Quantity;
  readonly sum: Money;
};

const NOTHING_REMOVED: Removed = {
  lines: 0,
  sum: ZERO,
  most: [],
  before: { lines: 0, sum: ZERO },
};
export const NEVER_HELD: ReceiptHeld = { times: 0, longestMs: 0 };

export function emptyReceipt(id: string): Receipt {
  const none = { customer: null, discount: NO_DISCOUNT, allowedBy: null, removed: NOTHING_REMOVED };
  const usual = { rules: null, ageConfirmed: null, dueDays: null, held: NEVER_HELD };
  return { id, lines: [], tenders: [], ...usual, ...none };
}

/** Whether nobody has put anything into this receipt, or taken anything out. */
export function isUntouched({ lines, tenders, customer, removed, dueDays }: Receipt): boolean {
  const isEmpty = lines.length === 0 && tenders.length === 0 && removed.most.length === 0;
  return isEmpty && removed.lines === 0 && customer === null && dueDays === null;
}

/**
 * The receipt that a sale or a deal was made from, without automatic discounts. Null if no till can make it: an amount or
 * sum out of bounds, two tenders of a kind, or more than the total paid by other means than cash.
 */
export function rebuildReceipt(of: {
  readonly id: string;
  readonly customer: string | null;
  readonly lines: readonly StatedLine[];
  readonly tenders: readonly TenderOfSale[];
  readonly discountsAllowedBy: string | null;
  readonly removed: { readonly lines: number; readonly sum: number };
  readonly held: ReceiptHeld;
  readonly given: GivenByHand | null;
  readonly ageConfirmed: AgeConfirmed | null;
  readonly dueDays: number | null;
}): Receipt | null {
  const { id, customer, discountsAllowedBy: allowedBy, ageConfirmed, dueDays } = of;
  const out = { lines: of.removed.lines, sum: money(of.removed.sum) };
  const removed = { ...out, most: [], before: out };
  const lines: Line[] = [];
  for (const [index, line] of of.lines.entries()) {
    if (line.unitPrice > MAX_AMOUNT || line.quantity > MAX_QUANTITY) return null;
    const [unitPrice, amount] = [money(line.unitPrice), quantity(line.quantity)];
    const { product, name, barcode, unit, priceFrom, noDiscounts, tax, askAge, mark, category } =
      line;
    const whole: Line = {
      id: String(index),
      product,
      name,
      barcode,
      unit,
      priceFrom,
      noDiscounts,
      tax,
      quantity: amount,
      unitPrice,
      listPrice: money(line.listPrice),
      askAge,
      mark,
      category,
      discount: givenFromWire(line.given),
      offers: [],
    };
    // the sum of all lines is checked once, after the last line
    if (!fits(whole, [])) return null;
    lines.push(whole);
  }
  if (sum(lines.map(goodsOf)) > MAX_AMOUNT) return null;
  const tenders = of.tenders.map((tender): Tender => ({ ...tender, amount: money(tender.amount) }));
  const kinds = new Set(tenders.map(({ kind }) => kind));
  if (kinds.size < tenders.length || tenders.some(({ amount }) => amount > MAX_AMOUNT)) return null;
  const discount = givenFromWire(of.given);
  const receipt: Receipt = {
    id,
    customer,
    lines,
    tenders,
    allowedBy,
    removed,
    discount,
    rules: null,
    ageConfirmed,
    dueDays,
    held: of.held,
  };
  // rounding does not matter here: only cash is rounded, and cash is never too much
  return settle(receiptTotal(receipt), tenders, null).kind === 'too-much' ? null : receipt;
}

/** The price of a line's goods before discounts. */
const goodsOf = ({ unitPrice, quantity: amount }: Line): Money => goodsPrice(unitPrice, amount);

/** What each line costs, in the order of the lines. */
export const pricesOf = ({ lines, discount }: Pick<Receipt, 'lines' | 'discount'>): Priced[] =>
  priced(lines, discount).map((price, place) => withBestOffer(price, lines[place]?.offers ?? []));

export const receiptTotal = (receipt: Pick<Receipt, 'lines' | 'discount'>): Money =>
  sum(pricesOf(receipt).map(({ total }) => total));

/** A line whose product's price changed after it was rung up. */
export type PriceChange = { readonly line: Line; readonly price: Money };

const isAtListPrice = ({ priceFrom, discount }: Line): boolean =>
  priceFrom === 'list' && !isGiven(discount);

/**
 * The lines whose price would be different now. Lines with a price or discount given by hand keep it. `prices`: by product, only
 * of products that are still sold.
 */
export const priceChanges = (
  { lines }: Receipt,
  prices: ReadonlyMap<string, Money>,
): PriceChange[] =>
  lines.flatMap((line) => {
    const price = line.product === null ? undefined : prices.get(line.product);
    return price === undefined || price === line.listPrice || !isAtListPrice(line)
      ? []
      : [{ line, price }];
  });

/** The same goods at these prices; a line keeps its price if the sum would exceed twelve digits. */
export const repriced = (receipt: Receipt, prices: ReadonlyMap<string, Money>): Receipt =>
  priceChanges(receipt, prices).reduce(
    (next, { line, price }) =>
      withLine(next, line.id, (each) => ({ ...each, unitPrice: price, listPrice: price })),
    receipt,
  );

/** True if the line's quantity is allowed and the whole receipt stays within twelve digits. */
function fits(line: Line, others: readonly Line[]): boolean {
  if (line.quantity <= 0 || line.quantity > MAX_QUANTITY) return false;
  const gross = (BigInt(line.unitPrice) * BigInt(line.quantity)) / 1000n;
  if (gross > BigInt(MAX_AMOUNT)) return false;
  return sum([...others, line].map(goodsOf)) <= MAX_AMOUNT;
}

/** The part of a product that its line copies. */
type GoodsOfLine = Pick<
  Product,
  | 'id'
  | 'name'
  | 'barcodes'
  | 'unit'
  | 'price'
  | 'noDiscounts'
  | 'tax'
  | 'askAge'
  | 'marked'
  | 'category'
>;

/**
 * Adds goods. The same product at the same price joins its line, otherwise a new line `lineId` is appended. Returns the
 * same receipt if the sum would exceed twelve digits, or the goods need a marking code.
 */
export function addProduct(
  receipt: Receipt,
  product: GoodsOfLine,
  amount: Quantity,
  lineId: string,
): Receipt {
  if (needsMark(product)) return receipt;
  const same = receipt.lines.find(
    (line) =>
      line.product === product.id &&
      line.unitPrice === product.price &&
      line.listPrice === product.price &&
      line.noDiscounts === product.noDiscounts &&
      line.tax.vat === product.tax.vat &&
      line.tax.subject === product.tax.subject &&
      line.askAge === product.askAge &&
      line.mark === null &&
      // each scale label makes a line of its own
      line.barcode === barcodeOf(product) &&
      // a discount applies to the quantity it was given for
      !isGiven(line.discount),
  );
  return same === undefined
    ? withNew(receipt, lineOf(product, amount, lineId))
    : setQuantity(receipt, same.id, quantity(same.quantity + amount));
}

/** Adds one piece with its marking code, as a line of its own. Same receipt if that piece is in it, or the sum does not fit. */
export const addMarked = (
  receipt: Receipt,
  product: GoodsOfLine,
  mark: string,
  lineId: string,
): Receipt =>
  hasPiece(receipt, mark) ? receipt : withNew(receipt, { ...lineOf(product, ONE, lineId), mark });

/** What a scale label adds. `code`: all its digits; `unitPrice` null: the product's price. */
export type Labelled = {
  readonly code: string;
  readonly quantity: Quantity;
  readonly unitPrice: Money | null;
};

/** Adds the goods of a scale label, as a line of its own that keeps the code. Same receipt if the sum does not fit. */
export function addLabelled(
  receipt: Receipt,
  product: GoodsOfLine,
  { code, quantity: amount, unitPrice }: Labelled,
  lineId: string,
): Receipt {
  if (needsMark(product)) return receipt;
  const line: Line = { ...lineOf(product, amount, lineId), barcode: code };
  return withNew(receipt, unitPrice === null ? line : { ...line, unitPrice, priceFrom: 'scale' });
}

/** Goods that are not in the catalogue. `code`: the scanned barcode; `price`: as typed, per piece; `askAge`: as of a product. */
export type Unlisted = {
  readonly name: string;
  readonly code: string;
  readonly quantity: Quantity;
  readonly price: Money;
  readonly askAge: number | null;
};

/** Adds goods that are not in the catalogue, as a line of its own. Same receipt if the sum does not fit. */
export const addUnlisted = (
  receipt: Receipt,
  { name, code, quantity: amount, price, askAge }: Unlisted,
  lineId: string,
): Receipt =>
  withNew(receipt, {
    id: lineId,
    product: null,
    name,
    barcode: code,
    unit: 'piece',
    quantity: amount,
    listPrice: price,
    unitPrice: price,
    priceFrom: 'free',
    noDiscounts: false,
    tax: { subject: 'goods', vat: null },
    askAge,
    mark: null,
    category: null,
    discount: NO_DISCOUNT,
    offers: [],
  });

/** The ids of the products in these lines. */
export const productsOf = (lines: readonly Pick<Line, 'product'>[]): string[] => [
  ...new Set(lines.flatMap(({ product }) => (product === null ? [] : [product]))),
];

/** Whether the piece that this marking code names is in the receipt. */
export const hasPiece = ({ lines }: Pick<Receipt, 'lines'>, code: string): boolean =>
  lines.some(({ mark }) => mark !== null && pieceOf(mark) === pieceOf(code));

const withNew = (receipt: Receipt, line: Line): Receipt =>
  fits(line, receipt.lines) ? counted(receipt, [...receipt.lines, line]) : receipt;

const barcodeOf = ({ barcodes }: GoodsOfLine): string | null => barcodes[0]?.code ?? null;

const lineOf = (product: GoodsOfLine, amount: Quantity, id: string): Line => ({
  id,
  product: product.id,
  name: product.name,
  barcode: barcodeOf(product),
  unit: product.unit,
  quantity: amount,
  listPrice: product.price,
  unitPrice: product.price,
  priceFrom: 'list',
  noDiscounts: product.noDiscounts,
  tax: product.tax,
  askAge: product.askAge,
  mark: null,
  category: product.category,
  discount: NO_DISCOUNT,
  offers: [],
});

/** The age to be confirmed before goods are added, years; null: none, or it was confirmed for this receipt already. */
export const ageToAsk = (
  { ageConfirmed }: Pick<Receipt, 'ageConfirmed'>,
  { askAge }: Pick<Product, 'askAge'>,
): number | null => (askAge === null || askAge <= (ageConfirmed?.age ?? 0) ? null : askAge);

/** Records the confirmed age of the customer; a higher age confirmed before stays. */
export const confirmAge = (receipt: Receipt, confirmed: AgeConfirmed): Receipt =>
  confirmed.age <= (receipt.ageConfirmed?.age ?? 0)
    ? receipt
    : { ...receipt, ageConfirmed: confirmed };

/** Changes a line's quantity. Same receipt if it would not fit, or the line's quantity is fixed. */
export function setQuantity(receipt: Receipt, lineId: string, amount: Quantity): Receipt {
  const next = withLine(receipt, lineId, (line) =>
    hasOneQuantity(line) ? line : { ...line, quantity: amount },
  );
  return next === receipt ? receipt : counted(receipt, next.lines);
}

/**
 * Whether a line's quantity is fixed: one marked piece, or goods at the price of a scale label. More of them make another line.
 */
export const hasOneQuantity = ({ mark, priceFrom }: Pick<Line, 'mark' | 'priceFrom'>): boolean =>
  mark !== null || priceFrom === 'scale';

/** Goods taken out of the receipt. */
export function removedFrom({ removed: { lines, sum } }: Receipt): Pick<Removed, 'lines' | 'sum'> {
  return { lines, sum };
}

/** The receipt with other lines; counts what they have less of than there was at most. */
function counted(before: Receipt, lines: readonly Line[]): Receipt {
  const most = largest(before.removed.most, goodsByProduct(before.lines));
  const now = goodsByProduct(lines);
  const less = most.flatMap((goods) => {
    const missing = goods.quantity - quantityOf(now, goods.product);
    const cost = BigInt(goods.sum) * BigInt(Math.max(0, missing));
    return missing > 0 ? [money(Number(divideRounded(cost, BigInt(goods.quantity))))] : [];
  });
  const { before: gone } = before.removed;
  const removed = { lines: gone.lines + less.length, sum: sum([gone.sum, ...less]) };
  return { ...before, lines, removed: { ...removed, most, before: gone } };
}

/** How many receipts these are, and the sum of their totals, minor units. */
export const heldOf = (receipts: readonly Receipt[]): HeldReceipts => ({
  count: receipts.length,
  amount: receipts.reduce((all, receipt) => exact(all + receiptTotal(receipt)), 0),
});

/**
 * The receipt after it was on hold for this long, ms. Goods that are missing in it count as removed for good: another customer's
 * goods may be rung up next.
 */
export function afterHold(receipt: Receipt, ms: number): Receipt {
  const { times, longestMs } = receipt.held;
  return {
    ...receipt,
    removed: { ...removedFrom(receipt), most: [], before: removedFrom(receipt) },
    held: { times: times + 1, longestMs: Math.max(longestMs, ms) },
  };
}

/** Each product at the larger of both quantities. */
function largest(
  before: readonly GoodsOfReceipt[],
  now: readonly GoodsOfReceipt[],
): readonly GoodsOfReceipt[] {
  const more = now.filter((goods) => goods.quantity > quantityOf(before, goods.product));
  if (more.length === 0) return before;
  return [...before.filter(({ product }) => quantityOf(more, product) === 0), ...more];
}

function goodsByProduct(lines: readonly Line[]): GoodsOfReceipt[] {
  const goods = new Map<string, GoodsOfReceipt>();
  for (const line of lines) {
    // goods that are not in the catalogue: each line counts by itself
    const product = line.product ?? line.id;
    const before = goods.get(product) ?? { product, quantity: 0, sum: ZERO };
    const all = quantity(before.quantity + line.quantity);
    goods.set(product, { product, quantity: all, sum: add(before.sum, goodsOf(line)) });
  }
  return [...goods.values()];
}

const quantityOf = (goods: readonly GoodsOfReceipt[], product: string): number =>
  goods.find((each) => each.product === product)?.quantity ?? 0;

/** Sets the discount given to a line by hand; it replaces the one before. */
export const setLineDiscount = (
  receipt: Receipt,
  lineId: string,
  discount: GivenDiscount,
): Receipt =>
  withLine(receipt, lineId, (line) => (takesDiscounts(line) ? { ...line, discount } : line));

/**
 * Sets a price by hand; the list price makes it a list price again, except of goods that have no other price. Same receipt if it would not fit, or a label states the
 * price.
 */
export const setPrice = (receipt: Receipt, lineId: string, unitPrice: Money): Receipt =>
  withLine(receipt, lineId, (line) => {
    if (line.priceFrom === 'scale') return line;
    if (line.product === null) return { ...line, unitPrice, listPrice: unitPrice };
    return { ...line, unitPrice, priceFrom: unitPrice === line.listPrice ? 'list' : 'free' };
  });

/** Whether a digit may be missing or too many: the price is above three times, or below a third of, the list price. */
export const isUnlikelyPrice = (price: Money, listPrice: Money): boolean =>
  listPrice > ZERO && (price > 3 * listPrice || 3 * price < listPrice);

export function setReceiptDiscount(receipt: Receipt, discount: GivenDiscount): Receipt {
  return { ...receipt, discount };
}

/** Records that a colleague allows the discounts and prices as they are now. */
export const allowDiscounts = (receipt: Receipt, allowedBy: string): Receipt => ({
  ...receipt,
  allowedBy,
});

function withLine(receipt: Receipt, lineId: string, change: (line: Line) => Line): Receipt {
  const line = receipt.lines.find(({ id }) => id === lineId);
  if (line === undefined) return receipt;
  const changed = change(line);
  const others = receipt.lines.filter((other) => other !== line);
  if (changed === line || !fits(changed, others)) return receipt;
  return { ...receipt, lines: receipt.lines.map((each) => (each === line ? changed : each)) };
}

/** Names are for display: renaming goods does not change the deal. Goods missing from `names` keep theirs. */
export function renameLines(receipt: Receipt, names: Readonly<Record<string, string>>): Receipt {
  const lines = receipt.lines.map((line) =>
    line.product === null ? line : { ...line, name: names[line.product] ?? line.name },
  );
  return { ...receipt, lines };
}

/** Tenders and discounts belong to the goods: removing the last line removes them. */
export function removeLine(receipt: Receipt, lineId: string): Receipt {
  const lines = receipt.lines.filter((line) => line.id !== lineId);
  return lines.length === 0
    ? {
        ...clearTenders(receipt),
        lines,
        discount: NO_DISCOUNT,
        allowedBy: null,
        removed: NOTHING_REMOVED,
      }
    : counted(receipt, lines);
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
  return counted(receipt, receipt.lines.toSpliced(place, 0, line));
}

/**
 * Sets the receipt's customer. If it had another one, cash and points are removed, because one customer's money does not pay for
 * another; so is the due date, which belongs to the former customer. Card and transfer stay: the terminal has
 * charged these goods, and the cashier would charge them again. A receipt that had no customer keeps all tenders: the same person
 * gave the money.
 */
export function chooseCustomer(receipt: Receipt, customer: string | null): Receipt {
  if (customer === receipt.customer) return receipt;
  const { tenders } = receipt;
  return {
    ...receipt,
    customer,
    ...(receipt.customer === null ? {} : { dueDays: null }),
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

/** Cash of zero: it pays a rest that rounding in cash takes off. */
export function setNoCash(receipt: Receipt): Receipt {
  const { tenders, ...without } = removeTender(receipt, 'cash');
  return { ...without, tenders: [...tenders, { kind: 'cash', amount: ZERO }] };
}

export function removeTender(receipt: Receipt, kind: Tender['kind']): Receipt {
  return { ...receipt, tenders: receipt.tenders.filter((tender) => tender.kind !== kind) };
}

export const clearTenders = (receipt: Receipt): Receipt => ({ ...receipt, tenders: [] });

export function tenderOf<K extends Tender['kind']>(
  receipt: Receipt,
  kind: K,
): Extract<Tender, { kind: K }> | null {
  const found = receipt.tenders.find((tender) => tender.kind === kind);
  return (found ?? null) as Extract<Tender, { kind: K }> | null;
}
