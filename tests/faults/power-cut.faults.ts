// The power is cut while sales are saved: the disk keeps only what had reached it.
// A control that writes without flushes must lose sales, or the test proves nothing.
import { expect, test } from '@playwright/test';
import { join } from 'node:path';
import { seededRandom } from '../support/seeded-random';
import { openBrowser, STORES, type Browser, type Store } from './browser';
import type { Copy } from './copies';
import { DiskImage, disposeImages, whyNoImages } from './image';
import { roundsOf, SEED } from './scale';
import { inShops, Shop } from './shop';
import { keepSkipped, overAll, Tally, type Kind } from './tally';

const SIZE = '400M';
/** From the first sale to the cut, ms. */
const MOMENT = { least: 500, most: 4000 };

const without = whyNoImages();
test.afterEach(disposeImages);

for (const [place, store] of STORES.entries()) {
  const promise = `a sale survives a power cut (${store})`;
  const rounds = roundsOf({ push: 1, long: 100 });
  // a push cuts the power on LevelDB, and kills on SQLite
  const tag = store === 'LevelDB' ? '' : ' @long';
  test(`after ${rounds} power cuts a till on ${store} has lost nothing it showed as saved${tag}`, async () => {
    skipWhereNoImages(promise);
    test.setTimeout(300_000 + rounds * 45_000);
    const tally = new Tally(promise);
    const copies = copiesOf(tally, (copy) => `${promise}: the ${copy} alone`);
    const all = [tally, copies.database, copies.file];
    const random = seededRandom(SEED + place);
    await overAll(all, async () => {
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
            const after = await shop.reopen(join(disk.path, 'profile'), copies);
            const sold = await shop.sellOn(after.browser);
            shop.lookAt(sold);
            expect(await shop.expectUploaded(after.browser, sold)).toBe('uploaded');
            await after.browser.kill();
            for (const each of all) each.expectNothingWrong(`cut ${tally.rounds}`);
          }
        }),
      );
    });
  });

  const controls = roundsOf({ push: 1, long: 10 });
  test(`control: a till on ${store} that never flushes loses sales in ${controls} power cuts`, async () => {
    const control = `control: a careless till, power cut (${store})`;
    skipWhereNoImages(control);
    test.setTimeout(300_000 + controls * 45_000);
    const tally = new Tally(control, { kind: 'control' });
    const copies = copiesOf(tally, (copy) => `${control}: the ${copy} alone`, 'control');
    const all = [tally, copies.database, copies.file];
    const random = seededRandom(SEED + place);
    await overAll(all, async () => {
      await onFoundedDisk(store, tally, async (shop, founded) => {
        for (let round = 0; round < controls; round++) {
          tally.acknowledged.otherDisk();
          const disk = founded.cut();
          const browser = await openBrowser(join(disk.path, 'profile'), store, 'careless');
          await shop.signIn(browser);
          // a careless till is not a broken one: it reports no error
          await expect(browser.page.getByText('journal file')).toHaveCount(0);
          await sellUntilCut(shop, browser, random);
          const left = disk.cut();
          disk.dispose();
          const after = await openBrowser(join(left.path, 'profile'), store);
          await shop.lookAtCopies(after, copies);
          await after.kill();
          left.dispose();
          tally.rounds += 1;
          const { database, file } = copies;
          for (const sale of database.lost) if (file.lost.has(sale)) tally.lost.add(sale);
        }
      });
      for (const each of all)
        expect(each.lost.size, 'the harness does not see a loss').toBeGreaterThan(0);
    });
  });
}

/** One tally for each copy, over the same sales. */
function copiesOf(
  { acknowledged }: Tally,
  promise: (copy: Copy) => string,
  kind: Kind = 'promise',
): Record<Copy, Tally> {
  const of = (copy: Copy) => new Tally(promise(copy), { kind, acknowledged });
  return { database: of('database'), file: of('file') };
}

function skipWhereNoImages(promise: string): void {
  if (without === null) return;
  keepSkipped(promise, without);
  test.skip(true, without);
}

/** A disk with a shop that is set up, all of it flushed. */
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

/** Counts what is on the screen at that moment as acknowledged; the browser is killed right after. */
async function sellUntilCut(shop: Shop, browser: Browser, random: () => number): Promise<void> {
  await shop.sell(browser);
  const { least, most } = MOMENT;
  await new Promise((resolve) => setTimeout(resolve, least + random() * (most - least)));
  await browser.kill();
}
