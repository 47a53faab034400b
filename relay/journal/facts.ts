// Reads what the relay knows of an entry before it audits it.
import { sumOf } from '$lib/contract/acts/repayment';
import type { EntryOf, KnownEntry } from '$lib/contract/journal';
import type { Policy } from '$lib/contract/policy';
import { DAY_MS, MONTH_MS } from '$lib/domain/values/durations';
import { lastWithoutCode } from '$lib/domain/acts/customer-forgotten';
import { MAX_AMOUNT, money } from '$lib/domain/values/money';
import { joinedDebts, pointsTooMany } from '$lib/domain/customers/debts';
import { earnedByRepaying } from '$lib/domain/customers/loyalty';
import { returnedBy } from '$lib/domain/receipt/returns';
import { writtenTo, type DebtRow } from '$lib/domain/rows';
import type { CreditKnown } from './acts-by-right';
import { CONSENTED_ACTS } from './audit';
import { CLOCK_MS, type Facts } from './audit-proofs';
import { flatMapInTurn } from '../in-turn';
import { originalIn, projected, type Original } from './entry-reading';
import { hasDownloaded, mayHaveSeenLost, payerOf, reviewKnowledge } from './reviews';
import {
  decideOtherAgain,
  decideUndoAgain,
  forgetRefusal,
  type ForgottenKnowledge,
} from './decide-again';
import {
  decideAgain,
  decideCancellationAgain,
  consentToReturn,
  decideCorrectionAgain,
  decideMergeAgain,
  decidePersonAddedAgain,
  SAID,
  type AuthorKnowledge,
} from './decide-again-consented';
import type { ReturnKnowledge } from './decide-again-return';
import { mergeKnowledge } from './merges';
import { isPersonLost, personKnowledge } from './persons';
import { undoingsOf, undoKnowledge } from './undone-imports';
import { hasOwnNumber } from '../customers/own-number';
import type { Relay } from '../context';
import type { Database } from '../store/database';
import type { ReserveCodeRow } from '../store/reserve-codes';
import { judgeReserveCode, reserveCodeOf } from '../reserve-codes/checks';
import { challengeById } from '../store/challenges';
import { contactsOf } from '../store/contacts';
import type { Place } from '../store/discrepancies';
import { disputedSince, isDisputedBy } from '../store/disputes';
import { forgottenOf, hasUnsent, isConfirming, type Forgotten } from '../store/forgotten';
import { cardsOf } from '../store/merges';
import { creditAt, isWaitingFor } from '../store/former-journals';
import { hasForkUnseen, namesOfDevice } from '../store/former-names';
import { arrivalUpTo, hashAt, headOf } from '../store/journal';
import {
  actsOfCustomer,
  actsOfNumber,
  creditOf,
  debtAt,
  movedByRight,
  movedUnknown,
  entryBehind,
  standingAt,
  standingOf,
  overridesOfDevice,
  spentBy,
  type ActRow,
  type AuthorView,
} from '../store/journal-acts';
import { returnsAt, returnsUnknown } from '../store/returns';
import { phoneOf } from '../store/phones';
import { policyOfVersion } from '../store/policies';
import { othersInContactAt } from '../store/presence';
import {
  lastDateOf,
  progressOf,
  seenAt,
  signedHeadAt,
  signedUntil,
} from '../store/journal-progress';
import { tillById } from '../store/tills';

/**
 * The times by which the date of an entry is judged, ms. It counts at `earliest` or later, and at `latest` or earlier. `proven`: an honest
 * till dates it no earlier. `before`: the date of the entry ahead of it; 0 if that date is not to be compared.
 * `isAgain`: the entry is judged again, after later ones of its till.
 */
export type Times = {
  readonly earliest: number;
  readonly latest: number;
  readonly proven: number;
  readonly before: number;
  readonly isAgain: boolean;
};

/**
 * `latest`: its arrival, or when the relay first saw that its till had signed a head which includes it; not before `earliest`,
 * where its till signed heads that contradict each other.
 */
