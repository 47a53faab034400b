// Two tills sell to one customer and make every other act of the day, during kills.
// A browser or the relay is killed: nothing is lost or doubled, and both tills have the debts, points and stock of all acts.
// A control that shows sales as saved too early must lose some.
import { expect, test, type Page } from '@playwright/test';
import { seededRandom } from '../support/seeded-random';
import { snapshotOf, type Row } from '../support/till-disk';
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
  stockLeft,
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
        // of the customers' first debts and points, which were imported
        const imported = await sumsAt(browser.page);
        for (const each of [browser, second]) await each.context.close();
        await work(new TwoTills(shop, [one, other], imported));
      } finally {
        await shop.dispose();
      }
    }),
  );
}

class TwoTills {
  readonly #shop: Shop;
  readonly #profiles: readonly string[];
  readonly #imported: Sums;
  readonly #day: ShownAct[] = [];
  #disks: readonly Disk[] = [];

  constructor(shop: Shop, profiles: readonly string[], imported: Sums) {
    this.#shop = shop;
    this.#profiles = profiles;
    this.#imported = imported;
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
    const sums = added([...Object.entries(this.#imported), ...movedOn(this.#disks)]);
    const owed = sums[`${customers.get(DEBTOR.name) ?? ''} debt`] ?? 0;
    for (const [place, { page }] of browsers.entries()) {
      await page.evaluate(() => window.dispatchEvent(new Event('online')));
      await expect
        .poll(() => sumsAt(page), `the sums at till ${place + 1}, seed ${SEED}`)
        .toEqual(sums);
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

  /** Proves that the checks, which found nothing wrong, would find a loss, a sale at both tills, a lost act, and wrong sums. */
  expectEyesToSee(): void {
    const { customers, tally } = this.#shop;
    const debt = `${customers.get(DEBTOR.name) ?? ''} debt`;
    const [first, second] = this.#disks;
    if (first === undefined || second === undefined) throw new Error('nothing was looked at');
    const withoutSales = this.#disks.map((disk) => ({
      ...disk,
      journal: disk.journal.filter(({ act }) => act !== 'sale'),
    }));
    const [sums, wrong] = [added(movedOn(this.#disks)), added(movedOn(withoutSales))];
    expect(wrong[debt]).not.toBe(sums[debt]);
    // the stock of what was sold, too
    const others = Object.keys(sums).filter((each) => each !== debt && wrong[each] !== sums[each]);
    expect(others).not.toEqual([]);
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

/** Sums that are not zero, by customer and account or by product. */
type Sums = Readonly<Record<string, number>>;

function added(steps: readonly (readonly [of: string, delta: number])[]): Sums {
  const sums = new Map<string, number>();
  for (const [of, delta] of steps) sums.set(of, (sums.get(of) ?? 0) + delta);
  return Object.fromEntries([...sums].filter(([, sum]) => sum !== 0));
}

/** How all acts of these tills moved debts and points (minor units, points) and stock (thousandths). */
const movedOn = (disks: readonly Disk[]): (readonly [of: string, delta: number])[] => [
  ...disks.flatMap(accountsIn).map(sumOf('delta')),
  ...disks.flatMap((disk) => [...stockLeft(disk)]),
];

/** The sums by the rows of one till, of its own acts and those it downloaded. */
async function sumsAt(page: Page): Promise<Sums> {
  const rows = await snapshotOf(page, ['balances', 'remoteBalances', 'stock', 'remoteStock']);
  const accounts = [...rows.balances, ...rows.remoteBalances].filter(
    ({ account }) => account !== 'purchases',
  );
  const moved = [...rows.stock, ...rows.remoteStock];
  return added([
    ...accounts.map(sumOf('sum')),
    ...moved.map(({ product, delta }) => [String(product), Number(delta)] as const),
  ]);
}

const sumOf =
  (amount: 'delta' | 'sum') =>
  (row: Row): readonly [string, number] => [
    `${String(row['customer'])} ${String(row['account'])}`,
    Number(row[amount]),
  ];

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
