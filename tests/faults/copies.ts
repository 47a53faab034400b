// Reads the two copies of a till's journal, database and file, before the till can repair either.
import type { Page } from '@playwright/test';

export const COPIES = ['database', 'file'] as const;
export type Copy = (typeof COPIES)[number];

/** The sales in each copy; none if it cannot be opened. The page has the till's origin, but is not the till. */
export async function salesIn(page: Page): Promise<Record<Copy, ReadonlySet<string>>> {
  return {
    database: new Set(await page.evaluate(inDatabase)),
    file: new Set(await page.evaluate(inFile)),
  };
}

async function inDatabase(): Promise<string[]> {
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
      if (!db.objectStoreNames.contains('sales')) {
        db.close();
        resolve([]);
        return;
      }
      const asked = db.transaction('sales').objectStore('sales').getAllKeys();
      asked.onsuccess = () => {
        db.close();
        resolve(asked.result.map(String));
      };
      asked.onerror = () => resolve([]);
    };
  });
}

/** Reads a line: a checksum of eight digits, a space and JSON. An unreadable line is left out. */
async function inFile(): Promise<string[]> {
  const root = await navigator.storage.getDirectory();
  const sales: string[] = [];
  for await (const folder of root.values()) {
    if (folder.kind !== 'directory') continue;
    for await (const each of folder.values()) {
      if (each.kind !== 'file' || !each.name.endsWith('.journal')) continue;
      for (const line of (await (await each.getFile()).text()).split('\n')) {
        try {
          const said = JSON.parse(line.slice(9)) as {
            kind: string;
            entry?: { act: string; body: { sale: string } };
          };
          if (said.kind === 'act' && said.entry?.act === 'sale') sales.push(said.entry.body.sale);
        } catch {
          // torn: its act was not acknowledged; otherwise it is reported as lost
        }
      }
    }
  }
  return sales;
}
