// A shop with a real relay and two whole tills.
// For tests in which one till acts and another downloads.
import { makeClock, startRelay } from './relay';
import { TillClient } from './till-client';
import { WholeTill, type Shop } from './whole-till';

export type WholeShop = {
  readonly relay: Shop['relay'];
  readonly clock: ReturnType<typeof makeClock>;
  readonly shop: Shop;
  /** All tills; tests add theirs. */
  readonly tills: WholeTill[];
  readonly one: WholeTill;
  readonly other: WholeTill;
};

/** Opens a shop on 20 November 2026, and enrols two tills. */
export async function openWholeShop(): Promise<WholeShop> {
  const clock = makeClock(Date.parse('2026-11-20T10:00:00Z'));
  const relay = await startRelay({ now: clock.now });
  const shop = { relay, clock, owner: await TillClient.ready(relay.url, clock.now) };
  const one = await WholeTill.enrolled(shop, 'Касса 1');
  const other = await WholeTill.enrolled(shop, 'Касса 2');
  return { relay, clock, shop, tills: [one, other], one, other };
}

/** Closes all tills, then stops the relay. */
export async function closeWholeShop({ relay, tills }: WholeShop): Promise<void> {
  await Promise.all(tills.map((till) => till.close()));
  await relay.stop();
}

/** Exchanges everything: the first round uploads each till's entries, the second downloads the others'. */
export async function syncTills(tills: readonly WholeTill[]): Promise<void> {
  for (let round = 0; round < 2; round += 1) for (const till of tills) await till.sync();
}
