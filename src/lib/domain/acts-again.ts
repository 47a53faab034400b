// What the relay looks up of each act, and how it decides its entries again. No till loads this.
import type { Act, KnownEntry } from '$lib/contract/journal';
import { ACTS, isShiftAct, type ShiftAct } from './acts';
import { personAddedAgain } from './acts/customers/authorised-person-added';
import { personRemovedAgain } from './acts/customers/authorised-person-removed';
import { forgottenAgain } from './acts/customers/customer-forgotten';
import { importAgain } from './acts/customers/customers-imported';
import { mergeAgain } from './acts/customers/customers-merged';
import { settledAgain } from './acts/customers/dispute';
import { undoAgain } from './acts/customers/import-undone';
import { reviewedAgain } from './acts/customers/unconfirmed-reviewed';
import { numbersSkippedAgain } from './acts/device/numbers-skipped';
import { drawerCountedAgain } from './acts/drawer/drawer-counted';
import { shiftClosedAgain } from './acts/drawer/shift-closed';
import { shiftOpenedAgain } from './acts/drawer/shift-opened';
import { categoriesAgain } from './acts/goods/categories-changed';
import { productsAgain } from './acts/goods/products-changed';
import { correctionAgain } from './acts/money/balance-corrected';
import { payoutAgain } from './acts/money/overpayment-returned';
import { receiptCancelledAgain, receiptResumedAgain } from './acts/money/receipt-cancelled';
import { reprintedAgain } from './acts/money/receipt-reprinted';
import { repaymentAgain } from './acts/money/repayment';
import { repaymentCancelledAgain } from './acts/money/repayment-cancelled';
import { returnAgain } from './acts/money/return-again';
import { saleAgain } from './acts/money/sale';
import { tenderCorrectedAgain } from './acts/money/tender-corrected';
import {
  compared,
  type AgainRules,
  type Asks,
  type AuthorKnew,
  type Redecided,
} from './decide-again';

/** The small acts of the shift state it with their other rules. */
const AGAIN = {
  'till-enrolled': {},
  'carried-over': {},
  sale: saleAgain,
  'tender-corrected': tenderCorrectedAgain,
  'receipt-reprinted': reprintedAgain,
  'receipt-cancelled': receiptCancelledAgain,
  'receipt-resumed': receiptResumedAgain,
  repayment: repaymentAgain,
  'repayment-cancelled': repaymentCancelledAgain,
  'overpayment-returned': payoutAgain,
  'balance-corrected': correctionAgain,
  return: returnAgain,
  'products-changed': productsAgain,
  'categories-changed': categoriesAgain,
  'customer-saved': {},
  'customer-forgotten': forgottenAgain,
  'customers-merged': mergeAgain,
  'authorised-person-added': personAddedAgain,
  'authorised-person-removed': personRemovedAgain,
  'customers-imported': importAgain,
  'import-undone': undoAgain,
  dispute: {},
  settled: settledAgain,
  'unconfirmed-reviewed': reviewedAgain,
  'reserve-codes-issued': {},
  'reserve-codes-voided': {},
  'shift-opened': shiftOpenedAgain,
  'drawer-counted': drawerCountedAgain,
  'shift-closed': shiftClosedAgain,
  'backup-restored': {},
  'entries-skipped': {},
  'numbers-skipped': numbersSkippedAgain,
  'pin-locked': {},
  'policy-refused': {},
} as const satisfies { readonly [A in Exclude<Act, ShiftAct>]: AgainRules<A> };

/** What an act states for the relay, for its own entries. */
const againOf = (act: Act): AgainRules =>
  isShiftAct(act) ? (ACTS[act] as never) : (AGAIN[act] as never);

/** The same by the name of an act; nothing if it is of a later version. */
export const againRulesOf = (act: string): AgainRules =>
  Object.hasOwn(ACTS, act) ? againOf(act as Act) : {};

/** What the relay looks up to decide an entry again. */
export const asksOf = ({ act, body }: KnownEntry): Asks => {
  const { asks } = againOf(act);
  return asks?.(body) ?? {};
};

/** What the rules make of an entry again, from what its author knew; null: nobody decides it, or the relay knows too little. */
export const decideAgain = (entry: KnownEntry, known: AuthorKnew): Redecided | null => {
  const { again } = againOf(entry.act);
  return compared(again?.(entry, known) ?? null, entry.body);
};
