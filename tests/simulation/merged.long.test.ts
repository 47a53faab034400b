// Cards merged at one till are one account at every till, whatever others did with them meanwhile.
import { codeHash } from '$lib/domain/values/receipt-number';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EntryOf } from '$lib/contract/journal';
import { NO_DETAILS } from '$lib/domain/customers/customer';
import { money } from '$lib/domain/values/money';
import type { Phone } from '$lib/domain/values/phone';
import { customerById } from '$lib/storage/customers/customers';
import { debtsOf, saveRepayment } from '$lib/storage/customers/debts';
import { findCustomers } from '$lib/storage/customers/find-customers';
import { statementOf } from '$lib/storage/customers/statement';
import { checkRemote } from '$lib/storage/recovery/check-remote';
import { repair } from '$lib/storage/recovery/repair';
import { forgetRemote } from '$lib/storage/remote/remote-order';
import { whatMerging } from '$lib/storage/sales/merges';
import { findSales } from '$lib/storage/sales/sales';
import { returnFactsOf, saveReturn } from '$lib/storage/sales/returns';
import { cases } from '../support/cases';
import { passForgetDay } from '../support/two-tills';
import { closeWholeShop, openWholeShop, syncTills, type WholeShop } from '../support/whole-shop';
import type { WholeTill } from '../support/whole-till';

const HOUR = 3_600_000;

let whole: WholeShop;
let clock: WholeShop['clock'];
let shop: WholeShop['shop'];
let tills: WholeTill[];
let x: string;
let y: string;
beforeEach(async () => {
  whole = await openWholeShop();
  ({ clock, shop, tills } = whole);
  await twoCards();
});
afterEach(() => closeWholeShop(whole));

let cards = 100;
async function twoCards(): Promise<void> {
  [x, y] = [uuidv7(), uuidv7()];
  for (const [id, name] of [
    [x, 'Ирис'],
    [y, 'Юлия'],
  ] as const) {
    cards += 1;
    await one().save(id, { name, phone: `+7925000${1000 + cards}` as Phone, ...NO_DETAILS });
  }
  await syncAll();
}

const one = (): WholeTill => tills[0]!;
const other = (): WholeTill => tills[1]!;

const syncAll = () => syncTills(tills);

const by = (till: WholeTill) => ({ operator: shop.owner.ownerId, at: till.now() });

async function owe(till: WholeTill, customer: string, sum: number): Promise<EntryOf<'sale'>> {
  const outcome = await till.sell(customer, { price: sum });
  if (outcome.kind !== 'saved') throw new Error(JSON.stringify(outcome));
  return outcome.entry as EntryOf<'sale'>;
}

const repay = (till: WholeTill, customer: string, amount: number) =>
  saveRepayment(till.db, {
    repayment: uuidv7(),
    customer,
    ...by(till),
    tenders: [{ kind: 'cash', amount: money(amount) }],
  });

const give = (till: WholeTill, sale: EntryOf<'sale'>) =>
  saveReturn(till.db, {
    return: uuidv7(),
    sale,
    inCash: false,
    approvedBy: null,
    ...by(till),
    note: null,
    shown: 'paper',
    scanned: codeHash(sale.hash),
    reason: 'faulty',
    goods: [{ line: 0, quantity: 1000, to: 'stock' }],
  });

const flags = (): unknown[] =>
  shop.relay.file.prepare('SELECT kind, detail FROM flags ORDER BY cursor').raw().all();

