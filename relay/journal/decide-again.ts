// Decides an uploaded act again by the till's own rules, on what its till knew. Pure.
import type { AccountEntry, Confirmation } from '$lib/contract/acts/account';
import type { Credit } from '$lib/contract/acts/customer';
import type { BodyOf, Entry, EntryOf, KnownEntry } from '$lib/contract/journal';
import type { SaleBody } from '$lib/contract/acts/sale';
import type { FlagKind } from '$lib/contract/journal-upload';
import type { Policy } from '$lib/contract/policy';
import type { SaleAction } from '$lib/contract/values';
import { DAY_MS, unconfirmedOf, within, type Unconfirmed } from '$lib/domain/account';
import { decidePersonAdded, type PersonAddedInput } from '$lib/domain/acts/authorised-person-added';
import { decidePersonRemoved } from '$lib/domain/acts/authorised-person-removed';
import { decideCorrection } from '$lib/domain/acts/balance-corrected';
import { decideCategoriesChanged } from '$lib/domain/acts/categories-changed';
import { decideForgotten, type ForgottenInput } from '$lib/domain/acts/customer-forgotten';
import { decideMerge, type MergeInput } from '$lib/domain/acts/customers-merged';
import { decideCashMoved } from '$lib/domain/acts/cash-moved';
import { decideDrawerCounted } from '$lib/domain/acts/drawer-counted';
import { decideDrawerOpened } from '$lib/domain/acts/drawer-opened';
import { decideShiftClosed } from '$lib/domain/acts/shift-closed';
import { decideShiftOpened } from '$lib/domain/acts/shift-opened';
import { decideImport, type OpeningCard } from '$lib/domain/acts/customers-imported';
import { decideUndo, type UndoInput } from '$lib/domain/acts/import-undone';
import { decideDiscrepanciesSettled, decideSettled } from '$lib/domain/acts/dispute';
import { decideNumbersSkipped } from '$lib/domain/acts/numbers-skipped';
import { decideProductsChanged } from '$lib/domain/acts/products-changed';
import { decideReceiptCancelled, decideReceiptResumed } from '$lib/domain/acts/receipt-cancelled';
import { decideReturnWithoutSale } from '$lib/domain/acts/return-without-sale';
import {
  approvalOf,
  consentOf,
  decideReturn,
  refundsOf,
  soldIn,
  whyColleague,
  worthOfReturn,
  type AskedForReturn,
  type ReturnInput,
  type ReturnRefusal,
} from '$lib/domain/acts/return';
import { decidePayout } from '$lib/domain/acts/overpayment-returned';
import { decideRepayment } from '$lib/domain/acts/repayment';
import {
  decideCancellation,
  refundsWithout,
  type CancellationInput,
  type SinceRepayment,
} from '$lib/domain/acts/repayment-cancelled';
import { decideReprinted } from '$lib/domain/acts/receipt-reprinted';
import { NOTHING_EARNED } from '$lib/domain/account-rows';
import { decideSale, termsOf } from '$lib/domain/acts/sale';
import { decideReviewed } from '$lib/domain/acts/unconfirmed-reviewed';
import { businessDay } from '$lib/domain/business-day';
import { applyRules, type CustomerFacts } from '$lib/domain/discount-rules';
import type { ProvenConfirmation } from '$lib/domain/confirmation';
import { confirmOne } from '$lib/domain/consent';
import { openDebts, paidByDebt, type Debts } from '$lib/domain/debts';
import type { DebtMade, DebtRow, ShiftRow } from '$lib/domain/rows';
import { NO_SEALED_DETAILS, type Customer, type Standing } from '$lib/domain/customer';
import { earnedByRepaying } from '$lib/domain/loyalty';
import { MAX_AMOUNT, money } from '$lib/domain/money';
import { usageOf } from '$lib/domain/override';
import type { Phone } from '$lib/domain/phone';
import { operatorOf, type VerifiedPolicy } from '$lib/domain/policy';
import { rebuildReceipt, type SettledRules } from '$lib/domain/receipt';
import { returnedBy } from '$lib/domain/returns';
import type { Decided, Deciding } from '$lib/domain/rights';
import { floatLeft } from '$lib/domain/shift';
import { sumOfParts, type MoneyParts } from '$lib/domain/settlement';
import type { CheckedReserveCode } from '$lib/domain/reserve-code';
import type { Movement, Original } from './entry-reading';
import type { ActRow, ProofKind } from '../store/journal-acts';

