// The journal projected again from its first entry leaves the same rows as the till that made it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ReserveVerifier } from '$lib/contract/reserve-code';
import { pack } from '$lib/domain/catalogue';
import { money } from '$lib/domain/money';
import { quantity } from '$lib/domain/quantity';
import type { Product } from '$lib/domain/product';
import { projectedTables } from '$lib/domain/rows';
import { keptOfCode, signVerifier } from '$lib/proof/reserve-code';
import { closeDispute, openDispute } from '$lib/storage/customers/disputes';
import { reviewUnconfirmed } from '$lib/storage/customers/unconfirmed';
import { replaceCatalogue } from '$lib/storage/goods/catalogue';
import { foldedChanges } from '$lib/storage/journal/projection';
import { chainIn } from '$lib/storage/journal/reader';
import { relayKeysIn } from '$lib/storage/journal/real-proofs';
import { beginReEnrolment, completeReEnrolment } from '$lib/storage/recovery/re-enrolment';
import { applyChanges } from '$lib/storage/schema/change';
import { saveReserveNews } from '$lib/storage/secrets/reserve-verifiers';
import {
  ANNA,
  AT,
  BORIS,
  BREAD,
  cash,
  discard,
  everything,
  id,
  openShop,
  overrideBy,
  OWNER,
  points,
  receiptOf,
  SENIOR,
  SHOP,
  TILL,
  type Shop,
} from '../support/storage-shop';

const NEXT = id(3);
const ON_ACCOUNT = 'sell-on-account';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

async function sold(...sale: Parameters<Shop['sell']>): Promise<void> {
  expect(await shop.sell(...sale)).toMatchObject({ kind: 'saved' });
}

async function sellWithReserveCode(): Promise<void> {
  const code = '7K3QXM2P9D';
  const kept = await keptOfCode(code);
  const verifier: ReserveVerifier = {
    ...{ v: 1, purpose: 'reserve-code', shop: SHOP, till: TILL, customer: ANNA, issue: id(900) },
    ...{ id: id(901), ...kept, cap: 300_000, demo: false, at: AT },
  };
  const signed = await signVerifier(verifier, shop.relay.privateKey, shop.relay.kid);
  const news = { verifiers: [signed], gone: [], version: 1, more: false };
  await saveReserveNews(shop.db, { kind: 'reserve-codes', ...news }, 0);
  const given = { kind: 'reserve-code', action: ON_ACCOUNT, code, signed } as const;
  await sold(receiptOf(id(1006), { customer: ANNA }), [given]);
}

/** Counts the bread again. */
async function importGoods(): Promise<void> {
  const bread: Product = {
    ...{ id: BREAD, name: 'хлеб', names: { ru: 'хлеб', en: null }, sku: null },
    ...{ barcodes: ['4600000000017'], category: 'Еда', price: money(10_000) },
    ...{ unit: 'piece', stock: quantity(5000) },
  };
  const counts = { added: 1, updated: 0, unchanged: 0, refused: 0 };
  const summary = { source: 'file', file: 'a.csv', ...counts } as const;
  const attempt = { packed: pack([bread]), summary, restocked: [BREAD], operator: OWNER, at: AT };
  expect(await replaceCatalogue(shop.db, attempt)).toMatchObject({ kind: 'saved' });
}

/** Every kind of act that leaves rows, under two till ids. */
async function trade(): Promise<void> {
  await sold(receiptOf(id(1001), { cheese: 1, tenders: [cash(110_000)] }));
  const owing = receiptOf(id(1002), { customer: ANNA });
  await sold(owing, [await shop.code(owing, ON_ACCOUNT)]);
  const demo = receiptOf(id(1003), { customer: ANNA });
  await sold(demo, [await shop.code(demo, ON_ACCOUNT, { demo: true })]);
  for (const [n, customer] of [
    [1004, BORIS],
    [1005, ANNA],
  ] as const) {
    await sold(receiptOf(id(n), { customer }), [overrideBy(SENIOR, ON_ACCOUNT)]);
  }
  await sellWithReserveCode();
  const redeeming = receiptOf(id(1007), { customer: ANNA, tenders: [points(5), cash(9_500)] });
  await sold(redeeming, [await shop.code(redeeming, 'redeem-points')]);
  await importGoods();
  const [first, second] = await shop.db.unconfirmed.toArray();
  if (first === undefined || second === undefined) expect.fail('nothing waits for review');
  const by = { operator: OWNER, at: AT };
  await reviewUnconfirmed(shop.db, { entries: [first.entry], ...by });
  await openDispute(shop.db, { customer: ANNA, about: second.entry, note: null, ...by });
  const [dispute] = await shop.db.disputes.toArray();
  const closing = { entry: dispute?.entry ?? '', customer: ANNA, outcome: 'stands' } as const;
  await closeDispute(shop.db, { ...closing, note: 'Asked', ...by });
  await beginReEnrolment(shop.db, { id: NEXT });
  const policy = await shop.policyJws(2);
  const named = { shop: SHOP, relayKey: shop.relay.publicKey, contract: 1, policy };
  expect(await completeReEnrolment(shop.db, named, by)).toMatchObject({ kind: 'enrolled' });
  await sold(receiptOf(id(1008), { customer: BORIS }), [overrideBy(SENIOR, ON_ACCOUNT)]);
}

test.each([1, 3, 1000])(
  'projected again in batches of %i, the journal leaves the rows of the till that sold',
  async (batch) => {
    await trade();
    const { db } = shop;
    const before = await everything(db);
    const tables = projectedTables.map((name) => db.table(name));
    for (const table of tables) {
      expect(before[table.name], table.name).not.toEqual([]);
      await table.clear();
    }
    for (const till of [TILL, NEXT]) {
      const entries = await chainIn(db, till).toArray();
      for (let from = 0; from < entries.length; from += batch) {
        const part = entries.slice(from, from + batch);
        const changes = await foldedChanges(db, part, await relayKeysIn(db));
        await db.transaction('rw', tables, () => applyChanges(db, changes));
      }
    }
    expect(await everything(db)).toEqual(before);
  },
);
