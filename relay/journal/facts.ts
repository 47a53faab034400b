// Reads what the relay knows of an entry before it audits it.
import type { Policy } from '$lib/contract/policy';
import { rulesOf } from '$lib/domain/acts';
import { asksOf } from '$lib/domain/acts-again';
import { within } from '$lib/domain/customers/account';
import { DAY_MS, MONTH_MS } from '$lib/domain/values/durations';
import { MAX_AMOUNT, money } from '$lib/domain/values/money';
import type { CreditKnown } from './acts-by-right';
import { isConsented } from './audit';
import { CLOCK_MS, type Facts } from './audit-proofs';
import { flatMapInTurn } from '../in-turn';
import type { Original } from './entry-reading';
import { originalIn } from './stored-entries';
import { hasDownloaded, mayHaveSeenLost } from './author-knew';
import { decidedAgain } from './decide-again';
import { isPersonLost } from './persons';
import { undoingsOf } from './undone-imports';
import type { Relay } from '../context';
import type { Database } from '../store/database';
import type { ReserveCodeRow } from '../store/reserve-codes';
import { judgeReserveCode, lostCodeOf, reserveCodeOf } from '../reserve-codes/checks';
import { isGrantRevoked } from '../store/challenges';
import { contactsOf } from '../store/contacts';
import { disputedSince, isDisputedBy } from '../store/disputes';
import { cardsOf } from '../store/merges';
import { creditAt, isWaitingFor } from '../store/former-journals';
import { hasForkUnseen, namesOfDevice } from '../store/former-names';
import { arrivalUpTo, headOf } from '../store/journal';
import { earningSales } from '../store/sales';
import { standingAt, standingOf } from '../store/account-steps';
import { creditOf } from '../store/credits';
import { actsOfNumber, movedByRight, overridesOfDevice, type ActRow } from '../store/journal-acts';
import { entryBehind, type AuthorView } from '../store/originals';
import { isSpentElsewhere } from '../store/spent-grants';
import { phoneOf } from '../store/phones';
import { policyOfVersion } from '../store/policies';
import { othersInContactAt } from '../store/presence';
import { progressOf } from '../store/journal-progress';
import { tillById } from '../store/tills';
import { earnsTwice, isPaidBackTwice, isReturnedTwice, owedInShop } from './elsewhere';
import { forgottenAmong, knewDelayed } from './forgetting';
import { countedAt, type Times } from './times';

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

/** What is known of one customer whom an act moves, or whose consent it needs. */
type CustomerFacts = {
  /** The cards of their account, as the author knew them. */
  readonly account: readonly string[];
  /** Acts of all cards with their number, within a month of the entry either way. */
  readonly acts: readonly ActRow[];
  readonly credit: CreditKnown;
  /** Debt, minor units, and points: as the author knew them, and by all journals. */
  readonly here: { readonly owed: number; readonly points: number };
  readonly inShop: { readonly owed: number; readonly points: number };
  /** Null, and false, also for acts without a code. */
  readonly disputedSince: number | null;
  readonly isDisputedHere: boolean;
};

