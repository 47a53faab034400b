// A shop's order downloaded to a till, and the same rows written raw.
// Runs in a worker, as downloads do.
import { Dexie } from 'dexie';
import type { Card } from '$lib/contract/journal-upload';
import type { Cursor, JournalPage } from '$lib/contract/shop-journal';
import { followLog } from '$lib/proof/shop-log';
import { DatabaseHome } from '$lib/storage/database/database-home';
import { TillDb } from '$lib/storage/database/db';
import { applyDownloaded } from '$lib/storage/remote/apply-downloaded';
import type { Downloaded, Part } from '$lib/storage/remote/read-ahead';
import { forgetRemote, START_OF_ORDER } from '$lib/storage/remote/remote-order';
import { download } from '$lib/sync/download';

/** What the relay has for the till. `at`: ms. */
export type Order = {
  readonly database: string;
  readonly till: string;
  readonly epoch: number;
  readonly at: number;
  readonly pages: readonly Extract<JournalPage, { kind: 'journal' }>[];
  readonly cards: ReadonlyMap<string, Card>;
};

let order: Order;
let db: TillDb;

type Written = { readonly table: string; readonly rows: unknown[]; readonly keys: unknown[] };
/** What each transaction of a download has written. */
let written: Written[][] = [];
let raw: Dexie;

/** Opens the till's database as the download worker does. */
export function prepare(given: Order): void {
  order = given;
  db = new TillDb(order.database, new DatabaseHome(), 'relaxed');
}

/** The relay, as far as a download needs it. */
const relay = {
  journal: (after: Cursor | null) => {
    const number = after?.order ?? 0;
    const next = order.pages.find(({ entries: [first] }) => first?.order === number + 1);
    const last = order.pages.at(-1);
    if (last === undefined) throw new Error('nothing is prepared');
    // as it comes from the wire: nothing of it is shared
    return Promise.resolve(structuredClone(next ?? { ...last, entries: [] }));
  },
  snapshot: () => Promise.resolve({ kind: 'no-snapshot' as const }),
  snapshotChunk: () => Promise.resolve({ kind: 'no-chunk' as const }),
  cards: (hashes: readonly string[]) =>
    Promise.resolve({
      kind: 'cards' as const,
      cards: hashes.flatMap((hash) => {
        const card = order.cards.get(hash);
        return card === undefined ? [] : [{ hash, ...card }];
      }),
    }),
};

/** Downloads and checks the whole order; ms. */
export async function downloadOrder(): Promise<number> {
  await forgetRemote(db, 'dropped');
  const since = performance.now();
  const outcome = await download(db, relay, 0);
  if (outcome.kind !== 'up-to-date') throw new Error(outcome.kind);
  return performance.now() - since;
}

/** Applies the whole order to an empty copy, in the pages and steps of the download that was recorded; ms. */
export async function applyOrder(): Promise<number> {
  await forgetRemote(db, 'dropped');
  const entries = order.pages.flatMap((page) => page.entries);
  const { till, epoch, at, cards: records } = order;
  const downloads: Downloaded[] = [];
  const pageStarts = new Set(order.pages.map(({ entries: [first] }) => first?.order));
  let parts: Part[] = [];
  let from = START_OF_ORDER;
  for (const step of written) {
    const rows = step.find(({ table }) => table === 'remoteJournal')?.rows.length ?? 0;
    const some = entries.slice(from.order, from.order + rows);
    const log = await followLog(
      from,
      some.map((each) => {
        if ('own' in each) throw new Error('not of this till');
        return { order: each.order, verdict: each.verdict, hash: each.entry.hash };
      }),
    );
    if (log === null) throw new Error('a gap');
    if (pageStarts.has(from.order + 1))
      downloads.push({ till, from, parts: (parts = []), records });
    from = { ...log, epoch };
    parts.push({ entries: some, to: { ...from, at }, checkpoint: null });
  }
  const since = performance.now();
  for (const each of downloads) {
    const outcome = await applyDownloaded(db, each);
    if (outcome !== 'applied') throw new Error(outcome);
  }
  return performance.now() - since;
}

/** Downloads once, and remembers what each transaction writes; the number of transactions. */
export async function recordOrder(): Promise<number> {
  db.use({
    stack: 'dbcore',
    name: 'written',
    create: (core) => ({
      ...core,
      transaction: (tables, mode, options) => {
        if (mode === 'readwrite') written.push([]);
        return core.transaction(tables, mode, options);
      },
      table: (table) => {
        const below = core.table(table);
        return {
          ...below,
          mutate: (asked) => {
            const rows = 'values' in asked ? [...(asked.values as unknown[])] : [];
            const keys = asked.type === 'delete' ? [...(asked.keys as unknown[])] : [];
            written.at(-1)?.push({ table, rows, keys });
            return below.mutate(asked);
          },
        };
      },
    }),
  });
  db.close({ disableAutoOpen: false });
  await downloadOrder();
  // without those that have emptied the copy
  written = written.filter((step) =>
    step.some(({ table, rows }) => table === 'remoteJournal' && rows.length > 0),
  );
  db.unuse({ stack: 'dbcore', name: 'written' });
  db.close({ disableAutoOpen: false });
  raw = new TillDb(`${order.database}-raw`, new DatabaseHome(), 'relaxed');
  await raw.open();
  return written.length;
}

/** Writes the same rows in as many transactions over the same tables, as Dexie alone does; ms. */
export async function writeRawOrder(): Promise<number> {
  const all = [...new Set(written.flat().map(({ table }) => table))];
  await raw.transaction('rw', all, () => Promise.all(all.map((name) => raw.table(name).clear())));
  const since = performance.now();
  for (const step of written) {
    const names = [...new Set(step.map(({ table }) => table))];
    await raw.transaction('rw', names, () =>
      Promise.all(
        step.map(({ table, rows, keys }) =>
          keys.length > 0
            ? raw.table(table).bulkDelete(keys as string[])
            : raw.table(table).bulkPut(rows),
        ),
      ),
    );
  }
  return performance.now() - since;
}

const calls = { prepare, recordOrder, applyOrder, downloadOrder, writeRawOrder };
/** `order`: for `prepare`. */
export type OrderCall = { readonly name: keyof typeof calls; readonly order: Order | null };

// on a page this would answer the page's own messages
if (!('document' in globalThis))
  addEventListener('message', ({ data: { name, order } }: MessageEvent<OrderCall>) => {
    const call = calls[name] as (order: Order | null) => unknown;
    Promise.resolve(call(order)).then(
      (value) => postMessage({ value }),
      (error: unknown) => postMessage({ failed: String(error) }),
    );
  });
