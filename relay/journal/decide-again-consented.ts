// Decides acts that need a customer's consent again, from what their author knew. Pure.
// Returns are in `decide-again-return.ts`.
import { DAY_MS } from '$lib/domain/values/durations';
import type { Confirmation } from '$lib/contract/acts/account';
import type { Credit } from '$lib/contract/acts/customer';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type { SaleBody } from '$lib/contract/acts/sale';
import type { Policy } from '$lib/contract/policy';
import type { SaleAction } from '$lib/contract/values';
import { unconfirmedOf, within, type Unconfirmed } from '$lib/domain/customers/account';
import {
  decidePersonAdded,
  type PersonAddedInput,
} from '$lib/domain/acts/customers/authorised-person-added';
import { decideCorrection } from '$lib/domain/acts/money/balance-corrected';
import { decideMerge, type MergeInput } from '$lib/domain/acts/customers/customers-merged';
import type { AskedForReturn } from '$lib/domain/acts/money/return';
import {
  decideCancellation,
  refundsWithout,
  type CancellationInput,
  type SinceRepayment,
} from '$lib/domain/acts/money/repayment-cancelled';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { decideSale, earnsOf } from '$lib/domain/acts/money/sale';
import { mostInDay } from '$lib/domain/customers/loyalty';
import { businessDay } from '$lib/domain/values/business-day';
import { applyRules, type CustomerFacts } from '$lib/domain/receipt/discount-rules';
import type { ProvenConfirmation } from '$lib/domain/consent/confirmation';
import { openDebts, paidByDebt, type Debts } from '$lib/domain/customers/debts';
import type { DebtRow, ShiftRow } from '$lib/domain/rows';
import {
  NO_SEALED_DETAILS,
  type CardNumbers,
  type Customer,
  type Standing,
} from '$lib/domain/customers/customer';
import { MAX_AMOUNT, money } from '$lib/domain/values/money';
import { usageOf } from '$lib/domain/consent/override';
import type { SaleInput } from '$lib/domain/consent/sale-input';
import type { Phone } from '$lib/domain/values/phone';
import { operatorOf, type VerifiedPolicy } from '$lib/domain/policy/policy';
import { rebuildReceipt, type SettledRules } from '$lib/domain/receipt/receipt';
import type { CheckedReserveCode } from '$lib/domain/consent/reserve-code';
import type { Movement } from './consents';
import type { Original } from './entry-reading';
import type { ActRow, ProofKind } from '../store/journal-acts';
import { type Redecided, compared, differing } from './redecided';

/** What the till's own chain held before the sale. */
export type AuthorKnowledge = {
  /**
   * Whether the relay has every entry that the author knew. It may lack some, for example those of the till's former id; then
   * balance and credit are taken as sufficient.
   */
  readonly isWhole: boolean;
  readonly credit: Credit;
  /** The cards of the customer's account, as far as it knew of merges. */
  readonly cards: readonly string[];
  /** Whether it recorded an open dispute of the customer. */
  readonly disputed: boolean;
  readonly standing: Standing;
  /** The facts about the customer that discount rules depend on; null: not known. */
  readonly customerFacts: CustomerFacts | null;
  /** Overrides of the device under all of its names, without those of this sale. */
  readonly overrides: readonly ActRow[];
  readonly ofCustomer: readonly ActRow[];
  /** Challenges whose grants another entry has used. */
  readonly grantsUsed: ReadonlySet<string>;
};

