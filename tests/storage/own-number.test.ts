// An operator cannot serve their own card while a colleague could do it: no such act is saved.
import { codeHash } from '$lib/domain/values/receipt-number';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EntryOf } from '$lib/contract/journal';
import { money } from '$lib/domain/values/money';
import { USUAL_TAX } from '$lib/domain/goods/product';
import { savePayout, saveRepayment } from '$lib/storage/customers/debts';
import { savePolicy } from '$lib/storage/policy/policies';
import { saveReturn } from '$lib/storage/sales/returns';
import {
  ANNA,
  AT,
  BREAD,
  cash,
  discard,
  downloaded,
  id,
  openShop,
  OWNER,
  overrideBy,
  receiptOf,
  SENIOR,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
/** A paid sale to Anna, made by somebody else. */
let sold: EntryOf<'sale'>;
beforeEach(async () => {
  shop = await openShop();
  const sale = receiptOf(id(500), { customer: ANNA, tenders: [cash(10_000)] });
  const saved = await shop.sell(sale, [], { operator: OWNER });
  if (saved.kind !== 'saved') throw new Error(saved.because.kind);
  sold = saved.entry as EntryOf<'sale'>;
  await downloaded(shop.db);
});
afterEach(() => discard(shop.db));

const isAnna = (alone: 'alone' | 'not-alone') =>
  shop.policyJws(2, (policy) => {
    const phone = '+79250000602';
    policy.operators = policy.operators
      .filter((one) => alone === 'not-alone' || one.id === SENIOR)
      .map((one) => (one.id === SENIOR ? { ...one, phone } : one));
  });

const by = { operator: SENIOR, at: AT };
const because = { reason: 'faulty', note: null, approvedBy: null, inCash: true } as const;
const tenders = [{ kind: 'cash', amount: money(100) }] as const;
const loaf = { product: BREAD, name: 'хлеб', unit: 'piece', quantity: 1000, to: 'stock' } as const;

/** The acts that Света tries with Anna's card, which has her own number. */
async function tried() {
  const { db } = shop;
  const paid = receiptOf(id(501), { customer: ANNA, tenders: [cash(10_000)] });
  const owing = receiptOf(id(502), { customer: ANNA });
  const goods = [{ line: 0, quantity: 1000, to: 'stock' }] as const;
  const shown = { sale: sold, goods, shown: 'paper', scanned: codeHash(sold.hash) } as const;
  const unseen = {
    sale: null,
    customer: ANNA,
    goods: [{ ...loaf, mark: null, tax: USUAL_TAX, prices: PRICES }],
  };
  return [
    await shop.sell(paid, [], by),
    await shop.sell(owing, [overrideBy(SENIOR, 'sell-on-account')], by),
    await saveReturn(db, { ...by, ...because, return: id(601), ...shown }),
    await saveReturn(db, { ...by, ...because, return: id(602), ...unseen, approvedBy: OWNER }),
    await saveRepayment(db, { ...by, repayment: id(701), customer: ANNA, tenders }),
    await savePayout(db, {
      ...by,
      payout: id(702),
      customer: ANNA,
      amount: money(100),
      tender: 'cash',
      allowedBy: null,
    }),
  ].map((outcome) => (outcome.kind === 'refused' ? outcome.because.kind : outcome.kind));
}
const PRICES = { given: 100, list: 10_000 };

test('each of them is refused while somebody else may do it', async () => {
  await savePolicy(shop.db, await isAnna('not-alone'));
  const before = await shop.db.journal.count();
  expect(await tried()).toEqual(Array(6).fill('own-number'));
  expect(await shop.db.journal.count()).toBe(before);
});

test('a sole operator serves themselves, with the rules that hold for everybody', async () => {
  await savePolicy(shop.db, await isAnna('alone'));
  const nothing = 'more-than-we-owe';
  expect(await tried()).toEqual(['saved', 'saved', 'saved', 'saved', 'saved', nothing]);
});
