// A register on a real disk with the till's own client; the test gives the replies of the relay.
import type { DiscountRule } from '$lib/contract/discount-rule';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { money } from '$lib/domain/values/money';
import { USUAL_TAX, type Product } from '$lib/domain/goods/product';
import { makeTillKey } from '$lib/proof/keys';
import { RelayClock } from '$lib/relay-client/clock';
import { RelayClient } from '$lib/relay-client/relay-client';
import { Connectivity } from '$lib/state/relay/connectivity.svelte';
import { JournalUploader } from '$lib/state/relay/journal-uploader.svelte';
import { Register } from '$lib/state/register/register.svelte';
import { headIn } from '$lib/storage/journal/reader';
import { currentPolicy, savePolicy } from '$lib/storage/policy/policies';
import { AT, BREAD, CASHIER, openShop, SHOP, TILL } from './storage-shop';

export type Asked = { call: string; answer: (json: unknown) => void; body: unknown };

/** A till in the middle of a day; `asked` has the requests that wait for a reply. `day`: what the test may change. */
export async function atWork(rules: readonly DiscountRule[] = []) {
  const shop = await openShop();
  if (rules.length > 0)
    await savePolicy(
      shop.db,
      await shop.policyJws(2, (policy) => void (policy.discountRules = [...rules])),
    );
  const asked: Asked[] = [];
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
      return new Promise((resolve) => {
        const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : null;
        asked.push({ call, body, answer: (json) => resolve(Response.json(json)) });
      });
    },
  });
  const { privateKey } = await makeTillKey();
  client.identify({ tillId: TILL, shopId: SHOP, privateKey });
  const current = await currentPolicy(shop.db);
  if (current.kind !== 'policy') throw new Error(current.because);
  const day: { policy: VerifiedPolicy | null; operator: string | null; at: number } = {
    policy: current.policy,
    operator: CASHIER,
    at: AT,
  };
  const uploader = new JournalUploader({
    db: shop.db,
    client,
    now: () => AT,
    proven: () => AT,
    isOffline: () => false,
  });
  const makeRegister = () =>
    new Register({
      db: shop.db,
      client,
      connectivity: new Connectivity(shop.db, () => AT),
      uploader,
      policy: () => day.policy,
      operator: () => day.operator,
      now: () => day.at,
      proven: () => AT,
      onsaved: () => undefined,
      onpolicyrefused: () => undefined,
    });
  const { policy } = current;
  const register = makeRegister();
  return { shop, asked, day, policy, client, uploader, makeRegister, register };
}

/** A loaf at 100.00. */
export const bread = {
  id: BREAD,
  name: { ru: 'хлеб', en: 'bread' },
  unit: 'piece',
  price: money(10_000),
  barcodes: [],
  noDiscounts: false,
  askAge: null,
  marked: false,
  usualMost: null,
  tax: USUAL_TAX,
  category: null,
  stock: null,
} as unknown as Product;
