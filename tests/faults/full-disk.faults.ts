// The disk is full while sales are made: the screen says what is not saved.
// With room again everything shown as saved is there, even after the browser has lost its database.
import { errors } from '$lib/ui/text/en/errors';
import { tender } from '$lib/ui/text/en/till';
import { expect, test, type Page } from '@playwright/test';
import { join } from 'node:path';
import { openBrowser, STORES, type Browser, type Store } from './browser';
import { salesIn, type Copy } from './copies';
import { DiskImage, disposeImages, whyNoImages } from './image';
import { roundsOf, SEED, storesOfRun } from './scale';
import { pauseAtPayment, sellFurther } from './seller';
import { Shop } from './shop';
import { keepSkipped, overAll, Tally } from './tally';
import { diskOf, salesOn, type Disk } from './whole';

const SIZE = '200M';
/** Sales on the disk before it is full. */
const ENOUGH = 20;
/** How long sales go on after the screen has shown "not saved", ms. Sales shown as saved in that time must not be lost either. */
const MORE_MS = 2000;
/** Most tries of a control that fails only if the browser behaves in a certain way. */
const TRIES = 5;
/** How many shops a control may use until a sale is given up. */
const SHOPS = 3;

/**
 * What happens on the full disk, in turn from round to round. `sells-on`: with room again the same page goes on selling;
 * `is-killed`: the browser is killed, then opened and killed again without room; `is-given-up`: the sale is given up, and the page
 * is reloaded before anything else.
 */
const THEN = ['sells-on', 'is-killed', 'is-given-up'] as const;
type Then = (typeof THEN)[number];
type Copies = Readonly<Record<Copy, Tally>>;

test.afterEach(disposeImages);
const without = whyNoImages();

for (const [place, store] of storesOfRun(STORES).entries()) {
  const rounds = roundsOf({ push: 1, long: 30 });
  test(`after ${rounds} times without room, a till on ${store} has shown what is not saved and has lost nothing else @long`, async () => {
    const promise = `a sale survives a full disk (${store})`;
    skipWhereNoImages(promise);
    test.setTimeout(300_000 + rounds * 180_000);
    const tally = new Tally(promise);
    const { acknowledged } = tally;
    const alone = (copy: Copy) =>
      new Tally(`full disk (${store}): the ${copy} alone`, { kind: 'witness', acknowledged });
    const copies = { database: alone('database'), file: alone('file') };
    await overAll([copies.database, copies.file, tally], async () => {
      for (let round = 0; round < rounds; round++) {
        const then = THEN[(SEED + place + round) % THEN.length] ?? 'sells-on';
        await fillOnce(tally, copies, store, then);
        tally.rounds += 1;
        tally.expectNothingWrong(`${then}, round ${tally.rounds}`);
      }
    });
  });
}

/** How a till on each store is made to lose sales on a full disk. */
const CONTROLS: Record<
  Store,
  {
    readonly name: string;
    readonly loses: (shop: Shop, founded: Browser, disk: DiskImage) => Promise<void>;
  }
> = {
  // the browser mostly drops a database that met a full disk and was written to again
  LevelDB: {
    name: 'that reads nothing back from its file',
    async loses(shop, founded, disk) {
      let browser = founded;
      for (let tries = 1; ; tries += 1) {
        let told = 0;
        await shop.sell(browser, () => (told += 1));
        const filler = disk.fill();
        await expect.poll(() => told).toBeGreaterThan(0);
        await goesOn(shop, browser, filler);
        await browser.kill();
        browser = await openBrowser(profileOn(disk), shop.store, 'unrepaired');
        await shop.open(browser);
        const { database } = await salesIn(browser.page);
        shop.tally.compareSales(database, shop.customers);
        await browser.kill();
        if (shop.tally.lost.size > 0 || tries === TRIES) return;
        browser = await openBrowser(profileOn(disk), shop.store);
        await shop.signIn(browser);
      }
    },
  },
  SQLite: {
    name: 'that shows sales as saved before they are',
    async loses(shop, founded, disk) {
      await founded.context.close();
      const hasty = await openBrowser(profileOn(disk), shop.store, 'hasty');
      await shop.signIn(hasty);
      let told = 0;
      await shop.sell(hasty, () => (told += 1));
      const { here } = shop.tally.acknowledged;
      let left: Disk | null;
      do {
        await pauseAtPayment(hasty.page);
        const [saved, before] = [here.size, told];
        const { free } = disk.fill();
        await sellFurther(hasty.page);
        await expect.poll(() => here.size > saved || told > before).toBe(true);
        // waits until the last act is committed or fails, so that the kill alone cannot lose a sale
        left = await diskOf(hasty.page).catch(() => null);
        free();
      } while (left !== null && missingOn(left, here).length === 0);
      await hasty.kill();
      await (await shop.reopen(profileOn(disk))).browser.kill();
    },
  },
};

