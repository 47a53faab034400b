// What the author of an entry knew of the entries, debts and sales that its act asks about.
import type { Entry, KnownEntry } from '$lib/contract/journal';
import { flatMapInTurn } from '../in-turn';
import type { Relay } from '../context';
import { discrepancySeen } from '../store/discrepancies';
import { disputeOf, openAbout, type Dispute } from '../store/disputes';
import { epochOf, hashAt, ordersOf, wasPutBack } from '../store/journal';
import type {
  Asks,
  AuthorKnew,
  EarningDebt,
  RepaymentKnown,
  SaleKnown,
} from '$lib/domain/decide-again';
import { DAY_MS } from '$lib/domain/values/durations';
import { money } from '$lib/domain/values/money';
import { returnedBy } from '$lib/domain/receipt/returns';
import { standingAt } from '../store/account-steps';
import { debtAt, debtsAt } from '../store/debts';
import { entryBehind, type AuthorView } from '../store/originals';
import { owedSince, wasCancelled } from '../store/cancelled-repayments';
import { forgottenOf } from '../store/forgotten';
import { allTills } from '../store/tills';
import { returnedSince, isSettledReturned, returnsAt } from '../store/returns';
import { originalIn } from './stored-entries';
import { shiftBefore } from './shifts';

/** Greater than every place in the shop's order. */
const ALL = Number.MAX_SAFE_INTEGER;

/** What the author knew, and what the relay knows; null: another act, or not known. */
export type KnownHere<T> = { readonly here: T | null; readonly inShop: T | null };
export const NOT_KNOWN = { here: null, inShop: null } as const;

const NOTHING_RETURNED = { guardedToday: 0, givenToday: 0 };
const NO_DISPUTES: AuthorKnew['disputes'] = { customers: [], elsewhere: [], disputed: [] };

type LookedUp = Pick<
  AuthorKnew,
  | ('debts' | 'shift' | 'returnedToday' | 'sale' | 'repayment' | 'earning')
  | ('entries' | 'disputed' | 'disputes' | 'discrepancies' | 'mayKnowMore')
>;

/** `countedAt`: ms. `isWhole`, `isForked`: as in `Facts`. */
export type View = AuthorView & {
  readonly countedAt: number;
  readonly isWhole: boolean;
  readonly isForked: boolean;
};

/** Looks up what an act asks about. An entry that the relay does not know is left out. */
export async function lookedUp(
  db: Relay['db'],
  entry: KnownEntry,
  asks: Asks,
  view: View,
): Promise<LookedUp> {
  const { device, isWhole, countedAt } = view;
  const entriesOf = (hashes: readonly string[]): Promise<Entry[]> =>
    flatMapInTurn(hashes, async (hash) => originalIn(await entryBehind(db, hash, view)) ?? []);
  const open = asks.entries === undefined ? [] : await openAbout(db, view);
  return {
    debts: await debtsKnown(db, entry, asks, view),
    shift: asks.shift === true ? await shiftBefore({ db }, entry) : null,
    returnedToday:
      asks.returnedToday === true
        ? await returnedSince(db, { device, operator: entry.operator, from: countedAt - DAY_MS })
        : NOTHING_RETURNED,
    sale: await saleKnown(db, entry, asks, view),
    repayment: await repaymentKnown(db, entry, asks, view),
    earning: await earningOf(db, asks, view),
    entries: await entriesOf(asks.entries ?? []),
    disputed: open.filter((hash) => asks.entries?.includes(hash)),
    disputes:
      asks.disputes === undefined
        ? NO_DISPUTES
        : await disputesKnown(db, asks.disputes, view, entriesOf),
    discrepancies: await flatMapInTurn(asks.discrepancies ?? [], (id) =>
      foundBy(db, id, entry, view),
    ),
    mayKnowMore: !isWhole || (await mayHaveSeenMore(db, entry.seen)),
  };
}

/**
 * The debts of the customer who is asked about; null: the relay may not know all that the author of the act could know. A till must
 * download before some acts, so an author who claims to have downloaded nothing is judged by their own acts alone, unless the relay
 * may have lost others. Such debts are known even without the former journal: a device uploads that journal before it acts, and its
 * entries count among the device's debts while they wait for an owner.
 */
async function debtsKnown(
  db: Relay['db'],
  entry: Entry,
  { debtsOf: customer = null, needsDownload }: Asks,
  { isWhole, isForked, ...view }: View,
): Promise<LookedUp['debts']> {
  if (customer === null || !(isWhole || (needsDownload === true && !isForked))) return null;
  const isKnown =
    (await hasDownloaded(db, entry)) ||
    (needsDownload === true && !(await mayHaveSeenMore(db, entry.seen)));
  return isKnown ? debtsAt(db, { customer, ...view }) : null;
}

/** The debts that earn points, as far as the relay has them. */
async function earningOf(
  db: Relay['db'],
  { earning: asked }: Asks,
  { device }: AuthorView,
): Promise<LookedUp['earning']> {
  const found = new Map<string, EarningDebt>();
  if (asked === undefined) return found;
  const { customer } = asked;
  for (const debt of asked.debts) {
    // includes an entry that waits for an owner, because the device that brought it knows it
    const made = (await debtAt(db, { customer, debt, device, seen: ALL }))?.made ?? null;
    const own = await debtAt(db, { customer, debt, device, seen: 0 });
    if (made !== null) found.set(debt, { made, points: own?.earned.points ?? 0 });
  }
  return found;
}