/** What is wrong with a sale by the rules of its policy; null: they make the same of it. */
export function decideAgain(
  { till, at, operator, movements, known: entry }: Original,
  sale: SaleBody,
  policy: Policy,
  known: AuthorKnowledge & OwnNumber & Pick<SaleInput, 'earnedToday'>,
): Redecided | null {
  const rebuilt = rebuildReceipt({ ...sale, id: sale.sale });
  if (rebuilt === null || operator === null) return { kind: 'differs', detail: 'lines' };
  const settled = rulesOf(sale);
  const receipt = settled === null ? rebuilt : applyRules(rebuilt, policy, settled);
  const { credit, standing } = known.isWhole ? known : inFavour(known, movements);
  const card = sale.customer === null ? null : cardOf(sale.customer, credit);
  const decided = decideSale({
    receipt,
    till,
    number: sale.number,
    operator,
    at,
    disputed: known.disputed,
    policy: policy as VerifiedPolicy,
    customer: card && {
      ...cardWithNumber(card, operator, policy, known),
      persons: personsIn(movements),
    },
    customerFacts: known.customerFacts,
    standing,
    usage: usageAt(known, at),
    unconfirmed30d: unconfirmedAt(at, movements, policy, known),
    earnedToday: earnedAt(sale, policy, known),
    confirmations: movements.flatMap(provenOf),
    dealHashes: dealHashesOf(movements),
    grantsUsed: known.grantsUsed,
    // which pieces the till knew to be sold is not checked here
    piecesSold: new Set(),
  });
  if (decided.kind === 'refused') return { kind: 'against-rules', detail: decided.because.kind };
  const day = dayByClock({ at, known: entry }, policy);
  return differing(withoutUsage({ ...decided.body, day }), withoutUsage(sale));
}

/** The business day by the till's clock, even if that clock is wrong, because the till decided by it. */
const dayByClock = ({ at, known }: Pick<Original, 'at' | 'known'>, policy: Policy): string =>
  businessDay(known?.at ?? at, policy.shop.timeZone);

/** The authorised persons whose codes the movements carry. The relay sends codes only to persons on the card. */
const personsIn = (movements: readonly Movement[]): Customer['persons'] =>
  movements.flatMap(({ grant }) =>
    grant === null || grant.person === null ? [] : [{ id: grant.person, name: '', phone: '' }],
  );

/** The time at which the sale says its discount rules were applied, and the rules it names. */
const rulesOf = ({ byRules }: Pick<SaleBody, 'byRules'>): SettledRules | null =>
  byRules === null ? null : { at: byRules.at, ofCustomer: byRules.names.map(({ rule }) => rule) };

/** What else is known of a correction. */
export type CorrectionKnowledge = AuthorKnowledge & {
  /** Null: not known. */
  readonly debts: readonly DebtRow[] | null;
  /** Corrections in customers' favour that the author knew. */
  readonly movedByRight: readonly ActRow[];
} & OwnNumber;

/** Whether the card has the operator's own number. */
export type OwnNumber = { readonly isOwnNumber: boolean };

/** What is wrong with a correction by the rules of its policy; null: they make the same of it. */
export function decideCorrectionAgain(
  { till, at, operator, movements, known: entry }: Original,
  body: BodyOf<'balance-corrected'>,
  policy: Policy,
  known: CorrectionKnowledge,
): Redecided | null {
  if (operator === null) return { kind: 'against-rules', detail: 'no-right' };
  const { credit, standing } = known.isWhole ? known : inFavour(known, movements);
  const decided = decideCorrection({
    ...body,
    policy: policy as VerifiedPolicy,
    till,
    at,
    operator,
    standing,
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
  const day = dayByClock({ at, known: entry }, policy);
  return differing(withoutUsage({ ...decided.body, day }), withoutUsage(body));
}

/**
 * The repayment that a cancellation is about, as its author had it. `repayment` null: the relay lacks the entry. `isLost`: it had
 * the entry before it was restored from a backup.
 */
export type CancellationKnowledge = SinceRepayment &
  Pick<CancellationInput, 'owedSince'> & {
    readonly isLost: boolean;
    readonly repayment: EntryOf<'repayment'> | null;
    /** The till's newest shift before it, undefined before its first; null: not known. */
    readonly shift: ShiftRow | undefined | null;
    /** The debts that it settled; null: not known. */
    readonly debts: readonly DebtRow[] | null;
    /** Value of a point, minor units, for each debt whose points it takes back; only debts that the relay has. */
    readonly pointValues: ReadonlyMap<string, number>;
  };

/** What is wrong with the cancellation of a repayment; null: nothing, or the shift is not known. */
export function decideCancellationAgain(
  { till, at, operator, movements, known: entry }: Original,
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
    ...body,
    ...known,
    policy: policy as VerifiedPolicy,
    till,
    at,
    operator,
    standing,
    repayment,
    shift,
    customer: cardWithNumber(card, operator, policy, known),
    debts: known.debts ?? [],
    usage: usageAt(known, at),
    confirmations: movements.flatMap(provenOf),
    dealHash: Object.values(dealHashesOf(movements))[0] ?? null,
  });
  if (decided.kind === 'refused') return { kind: 'against-rules', detail: decided.because.kind };
  const { takenBack, withheld, accounts } = body;
  if (!isWorthOf(withheld, pointValuesOf(body, policy, known)))
    return { kind: 'differs', detail: 'withheld' };
  // The points depend on all repayments of the debts. If the relay lacks some, it accepts the stated points; the message names them.
  const back = refundsWithout(repayment.body, withheld.amount, policy.cashRounding);
  const stated = known.debts === null ? { takenBack, withheld, ...back, accounts } : {};
  const day = dayByClock({ at, known: entry }, policy);
  return differing(withoutUsage({ ...decided.body, ...stated, day }), withoutUsage(body));
}

