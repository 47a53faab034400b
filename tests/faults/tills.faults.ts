// Two tills sell to one customer and make every other act of the day, during kills.
// A browser or the relay is killed: nothing is lost or doubled, and both tills show the debt of all these acts.
// A control that shows sales as saved too early must lose some.
import { expect, test, type Page } from '@playwright/test';
import { seededRandom } from '../support/seeded-random';
import { rowsOf, type Row } from '../support/till-disk';
import { openBrowser, STORES, type Browser, type Care, type Store } from './browser';
import type { ShownAct } from './errands';
import { roundsOf, SEED } from './scale';
import { DEBTOR } from './seller';
import { inShops, Shop, withFolder } from './shop';
import type { SaleBody } from './shown';
import { NOTHING_WRONG, Tally } from './tally';
import {
  accountsIn,
  diskOf,
  doubledIn,
  salesOn,
  tornAtRelay,
  tornIn,
  tornShiftsIn,
  unsavedOf,
  type Disk,
} from './whole';

/** Longest time from the first sales of a round to a kill, and from the kill to the end of the round, ms. */
const MOMENT_MS = 1500;
const STORE: Store = STORES[SEED % STORES.length] ?? 'LevelDB';

const rounds = roundsOf({ push: 2, long: 200 });
test(`after ${rounds} kills two tills agree on a customer’s debt, and no receipt is lost or doubled`, async () => {
  test.setTimeout(120_000 + rounds * 60_000);
  const tally = new Tally(`two tills agree after a kill of one of them or of the relay (${STORE})`);
  const random = seededRandom(SEED);
  await tally.over(async () => {
    await inShops(tally, rounds, (some) =>
      inTwoTills(tally, async (tills) => {
        for (let round = 0; round < some; round++) {
          await tills.round(random, round === some - 1);
          await tills.lookAt();
          expect(tally.complaints, `round ${tally.rounds}, seed ${SEED}`).toEqual(NOTHING_WRONG);
        }
        tills.expectEyesToSee();
      }),
    );
  });
});

test('control: of two tills one that shows sales as saved before they are loses them in a kill', async () => {
  test.setTimeout(240_000);
  const tally = new Tally('control: a hasty till beside another, kill', { kind: 'control' });
  await tally.over(async () => {
    await inTwoTills(tally, async (tills) => {
      await tills.loseHasty();
      await tills.lookAt();
    });
    expect(tally.lost.size, 'the harness does not see a loss').toBeGreaterThan(0);
  });
});

async function inTwoTills(tally: Tally, work: (tills: TwoTills) => Promise<void>): Promise<void> {
  await withFolder((one) =>
    withFolder(async (other) => {
      const { shop, browser } = await Shop.found(one, STORE, tally);
      try {
        const second = await shop.join(other);
        for (const each of [browser, second]) await each.context.close();
        await work(new TwoTills(shop, [one, other]));
      } finally {
        await shop.dispose();
      }
    }),
  );
}

class TwoTills {
  readonly #shop: Shop;
  readonly #profiles: readonly string[];
  readonly #day: ShownAct[] = [];
  #disks: readonly Disk[] = [];

  constructor(shop: Shop, profiles: readonly string[]) {
    this.#shop = shop;
    this.#profiles = profiles;
    shop.day = this.#day;
  }

  async #opened(care: Care = 'careful'): Promise<Browser[]> {
    const browsers: Browser[] = [];
    for (const profile of this.#profiles) {
      const browser = await openBrowser(profile, this.#shop.store, care);
      browsers.push(browser);
      await this.#shop.signIn(browser);
    }
    return browsers;
  }

