// The policy in force when the relay was restored from an old copy and has reused a version number.
import { expect, test } from 'vitest';
import { makeTillKey } from '$lib/proof/keys';
import { policyMark } from '$lib/proof/policy';
import { RelayClock } from '$lib/relay-client/clock';
import { RelayClient } from '$lib/relay-client/relay-client';
import { headIn } from '$lib/storage/journal/reader';
import { ShopPolicy } from '$lib/state/relay/shop-policy.svelte';
import { AT, openShop, SHOP, TILL } from '../support/storage-shop';

/** A till with version 1, and a relay that answers with `jws`; `asked`: the requests. */
async function beside(jws: (shop: Awaited<ReturnType<typeof openShop>>) => Promise<string>) {
  const shop = await openShop();
  const theirs = await jws(shop);
  const asked: string[] = [];
  const bodies: unknown[] = [];
  const client = new RelayClient({
    origin: 'http://relay.test',
    clock: new RelayClock({ wall: () => AT }),
    readHead: () => headIn(shop.db),
    fetch: (input, init) => {
      const call = `${init?.method ?? 'GET'} ${new URL(input as string).pathname.slice(7)}`;
      if (call === 'POST /sessions')
        return Promise.resolve(
          Response.json({ kind: 'session', token: 't', expiresAt: AT + 900_000, now: AT }),
        );
      asked.push(call);
      if (call !== 'PUT /policy')
        return Promise.resolve(Response.json({ kind: 'policy', policy: theirs }));
      bodies.push(JSON.parse(init?.body as string));
      return Promise.resolve(
        Response.json({ kind: 'policy-differs', version: 1 }, { status: 409 }),
      );
    },
  });
  const { privateKey } = await makeTillKey();
  client.identify({ tillId: TILL, shopId: SHOP, privateKey });
  let changes = 0;
  const policy = new ShopPolicy(shop.db, client, () => (changes += 1));
  await policy.load();
  const ours = await policyMark((await shop.db.policy.get('current'))?.jws ?? '');
  const marks = { mark: await policyMark(theirs), ours };
  return { policy, asked, bodies, ...marks, changes: () => changes - 1 };
}

test('of two policies with one version the relay’s comes into force, recognised by its mark', async () => {
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

test('a policy that the till has already is not fetched again', async () => {
  const till = await beside(async (shop) => (await shop.db.policy.get('current'))?.jws ?? '');
  await till.policy.refresh(1, till.mark);
  expect([till.asked, till.changes()]).toEqual([[], 0]);
});

test('a change names its base by version and mark; if the relay has another policy of that version, it is shown', async () => {
  const till = await beside((shop) =>
    shop.policyJws(1, (policy) => {
      policy.overrideCaps.perAct = 100;
    }),
  );
  const reply = await till.policy.change((policy) => ({ ...policy, allowedPrefixes: ['+79'] }));
  expect(reply.kind).toBe('policy-differs');
  expect(till.bodies).toMatchObject([{ base: 1, baseMark: till.ours }]);
  expect(till.asked).toEqual(['PUT /policy', 'GET /policy']);
  expect(till.policy.current?.overrideCaps.perAct).toBe(100);
});
