// Checks that a till's rows follow from its own journal: nothing extra, partial, doubled or left out.
import type { Page } from '@playwright/test';
import { snapshotOf, type Row } from '../support/till-disk';
import type { ShownAct } from './errands';
import { bodyOf, isWhole, type SaleBody } from './shown';

const TABLES = [
  ...(['sales', 'journal', 'balances', 'accountEntries', 'stock'] as const),
  ...(['shifts', 'closedShifts', 'returns', 'debts'] as const),
];
export type Disk = Readonly<Record<(typeof TABLES)[number], Row[]>>;

/** The entries of one till or several. */
type Journal = { readonly journal: readonly Row[] };

export const diskOf = (page: Page): Promise<Disk> => snapshotOf(page, TABLES);

const salesIn = ({ journal }: Journal) => journal.filter((entry) => entry['act'] === 'sale');

/** The sales of the journal that have a row, by id. */
export function salesOn(disk: Disk): ReadonlyMap<string, SaleBody> {
  const ids = new Set(disk.sales.map((sale) => String(sale['id'])));
  const bodies = salesIn(disk).map(bodyOf);
  return new Map(bodies.flatMap((body) => (ids.has(body.sale) ? [[body.sale, body]] : [])));
}

const returnsIn = ({ journal }: Journal) => journal.filter((entry) => entry['act'] === 'return');

/** Acts with steps of debt and points in their body. */
const MOVING: ReadonlySet<string> = new Set([
  ...['sale', 'return', 'repayment', 'repayment-cancelled', 'balance-corrected'],
]);

type Money = readonly { readonly kind: string; readonly amount: number }[];
/** The sums in the bodies of acts of a shift; each act has only some of them. */
type Body = Moved & {
  readonly tenders: Money;
  readonly refunds: Money;
  readonly changeDue: number;
  readonly total: number;
  readonly delta: number;
};
const partsOf = (entry: Row) => (entry['body'] as Body).refunds;

const cashIn = (money: Money): number =>
  money.reduce((sum, { kind, amount }) => (kind === 'cash' ? sum + amount : sum), 0);

/** Sales that are in the journal twice, and receipt numbers given twice. */
export function doubledIn(disk: Disk): string[] {
  const ids = salesIn(disk).map((entry) => bodyOf(entry).sale);
  const numbers = disk.sales.map((sale) => `number ${String(sale['number'])}`);
  return [ids, numbers].flatMap((all) => all.filter((each, place) => all.indexOf(each) !== place));
}

/** Sums of `delta` by key. */
function sumsOf<T extends { readonly delta?: unknown }>(
  all: readonly T[],
  key: (one: T) => string,
) {
  const sums = new Map<string, number>();
  for (const one of all) sums.set(key(one), (sums.get(key(one)) ?? 0) + Number(one.delta));
  return sums;
}

/** By how much sales and returns moved the stock of each product, thousandths. */
export function stockLeft(journal: Journal): ReadonlyMap<string, number> {
  const moving = [...salesIn(journal), ...returnsIn(journal)];
  return sumsOf(
    moving.flatMap((entry) => bodyOf(entry).stock),
    ({ product }) => product,
  );
}

/** The inconsistencies, in words; empty if there are none. */
export function tornIn(disk: Disk): string[] {
  const { sales, journal, balances, accountEntries, stock } = disk;
  const torn: string[] = [];
  journal.forEach((entry, place) => {
    const seq = String(entry['seq']);
    if (entry['seq'] !== place + 1) torn.push(`a gap in the journal before ${seq}`);
    if (place > 0 && entry['prevHash'] !== journal[place - 1]?.['hash'])
      torn.push(`entry ${seq} does not follow`);
    if (!isWhole(entry)) torn.push(`entry ${seq} has other contents than its hash says`);
  });

  const entries = salesIn(disk);
  const sold = new Map(entries.map((entry) => [bodyOf(entry).sale, entry['hash']]));
  if (sales.length !== sold.size) torn.push(`${sales.length} sales, ${sold.size} entries`);
  const bodies = new Map(entries.map((entry) => [bodyOf(entry).sale, bodyOf(entry)]));
  for (const sale of sales) {
    const id = String(sale['id']);
    if (sold.get(id) !== sale['hash']) torn.push(`sale ${id} alone`);
    for (const part of ['number', 'total', 'onAccount', 'customer'] as const)
      if (sale[part] !== bodies.get(id)?.[part]) torn.push(`sale ${id}: ${part} of its row`);
  }
  const numbers = sales.map((sale) => Number(sale['number'])).sort((a, b) => a - b);
  const skipped = journal.filter((entry) => entry['act'] === 'numbers-skipped');
  const ranges = skipped.map((entry) => entry['body'] as { from: number; to: number });
  let next = 1;
  for (const number of numbers) {
    for (const { from, to } of ranges) if (from === next) next = to + 1;
    if (number !== next) torn.push('a number is left out');
    next = number + 1;
  }

  const left = stockLeft(disk);
  const lying = new Map(stock.map((row) => [String(row['product']), row['delta']]));
  for (const product of new Set([...left.keys(), ...lying.keys()]))
    if ((left.get(product) ?? 0) !== lying.get(product)) torn.push(`stock of ${product}`);

  const account = (row: Row) => `${String(row['customer'])} ${String(row['account'])}`;
  const sums = sumsOf(accountEntries, account);
  for (const row of balances)
    if (sums.get(account(row)) !== row['sum']) torn.push(`balance of ${account(row)}`);
  for (const entry of journal.filter(({ act }) => MOVING.has(String(act)))) {
    // the steps of what a customer has bought follow from the rest of the entry
    const kept = accountEntries.filter(
      (row) => row['hash'] === entry['hash'] && row['account'] !== 'purchases',
    );
    if (kept.length !== bodyOf(entry).accounts.length)
      torn.push(`accounts of entry ${String(entry['seq'])}`);
  }
  return torn;
}