export async function timesOf(
  relay: Relay,
  original: Original,
  { receivedAt = relay.now(), isAgain = false } = {},
): Promise<Times> {
  const { till, seq } = original;
  const { db } = relay;
  const proven = await provenOf(relay, original);
  const reached = isAgain ? 0 : (await progressOf(db, await namesOfDevice(db, till))).at;
  const before = isAgain ? 0 : await lastDateOf(db, till);
  const earliest = Math.max(reached, proven);
  const seen = (await seenAt(db, till, seq)) ?? Infinity;
  const latest = Math.max(earliest, Math.min(receivedAt, seen));
  return { earliest, latest, proven, before, isAgain };
}

/** When an entry of this date counts in caps and windows, ms. */
export const countedAt = (
  at: number,
  { earliest, latest }: Pick<Times, 'earliest' | 'latest'>,
): number => Math.min(latest, Math.max(at, earliest));

/**
 * The earliest time at which an entry can have been made, ms: after its till was enrolled, and after the till signed the entries ahead of
 * it. A signature under other entries, those of a copy of the till, does not count. The time of the last upload does not either: a long
 * journal is uploaded in parts. Nor do the dates of the entries ahead of it: the clock may have been wrong then.
 */
async function provenOf({ db }: Relay, { till, seq, prevHash }: Original): Promise<number> {
  const enrolledAt = (await tillById(db, till))?.enrolledAt ?? 0;
  const before = await signedHeadAt(db, till, seq - 1);
  const isOnHeld = seq === 1 || (await hashAt(db, till, seq - 1)) === prevHash;
  const follows = before?.hash === prevHash ? before.at : 0;
  const signed = isOnHeld ? await signedUntil(db, till, seq - 1) : follows;
  return Math.max(enrolledAt, signed);
}

const NO_CARD: CreditKnown = { here: null, inShop: null };

/** The credit on a customer's card, as this device knows it and by all journals. */
export const creditKnown = async (
  db: Relay['db'],
  of: AuthorView & { readonly customer: string },
): Promise<CreditKnown> => ({
  here: await creditAt(db, of),
  inShop: await creditOf(db, of.customer),
});

/** The policy that an entry is judged by, no older than one that its device used before; null: it is not known. */
export const judgingPolicy = (
  db: Relay['db'],
  { policy }: Original,
  newestUsed: number,
): Promise<Policy | null> => policyOfVersion(db, policy === 0 ? 0 : Math.max(policy, newestUsed));

/**
 * Reads everything that the audit of this entry needs to know; the audit itself reads nothing. `view`: what its author could
 * know; `device`: the till that made the entry, and all names of the device that uploaded it. `times`: when it can have been
 * made.
 */
