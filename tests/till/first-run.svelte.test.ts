// Demo goods include customers with debts, so they are loaded only while the till has no real records.
import { USUAL_TAX } from '$lib/domain/goods/product';
import { NO_DETAILS } from '$lib/domain/customers/customer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pack } from '$lib/domain/goods/catalogue';
import { money } from '$lib/domain/values/money';
import type { Product } from '$lib/domain/goods/product';
import { Catalogue } from '$lib/state/catalogue.svelte';
import { FirstRun } from '$lib/state/first-run';
import { saveCustomer } from '$lib/storage/customers/customers';
import { operatorOf, type VerifiedPolicy } from '$lib/domain/policy/policy';
import { currentPolicy } from '$lib/storage/policy/policies';
import { AT, BREAD, discard, id, openShop, OWNER, type Shop } from '../support/storage-shop';

type Service = 'demo' | 'real' | 'unknown';

let shop: Shop;
let catalogue: Catalogue;
let firstRun: FirstRun;
let policy: VerifiedPolicy;
/** What the till knows of the messaging service, and what the relay answers. */
let service: Service = 'demo';
let relaySays: Service = 'demo';
/** The purposes for which the relay required elevation. */
const asked: string[] = [];

beforeEach(async () => {
  shop = await openShop();
  // the tests' shop has customers, but this test begins without any
  await shop.db.customers.clear();
  service = relaySays = 'demo';
  asked.length = 0;
  const { db } = shop;
  const held = await currentPolicy(db);
  if (held.kind !== 'policy') expect.fail('no policy');
  policy = held.policy;
  catalogue = new Catalogue(
    db,
    () => expect.fail('the policy is believed'),
    () => AT,
  );
  await catalogue.load();
  firstRun = firstRunWith(catalogue);
});
afterEach(() => discard(shop.db));

function firstRunWith(goods: Catalogue): FirstRun {
  const never = () => Promise.reject(new Error('nobody asked for this'));
  return new FirstRun({
    db: shop.db,
    client: {
      enrol: never,
      elevate: never,
      trustContacts: () => Promise.resolve({ kind: 'trusted', held: [] }),
    },
    policy: { current: policy, keep: never, begin: never },
    signIn: { operator: operatorOf(policy, OWNER) ?? null, enterAsNew: () => undefined },
    elevation: {
      run: (purpose, act) => {
        asked.push(purpose);
        return act();
      },
    },
    catalogue: goods,
    sendsDemoCodes: () => service === 'demo',
    askRelay: () => Promise.resolve((service = relaySays)).then(() => undefined),
    identity: () => null,
    now: () => AT,
    onenrolled: () => expect.fail('it is a till already'),
    open: never,
  });
}

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
  barcodes: [],
  price: money(10_000),
  unit: 'piece',
  category: null,
  stock: null,
};
const importPriceList = () =>
  catalogue.change({
    source: 'file',
    file: 'a.csv',
    refused: 0,
    operator: OWNER,
    at: AT,
    changes: { added: pack([bread]), changed: [], counted: [] },
  });

test('an empty till loads them, and may load them again without duplicates', async () => {
  expect(await firstRun.mayLoadDemo()).toBe(true);
  expect(await firstRun.loadDemo('en')).toEqual({ kind: 'loaded' });
  expect(asked).toEqual(['load-demo']);
  const [goods, customers] = [catalogue.count, await shop.db.customers.count()];
  expect(goods).toBeGreaterThan(50);
  expect(await firstRun.mayLoadDemo()).toBe(true);
  expect(await firstRun.loadDemo('ru')).toEqual({ kind: 'loaded' });
  expect([catalogue.count, await shop.db.customers.count()]).toEqual([goods, customers]);
});

test('a price list is not overwritten', async () => {
  await importPriceList();
  expect(await firstRun.mayLoadDemo()).toBe(false);
  expect(await firstRun.loadDemo('en')).toEqual({ kind: 'refused' });
  expect(await catalogue.get([BREAD])).toHaveLength(1);
  expect(await shop.db.customers.count()).toBe(0);
});

test.for([
  ['before the demo’s', '00000000-0000-7000-8000-000000000001'],
  ['after the demo’s', id(41)],
] as const)('they are not added beside a real customer; the card’s id %s', async ([, customer]) => {
  await firstRun.loadDemo('en');
  const card = {
    id: customer,
    name: 'Анна',
    phone: null,
    credit: { kind: 'shop-limit' } as const,
    ...NO_DETAILS,
  };
  await saveCustomer(shop.db, { customer: card, operator: OWNER, at: AT });
  expect(await firstRun.mayLoadDemo()).toBe(false);
  expect(await firstRun.loadDemo('en')).toEqual({ kind: 'refused' });
});

test.for(['real', 'unknown'] as const)(
  'they are not loaded unless codes go through the demo service: %s',
  async (kind) => {
    service = relaySays = kind;
    expect(await firstRun.mayLoadDemo()).toBe(false);
    expect(await firstRun.loadDemo('en')).toEqual({ kind: 'refused' });
  },
);

test('a till that does not know the service asks the relay before it refuses', async () => {
  service = 'unknown';
  expect(await firstRun.loadDemo('en')).toEqual({ kind: 'loaded' });
});

test('goods that have not been read yet are not overwritten', async () => {
  const unread = new Catalogue(
    shop.db,
    () => expect.fail('the policy is believed'),
    () => AT,
  );
  const early = firstRunWith(unread);
  expect(await early.mayLoadDemo()).toBe(false);
  await unread.load();
  expect(await early.mayLoadDemo()).toBe(true);
});
