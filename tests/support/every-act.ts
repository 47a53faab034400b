// Every kind of act that a till makes for somebody, under two till ids.
import { type Product, singly, USUAL_TAX } from '$lib/domain/goods/product';
import { expect } from 'vitest';
import type { Act, EntryOf } from '$lib/contract/journal';
import type { ReserveVerifier } from '$lib/contract/reserve-code';
import { businessDay } from '$lib/domain/values/business-day';
import { money } from '$lib/domain/values/money';
import { quantity } from '$lib/domain/values/quantity';
import { keptOfCode, signVerifier } from '$lib/proof/reserve-code';
import { saveCorrection } from '$lib/storage/sales/corrections';
import { saveRepayment } from '$lib/storage/customers/debts';
import { closeDispute, openDispute } from '$lib/storage/customers/disputes';
import { importCustomers, saveCustomer } from '$lib/storage/customers/customers';
import { recentImports, undoImport } from '$lib/storage/customers/undone-imports';
import { NO_DETAILS } from '$lib/domain/customers/customer';
import { forgetCustomer } from '$lib/storage/customers/forgotten';
import { reviewUnconfirmed } from '$lib/storage/customers/unconfirmed';
import { goodsChanges } from '$lib/domain/goods-changes';
import { changeGoods } from '$lib/storage/goods/catalogue';
import { goodsIn } from '$lib/storage/remote/shown-goods';
import { changeCategories } from '$lib/storage/goods/categories';
import { asWriter } from '$lib/storage/journal/writer';
import { saveCancellation } from '$lib/storage/sales/cancelled-repayments';
import { cancelReceipt, recordReprint, takeUpReceipt } from '$lib/storage/sales/receipts';
import { correctTender } from '$lib/storage/sales/corrected-tenders';
import { saveReturn } from '$lib/storage/sales/returns';
import { closeShift, countDrawer, recordInShift, shiftOf } from '$lib/storage/shifts/shifts';
import { expectedTerminal, NO_TOTALS } from '$lib/domain/shift/shift';
import { beginReEnrolment, completeReEnrolment } from '$lib/storage/recovery/re-enrolment';
import { saveReserveNews } from '$lib/storage/secrets/reserve-verifiers';
import {
  ANNA,
  AT,
  BORIS,
  BREAD,
  cash,
  id,
  NO_CREDIT,
  overrideBy,
  OWNER,
  points,
  receiptOf,
  SENIOR,
  SHOP,
  TILL,
  type Shop,
} from './storage-shop';

export const NEXT = id(3);
const ON_ACCOUNT = 'sell-on-account';

async function sold(shop: Shop, ...sale: Parameters<Shop['sell']>): Promise<void> {
  expect(await shop.sell(...sale)).toMatchObject({ kind: 'saved' });
}

async function sellWithReserveCode(shop: Shop): Promise<void> {
  const code = '7K3QXM2P9D';
  const kept = await keptOfCode(code);
  const verifier: ReserveVerifier = {
    v: 1,
    purpose: 'reserve-code',
    shop: SHOP,
    till: TILL,
    customer: ANNA,
    issue: id(900),
    id: id(901),
    ...kept,
    cap: 300_000,
    demo: false,
    at: AT,
  };
  const signed = await signVerifier(verifier, shop.relay.privateKey, shop.relay.kid);
  const news = { verifiers: [signed], gone: [], version: 1, more: false };
  await saveReserveNews(shop.db, { kind: 'reserve-codes', ...news }, 0);
  const given = { kind: 'reserve-code', action: ON_ACCOUNT, code, signed } as const;
  await sold(shop, receiptOf(id(2006), { customer: ANNA }), [given]);
}

/** Adds the bread, then changes its price. */
async function importGoods(shop: Shop): Promise<void> {
  const bread: Product = {
    id: BREAD,
    name: 'хлеб',
    names: { ru: 'хлеб', en: null },
    noDiscounts: false,
    askAge: null,
    marked: false,
    usualMost: null,
    tax: USUAL_TAX,
    sku: null,
    barcodes: [singly('4600000000017')],
    category: 'Еда',
    price: money(10_000),
    unit: 'piece',
    stock: quantity(5000),
  };
  const act = { source: 'file', file: 'a.csv', refused: 0 } as const;
  for (const product of [bread, { ...bread, price: money(10_100) }]) {
    const changes = goodsChanges(await goodsIn(shop.db), [product], new Set([BREAD]));
    const attempt = { ...act, changes, operator: OWNER, at: AT };
    expect(await changeGoods(shop.db, attempt)).toEqual({ kind: 'saved' });
  }
}

