// Detects rows lost from the middle of the database by counts and sums; reads only.
import { ACCOUNTS, type Account, type BalanceRow } from '$lib/contract/rows';
import type { TillDb } from '$lib/storage/database/db';
import { soundEntryAt } from '$lib/storage/journal/checked-chain';
import { formerEndIn, headIn } from '$lib/storage/journal/reader';
import { lastSaleIn, numbersTakenIn } from '$lib/storage/journal/receipt-numbers';
import { pagesOf } from '$lib/storage/database/pages';
import { lineageIn } from '$lib/storage/database/meta';
import { erasedIn } from '$lib/storage/remote/forgotten-customers';
import { packedCustomers } from '$lib/storage/remote/packed-cards';

/** The place of an entry: its till id, the current or a former one, and its number. */
export type EntryPlace = { readonly till: string; readonly seq: number };

export type ReceiptPlace = { readonly till: string; readonly number: number };

export type MissingRows = {
  /** The current till id. */
  readonly till: string;
  readonly entries: readonly EntryPlace[];
  /** Receipt numbers of sales that have no row. */
  readonly receipts: readonly ReceiptPlace[];
  /** Customers whose stored sums differ from the sums of their account entries. */
  readonly sums: readonly string[];
  /** Customers with a sum but no card. After a check of every card, also those whose card is unreadable or was altered. */
  readonly cards: readonly string[];
};

export function isNothing({ entries, receipts, sums, cards }: MissingRows): boolean {
  return entries.length + receipts.length + sums.length + cards.length === 0;
}

type Count = (from: number, to: number) => PromiseLike<number>;

/** The missing numbers of a range. A complete range costs a single count. */
async function absent(count: Count, from: number, to: number): Promise<number[]> {
  if (from > to) return [];
  const there = await count(from, to);
  if (there === to - from + 1) return [];
  if (there === 0) return Array.from({ length: to - from + 1 }, (_, place) => from + place);
  const middle = Math.floor((from + to) / 2);
  return [...(await absent(count, from, middle)), ...(await absent(count, middle + 1, to))];
}

/** What is missing; null if this device is not enrolled. Throws StorageError. */
export async function missingRows(db: TillDb): Promise<MissingRows | null> {
  const [till, ...former] = await lineageIn(db);
  if (till === undefined) return null;
  const entries = await missingEntries(db);
  const receipts: ReceiptPlace[] = [];
  for (const name of [till, ...former]) receipts.push(...(await receiptsWithoutRow(db, name)));
  return { till, entries, receipts, ...(await wrongAccounts(db)) };
}

/** Entries missing below the ends of all journals of this device. Throws StorageError. */
export async function missingEntries(db: TillDb): Promise<EntryPlace[]> {
  const [names, head] = await Promise.all([lineageIn(db), headIn(db)]);
  const entries: EntryPlace[] = [];
  let end: EntryPlace | null = { till: names[0] ?? '', seq: head.seq };
  for (const name of names) {
    if (end?.till === name) entries.push(...(await missingUpTo(db, end)));
    // a damaged first entry is restored before the others
    const first = await soundEntryAt(db, name, 1);
    end = first === null ? null : await formerEndIn(db, name);
  }
  return entries;
}

async function missingUpTo(db: TillDb, { till, seq: last }: EntryPlace): Promise<EntryPlace[]> {
  const seqs = await absent(
    (from, to) => db.journal.where(':id').between([till, from], [till, to], true, true).count(),
    ...([1, last] as const),
  );
  return seqs.map((seq) => ({ till, seq }));
}

async function receiptsWithoutRow(db: TillDb, till: string): Promise<ReceiptPlace[]> {
  const numbered = (from: number, to: number) =>
    db.sales.where('[till+number]').between([till, from], [till, to], true, true);
  const [last, taken] = await Promise.all([lastSaleIn(db, till), numbersTakenIn(db)]);
  const numbers = await absent(
    (from, to) => numbered(from, to).count(),
    ...([1, last?.number ?? 0] as const),
  );
  const leftOut = (number: number) =>
    taken.some((each) => each.till === till && number > each.after && number <= each.upTo);
  return numbers.filter((number) => !leftOut(number)).map((number) => ({ till, number }));
}

const BATCH = 1_000;

async function wrongAccounts(db: TillDb): Promise<Pick<MissingRows, 'sums' | 'cards'>> {
  const rest = new Map<string, number>();
  const add = (customer: string, account: string, delta: number) => {
    const name = `${customer} ${account}`;
    rest.set(name, (rest.get(name) ?? 0) + delta);
  };
  for await (const rows of pagesOf(db.accountEntries, BATCH)) {
    for (const { customer, account, delta } of rows) add(customer, account, delta);
  }
  for await (const rows of pagesOf(db.balances, BATCH)) {
    for (const { customer, account, sum } of rows) add(customer, account, -sum);
  }
  const known = new Set([
    ...(await db.customers.toCollection().primaryKeys()),
    // another till may have made the card, and it may not have arrived yet
    ...(await db.remoteCards.toCollection().primaryKeys()),
    ...(await packedCustomers(db)),
    ...(await erasedIn(db)),
  ]);
  const named = new Set([...rest.keys()].map((name) => name.slice(0, name.indexOf(' '))));
  const off = new Set(
    [...rest].flatMap(([name, sum]) => (sum === 0 ? [] : [name.slice(0, name.indexOf(' '))])),
  );
  const sums: string[] = [];
  for (const customer of off) {
    // the till may have sold between two pages, so check again in one transaction
    const wrong = await db.transaction('r', [db.accountEntries, db.balances], () =>
      wrongSumsIn(db, customer),
    );
    if (wrong.length > 0) sums.push(customer);
  }
  return { sums, cards: [...named].filter((customer) => !known.has(customer)) };
}

/** Stored sums of a customer that differ from the sums of their account entries. Awaits Dexie only. */
export async function wrongSumsIn(db: TillDb, customer: string): Promise<BalanceRow[]> {
  const [steps, kept] = await Promise.all([
    db.accountEntries.where('customer').equals(customer).toArray(),
    db.balances.bulkGet(ACCOUNTS.map((account): [string, Account] => [customer, account])),
  ]);
  return ACCOUNTS.flatMap((account, place): BalanceRow[] => {
    const own = steps.filter((step) => step.account === account);
    const sum = own.reduce((before, { delta }) => before + delta, 0);
    return sum === (kept[place]?.sum ?? 0) ? [] : [{ customer, account, sum }];
  });
}