/** The value of a point, minor units, for each debt whose points are taken back; the policy's value if the relay lacks the debt. */
const pointValuesOf = (
  { takenBack }: BodyOf<'repayment-cancelled'>,
  policy: Policy,
  { pointValues }: CancellationKnowledge,
): readonly number[] =>
  takenBack.map(({ debt }) => pointValues.get(debt) ?? policy.points.pointValue);

/** Whether an amount can be the worth of these points, each with one of these values. */
const isWorthOf = (
  { points, amount }: BodyOf<'repayment-cancelled'>['withheld'],
  values: readonly number[],
): boolean =>
  points === 0 ||
  (amount >= points * Math.min(...values) && amount <= points * Math.max(...values));

/** What is known of two cards that are to be merged. `credit` by card. */
export type MergeKnowledge = Pick<MergeInput, 'disputed' | 'isGone'> & {
  readonly credit: { readonly from: Credit; readonly into: Credit };
  /** Whether each card has the operator's own number. */
  readonly isOwnNumber: boolean;
  /** Grants that another entry spent or the till revoked, and demo grants once the demo has ended. */
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
    ...known,
    policy: policy as VerifiedPolicy,
    till,
    at,
    operator,
    merge: entry.body.merge,
    from: cardIn('from'),
    into: cardIn('into'),
  });
  return compared(decided, entry.body);
}

/** What is known of the card to which a person is added. */
export type PersonKnowledge = Pick<PersonAddedInput, 'isGone' | 'grantsUsed'> &
  OwnNumber & {
    /** Whether the relay no longer knows what the code was for; this can happen with an honest till. */
    readonly isLost: boolean;
    /** Whether acts of others, known to the author or not, leave no room for the person on this card. */
    readonly isOvertaken: boolean;
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
    policy: policy as VerifiedPolicy,
    till,
    at,
    operator,
    isGone,
    grantsUsed,
    recordHash: entry.body.recordHash,
    personRecordHash: entry.body.personRecordHash,
    person,
    dealHash,
    code: grant && { jws, grant },
    customer: cardWithNumber(card, operator, policy, known),
  });
  return compared(decided, entry.body);
}

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

/** The numbers on the card of an act, for the check whether the operator's own is among them; all others are left out. */
export function numbersOf(operator: string, policy: Policy, known: OwnNumber): CardNumbers {
  const nobody: Pick<Customer, 'phone' | 'persons'> = { phone: null, persons: [] };
  return cardWithNumber(nobody, operator, policy, known);
}

/** How the customer of a return consented, as its entry states it. */
export const consentToReturn = (
  { till, at, movements }: Original,
  customer: string,
  known: Pick<AuthorKnowledge, 'overrides' | 'cards' | 'grantsUsed'>,
): AskedForReturn => ({
  till,
  customer: cardOf(customer, { kind: 'shop-limit' }),
  usage: usageAt(known, at),
  confirmations: movements.flatMap(provenOf),
  grantsUsed: known.grantsUsed,
  dealHash: Object.values(dealHashesOf(movements))[0] ?? null,
});

/** Overrides used before, over the customer's own cards. The audit counts other cards with the same number. */
const usageAt = ({ overrides, cards }: Pick<AuthorKnowledge, 'overrides' | 'cards'>, at: number) =>
  usageOf(
    overrides.map((act) => ({ ...act, amount: money(act.amount) })),
    at,
    new Set(cards),
  );

