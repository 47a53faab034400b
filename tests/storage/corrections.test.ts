// Corrections on the disk: decided again from what is stored, past any screen; each proof counts once.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Grant } from '$lib/contract/grant';
import type { GivenConfirmation } from '$lib/domain/consent/confirmation';
import { correctionHash, phoneHash } from '$lib/proof/deal';
import { signGrant } from '$lib/proof/grant';
import { standingIn } from '$lib/storage/customers/accounts';
import { saveCorrection, type CorrectionAttempt } from '$lib/storage/sales/corrections';
import { customerById } from '$lib/storage/customers/customers';
import { debtsOf } from '$lib/storage/customers/debts';
import { closeDispute, disputeOf, openDispute } from '$lib/storage/customers/disputes';
import { statementOf } from '$lib/storage/customers/statement';
import { latestEntries } from '$lib/storage/journal/reader';
import {
  ANNA,
  AT,
  BORIS,
  CASHIER,
  discard,
  HOUR,
  id,
  MINUTE,
  NO_CREDIT,
  NO_PHONE,
  openShop,
  overrideBy,
  OWNER,
  owingOf,
  SENIOR,
  SHOP,
  TILL,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

const ON_ACCOUNT = 'sell-on-account';

const correct = (change: Partial<CorrectionAttempt> = {}) =>
  saveCorrection(shop.db, {
    correction: id(900),
    customer: BORIS,
    account: 'debt',
    delta: 5_000,
    debt: null,
    reason: 'Забыли записать',
    operator: OWNER,
    at: AT,
    confirmations: [],
    ...change,
  });

let grants = 800_000;
/** The customer's code for a correction; `but`: fields in which its grant differs. */
async function code(
  delta: number,
  { correction = id(900), customer = BORIS, ...but }: Partial<Grant> & { correction?: string } = {},
): Promise<GivenConfirmation> {
  const card = await customerById(shop.db, customer);
  if (card === null || card.phone === null) throw new Error('nobody to ask');
  const { phone, cardSalt } = card;
  grants += 1;
  const deal = {
    correction,
    customerId: customer,
    cardSalt,
    phone,
    account: 'debt',
    delta,
  } as const;
  const grant: Grant = {
    v: 1,
    shop: SHOP,
    till: TILL,
    challenge: id(grants),
    action: 'correct-balance',
    operator: OWNER,
    receipt: correction,
    person: null,
    customer,
    amount: { minor: delta, currency: 'RUB' },
    phoneHash: await phoneHash(cardSalt, phone),
    phoneSince: AT - 100 * HOUR,
    dealHash: await correctionHash(deal),
    channel: 'sms',
    provider: 'smsru',
    broughtIn: null,
    weak: false,
    demo: false,
    iat: AT,
    exp: AT + 15 * MINUTE,
    ...but,
  };
  const jws = await signGrant(grant, shop.relay.privateKey, shop.relay.kid);
  return { kind: 'code', action: ON_ACCOUNT, jws };
}

const entries = () =>
  latestEntries(shop.db, { before: null, limit: 10, acts: ['balance-corrected'] });

test('a correction upwards with a code is a debt of its own, once', async () => {
  const confirmations = [await code(5_000)];
  const first = await correct({ confirmations });
  expect(first).toMatchObject({ kind: 'saved', entry: { body: { delta: 5_000 } } });
  expect(await correct({ confirmations })).toEqual(first);
  expect(await entries()).toHaveLength(1);
  const [entry] = await entries();
  const { open, movements } = await statementOf(shop.db, BORIS, 10);
  expect(open).toMatchObject([{ debt: entry?.hash, left: 5_000 }]);
  expect(movements).toMatchObject([{ delta: 5_000, after: 5_000 }]);
});

test('a code confirms one correction and no other', async () => {
  const given = await code(5_000);
  expect(await correct({ confirmations: [given] })).toMatchObject({ kind: 'saved' });
  const again = await code(5_000, { correction: id(901), challenge: id(grants) });
  expect(await correct({ correction: id(901), confirmations: [again] })).toMatchObject({
    kind: 'refused',
    because: { kind: 'grant-used' },
  });
});

test('past the screen: without a right, a code or with one for something else it is refused', async () => {
  const { jws } = (await shop.code(owingOf(id(901), BORIS), ON_ACCOUNT, {
    operator: OWNER,
    receipt: id(900),
  })) as { jws: string };
  const refused: [string, Partial<CorrectionAttempt>][] = [
    ['confirmation-missing', {}],
    ['no-right', { operator: CASHIER, confirmations: [await code(5_000)] }],
    ['no-right', { operator: SENIOR, delta: -100 }],
    ['grant-not-for-this-deal', { confirmations: [await code(4_999)] }],
    ['grant-not-for-this-deal', { confirmations: [await code(5_000, { correction: id(902) })] }],
    ['grant-not-for-this-deal', { confirmations: [await code(5_000, { action: ON_ACCOUNT })] }],
    ['grant-not-for-this-deal', { confirmations: [{ kind: 'code', action: ON_ACCOUNT, jws }] }],
    ['grant-not-for-this-deal', { customer: ANNA, confirmations: [await code(5_000)] }],
    ['grant-expired', { at: AT + HOUR, confirmations: [await code(5_000)] }],
    ['no-phone', { customer: NO_PHONE }],
    ['no-credit', { customer: NO_CREDIT, confirmations: [overrideBy(OWNER, ON_ACCOUNT)] }],
    ['override-no-right', { confirmations: [overrideBy(CASHIER, ON_ACCOUNT)] }],
    ['no-reason', { reason: ' ', confirmations: [await code(5_000)] }],
    ['more-than-owed', { customer: ANNA, delta: -50_001 }],
    ['not-enough-points', { customer: ANNA, account: 'points', delta: -301 }],
    ['no-customer', { customer: id(99) }],
  ];
  for (const [kind, change] of refused)
    expect(await correct(change), kind).toMatchObject({ kind: 'refused', because: { kind } });
  expect(await entries()).toEqual([]);
});

test('small steps without a code share the caps with sales', async () => {
  const sold = await shop.sell(owingOf(id(501), BORIS, 2), [overrideBy(SENIOR, ON_ACCOUNT)]);
  expect(sold.kind).toBe('saved');
  const step = (n: number) =>
    correct({
      correction: id(910 + n),
      delta: 100_000,
      at: AT + n * MINUTE,
      confirmations: [overrideBy(OWNER, ON_ACCOUNT)],
    });
  // each is 1 540.00 on account, and the cap is 3 000.00 per customer and day
  expect(await step(1)).toMatchObject({ kind: 'saved' });
  expect(await step(2)).toMatchObject({
    because: { kind: 'override-over-cap', scope: 'customer', allowed: 46_000 },
  });
});

test('small steps in a customer’s favour share the cap of a day', async () => {
  const give = (n: number, customer: string) =>
    correct({
      correction: id(920 + n),
      account: 'points',
      delta: 4_000,
      at: AT + n * MINUTE,
      customer,
    });
  expect(await give(1, ANNA)).toMatchObject({ kind: 'saved' });
  expect(await give(2, BORIS)).toMatchObject({ kind: 'saved' });
  expect(await give(3, NO_PHONE)).toMatchObject({
    because: { kind: 'over-correction-cap', allowed: 200_000 },
  });
  expect((await standingIn(shop.db, ANNA)).points).toBe(4_300);
  expect(await shop.db.unconfirmed.count()).toBe(0);
});

test('what a crafted entry states neither stops the corrections of the shop nor frees its cap', async () => {
  const huge = (index: number, hash: string) => ({
    at: AT,
    hash,
    index,
    seq: 5,
    till: id(77),
    operator: OWNER,
    customer: ANNA,
    ...({ action: 'redeem-points', kind: 'by-right', shown: 'by-right' } as const),
    amount: Number.MAX_SAFE_INTEGER,
  });
  const points = (n: number, amount: number) =>
    correct({ correction: id(930 + n), account: 'points', delta: amount, at: AT + n * MINUTE });
  const first = await points(1, 9_000);
  if (first.kind !== 'saved') throw new Error(first.because.kind);
  const { hash } = first.entry;
  const [row] = await shop.db.confirmations.where('[shown+at]').above(['by-right', 0]).toArray();
  if (row === undefined) throw new Error('no row');
  // the sum that the entry moved counts, whatever its row says
  await shop.db.confirmations.put({ ...row, amount: 0 });
  expect(await points(2, 2_000)).toMatchObject({
    because: { kind: 'over-correction-cap', allowed: 100_000 },
  });
  await shop.db.confirmations.put({ ...row, hash, amount: Number.MAX_SAFE_INTEGER });
  expect(await points(3, 1_000)).toMatchObject({ kind: 'saved' });
  // an entry that came in a snapshot is not stored here, and this must not throw
  await shop.db.remoteConfirmations.bulkPut([huge(0, 'd'.repeat(64)), huge(1, 'd'.repeat(64))]);
  expect(await points(4, 1_000)).toMatchObject({
    because: { kind: 'over-correction-cap', allowed: 0 },
  });
});

test('a disputed debt is written off; it is neither raised meanwhile nor shown as repaid', async () => {
  const sold = await shop.sell(owingOf(id(501), BORIS), [overrideBy(SENIOR, ON_ACCOUNT)]);
  if (sold.kind !== 'saved') throw new Error(sold.because.kind);
  const about = sold.entry.hash;
  const by = { operator: OWNER, at: AT + HOUR };
  await openDispute(shop.db, { customer: BORIS, about, note: null, ...by });
  expect(await correct({ confirmations: [await code(5_000)] })).toMatchObject({
    because: { kind: 'disputed' },
  });
  const off = { debt: about, delta: -54_000, reason: 'Это были не они', ...by };
  expect(await correct(off)).toMatchObject({
    kind: 'saved',
    entry: { body: { settles: [{ debt: about, amount: 54_000 }] } },
  });
  const dispute = await disputeOf(shop.db, BORIS);
  const closing = { entry: dispute?.entry ?? '', customer: BORIS, outcome: 'stands' } as const;
  expect(await closeDispute(shop.db, { ...closing, note: 'Списали', ...by })).toMatchObject({
    kind: 'recorded',
  });
  expect(await debtsOf(shop.db, BORIS)).toEqual({ open: [], weOwe: 0 });
  expect(await shop.db.debts.get([BORIS, about])).toMatchObject({ left: 0, repaid: { cash: 0 } });
});
