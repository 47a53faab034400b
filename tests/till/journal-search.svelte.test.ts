// The search through the journal while sales go on, and after its screen is closed.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isEnrolled, tillIn } from '$lib/storage/database/till-record';
import { loadAdminText } from '$lib/ui/text/current.svelte';
import { JournalSearch, queryFrom } from '../../src/routes/journal/journal-search.svelte';
import { ProofJudge } from '$lib/storage/journal/proof-judge';
import {
  BORIS,
  discard,
  id,
  openShop,
  overrideBy,
  owingOf,
  SENIOR,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  await loadAdminText();
  shop = await openShop();
});
afterEach(() => discard(shop.db));

async function sell(sale: number): Promise<void> {
  const saved = await shop.sell(owingOf(id(sale), BORIS), [overrideBy(SENIOR, 'sell-on-account')]);
  expect(saved.kind).toBe('saved');
}

test('a sale made during the search is found, too; a stopped search shows nothing more', async () => {
  const device = await tillIn(shop.db);
  const customer = await shop.db.customers.get(BORIS);
  const query = queryFrom(customer?.name ?? '');
  if (!isEnrolled(device) || query === null) expect.fail('no till');
  const asked = { query, filter: 'account', judge: new ProofJudge(device) } as const;
  const finder = new JournalSearch(shop.db);
  const sales = () => finder.page.rows.filter(({ entry }) => entry.act === 'sale').length;
  await sell(501);
  const first = finder.find(asked);
  const selling = sell(502).then(() => finder.find(asked));
  await Promise.all([first, selling]);
  await expect.poll(sales).toBe(2);
  await expect.poll(() => finder.searching).toBe(false);
  const late = finder.find(asked);
  finder.stop();
  await late;
  expect([sales(), finder.searching]).toEqual([0, false]);
});