/** What the till's own chain held before the sale. */
export type AuthorKnowledge = {
  /** False: a former till id's journal is missing here, so balance and credit are assumed to be sufficient. */
  readonly isWhole: boolean;
  readonly credit: Credit;
  /** The cards of the customer's account, as far as it knew of merges. */
  readonly cards: readonly string[];
  /** Whether it recorded an open dispute of the customer. */
  readonly disputed: boolean;
  readonly standing: Standing;
  /** What rules ask of the customer; null: it is not known. */
  readonly customerFacts: CustomerFacts | null;
  /** Acts of the device under all of its names, this sale's not among them. */
  readonly overrides: readonly ActRow[];
  readonly ofCustomer: readonly ActRow[];
  /** Challenges whose grants another entry has used. */
  readonly grantsUsed: ReadonlySet<string>;
};

/**
 * `against-rules`: the rules refuse the act; `differs`: they make another entry of it; `code-was-required`: it lacks only the
 * customer's consent. `detail`: the reason or place.
 */
export type Redecided = {
  readonly kind: Extract<FlagKind, 'against-rules' | 'differs' | 'code-was-required'>;
  readonly detail: string;
};

/** What is wrong with a sale by the rules of its policy; null: they make the same of it. */
export function decideAgain(
  { till, at, operator, movements, known: entry }: Original,
  sale: SaleBody,
  policy: Policy,
  known: AuthorKnowledge,
): Redecided | null {
  const rebuilt = rebuildReceipt({ ...sale, id: sale.sale });
  if (rebuilt === null || operator === null) return { kind: 'differs', detail: 'lines' };
  const settled = rulesOf(sale);
  const receipt = settled === null ? rebuilt : applyRules(rebuilt, policy, settled);
  const { credit, standing } = known.isWhole ? known : inFavour(known, movements);
  const decided = decideSale({
    ...{ receipt, till, number: sale.number, operator, at, disputed: known.disputed },
    policy: policy as VerifiedPolicy,
    customer:
      sale.customer === null
        ? null
        : { ...cardOf(sale.customer, credit), persons: personsIn(movements) },
    customerFacts: known.customerFacts,
    standing,
    usage: usageAt(known, at),
    unconfirmed30d: unconfirmedAt(at, movements, policy, known),
    confirmations: movements.flatMap(provenOf),
    dealHashes: dealHashesOf(movements),
    grantsUsed: known.grantsUsed,
  });
  if (decided.kind === 'refused') return { kind: 'against-rules', detail: decided.because.kind };
  // its till's clock said the day, whatever is wrong with that clock
  const day = businessDay(entry?.at ?? at, policy.shop.timeZone);
  const path = firstDifference(withoutUsage({ ...decided.body, day }), withoutUsage(sale));
  return path === null ? null : { kind: 'differs', detail: path };
}

/** The persons whose codes it carries: the relay sends none to others. */
const personsIn = (movements: readonly Movement[]): Customer['persons'] =>
  movements.flatMap(({ grant }) =>
    grant === null || grant.person === null ? [] : [{ id: grant.person, name: '', phone: '' }],
  );

/** When a sale says that its rules were settled, and which of them it names. */
const rulesOf = ({ byRules }: Pick<SaleBody, 'byRules'>): SettledRules | null =>
  byRules === null ? null : { at: byRules.at, ofCustomer: byRules.names.map(({ rule }) => rule) };

/** What is known of a correction besides. */
export type CorrectionKnowledge = AuthorKnowledge & {
  /** Null: not known. */
  readonly debts: readonly DebtRow[] | null;
  /** Of others' corrections in customers' favour those that the author knew. */
  readonly movedByRight: readonly ActRow[];
} & OwnNumber;

/** Whether the card has the operator's own number. */
type OwnNumber = { readonly isOwnNumber: boolean };

/** What is wrong with a correction by the rules of its policy; null: they make the same of it. */
export function decideCorrectionAgain(
  { till, at, operator, movements }: Original,
  body: BodyOf<'balance-corrected'>,
  policy: Policy,
  known: CorrectionKnowledge,
): Redecided | null {
  if (operator === null) return { kind: 'against-rules', detail: 'no-right' };
  const { credit, standing } = known.isWhole ? known : inFavour(known, movements);
  const decided = decideCorrection({
    ...{ ...body, policy: policy as VerifiedPolicy, till, at, operator, standing },
    customer: cardWithNumber(cardOf(body.customer, credit), operator, policy, known),
    disputed: known.disputed,
    debts: known.debts === null ? debtsWith(body, { isWhole: true }) : openDebts(known.debts),
    usage: usageAt(known, at),
    movedByRight: money(
      Math.min(
        MAX_AMOUNT,
        known.movedByRight.reduce(
          (sum, act) => sum + (within(act.at, at, DAY_MS) ? act.amount : 0),
          0,
        ),
      ),
    ),
    confirmations: movements.flatMap(provenOf),
    dealHash: Object.values(dealHashesOf(movements))[0] ?? null,
    grantsUsed: known.grantsUsed,
  });
  if (decided.kind === 'refused') return { kind: 'against-rules', detail: decided.because.kind };
  const path = firstDifference(withoutUsage(decided.body), withoutUsage(body));
  return path === null ? null : { kind: 'differs', detail: path };
}

