// What the author of an entry knew of the entries, debts and sales that it is about.
import type { BodyOf, Entry, EntryOf, KnownEntry } from '$lib/contract/journal';
import { flatMapInTurn } from '../in-turn';
import type { Relay } from '../context';
import { discrepancySeen } from '../store/discrepancies';
import { disputeOf, openAbout, type Dispute } from '../store/disputes';
import { epochOf, hashAt, ordersOf, wasPutBack } from '../store/journal';
import { DAY_MS } from '$lib/domain/values/durations';
import { money, ZERO } from '$lib/domain/values/money';
import { returnedBy } from '$lib/domain/receipt/returns';
import { standingAt } from '../store/account-steps';
import { debtAt, debtsAt } from '../store/debts';
import { entryBehind, type AuthorView } from '../store/originals';
import { owedSince, wasCancelled } from '../store/cancelled-repayments';
import { forgottenOf } from '../store/forgotten';
import { allTills } from '../store/tills';
import { returnedSince, isSettledReturned, returnsAt } from '../store/returns';
import type { CorrectingKnowledge, EarningDebt, ReviewKnowledge } from './decide-again';
import type { CancellationKnowledge } from './decide-again-consented';
import type { ReturnKnowledge } from './decide-again-return';
import { originalIn } from './stored-entries';
import { isOfDrawer, shiftBefore } from './shifts';

/** `view`: what the author of the entry could know. An entry that the relay does not know is left out. `countedAt`: ms. */
export async function reviewKnowledge(
  { db }: Pick<Relay, 'db'>,
  known: KnownEntry | null,
  { countedAt, ...view }: AuthorView & { readonly countedAt: number },
): Promise<ReviewKnowledge> {
  const settled = known?.act === 'settled' ? known.body : null;
  const closing = settled === null || settled.customer === null ? [] : settled.about;
  const ids = settled === null || settled.customer !== null ? [] : settled.about;
  const reprinted = known?.act === 'receipt-reprinted' ? [known.body.about.hash] : [];
  const reviewed = known?.act === 'unconfirmed-reviewed' ? known.body.entries : [];
  const disputes = await flatMapInTurn(closing, async (hash) => (await disputeOf(db, hash)) ?? []);
  const own = [
    ...disputes.filter(({ till, order }) => view.device.includes(till) || order <= view.seen),
    ...(await ownUnaccepted(db, closing, { disputes, view })),
  ];
  const hashes = [...reviewed, ...reprinted, ...own.flatMap(({ about }) => about ?? [])];
  const open = reviewed.length === 0 ? [] : await openAbout(db, view);
  const payer = payerOf(known);
  return {
    shift: known !== null && isOfDrawer(known) ? await shiftBefore({ db }, known) : null,
    entries: await flatMapInTurn(
      hashes,
      async (hash) => originalIn(await entryBehind(db, hash, view)) ?? [],
    ),
    disputed: open.filter((hash) => reviewed.includes(hash)),
    customers: disputes.map(({ customer }) => customer),
    // includes disputes that the relay does not have yet: a device uploads its own dispute before its closing
    elsewhere: closing.filter((hash) => own.every(({ entry }) => entry !== hash)),
    debts:
      payer === null || !(await isViewKnown(db, known))
        ? null
        : await debtsAt(db, { customer: payer, ...view }),
    cancelling:
      known?.act === 'repayment-cancelled'
        ? await cancellationKnowledge({ db }, known, view)
        : null,
    earning: known?.act === 'repayment' ? await earningOf(db, known.body, view) : new Map(),
    mayKnowMore: known !== null && (await mayHaveSeenMore(db, known.seen)),
    returning:
      known?.act === 'return' ? await returnKnowledge(db, known, { ...view, countedAt }) : null,
    correcting:
      known?.act === 'tender-corrected' ? await correctingKnowledge(db, known, view) : null,
    found: known === null ? [] : await flatMapInTurn(ids, (id) => foundBy(db, id, known, view)),
  };
}

/** The customer whose debts decide about an act; null: none. */
export function payerOf(known: KnownEntry | null): string | null {
  if (known?.act === 'return') {
    const { sale, debtReduced, customer } = known.body;
    return sale === null || debtReduced > 0 ? customer : null;
  }
  return known?.act === 'repayment' ||
    known?.act === 'balance-corrected' ||
    known?.act === 'overpayment-returned'
    ? known.body.customer
    : null;
}

