// Decides the other acts again by the till's own rules, from what their author knew. Pure.
import type { AccountEntry } from '$lib/contract/acts/account';
import type { BodyOf, Entry, EntryOf, KnownEntry } from '$lib/contract/journal';
import type { FlagKind } from '$lib/contract/journal-upload';
import type { Policy } from '$lib/contract/policy';
import { decidePersonRemoved } from '$lib/domain/acts/customers/authorised-person-removed';
import { decideCategoriesChanged } from '$lib/domain/acts/goods/categories-changed';
import {
  decideForgotten,
  type ForgottenInput,
} from '$lib/domain/acts/customers/customer-forgotten';
import { decideCashMoved } from '$lib/domain/acts/drawer/cash-moved';
import { decideDrawerCounted } from '$lib/domain/acts/drawer/drawer-counted';
import { decideDrawerOpened } from '$lib/domain/acts/drawer/drawer-opened';
import { decideShiftClosed } from '$lib/domain/acts/drawer/shift-closed';
import { decideShiftOpened } from '$lib/domain/acts/drawer/shift-opened';
import {
  decideImport,
  messagesOfImport,
  type OpeningCard,
} from '$lib/domain/acts/customers/customers-imported';
import { decideUndo, type UndoInput } from '$lib/domain/acts/customers/import-undone';
import { decideDiscrepanciesSettled, decideSettled } from '$lib/domain/acts/customers/dispute';
import { decideNumbersSkipped } from '$lib/domain/acts/device/numbers-skipped';
import { decideProductsChanged } from '$lib/domain/acts/goods/products-changed';
import {
  decideReceiptCancelled,
  decideReceiptResumed,
} from '$lib/domain/acts/money/receipt-cancelled';
import { partsOf, type AskedForReturn, type SaleOfReturn } from '$lib/domain/acts/money/return';
import { decidePayout } from '$lib/domain/acts/money/overpayment-returned';
import { decideRepayment } from '$lib/domain/acts/money/repayment';
import { decideReprinted } from '$lib/domain/acts/money/receipt-reprinted';
import { decideTenderCorrected } from '$lib/domain/acts/money/tender-corrected';
import { decideReviewed } from '$lib/domain/acts/customers/unconfirmed-reviewed';
import { openDebts } from '$lib/domain/customers/debts';
import type { DebtMade, DebtRow, ReturnRow, ShiftRow } from '$lib/domain/rows';
import { earnedByRepaying } from '$lib/domain/customers/loyalty';
import { money } from '$lib/domain/values/money';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import type { Decided, DecidingAt } from '$lib/domain/policy/rights';
import { floatLeft } from '$lib/domain/shift/shift';
import type { Original } from './entry-reading';
import { type Redecided, compared, differing, firstDifference, withStatedDay } from './redecided';
import { decideReturnAgain, type ReturnKnowledge } from './decide-again-return';
import {
  debtsWith,
  numbersOf,
  type CancellationKnowledge,
  type OwnNumber,
} from './decide-again-consented';

/** What made a debt, and how many points repayments of the author's device have earned for it. */
export type EarningDebt = { readonly made: DebtMade; readonly points: number };

/** What the till's own chain held of the entries that are reviewed, or whose disputes are closed. */
export type ReviewKnowledge = {
  /** For a drawer's act: the till's newest shift before it, undefined before its first; null: not known. */
  readonly shift: ShiftRow | undefined | null;
  readonly entries: readonly Entry[];
  /** Those with an open dispute, by hash. */
  readonly disputed: readonly string[];
  /** The customers of the disputes, as far as they are known. */
  readonly customers: readonly string[];
  /** Disputes that another till recorded, by hash. */
  readonly elsewhere: readonly string[];
  /** Debts of the customer who repays or is paid out, as the author knew them; null: the relay cannot know that. */
  readonly debts: readonly DebtRow[] | null;
  /** For a repayment: the debts that it earns points for, as far as the relay knows them. */
  readonly earning: ReadonlyMap<string, EarningDebt>;
  /** Whether the author may have known debts that the relay lacks, after a restore or without one of the device's journals. */
  readonly mayKnowMore: boolean;
  /** For a return; null: another act. */
  readonly returning: ReturnKnowledge | null;
  /** For a cancelled repayment; null: another act. */
  readonly cancelling: CancellationKnowledge | null;
  /** For a corrected tender; null: another act. */
  readonly correcting: CorrectingKnowledge | null;
  /** Discrepancies that are closed. */
  readonly found: readonly { readonly id: string; readonly kind: FlagKind }[];
};