/** Assumes enough credit and points, for a till whose earlier journal is missing. A card's `no-credit` still applies. */
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

/** A till that doubts its clock counts a longer window, so it may require an override that the entry's date alone does not. */
function unconfirmedAt(
  at: number,
  movements: readonly Movement[],
  policy: Policy,
  { ofCustomer }: AuthorKnowledge,
): Unconfirmed {
  const acts = ofCustomer.map(({ proof, action, amount, at }) => ({
    at,
    confirmation: { kind: SAID[proof], action, amount },
  }));
  const unconfirmed = { ...unconfirmedOf(acts, at) };
  for (const { action, confirmation } of movements)
    if (confirmation?.kind === 'override')
      unconfirmed[action] = money(policy.methods[action].threshold);
  return unconfirmed;
}

/** The till counts a longer window, and acts of other tills, so a sale may give fewer points than its device's own sales allow. */
const earnedAt = (
  sale: SaleBody,
  { points }: Policy,
  { earnedToday }: Pick<SaleInput, 'earnedToday'>,
): number => Math.max(earnedToday, mostInDay(points) - earnsOf(sale));

/** The confirmation kind that the till counts for each kind of proof. */
export const SAID = {
  code: 'code',
  'reserve-code': 'reserve-code',
  former: 'code',
  override: 'override',
  'not-required': 'not-required',
  none: 'none',
  nothing: 'none',
  'by-right': 'by-right',
} as const satisfies Record<ProofKind, Confirmation['kind']>;

/** Deal hashes of the entry's grants, without grants for another deal than the entry states. */
function dealHashesOf(movements: readonly Movement[]): Partial<Record<SaleAction, string>> {
  const hashes: Partial<Record<SaleAction, string>> = {};
  for (const { action, grant, sameDeal } of movements)
    if (grant !== null && sameDeal !== false) hashes[action] = grant.dealHash;
  return hashes;
}

/** A card with a placeholder phone: the relay cannot check that the customer has one, so it believes the till. */
const cardOf = (id: string, credit: Credit): Customer => ({
  id,
  name: '',
  phone: '+70000000000' as Phone,
  phoneSince: null,
  ...NO_SEALED_DETAILS,
  persons: [],
  credit,
  cardSalt: '',
  salt: '',
  savedAt: 0,
});

function provenOf({ confirmation, grant, verifier }: Movement): ProvenConfirmation[] {
  switch (confirmation?.kind) {
    case 'code': {
      const { action, grant: jws } = confirmation;
      return grant === null ? [] : [{ kind: 'code', action, jws, grant }];
    }
    case 'reserve-code': {
      const { kind, action, code, signed } = confirmation;
      // the audit compares the code itself with the relay's own
      return verifier === null
        ? []
        : [{ kind, action, code, signed, verifier: verifier as CheckedReserveCode }];
    }
    case 'override': {
      const { kind, action, askedBy, by, because, note, connectivity } = confirmation;
      return [{ kind, action, askedBy, by, because, note, connectivity }];
    }
    default:
      return [];
  }
}

/** The body without the till's own count of its caps: the relay counts them over all tills. */
export function withoutUsage<Body extends Pick<SaleBody, 'confirmations'>>(body: Body): object {
  const confirmations = body.confirmations.map((given) =>
    given.kind === 'override' ? { ...given, caps: null } : given,
  );
  return { ...body, confirmations };
}

/**
 * Stands in for debts that the relay lacks: each debt that the act settles, with exactly the settled amount. `isWhole`: the act
 * shows that nothing else is owed; otherwise one more debt of unlimited size is added.
 */
export function debtsWith(
  { settles }: { readonly settles: readonly { readonly debt: string; readonly amount: number }[] },
  { isWhole }: { readonly isWhole: boolean },
): Debts {
  const made = { till: '', seq: 1, at: 0, amount: 0, dueAt: null, earns: null };
  const earned = NOTHING_EARNED;
  const settled = [...paidByDebt(settles)].map(([debt, amount]) => ({
    debt,
    left: money(amount),
    earned,
    made,
  }));
  const more = { debt: '', left: money(MAX_AMOUNT), earned, made };
  return { open: isWhole ? settled : [...settled, more], weOwe: money(0) };
}