export async function factsOf(
  relay: Relay,
  original: Original,
  view: AuthorView,
  times: Times,
): Promise<Facts> {
  const { till, at, hash, act, cards, movements, known, sale, steps } = original;
  const { db, shopId, provider } = relay;
  const { device, seen } = view;
  const accounts = new Map<string, readonly string[]>();
  const isOfAccount = (act: ActRow, customer: string): boolean =>
    (accounts.get(customer) ?? [customer]).includes(act.customer);
  // A till may not know which cards share a number, so of another till's acts only those of the account count as known.
  const isKnown = (act: ActRow, customer: string): boolean =>
    device.includes(act.till) ||
    (isOfAccount(act, customer) && act.order !== null && act.order <= seen);
  const counted = countedAt(at, times);
  const newestUsed = times.isAgain
    ? 0
    : (await progressOf(db, await namesOfDevice(db, till))).policy;
  const customers = new Set(movements.map(({ customer }) => customer));
  const correction = known?.act === 'balance-corrected' ? known.body : null;
  const cancellation = known?.act === 'repayment-cancelled' ? known.body : null;
  /** What the customer has to consent to outside a sale. */
  const consenting = correction ?? cancellation;
  if (consenting !== null) customers.add(consenting.customer);
  const acts = new Map<string, readonly ActRow[]>();
  const disputes = new Map<string, number | null>();
  const disputedHere = new Set<string>();
  for (const customer of customers) {
    accounts.set(customer, await cardsOf(db, customer, seen));
    acts.set(
      customer,
      await actsOfNumber(db, {
        ...{ customer, device },
        ...{ from: counted - MONTH_MS, to: counted + MONTH_MS },
      }),
    );
    if (!CONSENTED_ACTS.has(act)) continue;
    disputes.set(customer, await disputedSince(db, customer));
    if (await isDisputedBy(db, { customer, ...view })) disputedHere.add(customer);
  }
  const credits = new Map<string, CreditKnown>();
  for (const customer of new Set([...cards.map((card) => card.customer), ...customers]))
    credits.set(customer, await creditKnown(db, { customer, ...view }));
  const standings = new Map<string, { owed: number; points: number }>();
  const inShop = new Map<string, { owed: number; points: number }>();
  for (const customer of customers) {
    standings.set(customer, await standingAt(db, { customer, ...view }));
    inShop.set(customer, await standingOf(db, customer));
  }
  const payer = payerOf(known);
  const takenOff = steps.reduce(
    (sum, { account, delta }) => sum + (account === 'debt' ? Math.max(0, -delta) : 0),
    0,
  );
  const isRepaidElsewhere =
    payer !== null &&
    takenOff > 0 &&
    (await hasDownloaded(db, known)) &&
    !(await isWaitingFor(db, payer)) &&
    (await owedInShop(db, known, payer)) < takenOff;
  const returned = known?.act === 'return' ? known : null;
  const returner = returned?.body.sale === null ? null : (returned?.body.customer ?? null);
  const isAskable =
    returner !== null && (movements.length > 0 || (await knewNumber(db, returner, view)));
  const isReturnedElsewhere =
    returned !== null && (await isReturnedTwice(db, returned, { device, seen }));
  const isPaidBackElsewhere =
    known !== null && (await isPaidBackTwice(db, known, { device, seen }));
  const spent = new Set<string>();
  const revoked = new Set<string>();
  const approval = original.opening?.approval?.id ?? null;
  if (approval !== null && ((await spentBy(db, approval)) ?? hash) !== hash) spent.add(approval);
  const codes = new Map<string, ReserveCodeRow | null>();
  let hasOverride = false;
  const lostPersons = new Set<string>();
  for (const { customer, confirmation, grant } of movements) {
    if (grant !== null && (await isPersonLost(db, grant))) lostPersons.add(grant.challenge);
    if (confirmation?.kind === 'code') {
      const { challenge } = confirmation;
      if (((await spentBy(db, challenge)) ?? hash) !== hash) spent.add(challenge);
      if ((await challengeById(db, challenge))?.state === 'cancelled') revoked.add(challenge);
    }
    if (confirmation?.kind === 'reserve-code') {
      const { code } = confirmation;
      codes.set(`${customer} ${code}`, await reserveCodeOf(relay, { customer, code }));
    }
    hasOverride ||= confirmation?.kind === 'override';
  }
  const day = { from: counted - DAY_MS, to: counted + DAY_MS };
  const overrides = hasOverride ? await overridesOfDevice(db, { device, ...day }) : [];
  const byRight = correction === null ? [] : await movedByRight(db, day);
  // a till counts another till's backdated entry by its stated date, so the earlier date is used here
  const byRightHere = await flatMapInTurn(
    byRight.filter((row) => isKnown(row, row.customer)),
    async (row) => {
      if (device.includes(row.till)) return row;
      const stated = originalIn(await entryBehind(db, row.hash, view));
      return { ...row, at: Math.min(row.at, stated?.at ?? row.at) };
    },
  );
  const policy = await judgingPolicy(db, original, newestUsed);
  const served = servedBy(original);
  const isOwnNumber =
    served !== null &&
    (await hasOwnNumber(relay, original.operator, { customer: served }, policy, view));
  const others = hasOverride && (await othersInContactAt(db, device, at));
  const reviewed = await reviewKnowledge(relay, known, { ...view, countedAt: counted });
  const forgotten = await forgottenAmong(db, original);
  const forgetting =
    known?.act === 'customer-forgotten' ? await forgettingOf(relay, known, view, counted) : null;
  const merging = await mergeKnowledge(relay, original, policy, view);
  const authorising = await personKnowledge(relay, original, policy, view);
  const sawLost = known !== null && (await mayHaveSeenLost(db, known.seen));
  const undoing = await undoKnowledge(relay, known, view);
  const undoneBy = await undoingsOf(db, original, forgotten.values());
  const made = await tillById(db, till);
  let isWhole = true;
  for (const name of device) isWhole &&= (await headOf(db, name)) !== null;
  // forked: another copy of the device wrote entries under the same name, which the author does not know
  const isForked = device.length > 1 && (await hasForkUnseen(db, view));
  isWhole &&= !isForked;
  const returning = isWhole ? reviewed.returning : withoutFormer(reviewed.returning);
  return {
    shop: shopId,
    latest: times.latest,
    countedAt: counted,
    policy,
    newestUsed,
    newest: relay.policy()?.policy ?? null,
    removed: { at: made?.revokedAt ?? Infinity, knownAt: made?.removalKnownAt ?? Infinity },
    creditOf: (customer) => credits.get(customer) ?? NO_CARD,
    ...{ isWhole, sawLost },
    isRepaidElsewhere,
    owedSince: reviewed.cancelling?.owedSince ?? 0,
    isReturnedElsewhere,
    isPaidBackElsewhere,
    isSaleLost: returning?.kind === 'lost-sale',
    isEarnedElsewhere: await earnsTwice(db, original, policy),
    isGivingBackKnown:
      returning?.kind === 'without-sale' ||
      (returning?.kind === 'of-sale' && returning.isWhole) ||
      (known?.act === 'overpayment-returned' && reviewed.debts !== null && !isForked) ||
      (cancellation !== null && isWhole && (reviewed.cancelling?.debts ?? null) !== null),
    debtOf: (customer) => ({
      here: standings.get(customer)?.owed ?? 0,
      inShop: inShop.get(customer)?.owed ?? 0,
    }),
    pointsOf: (customer) => inShop.get(customer)?.points ?? 0,
    disputedSince: (customer) => disputes.get(customer) ?? null,
    isDisputedHere: (customer) => disputedHere.has(customer),
    forgottenBy: (customer) => forgotten.get(customer) ?? null,
    isUndoneBy: ({ hash }) => undoneBy.has(hash),
    knewForgotten: ({ till, order }) => device.includes(till) || order <= seen,
    forgetRefused: (policy) => {
      if (known?.act !== 'customer-forgotten' || forgetting === null) return null;
      return forgetting.inShop === null
        ? 'unknown-customer'
        : forgetRefusal(known, policy, forgetting.inShop);
    },
    mergeRefused: (policy) =>
      merging === null
        ? null
        : (decideMergeAgain(original, policy, merging.inShop)?.detail ?? null),
    undoRefused: (policy) =>
      undoing === null ? null : (decideUndoAgain(original, policy, undoing.inShop)?.detail ?? null),
    isNobodyAdded: authorising !== null && (authorising.isLost || authorising.isOvertaken),
    isPersonLost: (challenge) => lostPersons.has(challenge),
    isDemo: provider.isDemo(),
    isSpent: (proof) => spent.has(proof),
    checkReserveCode: (use) => {
      const row = codes.get(`${use.customer} ${use.code}`) ?? null;
      return judgeReserveCode(row, { ...use, till, entry: hash }, { at, clock: CLOCK_MS });
    },
    isRevoked: (challenge) => revoked.has(challenge),
    actsOf: (customer) => acts.get(customer) ?? [],
    isKnown,
    overridesOfDevice: () => overrides,
    movedByRight: () => byRight,
    othersInContact: () => others,
    decideAgain: (policy) => {
      // Debts for a payout are known even without the former journal: a device uploads that journal before it acts, and its entries
      // count among the device's debts while they wait for an owner.
      const areDebtsKnown = isWhole || (known?.act === 'overpayment-returned' && !isForked);
      const debts = areDebtsKnown ? reviewed.debts : null;
      if (merging !== null)
        return merging.here === null ? null : decideMergeAgain(original, policy, merging.here);
      if (authorising !== null)
        return authorising.isLost ? null : decidePersonAddedAgain(original, policy, authorising);
      if (undoing !== null)
        return undoing.here === null || !isWhole
          ? null
          : decideUndoAgain(original, policy, undoing.here);
      if (sale === null && consenting === null) {
        const forgotten = isWhole ? (forgetting?.here ?? null) : null;
        const consent =
          returner !== null && isAskable
            ? consentToReturn(original, returner, {
                cards: accounts.get(returner) ?? [returner],
                ...{ overrides: summable(overrides), grantsUsed: spent },
              })
            : null;
        const mayKnowMore = reviewed.mayKnowMore || !isWhole;
        const facts = { ...reviewed, debts, returning, consent, mayKnowMore, isOwnNumber };
        return known && decideOtherAgain(known, policy, facts, forgotten);
      }
      const customer = (sale ?? consenting)?.customer ?? null;
      const { owed, points } = standings.get(customer ?? '') ?? { owed: 0, points: 0 };
      const own = (acts.get(customer ?? '') ?? []).filter(
        (row) => isOfAccount(row, customer ?? '') && isKnown(row, customer ?? ''),
      );
      const author: AuthorKnowledge = {
        isWhole: isWhole && !sawLost,
        cards: customer === null ? [] : (accounts.get(customer) ?? [customer]),
        credit: credits.get(customer ?? '')?.here ?? { kind: 'shop-limit' },
        disputed: disputedHere.has(customer ?? ''),
        standing: { owed: money(countable(owed)), points: countable(points) },
        customerFacts: null,
        ...{ overrides: summable(overrides), ofCustomer: summable(own), grantsUsed: spent },
      };
      if (sale !== null) return decideAgain(original, sale, policy, { ...author, isOwnNumber });
      if (cancellation !== null && reviewed.cancelling !== null)
        return decideCancellationAgain(original, cancellation, policy, {
          ...{ ...author, ...reviewed.cancelling, isOwnNumber },
          debts: isWhole ? reviewed.cancelling.debts : null,
        });
      if (correction === null) return null;
      return decideCorrectionAgain(original, correction, policy, {
        ...{ ...author, debts, isOwnNumber },
        movedByRight: byRightHere,
      });
    },
  };
}

