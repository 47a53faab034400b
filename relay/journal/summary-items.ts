// What the owners' summary of a day says of an entry: sales, returns and the drawer.
import { DAY_MS } from '$lib/domain/values/durations';
import { givenBy, guardedBy, partsOf, worthOfReturn } from '$lib/domain/acts/money/return';
import type { EntryOf, KnownEntry } from '$lib/contract/journal';
import type { Policy } from '$lib/contract/policy';
import { discountOf, listPriceOf } from '$lib/domain/receipt/discounts';
import { exact } from '$lib/domain/values/money';
import { movedBetween } from '$lib/domain/values/settlement';
import { may, type VerifiedPolicy } from '$lib/domain/policy/policy';
import { earnsOf } from '$lib/domain/acts/money/sale';
import { mostInDay } from '$lib/domain/customers/loyalty';
import { isMuchHeld, isOpen } from '$lib/domain/shift/shift';
import type { Relay } from '../context';
import { entriesOfTill } from '../store/journal';
import type { AuthorView } from '../store/originals';
import { priceKnown } from '../store/product-prices';
import { countOfCustomer, earningSales } from '../store/sales';
import type { DrawerItem, SummaryItem } from '../store/summaries';
import type { Facts } from './audit-proofs';
import { originalIn } from './stored-entries';
import { shiftBefore } from './shifts';

/** Its items in the owners' summary. `known` null: an act that this relay does not know. `policy`: of the entry. */
export const itemsOf = async (
  db: Relay['db'],
  known: KnownEntry | null,
  policy: Policy | null,
  author: Pick<Facts, 'isSaleLost'> & AuthorView,
): Promise<readonly SummaryItem[]> => [
  ...drawerItems(known, policy),
  ...(await listItems(db, known, author)),
  ...(await returnItems(db, known, author)),
  ...(await oftenItems(db, known)),
  ...(await earnedItems(db, known, policy)),
  ...repaidItems(known),
];

/** An item for each line of a sale whose list price is below the price that its till knew from the shop's goods. */
async function listItems(
  db: Relay['db'],
  known: KnownEntry | null,
  view: AuthorView,
): Promise<SummaryItem[]> {
  if (known?.act !== 'sale') return [];
  const items: SummaryItem[] = [];
  for (const line of known.body.lines) {
    if (line.product === null) continue;
    const listPrice = await priceKnown(db, line.product, view);
    if (listPrice === null || listPrice <= line.listPrice) continue;
    const amount = exact(listPriceOf({ ...line, listPrice }) - listPriceOf(line));
    items.push({ kind: 'drawer', what: 'list-below', operator: known.operator, amount });
  }
  return items;
}

/** Other sales of one operator to one card within 24 hours from which the summary names them: it may be a friend's card. */
const MOST_OF_CARD = 5;

/**
 * The item of the owners' summary about a sale to a card to which this person has sold often: staff may collect points or
 * discounts for strangers' purchases.
 */
async function oftenItems(db: Relay['db'], known: KnownEntry | null): Promise<SummaryItem[]> {
  if (known?.act !== 'sale') return [];
  const { at, hash, operator } = known;
  const { customer, total } = known.body;
  if (customer === null || operator === null) return [];
  const others = await countOfCustomer(db, {
    operator,
    customer,
    after: at - DAY_MS,
    before: at + DAY_MS,
    hash,
  });
  if (others < MOST_OF_CARD) return [];
  return [{ kind: 'drawer', what: 'card-often', operator, amount: total }];
}

/** The item about a customer with many points in a day: staff may present a friend's card at everybody's purchase. */
async function earnedItems(
  db: Relay['db'],
  known: KnownEntry | null,
  policy: Policy | null,
): Promise<SummaryItem[]> {
  if (known?.act !== 'sale' || policy === null || earnsOf(known.body) === 0) return [];
  const { at, body } = known;
  const { customer } = body;
  if (customer === null) return [];
  const sales = await earningSales(db, { customer, from: at - DAY_MS, to: at + 1 });
  const points = sales.reduce((sum, { amount }) => exact(sum + amount), 0);
  return 2 * points < mostInDay(policy.points) ? [] : [{ kind: 'earned', customer, points }];
}

