// What enrolment pinned stays pinned: a replaced key or an older policy is noticed.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { currentPolicy, savePolicy } from '$lib/storage/policy/policies';
import {
  ANNA,
  discard,
  everything,
  id,
  openShop,
  receiptOf,
  signer,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

const generous = { overrideCaps: { perAct: 9e9, perCustomer: 9e9, perTill: 9e9 } };

test('a policy signed by a replaced key is refused, and nothing is sold by it', async () => {
  const stranger = await signer();
  const jws = await shop.policyJws(9, (policy) => Object.assign(policy, generous), stranger);
  const row = await shop.db.meta.get('till');
  if (row?.key !== 'till') expect.fail('no till');
  await shop.db.meta.put({ ...row, value: { ...row.value, relayKey: stranger.publicKey } });
  await shop.db.policy.put({ key: 'current', jws, version: 9 });
  expect(await currentPolicy(shop.db)).toMatchObject({ because: 'wrong-signature' });
  const receipt = receiptOf(id(1000), { customer: ANNA });
  const code = await shop.code(receipt, 'sell-on-account', { signedBy: stranger });
  expect(await shop.sell(receipt, [code])).toMatchObject({
    kind: 'refused',
    because: { kind: 'policy-refused', because: 'wrong-signature' },
  });
  expect((await everything(shop.db))['sales']).toEqual([]);
});

test('an older genuine policy in its place is noticed before any act under the newer one', async () => {
  const older = await shop.db.policy.get('current');
  if (older === undefined) expect.fail('no policy');
  expect(await savePolicy(shop.db, await shop.policyJws(2))).toMatchObject({ kind: 'kept' });
  await shop.db.policy.put(older);
  expect(await currentPolicy(shop.db)).toMatchObject({ because: 'older-version', newest: 2 });
});
