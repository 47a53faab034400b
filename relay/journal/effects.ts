// The effects of an entry, once per original: rows, flags, spent proofs, messages.
import { flatMapInTurn } from '../in-turn';
import { GENESIS_HASH } from '$lib/contract/journal';
import type { Policy } from '$lib/contract/policy';
import { MOST_AGAINST, type Verdict } from '$lib/contract/shop-journal';
import { DECIDED } from '$lib/proof/chain';
import { isOfPerson } from '$lib/domain/shop-cards';
import { rightForCredit } from '$lib/domain/acts/customers/customer-saved';
import { isDiscrepancy } from '$lib/domain/customers/discrepancy';
import { projectInOrder, rulesOf } from '$lib/domain/acts';
import { againRulesOf } from '$lib/domain/acts-again';
import { rightsOf } from '$lib/domain/policy/policy';
import { writtenTo } from '$lib/domain/rows';
import { takeDisputes } from '../customers/disputes';
import { keepFormerEntry } from './former-journals';
import { takeCarryOver, takeFormerName } from './former-names';
import { NO_GOODS_NEWS, type GoodsNews } from './acts-by-right';
import { goodsTold, guardedField } from './goods-news';
import { isImportUntold, judgeEntry, type JudgedMovement } from './audit';
import { CLOCK_MS } from './audit-proofs';
import { isGivingBack } from './consents';
import { isUnderstood, movedIn, projected, type Original, type ReadEntry } from './entry-reading';
import { pushedOver } from './audit-windows';
import { spendProofs } from './act-proofs';
import { queueReminderOptOutNotice, takeReminderChoice } from '../customers/reminders';
import { itemsOf } from './summary-items';
import type { Relay } from '../context';
import { conflictingActs } from './conflicting-acts';
import { queueForCustomers, tellByRight, tellOnceTaken } from './entry-messages';
import { ownEffect } from './own-effects';
import { takeLostCode, takeReserveCode, type ReserveCodeUse } from '../reserve-codes/checks';
import { addCancelled } from '../store/cancelled-repayments';
import { addDiscrepancy, publishDiscrepancies, type Place } from '../store/discrepancies';
import { addFlags, flagsOf, type Finding, type FlaggedEntry } from '../store/flags';
import { namesOfDevice } from '../store/former-names';
import {
  appendJudgedAgain,
  hashAt,
  logHead,
  noteUnderstood,
  seenOrder,
  type NotUnderstood,
} from '../store/journal';
import { forgottenOf } from '../store/forgotten';
import { addSteps } from '../store/account-steps';
import type { Database } from '../store/database';
import { creditChangedSince, keepCredit } from '../store/credits';
import { addDebts } from '../store/debts';
import { addActs, dropActs } from '../store/journal-acts';
import { claimOriginal, type AuthorView } from '../store/originals';
import { spendGrant } from '../store/spent-grants';
import { takeGoodsEdits } from '../store/goods-edits';
import { addPrices, priceKnown, type PriceOf } from '../store/product-prices';
import { addReturns } from '../store/returns';
import { addSale, takeSaleNumber } from '../store/sales';
import { nameOperator, unnamedChanges } from '../store/phone-changes';
import { dropQuarantinedActs, wasQuarantined } from '../store/quarantine';
import { noteProgress } from '../store/journal-progress';
import { addSummaryItem } from '../store/summaries';
import { tillById } from '../store/tills';
import { addUntoldDebt, confirmUntoldDebt } from '../store/untold-debts';
import { closeGrant } from '../store/withheld';
import { factsOf } from './facts';
import { timesOf } from './times';

