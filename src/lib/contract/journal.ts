// The journal: one append-only, hash-chained list of acts per till.
// Holds no personal data. Serves as audit trail, upload queue and source of every balance.
import * as z from 'zod/mini';
import { accounts, unasked } from './acts/account';
import { approval } from './acts/approval';
import { goodsRemoved, moneyKind, receiptHeld, saleBody } from './acts/sale';
import { cancellationBody, overpaymentBody, repaymentBody } from './acts/repayment';
import { correctionBody } from './acts/correction';
import { returnBody } from './acts/return';
import { tenderCorrectedBody } from './acts/tender-corrected';
import {
  MOST_PIECES,
  cashReason,
  differenceReason,
  direction,
  drawerReason,
  note,
  openingCash,
  heldReceipts,
  shiftOpening,
  terminalCounted,
  shiftTotals,
  signed,
} from './acts/shift';
import {
  MOST_IMPORTED,
  customerInJournal,
  mergedBody,
  personAddedBody,
  personRemovedBody,
} from './acts/customer';
import {
  MOST_CATEGORY_CHANGES,
  MOST_PRODUCTS,
  addedProduct,
  categoryChange,
  fieldChange,
  ofStock,
} from './acts/goods';
import { at, currencyCode, day, grantJws, hash, id, jws, minor } from './values';

/**
 * `stands`: the entries stay as they are; disputes have no other outcome. `dealt-with`: somebody did what the note says.
 * `applied`: a stale edit was made again.
 */
export const settledOutcome = z.enum(['stands', 'dealt-with', 'applied']);
export type SettledOutcome = z.infer<typeof settledOutcome>;

/** The envelope; `hash` is SHA-256 over the canonical form of everything before it. */
export const entry = z.strictObject({
  v: z.literal(1),
  till: id,
  seq: z.int().check(z.positive()),
  at,
  /** The signed-in operator; null: nobody was signed in. */
  operator: z.nullable(id),
  /** Policy version the act was made under; 0 before the first policy. */
  policy: z.int().check(z.nonnegative()),
  /** How far the till had downloaded the shop's order when it decided; zeros: not at all. */
  seen: z.strictObject({
    epoch: z.int().check(z.nonnegative()),
    order: z.int().check(z.nonnegative()),
  }),
  /** The `RULES_VERSION` of the program that decided it. */
  rules: z.int().check(z.positive()),
  act: z.string().check(z.regex(/^[a-z][a-z-]{1,39}$/)),
  body: z.record(z.string(), z.unknown()),
  prevHash: hash,
  hash,
});
export type Entry = z.infer<typeof entry>;

