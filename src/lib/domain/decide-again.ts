// How the relay decides an entry again: what an act asks about its author, and what is then wrong.
import type { DebtMade, DebtRow, ReturnRow, ShiftRow } from '$lib/contract/rows';
import type { AuthorisedPerson } from '$lib/contract/acts/customer';
import type { Confirmation } from '$lib/contract/acts/account';
import type { Act, BodyOf, Entry, EntryOf } from '$lib/contract/journal';
import type { ImportPurpose } from '$lib/contract/grant';
import type { FlagKind } from '$lib/contract/journal-upload';
import type { SaleAction } from '$lib/contract/values';
import type { ProvenConfirmation, VerifiedGrant } from './consent/confirmation';
import type { ForgetConsent, OpenOfCustomer } from './consent/forgetting';
import type { OverrideUsage } from './consent/override';
import type { Unconfirmed } from './customers/account';
import { NOTHING_EARNED } from './customers/account-rows';
import type { CardNumbers, Customer, Standing } from './customers/customer';
import { openDebts, paidByDebt, type Debts } from './customers/debts';
import { dayOf, type Decided, type DecidingAt } from './policy/rights';
import { MAX_AMOUNT, money, type Money } from './values/money';
import type { MoneyParts } from './values/settlement';

type Place = { readonly till: string; readonly seq: number; readonly hash: string };

/** What the relay looks up for an act; a field that is missing is not looked up. */
export type Asks = {
  /** Customers whose cards must not have the operator's own number. */
  readonly serves?: readonly string[];
  /** The customer whose consent is decided; null: an act that needs none this time. */
  readonly consentOf?: string | null;
  /** The customer whose debts decide about the act; null: nobody's this time. */
  readonly debtsOf?: string | null;
  /** A till must download before it does the act, so it knows the debts even if its own former journal is missing. */
  readonly needsDownload?: true;
  /** The till's newest shift. */
  readonly shift?: true;
  /** What the operator gave back in the last 24 hours. */
  readonly returnedToday?: true;
  /** Corrections in customers' favour in the last 24 hours. */
  readonly movedByRight?: true;
  readonly sale?: Place | null;
  readonly repayment?: Place;
  /** Debts that earn points. */
  readonly earning?: { readonly customer: string; readonly debts: readonly string[] };
  /** Hashes of entries. */
  readonly entries?: readonly string[];
  /** Hashes of disputes. */
  readonly disputes?: readonly string[];
  /** Ids of discrepancies. */
  readonly discrepancies?: readonly string[];
};

/** What the author of an entry knew, as far as the relay can know; or, in `view` `shop`, what all tills together knew. */
export type AuthorKnew = DecidingAt & {
  readonly view: 'author' | 'shop';
  readonly till: string;
  /** The time that the entry counts by, ms. `at` is that of the till's clock, right or wrong, from which it took the day. */
  readonly datedAt: number;
  /** Whether the author may have known debts that the relay lacks, after a restore or without one of the device's journals. */
  readonly mayKnowMore: boolean;
  /** Of the numbers on the card that is served, the operator's own; others are left out. */
  readonly card: CardNumbers;
  /** Null: not asked about, or the author knew no number to send a code to. */
  readonly consent: ConsentKnown | null;
  /** Points that the customer's sales at the device earned in the last 24 hours. */
  readonly earnedToday: number;
  readonly movedByRight: Money;
  /** Null: not known. */
  readonly debts: readonly DebtRow[] | null;
  /** Undefined: the till has had none; null: not known. */
  readonly shift: ShiftRow | undefined | null;
  readonly returnedToday: { readonly guardedToday: number; readonly givenToday: number };
  readonly sale: SaleKnown;
  readonly repayment: RepaymentKnown;
  /** What made each debt, and how many points repayments of the device have earned for it; only debts that the relay has. */
  readonly earning: ReadonlyMap<string, EarningDebt>;
  /** The entries that were asked about and are known, and those of them with an open dispute, by hash. */
  readonly entries: readonly Entry[];
  readonly disputed: readonly string[];
  /** Of the disputes: their customers, those that another till recorded, and the entries that the others are about. */
  readonly disputes: {
    readonly customers: readonly string[];
    readonly elsewhere: readonly string[];
    readonly disputed: readonly Entry[];
  };
  readonly discrepancies: readonly { readonly id: string; readonly kind: FlagKind }[];
  /** Of the two cards of a merge; null: another act, or not known. */
  readonly merging: MergeKnown | null;
  /** Of the card to which a person is added; null: another act, or not known. */
  readonly adding: PersonKnown | null;
  /** Of the customer to be forgotten; null: another act, or not known. */
  readonly forgetting: ForgettingKnown | null;
  /** Of the import to be undone; null: another act, or not known. */
  readonly undoing: ImportKnown | null;
};