/** Inconsistencies between shifts and journal: each close must be stored as a whole or not at all. */
export function tornShiftsIn({ journal, shifts, closedShifts }: Disk): string[] {
  const torn: string[] = [];
  let isOpen = false;
  let entries: Row[] = [];
  const closes: Row[] = [];
  for (const entry of journal) {
    const seq = String(entry['seq']);
    if (entry['act'] === 'shift-opened') {
      if (isOpen) torn.push(`entry ${seq} opens a shift in another`);
      [isOpen, entries] = [true, []];
    } else if (entry['act'] === 'shift-closed') {
      if (!isOpen) torn.push(`entry ${seq} closes no shift`);
      isOpen = false;
      closes.push(entry);
      const body = entry['body'] as Closed;
      if (body.number !== closes.length) torn.push(`Z report ${body.number} at ${seq}`);
      torn.push(...tornTotals(body.totals, entries).map((sum) => `Z report at ${seq}: ${sum}`));
      const count = entries.findLast(({ act }) => act === 'drawer-counted')?.['body'];
      if ((count as Closed | undefined)?.counted !== body.counted)
        torn.push(`Z report at ${seq}: another count`);
    } else if (entry['act'] === 'sale' && !isOpen) torn.push(`sale ${seq} in no shift`);
    if (isOpen) entries.push(entry);
  }
  for (const { seq, hash } of closes)
    if (!closedShifts.some((row) => row['seq'] === seq && row['hash'] === hash))
      torn.push(`the close ${String(seq)} has no row`);
  if (closedShifts.length !== closes.length)
    torn.push(`${closedShifts.length} closed shifts, ${closes.length} closes`);
  const [shift] = shifts;
  const end = (shift?.['closed'] ?? null) as { seq: number } | null;
  if (shift !== undefined && isOpen !== (end === null)) torn.push('whether the shift is open');
  if (end !== null && end.seq !== closes.at(-1)?.['seq']) torn.push('where the shift was closed');
  if (shift !== undefined) torn.push(...tornTotals(shift['totals'] as ShiftSums, entries));
  return torn;
}

/** Inconsistencies of shifts, returns and debts with the journal, and acts that were shown but are not in it. */
export function tornDayIn(disk: Disk, shown: readonly ShownAct[]): string[] {
  const { returns, debts, balances } = disk;
  const torn = [...tornShiftsIn(disk), ...unsavedOf(shown, [disk])];

  const rows = new Map(returns.map((row) => [row['hash'], row]));
  for (const entry of returnsIn(disk)) {
    const refunds = rows.get(entry['hash'])?.['refunds'] as { cash: number } | undefined;
    if (refunds?.cash !== cashIn(partsOf(entry)))
      torn.push(`the row of return ${String(entry['seq'])}`);
  }
  if (returns.length !== returnsIn(disk).length) torn.push(`${returns.length} rows of returns`);

  const owed = sumsOf(
    debts.map(({ customer, left }) => ({ customer: String(customer), delta: left })),
    ({ customer }) => customer,
  );
  for (const { customer, account, sum } of balances)
    if (account === 'debt' && (owed.get(String(customer)) ?? 0) !== sum)
      torn.push(`the debts of ${String(customer)}, which come to ${String(sum)}`);
  return torn;
}

