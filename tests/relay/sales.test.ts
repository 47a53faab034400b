// Past sales at the relay: found by the paper receipt, or by day, customer, product or sum.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SALES_A_MINUTE, salesReply } from '$lib/contract/sale';
import type { Entry } from '$lib/contract/journal';
import { openShop, type Shop } from '../support/challenges';
import { TillClient } from '../support/till-client';
import { cashSale, reEnrolled, TillJournal } from '../support/till-journal';

let shop: Shop;
let here: TillJournal;
let there: TillJournal;
let customer: string;
beforeEach(async () => {
  shop = await openShop();
  here = new TillJournal(shop.till, shop.clock.now);
  const other = await TillClient.make(shop.relay.url, shop.clock.now);
  const offer = await shop.till.call('POST', '/tills/enrolments');
  await other.enrol(offer.json.token as string);
  await other.signIn();
  there = new TillJournal(other, shop.clock.now);
  for (const journal of [here, there]) await journal.enrolled();
  customer = uuidv7();
});
afterEach(() => shop.stop());

/** `product` null: goods that the catalogue does not have. */
type Parts = { total: number; number: number; product?: string | null; rounding?: number };
async function sold(
  journal: TillJournal,
  { total, number, product = uuidv7(), rounding = 0 }: Parts,
): Promise<Entry> {
  shop.clock.pass(1000);
  const body = {
    ...cashSale({ customer, total, earned: 0 }),
    rounding,
    tenders: [{ kind: 'cash' as const, amount: total + rounding }],
  };
  const priceFrom = product === null ? 'free' : 'list';
  const lines = body.lines.map((line) => ({ ...line, product, priceFrom }) as const);
  const stock = product === null ? [] : [{ product, delta: -1000 }];
  const operator = shop.till.ownerId;
  const entry = await journal.sale({ ...body, number, lines, stock }, { operator });
  await journal.upload();
  return entry;
}

/** The hashes of the sales in the reply to the till, newest first. */
async function found(query: string, till: TillClient = shop.till): Promise<string[]> {
  const { json } = await till.call('GET', query === '' ? '/sales' : `/sales?${query}`);
  const reply = salesReply.parse(json);
  return reply.kind === 'sales' ? reply.sales.map(({ entry }) => entry.hash) : [];
}

describe('one sale', () => {
  test('is found at any till by the number or hash on its receipt, with its place in the order', async () => {
    const [first, second] = [
      await sold(here, { total: 100, number: 7 }),
      await sold(there, { total: 200, number: 7 }),
    ];
    const { json } = await here.till.call('GET', '/sales?number=2-000007');
    expect(json).toMatchObject({
      kind: 'sales',
      sales: [{ verdict: 'accepted', entry: second }],
      next: null,
    });
    expect(await found('number=1-7', there.till)).toEqual([first.hash]);
    expect(await found(`hash=${first.hash}`, there.till)).toEqual([first.hash]);
    expect(await found('number=3-000007')).toEqual([]);
  });

  test('of goods that the catalogue does not have is taken, found, and never holds up the journal', async () => {
    const unlisted = await sold(here, { total: 100, number: 1, product: null });
    const next = await sold(here, { total: 200, number: 2 });
    expect(await found(`hash=${unlisted.hash}`)).toEqual([unlisted.hash]);
    expect(await found(`customer=${customer}`)).toEqual([next.hash, unlisted.hash]);
  });

  test('that was carried over is returned as the entry that carries it', async () => {
    const entry = await sold(here, { total: 100, number: 1 });
    const anew = await reEnrolled(shop, here, [entry]);
    await anew.upload();
    expect(await found(`hash=${entry.hash}`, anew.till)).toEqual([entry.hash]);
  });

  test('can be requested only so many times a minute by a till', async () => {
    for (let n = 0; n < SALES_A_MINUTE; n += 1) await found('number=1-000001');
    const { status, json } = await shop.till.call('GET', '/sales?number=1-000001');
    expect([status, json]).toMatchObject([429, { kind: 'limited', scope: 'till' }]);
    shop.clock.pass(60_000);
    expect(await found('number=1-000001')).toEqual([]);
  });
});

describe('a list', () => {
  test('is for operators who may see reports, by their PIN', async () => {
    await shop.relay.restart();
    await shop.till.signIn();
    const { status, json } = await shop.till.call('GET', `/sales?customer=${customer}`);
    expect([status, json.kind]).toEqual([403, 'elevation-needed']);
  });

  test('is by customer, product, sum and time, the newest first, and every filter counts', async () => {
    const product = uuidv7();
    const sales = [
      await sold(here, { total: 100, number: 1, product }),
      await sold(there, { total: 200, number: 1 }),
      await sold(here, { total: 200, number: 2, product }),
    ];
    const [a, b, c] = sales.map(({ hash }) => hash);
    expect(await found('')).toEqual([c, b, a]);
    expect(await found(`customer=${customer}`)).toEqual([c, b, a]);
    expect(await found(`customer=${uuidv7()}`)).toEqual([]);
    expect(await found(`product=${product}`)).toEqual([c, a]);
    expect(await found('total=200')).toEqual([c, b]);
    expect(await found(`product=${product}&total=200&customer=${customer}`)).toEqual([c]);
    const [from, to] = [sales[1]!.at, sales[2]!.at];
    expect(await found(`from=${from}&to=${to}`)).toEqual([b]);
    expect(await found(`product=${product}&from=${from}`)).toEqual([c]);
  });

  test('by sum includes sales that were rounded to it for cash, in pages, too', async () => {
    const [a, b, c] = [
      (await sold(here, { total: 220, number: 1, rounding: -20 })).hash,
      (await sold(there, { total: 200, number: 1 })).hash,
      (await sold(here, { total: 230, number: 2, rounding: -30 })).hash,
    ];
    expect(await found('total=200')).toEqual([c, b, a]);
    expect(await found('total=200&limit=2')).toEqual([c, b]);
    expect(await found('total=230')).toEqual([c]);
  });

  test('has pages in which no sale is repeated or left out', async () => {
    const product = uuidv7();
    const sales: string[] = [];
    for (const number of [1, 2, 3, 4, 5])
      sales.unshift((await sold(here, { total: 100, number, product })).hash);
    for (const of of ['', `product=${product}`, `customer=${customer}`, 'total=100']) {
      const pages: string[][] = [];
      let next: string | null = null;
      do {
        const before: string = next === null ? '' : `&before=${next}`;
        const { json } = await shop.till.call('GET', `/sales?${of}&limit=2${before}`);
        const reply = salesReply.parse(json);
        if (reply.kind !== 'sales') throw new Error(reply.kind);
        pages.push(reply.sales.map(({ entry }) => entry.hash));
        ({ next } = reply);
      } while (next !== null);
      expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
      expect(pages.flat()).toEqual(sales);
    }
  });

  test.each(['number=7', 'hash=abc', 'customer=me', 'total=-1', 'before=5', 'from=x'])(
    'a question that fits no schema is malformed: %s',
    async (query) => {
      expect((await shop.till.call('GET', `/sales?${query}`)).status).toBe(400);
    },
  );
});