/** What the till's own chain held of the customer whose consent an act needs, and what the entry has of it. */
export type ConsentKnown = {
  /** A card with credit as it was known, and the numbers of `AuthorKnew`; the relay believes that it has a number. */
  readonly customer: Customer;
  readonly standing: Standing;
  readonly disputed: boolean;
  readonly usage: OverrideUsage;
  readonly unconfirmed30d: Unconfirmed;
  readonly confirmations: readonly ProvenConfirmation[];
  readonly dealHashes: Partial<Readonly<Record<SaleAction, string>>>;
  readonly dealHash: string | null;
  readonly grantsUsed: ReadonlySet<string>;
};

/** What made a debt, and how many points repayments of the author's device have earned for it. */
export type EarningDebt = { readonly made: DebtMade; readonly points: number };

/** `unknown`: the relay never had the sale; `lost`: it lost it in a restore from a backup. */
export type SaleKnown =
  | { readonly kind: 'not-asked' | 'unknown' | 'lost' }
  | {
      readonly kind: 'found';
      readonly sale: EntryOf<'sale'>;
      readonly since: {
        readonly debts: readonly DebtRow[];
        readonly returns: readonly ReturnRow[];
      };
      /** Returned and corrected, by entries that the author had downloaded even if the relay was restored since. */
      readonly returns: readonly ReturnRow[];
      /** Refunded by all returns of the sale that the relay has. */
      readonly refundedInShop: MoneyParts;
      /** The customer's points; null: the customer was forgotten and has none. */
      readonly points: number | null;
      /** How many tills may each have taken a repayment of the sale's debt without knowing of the others. */
      readonly tills: number;
      /** False: the relay knows only the device's own acts, not what it knew of other tills. */
      readonly isWhole: boolean;
    };

export type RepaymentKnown =
  | { readonly kind: 'not-asked' | 'unknown' | 'lost' }
  | {
      readonly kind: 'found';
      readonly repayment: EntryOf<'repayment'>;
      readonly isCancelled: boolean;
      readonly isReturned: boolean;
      readonly owedSince: Money;
      /** The debts that it settled; null: not known. */
      readonly debts: readonly DebtRow[] | null;
    };

/** A card with the code of its customer, and the hash of what they were asked, computed again; null: their number is not known. */
type CardKnown = {
  readonly customer: Pick<Customer, 'id' | 'phone' | 'persons' | 'credit'>;
  readonly code: { readonly jws: string; readonly grant: VerifiedGrant } | null;
  readonly dealHash: string | null;
};

export type MergeKnown = {
  readonly disputed: boolean;
  readonly isGone: boolean;
  readonly from: CardKnown;
  readonly into: CardKnown;
  /** Grants that another entry spent or the till revoked, and demo grants once the demo has ended. */
  readonly grantsUsed: ReadonlySet<string>;
};

export type PersonKnown = CardKnown & {
  /** Name and number as tills will show them; null: the customer was never asked about such a person. */
  readonly person: AuthorisedPerson | null;
  readonly isGone: boolean;
  readonly grantsUsed: ReadonlySet<string>;
};

export type ForgettingKnown = OpenOfCustomer & {
  readonly till: string;
  readonly merged: readonly string[];
  readonly consent: ForgetConsent;
  readonly byRightToday: number;
  readonly proofsUsed: ReadonlySet<string>;
};

export type ImportKnown = {
  /** Null: the import is not known. */
  readonly imported:
    | (Place & {
        readonly body: Pick<BodyOf<'customers-imported'>, 'source' | 'accounts'> & {
          readonly customers: readonly { readonly customer: string }[];
        };
      })
    | null;
  readonly isChanged: (customer: string) => boolean;
};

/**
 * `against-rules`: the rules refuse the act; `differs`: they decide another body; `code-was-required`: it lacks only the
 * customer's consent. `detail`: the reason or place.
 */
export type Redecided = {
  readonly kind: Extract<FlagKind, 'against-rules' | 'differs' | 'code-was-required'>;
  readonly detail: string;
};

