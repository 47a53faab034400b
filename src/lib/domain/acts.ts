// The list of all acts, and the rows that their entries leave: the only code that makes those rows.
import type { Act, KnownEntry } from '$lib/contract/journal';
import type { Right } from '$lib/contract/policy';
import type { Action, SaleAction } from '$lib/contract/values';
import { LEAVES_NO_ROWS, type ActForm, type ActRules } from './act-rules';
import { cashMovedRules } from './acts/drawer/cash-moved';
import { categoriesRules } from './acts/goods/categories-changed';
import { correctionRules } from './acts/money/balance-corrected';
import { customerSavedRules } from './acts/customers/customer-saved';
import { disputeRules, settledRules } from './acts/customers/dispute';
import { drawerCountedRules } from './acts/drawer/drawer-counted';
import { drawerOpenedRules } from './acts/drawer/drawer-opened';
import { forgottenRules } from './acts/customers/customer-forgotten';
import { importRules } from './acts/customers/customers-imported';
import { mergeRules } from './acts/customers/customers-merged';
import { numbersSkippedRules } from './acts/device/numbers-skipped';
import { payoutRules } from './acts/money/overpayment-returned';
import { personAddedRules } from './acts/customers/authorised-person-added';
import { personRemovedRules } from './acts/customers/authorised-person-removed';
import { productsRules } from './acts/goods/products-changed';
import { receiptCancelledRules, receiptResumedRules } from './acts/money/receipt-cancelled';
import { repaymentCancelledRules } from './acts/money/repayment-cancelled';
import { repaymentRules } from './acts/money/repayment';
import { reprintedRules } from './acts/money/receipt-reprinted';
import { returnRules } from './acts/money/return';
import { reviewedRules } from './acts/customers/unconfirmed-reviewed';
import { saleRules } from './acts/money/sale';
import { shiftClosedRules } from './acts/drawer/shift-closed';
import { shiftOpenedRules } from './acts/drawer/shift-opened';
import { tenderCorrectedRules } from './acts/money/tender-corrected';
import { tipRules } from './acts/drawer/tip';
import { undoRules } from './acts/customers/import-undone';
import type { Before, ProjectedChange, Reads } from './rows';

/** Acts of the till itself, which nobody decides and which need no right. */
const OF_TILL = { rights: null, ...LEAVES_NO_ROWS } as const;

/** Every act of the contract with its rules: an act without any does not compile. */
export const ACTS = {
  'till-enrolled': OF_TILL,
  'carried-over': OF_TILL,
  sale: saleRules,
  'tender-corrected': tenderCorrectedRules,
  'receipt-reprinted': reprintedRules,
  'receipt-cancelled': receiptCancelledRules,
  'receipt-resumed': receiptResumedRules,
  repayment: repaymentRules,
  'repayment-cancelled': repaymentCancelledRules,
  'overpayment-returned': payoutRules,
  'balance-corrected': correctionRules,
  return: returnRules,
  'products-changed': productsRules,
  'categories-changed': categoriesRules,
  'customer-saved': customerSavedRules,
  'customer-forgotten': forgottenRules,
  'customers-merged': mergeRules,
  'authorised-person-added': personAddedRules,
  'authorised-person-removed': personRemovedRules,
  'customers-imported': importRules,
  'import-undone': undoRules,
  dispute: disputeRules,
  settled: settledRules,
  'unconfirmed-reviewed': reviewedRules,
  'reserve-codes-issued': OF_TILL,
  'reserve-codes-voided': OF_TILL,
  'shift-opened': shiftOpenedRules,
  'cash-moved': cashMovedRules,
  'drawer-counted': drawerCountedRules,
  'drawer-opened': drawerOpenedRules,
  tip: tipRules,
  'shift-closed': shiftClosedRules,
  'backup-restored': OF_TILL,
  'entries-skipped': OF_TILL,
  'numbers-skipped': numbersSkippedRules,
  'pin-locked': OF_TILL,
  'policy-refused': OF_TILL,
} as const satisfies { readonly [A in Act]: ActRules<A> };

type All = typeof ACTS;

/** An act that needs nothing but the open shift. */
export type ShiftAct = { [A in Act]: All[A] extends { decide: unknown } ? A : never }[Act];
export type ShiftActInput<A extends ShiftAct> = Parameters<All[A]['decide']>[0];

export const isShiftAct = (act: Act): act is ShiftAct => 'decide' in ACTS[act];

export type ShiftForm = ActForm & { readonly act: ShiftAct; readonly right: Right };

/** The dialogues of the shift's acts, each with the right that it needs. */
export const SHIFT_FORMS: readonly ShiftForm[] = (Object.keys(ACTS) as Act[])
  .filter(isShiftAct)
  .flatMap((act) => ACTS[act].forms.map((form) => ({ ...form, act, right: ACTS[act].rights[0] })));

/** The rules of an act; null: an act of a later version. */
export const rulesOf = (act: string): Plain | null =>
  Object.hasOwn(ACTS, act) ? (ACTS[act as Act] as never) : null;

/** What the rules say without an entry. */
type Plain = Omit<ActRules, 'reads' | 'project' | 'asks' | 'again' | 'decide'>;

/** The rules of an act for its own entries. */
export const rulesIn = (entry: KnownEntry): ActRules => ACTS[entry.act] as never;

/** The action that a code confirms, by act: a code for one kind of act confirms no other. */
export const askedAction = (act: string, action: SaleAction): Action =>
  rulesOf(act)?.codeAction ?? action;

/** Keys of the rows an entry's projection depends on, bounded by the entry itself. */
export const reads = (entry: KnownEntry): Reads => ACTS[entry.act].reads(entry as never);

/**
 * The rows of an entry that the relay has accepted into the shop's order. `before`: the rows of `reads`, in their state before the
 * entry. `real`: ids of the verified challenges and reserve-code verifiers that are not the demo provider's. Refuses nothing,
 * clamps nothing; rows are absolute.
 */
export const projectInOrder = (
  entry: KnownEntry,
  before: Before,
  real: ReadonlySet<string>,
): ProjectedChange[] => ACTS[entry.act].project(entry as never, before, real);

/** The same for an entry that the relay may not have accepted yet. */
export const project: typeof projectInOrder = (entry, before, real) =>
  rulesOf(entry.act)?.takesEffect === 'when-accepted' ? [] : projectInOrder(entry, before, real);
