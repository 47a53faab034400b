// Imported debts that their customers got no message about, until a code confirms them.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Phone } from '$lib/domain/values/phone';
import { importCustomers, type ImportedCustomer } from '$lib/storage/customers/customers';
import { untoldDebts } from '$lib/storage/customers/untold-debts';
import { AT, discard, id, openShop, owingOf, OWNER, type Shop } from '../support/storage-shop';

const DINA = id(900);
const EMIL = id(901);
let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

const phone = '+79250000699' as Phone;
const card = {
  name: 'Дина',
  birthday: null,
  note: null,
  group: null,
  reminders: 'agreed' as const,
  credit: { kind: 'unlimited' },
} as const;
const customers: readonly ImportedCustomer[] = [
  { ...card, id: DINA, phone, owed: 70_000, points: 0 },
  { ...card, id: EMIL, phone: null, owed: 0, points: 5 },
];
const attempt = { source: 'file', customers, approvals: [], operator: OWNER, at: AT } as const;
const untold = async () => [...(await untoldDebts(shop.db, [DINA, EMIL]))];

test('a debt imported without a message is unconfirmed until a code whose message named it', async () => {
  await importCustomers(shop.db, attempt, 'first-code');
  expect(await untold()).toEqual([[DINA, 70_000]]);
  for (const [place, broughtIn, after] of [
    [1, null, [[DINA, 70_000]]],
    [2, 70_000, []],
  ] as const) {
    const receipt = owingOf(id(950 + place), DINA);
    const code = await shop.code(receipt, 'sell-on-account', { broughtIn });
    expect(await shop.sell(receipt, [code])).toMatchObject({ kind: 'saved' });
    expect(await untold()).toEqual(after);
  }
});

test('a debt imported with a message is not among them', async () => {
  await importCustomers(shop.db, attempt, 'now');
  expect(await untold()).toEqual([]);
});
