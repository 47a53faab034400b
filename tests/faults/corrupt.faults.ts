// Damage to one copy of the journal on the disk loses no acknowledged sale; damage to both is shown.
// The till reports it before it gives another number.
import { disk } from '$lib/ui/text/en/disk';
import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { OWNER } from '../support/till-page';
import { seededRandom } from '../support/seeded-random';
import { openBrowser, STORES, type Browser, type Store } from './browser';
import { COPIES, salesIn } from './copies';
import { damage, DAMAGES } from './damage';
import { roundsOf, SEED } from './scale';
import { Shop, withFolder } from './shop';
import { NOTHING_WRONG, Tally } from './tally';
import { doubledIn } from './whole';

/** Sales on the disk before the damage. */
const ENOUGH = 20;
/** Which copies are damaged, in turn from round to round. */
const STRUCK = [['database'], ['file'], COPIES] as const;
/** A till that says this uploads nothing until it is connected. */
const CONNECT = 'Settings → This till';
/** Messages of a till whose records changed, cannot be opened or are missing; without records it is a new device. */
const SAID =
  /came back|saved just before|could not be brought back|differ from|are not here|are gone|cannot be read|Not saved|connect|English/i;

for (const [place, store] of STORES.entries()) {
  const rounds = roundsOf({ push: 3, long: 100 });
  test(`after damage ${rounds} times, a till on ${store} loses nothing that either copy has, and reports what it lost`, async () => {
    test.setTimeout(120_000 + rounds * 60_000);
    const tally = new Tally(`damage is mended or reported (${store})`);
    const random = seededRandom(SEED + place);
    await tally.over(async () => {
      await withFolder(async (folder) => {
        const founded = join(folder, 'founded');
        const shop = await foundedShop(founded, store, tally);
        const relay = join(folder, 'relay');
        try {
          await shop.saveRelay(relay);
          for (let round = 0; round < rounds; round++) {
            const profile = join(folder, `damaged-${round}`);
            cpSync(founded, profile, {
              recursive: true,
              filter: (path) => !basename(path).startsWith('Singleton'),
            });
            const how = DAMAGES[Math.floor(random() * DAMAGES.length)] ?? 'gone';
            const struck = STRUCK[round % STRUCK.length] ?? COPIES;
            const done = struck.map((copy) => damage(profile, copy, how, random));
            await shop.putRelayBack(relay);
            await tally.acknowledged.onCopy(() => lookAt(shop, profile, struck.length));
            tally.rounds += 1;
            expect(tally.complaints, `${done.join(', ')}; seed ${SEED}`).toEqual(NOTHING_WRONG);
          }
        } finally {
          await shop.dispose();
        }
      });
    });
  });
}

test('a LevelDB that cannot be opened is replaced and rebuilt from the file, and selling goes on', async () => {
  test.setTimeout(180_000);
  const tally = new Tally('a database that cannot be opened is replaced (LevelDB)');
  await tally.over(async () => {
    await withFolder(async (folder) => {
      const profile = join(folder, 'profile');
      const shop = await foundedShop(profile, 'LevelDB', tally);
      try {
        damage(profile, 'database', 'gone', seededRandom(SEED), /^MANIFEST/);
        const first = await openBrowser(profile, shop.store);
        await shop.open(first);
        await shop.enter(first);
        await expect(first.page.locator('body')).toContainText('came back');
        await shop.sell(first);
        await first.kill();

        const again = await openBrowser(profile, shop.store);
        await shop.open(again);
        await shop.signIn(again);
        await shop.compareUnion(again.page);
        await sellOn(shop, again, CONNECT);
        tally.rounds += 1;
        await again.kill();
        expect(tally.complaints, `seed ${SEED}`).toEqual(NOTHING_WRONG);
      } finally {
        await shop.dispose();
      }
    });
  });
});