/** The customer whose card the act is about, to check that it is not the operator's own. Null: none. Not for merges and persons. */
function servedBy({ sale, known }: Original): string | null {
  switch (known?.act) {
    case 'repayment':
    case 'repayment-cancelled':
    case 'overpayment-returned':
    case 'balance-corrected':
    case 'return':
      return known.body.customer;
    default:
      return sale?.customer ?? null;
  }
}

/**
 * Whether the author of an act knew a number of the customer: their device named it, or the relay had it before the last entry
 * that they downloaded.
 */
async function knewNumber(
  db: Database,
  customer: string,
  { device, seen }: AuthorView,
): Promise<boolean> {
  const downloadedAt = await arrivalUpTo(db, seen);
  const registered = await phoneOf(db, customer);
  const named = await contactsOf(db, customer);
  return (
    (registered !== null && registered.since <= downloadedAt) ||
    named.some(({ till, since }) => device.includes(till) || since <= downloadedAt)
  );
}

/** What is known of a return if the relay lacks a journal of its device. */
const withoutFormer = (returning: ReturnKnowledge | null): ReturnKnowledge | null =>
  returning?.kind === 'of-sale' ? { ...returning, isWhole: false } : returning;

/**
 * The debt that an act lowers, minor units, as it is by all journals. For the return of a sale, only that sale's debt, even if
 * the customer has paid ahead.
 */
