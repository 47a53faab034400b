// The search by itself, and what offline tills commonly do: a filter over rows in IndexedDB.
import { USUAL_TAX, singly } from '$lib/domain/goods/product';
import { pack } from '$lib/domain/goods/catalogue';
import { money } from '$lib/domain/values/money';
import type { Product } from '$lib/domain/goods/product';
import { quantity } from '$lib/domain/values/quantity';
import { LoadedCatalogue } from '$lib/search/loaded-catalogue';
import { makeIds } from '$lib/search/many-ids';
import { Dexie, type Table } from 'dexie';
import { seededGoods } from '../seeded';

const FOUND = 60;
const shelf = new LoadedCatalogue();
let rows: Table<{ id: string; name: string }>;

/** Indexes seeded goods in this page; returns the duration, ms. */
export function openCatalogue(count: number): number {
  const newId = makeIds(0);
  const packed = pack(
    seededGoods(count).map(({ name, barcode, price, stock }): Product => ({
      id: newId(),
      name,
      names: { ru: null, en: null },
      noDiscounts: false,
      askAge: null,
      marked: false,
      usualMost: null,
      tax: USUAL_TAX,
      sku: null,
      barcodes: [singly(barcode)],
      price: money(price),
      unit: 'piece',
      category: null,
      stock: quantity(stock * 1000),
    })),
  );
  const since = performance.now();
  shelf.load({ added: [packed], edits: new Map() });
  const took = performance.now() - since;
  if (shelf.search('молоко', 1).length === 0) throw new Error('the shelf finds nothing');
  return took;
}

/** Duration of one search, ms. */
export function searchCatalogue(query: string): number {
  const since = performance.now();
  shelf.search(query, FOUND);
  return performance.now() - since;
}

/** Stores the same goods as rows. */
export async function fillDexie(count: number): Promise<void> {
  const db = new Dexie('bench-rows');
  db.version(1).stores({ goods: 'id, name' });
  rows = db.table('goods');
  await rows.bulkAdd(seededGoods(count).map(({ name, barcode }) => ({ id: barcode, name })));
}

/** ms until the first rows whose name contains the query are found. */
export async function filterByDexie(query: string): Promise<number> {
  const since = performance.now();
  await rows
    .filter(({ name }) => name.toLowerCase().includes(query))
    .limit(FOUND)
    .toArray();
  return performance.now() - since;
}