/**
 * What the author of a cancellation knew of its repayment. `repayment` null: the relay has no such entry; `isLost`: it had it
 * before it was put back.
 */
export type CancellationKnowledge = SinceRepayment &
  Pick<CancellationInput, 'owedSince'> & {
    readonly isLost: boolean;
    readonly repayment: EntryOf<'repayment'> | null;
    /** The till's newest shift before it, undefined before its first; null: not known. */
    readonly shift: ShiftRow | undefined | null;
    /** The debts that it settled; null: not known. */
    readonly debts: readonly DebtRow[] | null;
    /** Minor units that a point of each debt that it takes points of is worth, where that is here. */
    readonly pointValues: ReadonlyMap<string, number>;
  };

/** What is wrong with a repayment cancelled; null: nothing, or the shift is not known. */
export function decideCancellationAgain(
  { till, at, operator, movements }: Original,
  body: BodyOf<'repayment-cancelled'>,
  policy: Policy,
  known: AuthorKnowledge & OwnNumber & CancellationKnowledge,
): Redecided | null {
  const { repayment, shift } = known;
  if (operator === null) return { kind: 'against-rules', detail: 'no-right' };
  if (repayment === null)
    return known.isLost ? null : { kind: 'against-rules', detail: 'unknown-repayment' };
  if (shift === null) return null;
  const { credit, standing } = known.isWhole ? known : inFavour(known, movements);
  const card = cardOf(repayment.body.customer, credit);
  const decided = decideCancellation({
    ...{ ...body, ...known, policy: policy as VerifiedPolicy, till, at, operator, standing },
    ...{ repayment, shift, customer: cardWithNumber(card, operator, policy, known) },
    debts: known.debts ?? [],
    usage: usageAt(known, at),
    confirmations: movements.flatMap(provenOf),
    dealHash: Object.values(dealHashesOf(movements))[0] ?? null,
  });
  if (decided.kind === 'refused') return { kind: 'against-rules', detail: decided.because.kind };
  const { takenBack, withheld, accounts } = body;
  if (!isWorthOf(withheld, pointValuesOf(body, policy, known)))
    return { kind: 'differs', detail: 'withheld' };
  // what it takes back depends on all that was repaid of the debts: where that is not known, the customer is told of it
  const refunds = refundsWithout(repayment.body, withheld.amount);
  const stated = known.debts === null ? { takenBack, withheld, refunds, accounts } : {};
  const path = firstDifference(withoutUsage({ ...decided.body, ...stated }), withoutUsage(body));
  return path === null ? null : { kind: 'differs', detail: path };
}

/** What a point of each debt is worth of which a cancellation takes points, minor units; by the policy, where it is not here. */
const pointValuesOf = (
  { takenBack }: BodyOf<'repayment-cancelled'>,
  policy: Policy,
  { pointValues }: CancellationKnowledge,
): readonly number[] =>
  takenBack.map(({ debt }) => pointValues.get(debt) ?? policy.points.pointValue);

/** Whether an amount can be the worth of so many points, each of one of these values. */
const isWorthOf = (
  { points, amount }: BodyOf<'repayment-cancelled'>['withheld'],
  values: readonly number[],
): boolean =>
  points === 0 ||
  (amount >= points * Math.min(...values) && amount <= points * Math.max(...values));

/** The card with the operator's own number, if it has that one. */
function cardWithNumber<Card extends Pick<Customer, 'phone'>>(
  card: Card,
  operator: string,
  policy: Policy,
  { isOwnNumber }: OwnNumber,
): Card {
  const own = operatorOf(policy, operator)?.phone ?? null;
  return isOwnNumber && own !== null ? { ...card, phone: own as Phone } : card;
}

/** How the customer of a return consented, as its entry states it. */
export const consentToReturn = (
  { till, at, movements }: Original,
  customer: string,
  known: Pick<AuthorKnowledge, 'overrides' | 'cards' | 'grantsUsed'>,
): AskedForReturn => ({
  ...{ till, customer: cardOf(customer, { kind: 'shop-limit' }), usage: usageAt(known, at) },
  confirmations: movements.flatMap(provenOf),
  grantsUsed: known.grantsUsed,
  dealHash: Object.values(dealHashesOf(movements))[0] ?? null,
});

