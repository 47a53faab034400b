// Notes outside the database how many goods and customers this till knows, so that a loss is noticed.
// The note is only a hint: it may be missing, and the number of customers is an estimate.
import type { TillDb } from '$lib/storage/database/db';
import { tillIn } from '$lib/storage/database/meta';

/** How many goods and customers this till shows, its own and those of other tills. `customers` is an estimate. */
export type CopySize = { readonly goods: number; readonly customers: number };

const keyOf = (database: string) => `${database}-copy`;

/** Notes what this till shows while it has everything that the relay has. `goods`: the size of the catalogue. */
export async function noteCopy(db: TillDb, goods: number): Promise<void> {
  const till = await tillIn(db);
  if (till === null) return;
  const note = [till.shop, goods, await customersIn(db)].join(' ');
  try {
    localStorage.setItem(keyOf(db.name), note);
  } catch {
    // storage is full or unavailable: a later loss is then not noticed
  }
}

/** What this till showed before it lost the copy of the other tills' entries; null: nothing was noted, or nothing is missing. */
export async function lostCopy(db: TillDb, goods: number): Promise<CopySize | null> {
  const [till, customers] = await Promise.all([tillIn(db), customersIn(db)]);
  const noted = notedCopy(db.name, till?.shop ?? null);
  if (noted === null) return null;
  return noted.goods > goods || noted.customers > customers ? noted : null;
}

function notedCopy(database: string, shop: string | null): CopySize | null {
  try {
    const [of, ...counts] = (localStorage.getItem(keyOf(database)) ?? '').split(' ');
    const [goods, customers] = counts.map(Number);
    if (of !== shop || goods === undefined || customers === undefined) return null;
    return Number.isSafeInteger(goods + customers) ? { goods, customers } : null;
  } catch {
    return null;
  }
}

/** Packs are not read one by one: the first one shows about how many cards each has. */
async function customersIn(db: TillDb): Promise<number> {
  const [own, others, packs, first] = await Promise.all([
    db.customers.count(),
    db.remoteCustomers.count(),
    db.remoteCardPacks.count(),
    db.remoteCardPacks.orderBy('first').first(),
  ]);
  // a snapshot has the own cards, too
  return Math.max(own + others, packs * (first?.cards.length ?? 0));
}
