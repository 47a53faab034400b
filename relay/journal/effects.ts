// The effects of an entry, once per original: rows, flags, spent proofs, messages.
import { flatMapInTurn } from '../in-turn';
import { GENESIS_HASH } from '$lib/contract/journal';
import type { FlagKind } from '$lib/contract/journal-upload';
import type { ActByRightKind } from '$lib/contract/owner-notice';
import type { Policy } from '$lib/contract/policy';
import { MOST_AGAINST, type Verdict } from '$lib/contract/shop-journal';
import type { SaleAction } from '$lib/contract/values';
import type { WithoutCode } from '$lib/domain/messages/notice-message';
import type { NewsOfAct } from '$lib/domain/messages/notice-message';
import { DECIDED } from '$lib/proof/chain';
import { PERSON_ACTS } from '$lib/domain/shop-cards';
import { rightForCredit } from '$lib/domain/acts/customer-saved';
import { isDiscrepancy } from '$lib/domain/customers/discrepancy';
import { projectInOrder } from '$lib/domain/projection';
import { exact } from '$lib/domain/values/money';
import { rightsOf } from '$lib/domain/policy/policy';
import { sumsByRight, type ByRight } from '$lib/domain/messages/right-message';
import { writtenTo } from '$lib/domain/rows';
import { takeDisputes } from '../customers/disputes';
import { actsByRight } from './acts-by-right';
import { keepFormerEntry } from './former-journals';
import { takeCarryOver, takeFormerName } from './former-names';
import { judgeEntry, type JudgedMovement } from './audit';
import { CLOCK_MS, type Facts } from './audit-proofs';
import {
  GIVING_BACK,
  isUnderstood,
  movedIn,
  projected,
  type Movement,
  type Original,
  type ReadEntry,
} from './entry-reading';
import { pushedOver } from './audit-windows';
import { isOfThisEpoch, payerOf } from './reviews';
import { forgetCustomer } from '../customers/forgotten';
import { mergeCustomers, spendConsents } from './merges';
import { spendPersonCode, takePerson } from './persons';
import { takeBack } from './undone-imports';
import {
  queueCorrection,
  queueNotices,
  queueOperatorNotice,
  queuePayout,
  queuePersonAdded,
  queueRepayment,
  queueReturn,
  type UnconfirmedMovement,
} from '../customers/notices';
import { queueReminderOptOutNotice, takeReminderChoice } from '../customers/reminders';
import { itemsOf } from './summary-items';
import type { Relay } from '../context';
import { noteReplaced, voidReserveCodesAt } from '../store/reserve-codes';
import { takeReserveCode, type ReserveCodeUse } from '../reserve-codes/checks';
import { addCancelled } from '../store/cancelled-repayments';
import { addDiscrepancy, publishDiscrepancies, type Place } from '../store/discrepancies';
import { addFlags, flagsOf, type Finding, type FlaggedEntry } from '../store/flags';
import { namesOfDevice } from '../store/former-names';
import {
  appendJudgedAgain,
  hashAt,
  logHead,
  seenOrder,
  type NotUnderstood,
} from '../store/journal';
import {
  addActs,
  addDebts,
  addSteps,
  claimOriginal,
  creditChangedSince,
  dropActs,
  movedUnknown,
  takeSaleNumber,
  keepCredit,
  spendGrant,
  type ActRow,
  type AuthorView,
} from '../store/journal-acts';
import { takeCategoryEdits } from '../store/category-edits';
import { takeProductEdits } from '../store/product-edits';
import { addReturns, returnsUnknown } from '../store/returns';
import { addSale } from '../store/sales';
import { nameOperator, unnamedChanges } from '../store/phone-changes';
import { dropQuarantinedActs, wasQuarantined } from '../store/quarantine';
import { noteProgress } from '../store/journal-progress';
import { addSummaryItem, type SummaryItem } from '../store/summaries';
import { tillById } from '../store/tills';
import { closeGrant } from '../store/withheld';
import { cancellationsUnknown, factsOf, timesOf } from './facts';