/** What an act states for the relay alone. */
export type AgainRules<A extends Act = Act> = {
  /** What the relay looks up to decide an entry of the act again; nothing if missing. */
  readonly asks?: (body: BodyOf<A>) => Asks;
  /** How the relay decides an entry again, from what its author knew; missing: nobody decides the act. */
  readonly again?: (entry: EntryOf<A>, known: AuthorKnew) => Again;
  /** What the customer's code is bound to beside their number; missing: it asks for no code, or two customers for one each. */
  readonly deal?: (body: BodyOf<A>, grant: VerifiedGrant) => object;
  /** Which approval of an owner it needs, if it moves balances. Null: its body cannot be read. */
  readonly purpose?: (body: BodyOf<A> | null) => ImportPurpose;
  /** A till refuses it for a customer whom it knows to be forgotten. So it does each act that changes a card. */
  readonly refusesForgotten?: true;
  /** If it is refused it moves no sums, so nobody gets a message. */
  readonly untoldIfRefused?: true;
  /**
   * It changes what repayments of a debt have earned, or may earn. Money that it refunds, minor units; infinite: it need not
   * cover the points.
   */
  readonly refundedOfEarned?: (body: BodyOf<A>) => number;
  /** The return of goods that it makes, of which two tills may not have known from each other. `sale` null: of no sale. */
  readonly returned?: (body: BodyOf<A>) => {
    readonly sale: string | null;
    readonly lines: readonly { readonly line: number; readonly quantity: number }[];
  };
  /** What else may have given back the same money without its author's knowledge; null: nothing this time. */
  readonly samePaidBack?: (body: BodyOf<A>) => SamePaidBack | null;
};

/** Returns of the sales that a repayment settled; cancelled repayments of a sale; all that lowered what the shop owes the customer. */
export type SamePaidBack =
  | { readonly kind: 'returns'; readonly repayment: string }
  | { readonly kind: 'cancellations'; readonly customer: string; readonly sale: string }
  | { readonly kind: 'overpayment'; readonly customer: string; readonly amount: number };

/** What the rules make of an entry, to be compared with its body, or what is wrong with it; null: the relay knows too little. */
export type Again = Decided<object, { readonly kind: string }> | Redecided | null;

export const againstRules = (detail: string): Redecided => ({ kind: 'against-rules', detail });
export const differs = (detail: string): Redecided => ({ kind: 'differs', detail });

/** The decision with these fields as the entry states them: they are the author's word. */
export const withStated = <D extends Decided<object, unknown>>(decided: D, stated: object): D =>
  decided.kind === 'refused' ? decided : { ...decided, body: { ...decided.body, ...stated } };

/** The decision of an act that is decided by `datedAt`, with the day by the till's clock. */
export const withDayByClock = <D extends Decided<{ readonly day: string }, unknown>>(
  decided: D,
  known: AuthorKnew,
): D => withStated(decided, { day: dayOf(known) });

/**
 * The decision with the day that the body states, if the time `at`, ms, is on that day in any time zone. Browsers and relays may have
 * different time zone data; a return or payout must not be refused for that.
 */
export const withStatedDay = <D extends Decided<{ readonly day: string }, unknown>>(
  decided: D,
  { day }: { readonly day: string },
  { at }: Pick<AuthorKnew, 'at'>,
): D =>
  Math.abs(Date.parse(`${day}T12:00:00Z`) - at) <= NEAR_NOON_MS
    ? withStated(decided, { day })
    : decided;

/** 26 hours from any time of a day. */
const NEAR_NOON_MS = 38 * 3_600_000;

/** What is wrong with a body, compared with what the rules make of it; null: nothing, or the relay knows too little. */
export function compared(again: Again, body: object): Redecided | null {
  if (again?.kind === 'refused') return againstRules(again.because.kind);
  return again?.kind === 'decided' ? differing(again.body, body) : again;
}

/** The finding `differs` with the first place where two bodies differ; null: they are equal. */
export function differing(again: object, body: object): Redecided | null {
  const path = firstDifference(withoutUsage(again), withoutUsage(body));
  return path === null ? null : differs(path);
}

/** The body without the till's own count of its caps: the relay counts them over all tills. */
const withoutUsage = (body: { readonly confirmations?: readonly Confirmation[] }): object => ({
  ...body,
  confirmations: body.confirmations?.map((given) =>
    given.kind === 'override' ? { ...given, caps: null } : given,
  ),
});

/** The place of the first difference between two plain values, such as `lines.0.total`; null: they are equal. */
export function firstDifference(a: unknown, b: unknown): string | null {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return Object.is(a, b) ? null : '';
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const deeper = firstDifference(left[key], right[key]);
    if (deeper !== null) return deeper === '' ? key : `${key}.${deeper}`;
  }
  return null;
}

/**
 * The debts as they are known; otherwise each debt that the act settles, with exactly the settled amount. `isWhole`: the act
 * shows that nothing else is owed; otherwise one more debt of unlimited size is added.
 */
export function debtsOr(
  debts: readonly DebtRow[] | null,
  { settles }: { readonly settles: readonly { readonly debt: string; readonly amount: number }[] },
  { isWhole }: { readonly isWhole: boolean },
): Debts {
  if (debts !== null) return openDebts(debts);
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