async function arrangeCategories(shop: Shop): Promise<void> {
  const attempt = { inGoods: ['Еда'], operator: OWNER, at: AT };
  for (const name of ['Бакалея', 'Продукты']) {
    const changed = [{ category: 'Еда', field: 'name', value: name }] as const;
    expect(await changeCategories(shop.db, { ...attempt, changed })).toEqual({ kind: 'saved' });
  }
}

/** An import of one customer, and the act that undoes it. */
async function undoneImport({ db }: Shop, by: { operator: string; at: number }): Promise<void> {
  const gleb = { id: id(950), name: 'Глеб', phone: null, credit: { kind: 'shop-limit' } } as const;
  const customers = [{ ...gleb, ...NO_DETAILS, owed: 700, points: 0 }];
  await importCustomers(db, { source: 'file', customers, approvals: [], ...by });
  const [imported] = await recentImports(db, 0);
  if (imported === undefined) expect.fail('nothing was imported');
  const attempt = { place: imported.place, customers: [gleb.id], approval: null, ...by };
  expect(await undoImport(db, attempt)).toEqual({ kind: 'undone', customers: 1 });
}

/** By act: `here` if `everyAct` makes it, otherwise the test that makes it. A missing act does not compile. */
const MADE: Readonly<Record<Act, string>> = {
  sale: 'here',
  return: 'here',
  repayment: 'here',
  'repayment-cancelled': 'here',
  'overpayment-returned': 'here',
  'balance-corrected': 'here',
  'receipt-cancelled': 'here',
  'receipt-resumed': 'here',
  'receipt-reprinted': 'here',
  'tender-corrected': 'here',
  'shift-opened': 'here',
  'cash-moved': 'here',
  'drawer-opened': 'here',
  tip: 'here',
  'drawer-counted': 'here',
  'shift-closed': 'here',
  'customer-saved': 'here',
  'customers-imported': 'here',
  'import-undone': 'here',
  'customer-forgotten': 'here',
  dispute: 'here',
  settled: 'here',
  'unconfirmed-reviewed': 'here',
  'products-changed': 'here',
  'categories-changed': 'here',
  'till-enrolled': 'here',
  'carried-over': 'here',
  'customers-merged': 'simulation/merged',
  'authorised-person-added': 'storage/authorised-persons',
  'authorised-person-removed': 'storage/authorised-persons',
  'reserve-codes-issued': 'storage/reserve-codes',
  'reserve-codes-voided': 'storage/reserve-codes',
  'backup-restored': 'storage/backup',
  'entries-skipped': 'storage/set-aside',
  'numbers-skipped': 'storage/numbers-skipped',
  'pin-locked': 'storage/pins',
  'policy-refused': 'storage/save-sale',
};