/** Flags the first entry of a till, which names the former journal, of which this entry is missing. */
async function flagIncomplete(relay: Relay, till: string, missing: number): Promise<void> {
  const hash = (await hashAt(relay.db, till, 1)) ?? GENESIS_HASH;
  const found: Finding = { kind: 'former-incomplete', detail: String(missing) };
  await flag(relay, { till, seq: 1, hash }, [found]);
}

/** Stores the effects of an entry, if it is the first to bring its original. Returns the verdict that tills get with it. */
export async function takeEffect(
  relay: Relay,
  { entry, edited, original }: ReadEntry,
  order: number,
): Promise<Verdict> {
  const { db } = relay;
  const found: FoundAgainst[] = [];
  let verdict: Verdict = 'repeated';
  if (edited) found.push({ kind: 'late-edit', detail: null });
  const carryOver = await takeCarryOver(relay, entry, original);
  if (carryOver.isLate) found.push({ kind: 'carried-late', detail: null });
  if (carryOver.missing !== null) await flagIncomplete(relay, entry.till, carryOver.missing);
  let made = original;
  if (await claimOriginal(db, original.hash, order)) {
    if (original.known?.act === 'repayment-cancelled') {
      const repayment = original.known.body.repayment.hash;
      await addCancelled(db, { repayment, till: entry.till, order, hash: original.hash });
    }
    const isForeign = !(await namesOfDevice(db, entry.till)).includes(original.till);
    // that another till made it is only what this one says
    if (isForeign) made = { ...original, till: entry.till, seq: entry.seq };
    if (isForeign) found.push({ kind: 'foreign-entry', detail: null });
    else found.push(...(await takeFormerName(relay, original)));
    if ((await tillById(db, original.till)) === null) {
      await keepFormerEntry(relay, original, { till: entry.till, order, isForeign });
      verdict = 'waiting';
    } else {
      const brought = { isForeign, receivedAt: relay.now(), isAgain: false };
      const stored = await storeEffects(relay, {
        ...{ entry, original: made, order, madeAt: order },
        ...brought,
      });
      found.push(...stored.found);
      ({ verdict } = stored);
    }
  }
  const { till, seq, hash } = made;
  await flag(relay, { till, seq, hash }, found);
  return verdict;
}

/**
 * Judges an entry again that an older version of the relay could not read. Its effects count from the end of the shop's order,
 * where the new verdict is appended. Messages that were already queued are not queued twice. Runs in the caller's transaction.
 */
export async function takeEffectAgain(
  relay: Relay,
  { entry, original }: ReadEntry,
  place: NotUnderstood,
): Promise<'accepted' | 'refused'> {
  const { db, now } = relay;
  const isForeign = !(await namesOfDevice(db, entry.till)).includes(original.till);
  const made = isForeign ? { ...original, till: entry.till, seq: entry.seq } : original;
  // as far as it could be read, it was counted
  await dropActs(db, original.hash);
  const order = (await logHead(db)).order + 1;
  const { order: madeAt, receivedAt } = place;
  const stored = await storeEffects(relay, {
    ...{ entry, original: made, order, madeAt },
    ...{ isForeign, receivedAt, isAgain: true },
  });
  const before = await flagsOf(db, made);
  const isNew = ({ kind, detail }: Finding) =>
    !before.some((one) => one.kind === kind && one.detail === detail);
  await flag(relay, made, stored.found.filter(isNew));
  const verdict = stored.verdict === 'accepted' ? 'accepted' : 'refused';
  if ((await appendJudgedAgain(db, place, verdict, now())) !== order)
    throw new Error(`order ${order} is taken`);
  await publishDiscrepancies(db, now());
  return verdict;
}

/** Findings about the sum of several acts. */
const OF_SUMS: ReadonlySet<FlagKind> = new Set<FlagKind>([
  ...(['limit-elsewhere', 'points-elsewhere', 'cap-elsewhere', 'threshold-elsewhere'] as const),
]);

