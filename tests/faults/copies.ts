// Reads the two copies of a till's journal, database and file, before the till can repair either.
import type { Page } from '@playwright/test';
import { crc32 } from 'node:zlib';
import type { Row } from '../support/till-disk';
import { bodyOf, isWhole, type SaleBody } from './shown';

export const COPIES = ['database', 'file'] as const;
export type Copy = (typeof COPIES)[number];

type Sales = ReadonlyMap<string, SaleBody>;

/** The sales in each copy; none if it cannot be opened. The page has the till's origin, but is not the till. */
export async function salesIn(page: Page): Promise<Record<Copy, Sales>> {
  return {
    database: salesOf(await page.evaluate(inDatabase)),
    file: salesOf((await page.evaluate(inFile)).flatMap(entriesOfFile)),
  };
}

/** The sales that at least one copy has. */
export const unionOf = ({ database, file }: Record<Copy, Sales>): Sales =>
  new Map([...file, ...database]);

/** An entry whose contents do not match its hash does not count. */
function salesOf(entries: readonly Row[]): Sales {
  const sales = entries.filter((entry) => entry['act'] === 'sale' && isWhole(entry));
  return new Map(sales.map((entry) => [bodyOf(entry).sale, bodyOf(entry)]));
}

async function inDatabase(): Promise<Row[]> {
  // the second database, which the till uses when the first cannot be opened
  const { storageBuckets } = navigator as Navigator & {
    storageBuckets?: {
      keys(): Promise<string[]>;
      open(name: string): Promise<{ indexedDB: IDBFactory }>;
    };
  };
  const moved = (await storageBuckets?.keys())?.includes('counterfoil-database') === true;
  const bucket = moved ? await storageBuckets?.open('counterfoil-database') : undefined;
  const indexedDB = bucket?.indexedDB ?? window.indexedDB;
  // opening a database that does not exist would create it
  const all = await indexedDB.databases().catch(() => []);
  if (!all.some(({ name }) => name === 'counterfoil')) return [];
  return new Promise((resolve) => {
    const opening = indexedDB.open('counterfoil');
    opening.onerror = () => resolve([]);
    opening.onsuccess = () => {
      const db = opening.result;
      if (!db.objectStoreNames.contains('journal')) {
        db.close();
        resolve([]);
        return;
      }
      const entries: Row[] = [];
      const journal = db.transaction('journal').objectStore('journal');
      const keys = journal.getAllKeys();
      // one by one: a row that cannot be read hides no other
      keys.onsuccess = () => {
        for (const key of keys.result) {
          const row = journal.get(key);
          row.onsuccess = () => entries.push(JSON.parse(JSON.stringify(row.result)) as Row);
          row.onerror = (event) => event.preventDefault();
        }
      };
      const end = () => {
        db.close();
        resolve(entries);
      };
      journal.transaction.oncomplete = end;
      journal.transaction.onabort = end;
    };
  });
}

/** The texts of all journal files. */
async function inFile(): Promise<string[]> {
  const root = await navigator.storage.getDirectory();
  const texts: string[] = [];
  for await (const folder of root.values()) {
    if (folder.kind !== 'directory') continue;
    for await (const each of folder.values())
      if (each.kind === 'file' && each.name.endsWith('.journal'))
        texts.push(await (await each.getFile()).text());
  }
  return texts;
}

/** A line is a CRC-32 of eight digits, a space and JSON; an unreadable line and an abandoned act are left out. */
function entriesOfFile(text: string): Row[] {
  const entries = new Map<unknown, Row>();
  for (const line of text.split('\n')) {
    const json = line.slice(9);
    if (json === '' || crc32(json).toString(16).padStart(8, '0') !== line.slice(0, 8)) continue;
    const said = JSON.parse(json) as { kind: string; hash?: string; entry?: Row };
    if (said.kind === 'act' && said.entry) entries.set(said.entry['hash'], said.entry);
    if (said.kind === 'abandoned') entries.delete(said.hash);
  }
  return [...entries.values()];
}
