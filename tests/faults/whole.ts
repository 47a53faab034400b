// Checks that a till's rows follow from its own journal: nothing extra, partial, doubled or left out.
import type { Page } from '@playwright/test';
import { snapshotOf, type Row } from '../support/till-disk';
import { bodyOf, isWhole, type SaleBody } from './shown';

const TABLES = ['sales', 'journal', 'balances', 'accountEntries', 'stock'] as const;
export type Disk = Readonly<Record<(typeof TABLES)[number], Row[]>>;

export const diskOf = (page: Page): Promise<Disk> => snapshotOf(page, TABLES);

const salesIn = ({ journal }: Disk) => journal.filter((entry) => entry['act'] === 'sale');

/** The sales of the journal that have a row, by id. */
export function salesOn(disk: Disk): ReadonlyMap<string, SaleBody> {
  const ids = new Set(disk.sales.map((sale) => String(sale['id'])));
  const bodies = salesIn(disk).map(bodyOf);
  return new Map(bodies.flatMap((body) => (ids.has(body.sale) ? [[body.sale, body]] : [])));
}

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
    entries.flatMap((entry) => bodyOf(entry).stock),
    ({ product }) => product,
  );
  const lying = new Map(stock.map((row) => [String(row['product']), row['delta']]));
  for (const product of new Set([...left.keys(), ...lying.keys()]))
    if ((left.get(product) ?? 0) !== lying.get(product)) torn.push(`stock of ${product}`);

  const account = (row: Row) => `${String(row['customer'])} ${String(row['account'])}`;
  const sums = sumsOf(accountEntries, account);
  for (const row of balances)
    if (sums.get(account(row)) !== row['sum']) torn.push(`balance of ${account(row)}`);
  for (const entry of entries) {
    const kept = accountEntries.filter((row) => row['hash'] === entry['hash']);
    if (kept.length !== bodyOf(entry).accounts.length)
      torn.push(`accounts of entry ${String(entry['seq'])}`);
  }
  return torn;
}

/** Where the relay's copy of the journal is not the beginning of the till's, entry by entry, in words. */
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
