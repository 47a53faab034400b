// A forged policy is noticed at the next start and at the next act, and nothing is sold under it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Policy } from '$lib/contract/policy';
import { forgetCustomer } from '$lib/storage/customers/forgotten';
import { currentPolicy, savePolicy } from '$lib/storage/policy/policies';
import {
  cash,
  CASHIER,
  discard,
  emptyDb,
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

const paid = (n: number) => receiptOf(id(1000 + n), { tenders: [cash(10_000)] });

const withRights = (policy: Policy) => {
  const cashier = policy.groups.find((group) => group.id === 'cashier');
  cashier?.rights.push('skip-code:on-account', 'sell-over-limit');
};

/** Edits the row as somebody with the browser's tools can. */
async function putBack(jws: string, version: number): Promise<void> {
  await shop.db.policy.put({ key: 'current', jws, version });
}

async function expectRefused(because: string, version: number | null): Promise<void> {
  const newest = 1;
  expect(await currentPolicy(shop.db)).toMatchObject({ kind: 'policy-refused', because, version });
  const refused = { kind: 'refused', because: { kind: 'policy-refused', because } };
  // every act notes it, not only a sale
  const left = {
    customer: id(1),
    operator: CASHIER,
    at: Date.now(),
    consent: { kind: 'by-right' } as const,
  };
  expect(await forgetCustomer(shop.db, left)).toMatchObject(refused);
  const last = await shop.db.journal.orderBy(':id').last();
  expect(last).toMatchObject({ act: 'policy-refused', body: { because, version } });
  expect(last?.policy).toBeGreaterThanOrEqual(newest);
  // reported once, but refused every time
  const count = await shop.db.journal.count();
  expect(await shop.sell(paid(7))).toMatchObject(refused);
  expect(await shop.db.sales.get(id(1007))).toBeUndefined();
  expect(await shop.db.journal.count()).toBe(count);
}

test('the policy that the relay signed is in force', async () => {
  const current = await currentPolicy(shop.db);
  expect(current).toMatchObject({ kind: 'policy', policy: { version: 1 } });
  expect(await shop.sell(paid(1))).toMatchObject({ kind: 'saved' });
});

test('a policy edited on the disk is refused', async () => {
  await shop.sell(paid(1));
  const row = await shop.db.policy.get('current');
  const [header = '', body = '', signature = ''] = row?.jws.split('.') ?? [];
  const text = new TextDecoder().decode(
    Uint8Array.from(atob(body.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0)),
  );
  const edited = text.replace('"perAct":300000', '"perAct":900000');
  expect(edited).not.toBe(text);
  const bytes = String.fromCharCode(...new TextEncoder().encode(edited));
  const spelled = btoa(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  await putBack([header, spelled, signature].join('.'), 1);
  await expectRefused('wrong-signature', null);
});

test('a policy signed by another key is refused', async () => {
  await shop.sell(paid(1));
  await putBack(await shop.policyJws(9, withRights, await signer()), 9);
  await expectRefused('wrong-signature', null);
});

test('an older genuine policy restored after acts under a newer one is refused', async () => {
  const loose = await shop.policyJws(1, withRights);
  await savePolicy(shop.db, await shop.policyJws(2));
  await shop.sell(paid(1));
  await putBack(loose, 2);
  await expectRefused('older-version', 1);
});

test("another shop's policy is refused", async () => {
  await shop.sell(paid(1));
  await putBack(await shop.policyJws(5, (policy) => (policy.shop.id = id(4))), 5);
  await expectRefused('wrong-shop', 5);
});

test('a removed policy, or none at all, is refused', async () => {
  await shop.sell(paid(1));
  await shop.db.policy.clear();
  await expectRefused('missing', null);
  await putBack('{"rights":["all"]}', 1);
  await expectRefused('malformed', null);
});

test('the genuine policy is accepted again once it is restored', async () => {
  await shop.db.policy.clear();
  await shop.sell(paid(1));
  expect(await savePolicy(shop.db, await shop.policyJws(1))).toMatchObject({ kind: 'kept' });
  expect(await shop.sell(paid(2))).toMatchObject({ kind: 'saved' });
});

test('an older policy from the relay does not replace the stored one', async () => {
  expect(await savePolicy(shop.db, await shop.policyJws(3))).toMatchObject({ kind: 'kept' });
  const older = await shop.policyJws(2, withRights);
  expect(await savePolicy(shop.db, older)).toMatchObject({ because: 'older-version', newest: 3 });
  expect(
    await savePolicy(shop.db, await shop.policyJws(4, () => {}, await signer())),
  ).toMatchObject({ because: 'wrong-signature' });
  expect(await currentPolicy(shop.db)).toMatchObject({ kind: 'policy', policy: { version: 3 } });
});

test('only the signed text is on the disk, never a decoded policy', async () => {
  const rows = await shop.db.policy.toArray();
  expect(rows.map((row) => Object.keys(row).sort())).toEqual([['jws', 'key', 'version']]);
  expect(JSON.stringify(await shop.db.meta.toArray())).not.toContain('overrideCaps');
});

test('rights edited in a row beside the signed text have no effect', async () => {
  const row = await shop.db.policy.get('current');
  await shop.db.policy.put({ ...row, operators: [], groups: [] } as never);
  const receipt = receiptOf(id(1001), { customer: id(21) });
  expect(await shop.sell(receipt, [], { operator: CASHIER })).toMatchObject({ kind: 'refused' });
  expect(await currentPolicy(shop.db)).toMatchObject({ kind: 'policy', policy: { version: 1 } });
});

test('before the first run there is no policy, and nothing to report', async () => {
  const db = emptyDb();
  expect(await currentPolicy(db)).toEqual({
    kind: 'policy-refused',
    because: 'missing',
    version: null,
    newest: 0,
  });
  await discard(db);
});
