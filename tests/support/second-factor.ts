// A shop whose owner has a proven phone, so that the PIN alone opens no settings.
import type { Policy } from '$lib/contract/policy';
import { openShop, type Shop } from './challenges';
import { OWNER_PHONE, type Reply, type TillClient } from './till-client';

/** The owner of a new shop, with a phone number. */
export const withOwnersPhone = (policy: Policy, phone: string | null = OWNER_PHONE): Policy => ({
  ...policy,
  operators: policy.operators.map((it) => (it.group === 'owner' ? { ...it, phone } : it)),
});

export const prove = (till: TillClient, json: object = {}): Promise<Reply> =>
  till.call('POST', `/operators/${till.ownerId}/phone-proof`, json);

/** An open shop whose owner has a proven phone and is no longer elevated; nobody answers codes for them. */
export async function openProvenShop(
  change: (policy: Policy) => Policy = (policy) => policy,
): Promise<Shop> {
  const shop = await openShop((policy) => change(withOwnersPhone(policy)));
  shop.till.tokens = null;
  await shop.till.signIn();
  return shop;
}
