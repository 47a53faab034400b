// A new till of a shop with 100 000 goods and 100 000 customers.
// Measured from its connection until it can sell.
// With the relay's snapshot, and against the same till that downloads every entry.
import { DAY_MS } from '$lib/domain/values/durations';
import { USUAL_TAX, singly } from '$lib/domain/goods/product';
import { NO_SEALED_DETAILS } from '$lib/domain/customers/customer';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { v7 as newId } from 'uuid';
import { MOST_IMPORTED } from '../../src/lib/contract/acts/customer';
import type { Card } from '../../src/lib/contract/journal-upload';
import { makeCardSalt, makeSalt, sealCard } from '../../src/lib/proof/record';
import { readConfig } from '../../relay/config';
import { takeUpload } from '../../relay/journal/ingest';
import { openRelay } from '../../relay/relay';
import { tillById } from '../../relay/store/tills';
import { connectionCode } from '../support/e2e';
import { RelayProcess } from '../support/relay-process';
import { TillClient } from '../support/till-client';
import { cashSale, TillJournal } from '../support/till-journal';
import { TillPage } from '../support/till-page';
import { writeSales } from '../support/written-sales';
import { expect, test } from './bench';
import { STARTS, tell, tellFigure } from './measure';
import { seededCustomers, seededGoods } from './seeded';

const GOODS = 100_000;
const CUSTOMERS = 100_000;
/** `COUNTERFOIL_BENCH_SALES`: for example a million; the shop is filled once, with 0.5 ms of CPU a sale. */
const SALES = Number(process.env['COUNTERFOIL_BENCH_SALES'] ?? 10_000);
/** With more sales every entry is not downloaded for comparison: it would take hours. */
const MOST_DOWNLOADED = 100_000;
/** Products in one act: an upload has at most a megabyte. */
const PART = 1_000;
const TIMES = Math.min(STARTS, 3);

test.setTimeout(1_800_000 + SALES * 2);

/** How long the shop has sold. */
const YEARS_MS = 730 * DAY_MS;
/** Sales that are written in one transaction. */
const WRITTEN_AT_ONCE = 5_000;
const UPLOADED = 200;

/**
 * What the shop's first till did: goods and cards by uploads, then sales that are written as uploads leave them, the last of
 * them uploaded. Returns the relay's folder, in which it made no snapshot of the sales yet.
 */
async function fill(): Promise<string> {
  let ago = YEARS_MS;
  const now = () => Date.now() - Math.ceil(ago);
  const earlier = `const { now } = Date; Date.now = () => now() - ${YEARS_MS};`;
  const url = `data:text/javascript,${encodeURIComponent(earlier)}`;
  const first = new RelayProcess({ NODE_OPTIONS: `--import=${url}` });
  await first.start();
  const till = await TillClient.ready(first.url, now);
  const journal = new TillJournal(till, now);
  await journal.enrolled();
  const send = async (count: number, cards: readonly Card[] = []) => {
    if (till.bearer === null) throw new Error('not signed in');
    const reply = await journal.upload(journal.entries.slice(-count), { cards: [...cards] });
    if (reply.json.kind !== 'kept') throw new Error(JSON.stringify(reply.json));
  };
  await send(1);
  const goods = seededGoods(GOODS);
  for (let from = 0; from < GOODS; from += PART) {
    const added = goods.slice(from, from + PART).map(({ name, barcode, price, stock }) => ({
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
      price,
      unit: 'piece',
      category: null,
      stock: stock * 1_000,
    }));
    const rest = { changed: [], counted: [], refused: 0 };
    const body = { source: 'file', file: null, added, ...rest };
    await journal.add({ act: 'products-changed', body });
    await send(1);
  }
  const people = seededCustomers(CUSTOMERS);
  const ids: string[] = [];
  for (let from = 0; from < CUSTOMERS; from += MOST_IMPORTED) {
    const cards: Card[] = [];
    const customers: object[] = [];
    for (const { name, phone } of people.slice(from, from + MOST_IMPORTED)) {
      const card = {
        salt: makeSalt(),
        name,
        phone,
        cardSalt: makeCardSalt(),
        ...NO_SEALED_DETAILS,
      };
      const customer = newId();
      ids.push(customer);
      const credit = { kind: 'shop-limit' };
      customers.push({ customer, recordHash: await sealCard(card), credit });
      cards.push(card);
    }
    const none = { accounts: [], confirmations: [], approval: null };
    await journal.add({ act: 'customers-imported', body: { source: 'file', customers, ...none } });
    await send(1, cards);
  }
  await first.kill();
  const config = readConfig({ COUNTERFOIL_DATA: first.dataDir });
  const relay = await openRelay(config, { now, log: () => undefined });
  const sell = async (from: number, to: number) => {
    // only the head is needed
    journal.entries.splice(0, journal.entries.length - 1);
    for (let n = from; n < to; n += 1) {
      ago -= YEARS_MS / SALES;
      await journal.sale(cashSale({ customer: ids[(n * 997) % CUSTOMERS] ?? '', total: 30_000 }));
    }
    return journal.entries.slice(1);
  };
  const written = SALES - UPLOADED;
  for (let sold = 0; sold < written; sold += WRITTEN_AT_ONCE)
    await writeSales(relay, await sell(sold, Math.min(sold + WRITTEN_AT_ONCE, written)));
  const entries = await sell(written, SALES);
  const row = await tillById(relay.db, till.id);
  if (row === null) throw new Error('not enrolled');
  const headSigned = await till.signHead(journal.head);
  const taken = await takeUpload(relay, row, { entries, headSigned });
  if (taken.kind !== 'kept' || taken.accepted !== UPLOADED) throw new Error(JSON.stringify(taken));
  relay.close();
  return first.dataDir;
}