/** Over other cards of the number the relay's own audit counts. */
const usageAt = ({ overrides, cards }: Pick<AuthorKnowledge, 'overrides' | 'cards'>, at: number) =>
  usageOf(
    overrides.map((act) => ({ ...act, amount: money(act.amount) })),
    at,
    new Set(cards),
  );

/** Sufficient credit and points, for a till whose earlier journal is missing. A known card's `no-credit` still counts. */
function inFavour(
  { credit, standing }: AuthorKnowledge,
  movements: readonly Movement[],
): Pick<AuthorKnowledge, 'credit' | 'standing'> {
  const redeemed = movements.filter(({ action }) => action === 'redeem-points');
  const points = redeemed.reduce((sum, { moved }) => sum + moved, 0);
  return {
    credit: credit.kind === 'no-credit' ? credit : { kind: 'unlimited' },
    standing: { ...standing, points: Math.max(standing.points, points) },
  };
}

/** What made a debt, and how many points repayments of the author's device have earned for it. */
export type EarningDebt = { readonly made: DebtMade; readonly points: number };

/** What the till's own chain held of the entries that are reviewed, or whose disputes are closed. */
export type ReviewKnowledge = {
  /** Of an act of a drawer: the till's newest shift before it, undefined before its first; null: not known. */
  readonly shift: ShiftRow | undefined | null;
  readonly entries: readonly Entry[];
  /** Those with an open dispute, by hash. */
  readonly disputed: readonly string[];
  /** The customers of the disputes, as far as they are known. */
  readonly customers: readonly string[];
  /** Disputes that another till recorded, by hash. */
  readonly elsewhere: readonly string[];
  /** Of the customer who repays or is paid out; null: what the author knew of them is not known here. */
  readonly debts: readonly DebtRow[] | null;
  /** Of a repayment: the debts that it earns points for, as far as they are known here. */
  readonly earning: ReadonlyMap<string, EarningDebt>;
  /** Whether the author may have known debts that are not here: the relay was put back, or a journal of the device is missing. */
  readonly mayKnowMore: boolean;
  /** Of a return; null: another act. */
  readonly returning: ReturnKnowledge | null;
  /** Of a repayment cancelled; null: another act. */
  readonly cancelling: CancellationKnowledge | null;
  /** Discrepancies that are closed. */
  readonly found: readonly { readonly id: string; readonly kind: FlagKind }[];
};

/** What the author of a return knew. `unknown-sale`: the relay has no such one. `lost-sale`: it had it before it was put back. */
export type ReturnKnowledge =
  | { readonly kind: 'unknown-sale' }
  | { readonly kind: 'lost-sale' }
  | (Pick<ReturnInput, 'guardedToday'> & { readonly kind: 'without-sale' })
  | (Pick<ReturnInput, 'since' | 'points' | 'guardedToday'> & {
      readonly kind: 'of-sale';
      readonly sale: ReturnInput['sale'];
      /** By all returns of the sale that are here. */
      readonly refundedInShop: MoneyParts;
      /** False: what it knew of other tills is not known here, only its own acts are. */
      readonly isWhole: boolean;
    });

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

/** What is known of two cards that are to be merged. `credit` by card. */
export type MergeKnowledge = Pick<MergeInput, 'disputed' | 'isGone'> & {
  readonly credit: { readonly from: Credit; readonly into: Credit };
  /** Whether each card has the operator's own number. */
  readonly isOwnNumber: boolean;
  /** Grants that another entry has spent or its till has given up, and those of the demo after it. */
  readonly grantsUsed: ReadonlySet<string>;
};

/** What is wrong with a merge of cards by the rules of its policy; null: they make the same of it. */
export function decideMergeAgain(
  { till, at, operator, known: entry, merging }: Original,
  policy: Policy,
  known: MergeKnowledge,
): Redecided | null {
  if (entry?.act !== 'customers-merged' || merging === null) return null;
  if (operator === null) return { kind: 'against-rules', detail: 'no-right' };
  const ownPhone = operatorOf(policy, operator)?.phone ?? null;
  const cardIn = (side: 'from' | 'into'): MergeInput['from'] => {
    const { customer, grant, jws, dealHash } = merging[side];
    const card = cardOf(customer, known.credit[side]);
    const phone = known.isOwnNumber ? (ownPhone as Phone | null) : card.phone;
    return { customer: { ...card, phone }, code: grant && { jws, grant }, dealHash };
  };
  const decided = decideMerge({
    ...{ ...known, policy: policy as VerifiedPolicy, till, at, operator },
    ...{ merge: entry.body.merge, from: cardIn('from'), into: cardIn('into') },
  });
  if (decided.kind === 'refused') return { kind: 'against-rules', detail: decided.because.kind };
  const path = firstDifference(decided.body, entry.body);
  return path === null ? null : { kind: 'differs', detail: path };
}

