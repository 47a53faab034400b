// The power is cut while sales are saved: the disk keeps only what had reached it. A till told to be less careful must lose sales in the same way, or nothing is proven.
import { expect, test } from '@playwright/test';
import { join } from 'node:path';
import { seededRandom } from '../support/seeded-random';
import { openBrowser, STORES, type Browser, type Store } from './browser';
import { DiskImage, disposeImages, whyNoImages } from './image';
import { roundsOf, SEED } from './scale';
import { inShops, Shop } from './shop';
import { keepSkipped, NOTHING_WRONG, Tally } from './tally';

const SIZE = '400M';
/** From the first sale to the cut. */
const MOMENT = { least: 500, most: 4000 };

const without = whyNoImages();
test.afterEach(disposeImages);

for (const [place, store] of STORES.entries()) {
  const promise = `a sale survives a power cut (${store})`;
  const rounds = roundsOf({ push: 2, long: 100 });
  test(`${rounds} power cuts, and a till on ${store} has lost nothing it showed as saved`, async () => {
    skipWhereNoImages(promise);
    test.setTimeout(60_000 + rounds * 45_000);
    const tally = new Tally(promise);
    const random = seededRandom(SEED + place);
    await tally.over(async () => {
      await inShops(tally, rounds, (some) =>
        onFoundedDisk(store, tally, async (shop, founded) => {
          let disk = founded;
          for (let round = 0; round < some; round++) {
            const { browser } = await shop.reopen(join(disk.path, 'profile'));
            await sellUntilCut(shop, browser, random);
            const left = disk.cut();
            disk.dispose();
            disk = left;
            tally.rounds += 1;
            const after = await shop.reopen(join(disk.path, 'profile'));
            await after.browser.kill();
            expect(tally.complaints, `cut ${tally.rounds}, seed ${SEED}`).toEqual(NOTHING_WRONG);
          }
        }),
      );
      expect(tally.acknowledged.size).toBeGreaterThanOrEqual(rounds);
    });
  });

  const control = `control: durability off, power cut (${store})`;
  const controls = roundsOf({ push: 1, long: 10 });
  test(`with durability turned off a till on ${store} does lose sales in ${controls} power cuts`, async () => {
    skipWhereNoImages(control);
    test.setTimeout(60_000 + controls * 45_000);
    const tally = new Tally(control, { control: true });
    const random = seededRandom(SEED + place);
    await tally.over(async () => {
      await onFoundedDisk(store, tally, async (shop, founded) => {
        for (let round = 0; round < controls; round++) {
          const disk = founded.cut();
          const browser = await openBrowser(join(disk.path, 'profile'), store);
          await turnDurabilityOff(browser);
          await shop.signIn(browser);
          await sellUntilCut(shop, browser, random);
          const left = disk.cut();
          disk.dispose();
          await shop.countLeft(join(left.path, 'profile'));
          left.dispose();
          tally.rounds += 1;
        }
      });
      expect(tally.lost.size, 'the harness does not see a loss').toBeGreaterThan(0);
    });
  });
}

function skipWhereNoImages(promise: string): void {
  if (without === null) return;
  keepSkipped(promise, without);
  test.skip(true, without);
}

/** A disk with a founded shop on it, all of it written down. */
async function onFoundedDisk(
  store: Store,
  tally: Tally,
  work: (shop: Shop, disk: DiskImage) => Promise<void>,
): Promise<void> {
  const disk = DiskImage.make(SIZE);
  const { shop, browser } = await Shop.found(join(disk.path, 'profile'), store, tally);
  try {
    await browser.context.close();
    disk.sync();
    await work(shop, disk);
  } finally {
    await shop.dispose();
    disk.dispose();
  }
}

/** What is on the screen at that moment was promised; the browser does not live to write more. */
async function sellUntilCut(shop: Shop, browser: Browser, random: () => number): Promise<void> {
  await shop.sell(browser);
  const { least, most } = MOMENT;
  await new Promise((resolve) => setTimeout(resolve, least + random() * (most - least)));
  await browser.kill();
}

/** Every transaction as relaxed as Chromium's own default, whatever the till asks for. */
async function turnDurabilityOff({ context }: Browser): Promise<void> {
  await context.addInitScript(() => {
    const own = Object.getOwnPropertyDescriptor(IDBDatabase.prototype, 'transaction')
      ?.value as IDBDatabase['transaction'];
    IDBDatabase.prototype.transaction = function (stores, mode) {
      return own.call(this, stores, mode, { durability: 'relaxed' });
    };
  });
}