async function owedInShop(
  db: Database,
  known: KnownEntry | null,
  customer: string,
): Promise<number> {
  const debt = known?.act === 'return' ? (known.body.sale?.hash ?? null) : null;
  if (debt === null) return (await standingOf(db, customer)).owed;
  const all = { device: [], seen: Number.MAX_SAFE_INTEGER };
  return (await debtAt(db, { customer, debt, ...all }))?.left ?? 0;
}

/** Whether more goods were returned than were sold, counting returns that the author of this one did not know. */
async function isReturnedTwice(
  db: Relay['db'],
  { body }: EntryOf<'return'>,
  view: AuthorView,
): Promise<boolean> {
  if (body.sale === null) return false;
  const { hash } = body.sale;
  const sale = originalIn(
    await entryBehind(db, hash, { device: view.device, seen: Number.MAX_SAFE_INTEGER }),
  );
  const unknown = await returnsUnknown(db, { sale: hash, ...view }, 1);
  if (unknown.length === 0 || sale?.act !== 'sale') return false;
  const { quantities } = returnedBy([
    ...(await returnsAt(db, { sale: hash, device: view.device, seen: Number.MAX_SAFE_INTEGER })),
  ]);
  return body.lines.some(
    ({ line, quantity }) =>
      (quantities[line] ?? 0) + quantity > (sale.body.lines[line]?.quantity ?? Infinity),
  );
}

