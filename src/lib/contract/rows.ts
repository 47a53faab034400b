// Rows projected from journal entries: their schemas, and the types inferred from them.
import * as z from 'zod/mini';
import { categoryChange, categoryKey, fieldChange } from './acts/goods';
import { shiftOpening, shiftTotals, terminalCounted } from './acts/shift';
import { settledOutcome } from './journal';
import { at, hash, id, saleAction } from './values';

const seq = z.int().check(z.positive());

/** Minor units by tender. */
const moneyParts = z.strictObject({ cash: z.int(), card: z.int(), transfer: z.int() });

/**
 * What is summed for a customer. `purchases`: the price of what they bought less what they returned, before cash rounding; what
 * was paid with points does not count. Minor units.
 */
export const ACCOUNTS = ['debt', 'points', 'purchases'] as const;
const account = z.enum(ACCOUNTS);
export type Account = z.infer<typeof account>;

/**
 * Position of a sale in the journal, and its sums; its lines are only in the entry. Amounts are minor units. `earns`: the points that
 * it gives, at once and when its debt is repaid. `sold`: each of its products with the time of the sale, as `soldKey` writes it, so
 * that an index finds them in order.
 */
export const saleRow = z.strictObject({
  id,
  till: id,
  number: z.int(),
  at,
  operator: id,
  customer: z.nullable(id),
  seq: z.int(),
  hash,
  total: z.int(),
  /** The sum due after rounding for cash; null: it was not rounded, `total` was due. */
  roundedTotal: z.nullable(z.int()),
  onAccount: z.int(),
  earns: z.int(),
  sold: z.array(z.string()),
  /** The marked pieces that were sold, as `pieceOf` names them. */
  pieces: z.array(z.string()),
});
export type SaleRow = z.infer<typeof saleRow>;

/** A signed change of one of these sums: minor units, or points. */
const sumStep = z.strictObject({ customer: id, account, delta: z.int() });
export type SumStep = z.infer<typeof sumStep>;

/** One step of a customer's account: minor units for `debt` and `purchases`, points for `points`. */
const accountRow = z.strictObject({
  hash,
  index: z.int(),
  till: id,
  seq: z.int(),
  at,
  ...sumStep.shape,
});
export type AccountRow = z.infer<typeof accountRow>;

/** A running total: the sum of all steps of the account. */
export const balanceRow = z.strictObject({ customer: id, account, sum: z.int() });
export type BalanceRow = z.infer<typeof balanceRow>;

/** The money of a debt's repayments, minor units, and the points that they earned, both without cancelled repayments. */
const earnedOnDebt = z.strictObject({ onMoney: z.int(), points: z.int() });
export type EarnedOnDebt = z.infer<typeof earnedOnDebt>;

/**
 * The terms by which repaying a debt earns points: as many as if the money had been paid at the sale. `moneyPaid`: paid at the
 * sale, minor units; `basisPoints`: share of the money that is given as points; `pointValue`: minor units.
 */
const debtEarns = z.strictObject({
  moneyPaid: z.int(),
  basisPoints: z.int(),
  pointValue: z.int(),
});
export type DebtEarns = z.infer<typeof debtEarns>;

/** The entry that made a debt, and its terms. `amount`: minor units; negative: the customer paid in advance. */
const debtMade = z.strictObject({
  till: id,
  seq,
  at,
  amount: z.int(),
  /** By when it is to be paid, ms; null: no date. */
  dueAt: z.nullable(at),
  /** Null: repaying it earns nothing. */
  earns: z.nullable(debtEarns),
});
export type DebtMade = z.infer<typeof debtMade>;

/**
 * A debt of a customer, keyed by the hash of the entry that made it, in minor units. `left`: what is still owed of it; negative
 * if tills that did not know of each other took off more than the debt. `repaid`: the money that repaid it. `earned`: the points
 * that its repayments earned. `made`: null while the entry that made the debt has not arrived here; only what was taken off is
 * known then.
 */
export const debtRow = z.strictObject({
  customer: id,
  debt: hash,
  left: z.int(),
  repaid: moneyParts,
  earned: earnedOnDebt,
  made: z.nullable(debtMade),
});
export type DebtRow = z.infer<typeof debtRow>;

/** The kind of confirmation that is displayed: a code of the demo provider is shown as `none`, because it proves nothing. */
const proofShown = z.enum([
  ...(['code', 'reserve-code', 'override', 'not-required', 'none', 'by-right'] as const),
]);
export type ProofShown = z.infer<typeof proofShown>;

/** One confirmation of one entry. `amount` is minor units (for points: their worth). */
export const confirmationRow = z.strictObject({
  at,
  hash,
  index: z.int(),
  seq: z.int(),
  till: id,
  operator: z.nullable(id),
  customer: z.nullable(id),
  action: saleAction,
  kind: proofShown,
  shown: proofShown,
  amount: z.int(),
});
export type ConfirmationRow = z.infer<typeof confirmationRow>;