test('an SQLite database that opens but cannot be read is rebuilt from the file on request, and selling goes on', async () => {
  test.setTimeout(180_000);
  const tally = new Tally('a database that cannot be read is rebuilt (SQLite)');
  await tally.over(async () => {
    await withFolder(async (folder) => {
      const profile = join(folder, 'profile');
      const shop = await foundedShop(profile, 'SQLite', tally);
      try {
        damage(profile, 'database', 'page size changed', seededRandom(SEED), /^[A-Z2-7]{40,}$/);
        const first = await openBrowser(profile, shop.store);
        await shop.open(first);
        await expect(first.page.locator('body')).toContainText(disk.damagedText);
        await first.page.getByRole('button', { name: disk.rebuild }).click();
        await expect(first.page.getByRole('group', { name: 'PIN' })).toBeVisible();
        await shop.enter(first);
        await shop.sell(first);
        await first.kill();

        const again = await openBrowser(profile, shop.store);
        await shop.signIn(again);
        await shop.compareUnion(again.page);
        await sellOn(shop, again, CONNECT);
        tally.rounds += 1;
        await again.kill();
        expect(tally.complaints, `seed ${SEED}`).toEqual(NOTHING_WRONG);
      } finally {
        await shop.dispose();
      }
    });
  });
});

/** A shop with sales, its browser closed normally. */
async function foundedShop(profile: string, store: Store, tally: Tally): Promise<Shop> {
  const { shop, browser } = await Shop.found(profile, store, tally);
  await shop.sell(browser);
  await expect.poll(() => tally.acknowledged.here.size).toBeGreaterThanOrEqual(ENOUGH);
  // a message that is always shown would prove nothing
  expect(await browser.page.innerText('body')).not.toMatch(SAID);
  await browser.context.close();
  return shop;
}

/** Opens the damaged till: sales may be missing only if both copies were damaged, and it must say so. */
async function lookAt(shop: Shop, profile: string, struck: number): Promise<void> {
  const { tally } = shop;
  const browser = await openBrowser(profile, shop.store);
  try {
    await shop.open(browser);
    const { page } = browser;
    const said = [await saidBy(page)];
    const asksToSignIn = said[0]?.includes(OWNER.name) === true;
    if (asksToSignIn) {
      await shop.enter(browser);
      await expect(page.locator('[data-status]')).toBeVisible();
      said.push(await page.innerText('body'));
    }
    const { database } = await salesIn(page);
    const missing = [...tally.acknowledged.here].filter((sale) => !database.has(sale));
    if (struck > 1 && missing.length > 0) {
      if (!SAID.test(said.join('\n'))) tally.torn.push(`silent: ${missing.length} sales missing`);
      tally.acknowledged.reportedLost(missing);
    }
    if (!asksToSignIn) return void (await shop.compareUnion(page));
    // a till that has lost entries differs from the relay, and cannot upload before it is connected again
    await sellOn(shop, browser, struck > 1 && missing.length > 0 ? CONNECT : said.join('\n'));
  } finally {
    await browser.kill();
  }
}

/** After the damage: sales go on, no number is given twice, and what can be uploaded is uploaded. */
async function sellOn(shop: Shop, browser: Browser, said: string): Promise<void> {
  const { tally } = shop;
  const disk = await shop.sellOn(browser);
  await shop.compareUnion(browser.page);
  for (const twice of doubledIn(disk)) tally.doubled.add(twice);
  if (said.includes(CONNECT)) return;
  shop.lookAt(disk);
  expect(await shop.expectUploaded(browser, disk), said).toBe('uploaded');
}

/** What the screen shows once it asks for a PIN, a new shop, to be connected again, or help. */
async function saidBy(page: Page): Promise<string> {
  const pad = page.getByRole('group', { name: 'PIN' });
  const firstRun = page.getByRole('button', { name: 'English' });
  const trouble = page.getByText('Not saved');
  // a database lost with the file's newest policy: key and rules have to come from the relay
  const cutOff = page.getByRole('button', { name: 'Connect again' });
  await expect(pad.or(firstRun).or(trouble).or(cutOff).first()).toBeVisible();
  return page.innerText('body');
}