const bodies = {
  /** `former`: this device's till id before it re-enrolled, and that journal's head; null for a first enrolment. */
  'till-enrolled': z.strictObject({
    shop: id,
    relayKey: hash,
    contract: z.int(),
    former: z.nullable(z.strictObject({ till: id, seq: z.int().check(z.nonnegative()), hash })),
  }),
  /**
   * An entry of the former till's journal that the relay had not acknowledged. Its hash ensures that it takes effect only once.
   */
  'carried-over': z.strictObject({ entry }),
  sale: saleBody,
  /** A sale of the shift was paid another way than its entry says. */
  'tender-corrected': tenderCorrectedBody,
  /** A receipt or report printed or shared once more, marked as a copy. `about`: its entry. */
  'receipt-reprinted': z.strictObject({
    day,
    about: z.strictObject({ till: id, seq: z.int().check(z.positive()), hash }),
  }),
  /** A customer pays off debt. */
  repayment: repaymentBody,
  'repayment-cancelled': cancellationBody,
  'overpayment-returned': overpaymentBody,
  'balance-corrected': correctionBody,
  /** A customer returns goods. */
  return: returnBody,
  'customer-saved': customerInJournal,
  /**
   * A customer asked to be forgotten. Once the relay has accepted the entry, it and every till erase their card. `lapsed`: the
   * points they had. `merged`: the other cards of their account, which are erased too.
   */
  'customer-forgotten': z.strictObject({
    customer: id,
    merged: z.array(id),
    lapsed: z.int().check(z.nonnegative()),
    /** Who agreed: the customer with a code, an owner (`forgetApproval`), or the operator alone, as often as a day allows. */
    consent: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('code'), challenge: id, grant: grantJws }),
      z.strictObject({ kind: z.literal('owner'), approval: jws }),
      z.strictObject({ kind: z.literal('by-right') }),
    ]),
  }),
  'customers-merged': mergedBody,
  'authorised-person-added': personAddedBody,
  'authorised-person-removed': personRemovedBody,
  'customers-imported': z.strictObject({
    source: z.enum(['demo', 'file']),
    customers: z.array(customerInJournal).check(z.maxLength(MOST_IMPORTED)),
    accounts: accounts.check(z.maxLength(2 * MOST_IMPORTED)),
    confirmations: z.array(unasked).check(z.maxLength(MOST_IMPORTED)),
    /** The relay's signed `importApproval`; null: no balances, or before the first real messaging service. */
    approval: z.nullable(jws),
  }),
  /**
   * Takes back customers of an import about whom nothing else is known. Once the relay has accepted the entry, it and every till
   * erase their cards, and `accounts` reverses exactly what the import gave them. `approval`: the relay's signed `importApproval`
   * to undo; null: no balances, or before the first real messaging service.
   */
  'import-undone': z.strictObject({
    import: z.strictObject({ till: id, seq: z.int().check(z.positive()), hash }),
    customers: z.array(id).check(z.minLength(1), z.maxLength(MOST_IMPORTED)),
    accounts: accounts.check(z.maxLength(2 * MOST_IMPORTED)),
    approval: z.nullable(jws),
  }),
  /** Goods added, changed and counted. `file`: name of the price list; `refused`: its rows that were left out. */
  'products-changed': z.strictObject({
    added: z.array(addedProduct).check(
      z.maxLength(MOST_PRODUCTS),
      z.refine((added) => new Set(added.map((product) => product.id)).size === added.length),
    ),
    changed: z.array(fieldChange).check(z.maxLength(MOST_PRODUCTS)),
    /** `delta`: thousandths, the counted stock minus the one that the till knew. */
    counted: z
      .array(z.strictObject({ delta: ofStock, product: id }))
      .check(z.maxLength(MOST_PRODUCTS)),
    file: z.nullable(z.string().check(z.maxLength(300))),
    refused: z.int().check(z.nonnegative()),
    source: z.enum(['edit', 'file', 'demo']),
  }),
  /** Categories named, arranged, coloured, removed or brought back. */
  'categories-changed': z.strictObject({
    changed: z.array(categoryChange).check(z.minLength(1), z.maxLength(MOST_CATEGORY_CHANGES)),
  }),
  /** A shift begins. `counted`: whether the float was counted; otherwise it is what the last shift left. */
  'shift-opened': z.strictObject({ ...openingCash }),
  /** Cash is put into the drawer or taken out, minor units. `approval`: a second operator agreed to much that is taken out. */
  'cash-moved': z.strictObject({
    id,
    day,
    direction,
    amount: minor.check(z.positive()),
    reason: cashReason,
    note,
    approval,
  }),
  /** A customer's money for the staff. `sale`: the sale it came with; null: none is named. */
  tip: z.strictObject({
    tip: id,
    day,
    amount: minor.check(z.positive()),
    tender: moneyKind,
    sale: z.nullable(z.strictObject({ till: id, seq: z.int().check(z.positive()), hash })),
  }),
  /**
   * The drawer is counted; each further count is a further entry. All minor units. `pieces`: notes and coins by value; the rest
   * of `counted` was typed as one sum. `expected`: the cash that the drawer should hold by the journal.
   */
  'drawer-counted': z.strictObject({
    id,
    day,
    counted: minor,
    expected: signed,
    terminal: terminalCounted,
    pieces: z
      .array(
        z.strictObject({ value: minor.check(z.positive()), count: z.int().check(z.positive()) }),
      )
      .check(z.maxLength(MOST_PIECES)),
  }),
  /**
   * A shift ends with its Z report. `number`: gapless per till, from 1. `difference`: counted minus expected; `reason` null:
   * there is no difference, by card and transfer neither. `left` stays in the drawer, `takenOut` does not. `onHold`: receipts still
   * on hold. Sums are minor units.
   */
  'shift-closed': z.strictObject({
    id,
    number: z.int().check(z.positive()),
    currency: currencyCode,
    opened: shiftOpening,
    totals: shiftTotals,
    onHold: heldReceipts,
    counted: minor,
    expected: signed,
    difference: signed,
    terminal: terminalCounted,
    reason: z.nullable(differenceReason),
    note,
    takenOut: minor,
    left: minor,
  }),
  /** The cash drawer is opened without an act that moves cash. */
  'drawer-opened': z.strictObject({ id, day, reason: drawerReason, note }),
  /**
   * A receipt with `lines` lines is cancelled before it is sold. `total`: minor units; `removed`: goods taken out of it.
   */
  'receipt-cancelled': z.strictObject({
    id,
    day,
    receipt: id,
    lines: z.int().check(z.positive()),
    total: minor,
    removed: goodsRemoved,
    held: receiptHeld,
  }),
  /** A cancelled receipt is resumed. `cancelled`: the id of the act that cancelled it. */
  'receipt-resumed': z.strictObject({ id, day, receipt: id, cancelled: id }),
  /** Verifiers were stored on the till; the codes themselves were sent only to the customer. */
  'reserve-codes-issued': z.strictObject({
    customer: id,
    challenge: id,
    verifiers: z.int().check(z.nonnegative()),
  }),
  /** Too many wrong attempts: the customer's codes are no longer valid at this till. */
  'reserve-codes-voided': z.strictObject({
    customer: id,
    verifiers: z.int().check(z.nonnegative()),
    failures: z.int(),
  }),
  /**
   * The customer says that it was not them; they get no credit until it is settled. `about`: hash of the disputed entry.
   */
  dispute: z.strictObject({
    customer: id,
    about: z.nullable(hash),
    note: z.nullable(z.string().check(z.maxLength(300))),
  }),
  /**
   * Closes disputes of one customer: `about` has the hashes of their `dispute` entries, possibly of another till. Without a
   * customer it closes discrepancies: `about` has their ids, as in the relay's `discrepancy-found`.
   */
  settled: z.strictObject({
    customer: z.nullable(id),
    about: z.array(hash).check(z.minLength(1), z.maxLength(200)),
    outcome: settledOutcome,
    note: z.string().check(z.minLength(1), z.maxLength(300)),
  }),
  /** An authorised person reviewed acts without a customer's code and found them in order. */
  'unconfirmed-reviewed': z.strictObject({
    entries: z.array(hash).check(z.minLength(1), z.maxLength(200)),
  }),
  /** Everything on this till comes from a backup that ends at `seq` and was made at `madeAt` (ms). */
  'backup-restored': z.strictObject({ seq: z.int().check(z.positive()), hash, madeAt: at }),
  /** The entries from `from` to `to` cannot be read on this device; their numbers are not used again. */
  'entries-skipped': z.strictObject({
    from: z.int().check(z.positive()),
    to: z.int().check(z.positive()),
  }),
  /**
   * The till lost an unknown number of acts, so it may have given receipt numbers that it does not know. It gives none of the
   * numbers from `from` to `to`.
   */
  'numbers-skipped': z.strictObject({
    from: z.int().check(z.positive()),
    to: z.int().check(z.positive()),
  }),
  'pin-locked': z.strictObject({ operator: id, failures: z.int(), until: at }),
  'policy-refused': z.strictObject({
    because: z.enum(['missing', 'wrong-signature', 'older-version', 'wrong-shop', 'malformed']),
    version: z.nullable(z.int()),
  }),
} as const;

