// Acts without a code wait on the disk until somebody with the right has reviewed them.
import { NO_DETAILS } from '$lib/domain/customers/customer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Operator, Policy } from '$lib/contract/policy';
import { importCustomers } from '$lib/storage/customers/customers';
import { latestEntries } from '$lib/storage/journal/reader';
import { savePolicy } from '$lib/storage/policy/policies';
import { closeDispute, openDispute } from '$lib/storage/customers/disputes';
import {
  reviewUnconfirmed,
  unconfirmedActs,
  unconfirmedSince,
} from '$lib/storage/customers/unconfirmed';
import {
  AT,
  BORIS,
  CASHIER,
  discard,
  HOUR,
  id,
  openShop,
  overrideBy,
  OWNER,
  owingOf,
  SENIOR,
  type Shop,
} from '../support/storage-shop';

const MANAGER = id(14);
let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
  await savePolicy(
    shop.db,
    await shop.policyJws(2, (policy: Policy) => {
      const senior = policy.operators.find((each) => each.id === SENIOR) as Operator;
      policy.operators.push({ ...senior, id: MANAGER, name: 'Мария', group: 'manager' });
    }),
  );
});
afterEach(() => discard(shop.db));

/** Makes a debt that somebody allowed without a code. Returns the hash of its entry. */
async function overriddenBy(by: string, sale = 501, at = AT): Promise<string> {
  const given = overrideBy(by, 'sell-on-account');
  const saved = await shop.sell(owingOf(id(sale), BORIS), [given], { at });
  if (saved.kind !== 'saved') throw new Error(JSON.stringify(saved.because));
  return saved.entry.hash;
}
const waiting = async () => (await unconfirmedActs(shop.db, 100)).map(({ entry }) => entry.hash);
const newestActs = async (limit: number) =>
  (await latestEntries(shop.db, { before: null, limit, acts: null })).map(({ act }) => act);

test('an act without a code waits for review, oldest first, with the time of the oldest', async () => {
  expect(await unconfirmedSince(shop.db)).toBeNull();
  const second = await overriddenBy(SENIOR, 501, AT + HOUR);
  const first = await overriddenBy(SENIOR, 502, AT);
  expect(await waiting()).toEqual([first, second]);
  expect(await unconfirmedSince(shop.db)).toEqual({ count: 2, since: AT });
});

test('an act confirmed by code does not wait, nor do debts of the demo', async () => {
  const receipt = owingOf(id(501), BORIS);
  await shop.sell(receipt, [await shop.code(receipt, 'sell-on-account')]);
  expect(await waiting()).toEqual([]);
});

test('debts imported from a file wait as one entry', async () => {
  const card = (n: number) => ({
    id: id(n),
    name: `${n}`,
    phone: null,
    points: 0,
    owed: 700,
    ...NO_DETAILS,
  });
  await importCustomers(shop.db, {
    source: 'file',
    operator: OWNER,
    at: AT,
    approvals: [],
    customers: [card(61), card(62)].map((each) => ({ ...each, credit: { kind: 'shop-limit' } })),
  });
  expect(await waiting()).toHaveLength(1);
});

test('an operator with the right removes it from the list, and the journal says who did', async () => {
  const act = await overriddenBy(SENIOR);
  const look = (operator: string) =>
    reviewUnconfirmed(shop.db, { entries: [act], operator, at: AT });
  for (const operator of [CASHIER, SENIOR]) {
    expect(await look(operator)).toMatchObject({ because: { kind: 'no-right' } });
  }
  expect(await waiting()).toEqual([act]);
  expect(await look(MANAGER)).toEqual({ kind: 'recorded' });
  expect(await waiting()).toEqual([]);
  expect(await newestActs(1)).toEqual(['unconfirmed-reviewed']);
  // a second review changes nothing and writes nothing
  expect(await look(OWNER)).toEqual({ kind: 'recorded' });
  expect(await newestActs(2)).toEqual(['unconfirmed-reviewed', 'sale']);
});

test('only an owner can review what they allowed themselves', async () => {
  const act = await overriddenBy(MANAGER);
  const look = (operator: string) =>
    reviewUnconfirmed(shop.db, { entries: [act], operator, at: AT });
  expect(await look(MANAGER)).toEqual({ kind: 'refused', because: { kind: 'own-act' } });
  expect(await waiting()).toEqual([act]);
  expect(await look(OWNER)).toEqual({ kind: 'recorded' });
});

test('a disputed act is not marked as reviewed until its dispute is closed, which is a review, too', async () => {
  const act = await overriddenBy(SENIOR);
  const said = { customer: BORIS, about: act, note: null, operator: MANAGER, at: AT };
  await openDispute(shop.db, said);
  const look = { entries: [act], operator: OWNER, at: AT };
  expect(await reviewUnconfirmed(shop.db, look)).toEqual({
    kind: 'refused',
    because: { kind: 'disputed' },
  });
  expect(await waiting()).toEqual([act]);
  const [{ entry = '' } = {}] = await shop.db.disputes.toArray();
  const closing = { entry, customer: BORIS, outcome: 'stands', note: 'Asked', at: AT } as const;
  expect(await closeDispute(shop.db, { ...closing, operator: MANAGER })).toEqual({
    kind: 'recorded',
  });
  expect(await waiting()).toEqual([]);
  expect(await newestActs(3)).toEqual(['settled', 'dispute', 'sale']);
});
