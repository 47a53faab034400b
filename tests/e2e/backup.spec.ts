// A till's backup restored on another device brings everything back; a damaged file changes nothing.
import { readFile } from 'node:fs/promises';
import { expect, test } from '../support/e2e';
import { rowsOf } from '../support/till-disk';
import { TillPage } from '../support/till-page';

test.use({ serviceWorkers: 'allow' });

test('a backup restores a till on another device, which sells at once and says that it has to be connected again @long', async ({
  till,
  page,
  relay,
  browser,
}) => {
  await till.openShop();
  await till.sellForCash('Ground coffee, 250 g');
  await till.next();
  await till.goTo('settings/data');
  await page.getByLabel('Passphrase of the backup').fill('horse battery');
  await page.getByLabel('Passphrase once more').fill('horse battery');
  const download = page.waitForEvent('download');
  await till.button('Save a backup').click();
  const saved = await download;
  await expect(page.getByText(`Backup saved: ${saved.suggestedFilename()}`)).toBeVisible();
  const buffer = await readFile(await saved.path());
  const file = { name: 'a.backup', mimeType: 'application/octet-stream', buffer };
  const before = await rowsOf(page, 'journal');

  const elsewhere = await browser.newContext();
  const copy = new TillPage(await elsewhere.newPage(), () => relay.url);
  await copy.open();
  await copy.button('Restore from a backup').or(copy.button('Восстановить из копии')).click();
  const choose = copy.dialog.locator('input[type=file]');
  const spoilt = Buffer.from(buffer);
  spoilt[5000] = (spoilt[5000] ?? 0) ^ 1;
  await choose.setInputFiles({ ...file, buffer: spoilt });
  await expect(copy.dialog.getByText(/The file is damaged|Файл повреждён/)).toBeVisible();
  await choose.setInputFiles(file);
  await copy.dialog.locator('input[type=password]').fill('horse');
  await copy.button(/^(Open|Открыть)$/).click();
  await expect(copy.dialog.getByText(/does not fit|не подходит/)).toBeVisible();
  await copy.dialog.locator('input[type=password]').fill('horse battery');
  await copy.button(/^(Open|Открыть)$/).click();
  await copy.button(/^(Replace everything|Заменить всё копией)$/).click();

  await copy.signIn();
  await copy.sellForCash('Ground coffee, 250 g');
  const after = await rowsOf(copy.page, 'journal');
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.slice(before.length).map(({ act }) => act)).toEqual([
    ...['backup-restored', 'numbers-skipped', 'sale'],
  ]);
  await copy.next();
  await copy.goTo('journal/check');
  await expect(copy.page.getByText('The journal is whole')).toBeVisible();
  await expect(copy.page.getByText('has to be connected again').first()).toBeVisible();
  await elsewhere.close();
});
