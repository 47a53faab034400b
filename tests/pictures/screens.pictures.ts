// Every screen in four sizes, both themes and both languages: for people to look at before they hand it to a shop.
import type { Page } from '@playwright/test';
import { test } from '../support/e2e';

const SIZES = [
  { name: 'wide', width: 1280, height: 800 },
  { name: 'upright', width: 800, height: 1280 },
  { name: 'phone', width: 390, height: 844 },
  { name: 'lying', width: 844, height: 390 },
] as const;

const SCREENS = [
  'customers',
  'catalogue',
  'journal',
  'unconfirmed',
  'costs',
  'settings',
  'settings/messages',
  'settings/contacts',
  'settings/staff',
  'settings/shop',
  'settings/device',
  'settings/tills',
  'settings/data',
  'settings/looks',
] as const;

const FOLDER = '.cache/pictures';

/** The same moment in every size and theme. */
async function pictures(page: Page, language: string, name: string) {
  for (const size of SIZES)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize(size);
      await page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 250))),
      );
      await page.screenshot({
        path: `${FOLDER}/${language}/${name}-${size.name}${colorScheme === 'dark' ? '-dark' : ''}.png`,
      });
    }
  await page.setViewportSize({ width: 1280, height: 800 });
}

for (const language of ['en', 'ru'] as const)
  test(`screens in ${language}`, async ({ till, page }) => {
    await till.firstRun();
    if (language === 'ru') await till.speak('Русский');
    await till.goTo('till');
    await pictures(page, language, '01-till-empty');
    const tiles = page.locator('.tiles button');
    for (const place of [0, 3, 8, 13]) {
      await tiles.nth(place).click();
      const weight = page.locator('dialog[open]').getByRole('textbox');
      if (await weight.isVisible()) {
        await weight.fill('0,412');
        await page.keyboard.press('Enter');
      }
    }
    await page.keyboard.press('F4');
    await page
      .locator('dialog[open]')
      .getByRole('button', { name: /Vera|Вера/ })
      .click();
    await pictures(page, language, '02-till-receipt');
    await page.keyboard.press('F9');
    await page.getByRole('group', { name: /Digits|Цифры/ }).waitFor();
    await pictures(page, language, '03-payment');
    await page.keyboard.type('1');
    await pictures(page, language, '04-payment-short');
    await page.keyboard.type('000');
    await pictures(page, language, '05-payment-change');
    await page.keyboard.press('Enter');
    await till.expectSaved();
    await pictures(page, language, '06-saved');
    await page.keyboard.press('Enter');
    for (const screen of SCREENS) {
      await till.goTo(screen);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await pictures(page, language, `10-${screen.replace('/', '-')}`);
    }
    await till.goTo('till');
    await page.evaluate(() => document.querySelector<HTMLElement>('.rail .operator')?.click());
    await pictures(page, language, '20-lock');
  });