  /** Both sell; one of them or the relay is killed; the others sell on for a moment. In the last round every act comes first. */
  async round(random: () => number, isLast: boolean): Promise<void> {
    const { relay, tally } = this.#shop;
    const browsers = await this.#opened();
    const { here } = tally.acknowledged;
    const [sold, done] = [here.size, this.#day.length];
    for (const each of browsers) await this.#shop.sell(each);
    // every second one is on account
    await expect.poll(() => here.size, 'no sales').toBeGreaterThanOrEqual(sold + 4);
    await expect.poll(() => this.#day.length, 'no other acts').toBeGreaterThan(done);
    if (isLast) await this.#shop.expectEveryAct();
    const victim = browsers[Math.floor(random() * (browsers.length + 1))];
    await pause(random() * MOMENT_MS);
    await (victim === undefined ? relay.kill() : victim.kill());
    await pause(random() * MOMENT_MS);
    for (const each of browsers) if (each !== victim) await each.kill();
    if (victim === undefined) await relay.start();
    tally.rounds += 1;
  }

  /** One sale of the second till is shown before it is on the disk, and the till is killed. */
  async loseHasty(): Promise<void> {
    const [first, hasty] = await this.#opened('hasty');
    if (first === undefined || hasty === undefined) throw new Error('two tills are needed');
    await this.#shop.sell(hasty);
    await hasty.kill();
    await first.kill();
    this.#shop.tally.rounds += 1;
  }

  /** Opens both tills, and compares their disks and what they show once each has downloaded the other's entries. */
  async lookAt(): Promise<void> {
    const { tally, customers } = this.#shop;
    const browsers = await this.#opened();
    this.#disks = [];
    for (const { page } of browsers) this.#disks = [...this.#disks, await diskOf(page)];
    tally.compareSales(keptOn(this.#disks), customers);
    for (const each of doubledOn(this.#disks)) tally.doubled.add(each);
    tally.torn.push(...unsavedOf(this.#day, this.#disks));
    const owed = debtOn(this.#disks, customers.get(DEBTOR.name) ?? '');
    for (const [place, { page }] of browsers.entries()) {
      await page.evaluate(() => window.dispatchEvent(new Event('online')));
      const debt = () => debtAt(page, customers.get(DEBTOR.name) ?? '');
      await expect.poll(debt, `the debt at till ${place + 1}, seed ${SEED}`).toBe(owed);
      await this.#shop.expectDebtShown(page, owed);
      const disk = this.#disks[place];
      if (disk === undefined) continue;
      const own = disk.journal[0]?.['till'];
      const atRelay = this.#shop.journalAtRelay().filter((entry) => entry['till'] === own);
      if (atRelay.length < disk.journal.length) tally.torn.push(`till ${place + 1}: not uploaded`);
      tally.torn.push(...tornIn(disk), ...tornShiftsIn(disk), ...tornAtRelay(disk, atRelay));
    }
    for (const browser of browsers) {
      await this.#shop.verify(browser);
      await browser.context.close();
    }
  }

  /** Proves that the checks, which found nothing wrong, would find a loss, a sale at both tills, a lost act, and a wrong debt. */
  expectEyesToSee(): void {
    const { customers, tally } = this.#shop;
    const debtor = customers.get(DEBTOR.name) ?? '';
    const [first, second] = this.#disks;
    if (first === undefined || second === undefined) throw new Error('nothing was looked at');
    const withoutSales = this.#disks.map((disk) => ({
      ...disk,
      journal: disk.journal.filter(({ act }) => act !== 'sale'),
    }));
    expect(debtOn(withoutSales, debtor)).not.toBe(debtOn(this.#disks, debtor));
    expect(doubledOn([first, first])).not.toEqual([]);
    expect(unsavedOf(this.#day, [])).toHaveLength(this.#day.length);
    const without = new Tally('eyes', { kind: 'control', acknowledged: tally.acknowledged });
    without.compareSales(keptOn([second]), customers);
    expect(without.lost.size).toBeGreaterThan(0);
  }
}

const keptOn = (disks: readonly Disk[]): ReadonlyMap<string, SaleBody> =>
  new Map(disks.flatMap((disk) => [...salesOn(disk)]));

/** Sales that one till has twice, or that both tills have. */
function doubledOn(disks: readonly Disk[]): string[] {
  const ids = disks.flatMap((disk) => [...salesOn(disk).keys()]);
  const twice = ids.filter((each, place) => ids.indexOf(each) !== place);
  return [...disks.flatMap(doubledIn), ...twice];
}

/** What the customer owes by all sales, returns and repayments, minor units. */
function debtOn(disks: readonly Disk[], customer: string): number {
  const steps = disks.flatMap(accountsIn);
  const debts = steps.filter((step) => step.account === 'debt' && step.customer === customer);
  return debts.reduce((sum, { delta }) => sum + delta, 0);
}

/** What the customer owes by the rows of a till, minor units. */
async function debtAt(page: Page, customer: string): Promise<number> {
  const rows = [...(await rowsOf(page, 'balances')), ...(await rowsOf(page, 'remoteBalances'))];
  const isDebt = (row: Row) => row['customer'] === customer && row['account'] === 'debt';
  return rows.filter(isDebt).reduce((sum, row) => sum + Number(row['sum']), 0);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
