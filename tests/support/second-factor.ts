// A shop whose owner has a proven phone, so that the PIN alone opens no settings.
import type { Policy } from '$lib/contract/policy';
import { openShop, type Shop } from './challenges';
import type { Reply, TillClient } from './till-client';

export const OWNER_PHONE = '+79031112233';

/** The owner of a new shop, with a phone number. */
export const withOwnersPhone = (policy: Policy, phone: string | null = OWNER_PHONE): Policy => ({
  ...policy,
  operators: policy.operators.map((it) => (it.group === 'owner' ? { ...it, phone } : it)),
});

export const prove = (till: TillClient, json: object = {}): Promise<Reply> =>
  till.call('POST', `/operators/${till.ownerId}/phone-proof`, json);

/** An open shop whose owner has a proven phone and is no longer elevated. */
export async function openProvenShop(
  change: (policy: Policy) => Policy = (policy) => policy,
): Promise<Shop> {
  const shop = await openShop((policy) => change(withOwnersPhone(policy)));
  await prove(shop.till);
  const reply = await prove(shop.till, { code: shop.smsru.codes.at(-1) });
  if (reply.json.kind !== 'proven') throw new Error(JSON.stringify(reply.json));
  await shop.till.signIn();
  return shop;
}
