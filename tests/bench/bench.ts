// The start of every benchmark: the production till on a new profile, its shop, and 100 000 products.
import { test as base, expect, type Page } from '@playwright/test';
import { chromiumLaunch } from '../../browser.config';
import { OWNER, TillPage } from '../support/till-page';
import { RelayProcess } from '../support/relay-process';
import { labScript } from './lab/build';
import type * as Lab from './lab/lab';
import { priceList, seededGoods } from './seeded';
import { installStopwatch } from './stopwatch';

export const PRODUCTS = 100_000;

/** Makes a frame as soon as there is something to paint; the screen's refresh rate would hide differences. */
export const FREE_FRAMES = {
  ...chromiumLaunch,
  args: [...chromiumLaunch.args, '--disable-frame-rate-limit', '--disable-gpu-vsync'],
};

export const test = base.extend<{ relay: RelayProcess; till: TillPage }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixtures needed from the pattern
  relay: async ({}, use) => {
    const relay = new RelayProcess();
    await relay.start();
    await use(relay);
    await relay.dispose();
  },
  /** A shop with demo goods, its owner signed in. */
  till: async ({ page, relay }, use) => {
    await page.addInitScript(installStopwatch);
    const till = new TillPage(page, () => relay.url);
    await till.firstRun();
    await use(till);
  },
});

export { expect };

/** Imports the price list through the screen, as a shop does. */
export async function importGoods(
  till: TillPage,
  list = Buffer.from(priceList(seededGoods(PRODUCTS))),
): Promise<void> {
  const { page } = till;
  await page.evaluate(() => (location.hash = '#/import'));
  const file = { name: 'price.csv', mimeType: 'text/csv', buffer: list };
  await page.locator('input[type=file]').setInputFiles(file);
  await till.button('Read the file').click();
  await till.button(/^Import (?!nothing)/).click({ timeout: 120_000 });
  await expect(page.getByText('Goods imported')).toBeVisible({ timeout: 120_000 });
  await till.button('To the till').click();
  await expect(
    page.getByRole('button', { name: 'Often bought' }).or(page.locator('.tiles')),
  ).not.toHaveCount(0);
}

/** Puts the lab's functions into the page as `window.lab`, past its content security policy, as a debugger may. */
export async function openLab(page: Page): Promise<void> {
  await page.evaluate(labScript('lab'));
}

/** Signs in after a start. */
export const signIn = (till: TillPage): Promise<void> => till.signIn(OWNER.name, OWNER.pin);

declare global {
  interface Window {
    lab: typeof Lab;
  }
}