/** The debts that a repayment earns points for. */
async function earningOf(
  db: Relay['db'],
  { customer, earned }: BodyOf<'repayment'>,
  { device }: AuthorView,
): Promise<ReviewKnowledge['earning']> {
  const found = new Map<string, EarningDebt>();
  for (const { debt } of earned) {
    // includes an entry that waits for an owner, because the device that brought it knows it
    const made = (await debtAt(db, { customer, debt, device, seen: ALL }))?.made ?? null;
    const own = await debtAt(db, { customer, debt, device, seen: 0 });
    if (made !== null) found.set(debt, { made, points: own?.earned.points ?? 0 });
  }
  return found;
}

/** The value of a point, minor units, for each debt whose points a cancellation takes back; only debts that the relay has. */
async function pointValuesOf(
  db: Relay['db'],
  { customer, takenBack }: BodyOf<'repayment-cancelled'>,
  { device }: AuthorView,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const { debt } of takenBack) {
    const row = await debtAt(db, { customer, debt, device, seen: ALL });
    const earns = row?.made?.earns ?? null;
    if (earns !== null) found.set(debt, earns.pointValue);
  }
  return found;
}

/** What the author of a cancellation knew of the repayment and of later acts about it. */
async function cancellationKnowledge(
  { db }: Pick<Relay, 'db'>,
  entry: EntryOf<'repayment-cancelled'>,
  view: AuthorView,
): Promise<CancellationKnowledge> {
  const { hash } = entry.body.repayment;
  const repayment = originalIn(await entryBehind(db, hash, view));
  const shift = await shiftBefore({ db }, entry);
  if (repayment?.act !== 'repayment')
    return {
      repayment: null,
      shift,
      isCancelled: false,
      isReturned: false,
      owedSince: ZERO,
      debts: null,
      pointValues: new Map<string, number>(),
      isLost: await isLost(db, entry, entry.body.repayment),
    };
  const { customer, settles } = repayment.body;
  const debts = await flatMapInTurn(
    [...new Set(settles.map(({ debt }) => debt))],
    async (debt) => (await debtAt(db, { customer, debt, ...view })) ?? [],
  );
  return {
    repayment: { ...repayment, hash },
    shift,
    isLost: false,
    debts: (await hasDownloaded(db, entry)) ? debts : null,
    pointValues: await pointValuesOf(db, entry.body, view),
    owedSince: money(
      await owedSince(db, { repayment: hash, till: entry.till, customer, seen: view.seen }),
    ),
    isCancelled: await wasCancelled(db, { repayment: hash, hash: entry.hash, ...view }),
    isReturned: await isSettledReturned(db, { repayment: hash, ...view }),
  };
}

/** Greater than every place in the shop's order. */
const ALL = Number.MAX_SAFE_INTEGER;

/** What the author of a return knew of the sale and of later acts about it. */
async function returnKnowledge(
  db: Relay['db'],
  entry: EntryOf<'return'>,
  { device, countedAt, ...view }: AuthorView & { readonly countedAt: number },
): Promise<ReturnKnowledge> {
  const { operator } = entry;
  const today = await returnedSince(db, { device, operator, from: countedAt - DAY_MS });
  if (entry.body.sale === null) return { kind: 'without-sale', guardedToday: today.guardedToday };
  const { hash } = entry.body.sale;
  // a till may have asked the relay for a sale that it has not downloaded
  const sale = originalIn(await entryBehind(db, hash, { device, seen: ALL }));
  if (sale?.act !== 'sale')
    return (await isLost(db, entry, entry.body.sale))
      ? { kind: 'lost-sale' }
      : { kind: 'unknown-sale' };
  const { customer } = sale.body;
  const isWhole = await hasDownloaded(db, entry);
  // the device's own acts are known in any case
  const author = { device, seen: isWhole ? view.seen : 0 };
  const debt = customer === null ? null : await debtAt(db, { customer, debt: hash, ...author });
  const forgotten = customer === null ? null : await forgottenOf(db, customer);
  // no till erases a card before it has downloaded that it may
  const isForgotten = forgotten !== null && forgotten.order <= author.seen;
  const { points } =
    customer === null ? { points: 0 } : await standingAt(db, { customer, ...author });
  return {
    kind: 'of-sale',
    sale: { ...sale, hash },
    since: {
      debts: debt === null ? [] : [debt],
      returns: await returnsAt(db, { sale: hash, ...author }),
    },
    refundedInShop: returnedBy(await returnsAt(db, { sale: hash, device, seen: ALL })).refunds,
    points: isForgotten ? null : points,
    ...today,
    tills: (await allTills(db)).length,
    isWhole,
  };
}