/** What the till that corrected a tender knew. `sale` null: the relay does not have it; `isLost`: it lost it in a restore. */
export type CorrectingKnowledge = {
  readonly sale: SaleOfReturn | null;
  readonly isLost: boolean;
  readonly returns: readonly ReturnRow[];
};

/** What is known of a customer who is to be forgotten. */
export type ForgottenKnowledge = Omit<ForgottenInput, 'policy' | 'operator' | 'customer'>;

/** Why the rules refuse to forget a customer with what is known of them; null: they do not. */
export function forgetRefusal(
  { operator, body }: EntryOf<'customer-forgotten'>,
  policy: Policy,
  known: ForgottenKnowledge,
): string | null {
  if (operator === null) return 'no-right';
  const by = { policy: policy as VerifiedPolicy, operator };
  const decided = decideForgotten({ ...by, ...known, customer: body.customer });
  if (decided.kind === 'refused') return decided.because.kind;
  return firstDifference(decided.body.merged, body.merged) === null ? null : 'merged';
}

/** What is known of an import that is to be undone. */
export type UndoKnowledge = Pick<UndoInput, 'imported' | 'isChanged'>;

/** What is wrong, by the rules of its policy, with undoing an import; null: nothing. */
export function decideUndoAgain(
  { operator, known: entry }: Original,
  policy: Policy,
  known: UndoKnowledge,
): Redecided | null {
  if (entry?.act !== 'import-undone') return null;
  if (operator === null) return { kind: 'against-rules', detail: 'no-right' };
  const by = { policy: policy as VerifiedPolicy, operator };
  const decided = decideUndo({ ...by, ...entry.body, ...known });
  return compared(decided, entry.body);
}

/**
 * What is wrong, by the rules of its policy, with an act that is not a sale; null: nothing, or the relay knows too little.
 * `forgotten`: what the author knew of the customer whom the act forgets; null: another act, or unknown. `consent`: the customer's
 * consent to a return; null: the author knew of no number to send a code to.
 */
export function decideOtherAgain(
  entry: KnownEntry,
  policy: Policy,
  known: ReviewKnowledge & OwnNumber & { readonly consent: AskedForReturn | null },
  forgotten: ForgottenKnowledge | null,
): Redecided | null {
  const { entries, disputed, customers, elsewhere, debts, found, shift, returning } = known;
  const { operator, body } = entry;
  if (entry.act === 'numbers-skipped') {
    // believes the till about the last known number, because the receipts after it are lost
    return differing(decideNumbersSkipped(entry.body.from - 1), body);
  }
  if (operator === null) return null;
  // decided by the till's clock, even if that clock is wrong, because the till took the day from it
  const by = { policy: policy as VerifiedPolicy, operator, at: entry.at };
  const card = numbersOf(operator, policy, known);
  let decided: Decided<object, { readonly kind: string }>;
  switch (entry.act) {
    case 'customers-imported':
      decided = decideImport({
        ...by,
        ...entry.body,
        cards: cardsOf(entry.body),
        messages: messagesOfImport(entry.body),
      });
      break;
    case 'repayment':
      decided = decideRepayment({
        ...by,
        ...entry.body,
        card,
        debts:
          debts === null
            ? debtsWith(entry.body, {
                // change or rounding shows that the customer paid everything they owed
                isWhole: entry.body.changeDue !== 0 || entry.body.rounding !== 0,
              })
            : openDebts(debts),
        tenders: entry.body.tenders.map(({ kind, amount }) => ({ kind, amount: money(amount) })),
      });
      if (debts === null && decided.kind === 'decided') {
        if (earnsBeyond(entry.body, policy, known)) return { kind: 'differs', detail: 'earned' };
        const { earned, accounts } = entry.body;
        decided = { ...decided, body: { ...decided.body, earned, accounts } };
      }
      break;
    case 'overpayment-returned':
      if (debts === null) return null;
      decided = withStatedDay(
        decidePayout({
          ...by,
          ...entry.body,
          card,
          debts: openDebts(debts),
          amount: money(entry.body.amount),
        }),
        entry.body,
        entry.at,
      );
      break;
    case 'return':
      if (returning === null) return { kind: 'against-rules', detail: 'unknown-sale' };
      return decideReturnAgain(entry, by, { ...known, card, returning });
    case 'settled': {
      const { customer } = entry.body;
      decided =
        customer === null
          ? decideDiscrepanciesSettled({ ...by, ...entry.body, found })
          : decideSettled({
              ...by,
              ...entry.body,
              customer,
              customers,
              elsewhere,
              disputed: entries,
            });
      break;
    }
    case 'receipt-reprinted':
      // The receipt may be another till's: this till can ask the relay for one that it has not downloaded.
      decided = decideReprinted({
        ...by,
        ...entry.body,
        act: entries[0]?.act ?? null,
      });
      break;
    case 'receipt-cancelled':
      decided = decideReceiptCancelled({ ...by, ...entry.body });
      break;
    case 'receipt-resumed':
      decided = decideReceiptResumed({ ...by, ...entry.body });
      break;
    case 'products-changed':
      decided = decideProductsChanged({ ...by, ...entry.body });
      break;
    case 'categories-changed':
      decided = decideCategoriesChanged({ ...by, ...entry.body, known: null });
      break;
    case 'customer-forgotten':
      if (forgotten === null) return null;
      decided = decideForgotten({ ...by, ...forgotten, customer: entry.body.customer });
      break;
    case 'authorised-person-removed':
      decided = decidePersonRemoved({ ...by, ...entry.body });
      break;
    case 'unconfirmed-reviewed':
      decided = decideReviewed({ ...by, ...entry.body, reviewed: entries, disputed });
      break;
    case 'tender-corrected': {
      const { correcting } = known;
      if (shift === null || correcting === null) return null;
      const { sale, isLost, returns } = correcting;
      if (sale === null) return isLost ? null : { kind: 'against-rules', detail: 'unknown-sale' };
      const tenders = partsOf(entry.body.tenders);
      const { till } = entry;
      decided = decideTenderCorrected({
        ...by,
        ...entry.body,
        till,
        shift,
        sale,
        returns,
        tenders,
      });
      break;
    }
    case 'shift-opened':
    case 'cash-moved':
    case 'drawer-opened':
    case 'drawer-counted':
    case 'shift-closed': {
      const again = decideDrawerAgain(entry, by, shift);
      if (again === null) return null;
      decided = again;
      break;
    }
    default:
      return null;
  }
  return compared(decided, body);
}