for (const store of STORES) {
  const { name, loses } = CONTROLS[store];
  test(`control: a till on ${store} ${name} loses sales on a full disk`, async () => {
    const control = `control: a till ${name}, full disk (${store})`;
    skipWhereNoImages(control);
    test.setTimeout(300_000);
    const tally = new Tally(control, { kind: 'control' });
    await tally.over(async () => {
      await onFoundedDisk(tally, store, loses);
      tally.rounds += 1;
      expect(tally.lost.size, 'the harness does not see a loss').toBeGreaterThan(0);
    });
  });
}

for (const store of STORES)
  test(`control: a till on ${store} that still writes a sale that was given up counts it`, async () => {
    const control = `control: a till that writes what was given up, full disk (${store})`;
    skipWhereNoImages(control);
    test.setTimeout(SHOPS * 120_000);
    const tally = new Tally(control, { kind: 'control' });
    await tally.over(async () => {
      const giveUpBelated: Work = async (shop, founded, disk) => {
        await founded.kill();
        // a page that asks to be reloaded has not given up a sale
        for (let tries = 0; tries < TRIES && tally.wrong.size === 0; tries += 1) {
          const belated = await openBrowser(profileOn(disk), store, 'belated');
          await shop.signIn(belated);
          await shop.sell(belated, () => undefined, 'stops');
          await giveUp(shop, belated, disk);
        }
      };
      // a full disk may stop this till for good before a sale is given up, which shows nothing: then with another shop
      for (let shops = 1; shops <= SHOPS && tally.wrong.size === 0; shops += 1)
        await onFoundedDisk(tally, store, giveUpBelated).catch((cause: unknown) => {
          if (shops === SHOPS) throw cause;
        });
      tally.rounds += 1;
      expect(tally.wrong.size, 'the harness does not see a sale that counts').toBeGreaterThan(0);
    });
  });

async function fillOnce(tally: Tally, copies: Copies, store: Store, then: Then): Promise<void> {
  await onFoundedDisk(tally, store, async (shop, browser, disk) => {
    let toldNotSaved = 0;
    const onNotSaved = then === 'is-given-up' ? 'stops' : 'retries';
    await shop.sell(browser, () => (toldNotSaved += 1), onNotSaved);
    await expect.poll(() => tally.acknowledged.here.size).toBeGreaterThanOrEqual(ENOUGH);
    if (then === 'is-given-up') await giveUp(shop, browser, disk);
    else {
      const filler = disk.fill();
      await expect
        .poll(() => toldNotSaved)
        .toBeGreaterThan(0)
        .catch(async () => {
          const shown = await browser.page.innerText('body').catch(String);
          throw new Error(`the screen does not say that the disk is full; it shows: ${shown}`);
        });
      await new Promise((resolve) => setTimeout(resolve, MORE_MS));
      if (then === 'sells-on') {
        await goesOn(shop, browser, filler);
        await browser.kill();
      } else await killTwice(shop, browser, profileOn(disk), filler);
    }

    const last = await shop.reopen(profileOn(disk), copies);
    const after = await shop.sellOn(last.browser);
    shop.lookAt(after);
    await shop.expectUploaded(last.browser, after);
    await last.browser.kill();
  });
}

type Filler = ReturnType<DiskImage['fill']>;

/** With room again the same page sells on. */
async function goesOn(shop: Shop, { page }: Browser, { free }: Filler): Promise<void> {
  const { here } = shop.tally.acknowledged;
  const before = here.size;
  free();
  await expect
    .poll(() => here.size)
    .toBeGreaterThan(before + 1)
    .catch(async (cause: unknown) => {
      const shown = await page.innerText('body').catch(String);
      throw new Error(`it does not go on; it shows: ${shown}`, { cause });
    });
}