/** The acts of others, unknown to the author, that a finding depends on; the newest first. */
async function againstOf(
  db: Relay['db'],
  original: Original,
  { kind, detail }: Finding,
  { facts, device, seen }: AuthorView & { readonly facts: Facts },
): Promise<readonly Place[]> {
  const { movements, known } = original;
  if (kind === 'customer-forgotten') {
    const by = facts.forgottenBy(detail ?? '');
    return by === null ? [] : [by];
  }
  const cancelled = known?.act === 'repayment-cancelled' ? known.body : null;
  if (kind === 'paid-back-elsewhere' && known?.act === 'return')
    return cancellationsUnknown(db, known, { device, seen }, MOST_AGAINST);
  if (kind === 'earned-elsewhere') {
    const rows = writtenTo('debts', projected(original));
    const customer = rows[0]?.customer ?? null;
    const debts = rows.map(({ debt }) => debt);
    return customer === null
      ? []
      : movedUnknown(db, { customer, device, seen, way: 'down', debts }, MOST_AGAINST);
  }
  if (kind === 'repaid-elsewhere' || (kind === 'paid-back-elsewhere' && cancelled === null)) {
    const customer = payerOf(known);
    const way = kind === 'repaid-elsewhere' ? 'down' : 'up';
    return customer === null
      ? []
      : movedUnknown(db, { customer, device, seen, way, debts: null }, MOST_AGAINST);
  }
  if (kind === 'paid-back-elsewhere' && cancelled !== null) {
    const repayment = cancelled.repayment.hash;
    return returnsUnknown(db, { repayment, device, seen }, MOST_AGAINST);
  }
  if (kind === 'returned-elsewhere' && known?.act === 'return' && known.body.sale !== null)
    return returnsUnknown(db, { sale: known.body.sale.hash, device, seen }, MOST_AGAINST);
  if (!OF_SUMS.has(kind)) return [];
  if (detail === 'correct-balance')
    return facts
      .movedByRight()
      .filter((act) => !facts.isKnown(act, act.customer))
      .toSorted((a, b) => b.at - a.at)
      .slice(0, MOST_AGAINST);
  const moved = movements.filter(({ action }) => action === detail);
  const customers = [...new Set(moved.map(({ customer }) => customer))];
  const acts = customers.flatMap((customer) =>
    facts
      .actsOf(customer)
      .filter((act) => act.action === detail && !facts.isKnown(act, customer))
      .toSorted((a, b) => b.at - a.at),
  );
  if (acts.length > 0) return acts.slice(0, MOST_AGAINST);
  // no debt of another till: it changed the limit
  const changes = await flatMapInTurn(
    kind === 'limit-elsewhere' ? customers : [],
    async (customer) => (await creditChangedSince(db, { customer, device, seen })) ?? [],
  );
  return changes.slice(0, MOST_AGAINST);
}

/**
 * How an entry arrived. `madeAt`: its place in the shop's order; `order`: the place from which its effects count, which is later
 * only if it is judged again; `receivedAt`: ms.
 */
type Brought = {
  readonly order: number;
  readonly madeAt: number;
  readonly receivedAt: number;
  readonly isForeign: boolean;
  readonly isAgain: boolean;
};

/**
 * Stores what an original moves, spends and opens, and queues its messages. Returns what is wrong with it, and the verdict.
 * `refused`: no till gives the entry an effect; `not-understood`: none does yet.
 */