/** Flags a till's first entry, which names its former journal. `missing`: number of an entry of that journal that never arrived. */
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
    // only the uploading till claims that another till made it, so it is recorded as the uploading till's
    if (isForeign) made = { ...original, till: entry.till, seq: entry.seq };
    if (isForeign) found.push({ kind: 'foreign-entry', detail: null });
    else found.push(...(await takeFormerName(relay, original)));
    if ((await tillById(db, original.till)) === null) {
      await keepFormerEntry(relay, original, { till: entry.till, order, isForeign });
      verdict = 'waiting';
    } else {
      const brought = { isForeign, receivedAt: relay.now(), isAgain: false };
      const stored = await storeEffects(relay, {
        entry,
        original: made,
        order,
        madeAt: order,
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
 * Judges an entry that an older version of the relay could not read, and appends the new verdict to the shop's order. The
 * entry's effects count from there. Messages that were already queued are not queued twice. Runs in the caller's transaction.
 */
export async function takeEffectAgain(
  relay: Relay,
  { entry, original }: ReadEntry,
  place: NotUnderstood,
): Promise<'accepted' | 'refused' | 'delayed'> {
  const { db, now } = relay;
  const isForeign = !(await namesOfDevice(db, entry.till)).includes(original.till);
  const made = isForeign ? { ...original, till: entry.till, seq: entry.seq } : original;
  // when it arrived, only its readable part was counted
  await dropActs(db, original.hash);
  const order = (await logHead(db)).order + 1;
  const { order: madeAt, receivedAt } = place;
  const stored = await storeEffects(relay, {
    entry,
    original: made,
    order,
    madeAt,
    isForeign,
    receivedAt,
    isAgain: true,
  });
  const before = await flagsOf(db, made);
  const isNew = ({ kind, detail }: Finding) =>
    !before.some((one) => one.kind === kind && one.detail === detail);
  await flag(relay, made, stored.found.filter(isNew));
  if (stored.verdict === 'delayed') {
    await noteUnderstood(db, madeAt);
    return 'delayed';
  }
  const verdict = stored.verdict === 'accepted' ? 'accepted' : 'refused';
  if ((await appendJudgedAgain(db, place, verdict, now())) !== order)
    throw new Error(`order ${order} is taken`);
  await publishDiscrepancies(db, now());
  return verdict;
}

/**
 * Where and when an entry arrived. `madeAt`: its place in the shop's order. `order`: the place from which its effects count,
 * which is the same unless the entry is judged again. `receivedAt`: ms. `isForeign`: another device wrote it.
 */
type Brought = {
  readonly order: number;
  readonly madeAt: number;
  readonly receivedAt: number;
  readonly isForeign: boolean;
  readonly isAgain: boolean;
};

/**
 * Stores the effects of an original and queues its messages. Returns the findings and the verdict. `refused`: the entry has no
 * effect at any till; `not-understood`: it has none yet.
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
  // its acts now count as part of the journal, so the ones kept beside it are dropped
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
        ? { ...one, against: await conflictingActs(db, original, one, { facts, device, seen }) }
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
      // a date in the future is not recorded, because later entries are compared with the recorded date
      at: isAgain || at > latest + CLOCK_MS ? 0 : Math.min(at, latest),
    });
  // no till applies a return or payout that breaks the rules, so the relay stores no rows of it either
  const isWrongGiving = isGivingBack(original.act) && judged.isWrong;
  // an act that cannot be undone has no effect if anything but a date in the future was found
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
  // a forged entry may name another till: the return counts as the uploading till's
  const { till: by, seq: place } = original;
  const returns = writtenTo('returns', changes).map((row) => ({ ...row, till: by, seq: place }));
  await addReturns(db, returns, order);
  await addDebts(db, writtenTo('debts', changes), {
    hash: original.hash,
    till: original.till,
    seq: original.seq,
    at: original.at,
    receivedAt: now(),
    order,
  });
  const acts = [...judged.movements.map(({ act }) => act), ...judged.byRight];
  for (const act of acts)
    for (const late of pushedOver(act, facts.actsOf(act.customer)))
      // the device knew its own acts when it compared with the threshold
      if (!device.includes(late.till))
        await flag(relay, late, [
          { kind: 'threshold-elsewhere', detail: act.action, against: [act] },
        ]);
  await addActs(
    db,
    'journal_acts',
    acts.map((act) => ({ ...act, order })),
  );
  // A grant is spent even if it proves nothing in this entry, but only by the till it was issued to: a forged entry must not spend
  // another till's grant.
  const challenges = judged.movements.flatMap(({ movement: { grant }, act }) =>
    grant !== null && (act.proof === 'code' || grant.till === act.till) ? [grant.challenge] : [],
  );
  for (const { challenge } of writtenTo('grantsUsed', changes))
    if (challenges.includes(challenge)) await spendGrant(db, challenge, original.hash);
  // closed even if the grant proves nothing: its entry has arrived and is flagged
  for (const { grant } of original.movements)
    if (grant !== null) await closeGrant(db, grant.challenge);
  const isAdded = rulesOf(original.act)?.imports === true;
  // adding or removing a person does not change the card's credit
  const isCreditKept = isOfPerson(original.act);
  for (const { customer, credit: stated } of original.cards) {
    if (facts.forgottenBy(customer) !== null) continue;
    const { here, inShop } = facts.creditOf(customer);
    // an import only adds cards; a card that exists keeps its credit
    if (isAdded && here !== null) continue;
    const credit = isCreditKept ? (here ?? stated) : stated;
    const isSame = isAdded || isCreditKept || rightForCredit(here, credit) === null;
    // a change made without knowing another till's change must not undo it
    const changedBy =
      isSame || rightForCredit(inShop, credit) === null
        ? null
        : await creditChangedSince(db, { customer, device, seen });
    const isStale = changedBy !== null;
    if (isStale) found.push({ kind: 'edit-stale', detail: 'credit', against: [changedBy] });
    // stored with the entry's own place in the order, so that a later change of the device stays
    const changed = isSame || isStale ? 0 : madeAt;
    await keepCredit(db, { customer, till: original.till, credit, order: madeAt, changed });
  }
  const isRefused = judged.findings.some(
    ({ kind }) => kind === 'no-right' || kind === 'against-rules',
  );
  let goods = NO_GOODS_NEWS;
  if (!isRefused) {
    const taken = await takeEdits(db, original, { order: madeAt, device, seen });
    found.push(...taken.found);
    ({ goods } = taken);
  }
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
  for (const { verifier, isItsCode } of original.movements)
    if (isItsCode && verifier !== null) await takeLostCode(db, verifier, original.hash);
  await spendProofs(db, original);
  const own = ownEffect(relay, original, {
    order,
    at,
    device,
    facts,
    isTaken,
    isRefused,
    placed: { till: entry.till, seq: entry.seq, order: madeAt },
  });
  if (own.applies) await own.apply();
  // an undo that is refused takes nothing back: what was approved may be tried again
  const approval = original.opening?.approval ?? null;
  if (own.applies && approval?.till === original.till)
    await spendGrant(db, approval.id, original.hash);
  const disputes = writtenTo('disputes', changes);
  if (!isRefused) await takeDisputes(relay, { ...original, order }, disputes, 'this-relay');
  await queueForCustomers(relay, original, judged.movements, isWrongGiving);
  if (own.applies) await takeUntoldDebts(db, judged.movements);
  const isUntold = !own.applies && againRulesOf(original.act).untoldIfRefused === true;
  // messages about its sums were queued when it arrived
  const isTold = isAgain && original.steps.length > 0;
  if (!isUntold && !isTold) {
    const tell = (await wasQuarantined(db, original.hash)) ? tellOnceTaken : tellByRight;
    await tell(relay, original, {
      policy: policy ?? newest,
      creditOf: facts.creditOf,
      numberChanged: numbers.any,
      remindersDeclined: isDeclined,
      goods,
    });
  }
  if (!isForeign) {
    const { isSaleLost } = facts;
    const items = await itemsOf(db, known, policy ?? newest, { isSaleLost, device, seen });
    for (const item of items) await addSummaryItem(db, item, now());
  }
  if (!isUnderstood(original)) return { found, verdict: 'not-understood' };
  const isOfGoods = known?.act === 'products-changed' || known?.act === 'categories-changed';
  if (!own.applies) return { found, verdict: 'refused' };
  if (isOfForgotten) return { found, verdict: 'refused' };
  if (known?.act === 'customer-forgotten' && (await forgottenOf(db, known.body.customer)) === null)
    return { found, verdict: 'delayed' };
  const isTakenBack = isWrongGiving || (isRefused && isOfGoods);
  // not among the findings: the finding about the broken rule is enough there
  if (isTakenBack)
    await addDiscrepancy(db, original, { kind: 'not-counted', detail: null, against: [] });
  const hasNone = known === null || isTakenBack || (isRefused && disputes.length > 0);
  return { found, verdict: hasNone ? 'refused' : 'accepted' };
}

/**
 * Stores the edits of goods and categories, except stale ones, which it returns as one discrepancy. `goods`: the
 * changes that the owners' summary names.
 */
async function takeEdits(
  db: Relay['db'],
  { known, till, seq, hash }: Original,
  { order, ...view }: AuthorView & { readonly order: number },
): Promise<{ readonly found: readonly FoundAgainst[]; readonly goods: GoodsNews }> {
  const place = { till, seq, hash, order };
  const stale = (
    kind: 'goods-stale' | 'category-stale',
    newer: readonly Place[],
  ): readonly FoundAgainst[] => {
    if (newer.length === 0) return [];
    const entries = [...new Map(newer.map((each) => [each.hash, each])).values()];
    return [{ kind, detail: String(newer.length), against: entries.slice(0, MOST_AGAINST) }];
  };
  if (known?.act === 'products-changed') {
    const { added, changed } = known.body;
    const { kept, newer } = await takeGoodsEdits(db, { ...place, changes: changed }, view);
    const prices = kept.flatMap((edit): PriceOf[] =>
      edit.field === 'price' ? [{ product: edit.product, price: edit.value }] : [],
    );
    const lowered: { product: string; field: 'price' }[] = [];
    for (const { product, price } of prices)
      if (price < ((await priceKnown(db, product, view)) ?? 0))
        lowered.push({ product, field: 'price' });
    const first = added.map(({ id, price }) => ({ product: id, price }));
    await addPrices(db, { till, order }, [...first, ...prices]);
    const changes = kept.flatMap((edit) => {
      const field = guardedField(edit);
      return field === null ? [] : [{ product: edit.product, field }];
    });
    const goods = {
      lowered: await goodsTold(db, lowered),
      changed: await goodsTold(db, changes),
    };
    return { found: stale('goods-stale', newer), goods };
  }
  if (known?.act === 'categories-changed') {
    const edits = { ...place, changes: known.body.changed };
    const { newer } = await takeGoodsEdits(db, edits, view);
    return { found: stale('category-stale', newer), goods: NO_GOODS_NEWS };
  }
  return { found: [], goods: NO_GOODS_NEWS };
}

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

/** A finding; for a discrepancy, with the entries that conflict. */
type FoundAgainst = Finding | (Finding & { readonly against: readonly Place[] });

/** Notes imported debts without a message, and those that a code now confirmed after its message had named them. */
async function takeUntoldDebts(db: Database, movements: readonly JudgedMovement[]): Promise<void> {
  for (const { movement, act, needsNotice } of movements) {
    const { customer, moved, grant } = movement;
    if (isImportUntold(movement) && !needsNotice) await addUntoldDebt(db, customer, moved);
    if (act.proof === 'code' && grant !== null && grant.broughtIn !== null && !grant.demo)
      await confirmUntoldDebt(db, customer, grant.challenge);
  }
}

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
export const reserveCodesIn = ({ till, hash: entry, movements }: Original): ReserveCodeUse[] =>
  movements.flatMap(({ customer, confirmation }) => {
    if (confirmation?.kind !== 'reserve-code') return [];
    const { code, verifier, amount } = confirmation;
    return [{ till, entry, customer, code, verifier, amount }];
  });