/** The item about what a customer repaid without cash: no count of the drawer shows whether it came. */
function repaidItems(known: KnownEntry | null): SummaryItem[] {
  if (known?.act !== 'repayment') return [];
  const { customer, tenders } = known.body;
  const amount = tenders.reduce(
    (sum, tender) => (tender.kind === 'cash' ? sum : exact(sum + tender.amount)),
    0,
  );
  return amount === 0 ? [] : [{ kind: 'repaid', customer, amount }];
}

/**
 * Items of the owners' summary about a return: without approval by a second operator, without a sale (or with one that the relay
 * lost), or by the operator who sold the goods in the same shift.
 */
async function returnItems(
  db: Relay['db'],
  known: KnownEntry | null,
  { isSaleLost }: Pick<Facts, 'isSaleLost'>,
): Promise<SummaryItem[]> {
  if (known?.act !== 'return') return [];
  const { operator, body } = known;
  const item = (
    what: 'returned-alone' | 'returned-own' | 'returned-without-sale',
    amount = guardedBy(body),
  ): SummaryItem => ({ kind: 'drawer', what, operator, amount });
  const alone = body.approval.kind === 'alone' ? [item('returned-alone')] : [];
  if (body.sale === null) return [...alone, item('returned-without-sale')];
  if (isSaleLost) return [...alone, item('returned-without-sale', body.total)];
  const { till, seq } = body.sale;
  const [sale] = await entriesOfTill(db, till, { after: seq - 1, upTo: seq });
  const sold = sale === undefined ? null : originalIn(sale);
  const isOwn =
    sold?.act === 'sale' && sold.operator === operator && (await areOfOneShift(db, sold, known));
  return [...alone, ...(isOwn ? [item('returned-own', worthOfReturn(givenBy(body), body))] : [])];
}

/** Whether the goods were sold in the shift of the return; if no shift is known, on the same business day. */
async function areOfOneShift(
  db: Relay['db'],
  sold: EntryOf<'sale'>,
  returned: EntryOf<'return'>,
): Promise<boolean> {
  const shift = sold.till === returned.till ? await shiftBefore({ db }, returned) : null;
  if (shift === null || !isOpen(shift)) return sold.body.day === returned.body.day;
  return sold.seq > shift.opened.seq;
}

/** Share of the list price from which the summary names discounts given by hand, basis points. */
const LARGE_SHARE = 2_000n;

function mayRemove({ operator }: KnownEntry, policy: Policy | null): boolean {
  if (policy === null || operator === null) return false;
  return may(policy as VerifiedPolicy, operator, 'remove-line-after-total');
}

/**
 * A sale's items in the owners' summary: discounts and free prices below the list price, prices from scale labels, debts and
 * points for which no code was required, and goods taken out of the receipt.
 */