async function storeEffects(
  relay: Relay,
  {
    entry,
    original,
    order,
    madeAt,
    receivedAt,
    isForeign,
    isAgain,
  }: Pick<ReadEntry, 'entry' | 'original'> & Brought,
): Promise<{ readonly found: readonly FoundAgainst[]; readonly verdict: Verdict }> {
  const { db, now } = relay;
  const found: FoundAgainst[] = [];
  // its acts are counted from the journal instead
  await dropQuarantinedActs(db, original.hash);
  const times = await timesOf(relay, original, { receivedAt, isAgain });
  const { earliest, latest, proven, before } = times;
  const isBackdated = original.at < proven - CLOCK_MS;
  if (isBackdated) found.push({ kind: 'backdated', detail: null });
  else if (original.at < before - CLOCK_MS) found.push({ kind: 'clock-set-back', detail: null });
  const at = isBackdated ? earliest : original.at;
  const dated = { ...original, at };
  const device = [original.till, ...(await namesOfDevice(db, entry.till))];
  const seen = await seenOrder(db, original.known?.seen ?? DECIDED.seen);
  const facts = await factsOf(relay, dated, { device, seen }, times);
  const judged = judgeEntry(dated, facts);
  for (const one of judged.findings)
    found.push(
      isDiscrepancy(one.kind)
        ? { ...one, against: await againstOf(db, original, one, { facts, device, seen }) }
        : one,
    );
  const { policy, newest } = facts;
  const tills = await namesOfDevice(db, original.till);
  const numbers = await judgePhoneChanges(relay, dated, policy ?? newest, tills);
  found.push(...numbers.findings);
  // an entry of another device is not this till's progress
  if (!isForeign)
    await noteProgress(db, original.till, {
      policy: facts.policy === null ? 0 : original.policy,
      // a date that is wrong itself must not make those after it wrong
      at: isAgain || at > latest + CLOCK_MS ? 0 : Math.min(at, latest),
    });
  // no till applies a return or payout that the rules would not make so: it has no rows here either
  const isWrongGiving = GIVING_BACK.has(original.act) && judged.isWrong;
  // these acts cannot be undone: with any finding they have no effect
  const isTaken = !isForeign && judged.findings.every(({ kind }) => kind === 'future');
  const changes = isWrongGiving
    ? []
    : projected(
        { ...original, at: Math.min(at, receivedAt) },
        isTaken ? projectInOrder : undefined,
      );
  if (!isForeign)
    for (const row of writtenTo('sales', changes)) {
      if (!(await takeSaleNumber(db, row)))
        found.push({ kind: 'number-repeated', detail: String(row.number) });
      await addSale(db, row, { order: madeAt, lines: original.sale?.lines ?? [] });
    }
  await addSteps(db, movedIn(changes), { receivedAt: now(), order });
  // as a forged one may state another till, it is that of the till that brought it
  const { till: by, seq: place } = original;
  const returns = writtenTo('returns', changes).map((row) => ({ ...row, till: by, seq: place }));
  await addReturns(db, returns, order);
  await addDebts(db, writtenTo('debts', changes), {
    ...{ hash: original.hash, till: original.till, seq: original.seq, at: original.at },
    ...{ receivedAt: now(), order },
  });
  const acts = [...judged.movements.map(({ act }) => act), ...judged.byRight];
  for (const act of acts)
    for (const late of pushedOver(act, facts.actsOf(act.customer)))
      // of its own acts the device knew when it compared with the threshold
      if (!device.includes(late.till))
        await flag(relay, late, [
          { kind: 'threshold-elsewhere', detail: act.action, against: [act] },
        ]);
  await addActs(
    db,
    'journal_acts',
    acts.map((act) => ({ ...act, order })),
  );
  // spent even if it proves nothing here, but only by its own till: a forged entry must not spend another till's grant
  const own = judged.movements.flatMap(({ movement: { grant }, act }) =>
    grant !== null && (act.proof === 'code' || grant.till === act.till) ? [grant.challenge] : [],
  );
  for (const { challenge } of writtenTo('grantsUsed', changes))
    if (own.includes(challenge)) await spendGrant(db, challenge, original.hash);
  const approval = original.opening?.approval ?? null;
  if (approval?.till === original.till) await spendGrant(db, approval.id, original.hash);
  // also where it proves nothing: its entry is not missing, and is flagged for that
  for (const { grant } of original.movements)
    if (grant !== null) await closeGrant(db, grant.challenge);
  for (const { customer, credit: stated } of original.cards) {
    if (facts.forgottenBy(customer) !== null) continue;
    const { here, inShop } = facts.creditOf(customer);
    // an import adds cards and changes none
    const isAdded = original.act === 'customers-imported';
    if (isAdded && here !== null) continue;
    // persons come and go, and the card stays as it is
    const isOfPerson = PERSON_ACTS.has(original.act);
    const credit = isOfPerson ? (here ?? stated) : stated;
    const isSame = isAdded || isOfPerson || rightForCredit(here, credit) === null;
    // made without knowing another till's change, it does not undo it
    const changedBy =
      isSame || rightForCredit(inShop, credit) === null
        ? null
        : await creditChangedSince(db, { customer, device, seen });
    const isStale = changedBy !== null;
    if (isStale) found.push({ kind: 'edit-stale', detail: 'credit', against: [changedBy] });
    // at its own place: what its device has changed since stays
    const changed = isSame || isStale ? 0 : madeAt;
    await keepCredit(db, { customer, till: original.till, credit, order: madeAt, changed });
  }
  const isRefused = judged.findings.some(
    ({ kind }) => kind === 'no-right' || kind === 'against-rules',
  );
  if (!isRefused) found.push(...(await takeEdits(db, original, { order: madeAt, device, seen })));
  const { till, known } = original;
  const isOfForgotten =
    known?.act === 'customer-saved' && facts.forgottenBy(known.body.customer) !== null;
  const { reminders: choice } = original;
  let isDeclined = false;
  if (known?.act === 'customer-saved' && choice !== null && !isRefused && !isOfForgotten) {
    const view = { choice, till, order: madeAt, device, seen };
    const taken = await takeReminderChoice(db, known, policy ?? newest, view);
    if (taken === 'no-right') found.push({ kind: 'no-right', detail: 'manage-customers' });
    isDeclined = taken === 'declined';
    if (isDeclined) await queueReminderOptOutNotice(relay, known);
  }
  for (const use of reserveCodesIn(original)) await takeReserveCode(relay, use);
  const isForgetting = known?.act === 'customer-forgotten';
  const isForgotten = isForgetting && isTaken;
  if (known?.act === 'customer-forgotten' && isForgotten)
    await forgetCustomer(relay, { ...original, order }, known.body);
  await spendConsents(db, original);
  await spendPersonCode(db, original);
  const isAuthorising = known?.act === 'authorised-person-added';
  const isAuthorised = isAuthorising && isTaken && !facts.isNobodyAdded;
  const isRemoving = known?.act === 'authorised-person-removed';
  // removing a person only needs the right: other findings do not stop it
  const isRemoved = isRemoving && !isRefused && facts.forgottenBy(known.body.customer) === null;
  if (isAuthorised || isRemoved) await takePerson(relay, original, order);
  const letIn = original.authorising?.person ?? null;
  if (isAuthorising && isAuthorised && letIn !== null) await queuePersonAdded(relay, known, letIn);
  const isMerging = known?.act === 'customers-merged';
  const isMerged = isMerging && isTaken;
  if (isMerging && isMerged) await mergeCustomers(relay, { till, order }, known.body);
  const isUndoing = known?.act === 'import-undone';
  const isUndone = isUndoing && isTaken;
  if (isUndoing && isUndone) await takeBack(relay, { ...known, till, seq: original.seq }, order);
  if (known?.act === 'reserve-codes-voided')
    await voidReserveCodesAt(db, { customer: known.body.customer, till, at });
  if (known?.act === 'reserve-codes-issued')
    await noteReplaced(db, { customer: known.body.customer, device });
  const disputes = writtenTo('disputes', changes);
  if (!isRefused) await takeDisputes(relay, { ...original, order }, disputes, 'this-relay');
  // a customer gets one message about an entry: of what a wrong one takes it is the one that says so
  const tellGiving = async () => {
    if (known?.act === 'return') await queueReturn(relay, known, await isOfThisEpoch(db, known));
    if (known?.act === 'overpayment-returned')
      await queuePayout(relay, known, await isOfThisEpoch(db, known));
  };
  if (!isWrongGiving) await tellGiving();
  await queueNotices(relay, original, judged.movements.flatMap(unconfirmedOf));
  if (isWrongGiving) await tellGiving();
  if (known?.act === 'repayment')
    await queueRepayment(relay, known, await isOfThisEpoch(db, known));
  if (known?.act === 'balance-corrected')
    await queueCorrection(relay, known, await isOfThisEpoch(db, known));
  const hasEffect = isForgetting === isForgotten && isUndoing === isUndone;
  // messages about its sums were queued when it arrived
  const isTold = isAgain && original.steps.length > 0;
  if (!(await wasQuarantined(db, original.hash)) && hasEffect && !isTold)
    await tellByRight(relay, original, {
      ...{ policy: policy ?? newest, creditOf: facts.creditOf, numberChanged: numbers.any },
      remindersDeclined: isDeclined,
    });
  if (!isForeign) {
    for (const item of await itemsOf(db, known, policy ?? newest, facts))
      await addSummaryItem(db, item, now());
  }
  if (!isUnderstood(original)) return { found, verdict: 'not-understood' };
  const isOfGoods = known?.act === 'products-changed' || known?.act === 'categories-changed';
  const hasPersonEffect = isAuthorising === isAuthorised && isRemoving === isRemoved;
  if (!hasEffect || isMerging !== isMerged || !hasPersonEffect)
    return { found, verdict: 'refused' };
  if (isOfForgotten) return { found, verdict: 'refused' };
  const isTakenBack = isWrongGiving || (isRefused && isOfGoods);
  // among the findings the broken rule says enough
  if (isTakenBack)
    await addDiscrepancy(db, original, { kind: 'not-counted', detail: null, against: [] });
  const hasNone = known === null || isTakenBack || (isRefused && disputes.length > 0);
  return { found, verdict: hasNone ? 'refused' : 'accepted' };
}

