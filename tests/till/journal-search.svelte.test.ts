// The search through the journal while sales go on, and after its screen is closed.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { money } from '$lib/domain/values/money';
import { saveRepayment } from '$lib/storage/customers/debts';
import { isEnrolled, tillIn } from '$lib/storage/database/meta';
import { loadAdminText } from '$lib/ui/text/current.svelte';
import { readJournal, type JournalPage } from '../../src/routes/shared/entry/journal-rows';
import { JournalSearch, queryFrom } from '../../src/routes/journal/journal-search.svelte';
import { ProofJudge } from '$lib/storage/journal/proof-judge';
import {
  AT,
  BORIS,
  CASHIER,
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

test('a repayment stands among debts and points, and the search finds it', async () => {
  const device = await tillIn(shop.db);
  if (!isEnrolled(device)) expect.fail('no till');
  await sell(501);
  const saved = await saveRepayment(shop.db, {
    repayment: id(901),
    customer: BORIS,
    operator: CASHIER,
    at: AT,
    tenders: [{ kind: 'cash', amount: money(12_300) }],
  });
  expect(saved.kind).toBe('saved');
  const judge = new ProofJudge(device);
  const acts = ({ rows }: JournalPage) => rows.map(({ entry }) => entry.act);
  expect(acts(await readJournal(shop.db, judge, 'account', 10))).toEqual([
    ...['repayment', 'sale', 'customers-imported'],
  ]);
  expect(acts(await readJournal(shop.db, judge, 'no-code', 10))).not.toContain('repayment');
  const finder = new JournalSearch(shop.db);
  for (const [filter, found] of [
    ['account', ['repayment']],
    ['no-code', []],
  ] as const) {
    const query = queryFrom('погашение');
    if (query === null) expect.fail('no query');
    await finder.find({ query, filter, judge });
    expect(acts(finder.page)).toEqual(found);
  }
});