/** A till in a new browser profile; ms from its connection until it has the goods, and until it has all debts. */
async function newTill(
  browser: Browser,
  relay: RelayProcess,
  hasSnapshot: boolean,
): Promise<{ goods: number; all: number }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  if (!hasSnapshot)
    await page.route('**/api/v1/snapshot', (route) =>
      route.fulfill({ status: 404, json: { kind: 'no-snapshot' } }),
    );
  const till = new TillPage(page, () => relay.url);
  await till.open();
  await till.button('English').click();
  await page.getByLabel('Connection code, 10 characters').fill(await connectionCode(relay));
  const since = Date.now();
  await till.button('Connect').click();
  const goods = await untilMeta(page, 'remote-goods', 0);
  const all = await untilMeta(page, 'remote-cursor', SALES);
  await context.close();
  return { goods: goods - since, all: all - since };
}

/** When the till's database first had a value under this key, at this order of the shop at least. */
const untilMeta = (page: TillPage['page'], key: string, atLeast: number): Promise<number> =>
  page.evaluate(
    async ([key, atLeast]) => {
      const ended = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error ?? new Error('no reason'));
        });
      for (;;) {
        const names = (await indexedDB.databases()).map(({ name }) => name);
        if (names.includes('counterfoil')) {
          const db = await ended(indexedDB.open('counterfoil'));
          const row = db.objectStoreNames.contains('meta')
            ? ((await ended(
                db
                  .transaction('meta')
                  .objectStore('meta')
                  .get(key as string),
              )) as { value: number | { order: number } } | undefined)
            : undefined;
          db.close();
          const value = row?.value;
          const order = typeof value === 'object' ? value.order : value;
          if (order !== undefined && order >= (atLeast as number)) return Date.now();
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    [key, atLeast],
  );

/** The filled shop of an earlier run; remove it after a change of what the relay keeps. */
const FILLED =
  process.env['COUNTERFOIL_BENCH_SHOP'] ??
  join(import.meta.dirname, `../../.cache/bench/large-shop-${SALES}`);

/** The relay of the large shop, running. */
async function largeShop(): Promise<RelayProcess> {
  const relay = new RelayProcess();
  if (existsSync(FILLED)) {
    relay.copyData(FILLED);
    await relay.start();
    return relay;
  }
  const filled = await fill();
  relay.copyData(filled);
  rmSync(filled, { recursive: true });
  await relay.start();
  // the relay looks once a minute whether a snapshot is due
  await expect.poll(() => relay.output, { timeout: 0 }).toContain('"event":"snapshot-made"');
  await relay.kill();
  cpSync(relay.dataDir, FILLED, { recursive: true });
  await relay.start();
  return relay;
}

test('a new till of a large shop', async ({ browser }) => {
  const relay = await largeShop();
  try {
    const [goods, all]: [number[], number[]] = [[], []];
    for (let n = 0; n < TIMES; n += 1) {
      const took = await newTill(browser, relay, true);
      goods.push(took.goods);
      all.push(took.all);
    }
    tellFigure('a new till: connected → goods of the shop, 100 000, ms', goods, 5_000);
    tellFigure('the same → all debts and 100 000 cards, ms', all, 5_000);
    if (SALES > MOST_DOWNLOADED) return;
    const entries = await newTill(browser, relay, false);
    tell(
      'all of it, vs downloading every entry',
      { ours: all, limit: [entries.all] },
      { atMost: 0.5 },
    );
  } finally {
    await relay.dispose();
  }
});
