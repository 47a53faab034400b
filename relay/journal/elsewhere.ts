// Finds what two tills gave back without knowing of each other: debt, goods, money or points.
import type { DebtRow } from '$lib/contract/rows';
import type { KnownEntry } from '$lib/contract/journal';
import type { Policy } from '$lib/contract/policy';
import { againRulesOf } from '$lib/domain/acts-again';
import type { SamePaidBack } from '$lib/domain/decide-again';
import { joinedDebts, pointsTooMany } from '$lib/domain/customers/debts';
import { earnedByRepaying } from '$lib/domain/customers/loyalty';
import { returnedBy } from '$lib/domain/receipt/returns';
import { writtenTo } from '$lib/domain/rows';
import type { Database } from '../store/database';
import type { Place } from '../store/discrepancies';
import { isWaitingFor } from '../store/former-journals';
import { standingOf } from '../store/account-steps';
import { debtAt, movedUnknown } from '../store/debts';
import { entryBehind, type AuthorView } from '../store/originals';
import { returnsAt, returnsUnknown } from '../store/returns';
import { projected, type Original } from './entry-reading';
import { originalIn } from './stored-entries';

/**
 * The debt that an act lowers, minor units, by the entries of all tills: for the return of a sale, what is left of that sale's
 * debt, even if the customer has paid ahead; for any other act, all that the customer owes.
 */
export async function owedInShop(
  db: Database,
  known: KnownEntry | null,
  customer: string,
): Promise<number> {
  const debt = known && (againRulesOf(known.act).returned?.(known.body).sale ?? null);
  if (debt === null) return (await standingOf(db, customer)).owed;
  const all = { device: [], seen: Number.MAX_SAFE_INTEGER };
  return (await debtAt(db, { customer, debt, ...all }))?.left ?? 0;
}

/** Whether more goods were returned than were sold, counting returns that the author of this one did not know. */
export async function isReturnedTwice(
  db: Database,
  known: KnownEntry,
  view: AuthorView,
): Promise<boolean> {
  const { sale: hash, lines } = againRulesOf(known.act).returned?.(known.body) ?? NOTHING_RETURNED;
  if (hash === null) return false;
  const ofDevice = { device: view.device, seen: Number.MAX_SAFE_INTEGER };
  const sale = originalIn(await entryBehind(db, hash, ofDevice));
  const unknown = await returnsUnknown(db, { sale: hash, ...view }, 1);
  if (unknown.length === 0 || sale?.act !== 'sale') return false;
  const { quantities } = returnedBy(await returnsAt(db, { sale: hash, ...ofDevice }));
  return lines.some(
    ({ line, quantity }) =>
      (quantities[line] ?? 0) + quantity > (sale.body.lines[line]?.quantity ?? Infinity),
  );
}

const NOTHING_RETURNED = { sale: null, lines: [] };

/**
 * Whether a payout gives back more than the shop owes the customer over all tills, or whether a cancellation and a return that did
 * not know of each other give back the same money.
 */
export async function isPaidBackTwice(
  db: Database,
  known: KnownEntry,
  view: AuthorView,
): Promise<boolean> {
  const same = againRulesOf(known.act).samePaidBack?.(known.body) ?? null;
  if (same === null) return false;
  if (same.kind !== 'overpayment') return (await samePaidBack(db, same, view, 1)).length > 0;
  const { customer, amount } = same;
  return !(await isWaitingFor(db, customer)) && -(await standingOf(db, customer)).owed < amount;
}

/** The acts unknown to the author of an entry that gave back the same money, the newest first. */
export function samePaidBack(
  db: Database,
  same: SamePaidBack,
  view: AuthorView,
  most: number,
): Promise<readonly Place[]> {
  switch (same.kind) {
    case 'returns':
      return returnsUnknown(db, { repayment: same.repayment, ...view }, most);
    case 'cancellations':
      return movedUnknown(db, { ...same, ...view, way: 'up', debts: [same.sale] }, most);
    case 'overpayment':
      return movedUnknown(db, { ...same, ...view, way: 'up', debts: null }, most);
  }
}

/**
 * Whether, with this act and over all tills, repayments of a debt have earned more points than the money that settled it allows.
 * `policy`: gives the rate for debts that the relay lacks.
 */
export async function earnsTwice(
  db: Database,
  original: Original,
  policy: Policy | null,
): Promise<boolean> {
  const { known } = original;
  const refunded = known && againRulesOf(known.act).refundedOfEarned?.(known.body);
  if (typeof refunded !== 'number') return false;
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

/** Points earned in excess, by the debt's own rate; by the policy's if the entry that made the debt is missing. */
function tooManyOn(row: DebtRow, policy: Policy | null): number {
  if (row.made !== null || policy === null) return pointsTooMany(row);
  const { earnBasisPoints: basisPoints, pointValue } = policy.points;
  const earned = earnedByRepaying({ moneyPaid: 0, basisPoints, pointValue }, row.earned.onMoney);
  return Math.max(0, row.earned.points - earned);
}