/** The hardest known case: killed, opened while there is still no room, and killed again. */
async function killTwice(
  shop: Shop,
  browser: Browser,
  profile: string,
  { free }: Filler,
): Promise<void> {
  await browser.kill();
  const cramped = await openBrowser(profile, shop.store);
  await shop.open(cramped).catch(() => undefined);
  await cramped.kill();
  free();
  // the copies are not read first, so that the till is the first to open a broken database
  const after = await shop.reopen(profile);
  await shop.sell(after.browser);
  await after.browser.kill();
}

/** Gives up a sale that is shown as not saved, and reloads the page before anything else. The sale must not count. */
async function giveUp(shop: Shop, founded: Browser, disk: DiskImage): Promise<void> {
  let browser = founded;
  for (let tries = 1; !(await saleIsGivenUp(browser.page, disk)); tries += 1) {
    expect(tries, 'no sale is shown as not saved').toBeLessThan(TRIES);
    browser = await openAgain(shop, browser, disk);
    await shop.sell(browser, () => undefined, 'stops');
  }
  const again = await shop.signIn(browser).then(
    () => browser,
    async () => openAgain(shop, browser, disk),
  );
  const left = await diskOf(again.page);
  shop.lookAt(left);
  for (const sale of othersOn(left, shop.tally.acknowledged.here))
    shop.tally.wrong.set(sale, [`sale ${sale} was given up, and counts`]);
  await again.kill();
}

/** How long the till may take until it shows that a sale is not saved, ms. */
const TOLD_MS = 30_000;

/** Fills the disk at payments until a sale is shown as not saved; false: the till no longer gets to a payment. */
async function saleIsGivenUp(page: Page, disk: DiskImage): Promise<boolean> {
  const dialog = page.getByRole('alertdialog');
  const notSaved = dialog.getByText(tender.notSavedTitle);
  const otherTrouble = dialog
    .getByText(tender.undecidedTitle)
    .or(page.locator('main [role=alert]'));
  for (;;) {
    if (!(await comesToPayment(page))) return false;
    const { free } = disk.fill();
    await sellFurther(page);
    const isTold = await expect(notSaved.or(otherTrouble).first())
      .toBeVisible({ timeout: TOLD_MS })
      .then(
        () => true,
        () => false,
      );
    if (!isTold) {
      // a database that the browser lost comes back with the next act, and the seller waits for its customers before that
      free();
      return false;
    }
    // the message may be about the draft while the sale is still being saved
    await expect(page.locator('dialog[open]').getByText(tender.saving)).toHaveCount(0);
    const isNotSaved = await notSaved.isVisible();
    if (isNotSaved) {
      await dialog.getByRole('button', { name: tender.backToTill }).click();
      await expect(dialog).toHaveCount(0);
    }
    free();
    if (isNotSaved) return true;
  }
}

/** Whether the till gets to a payment. False: it says that nothing can be saved, and asks to close the browser. */
async function comesToPayment(page: Page): Promise<boolean> {
  try {
    await pauseAtPayment(page);
    return true;
  } catch (cause) {
    const shown = await page.innerText('body').catch(String);
    if (shown.includes(errors.storage.failed)) return false;
    throw new Error(`it comes to no payment; it shows: ${shown}`, { cause });
  }
}

/** A database that met the full disk may stay closed as long as its browser runs. */
async function openAgain(shop: Shop, browser: Browser, disk: DiskImage): Promise<Browser> {
  await browser.kill();
  return (await shop.reopen(profileOn(disk))).browser;
}

const missingOn = (disk: Disk, acknowledged: ReadonlySet<string>): string[] =>
  [...acknowledged].filter((sale) => !salesOn(disk).has(sale));

/** The sales on the disk that were not acknowledged. */
const othersOn = (disk: Disk, acknowledged: ReadonlySet<string>): string[] =>
  [...salesOn(disk).keys()].filter((sale) => !acknowledged.has(sale));

const profileOn = (disk: DiskImage): string => join(disk.path, 'profile');

type Work = (shop: Shop, browser: Browser, disk: DiskImage) => Promise<void>;

async function onFoundedDisk(tally: Tally, store: Store, work: Work): Promise<void> {
  const disk = DiskImage.make(SIZE);
  const { shop, browser } = await Shop.found(profileOn(disk), store, tally);
  try {
    await work(shop, browser, disk);
  } finally {
    await shop.dispose();
    disk.dispose();
  }
}

function skipWhereNoImages(promise: string): void {
  if (without === null) return;
  keepSkipped(promise, without);
  test.skip(true, without);
}