/**
 * Whether a payout gives back more than the shop owes the customer over all tills, or whether a cancellation and a return that did
 * not know of each other give back the same money.
 */
async function isPaidBackTwice(
  db: Database,
  known: KnownEntry,
  view: AuthorView,
): Promise<boolean> {
  if (known.act === 'repayment-cancelled')
    return (
      (await returnsUnknown(db, { repayment: known.body.repayment.hash, ...view }, 1)).length > 0
    );
  if (known.act === 'return')
    return (
      sumOf(known.body.refunds) + known.body.withheld.amount > 0 &&
      (await cancellationsUnknown(db, known, view, 1)).length > 0
    );
  if (known.act !== 'overpayment-returned') return false;
  const { customer, amount } = known.body;
  return !(await isWaitingFor(db, customer)) && -(await standingOf(db, customer)).owed < amount;
}

/** Others' cancellations of repayments of a returned sale that the author of the return did not know, the newest first. */
export async function cancellationsUnknown(
  db: Database,
  { body: { customer, sale } }: EntryOf<'return'>,
  view: AuthorView,
  most: number,
): Promise<readonly Place[]> {
  if (customer === null || sale === null) return [];
  return movedUnknown(db, { customer, ...view, way: 'up', debts: [sale.hash] }, most);
}

/** Acts that change what repayments of a debt have earned, or may earn. */
const EARNING: ReadonlySet<string> = new Set([
  ...['sale', 'repayment', 'repayment-cancelled', 'return', 'balance-corrected'],
]);

/**
 * Whether, with this act and over all tills, repayments of a debt have earned more points than the money that settled it allows.
 * `policy`: gives the rate for debts that the relay lacks.
 */
async function earnsTwice(
  db: Database,
  original: Original,
  policy: Policy | null,
): Promise<boolean> {
  const { act, known } = original;
  if (!EARNING.has(act)) return false;
  const refunded = known?.act === 'repayment-cancelled' ? sumOf(known.body.refunds) : Infinity;
  for (const row of writtenTo('debts', projected(original))) {
    const { customer, debt } = row;
    const held = await debtAt(db, { customer, debt, device: [], seen: Number.MAX_SAFE_INTEGER });
    const before = held === null || row.made !== null ? 0 : tooManyOn(held, policy);
    // Not an error: if the money of a cancelled repayment is too little to take back its points, the next repayment earns less.
    const pointValue = (held?.made ?? row.made)?.earns?.pointValue ?? 0;
    if (refunded < pointValue || (await isWaitingFor(db, customer))) continue;
    const after = joinedDebts(held === null ? [row] : [held, row]);
    if (after.some((row) => tooManyOn(row, policy) > before)) return true;
  }
  return false;
}

/** Points earned beyond what repaying a debt can earn, at the policy's rate if the entry that made the debt is missing. */
function tooManyOn(row: DebtRow, policy: Policy | null): number {
  if (row.made !== null || policy === null) return pointsTooMany(row);
  const { earnBasisPoints: basisPoints, pointValue } = policy.points;
  const earned = earnedByRepaying({ moneyPaid: 0, basisPoints, pointValue }, row.earned.onMoney);
  return Math.max(0, row.earned.points - earned);
}

