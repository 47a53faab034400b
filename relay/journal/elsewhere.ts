// Finds what two tills gave back without knowing of each other: debt, goods, money or points.
import type { DebtRow } from '$lib/contract/rows';
import { sumOf } from '$lib/contract/acts/repayment';
import type { EntryOf, KnownEntry } from '$lib/contract/journal';
import type { Policy } from '$lib/contract/policy';
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
  const debt = known?.act === 'return' ? (known.body.sale?.hash ?? null) : null;
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
  if (known.act !== 'return' || known.body.sale === null) return false;
  const { body } = known;
  const { hash } = known.body.sale;
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
export async function isPaidBackTwice(
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

/** Cancelled repayments of a returned sale that the author of the return did not know, the newest first. */
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
export async function earnsTwice(
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

/** Points earned in excess, by the debt's own rate; by the policy's if the entry that made the debt is missing. */
function tooManyOn(row: DebtRow, policy: Policy | null): number {
  if (row.made !== null || policy === null) return pointsTooMany(row);
  const { earnBasisPoints: basisPoints, pointValue } = policy.points;
  const earned = earnedByRepaying({ moneyPaid: 0, basisPoints, pointValue }, row.earned.onMoney);
  return Math.max(0, row.earned.points - earned);
}