/** Stores the edits of goods and categories that count. Returns the stale ones as one discrepancy. */
async function takeEdits(
  db: Relay['db'],
  { known, till, seq, hash }: Original,
  { order, ...view }: AuthorView & { readonly order: number },
): Promise<readonly FoundAgainst[]> {
  const place = { till, seq, hash, order };
  const stale = (
    kind: 'goods-stale' | 'category-stale',
    newer: readonly Place[],
  ): readonly FoundAgainst[] =>
    newer.slice(0, 1).map((first) => ({ kind, detail: String(newer.length), against: [first] }));
  if (known?.act === 'products-changed') {
    const edits = { ...place, changes: known.body.changed };
    return stale('goods-stale', await takeProductEdits(db, edits, view));
  }
  if (known?.act === 'categories-changed') {
    const edits = { ...place, changes: known.body.changed };
    return stale('category-stale', await takeCategoryEdits(db, edits, view));
  }
  return [];
}

/** Queues a message to the operator of an entry's acts by right, and adds these acts and its overrides to the owners' summary. */
export async function tellByRight(
  relay: Relay,
  original: Original,
  known: Parameters<typeof actsByRight>[1],
): Promise<void> {
  const { db, now, provider } = relay;
  if (provider.isDemo() && isOfDemo(original)) return;
  const byRight = actsByRight(original, known);
  await queueOperatorNotice(relay, original, byRight);
  for (const item of summaryOf(original, byRight)) await addSummaryItem(db, item, now());
}

