// A code closes only the deal it was given for, once, in time, and only if the relay signed it.
import { enteredOn } from '$lib/domain/customers/customer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { customerById, saveCustomer } from '$lib/storage/customers/customers';
import {
  ANNA,
  AT,
  BORIS,
  BREAD,
  cash,
  discard,
  id,
  MINUTE,
  openShop,
  owingOf,
  OWNER,
  signer,
  type Shop,
} from '../support/storage-shop';
import { expectationsOf } from '../support/storage-expectations';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

const SALE = id(1000);

const { expectRefused, expectSaved } = expectationsOf(() => shop);

const owing = (customer: string | null, cheese?: number) => owingOf(SALE, customer, cheese);

const notForThis = { kind: 'grant-not-for-this-deal', action: 'sell-on-account' };
const wrongGrants: [string, Parameters<Shop['code']>[2]][] = [
  ['another deal', { dealHash: 'a'.repeat(64) }],
  ['another sum', { amount: { minor: 53_999, currency: 'RUB' } }],
  ['another currency', { amount: { minor: 54_000, currency: 'KZT' } }],
  ['another receipt', { receipt: id(1001) }],
  ['another customer', { customer: BORIS }],
  ['another number', { phoneHash: 'b'.repeat(64) }],
  ['another till', { till: id(3) }],
  ['another shop', { shop: id(4) }],
  ['another action', { action: 'redeem-points' }],
];

test.each(wrongGrants)('a grant for %s is refused', async (_, but) => {
  const receipt = owing(ANNA);
  await expectRefused(notForThis, receipt, [await shop.code(receipt, 'sell-on-account', but)]);
});

test('a grant signed by another key is refused', async () => {
  const receipt = owing(ANNA);
  const code = await shop.code(receipt, 'sell-on-account', { signedBy: await signer() });
  await expectRefused({ kind: 'grant-forged', action: 'sell-on-account' }, receipt, [code]);
  const garbage = { ...code, jws: 'no.such.grant' };
  await expectRefused({ kind: 'grant-forged', action: 'sell-on-account' }, receipt, [garbage]);
});

test('a grant is valid until it expires and not after', async () => {
  const receipt = owing(ANNA);
  const code = await shop.code(receipt, 'sell-on-account');
  const late = { at: AT + 15 * MINUTE };
  await expectRefused({ kind: 'grant-expired', action: 'sell-on-account' }, receipt, [code], late);
  await expectSaved(receipt, [code], { at: AT + 15 * MINUTE - 1 });
});

test('one grant closes one sale', async () => {
  const first = owing(ANNA);
  const code = await shop.code(first, 'sell-on-account');
  await expectSaved(first, [code]);
  const { challenge } = (await shop.db.grantsUsed.toArray())[0] ?? {};
  const second = { ...owing(ANNA), id: id(1001) };
  const again = await shop.code(second, 'sell-on-account', { challenge: challenge ?? '' });
  await expectRefused({ kind: 'grant-used', action: 'sell-on-account' }, second, [again]);
});

test('any edit after the code was given voids it', async () => {
  const receipt = owing(ANNA);
  const code = await shop.code(receipt, 'sell-on-account');
  await expectRefused(notForThis, { ...receipt, tenders: [cash(45_000)] }, [code]);
  await expectRefused(notForThis, { ...receipt, customer: BORIS }, [code]);
  const [line] = receipt.lines;
  if (line === undefined) expect.fail('no line');
  const swapped = { ...line, product: BREAD };
  await expectRefused(notForThis, { ...receipt, lines: [swapped] }, [code]);
});

test('a number changed on the card after the code was given voids it', async () => {
  const receipt = owing(ANNA);
  const code = await shop.code(receipt, 'sell-on-account');
  const anna = await customerById(shop.db, ANNA);
  if (anna === null) expect.fail('no Anna');
  const changed = { ...enteredOn(anna), phone: '+79250000777' as never };
  await saveCustomer(shop.db, { customer: changed, operator: OWNER, at: AT });
  await expectRefused(notForThis, receipt, [code]);
});