type DrawerEntry = Extract<
  KnownEntry,
  { act: 'shift-opened' | 'cash-moved' | 'drawer-opened' | 'drawer-counted' | 'shift-closed' }
>;

/** Null: the relay lacks earlier entries. For a first shift, the till's own statement of the cash left in the drawer is believed. */
function decideDrawerAgain(
  entry: DrawerEntry,
  by: DecidingAt,
  shift: ShiftRow | undefined | null,
): Decided<object, { readonly kind: string }> | null {
  if (shift === null) return null;
  switch (entry.act) {
    case 'shift-opened': {
      const { float, counted, left } = entry.body;
      const leftBefore = shift === undefined ? left : floatLeft(shift, undefined);
      return decideShiftOpened({
        ...by,
        shift,
        leftBefore,
        float: counted ? money(float) : null,
      });
    }
    case 'cash-moved': {
      const { approval, ...asked } = entry.body;
      const approvedBy = approval.kind === 'given' ? approval.by : null;
      return decideCashMoved({ ...by, ...asked, approvedBy, shift, amount: money(asked.amount) });
    }
    case 'drawer-opened':
      return decideDrawerOpened({ ...by, ...entry.body, shift });
    case 'drawer-counted': {
      const pieces = entry.body.pieces.map(({ value, count }) => ({ value: money(value), count }));
      const counted = money(entry.body.counted);
      const { id, terminal } = entry.body;
      return decideDrawerCounted({ ...by, id, shift, counted, pieces, terminal });
    }
    case 'shift-closed':
      return decideShiftClosed({
        ...by,
        ...entry.body,
        shift,
        left: money(entry.body.left),
        underWay: null,
      });
  }
}

/**
 * Whether a repayment, together with earlier ones of its device, gives more points than its debts can ever earn. For repayments
 * whose debts the relay does not know in full. A missing debt may earn nothing, unless the relay may have lost it.
 */
function earnsBeyond(
  { earned }: BodyOf<'repayment'>,
  { cashRounding }: Policy,
  { earning, mayKnowMore }: ReviewKnowledge,
): boolean {
  return earned.some(({ debt, points }) => {
    const known = earning.get(debt);
    if (known === undefined) return !mayKnowMore;
    const { made, points: before } = known;
    return before + points > earnedByRepaying(made.earns, made.amount + (cashRounding?.step ?? 0));
  });
}

/** The cards of an import with the balances that it states for them. */
function cardsOf({ customers, accounts }: BodyOf<'customers-imported'>): OpeningCard[] {
  const sums = new Map<string, number>();
  for (const { customer, account, delta } of accounts) {
    const key = `${account} ${customer}`;
    sums.set(key, (sums.get(key) ?? 0) + delta);
  }
  const sum = (account: AccountEntry['account'], customer: string) =>
    sums.get(`${account} ${customer}`) ?? 0;
  return customers.map((card) => ({
    ...card,
    owed: sum('debt', card.customer),
    points: sum('points', card.customer),
  }));
}