/** Acts this version writes, with the schema of each body. Unknown acts are kept and passed on, never dropped. */
export const actBodies = bodies;
export type Act = keyof typeof bodies;

/** What each body is, for the OpenAPI document: units, and what the schema cannot say. */
export const actDescriptions: Record<Act, string> = {
  'till-enrolled':
    'First entry of a till. `former`: the id before it enrolled again, and the head of that journal.',
  'carried-over': 'An entry of the former till that the relay had not acknowledged.',
  sale: 'A closed receipt. Sums are minor units, stock thousandths, `repaidEarns` hundredths of a percent; `number` is gapless per till. `rounding`: added so that cash can pay the total; `dueDays`: days to pay the debt.',
  'tender-corrected':
    'A sale of the shift was paid another way. Minor units without change; `was`: as the sale says.',
  'receipt-reprinted': 'A receipt or report printed or shared once more. `about`: its entry.',
  repayment:
    'A customer pays off debt. Sums are minor units; `amount`: what it takes off the debt.',
  'repayment-cancelled':
    'A repayment of the same shift is cancelled. Sums are minor units; `takenBack`: points; `withheld`: points that are no longer there, and their worth.',
  'overpayment-returned': 'An overpayment is paid out. `amount`: minor units.',
  'balance-corrected':
    'Debt (minor units) or points are corrected by `delta`. `debt`: the only one that is lowered; null: the oldest first.',
  return:
    'Goods of a sale are returned. Sums are minor units, stock thousandths. `sale`: null if it is not known; `withheld`: earned points that are no longer there, and their worth.',
  'customer-saved': 'A customer’s card, named by its salted hash.',
  'customer-forgotten':
    'A customer asked to be forgotten. `lapsed`: points they had; `merged`: the other cards of their account; `consent`: who agreed, of whom `approval` is a JWS with the schema `forgetApproval`.',
  'customers-merged':
    'Two cards become one account, shown under `into`. `credit`: the stricter of both.',
  'authorised-person-added': 'A person is added to a card, with the customer’s code.',
  'authorised-person-removed': 'A person is removed from a card.',
  'customers-imported':
    'Customers read from a file, or made for the demo. `approval`: JWS whose payload is the schema `importApproval`; null: no balances.',
  'import-undone':
    'Takes back customers of an import about whom nothing else is known. `accounts` reverses what it gave them.',
  'products-changed':
    'Goods added, changed and counted. `delta`: thousandths, counted minus known; `refused`: rows of `file` that were left out.',
  'categories-changed': 'Categories named, arranged, coloured, removed or brought back.',
  'shift-opened': 'A shift begins. `float`: minor units; `counted`: whether a person counted it.',
  'cash-moved': 'Cash is put into the drawer or taken out. `amount`: minor units.',
  tip: 'A customer’s money for the staff. `amount`: minor units; `sale`: the sale it came with; null: none is named.',
  'drawer-counted':
    'The drawer is counted. Sums are minor units; `pieces`: notes and coins by value.',
  'shift-closed':
    'A shift ends with its Z report. Sums are minor units; `number` is gapless per till; `left` stays in the drawer.',
  'drawer-opened': 'The drawer is opened without an act that moves cash.',
  'receipt-cancelled':
    'A receipt is cancelled before it is sold. `total`: minor units; `held`: whether it was on hold.',
  'receipt-resumed':
    'A cancelled receipt is resumed. `cancelled`: id of the act that cancelled it.',
  'reserve-codes-issued':
    'Verifiers of a customer’s reserve codes were stored on the till; `verifiers`: how many.',
  'reserve-codes-voided':
    'Too many wrong attempts: the customer’s reserve codes are no longer valid at this till.',
  dispute: 'The customer says that it was not them. `about`: hash of the disputed entry.',
  settled:
    'Closes disputes of a customer by the hashes of their entries or, without a customer, discrepancies by their ids.',
  'unconfirmed-reviewed': 'A person reviewed acts without a code. `entries`: their hashes.',
  'backup-restored': 'Everything on the till comes from a backup that ends at `seq`.',
  'entries-skipped':
    'The entries from `from` to `to` cannot be read on the device; their numbers are not used again.',
  'numbers-skipped':
    'Receipt numbers from `from` to `to` are not given, because they may have been given by lost acts.',
  'pin-locked': 'Wrong PINs of an operator. `until`: when they may try again.',
  'policy-refused': 'The till refused a policy that the relay sent.',
};

export type BodyOf<A extends Act> = z.infer<(typeof bodies)[A]>;

/** An entry of one act, with its body typed. */
export type EntryOf<A extends Act> = Omit<Entry, 'act' | 'body'> & { act: A; body: BodyOf<A> };

/** An entry whose act this version knows. */
export type KnownEntry = { [A in Act]: EntryOf<A> }[Act];

/** `prevHash` of a till's first entry. */
export const GENESIS_HASH = '0'.repeat(64);