/** What the author knew of the disputes that they close. */
async function disputesKnown(
  db: Relay['db'],
  closing: readonly string[],
  view: View,
  entriesOf: (hashes: readonly string[]) => Promise<readonly Entry[]>,
): Promise<LookedUp['disputes']> {
  const disputes = await flatMapInTurn(closing, async (hash) => (await disputeOf(db, hash)) ?? []);
  const own = [
    ...disputes.filter(({ till, order }) => view.device.includes(till) || order <= view.seen),
    ...(await ownUnaccepted(db, closing, { disputes, view })),
  ];
  return {
    customers: disputes.map(({ customer }) => customer),
    // includes disputes that the relay does not have yet: a device uploads its own dispute before its closing
    elsewhere: closing.filter((hash) => own.every(({ entry }) => entry !== hash)),
    disputed: await entriesOf(own.flatMap(({ about }) => about ?? [])),
  };
}

/** What the author knew of a repayment and of later acts about it. */
async function repaymentKnown(
  db: Relay['db'],
  entry: Entry,
  { repayment: asked }: Asks,
  { isWhole, device, seen }: View,
): Promise<RepaymentKnown> {
  if (asked === undefined) return { kind: 'not-asked' };
  const view = { device, seen };
  const { hash } = asked;
  const repayment = originalIn(await entryBehind(db, hash, view));
  if (repayment?.act !== 'repayment')
    return { kind: (await isLost(db, entry, asked)) ? 'lost' : 'unknown' };
  const { customer, settles } = repayment.body;
  const debts = await flatMapInTurn(
    [...new Set(settles.map(({ debt }) => debt))],
    async (debt) => (await debtAt(db, { customer, debt, ...view })) ?? [],
  );
  const { till } = entry;
  return {
    kind: 'found',
    repayment: { ...repayment, hash },
    debts: isWhole && (await hasDownloaded(db, entry)) ? debts : null,
    owedSince: money(await owedSince(db, { repayment: hash, till, customer, seen })),
    isCancelled: await wasCancelled(db, { repayment: hash, hash: entry.hash, ...view }),
    isReturned: await isSettledReturned(db, { repayment: hash, ...view }),
  };
}

/** What the author knew of a sale and of later acts about it. */
async function saleKnown(
  db: Relay['db'],
  entry: Entry,
  { sale: asked = null }: Asks,
  { device, seen, ...view }: View,
): Promise<SaleKnown> {
  if (asked === null) return { kind: 'not-asked' };
  const { hash } = asked;
  // a till may have asked the relay for a sale that it has not downloaded
  const sale = originalIn(await entryBehind(db, hash, { device, seen: ALL }));
  if (sale?.act !== 'sale') return { kind: (await isLost(db, entry, asked)) ? 'lost' : 'unknown' };
  const { customer } = sale.body;
  const isDownloaded = await hasDownloaded(db, entry);
  // the device's own acts are known in any case
  const author = { device, seen: isDownloaded ? seen : 0 };
  const debt = customer === null ? null : await debtAt(db, { customer, debt: hash, ...author });
  const forgotten = customer === null ? null : await forgottenOf(db, customer);
  // no till erases a card before it has downloaded that it may
  const isForgotten = forgotten !== null && forgotten.order <= author.seen;
  const { points } =
    customer === null ? { points: 0 } : await standingAt(db, { customer, ...author });
  const returns = await returnsAt(db, { sale: hash, device, seen });
  return {
    kind: 'found',
    sale: { ...sale, hash },
    since: {
      debts: debt === null ? [] : [debt],
      returns: await returnsAt(db, { sale: hash, ...author }),
    },
    returns: returns.filter((row) => row.hash !== entry.hash),
    refundedInShop: returnedBy(await returnsAt(db, { sale: hash, device, seen: ALL })).refunds,
    points: isForgotten ? null : points,
    tills: (await allTills(db)).length,
    isWhole: isDownloaded && view.isWhole,
  };
}

/**
 * Whether the author of an entry had downloaded the shop's order, up to a place that this relay still has. False while a new till
 * is loading a snapshot, and after the relay was restored from a backup.
 */
export const hasDownloaded = async (db: Relay['db'], entry: Entry | null): Promise<boolean> =>
  entry !== null && entry.seen.order > 0 && (await isOfThisEpoch(db, entry));

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
export const isOfThisEpoch = async (db: Relay['db'], { seen }: Entry): Promise<boolean> =>
  seen.order === 0 || seen.epoch === (await epochOf(db));

/**
 * The discrepancy with this id if the author had downloaded it; otherwise none. A relay restored from a backup may have lost it:
 * then the author is believed, and the discrepancy stays closed when it is found again.
 */
async function foundBy(
  db: Relay['db'],
  id: string,
  { seen }: Entry,
  view: AuthorView,
): Promise<AuthorKnew['discrepancies']> {
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