/** What is known of the card to which a person is added. */
export type PersonKnowledge = Pick<PersonAddedInput, 'isGone' | 'grantsUsed'> &
  OwnNumber & {
    /** Whether what the code was given for cannot be known here any more, as an honest till may come upon. */
    readonly isLost: boolean;
    /** The other persons on the card. */
    readonly persons: Customer['persons'];
  };

/** What is wrong with an authorised person who is added, by the rules of its policy; null: nothing. */
export function decidePersonAddedAgain(
  { till, at, operator, known: entry, authorising }: Original,
  policy: Policy,
  known: PersonKnowledge,
): Redecided | null {
  if (entry?.act !== 'authorised-person-added' || authorising === null) return null;
  const { customer: id, person, grant, jws, phone, dealHash } = authorising;
  if (operator === null) return { kind: 'against-rules', detail: 'no-right' };
  // the customer was never asked about such a person
  if (person === null || phone === null)
    return { kind: 'against-rules', detail: 'code-not-for-this' };
  const { persons, isGone, grantsUsed } = known;
  const card = { id, phone: phone as Phone, persons, credit: entry.body.credit };
  const decided = decidePersonAdded({
    ...{ policy: policy as VerifiedPolicy, till, at, operator, isGone, grantsUsed },
    ...{ person, dealHash, recordHash: entry.body.recordHash, code: grant && { jws, grant } },
    customer: cardWithNumber(card, operator, policy, known),
  });
  if (decided.kind === 'refused') return { kind: 'against-rules', detail: decided.because.kind };
  const path = firstDifference(decided.body, entry.body);
  return path === null ? null : { kind: 'differs', detail: path };
}

/** What is known of an import that is to be undone. */
export type UndoKnowledge = Pick<UndoInput, 'imported' | 'isChanged'>;

/** What is wrong with an import undone by the rules of its policy; null: they make the same of it. */
export function decideUndoAgain(
  { operator, known: entry }: Original,
  policy: Policy,
  known: UndoKnowledge,
): Redecided | null {
  if (entry?.act !== 'import-undone') return null;
  if (operator === null) return { kind: 'against-rules', detail: 'no-right' };
  const by = { policy: policy as VerifiedPolicy, operator };
  const decided = decideUndo({ ...by, ...entry.body, ...known });
  if (decided.kind === 'refused') return { kind: 'against-rules', detail: decided.because.kind };
  const path = firstDifference(decided.body, entry.body);
  return path === null ? null : { kind: 'differs', detail: path };
}

/**
 * What is wrong, by the rules of its policy, with an act that is no sale; null: nothing is, or the relay knows too little to
 * say. `forgotten`: what the author knew of the customer whom the act forgets; null: another act, or unknown. `consent`: to a return;
 * null: nobody had a phone, as far as its author knew.
 */
