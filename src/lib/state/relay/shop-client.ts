// The relay's client of the screens that manage the shop.
import { ShopClient } from '$lib/relay-client/shop-client';
import { till } from '$lib/state/till.svelte';

export const shopClient = new ShopClient(till.client.calls);
