// The policy in force on a real disk, following a relay that was put back from an old copy and has signed anew under a number this till knew.
import { expect, test } from 'vitest';
import { makeTillKey } from '$lib/proof/keys';
import { policyMark } from '$lib/proof/policy';
import { RelayClock } from '$lib/relay-client/clock';
import { RelayClient } from '$lib/relay-client/relay-client';
import { ShopPolicy } from '$lib/state/shop-policy.svelte';
import { AT, openShop, SHOP, TILL } from '../support/storage-shop';

/** A till that holds version 1, and a relay which answers with `jws`; `asked` is what went to it. */
async function beside(jws: (shop: Awaited<ReturnType<typeof openShop>>) => Promise<string>) {
  const shop = await openShop();
  const theirs = await jws(shop);
  const asked: string[] = [];
  const client = new RelayClient({
    origin: 'http://relay.test',
    clock: new RelayClock({ wall: () => AT }),
    fetch: (input, init) => {
      const call = `${init?.method ?? 'GET'} ${new URL(input as string).pathname.slice(7)}`;
      if (call === 'POST /sessions')
        return Promise.resolve(
          Response.json({ kind: 'session', token: 't', expiresAt: AT + 900_000, now: AT }),
        );
      asked.push(call);
      return Promise.resolve(Response.json({ kind: 'policy', policy: theirs }));
    },
  });
  const { privateKey } = await makeTillKey();
  client.identify({ tillId: TILL, shopId: SHOP, privateKey });
  let changes = 0;
  const policy = new ShopPolicy(shop.db, client, () => (changes += 1));
  await policy.load();
  return { policy, asked, mark: await policyMark(theirs), changes: () => changes - 1 };
}

test('of two policies of one version the relay’s comes into force, told by its mark', async () => {
  const till = await beside((shop) =>
    shop.policyJws(1, (policy) => {
      policy.overrideCaps.perAct = 100;
    }),
  );
  await till.policy.refresh(1, till.mark);
  expect(till.policy.current?.overrideCaps.perAct).toBe(100);
  expect([till.asked, till.changes()]).toEqual([['GET /policy'], 1]);
  await till.policy.refresh(1, till.mark);
  expect([till.asked, till.changes()]).toEqual([['GET /policy'], 1]);
});

test('the policy the till holds is not fetched again', async () => {
  const till = await beside(async (shop) => (await shop.db.policy.get('current'))?.jws ?? '');
  await till.policy.refresh(1, till.mark);
  expect([till.asked, till.changes()]).toEqual([[], 0]);
});