/** A new card, receipts cancelled and resumed, a reprint, a sale with a discount by hand, and a return without a sale. */
async function atTheCounter(shop: Shop, of: EntryOf<'sale'>): Promise<void> {
  const { db } = shop;
  const by = { operator: SENIOR, at: AT };
  const credit = { kind: 'shop-limit' } as const;
  const dasha = { ...NO_DETAILS, id: id(2034), name: 'Даша', phone: null, credit };
  expect(await saveCustomer(db, { ...by, customer: dasha })).toMatchObject({ kind: 'saved' });
  const given = {
    receipt: id(2100),
    lines: 1,
    total: money(10_000),
    held: { times: 0, longestMs: 0 },
  };
  const cancelling = { ...by, ...given, id: id(2030), removed: { lines: 1, sum: 500 } };
  expect(await cancelReceipt(db, cancelling)).toMatchObject({ kind: 'saved' });
  const resuming = { ...by, id: id(2031), receipt: id(2100), cancelled: id(2030) };
  expect(await takeUpReceipt(db, resuming)).toMatchObject({ kind: 'saved' });
  expect((await recordReprint(db, { ...by, of })).kind).toBe('saved');
  const paid = await shop.sell(receiptOf(id(2035), { tenders: [cash(10_000)] }));
  if (paid.kind !== 'saved') expect.fail('not sold');
  const tenders = { cash: 0, card: 10_000, transfer: 0 };
  const correcting = {
    ...by,
    correction: id(2036),
    sale: paid.entry as EntryOf<'sale'>,
    tenders,
    allowedBy: null,
  };
  expect(await correctTender(db, correcting)).toMatchObject({ kind: 'saved' });
  const receipt = receiptOf(id(2032), { customer: BORIS, tenders: [cash(9_500)] });
  const discount = { basisPoints: null, sum: money(500) };
  await sold(shop, { ...receipt, discount }, [], { operator: OWNER });
  const loaf = {
    product: BREAD,
    name: 'хлеб',
    unit: 'piece',
    quantity: 1000,
    to: 'stock',
  } as const;
  const returned = await saveReturn(db, {
    ...by,
    return: id(2033),
    sale: null,
    customer: BORIS,
    inCash: true,
    approvedBy: OWNER,
    reason: 'faulty',
    note: null,
    goods: [{ ...loaf, mark: null, tax: USUAL_TAX, prices: { given: 10_000, list: 10_000 } }],
  });
  expect(returned).toMatchObject({ kind: 'saved' });
}

