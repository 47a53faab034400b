// A dispute freezes a customer's credit until somebody with the right closes it with outcome and note.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Operator, Policy } from '$lib/contract/policy';
import {
  closeDispute,
  disputeOf,
  disputesAbout,
  openDispute,
  openDisputes,
} from '$lib/storage/customers/disputes';
import { latestEntries } from '$lib/storage/journal/reader';
import { savePolicy } from '$lib/storage/policy/policies';
import {
  ANNA,
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
const ELSEWHERE = 'e'.repeat(64);
const RECORDED = { kind: 'recorded' };
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
async function overriddenBy(by: string, sale = 501): Promise<string> {
  const saved = await shop.sell(owingOf(id(sale), BORIS), [overrideBy(by, 'sell-on-account')]);
  if (saved.kind !== 'saved') throw new Error(JSON.stringify(saved.because));
  return saved.entry.hash;
}
const newest = (limit: number) => latestEntries(shop.db, { before: null, limit, acts: null });
const newestActs = async (limit: number) => (await newest(limit)).map(({ act }) => act);
const open = (about: string | null = null, operator = MANAGER, at = AT) =>
  openDispute(shop.db, { customer: BORIS, about, note: 'was away', operator, at });
/** Closes the open dispute, or the one that another till recorded. */
async function close(operator = MANAGER, entry: string | null = null, note = 'Asked by phone') {
  const held = await disputeOf(shop.db, BORIS);
  return closeDispute(shop.db, {
    entry: entry ?? held?.entry ?? ELSEWHERE,
    customer: BORIS,
    outcome: 'stands',
    note,
    operator,
    at: AT + HOUR,
  });
}

test('it freezes the credit of that customer only, even with a code, until it is closed', async () => {
  const act = await overriddenBy(SENIOR);
  expect(await open(act, CASHIER)).toMatchObject({ because: { kind: 'no-right' } });
  expect(await open(act)).toEqual(RECORDED);
  expect(await disputeOf(shop.db, BORIS)).toMatchObject({
    about: act,
    opened: { operator: MANAGER, note: 'was away' },
  });
  const receipt = owingOf(id(502), BORIS);
  const code = await shop.code(receipt, 'sell-on-account');
  expect(await shop.sell(receipt, [code])).toEqual({
    kind: 'refused',
    because: { kind: 'disputed' },
  });
  const other = owingOf(id(503), ANNA);
  const sold = await shop.sell(other, [await shop.code(other, 'sell-on-account')]);
  expect(sold.kind).toBe('saved');
  expect(await close(OWNER)).toEqual(RECORDED);
  expect(await disputeOf(shop.db, BORIS)).toBeNull();
  expect((await shop.sell(receipt, [code])).kind).toBe('saved');
});

test('closing it is an entry that names the dispute, the outcome and the note; the disk has who and when', async () => {
  const act = await overriddenBy(SENIOR);
  await open(act);
  const [opened] = await newest(1);
  await close();
  const [closing] = await newest(1);
  expect(closing).toMatchObject({
    act: 'settled',
    operator: MANAGER,
    body: { customer: BORIS, about: [opened?.hash], outcome: 'stands', note: 'Asked by phone' },
  });
  const about = (await disputesAbout(shop.db, [act])).get(act);
  const closed = { entry: closing?.hash, at: AT + HOUR, operator: MANAGER, outcome: 'stands' };
  expect(about).toMatchObject({
    entry: opened?.hash,
    closed: { ...closed, note: 'Asked by phone' },
  });
  expect(await openDisputes(shop.db)).toEqual([]);
});

test('an operator who may not manage customers cannot close it', async () => {
  await open();
  for (const operator of [CASHIER, SENIOR])
    expect(await close(operator)).toMatchObject({ because: { kind: 'no-right' } });
  expect(await disputeOf(shop.db, BORIS)).not.toBeNull();
});

test('only an owner can close a dispute about an act that they allowed themselves', async () => {
  await open(await overriddenBy(MANAGER));
  expect(await close(MANAGER)).toEqual({ kind: 'refused', because: { kind: 'own-act' } });
  expect(await close(OWNER)).toEqual(RECORDED);
});

test('after its closing the same entry can be disputed again, and both disputes are stored', async () => {
  const act = await overriddenBy(SENIOR);
  await open(act);
  await close();
  expect(await open(act)).toEqual(RECORDED);
  expect(await disputeOf(shop.db, BORIS)).toMatchObject({ about: act, closed: null });
  expect((await disputesAbout(shop.db, [act])).get(act)).toMatchObject({ closed: null });
  expect(await shop.db.disputes.count()).toBe(2);
  await close();
  expect(await disputeOf(shop.db, BORIS)).toBeNull();
  expect(await newestActs(4)).toEqual(['settled', 'dispute', 'settled', 'dispute']);
});

test('two disputed entries of one customer: nothing goes on account until both are closed', async () => {
  const [first, second] = [await overriddenBy(SENIOR, 501), await overriddenBy(SENIOR, 502)];
  await open(first);
  await open(second, MANAGER, AT + HOUR);
  expect((await openDisputes(shop.db)).map(({ about }) => about)).toEqual([first, second]);
  await close();
  expect(await disputeOf(shop.db, BORIS)).not.toBeNull();
  await close();
  expect(await disputeOf(shop.db, BORIS)).toBeNull();
});

test('a dispute recorded by another till is closed here by an owner, once, with an entry', async () => {
  expect(await close(CASHIER)).toMatchObject({ because: { kind: 'no-right' } });
  // it may be about an act of the manager themselves
  expect(await close(MANAGER)).toEqual({ kind: 'refused', because: { kind: 'another-tills' } });
  expect(await newestActs(1)).toEqual(['customers-imported']);
  expect(await close(OWNER)).toEqual(RECORDED);
  expect(await close(OWNER)).toEqual(RECORDED);
  expect(await newestActs(2)).toEqual(['settled', 'customers-imported']);
});

test('a dispute that is already open, or already closed, is not recorded twice', async () => {
  await open();
  await open();
  const { entry } = (await disputeOf(shop.db, BORIS)) ?? { entry: ELSEWHERE };
  await close();
  await close(MANAGER, entry);
  expect(await newestActs(3)).toEqual(['settled', 'dispute', 'customers-imported']);
});