export function decideOtherAgain(
  entry: KnownEntry,
  policy: Policy,
  known: ReviewKnowledge & { readonly consent: AskedForReturn | null },
  forgotten: ForgottenKnowledge | null,
): Redecided | null {
  const { entries, disputed, customers, elsewhere, debts, found, shift, returning, consent } =
    known;
  const { operator, body } = entry;
  if (entry.act === 'numbers-skipped') {
    // which number was the last one known is the till's word: what came after it is lost
    const path = firstDifference(decideNumbersSkipped(entry.body.from - 1), body);
    return path === null ? null : { kind: 'differs', detail: path };
  }
  if (operator === null) return null;
  const by = { policy: policy as VerifiedPolicy, operator };
  let decided: Decided<object, { readonly kind: string }>;
  switch (entry.act) {
    case 'customers-imported':
      decided = decideImport({ ...by, ...entry.body, cards: cardsOf(entry.body) });
      break;
    case 'repayment':
      decided = decideRepayment({
        ...{ ...by, ...entry.body },
        debts:
          debts === null
            ? debtsWith(entry.body, {
                // its change or rounding shows it
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
      decided = decidePayout({
        ...{ ...by, ...entry.body, debts: openDebts(debts), amount: money(entry.body.amount) },
      });
      break;
    case 'return': {
      // its till had the sale from this relay, and the goods are back
      if (returning?.kind === 'lost-sale') return null;
      if (returning === null || returning.kind === 'unknown-sale')
        return { kind: 'against-rules', detail: 'unknown-sale' };
      const { approval, lines } = entry.body;
      const asked = {
        ...{ ...by, ...entry.body, at: entry.at, guardedToday: returning.guardedToday },
        approvedBy: approval.kind === 'given' ? approval.by : null,
      };
      let again: ReturnType<typeof decideReturn>;
      if (returning.kind === 'without-sale') {
        const goods = lines.flatMap(({ prices, ...line }) =>
          prices === null ? [] : [{ ...line, prices }],
        );
        const owed =
          debts === null
            ? debtsWith(entry.body, { isWhole: entry.body.debtReduced < entry.body.total })
            : openDebts(debts);
        again = decideReturnWithoutSale({ ...asked, goods, debts: owed });
      } else {
        // whether the customer consented is judged after it: goods that are back count without
        const guarded = { ...asked, ...returning, goods: lines, asked: null };
        again = decideReturn(guarded);
        if (
          returning.isWhole &&
          again.kind === 'refused' &&
          again.because.kind === 'over-day-cap'
        ) {
          // The goods did come back. A return that breaks nothing but the cap of the day counts, and is flagged.
          const uncapped = decideReturn({ ...guarded, guardedToday: -MAX_AMOUNT });
          if (uncapped.kind === 'refused') again = uncapped;
          else {
            const { day, confirmations } = entry.body;
            const path = firstDifference({ ...uncapped.body, day, confirmations }, entry.body);
            if (path !== null) return { kind: 'differs', detail: path };
          }
        }
        if (!returning.isWhole)
          return (
            beyondSale(entry.body, returning, again, policy) ??
            unapproved(entry.body, returning, asked) ??
            unconsented(entry.body, { ...returning, consent }, asked)
          );
      }
      // its till's clock said the day, and data of time zones differ
      const noon = Date.parse(`${entry.body.day}T12:00:00Z`);
      const isNear = Math.abs(noon - entry.at) <= NEAR_NOON_MS;
      decided =
        again.kind === 'refused'
          ? again
          : {
              ...again,
              body: {
                ...again.body,
                ...(isNear && { day: entry.body.day }),
                confirmations: entry.body.confirmations,
              },
            };
      if (returning.kind === 'of-sale' && decided.kind === 'decided') {
        const path = firstDifference(decided.body, body);
        return path === null
          ? unconsented(entry.body, { ...returning, consent }, asked)
          : { kind: 'differs', detail: path };
      }
      break;
    }
    case 'settled': {
      const { customer } = entry.body;
      decided =
        customer === null
          ? decideDiscrepanciesSettled({ ...by, ...entry.body, found })
          : decideSettled({
              ...{ ...by, ...entry.body, customer },
              ...{ customers, elsewhere, disputed: entries },
            });
      break;
    }
    case 'receipt-reprinted':
      // one of another till may have come from the relay itself, beyond what this till had downloaded
      decided = decideReprinted({
        ...{ ...by, ...entry.body },
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
  if (decided.kind === 'refused') return { kind: 'against-rules', detail: decided.because.kind };
  const path = firstDifference(decided.body, body);
  return path === null ? null : { kind: 'differs', detail: path };
}

/**
 * What is wrong with a return whose author may have known more of the sale than the relay does: it gives or takes more than the
 * sale allows. `again`: the return as the relay decides it with what it has.
 */
function beyondSale(
  body: BodyOf<'return'>,
  { sale, since }: Extract<ReturnKnowledge, { readonly kind: 'of-sale' }>,
  again: ReturnType<typeof decideReturn>,
  { cashRounding }: Policy,
): Redecided | null {
  if (again.kind === 'refused' && !isByReckoning(again.because))
    return { kind: 'against-rules', detail: again.because.kind };
  const sold = sale.body;
  const differs = (detail: string) => ({ kind: 'differs', detail }) as const;
  const isNobodys = body.customer === null && body.debtReduced === 0;
  if (body.customer !== sold.customer && !isNobodys) return differs('customer');
  const { till, seq, hash } = sale;
  const stated = { till, seq, hash, number: sold.number };
  if (firstDifference(stated, body.sale) !== null) return differs('sale');
  for (const { line, product, quantity, amount } of body.lines) {
    const of = sold.lines[line];
    if (of?.product !== product) return differs('lines');
    // parts are rounded to a minor unit, each by itself
    if (amount > Math.ceil((of.total * quantity) / of.quantity) + 1) return differs('lines');
  }
  const stock = again.kind === 'refused' ? null : firstDifference(again.body.stock, body.stock);
  if (stock !== null) return differs('stock');
  const before = returnedBy(since.returns);
  const redeemed = sold.tenders.reduce(
    (sum, each) => (each.kind === 'points' ? sum + each.points : sum),
    0,
  );
  const { debtReduced, pointsGivenBack, pointsTakenBack, withheld } = body;
  if (before.debtReduced + debtReduced > sold.onAccount) return differs('debtReduced');
  if (before.pointsGivenBack + pointsGivenBack > redeemed) return differs('pointsGivenBack');
  const taken = pointsTakenBack + withheld.points;
  const { earns } = termsOf(sold);
  const earned =
    sold.pointsEarned + earnedByRepaying(earns, sold.onAccount + (cashRounding?.step ?? 0));
  if (before.pointsTakenBack + before.pointsWithheld + taken > earned)
    return differs('pointsTakenBack');
  if (withheld.amount !== withheld.points * sold.pointValue) return differs('withheld');
  const refunded = body.refunds.reduce((sum, { amount }) => sum + amount, 0);
  const given = debtReduced + refunded + withheld.amount + pointsGivenBack * sold.pointValue;
  // a fraction of a point, and what cash was rounded by, may have waited for this one
  if (given > body.total + sold.pointValue + (cashRounding?.step ?? 0) + Math.max(0, sold.rounding))
    return differs('refunds');
  return null;
}

/**
 * What is wrong with the approval of such a return, by its own sums, those of its author's own returns and the tenders of the
 * sale: an author who knew more needs one in no fewer cases.
 */
function unapproved(
  { inCash, shown, refunds, approval }: BodyOf<'return'>,
  { sale, since, refundedInShop }: Extract<ReturnKnowledge, { readonly kind: 'of-sale' }>,
  by: Parameters<typeof approvalOf>[0],
): Redecided | null {
  const given = refundsOf(refunds);
  const before = { ...refundedInShop, cash: returnedBy(since.returns).refunds.cash };
  const sold = soldIn(sale.body, { debts: [], returns: [] });
  const because =
    whyColleague({ ...by, sale, shown, inCash }, sold, { refunds: before }, { refunds: given }) ??
    (approval.kind === 'not-needed' ? null : 'nothing-shown');
  const approved = approvalOf(by, { because, given: sumOfParts(given) });
  if (approved.kind === 'refused') return { kind: 'against-rules', detail: approved.because.kind };
  return firstDifference(approved.approval, approval) === null
    ? null
    : { kind: 'differs', detail: 'approval' };
}

/** What is wrong with the customer's consent to such a return, by its own sums: an author who knew more asks in no fewer cases. */
function unconsented(
  { return: id, refunds, pointsGivenBack, confirmations }: BodyOf<'return'>,
  {
    sale,
    since,
    consent,
  }: Extract<ReturnKnowledge, { readonly kind: 'of-sale' }> & {
    readonly consent: AskedForReturn | null;
  },
  { policy, operator, at }: Deciding & { readonly at: number },
): Redecided | null {
  const given = { refunds: refundsOf(refunds), pointsGivenBack };
  const missing = (detail: string) => ({ kind: 'code-was-required', detail }) as const;
  const moves = consentOf(policy, sale.body, returnedBy(since.returns), given);
  const [stated] = confirmations;
  if (stated === undefined)
    return moves === null || consent === null ? null : missing('sell-on-account');
  if (consent === null) return null;
  const amount = worthOfReturn(given, sale.body);
  const confirmed = confirmOne(
    { ...consent, policy, operator, at, id, asks: 'return-goods' },
    moves ?? { action: 'sell-on-account', amount, points: null },
  );
  if (confirmed.kind === 'refused') return missing(confirmed.because.kind);
  const again = withoutUsage({ confirmations: [confirmed.confirmation] });
  const path = firstDifference(again, withoutUsage({ confirmations }));
  return path === null ? null : { kind: 'differs', detail: path };
}

/** Whether a refusal depends on sums that more knowledge would change. */
const isByReckoning = (because: ReturnRefusal): boolean =>
  because.kind === 'whole-pieces' ||
  because.kind === 'over-day-cap' ||
  (because.kind === 'needs-colleague' &&
    (because.because === 'much-cash' || because.because === 'card-in-cash'));

/** 26 hours from any time of a day. */
const NEAR_NOON_MS = 38 * 3_600_000;

type DrawerEntry = Extract<
  KnownEntry,
  { act: 'shift-opened' | 'cash-moved' | 'drawer-opened' | 'drawer-counted' | 'shift-closed' }
>;

/** Null: the entries before it are not here. What a first shift begins with is the till's word. */
function decideDrawerAgain(
  entry: DrawerEntry,
  by: Deciding,
  shift: ShiftRow | undefined | null,
): Decided<object, { readonly kind: string }> | null {
  if (shift === null) return null;
  switch (entry.act) {
    case 'shift-opened': {
      const { float, counted } = entry.body;
      const leftBefore = shift === undefined ? float : floatLeft(shift, undefined);
      return decideShiftOpened({
        ...{ ...by, shift, leftBefore },
        float: counted ? money(float) : null,
      });
    }
    case 'cash-moved':
      return decideCashMoved({ ...by, ...entry.body, shift, amount: money(entry.body.amount) });
    case 'drawer-opened':
      return decideDrawerOpened({ ...by, ...entry.body, shift });
    case 'drawer-counted': {
      const pieces = entry.body.pieces.map(({ value, count }) => ({ value: money(value), count }));
      const counted = money(entry.body.counted);
      return decideDrawerCounted({ ...by, id: entry.body.id, shift, counted, pieces });
    }
    case 'shift-closed':
      return decideShiftClosed({
        ...{ ...by, ...entry.body, shift, left: money(entry.body.left), underWay: null },
      });
  }
}

/**
 * Debts as an act states them, where the relay does not know them: each with the amount that it settles. `isWhole`: the act shows
 * that no other debt was left; otherwise one more of any size is assumed.
 */
function debtsWith(
  { settles }: { readonly settles: readonly { readonly debt: string; readonly amount: number }[] },
  { isWhole }: { readonly isWhole: boolean },
): Debts {
  const made = { till: '', seq: 1, at: 0, amount: 0, dueAt: null, earns: null };
  const earned = NOTHING_EARNED;
  const settled = [...paidByDebt(settles)].map(([debt, amount]) => ({
    ...{ debt, left: money(amount), earned, made },
  }));
  const more = { debt: '', left: money(MAX_AMOUNT), earned, made };
  return { open: isWhole ? settled : [...settled, more], weOwe: money(0) };
}

/**
 * Whether a repayment whose author may have known more of the debts than the relay does gives more points than they can ever earn,
 * with what its device gave before. A debt that is not here earns none, unless the author may have known it all the same.
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

/** The kind of each proof as its till counts it. */
export const SAID = {
  ...{ code: 'code', 'reserve-code': 'reserve-code', former: 'code', override: 'override' },
  ...{ 'not-required': 'not-required', none: 'none', nothing: 'none', 'by-right': 'by-right' },
} as const satisfies Record<ProofKind, Confirmation['kind']>;

/** A till whose clock is in doubt counts back further, so it may need an override where none is needed by its date. */
function unconfirmedAt(
  at: number,
  movements: readonly Movement[],
  policy: Policy,
  { ofCustomer }: AuthorKnowledge,
): Unconfirmed {
  const acts = ofCustomer.map(({ proof, action, amount, at }) => ({
    ...{ at, confirmation: { kind: SAID[proof], action, amount } },
  }));
  const unconfirmed = { ...unconfirmedOf(acts, at) };
  for (const { action, confirmation } of movements)
    if (confirmation?.kind === 'override')
      unconfirmed[action] = money(policy.methods[action].threshold);
  return unconfirmed;
}

/** Of the deals as the entry states them: a grant of another deal has no place here. */
function dealHashesOf(movements: readonly Movement[]): Partial<Record<SaleAction, string>> {
  const hashes: Partial<Record<SaleAction, string>> = {};
  for (const { action, grant, sameDeal } of movements)
    if (grant !== null && sameDeal !== false) hashes[action] = grant.dealHash;
  return hashes;
}

/** Whether the customer has a phone is the till's word. */
const cardOf = (id: string, credit: Credit): Customer => ({
  ...{ id, name: '', phone: '+70000000000' as Phone, phoneSince: null },
  ...{ ...NO_SEALED_DETAILS, credit, cardSalt: '', salt: '', savedAt: 0 },
});

function provenOf({ confirmation, grant, verifier }: Movement): ProvenConfirmation[] {
  switch (confirmation?.kind) {
    case 'code': {
      const { action, grant: jws } = confirmation;
      return grant === null ? [] : [{ kind: 'code', action, jws, grant }];
    }
    case 'reserve-code': {
      const { kind, action, code, signed } = confirmation;
      // the code itself is compared with the relay's own
      return verifier === null
        ? []
        : [{ ...{ kind, action, code, signed }, verifier: verifier as CheckedReserveCode }];
    }
    case 'override': {
      const { kind, action, askedBy, by, because, note, connectivity } = confirmation;
      return [{ kind, action, askedBy, by, because, note, connectivity }];
    }
    default:
      return [];
  }
}

/** Without what a till says was used of its caps: the relay counts them over all tills. */
function withoutUsage<Body extends Pick<SaleBody, 'confirmations'>>(body: Body): object {
  const confirmations = body.confirmations.map((given) =>
    given.kind === 'override' ? { ...given, caps: null } : given,
  );
  return { ...body, confirmations };
}

/** The place of the first difference between two plain values, such as `lines.0.total`; null: they are equal. */
function firstDifference(a: unknown, b: unknown): string | null {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return Object.is(a, b) ? null : '';
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const deeper = firstDifference(left[key], right[key]);
    if (deeper !== null) return deeper === '' ? key : `${key}.${deeper}`;
  }
  return null;
}