async function customerFacts(
  db: Database,
  {
    customer,
    act,
    around,
    view,
  }: {
    readonly customer: string;
    readonly act: string;
    /** ms. */
    readonly around: { readonly from: number; readonly to: number };
    readonly view: AuthorView;
  },
): Promise<CustomerFacts> {
  const { device, seen } = view;
  const needsConsent = isConsented(act);
  return {
    account: await cardsOf(db, customer, seen),
    acts: await actsOfNumber(db, { customer, device, ...around }),
    credit: await creditKnown(db, { customer, ...view }),
    here: await standingAt(db, { customer, ...view }),
    inShop: await standingOf(db, customer),
    disputedSince: needsConsent ? await disputedSince(db, customer) : null,
    isDisputedHere: needsConsent && (await isDisputedBy(db, { customer, ...view })),
  };
}

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
  const isOfAccount = (act: ActRow, customer: string): boolean =>
    (customers.get(customer)?.account ?? [customer]).includes(act.customer);
  // A till may not know which cards share a number, so of another till's acts only those of the account count as known.
  const isKnown = (act: ActRow, customer: string): boolean =>
    device.includes(act.till) ||
    (isOfAccount(act, customer) && act.order !== null && act.order <= seen);
  const counted = countedAt(at, times);
  const newestUsed = times.isAgain
    ? 0
    : (await progressOf(db, await namesOfDevice(db, till))).policy;
  const asks = known === null ? {} : asksOf(known);
  const around = { from: counted - MONTH_MS, to: counted + MONTH_MS };
  const customers = new Map<string, CustomerFacts>();
  for (const { customer } of movements)
    if (!customers.has(customer))
      customers.set(customer, await customerFacts(db, { customer, act, around, view }));
  const credits = new Map<string, CreditKnown>();
  for (const { customer } of cards)
    credits.set(customer, await creditKnown(db, { customer, ...view }));
  const payer = asks.debtsOf ?? null;
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
  const isReturnedElsewhere =
    known !== null && (await isReturnedTwice(db, known, { device, seen }));
  const isPaidBackElsewhere =
    known !== null && (await isPaidBackTwice(db, known, { device, seen }));
  const spent = new Set<string>();
  const revoked = new Set<string>();
  const approval = original.opening?.approval?.id ?? null;
  if (approval !== null && (await isSpentElsewhere(db, approval, hash))) spent.add(approval);
  const codes = new Map<string, ReserveCodeRow | null>();
  let hasOverride = false;
  const lostPersons = new Set<string>();
  for (const { customer, confirmation, grant, verifier, isItsCode } of movements) {
    if (grant !== null && (await isPersonLost(db, grant))) lostPersons.add(grant.challenge);
    if (confirmation?.kind === 'code') {
      const { challenge } = confirmation;
      if (await isSpentElsewhere(db, challenge, hash)) spent.add(challenge);
      if (await isGrantRevoked(db, challenge)) revoked.add(challenge);
    }
    if (confirmation?.kind === 'reserve-code') {
      const use = { customer, code: confirmation.code };
      const isLost = isItsCode && verifier !== null;
      const row =
        (await reserveCodeOf(relay, use)) ??
        (isLost ? await lostCodeOf(relay, use, verifier) : null);
      codes.set(`${customer} ${use.code}`, row);
    }
    hasOverride ||= confirmation?.kind === 'override';
  }
  const day = { from: counted - DAY_MS, to: counted + DAY_MS };
  const overrides = hasOverride ? await overridesOfDevice(db, { device, ...day }) : [];
  const buyer = sale?.customer ?? null;
  const earning =
    buyer === null
      ? []
      : (await earningSales(db, { customer: buyer, ...day })).filter((row) => row.hash !== hash);
  const byRight = asks.movedByRight === true ? await movedByRight(db, day) : [];
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
  const others = hasOverride && (await othersInContactAt(db, device, at));
  const forgotten = await forgottenAmong(db, original);
  const delayed = await knewDelayed(db, original, view);
  const sawLost = known !== null && (await mayHaveSeenLost(db, known.seen));
  const undoneBy = await undoingsOf(db, original, forgotten.values());
  const made = await tillById(db, till);
  let isWhole = true;
  for (const name of device) isWhole &&= (await headOf(db, name)) !== null;
  // forked: another copy of the device wrote entries under the same name, which the author does not know
  const isForked = device.length > 1 && (await hasForkUnseen(db, view));
  isWhole &&= !isForked;
  const customer = asks.consentOf ?? null;
  const theirs = customers.get(customer ?? '') ?? null;
  const { owed, points } = theirs?.here ?? { owed: 0, points: 0 };
  const account = theirs?.account ?? (customer === null ? [] : [customer]);
  // Only what the device sold itself: of others' sales it may have just the sums, in a snapshot.
  const earnedToday = earning.filter(
    (row) =>
      device.includes(row.till) &&
      account.includes(row.customer) &&
      (row.till !== till || row.number < (sale?.number ?? 0)) &&
      within(row.at, at, DAY_MS),
  );
  const movedToday = byRightHere.filter((row) => within(row.at, at, DAY_MS));
  const again = await decidedAgain(relay, original, policy ?? relay.policy()?.policy ?? null, {
    view: { ...view, countedAt: counted, isWhole, isForked },
    isWhole: isWhole && !sawLost,
    // an act that gives back needs no consent if nobody could be asked
    isAskable:
      customer === null ||
      rulesOf(act)?.givesBack !== true ||
      movements.length > 0 ||
      (await knewNumber(db, customer, view)),
    cards: account,
    credit: theirs?.credit.here ?? { kind: 'shop-limit' },
    disputed: theirs?.isDisputedHere ?? false,
    standing: { owed: money(countable(owed)), points: countable(points) },
    overrides: summable(overrides),
    ofCustomer: summable(
      (theirs?.acts ?? []).filter(
        (row) => isOfAccount(row, customer ?? '') && isKnown(row, customer ?? ''),
      ),
    ),
    grantsUsed: spent,
    earnedToday: earnedToday.reduce((sum, { amount }) => sum + amount, 0),
    movedByRight: Math.min(
      MAX_AMOUNT,
      movedToday.reduce((sum, { amount }) => sum + amount, 0),
    ),
  });
  return {
    shop: shopId,
    latest: times.latest,
    countedAt: counted,
    policy,
    newestUsed,
    newest: relay.policy()?.policy ?? null,
    removed: { at: made?.revokedAt ?? Infinity, knownAt: made?.removalKnownAt ?? Infinity },
    creditOf: (customer) => customers.get(customer)?.credit ?? credits.get(customer) ?? NO_CARD,
    isWhole,
    sawLost,
    isRepaidElsewhere,
    owedSince: again.owedSince,
    isReturnedElsewhere,
    isPaidBackElsewhere,
    isSaleLost: again.sale === 'lost',
    isEarnedElsewhere: await earnsTwice(db, original, policy),
    isGivingBackKnown: again.isGivingBackKnown,
    debtOf: (customer) => ({
      here: customers.get(customer)?.here.owed ?? 0,
      inShop: customers.get(customer)?.inShop.owed ?? 0,
    }),
    pointsOf: (customer) => customers.get(customer)?.inShop.points ?? 0,
    disputedSince: (customer) => customers.get(customer)?.disputedSince ?? null,
    isDisputedHere: (customer) => customers.get(customer)?.isDisputedHere ?? false,
    forgottenBy: (customer) => forgotten.get(customer) ?? null,
    knewDelayed: (customer) => delayed.has(customer),
    isUndoneBy: ({ hash }) => undoneBy.has(hash),
    knewForgotten: ({ till, order }) => device.includes(till) || order <= seen,
    wrong: again.wrong,
    refusedInShop: again.refusedInShop,
    isNobodyAdded: again.isNobodyAdded,
    isPersonLost: (challenge) => lostPersons.has(challenge),
    isDemo: provider.isDemo(),
    isSpent: (proof) => spent.has(proof),
    checkReserveCode: (use) => {
      const row = codes.get(`${use.customer} ${use.code}`) ?? null;
      return judgeReserveCode(row, { ...use, till, entry: hash }, { at, clock: CLOCK_MS });
    },
    isRevoked: (challenge) => revoked.has(challenge),
    actsOf: (customer) => customers.get(customer)?.acts ?? [],
    isKnown,
    overridesOfDevice: () => overrides,
    earningSales: () => earning,
    isOfDevice: ({ till }) => device.includes(till),
    movedByRight: () => byRight,
    othersInContact: () => others,
  };
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

/** Limits a sum that no honest till can have made to the largest amount, so that the rules can be applied. */
const countable = (sum: number): number =>
  Number.isSafeInteger(sum) ? sum : Math.sign(sum) * MAX_AMOUNT;

/** The same for the amounts of acts that are summed. */
function summable(acts: readonly ActRow[]): readonly ActRow[] {
  const sum = acts.reduce((total, { amount }) => total + amount, 0);
  if (Number.isSafeInteger(sum)) return acts;
  return acts.map((act) => ({ ...act, amount: Math.min(act.amount, MAX_AMOUNT) }));
}
