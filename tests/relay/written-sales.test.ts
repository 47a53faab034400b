// Benchmarks fill a shop by writing sales into the relay's tables.
// What is then in the database must be what uploads leave.
import { v7 as uuidv7 } from 'uuid';
import type { Entry } from '$lib/contract/journal';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { START } from '../support/challenges';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { RelayCopy } from '../support/relay-copy';
import { TillClient } from '../support/till-client';
import { cashSale, TillJournal } from '../support/till-journal';
import { writeSales } from '../support/written-sales';

let clock: ReturnType<typeof makeClock>;
let relay: RunningRelay;
const copy = new RelayCopy();
beforeEach(async () => {
  clock = makeClock(START);
  relay = await startRelay({ now: clock.now });
});
afterEach(async () => {
  await relay.stop();
  copy.remove();
});

/** What differs: random numbers of requests, and the minutes in which the till was in contact. */
const OF_REQUESTS: ReadonlySet<string> = new Set(['nonces', 'presence']);

/** All rows of all tables. */
const content = (): Record<string, unknown[]> => {
  const sql = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`;
  const tables = relay.file.prepare(sql).pluck().all() as string[];
  return Object.fromEntries(
    tables
      .filter((name) => !OF_REQUESTS.has(name))
      .map((name) => [name, relay.file.prepare(`SELECT * FROM ${name}`).all()]),
  );
};

test('sales written into the tables leave the same rows as uploaded ones', async () => {
  const journal = new TillJournal(await TillClient.ready(relay.url, clock.now), clock.now);
  await journal.enrolled();
  await journal.upload();
  copy.take(relay);
  const sales: Entry[] = [];
  for (const customer of [uuidv7(), uuidv7()])
    for (const total of [30_000, 50, 120_000]) {
      clock.pass(60_000);
      sales.push(await journal.sale(cashSale({ customer, total })));
      // each but the last arrives when it is made
      if (sales.length < 6) expect((await journal.upload(sales.slice(-1))).status).toBe(200);
    }
  const uploadLast = async () => {
    // the relay must not see that it runs on an older copy
    journal.till.watermark = null;
    await journal.till.signIn();
    expect((await journal.upload(sales.slice(-1))).status).toBe(200);
  };
  await uploadLast();
  const uploaded = content();

  await copy.putBack(relay);
  await writeSales(relay.relay, sales.slice(0, -1));
  await uploadLast();
  expect(uploaded['sales']).toHaveLength(6);
  expect(content()).toEqual(uploaded);
});