/** Makes every act that `MADE` marks as `here`, under two till ids: `TILL`, then `NEXT`. */
export async function everyAct(shop: Shop): Promise<void> {
  await sold(shop, receiptOf(id(2001), { cheese: 1, tenders: [cash(110_000)] }));
  const owing = receiptOf(id(2002), { customer: ANNA });
  await sold(shop, owing, [await shop.code(owing, ON_ACCOUNT)]);
  const demo = receiptOf(id(2003), { customer: ANNA });
  await sold(shop, demo, [await shop.code(demo, ON_ACCOUNT, { demo: true })]);
  for (const [n, customer] of [
    [2004, BORIS],
    [2005, ANNA],
  ] as const) {
    await sold(shop, receiptOf(id(n), { customer }), [overrideBy(SENIOR, ON_ACCOUNT)]);
  }
  await sellWithReserveCode(shop);
  const redeeming = receiptOf(id(2007), { customer: ANNA, tenders: [points(5), cash(9_500)] });
  await sold(shop, redeeming, [await shop.code(redeeming, 'redeem-points')]);
  await importGoods(shop);
  await arrangeCategories(shop);
  const tenders = [{ kind: 'cash', amount: money(12_000) }] as const;
  const repayment = { repayment: id(2009), customer: ANNA, tenders, operator: SENIOR, at: AT };
  const repaid = await saveRepayment(shop.db, repayment);
  if (repaid.kind !== 'saved') expect.fail('not repaid');
  const cancelled = await saveCancellation(shop.db, {
    allowedBy: null,
    cancellation: id(2023),
    repayment: repaid.entry,
    reason: 'Not theirs',
    operator: OWNER,
    at: AT,
    confirmations: [overrideBy(OWNER, ON_ACCOUNT)],
  });
  expect(cancelled).toMatchObject({ kind: 'saved' });
  const again = { ...repayment, repayment: id(2024) };
  expect(await saveRepayment(shop.db, again)).toMatchObject({ kind: 'saved' });
  // written past the rules, which allow no payout: the shop owes nobody
  const accounts = [{ customer: BORIS, account: 'debt', delta: 100 } as const] as [never];
  const day = businessDay(AT, 'Europe/Moscow');
  const payout = { payout: id(2025), currency: 'RUB', day, customer: BORIS, amount: 100, accounts };
  await asWriter(shop.db, (writer) =>
    writer.write({
      act: 'overpayment-returned',
      body: { ...payout, tender: 'cash', allowedBy: null },
      policy: 1,
      operator: OWNER,
      at: AT,
    }),
  );
  const correction = { debt: null, reason: 'Miscounted', operator: OWNER, at: AT } as const;
  const given = { ...correction, account: 'points', delta: 7, confirmations: [] } as const;
  const raised = { ...correction, account: 'debt', delta: 1_000 } as const;
  const confirmations = [overrideBy(OWNER, ON_ACCOUNT)];
  for (const attempt of [
    { ...given, correction: id(2020), customer: BORIS },
    { ...raised, correction: id(2021), customer: BORIS, confirmations },
    { ...raised, correction: id(2022), customer: ANNA, delta: -500, confirmations: [] },
  ])
    expect(await saveCorrection(shop.db, attempt)).toMatchObject({ kind: 'saved' });
  const sale = await shop.db.journal.where('[till+seq]').between([TILL, 0], [TILL, 9e9]).toArray();
  const redeemed = sale.find(({ body }) => body['sale'] === id(2007)) as EntryOf<'sale'>;
  const returning = {
    ...({ return: id(2014), sale: redeemed, inCash: false, shown: 'copy', scanned: null } as const),
    approvedBy: OWNER,
    ...({ reason: 'faulty', note: null, operator: SENIOR, at: AT } as const),
    goods: [{ line: 0, quantity: 1000, to: 'stock' }],
  } as const;
  expect(await saveReturn(shop.db, returning)).toMatchObject({ kind: 'saved' });
  await atTheCounter(shop, redeemed);
  const drawer = { operator: SENIOR, at: AT, note: null };
  const change = { ...drawer, direction: 'in', reason: 'small-change' } as const;
  await recordInShift(shop.db, 'cash-moved', {
    ...change,
    id: id(2010),
    amount: money(50_000),
    approvedBy: null,
  });
  await recordInShift(shop.db, 'drawer-opened', { ...drawer, id: id(2011), reason: 'give-change' });
  const body = { tip: id(2016), day: businessDay(AT, 'Europe/Moscow'), sale: null };
  await asWriter(shop.db, (writer) =>
    writer.write({
      act: 'tip',
      body: { ...body, amount: 5_000, tender: 'cash' },
      policy: 1,
      operator: SENIOR,
      at: AT,
    }),
  );
  const [counted, pieces] = [money(300_000), [{ value: money(100_000), count: 3 }]];
  const { shift } = await shiftOf(shop.db);
  const terminal = expectedTerminal(shift?.totals ?? NO_TOTALS).map(({ kind, expected }) => ({
    kind,
    counted: expected,
  }));
  await countDrawer(shop.db, { ...drawer, id: id(2012), counted, pieces, terminal });
  const close = { ...drawer, id: id(2013), left: money(100_000), reason: 'unknown' } as const;
  expect(await closeShift(shop.db, close)).toMatchObject({ kind: 'saved' });
  const [first, second] = await shop.db.unconfirmed.toArray();
  if (first === undefined || second === undefined) expect.fail('nothing waits for review');
  const by = { operator: OWNER, at: AT };
  await reviewUnconfirmed(shop.db, { entries: [first.entry], ...by });
  await openDispute(shop.db, { customer: ANNA, about: second.entry, note: null, ...by });
  const [dispute] = await shop.db.disputes.toArray();
  const closing = { entry: dispute?.entry ?? '', customer: ANNA, outcome: 'stands' } as const;
  await closeDispute(shop.db, { ...closing, note: 'Asked', ...by });
  const settled = { customer: null, outcome: 'dealt-with', note: 'Agreed' } as const;
  const about = ['d'.repeat(64)];
  await asWriter(shop.db, (writer) =>
    writer.write({ act: 'settled', body: { ...settled, about }, policy: 1, ...by }),
  );
  const forgotten = await forgetCustomer(shop.db, {
    customer: NO_CREDIT,
    ...by,
    consent: { kind: 'by-right' },
  });
  expect(forgotten).toEqual({ kind: 'forgotten' });
  await undoneImport(shop, by);
  await beginReEnrolment(shop.db, { id: NEXT });
  const policy = await shop.policyJws(2);
  const named = { shop: SHOP, relayKey: shop.relay.publicKey, contract: 1, number: 2, policy };
  expect(await completeReEnrolment(shop.db, named, by)).toMatchObject({ kind: 'enrolled' });
  await sold(shop, receiptOf(id(2008), { customer: BORIS }), [overrideBy(SENIOR, ON_ACCOUNT)]);
  const made = new Set((await shop.db.journal.toArray()).map(({ act }) => act));
  const expected = Object.entries(MADE).flatMap(([act, where]) => (where === 'here' ? [act] : []));
  expect([...made].sort()).toEqual(expected.sort());
}
