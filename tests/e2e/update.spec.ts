// A newer till is deployed while the shop works: it waits until somebody installs it.
// Its files are never mixed with those of the previous version.
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { codeIn, DemoPhone } from '../support/demo-phone';
import { expect, test } from '../support/e2e';
import {
  deploy,
  installed,
  lookForUpdate,
  ownBuild,
  releaseOf,
  update,
  type Change,
} from '../support/releases';
import { rowsOf } from '../support/till-disk';
import { TillPage } from '../support/till-page';

test.use({ serviceWorkers: 'allow' });

/** The file into which the build has put the code of the records. */
const RECORDS = /^assets\/.*\.js$/;
const NEXT_VERSION: Change = [/^assets\/ThisTill.*js$/, '0.1.0', '9.9.9'];

test('a receipt, a code and an outage outlast an update, which arrives whole or not at all @long', async ({
  page,
  context,
}) => {
  // seven starts of the till, and three downloads of a release
  test.slow();
  await ownBuild(async (relay, root) => {
    const till = new TillPage(page, () => relay.url);
    await till.firstRun();
    await installed(page);

    // one of its files arrives damaged
    await deploy(relay, root, 'damaged');
    const device = readdirSync(join(root, 'dist/assets')).find((name) =>
      /^ThisTill.*js$/.test(name),
    );
    appendFileSync(join(root, 'dist/assets', device ?? ''), '\n// damaged');
    await relay.restart();
    expect(await lookForUpdate(page)).toBe('nothing');

    await till.shortTender('Ground coffee, 250 g', 'Timur Sadykov');
    await deploy(relay, root, 'next', [NEXT_VERSION]);
    expect(await lookForUpdate(page)).toBe('waiting');
    // at the payment its keys need the room
    await expect(page.getByText('You can update once the receipt is closed')).toHaveCount(0);
    await till.toReceipt();
    await expect(page.getByText('You can update once the receipt is closed')).toBeVisible();
    await till.pay();
    await till.give('1');
    await till.saveAndSend();
    await expect(till.codeField).toBeVisible();
    await expect(till.button('Update')).toHaveCount(0);
    const phone = await DemoPhone.open(page);
    const code = codeIn((await phone.newest(1)).text);
    // the till is restarted meanwhile without a network: it is still the old version, with everything in it
    await context.setOffline(true);
    await till.open();
    expect(await releaseOf(page)).toBeNull();
    await till.signIn();
    await expect(till.dialog).toContainText('The code can’t be sent');
    await context.setOffline(false);
    // requested again under its id: the same code, without a second message
    await till.button('Send again').click();
    await expect(till.codeField).toBeVisible();
    await page.keyboard.type(code);
    await till.expectSaved();
    await till.next();
    await context.setOffline(true);

    // it is downloaded already, so installing it needs no network
    await update(till);
    expect(await releaseOf(page)).toBe('next');
    await till.signIn();
    await till.goTo('settings/device');
    await expect(page.getByText('9.9.9')).toBeVisible();
    await till.goTo('settings/data');
    await expect(page.getByText('The till opens without the internet too')).toBeVisible();
    expect(await rowsOf(page, 'sales')).toHaveLength(1);
  });
});

test('with a second tab waiting, one tab is the till after an update, and both have the new version @long', async ({
  page,
  context,
}) => {
  await ownBuild(async (relay, root) => {
    const till = new TillPage(page, () => relay.url);
    await till.firstRun();
    await installed(page);
    const second = await context.newPage();
    await second.goto(relay.url);
    await expect(second.getByText('The till is open in another tab')).toBeVisible();

    await deploy(relay, root, 'next');
    expect(await lookForUpdate(page)).toBe('waiting');
    await expect(second.getByText('The till is open in another tab')).toBeVisible();
    await till.button('Update').click();
    const both = [page, second];
    for (const each of both) await expect.poll(() => releaseOf(each)).toBe('next');
    const tills = () => Promise.all(both.map((each) => each.getByText(/PIN/).first().isVisible()));
    const waiting = () =>
      Promise.all(both.map((each) => each.getByText('open in another tab').isVisible()));
    await expect.poll(async () => (await tills()).filter(Boolean).length).toBe(1);
    await expect.poll(async () => (await waiting()).filter(Boolean).length).toBe(1);
  });
});

test('a till older than its records reads and says so, writes nothing, and is replaced by the newer one @long', async ({
  page,
  context,
}) => {
  await ownBuild(async (relay, root) => {
    const till = new TillPage(page, () => relay.url);
    await till.firstRun();
    await installed(page);
    await till.sellForCash('Carrier bag');
    await till.next();
    await deploy(relay, root, 'next', [
      [RECORDS, '{schema:1,minWriter:1}', '{schema:2,minWriter:2}'],
      [RECORDS, '.version(1).stores', '.version(2).stores'],
      [RECORDS, '.minWriter>1', '.minWriter>2'],
    ]);
    // a reload that bypasses the worker (with Shift): the new till opens the records while the old one is still installed
    const past = await context.newCDPSession(page);
    await past.send('Network.enable');
    await past.send('Network.setBypassServiceWorker', { bypass: true });
    await till.open();
    expect(await releaseOf(page)).toBe('next');
    await till.signIn();
    await till.sellForCash('Carrier bag');
    const journal = await rowsOf(page, 'journal');
    await past.send('Network.setBypassServiceWorker', { bypass: false });

    await till.open();
    expect(await releaseOf(page)).toBeNull();
    await expect(
      page.getByText('A newer version of the till has opened these records'),
    ).toBeVisible();
    expect(await rowsOf(page, 'journal')).toEqual(journal);
    await lookForUpdate(page);
    await till.button('Reload').click();
    await expect.poll(() => releaseOf(page)).toBe('next');
    await till.signIn();
    await till.sellForCash('Carrier bag');
    expect(await rowsOf(page, 'sales')).toHaveLength(3);
  });
});

test('an update does not cut off an import or an upload @long', async ({ page }) => {
  await ownBuild(async (relay, root) => {
    const till = new TillPage(page, () => relay.url);
    await till.firstRun();
    await installed(page);
    await deploy(relay, root, 'next');
    expect(await lookForUpdate(page)).toBe('waiting');

    await till.goTo('import');
    await expect(till.button('Update')).toBeVisible();
    await page.locator('input[type=file]').setInputFiles({
      name: 'goods.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('Name;Price\nSoap;1.20\n'),
    });
    await expect(page.getByText('once you have finished or saved what is open here')).toBeVisible();
    await expect(till.button('Update')).toHaveCount(0);
    await till.goTo('till');

    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/api/v1/journal', async (route) => {
      await held;
      await route.continue();
    });
    const asked = page.waitForRequest('**/api/v1/journal');
    await till.sellForCash('Carrier bag');
    await asked;
    await till.next();
    await till.button('Update').click();
    // a person is faster than the upload, so their receipt comes first
    await till.ring('Carrier bag');
    answer();
    await expect(page.getByText('You can update once the receipt is closed')).toBeVisible();
    expect(await releaseOf(page)).toBeNull();
    await expect(till.lines).toHaveCount(1);
  });
});