/** What the owners' summary says of an entry: its acts by right, and the overrides in it. */
function summaryOf(
  { operator, movements, act: of }: Original,
  byRight: readonly ByRight[],
): readonly SummaryItem[] {
  const item = (
    act: ActByRightKind,
    by: string | null,
    sums: readonly NewsOfAct[],
  ): SummaryItem => {
    const sum = (action: SaleAction): number =>
      sums.reduce((total, one) => total + (one.action === action ? one.moved : 0), 0);
    const [debt, points] = [sum('sell-on-account'), sum('redeem-points')];
    return { kind: 'act', act, operator: by, debt, points };
  };
  const overrides = movements.filter(({ confirmation }) => confirmation?.kind === 'override');
  const bys = overrides.map(({ confirmation }) =>
    confirmation?.kind === 'override' ? confirmation.by : null,
  );
  return [
    ...byRight.map((act) => item(act.kind, operator, sumsByRight(act))),
    // one sale is one act of each who allowed a part of it
    ...[...new Set(bys)].map((by): SummaryItem => {
      const allowed = overrides.filter((_, i) => bys[i] === by);
      if (of !== 'return') return item('without-code', by, allowed);
      // what a return gives back is no debt
      const amount = allowed.reduce((sum, { moved }) => exact(sum + moved), 0);
      return { kind: 'drawer', what: 'returned-without-code', operator: by, amount };
    }),
  ];
}