/** Acts that were shown as saved, and are not once in these journals. */
export function unsavedOf(shown: readonly ShownAct[], disks: readonly Disk[]): string[] {
  const entries = disks.flatMap(({ journal }) => journal);
  return shown.flatMap(({ act, field, value }) => {
    const { length } = entries.filter((entry) => {
      const said = field === 'hash' ? entry : (entry['body'] as Row);
      return entry['act'] === act && said[field] === value;
    });
    return length === 1 ? [] : [`${act} ${value} was shown as saved, and is here ${length} times`];
  });
}

/** The steps of debt and points of every act that moves them. */
export const accountsIn = ({ journal }: Journal): SaleBody['accounts'] =>
  journal.filter(({ act }) => MOVING.has(String(act))).flatMap((entry) => bodyOf(entry).accounts);

type OfKind = { readonly count: number; readonly cash: number; readonly total: number };
type Moved = { readonly direction: 'in' | 'out'; readonly amount: number };
type ShiftSums = Readonly<
  Record<'sales' | 'repayments' | 'returns' | 'repaymentsCancelled' | 'receiptsCancelled', OfKind>
> & {
  readonly corrections: {
    readonly count: number;
    readonly debtDown: number;
    readonly pointsUp: number;
  };
  readonly moved: readonly (Moved & { readonly count: number })[];
  readonly counts: number;
};
type Closed = { readonly number: number; readonly counted: number; readonly totals: ShiftSums };

/** The sums of a shift that differ from those of its entries, in words; minor units. */
function tornTotals(totals: ShiftSums, entries: readonly Row[]): string[] {
  const of = (act: string) => entries.filter((entry) => entry['act'] === act);
  const total = (all: readonly Row[], part: (body: Body) => number) =>
    all.reduce((sum, entry) => sum + part(entry['body'] as Body), 0);
  const { sales, repayments, returns, repaymentsCancelled, receiptsCancelled } = totals;
  const { corrections, moved } = totals;
  const [back, cancelled, given] = [
    of('return'),
    of('repayment-cancelled'),
    of('receipt-cancelled'),
  ];
  const corrected = of('balance-corrected');
  const brought = ({ tenders, changeDue }: Body) => cashIn(tenders) - changeDue;
  const movedBy = ({ direction, amount }: Moved) => (direction === 'in' ? amount : -amount);
  const sums: Record<string, readonly [number, number]> = {
    receipts: [sales.count, of('sale').length],
    'cash of receipts': [sales.cash, total(of('sale'), brought)],
    repayments: [repayments.count, of('repayment').length],
    'cash of repayments': [repayments.cash, total(of('repayment'), brought)],
    returns: [returns.count, back.length],
    'cash of returns': [returns.cash, total(back, ({ refunds }) => cashIn(refunds))],
    'cancelled repayments': [repaymentsCancelled.count, cancelled.length],
    'cash of cancelled repayments': [
      repaymentsCancelled.cash,
      total(cancelled, ({ refunds }) => cashIn(refunds)),
    ],
    'cancelled receipts': [receiptsCancelled.count, given.length],
    'sum of cancelled receipts': [receiptsCancelled.total, total(given, (body) => body.total)],
    corrections: [corrections.count, corrected.length],
    'sum of corrections': [
      corrections.pointsUp + corrections.debtDown,
      total(corrected, ({ delta }) => Math.abs(delta)),
    ],
    'cash acts': [moved.reduce((sum, { count }) => sum + count, 0), of('cash-moved').length],
    'cash moved': [
      moved.reduce((sum, each) => sum + movedBy(each), 0),
      total(of('cash-moved'), movedBy),
    ],
    counts: [totals.counts, of('drawer-counted').length],
  };
  return Object.entries(sums).flatMap(([of, [kept, sum]]) =>
    kept === sum ? [] : [`${of}: ${kept} in the shift, ${sum} by its entries`],
  );
}

/** Where the relay's copy of the journal differs from the beginning of the till's, entry by entry, in words. */
export function tornAtRelay(disk: Disk, relay: readonly Row[]): string[] {
  const torn: string[] = [];
  relay.forEach((entry, place) => {
    const seq = String(entry['seq']);
    if (entry['seq'] !== place + 1) torn.push(`entry ${seq} in place ${place + 1} at the relay`);
    if (entry['hash'] !== disk.journal[place]?.['hash'])
      torn.push(`the relay has an entry ${seq} that is not on the disk`);
    if (!isWhole(entry)) torn.push(`entry ${seq} has other contents at the relay`);
  });
  return torn;
}
