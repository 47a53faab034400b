// Checks that a till's rows follow from its own journal: nothing extra, partial, doubled or left out.
import type { Page } from '@playwright/test';
import { snapshotOf, type Row } from '../support/till-disk';
import { bodyOf, isWhole, type SaleBody } from './shown';

const TABLES = [
  ...(['sales', 'journal', 'balances', 'accountEntries', 'stock'] as const),
  ...(['shifts', 'closedShifts', 'returns', 'debts'] as const),
];
export type Disk = Readonly<Record<(typeof TABLES)[number], Row[]>>;

export const diskOf = (page: Page): Promise<Disk> => snapshotOf(page, TABLES);

const salesIn = ({ journal }: Disk) => journal.filter((entry) => entry['act'] === 'sale');

/** The sales of the journal that have a row, by id. */
export function salesOn(disk: Disk): ReadonlyMap<string, SaleBody> {
  const ids = new Set(disk.sales.map((sale) => String(sale['id'])));
  const bodies = salesIn(disk).map(bodyOf);
  return new Map(bodies.flatMap((body) => (ids.has(body.sale) ? [[body.sale, body]] : [])));
}

const returnsIn = ({ journal }: Disk) => journal.filter((entry) => entry['act'] === 'return');

/** Acts with steps of debt and points in their body. */
const MOVING: ReadonlySet<string> = new Set(['sale', 'return', 'repayment']);

type Money = readonly { readonly kind: string; readonly amount: number }[];
const refundsOf = (entry: Row) => (entry['body'] as { readonly refunds: Money }).refunds;

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

  const left = sumsOf(
    [...entries, ...returnsIn(disk)].flatMap((entry) => bodyOf(entry).stock),
    ({ product }) => product,
  );
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

/**
 * Inconsistencies between shifts and journal: each close must be stored as a whole or not at all. `shown`: numbers of the Z
 * reports that the screen has shown.
 */
export function tornShiftsIn(
  { journal, shifts, closedShifts }: Disk,
  shown: ReadonlySet<number> = new Set(),
): string[] {
  const torn: string[] = [];
  let isOpen = false;
  let receipts = 0;
  const closes: Row[] = [];
  for (const entry of journal) {
    const seq = String(entry['seq']);
    if (entry['act'] === 'shift-opened') {
      if (isOpen) torn.push(`entry ${seq} opens a shift in another`);
      [isOpen, receipts] = [true, 0];
    } else if (entry['act'] === 'shift-closed') {
      if (!isOpen) torn.push(`entry ${seq} closes no shift`);
      isOpen = false;
      closes.push(entry);
      const body = entry['body'] as { number: number };
      if (body.number !== closes.length) torn.push(`Z report ${body.number} at ${seq}`);
    } else if (entry['act'] === 'sale') {
      if (!isOpen) torn.push(`sale ${seq} in no shift`);
      receipts += 1;
    }
  }
  for (const number of shown)
    if (number > closes.length) torn.push(`Z report ${number} was shown and is not here`);
  for (const { seq, hash } of closes)
    if (!closedShifts.some((row) => row['seq'] === seq && row['hash'] === hash))
      torn.push(`the close ${String(seq)} has no row`);
  if (closedShifts.length !== closes.length)
    torn.push(`${closedShifts.length} closed shifts, ${closes.length} closes`);
  const [shift] = shifts;
  const end = (shift?.['closed'] ?? null) as { seq: number } | null;
  if (shift !== undefined && isOpen !== (end === null)) torn.push('whether the shift is open');
  if (end !== null && end.seq !== closes.at(-1)?.['seq']) torn.push('where the shift was closed');
  const totals = shift?.['totals'] as { sales: { count: number } } | undefined;
  if (totals !== undefined && totals.sales.count !== receipts)
    torn.push(`${totals.sales.count} receipts in the shift, ${receipts} sales`);
  return torn;
}

/** Acts besides sales that the screen has shown: numbers of Z reports; returns and repayments by their hashes. */
export type ShownDay = { readonly closed: Set<number>; readonly acted: Map<string, string> };

/** Inconsistencies of shifts, returns and debts with the journal, and acts that were shown but are not in it. */
export function tornDayIn(disk: Disk, shown: ShownDay): string[] {
  const { journal, returns, debts, balances, shifts } = disk;
  const torn = [...tornShiftsIn(disk, shown.closed), ...unsavedOf(shown, [disk])];

  const rows = new Map(returns.map((row) => [row['hash'], row]));
  for (const entry of returnsIn(disk)) {
    const refunds = rows.get(entry['hash'])?.['refunds'] as { cash: number } | undefined;
    if (refunds?.cash !== cashIn(refundsOf(entry)))
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

  const opened = journal.findLastIndex(({ act }) => act === 'shift-opened');
  const { count, cash, change } = sumOfShift(journal.slice(Math.max(0, opened)));
  const totals = shifts[0]?.['totals'] as ShiftSums | undefined;
  if (totals !== undefined) {
    const { sales, repayments, returns: back } = totals;
    if (sales.count + repayments.count + back.count !== count)
      torn.push(`${count} acts in the shift, other totals`);
    if (sales.cash + repayments.cash - back.cash !== cash - change)
      torn.push(`${cash - change} of cash in the shift, other totals`);
  }
  return torn;
}

/** Returns and repayments that were shown as saved, and are in none of these journals. */
export function unsavedOf({ acted }: ShownDay, disks: readonly Disk[]): string[] {
  const hashes = new Set(disks.flatMap(({ journal }) => journal.map((entry) => entry['hash'])));
  return [...acted].flatMap(([hash, act]) =>
    hashes.has(hash) ? [] : [`the ${act} ${hash} was shown as saved and is not here`],
  );
}

/** The steps of debt and points of every sale, return and repayment. */
export const accountsIn = ({ journal }: Disk): SaleBody['accounts'] =>
  journal.filter(({ act }) => MOVING.has(String(act))).flatMap((entry) => bodyOf(entry).accounts);

type OfKind = { readonly count: number; readonly cash: number };
type ShiftSums = Readonly<Record<'sales' | 'repayments' | 'returns', OfKind>>;

/** What sales, repayments and returns among these entries come to; minor units. */
function sumOfShift(entries: readonly Row[]): { count: number; cash: number; change: number } {
  let [count, cash, change] = [0, 0, 0];
  for (const { act, body } of entries) {
    if (!MOVING.has(String(act))) continue;
    const moved = body as { tenders?: Money; refunds?: Money; changeDue?: number };
    count += 1;
    cash += cashIn(moved.tenders ?? []) - cashIn(moved.refunds ?? []);
    change += moved.changeDue ?? 0;
  }
  return { count, cash, change };
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