/** Whether it brings the demo's own customers. */
const isOfDemo = ({ movements }: Original): boolean =>
  movements.some(({ confirmation: given }) => given?.kind === 'none' && given.because === 'demo');

/** The movement if its customer gets a notice about it; otherwise none. */
function unconfirmedOf({ movement, act, needsNotice }: JudgedMovement): UnconfirmedMovement[] {
  return needsNotice ? [{ ...movement, amount: act.amount, without: wayOf(movement, act) }] : [];
}

const wayOf = ({ grant }: Movement, { proof }: ActRow): WithoutCode =>
  proof === 'code' && grant !== null && grant.person !== null
    ? 'person-code'
    : (WITHOUT_CODE[proof] ?? 'no-code');

/** A code that needs a notice is an authorised person's or a weak one. */
const WITHOUT_CODE: Partial<Record<ActRow['proof'], WithoutCode>> = {
  code: 'weak-code',
  'reserve-code': 'reserve-code',
};

/**
 * Attributes number changes that this device asked for to the operator who saves the card next; that operator needs the
 * right. A change that no entry follows has no operator in the list of flagged numbers. `any`: whether there were changes.
 */
export async function judgePhoneChanges(
  { db }: Pick<Relay, 'db'>,
  { act, at, operator, cards }: Original,
  policy: Policy | null,
  tills: readonly string[],
): Promise<{ readonly findings: readonly Finding[]; readonly any: boolean }> {
  if (act !== 'customer-saved' || operator === null) return { findings: [], any: false };
  const changes = await flatMapInTurn(cards, ({ customer }) =>
    unnamedChanges(db, { customer, tills, until: at + CLOCK_MS }),
  );
  for (const change of changes) await nameOperator(db, change, operator);
  const mayChange = policy !== null && rightsOf(policy, operator).includes('change-customer-phone');
  const any = changes.length > 0;
  const findings: Finding[] =
    any && !mayChange ? [{ kind: 'no-right', detail: 'change-customer-phone' }] : [];
  return { findings, any };
}

/** A finding; of a discrepancy with the entries that its own does not fit. */
type FoundAgainst = Finding | (Finding & { readonly against: readonly Place[] });

/** Keeps findings about an entry. Discrepancies among them are published by the caller. */
export async function flag(
  { db, now, log }: Relay,
  { till, seq, hash }: FlaggedEntry,
  found: readonly FoundAgainst[],
): Promise<void> {
  await addFlags(db, { till, seq, hash }, found, now());
  for (const one of found)
    if (isDiscrepancy(one.kind))
      await addDiscrepancy(db, { till, seq, hash }, { against: [], ...one });
  const kinds = found.map(({ kind }) => kind).join(' ');
  if (found.length > 0) log({ event: 'journal-flagged', till, seq, kinds });
}

/** The reserve codes that an entry was confirmed with. */
export function reserveCodesIn({ till, hash: entry, movements }: Original): ReserveCodeUse[] {
  return movements.flatMap(({ customer, confirmation }) => {
    if (confirmation?.kind !== 'reserve-code') return [];
    const { code, verifier, amount } = confirmation;
    return [{ till, entry, customer, code, verifier, amount }];
  });
}
