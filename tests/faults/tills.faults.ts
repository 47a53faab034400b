// Two tills sell, make every other act of the day, and change the same fields while apart.
// A browser or the relay is killed, or the relay restored from an older copy: nothing is lost or doubled, and both tills have the
// debts, points, stock and changes of all acts. A control that shows sales as saved too early must lose some.
import { expect, test } from '@playwright/test';
import { seededRandom } from '../support/seeded-random';
import type { Row } from '../support/till-disk';
import { CARD, ChangesApart, outcomeAt, type Outcome } from './apart';
import { openBrowser, STORES, type Browser, type Care, type Store } from './browser';
import type { ShownAct } from './errands';
import { roundsOf, SEED } from './scale';
import { DEBTOR } from './seller';
import { inShops, Shop, withFolder } from './shop';
import type { SaleBody } from './shown';
import { added, movedBy, sumsAt, type Sums } from './sums';
import { Tally } from './tally';
import {
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
/** In one of this many rounds the relay is restored from an older copy; in the others one process is killed. */
const PUT_BACK_EVERY = 3;
const STORE: Store = STORES[SEED % STORES.length] ?? 'LevelDB';

const rounds = roundsOf({ push: 2, long: 200 });
test(`after ${rounds} kills two tills agree on debts and changes, and no receipt is lost or doubled @long`, async () => {
  test.setTimeout(300_000 + rounds * 60_000);
  const tally = new Tally(`two tills agree after a kill of one of them or of the relay (${STORE})`);
  const random = seededRandom(SEED);
  await tally.over(async () => {
    await inShops(tally, rounds, (some) =>
      inTwoTills(tally, async (tills) => {
        for (let round = 0; round < some; round++) {
          const isLast = round === some - 1;
          if (round % PUT_BACK_EVERY === 1) await tills.putBackRound(random, isLast);
          else await tills.killRound(random, isLast);
          await tills.lookAt();
          tally.expectNothingWrong(`round ${tally.rounds}`);
        }
        tills.expectEyesToSee();
      }),
    );
  });
});

test('control: of two tills one that shows sales as saved before they are loses them in a kill', async () => {
  test.setTimeout(300_000);
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
        await shop.addCustomer(browser, CARD);
        const second = await shop.join(other);
        // of the customers' first debts and points, which were imported
        const imported = await sumsAt(browser.page);
        for (const { page, context } of [browser, second]) {
          // from now on they open without the relay, too
          await page.evaluate(async () => void (await navigator.serviceWorker.ready));
          await context.close();
        }
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
  readonly #changes = new ChangesApart();
  #outcome: Outcome = this.#changes.outcome([]);
  #disks: readonly Disk[] = [];
  /** Epochs that the relay's order has at least. */
  #epochs = 1;

  constructor(shop: Shop, profiles: readonly string[], imported: Sums) {
    this.#shop = shop;
    this.#profiles = profiles;
    this.#imported = imported;
    shop.day = this.#day;
  }

  /** `offline`: which till has no network from its start on, so that no request of it is under way; null: none. */
  async #opened({
    care = 'careful',
    offline = null,
  }: { care?: Care; offline?: number | null } = {}): Promise<Browser[]> {
    const browsers: Browser[] = [];
    for (const [place, profile] of this.#profiles.entries()) {
      const browser = await openBrowser(profile, this.#shop.store, care);
      browsers.push(browser);
      if (place === offline) await browser.context.setOffline(true);
      await this.#shop.signIn(browser);
    }
    return browsers;
  }

  /** One of the tills or the relay is killed; the others sell on for a moment. */
  async killRound(random: () => number, isLast: boolean): Promise<void> {
    const { relay } = this.#shop;
    const browsers = await this.#untilTheyMeet(random, isLast);
    const victim = browsers[Math.floor(random() * (browsers.length + 1))];
    await pause(random() * MOMENT_MS);
    await (victim === undefined ? relay.kill() : victim.kill());
    await pause(random() * MOMENT_MS);
    for (const each of browsers) if (each !== victim) await each.kill();
    if (victim === undefined) await relay.start();
    this.#shop.tally.rounds += 1;
  }

  /** The relay goes on from a copy that was made before the round; both tills sell on for a moment, and are killed. */
  async putBackRound(random: () => number, isLast: boolean): Promise<void> {
    const shop = this.#shop;
    await withFolder(async (copy) => {
      await shop.saveRelay(copy);
      await shop.relay.start();
      this.#epochs = shop.epochs() + 1;
      const browsers = await this.#untilTheyMeet(random, isLast);
      await pause(random() * MOMENT_MS);
      await shop.putRelayBack(copy);
      await pause(random() * MOMENT_MS);
      for (const each of browsers) await each.kill();
    });
    shop.tally.rounds += 1;
  }

  /**
   * Opens both tills, one of them offline. They change the same fields and sell, and the other uploads its changes; then the
   * first one goes online. In the last round every act is made first.
   */
  async #untilTheyMeet(random: () => number, isLast: boolean): Promise<Browser[]> {
    const shop = this.#shop;
    const { here } = shop.tally.acknowledged;
    const offline = Math.floor(random() * this.#profiles.length);
    const browsers = await this.#opened({ offline });
    for (const { page } of browsers)
      await expect.poll(() => outcomeAt(page), 'before the round').toEqual(this.#outcome);
    const [away, other] = offline === 0 ? browsers : browsers.toReversed();
    if (away === undefined || other === undefined) throw new Error('two tills are needed');
    const made = await this.#changes.make(
      { away: shop.tillOn(away.page), here: shop.tillOn(other.page) },
      this.#changes.categoryIn(this.#outcome),
      () => shop.newestCode,
    );
    this.#day.push(...made.away, ...made.here);
    const [sold, done] = [here.size, this.#day.length];
    for (const each of browsers) await shop.sell(each);
    // every second one is on account
    await expect.poll(() => here.size, 'no sales').toBeGreaterThanOrEqual(sold + 4);
    await expect.poll(() => this.#day.length, 'no other acts').toBeGreaterThan(done);
    if (isLast) await shop.expectEveryAct();
    const missing = (acts: readonly ShownAct[]) => {
      const hashes = new Set(shop.journalAtRelay().map(({ hash }) => hash));
      return acts.filter(({ value }) => !hashes.has(value));
    };
    await expect.poll(() => missing(made.here), 'not uploaded').toEqual([]);
    expect(missing(made.away), 'uploaded while offline').toEqual(made.away);
    await away.context.setOffline(false);
    return browsers;
  }

  /** One sale of the second till is shown before it is on the disk, and the till is killed. */
  async loseHasty(): Promise<void> {
    const [first, hasty] = await this.#opened({ care: 'hasty' });
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
    for (const { page } of browsers)
      await page.evaluate(() => window.dispatchEvent(new Event('online')));
    const atRelay = await this.#allAtRelay();
    const sums = added([...Object.entries(this.#imported), ...movedBy(journals(this.#disks))]);
    this.#outcome = this.#changes.outcome(atRelay);
    const owed = sums[`${customers.get(DEBTOR.name) ?? ''} debt`] ?? 0;
    for (const [place, { page }] of browsers.entries()) {
      const at = `at till ${place + 1}, seed ${SEED}`;
      await expect.poll(() => sumsAt(page), `the sums ${at}`).toEqual(sums);
      await expect.poll(() => outcomeAt(page), `the changes ${at}`).toEqual(this.#outcome);
      await this.#shop.expectDebtShown(page, owed);
      await this.#changes.expectShown(this.#shop.tillOn(page), atRelay);
      const disk = this.#disks[place];
      if (disk === undefined) continue;
      const own = disk.journal[0]?.['till'];
      const copy = atRelay.filter((entry) => entry['till'] === own);
      tally.torn.push(...tornIn(disk), ...tornShiftsIn(disk), ...tornAtRelay(disk, copy));
    }
    for (const browser of browsers) {
      await this.#shop.verify(browser);
      await browser.context.close();
    }
  }

  /** The entries at the relay, once it has all that these disks have, and has noticed that it was restored. */
  async #allAtRelay(): Promise<Row[]> {
    const shop = this.#shop;
    const own = journals(this.#disks).map(({ hash }) => hash);
    let atRelay: Row[] = [];
    const missing = () => {
      atRelay = shop.journalAtRelay();
      const hashes = new Set(atRelay.map(({ hash }) => hash));
      return own.filter((hash) => !hashes.has(hash)).length;
    };
    await expect.poll(missing, 'entries that are not uploaded').toBe(0);
    await expect.poll(() => shop.epochs(), 'epochs').toBeGreaterThanOrEqual(this.#epochs);
    // a relay that was restored confirms no debts until every till has signed in
    await shop.ownerSignsIn();
    return atRelay;
  }

  /** Proves that the checks, which found nothing wrong, would find a loss, a sale at both tills, a lost act, and wrong sums. */
  expectEyesToSee(): void {
    const { customers, tally } = this.#shop;
    const debt = `${customers.get(DEBTOR.name) ?? ''} debt`;
    const [first, second] = this.#disks;
    if (first === undefined || second === undefined) throw new Error('nothing was looked at');
    const withoutSales = journals(this.#disks).filter(({ act }) => act !== 'sale');
    const [sums, wrong] = [added(movedBy(journals(this.#disks))), added(movedBy(withoutSales))];
    expect(wrong[debt]).not.toBe(sums[debt]);
    // the stock of what was sold, too
    const others = Object.keys(sums).filter((each) => each !== debt && wrong[each] !== sums[each]);
    expect(others).not.toEqual([]);
    expect(doubledOn([first, first])).not.toEqual([]);
    expect(unsavedOf(this.#day, [])).toHaveLength(this.#day.length);
    const without = new Tally('eyes', { kind: 'control', acknowledged: tally.acknowledged });
    without.compareSales(keptOn([second]), customers);
    expect(without.lost.size).toBeGreaterThan(0);
    const other = this.#changes.outcome(this.#shop.journalAtRelay().toReversed());
    for (const part of ['discrepancies', 'goods', 'categories', 'credit'] as const)
      expect(other[part], part).not.toEqual(this.#outcome[part]);
    expect(this.#outcome.persons).not.toEqual([]);
  }
}

const journals = (disks: readonly Disk[]): readonly Row[] =>
  disks.flatMap(({ journal }) => journal);

const keptOn = (disks: readonly Disk[]): ReadonlyMap<string, SaleBody> =>
  new Map(disks.flatMap((disk) => [...salesOn(disk)]));

/** Sales that one till has twice, or that both tills have. */
function doubledOn(disks: readonly Disk[]): string[] {
  const ids = disks.flatMap((disk) => [...salesOn(disk).keys()]);
  const twice = ids.filter((each, place) => ids.indexOf(each) !== place);
  return [...disks.flatMap(doubledIn), ...twice];
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