test('example 20: the oldest debt of both is paid first, and goods bought with the other card are returned', async () => {
  const ofY = await owe(other(), y, 30_000);
  clock.pass(HOUR);
  const ofX = await owe(one(), x, 20_000);
  await syncAll();
  expect(await one().merge(x, y)).toMatchObject({ kind: 'saved' });
  await syncAll();
  expect((await repay(one(), y, 35_000)).kind).toBe('saved');
  await syncAll();
  for (const till of tills) {
    const { open } = await debtsOf(till.db, y);
    expect(open).toMatchObject([{ debt: ofX.hash, left: 15_000 }]);
    expect((await returnFactsOf(till.db, ofY, by(till))).since.debts).not.toEqual([]);
  }
  const back = await give(other(), ofY);
  expect(back).toMatchObject({
    entry: { body: { debtReduced: 0, refunds: [{ kind: 'cash', amount: 30_000 }] } },
  });
  await syncAll();
  for (const till of tills) {
    expect(await till.standing(y)).toMatchObject({ owed: 15_000 });
    expect((await statementOf(till.db, y, 9)).movements).toHaveLength(3);
  }
  expect(flags()).toEqual([]);
  const any = { number: null, product: null, total: null, from: null, to: null, own: null };
  for (const till of tills)
    for (const customer of [x, y])
      expect(await findSales(till.db, { ...any, customer }, 9)).toMatchObject([
        { hash: ofX.hash },
        { hash: ofY.hash },
      ]);
});

test('one card is shown at every till, also after the copy is downloaded again', async () => {
  await one().merge(x, y);
  expect(await findCustomers(one().db, '', 9)).toHaveLength(2);
  await syncAll();
  const shown = async (till: WholeTill) =>
    (await findCustomers(till.db, '', 9)).map(({ id }) => id);
  for (const till of tills) {
    expect(await shown(till)).toEqual([y]);
    expect(await checkRemote(till.db)).toBe(false);
    expect(await repair(till.db, clock.now())).toEqual([]);
    const cards = { from: x, into: y, operator: shop.owner.ownerId };
    expect(await whatMerging(till.db, cards)).toMatchObject({ because: { kind: 'card-gone' } });
  }
  await forgetRemote(other().db, 'kept');
  await syncAll();
  expect(await shown(other())).toEqual([y]);
});

test('forgetting the common card erases both', async () => {
  await one().merge(x, y);
  await syncAll();
  expect(await other().forget(y)).toEqual({ kind: 'forgotten' });
  await syncAll();
  await passForgetDay(whole);
  await syncAll();
  for (const till of tills) {
    expect(await till.everything()).not.toMatch(/Ирис|Юлия/);
    for (const card of [x, y]) expect(await customerById(till.db, card)).toBeNull();
  }
  expect(flags()).toEqual([]);
});

test('if two tills merge the cards in opposite directions, the second merge is refused', async () => {
  await one().merge(x, y);
  await other().merge(y, x);
  await one().sync();
  await syncAll();
  for (const till of tills)
    expect((await findCustomers(till.db, '', 9)).map(({ id }) => id)).toEqual([y]);
  expect(flags()).toEqual([['merge-refused', 'card-gone']]);
});

test('whatever tills do in any order, the account has the sums of both cards', async () => {
  const till = fc.nat(1);
  const card = fc.nat(1);
  const act = fc.oneof(
    fc.record({
      kind: fc.constant('sell' as const),
      till,
      card,
      sum: fc.integer({ min: 1, max: 99 }),
    }),
    fc.record({
      kind: fc.constant('repay' as const),
      till,
      card,
      sum: fc.integer({ min: 1, max: 99 }),
    }),
    fc.record({ kind: fc.constant('sync' as const), till }),
  );
  const acts = fc.array(act, { minLength: 2, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(acts, acts, async (before, after) => {
      await twoCards();
      let owed = 0;
      const run = async (all: typeof before) => {
        for (const each of all) {
          clock.pass(1_000);
          const at = tills[each.till]!;
          if (each.kind === 'sync') {
            await at.sync();
            continue;
          }
          const customer = each.card === 0 ? x : y;
          if (each.kind === 'sell') {
            await owe(at, customer, each.sum * 100);
            owed += each.sum * 100;
            continue;
          }
          const outcome = await repay(at, customer, each.sum * 100);
          if (outcome.kind === 'saved') owed -= outcome.entry.body.amount;
        }
      };
      await run(before);
      await one().merge(x, y);
      await run(after);
      await syncAll();
      for (const at of tills) {
        expect(await at.standing(y)).toMatchObject({ owed });
        const { open, weOwe } = await debtsOf(at.db, y);
        expect(open.reduce((sum, { left }) => sum + left, 0) - weOwe).toBe(owed);
      }
    }),
    { numRuns: cases(4) },
  );
});
