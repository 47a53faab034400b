// The least that an import needs: parsing the text, and writing the packed goods.
import type { PackedCatalogue } from '$lib/domain/goods/catalogue';
import { TillDb } from '$lib/storage/database/db';
import { goodsIn } from '$lib/storage/remote/shown-goods';
import { Dexie } from 'dexie';
import Papa from 'papaparse';

let text = '';
let packed: PackedCatalogue;
let raw: IDBDatabase;

/** The list to parse, and the goods as the till has packed them. */
export async function prepareStore(list: string): Promise<void> {
  text = list;
  packed = await goodsIn(new TillDb());
  if (packed.count === 0) throw new Error('no goods on this till');
  const db = new Dexie('bench-import', { chromeTransactionDurability: 'strict' });
  db.version(1).stores({ catalogue: 'key' });
  await db.open();
  raw = db.backendDB();
}

/** Duration of both, in the page itself, ms. */
export function parseAndStore(): Promise<number> {
  const since = performance.now();
  const { data } = Papa.parse(text);
  if (data.length <= packed.count) throw new Error('the list is not what was imported');
  return new Promise((resolve, reject) => {
    const transaction = raw.transaction('catalogue', 'readwrite', { durability: 'strict' });
    transaction.objectStore('catalogue').put({ key: 'current', packed });
    transaction.oncomplete = () => resolve(performance.now() - since);
    transaction.onabort = () => reject(transaction.error ?? new Error('aborted'));
  });
}
