// The shift of a till before one of its entries, folded from the entries at the relay.
// Also the items of the owners' summary about a drawer.
import { guardedBy } from '$lib/domain/acts/return';
import { discountOf, listPriceOf } from '$lib/domain/receipt/discounts';
import { exact } from '$lib/domain/values/money';
import type { EntryOf, KnownEntry } from '$lib/contract/journal';
import type { Policy } from '$lib/contract/policy';
import { Fold } from '$lib/domain/fold';
import { may, type VerifiedPolicy } from '$lib/domain/policy/policy';
import { beforeOf, writtenTo, type ShiftRow } from '$lib/domain/rows';
import { knownEntry } from '$lib/proof/known-entry';
import type { Relay } from '../context';
import { entriesOfTill, headOf } from '../store/journal';
import { keepShift, keptShift } from '../store/shifts';
import type { DrawerItem, SummaryItem } from '../store/summaries';

/** Entries that are read at once. */
const BATCH = 500;

const OF_DRAWER: ReadonlySet<string> = new Set([
  ...['shift-opened', 'cash-moved', 'drawer-counted', 'drawer-opened', 'shift-closed'],
]);

/** Whether the act belongs to a drawer. */
export const isOfDrawer = ({ act }: Pick<KnownEntry, 'act'>): boolean => OF_DRAWER.has(act);

const NO_PROOFS: ReadonlySet<string> = new Set();

/**
 * The newest shift of a till before this entry; `undefined`: it has had none. Null: unknown, because earlier entries are not
 * here. The result is stored, so that each entry is folded only once.
 */
export async function shiftBefore(
  { db }: Pick<Relay, 'db'>,
  { till, seq }: Pick<KnownEntry, 'till' | 'seq'>,
): Promise<ShiftRow | undefined | null> {
  let { seq: done, shift } = await keptShift(db, till);
  // an entry at an earlier place than the last one that was judged: carried over, or of a copy
  if (done >= seq) return null;
  // a carried-over entry states its place itself: without the entry before it there is nothing to fold
  if (((await headOf(db, till))?.seq ?? 0) < seq - 1) return null;
  while (done < seq - 1) {
    const upTo = Math.min(done + BATCH, seq - 1);
    const entries = await entriesOfTill(db, till, { after: done, upTo });
    if (entries.length < upTo - done) return null;
    shift = folded(shift, entries);
    done = upTo;
    await keepShift(db, till, { seq: done, shift });
  }
  return shift ?? undefined;
}

function folded(shift: ShiftRow | null, entries: readonly unknown[]): ShiftRow | null {
  const fold = new Fold(beforeOf({ shifts: shift === null ? [] : [shift] }));
  for (const each of entries) {
    const entry = knownEntry(each as never);
    if (entry === null) continue;
    try {
      fold.take(entry, NO_PROOFS);
    } catch {
      // an invariant of the projection: no till can have written it, and it leaves no rows
    }
  }
  return writtenTo('shifts', fold.changes()).at(-1) ?? shift;
}

/** A share of what the goods cost by the list from which the summary names discounts given by hand, basis points. */
const LARGE_SHARE = 2_000n;

function mayRemove({ operator }: KnownEntry, policy: Policy | null): boolean {
  if (policy === null || operator === null) return false;
  return may(policy as VerifiedPolicy, operator, 'remove-line-after-total');
}

/** What the owners' summary says of a sale below the prices of the list, and of goods taken out of it after the total. */
function saleItems(known: EntryOf<'sale'>, policy: Policy | null): readonly SummaryItem[] {
  const { operator, body } = known;
  const { discountsAllowedBy: by, lines, removed } = body;
  let [list, below, discounts, freePrices] = [0, 0, 0, 0];
  for (const line of lines) {
    const ofLine = listPriceOf(line);
    const byHand = line.discounts.filter(({ from }) => from !== 'rule');
    const byRules = discountOf(line) - discountOf({ discounts: byHand });
    list = exact(list + ofLine);
    below = exact(below + Math.max(0, ofLine - line.total - byRules));
    discounts = exact(discounts + discountOf({ discounts: byHand }));
    if (line.priceFrom === 'free')
      freePrices = exact(freePrices + Math.max(0, ofLine - line.total - discountOf(line)));
  }
  const isLarge = BigInt(discounts) * 10_000n >= BigInt(list) * LARGE_SHARE;
  const items: SummaryItem[] = [];
  const add = (what: DrawerItem['what'], amount: number, who = operator) => {
    if (amount > 0) items.push({ kind: 'drawer', what, operator: who, amount });
  };
  if (by !== null) add('discounts-allowed', below, by);
  if (isLarge) add('discounts-large', discounts);
  add('free-prices', freePrices);
  if (!mayRemove(known, policy)) add('goods-removed', removed.sum);
  return items;
}

/** What the owners' summary says of an entry of a drawer, and of what one operator allowed to another. */
export function drawerItems(
  known: KnownEntry | null,
  policy: Policy | null,
): readonly SummaryItem[] {
  if (known === null) return [];
  const { operator } = known;
  switch (known.act) {
    case 'receipt-cancelled': {
      if (mayRemove(known, policy)) return [];
      const { total, removed } = known.body;
      return [
        { kind: 'drawer', what: 'receipt-cancelled', operator, amount: total },
        ...(removed.sum === 0
          ? []
          : [{ kind: 'drawer', what: 'goods-removed', operator, amount: removed.sum } as const]),
      ];
    }
    case 'sale':
      return saleItems(known, policy);
    case 'return': {
      const { approval } = known.body;
      const amount = guardedBy(known.body);
      return approval.kind === 'given'
        ? [{ kind: 'drawer', what: 'returns-approved', operator: approval.by, amount }]
        : [];
    }
    case 'overpayment-returned':
      return [{ kind: 'drawer', what: 'paid-out', operator, amount: known.body.amount }];
    case 'drawer-opened':
      return [{ kind: 'drawer', what: 'no-sale', operator, amount: 0 }];
    case 'cash-moved': {
      const { direction, amount } = known.body;
      return direction === 'out' ? [{ kind: 'cash-out', operator, amount }] : [];
    }
    case 'shift-closed': {
      const { difference, takenOut } = known.body;
      const what = difference < 0 ? 'short' : 'over';
      return [
        ...(difference === 0
          ? []
          : [{ kind: 'drawer', what, operator, amount: Math.abs(difference) } as const]),
        ...(takenOut > 0 ? [{ kind: 'cash-out', operator, amount: takenOut } as const] : []),
      ];
    }
    default:
      return [];
  }
}