/** How the customers of these acts and cards were forgotten, by customer. */
async function forgottenAmong(
  db: Relay['db'],
  { act, sale, steps, cards }: Original,
): Promise<ReadonlyMap<string, Forgotten>> {
  const found = new Map<string, Forgotten>();
  if (!NAMING.has(act)) return found;
  const named = [...cards, ...steps, ...(sale === null ? [] : [sale])];
  for (const customer of new Set(named.flatMap((each) => each.customer ?? []))) {
    const forgotten = await forgottenOf(db, customer);
    if (forgotten !== null) found.set(customer, forgotten);
  }
  return found;
}

/** Acts that a till refuses for a customer whom it knows to be forgotten. */
const NAMING: ReadonlySet<string> = new Set([
  ...['sale', 'customer-saved', 'customers-imported'],
  ...['authorised-person-added', 'authorised-person-removed'],
]);

/** Tolerance for the rule about recent acts: clocks and times of arrival may differ by this much, ms. */
const LENIENT_MS = DAY_MS;

/**
 * What is known of a customer who is to be forgotten: by the author, and by the relay; null: it knows no card, or they were
 * forgotten by another entry. `at`: when the entry counts, ms.
 */
async function forgettingOf(
  relay: Relay,
  { body: { customer } }: EntryOf<'customer-forgotten'>,
  view: AuthorView,
  at: number,
): Promise<{ readonly here: ForgottenKnowledge; readonly inShop: ForgottenKnowledge | null }> {
  const { db, now } = relay;
  const acts = await actsOfCustomer(db, customer);
  const account = await cardsOf(db, customer, view.seen);
  // Acts that the author knew, on cards that they knew to belong to the account.
  const seen = acts.filter(
    ({ customer: card, till, order }) =>
      account.includes(card) &&
      (view.device.includes(till) || (order !== null && order <= view.seen)),
  );
  const others = (cards: readonly string[]) => cards.filter((each) => each !== customer).sort();
  const cards = await cardsOf(db, customer);
  const lastOf = (acts: readonly ActRow[]): number | null =>
    lastWithoutCode(acts.map(({ at, proof }) => ({ at, kind: SAID[proof] })));
  const here: ForgottenKnowledge = {
    merged: others(account),
    standing: await standingAt(db, { customer, ...view }),
    disputed: await isDisputedBy(db, { customer, ...view }),
    // neither is in a journal, so they cannot be judged for the author
    ...{ hasUnsent: false, isConfirming: false },
    // only the relay knows that an act has no valid proof
    withoutCodeAt: lastOf(seen.filter(({ proof }) => proof !== 'nothing')),
    at: at + LENIENT_MS,
  };
  if ((await creditOf(db, customer)) === null) return { here, inShop: null };
  return {
    here,
    inShop: {
      merged: others(cards),
      standing: await standingOf(db, customer),
      disputed: (await disputedSince(db, customer)) !== null,
      hasUnsent: await isAny(cards, (each) => hasUnsent(db, each)),
      isConfirming: await isAny(cards, (each) => isConfirming(db, each, now())),
      withoutCodeAt: lastOf(acts),
      at,
    },
  };
}

async function isAny(
  customers: readonly string[],
  holds: (customer: string) => Promise<boolean>,
): Promise<boolean> {
  for (const customer of customers) if (await holds(customer)) return true;
  return false;
}

/** Limits a sum that no honest till can have made to the largest amount, so that the rules can be applied. */
const countable = (sum: number): number =>
  Number.isSafeInteger(sum) ? sum : Math.sign(sum) * MAX_AMOUNT;

/** The same for the amounts of acts that are summed. */
function summable(acts: readonly ActRow[]): readonly ActRow[] {
  const sum = acts.reduce((total, { amount }) => total + amount, 0);
  if (Number.isSafeInteger(sum)) return acts;
  return acts.map((act) => ({ ...act, amount: Math.min(act.amount, MAX_AMOUNT) }));
}