/** An entry that moved debt or points without the customer's code, until an authorised person has reviewed it. */
const unconfirmedRow = z.strictObject({ entry: hash, till: id, seq: z.int(), at });
export type UnconfirmedRow = z.infer<typeof unconfirmedRow>;

/** Thousandths by which sales and later counts moved a product's stock since it was added or first counted. */
export const stockRow = z.strictObject({ product: id, delta: z.int() });
export type StockRow = z.infer<typeof stockRow>;

/** The fields of a product that were changed after it was added: the last value of each, with the hash of the entry. */
const productRow = z.strictObject({
  product: id,
  edits: z.array(z.strictObject({ change: fieldChange, entry: hash })),
});
export type ProductRow = z.infer<typeof productRow>;

/** The same for the fields of a category, by its first name. */
const categoryRow = z.strictObject({
  category: categoryKey,
  edits: z.array(z.strictObject({ change: categoryChange, entry: hash })),
});
export type CategoryRow = z.infer<typeof categoryRow>;

/**
 * What one return gave back, keyed by the hash of its entry; several returns of one sale are added up when they are read. `sale`:
 * hash of the sale's entry; null: no sale is known. `operator`: who made it. `given`: what it gave back besides card and transfer,
 * minor units. `guarded`: its money, minor units, if it needed a second operator, otherwise 0. `paidOtherwise`: signed change of
 * what paid the sale, minor units: a corrected tender leaves such a row without goods, so that a later return knows how the sale was
 * paid.
 */
export const returnRow = z.strictObject({
  hash,
  sale: z.nullable(hash),
  till: id,
  seq,
  at,
  quantities: z.array(z.strictObject({ line: z.int(), quantity: z.int() })),
  debtReduced: z.int(),
  refunds: moneyParts,
  rounding: z.int(),
  pointsGivenBack: z.int(),
  pointsTakenBack: z.int(),
  pointsWithheld: z.int(),
  operator: z.nullable(id),
  given: z.int(),
  guarded: z.int(),
  paidOtherwise: moneyParts,
});
export type ReturnRow = z.infer<typeof returnRow>;

/** The challenge of a grant, or the verifier of a reserve code, and the id of the sale or other act that used it up. */
const grantUsedRow = z.strictObject({ challenge: id, sale: id });
export type GrantUsedRow = z.infer<typeof grantUsedRow>;

/** The entry of an act whose id was made before the first attempt: a second attempt finds it. Sales have a table of their own. */
const actIdRow = z.strictObject({ id, till: id, seq, hash });
export type ActIdRow = z.infer<typeof actIdRow>;

/**
 * A customer's dispute, keyed by the hash of its entry; the customer gets no credit while `closed` is null. Or the closing of a
 * discrepancy, keyed by the discrepancy's id: its `customer` and `opened` are null.
 */
export const disputeRow = z.strictObject({
  entry: hash,
  customer: z.nullable(id),
  /** Hash of the disputed entry; null: no particular entry. */
  about: z.nullable(hash),
  /** Null: recorded by another till; this journal has only its closing. */
  opened: z.nullable(
    z.strictObject({ at, operator: id, note: z.nullable(z.string().check(z.maxLength(300))) }),
  ),
  closed: z.nullable(
    z.strictObject({
      entry: hash,
      at,
      operator: id,
      outcome: settledOutcome,
      note: z.string().check(z.maxLength(300)),
    }),
  ),
});
export type DisputeRow = z.infer<typeof disputeRow>;

/**
 * The newest shift of a till, with its sums so far. `number`: of its Z report. `counted`: the last count of the drawer and what
 * was expected then, minor units; `closed`: null while it is open.
 */
const shiftRow = z.strictObject({
  till: id,
  number: z.int(),
  opened: shiftOpening,
  totals: shiftTotals,
  counted: z.nullable(
    z.strictObject({ counted: z.int(), expected: z.int(), terminal: terminalCounted }),
  ),
  closed: z.nullable(z.strictObject({ seq: z.int(), at, left: z.int() })),
});
export type ShiftRow = z.infer<typeof shiftRow>;

/** The sums of one till's acts on one business day: the same sums as those of a shift, but independent of shifts. */
const dayRow = z.strictObject({ till: id, day: z.iso.date(), totals: shiftTotals });
export type DayRow = z.infer<typeof dayRow>;

/** Position of a Z report in the journal. `shift`: its number. */
const closedShiftRow = z.strictObject({ till: id, seq, hash, at, shift: z.int() });

/** The rows by table. The goods that an entry added have a schema of each place that stores them. */
export const projectedRows = {
  sales: saleRow,
  returns: returnRow,
  accountEntries: accountRow,
  balances: balanceRow,
  debts: debtRow,
  confirmations: confirmationRow,
  unconfirmed: unconfirmedRow,
  stock: stockRow,
  products: productRow,
  categories: categoryRow,
  grantsUsed: grantUsedRow,
  actIds: actIdRow,
  disputes: disputeRow,
  shifts: shiftRow,
  closedShifts: closedShiftRow,
  days: dayRow,
};
export type ProjectedRows = {
  [T in keyof typeof projectedRows]: z.infer<(typeof projectedRows)[T]>;
};
