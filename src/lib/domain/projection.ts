// The journal's projection: the rows each act leaves.
// The only code that makes those rows.
import type { KnownEntry } from '$lib/contract/journal';
import { projectPersonAdded } from './acts/authorised-person-added';
import { projectCorrection, readsOfCorrection } from './acts/balance-corrected';
import { projectCategories, readsOfCategories } from './acts/categories-changed';
import { projectCashMoved } from './acts/cash-moved';
import { projectMerge } from './acts/customers-merged';
import { projectImport, readsOfImport } from './acts/customers-imported';
import { projectUndo, readsOfUndo } from './acts/import-undone';
import { projectDispute, projectSettled, readsOfSettled } from './acts/dispute';
import { projectDrawerCounted } from './acts/drawer-counted';
import { projectDrawerOpened } from './acts/drawer-opened';
import { projectProducts, readsOfProducts } from './acts/products-changed';
import { projectReceiptCancelled, projectReceiptResumed } from './acts/receipt-cancelled';
import { projectReprinted } from './acts/receipt-reprinted';
import { projectCancellation, readsOfCancellation } from './acts/repayment-cancelled';
import { projectPayout, readsOfPayout } from './acts/overpayment-returned';
import { projectRepayment, readsOfRepayment } from './acts/repayment';
import { projectReturn, readsOfReturn } from './acts/return';
import { projectSale, readsOfSale } from './acts/sale';
import { projectShiftClosed } from './acts/shift-closed';
import { projectShiftOpened } from './acts/shift-opened';
import { projectTenderCorrected } from './acts/tender-corrected';
import { projectReviewed } from './acts/unconfirmed-reviewed';
import { readsOfShift, readsOfSums } from './shift/shift';
import { NO_READS, type Before, type ProjectedChange, type Reads } from './rows';

/** Keys of the rows an entry's projection depends on, bounded by the entry itself. */
export function reads(entry: KnownEntry): Reads {
  switch (entry.act) {
    case 'sale':
      return readsOfSale(entry);
    case 'repayment':
      return readsOfRepayment(entry);
    case 'repayment-cancelled':
      return readsOfCancellation(entry);
    case 'overpayment-returned':
      return readsOfPayout(entry);
    case 'balance-corrected':
      return readsOfCorrection(entry);
    case 'return':
      return readsOfReturn(entry);
    case 'customers-imported':
      return readsOfImport(entry);
    case 'import-undone':
      return readsOfUndo(entry);
    case 'settled':
      return readsOfSettled(entry);
    case 'products-changed':
      return readsOfProducts(entry);
    case 'categories-changed':
      return readsOfCategories(entry);
    case 'cash-moved':
    case 'drawer-counted':
    case 'drawer-opened':
    case 'receipt-cancelled':
    case 'receipt-resumed':
    case 'receipt-reprinted':
    case 'tender-corrected':
      return { ...NO_READS, ...readsOfSums(entry) };
    case 'shift-opened':
    case 'shift-closed':
      return { ...NO_READS, ...readsOfShift(entry) };
    // Listed one by one: a new act must not compile until somebody decides which rows it reads. Without them its rows are wrong.
    case 'customers-merged':
    case 'authorised-person-added':
    case 'authorised-person-removed':
    case 'dispute':
    case 'unconfirmed-reviewed':
    case 'carried-over':
    case 'till-enrolled':
    case 'customer-saved':
    case 'customer-forgotten':
    case 'reserve-codes-issued':
    case 'reserve-codes-voided':
    case 'backup-restored':
    case 'entries-skipped':
    case 'numbers-skipped':
    case 'pin-locked':
    case 'policy-refused':
      return NO_READS;
  }
}

/**
 * The rows an entry leaves. `before`: the rows of `reads`, in their state before the entry. `real`: ids of the verified
 * challenges and reserve-code verifiers that are not the demo provider's. Refuses nothing, clamps nothing; rows are
 * absolute.
 */
export function project(
  entry: KnownEntry,
  before: Before,
  real: ReadonlySet<string>,
): ProjectedChange[] {
  switch (entry.act) {
    case 'sale':
      return projectSale(entry, before, real);
    case 'repayment':
      return projectRepayment(entry, before);
    case 'repayment-cancelled':
      return projectCancellation(entry, before, real);
    case 'overpayment-returned':
      return projectPayout(entry, before);
    case 'balance-corrected':
      return projectCorrection(entry, before, real);
    case 'return':
      return projectReturn(entry, before, real);
    case 'customers-imported':
      return projectImport(entry, before);
    case 'customers-merged':
      return projectMerge(entry);
    case 'authorised-person-added':
      return projectPersonAdded(entry);
    case 'dispute':
      return projectDispute(entry);
    case 'settled':
      return projectSettled(entry, before);
    case 'unconfirmed-reviewed':
      return projectReviewed(entry);
    case 'products-changed':
      return projectProducts(entry, before);
    case 'categories-changed':
      return projectCategories(entry, before);
    case 'shift-opened':
      return projectShiftOpened(entry, before);
    case 'cash-moved':
      return projectCashMoved(entry, before);
    case 'drawer-counted':
      return projectDrawerCounted(entry, before);
    case 'drawer-opened':
      return projectDrawerOpened(entry, before);
    case 'receipt-cancelled':
      return projectReceiptCancelled(entry, before);
    case 'receipt-resumed':
      return projectReceiptResumed(entry, before);
    case 'receipt-reprinted':
      return projectReprinted(entry, before);
    case 'tender-corrected':
      return projectTenderCorrected(entry, before);
    case 'shift-closed':
      return projectShiftClosed(entry, before);
    // `carried-over`: the original entry has left its rows in its own journal. Cards are erased and merged by the shop's order
    // (`shop-cards.ts`). The balances of an undone import are taken back by `projectInOrder`.
    case 'import-undone':
    case 'carried-over':
    case 'till-enrolled':
    case 'customer-saved':
    case 'customer-forgotten':
    case 'authorised-person-removed':
    case 'reserve-codes-issued':
    case 'reserve-codes-voided':
    case 'backup-restored':
    case 'entries-skipped':
    case 'numbers-skipped':
    case 'pin-locked':
    case 'policy-refused':
      return [];
  }
}

/**
 * The rows of an entry that the relay has accepted into the shop's order. An `import-undone` entry leaves rows only here, also at
 * the till that wrote it: as long as the relay has not accepted it, no balance is taken back.
 */
export const projectInOrder: typeof project = (entry, before, real) =>
  entry.act === 'import-undone' ? projectUndo(entry, before) : project(entry, before, real);