function saleItems(known: EntryOf<'sale'>, policy: Policy | null): readonly SummaryItem[] {
  const { operator, body } = known;
  const { discountsAllowedBy: by, lines, removed, confirmations } = body;
  let [list, below, discounts, freePrices, labels] = [0, 0, 0, 0, 0];
  for (const line of lines) {
    const ofLine = listPriceOf(line);
    const byHand = line.discounts.filter(({ from }) => from !== 'rule');
    const byRules = discountOf(line) - discountOf({ discounts: byHand });
    list = exact(list + ofLine);
    if (line.priceFrom === 'scale') {
      labels = exact(labels + line.total);
      continue;
    }
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
  if (labels > 0) items.push({ kind: 'routine', what: 'label-prices', operator, amount: labels });
  const free = confirmations
    .filter(({ kind }) => kind === 'not-required')
    .reduce((sum, { amount }) => exact(sum + amount), 0);
  if (free > 0) items.push({ kind: 'routine', what: 'not-required', operator, amount: free });
  if (!mayRemove(known, policy)) items.push(...removedItems(operator, removed.sum, policy));
  items.push(...heldItems(known));
  return items;
}

/** Goods taken out of a receipt: corrections are daily work, so only a large sum is a reason to send a summary. */
function removedItems(
  operator: string | null,
  amount: number,
  policy: Policy | null,
): readonly SummaryItem[] {
  if (amount === 0) return [];
  const kind = policy === null || amount >= policy.notices.largeFrom ? 'drawer' : 'routine';
  return [{ kind, what: 'goods-removed', operator, amount }];
}

/** A receipt that was held often or long: the cashier may sell its goods twice. */
const heldItems = ({
  operator,
  body: { held, total: amount },
}: EntryOf<'sale'> | EntryOf<'receipt-cancelled'>): readonly SummaryItem[] =>
  isMuchHeld(held) ? [{ kind: 'drawer', what: 'receipt-held', operator, amount }] : [];

/** What the owners' summary says of an entry of a drawer, and of what one operator allowed to another. */
export function drawerItems(
  known: KnownEntry | null,
  policy: Policy | null,
): readonly SummaryItem[] {
  if (known === null) return [];
  const { operator } = known;
  switch (known.act) {
    case 'receipt-cancelled': {
      if (mayRemove(known, policy)) return heldItems(known);
      const { total, removed } = known.body;
      return [
        ...heldItems(known),
        { kind: 'drawer', what: 'receipt-cancelled', operator, amount: total },
        ...removedItems(operator, removed.sum, policy),
      ];
    }
    case 'sale':
      return saleItems(known, policy);
    case 'return': {
      const { approval, lines, refunds } = known.body;
      const cash = refunds.find(({ kind }) => kind === 'cash')?.amount ?? 0;
      const guarded = guardedBy(known.body);
      const writtenOff = lines.filter(({ to }) => to === 'written-off');
      const amount = writtenOff.reduce((sum, line) => exact(sum + line.amount), 0);
      return [
        ...(approval.kind === 'given'
          ? [
              {
                ...({ kind: 'drawer', what: 'returns-approved' } as const),
                operator: approval.by,
                amount: guarded,
              },
            ]
          : []),
        ...(cash > 0
          ? [{ kind: 'routine', what: 'refunded', operator, amount: cash } as const]
          : []),
        // included even if the amount is 0, because goods that were given for free can be written off, too
        ...(writtenOff.length > 0
          ? [{ kind: 'drawer', what: 'goods-written-off', operator, amount } as const]
          : []),
      ];
    }
    case 'overpayment-returned':
      return [{ kind: 'drawer', what: 'paid-out', operator, amount: known.body.amount }];
    case 'drawer-opened':
      return [{ kind: 'drawer', what: 'no-sale', operator, amount: 0 }];
    case 'tender-corrected': {
      const { was, tenders } = known.body;
      const moved = movedBetween(partsOf(was), partsOf(tenders));
      const amount = moved.reduce((sum, each) => exact(sum + each.amount), 0);
      return [{ kind: 'drawer', what: 'tender-corrected', operator, amount }];
    }
    case 'cash-moved': {
      const { direction, amount, approval } = known.body;
      // much cash that one person took out is a reason to send a summary
      const kind = approval.kind === 'alone' ? 'drawer' : 'routine';
      return direction === 'out' ? [{ kind, what: 'taken-out', operator, amount }] : [];
    }
    case 'shift-opened': {
      const { difference } = known.body;
      if (difference === 0) return [];
      const what = difference < 0 ? 'float-short' : 'float-over';
      return [{ kind: 'drawer', what, operator, amount: Math.abs(difference) }];
    }
    case 'shift-closed': {
      const { difference, takenOut, terminal, totals } = known.body;
      const what = difference < 0 ? 'short' : 'over';
      return [
        ...(difference === 0
          ? []
          : [{ kind: 'drawer', what, operator, amount: Math.abs(difference) } as const]),
        ...terminal.flatMap(({ counted, expected }): SummaryItem[] => {
          const what = counted < expected ? 'terminal-short' : 'terminal-over';
          const amount = exact(Math.abs(counted - expected));
          return amount === 0 ? [] : [{ kind: 'drawer', what, operator, amount }];
        }),
        ...(totals.recounted.amount > 0
          ? [
              {
                ...({ kind: 'drawer', what: 'recounted', operator } as const),
                amount: totals.recounted.amount,
              },
            ]
          : []),
        ...(takenOut > 0
          ? [{ kind: 'routine', what: 'taken-out', operator, amount: takenOut } as const]
          : []),
        ...totals.byPerson.map(
          (one) =>
            ({
              ...({ kind: 'sold', operator: one.operator } as const),
              sales: one.sales.amount,
              discounts: one.discounts.amount,
            }) as const,
        ),
      ];
    }
    default:
      return [];
  }
}