/** What the author of a corrected tender knew of the sale and of what came back of it. */
async function correctingKnowledge(
  db: Relay['db'],
  entry: EntryOf<'tender-corrected'>,
  view: AuthorView,
): Promise<CorrectingKnowledge> {
  const { hash } = entry.body.sale;
  const sale = originalIn(await entryBehind(db, hash, view));
  const returns = await returnsAt(db, { sale: hash, ...view });
  return {
    sale: sale?.act === 'sale' ? { ...sale, hash } : null,
    isLost: sale === null && (await isLost(db, entry, entry.body.sale)),
    returns: returns.filter((row) => row.hash !== entry.hash),
  };
}

/**
 * Whether the author of an entry had downloaded the shop's order, up to a place that this relay still has. False while a new till
 * is loading a snapshot, and after the relay was restored from a backup.
 */
export async function hasDownloaded(db: Relay['db'], entry: Entry | null): Promise<boolean> {
  return entry !== null && entry.seen.order > 0 && (await isOfThisEpoch(db, entry));
}

/**
 * Whether the relay knows everything about debts that the author of an act could know. A till must download before it pays out,
 * so an author who claims to have downloaded nothing is judged by their own acts alone, unless the relay may have lost others.
 */
async function isViewKnown(db: Relay['db'], entry: Entry | null): Promise<boolean> {
  if (await hasDownloaded(db, entry)) return true;
  return entry?.act === 'overpayment-returned' && !(await mayHaveSeenMore(db, entry.seen));
}

/** Whether the author knew more of the shop's order than this relay has, which may have been restored from a backup. */
async function mayHaveSeenMore(db: Relay['db'], { epoch, order }: Entry['seen']): Promise<boolean> {
  if (order === 0) return false;
  const orders = await ordersOf(db, epoch);
  return orders === null ? await wasPutBack(db) : order > orders.to;
}

/**
 * Whether the author of an entry may have seen entries that this relay lost when it was restored from a backup. Always false at
 * a relay that was never restored.
 */
export const mayHaveSeenLost = async (db: Relay['db'], seen: Entry['seen']): Promise<boolean> =>
  seen.epoch !== (await epochOf(db)) && (await mayHaveSeenMore(db, seen));

/**
 * Whether the author may have known an entry of another journal that this relay lost when it was restored from a backup. Always
 * false at a relay that was never restored.
 */
export async function isLost(
  db: Relay['db'],
  entry: Entry,
  { till, seq }: { readonly till: string; readonly seq: number },
): Promise<boolean> {
  if (await isOfThisEpoch(db, entry)) return false;
  return (await wasPutBack(db)) && (await hashAt(db, till, seq)) === null;
}

/** Whether the author has downloaded nothing, or the relay has not been restored from a backup since they did. */
export async function isOfThisEpoch(db: Relay['db'], { seen }: Entry): Promise<boolean> {
  return seen.order === 0 || seen.epoch === (await epochOf(db));
}

/**
 * The discrepancy with this id if the author had downloaded it; otherwise none. A relay restored from a backup may have lost it:
 * then the author is believed, and the discrepancy stays closed when it is found again.
 */
async function foundBy(
  db: Relay['db'],
  id: string,
  { seen }: Entry,
  view: AuthorView,
): Promise<ReviewKnowledge['found']> {
  const kind = await discrepancySeen(db, id, view.seen);
  if (kind !== null) return [{ id, kind }];
  return (await mayHaveSeenLost(db, seen))
    ? [{ id, kind: (await discrepancySeen(db, id, ALL)) ?? 'edit-stale' }]
    : [];
}

/** Disputes that the device brought from another relay. No other till sees them before an owner accepts them. */
async function ownUnaccepted(
  db: Relay['db'],
  closing: readonly string[],
  known: { readonly disputes: readonly Dispute[]; readonly view: AuthorView },
): Promise<readonly Pick<Dispute, 'entry' | 'about'>[]> {
  const { disputes, view } = known;
  const others = closing.filter((hash) => disputes.every(({ entry }) => entry !== hash));
  return flatMapInTurn(others, async (hash) => {
    const opened = originalIn(await entryBehind(db, hash, view));
    return opened?.act === 'dispute' && view.device.includes(opened.till)
      ? [{ entry: hash, about: opened.body.about }]
      : [];
  });
}
