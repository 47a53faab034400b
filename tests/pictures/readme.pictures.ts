// The pictures of the README and of the browser's install dialog.
import { test } from '../support/e2e';
import { Album } from './album';

test.use({ shop: 'none' });

test('README', async ({ till, page }) => {
  await till.firstRun();
  await till.goTo('till');
  await page.locator('.banners').getByRole('button', { name: 'OK' }).click();
  await till.chooseCustomer('Vera');
  for (const name of [
    'Sliced white loaf',
    'Glazed curd bar',
    'Cinnamon bun',
    'Ground coffee, 250 g',
  ])
    await till.ring(name);
  await page.getByLabel('Find a product').fill('');
  await page.screenshot({ path: 'docs/images/till.png' });
  await till.pay();
  await till.give('1');
  await till.saveAndSend();
  await till.codeField.waitFor();
  // it fades in
  await page.evaluate(() =>
    Promise.allSettled(document.getAnimations().map((animation) => animation.finished)),
  );
  await page.screenshot({ path: 'docs/images/code.png' });
});

test('install dialog', async ({ page, relay }) => {
  const album = new Album(page, 'ru', () => relay.url);
  await album.found();
  await album.understood();
  await album.ring(0, 3, 8, 13);
  await page.screenshot({ path: 'public/screenshots/till-wide.png' });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.screenshot({ path: 'public/screenshots/till-narrow.png' });
});
