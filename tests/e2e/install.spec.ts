// The installed till: the browser's conditions, a first start without a network, and missing files.
import { chromium } from '@playwright/test';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumLaunch } from '../../browser.config';
import { expect, test } from '../support/e2e';
import { installed, ownBuild } from '../support/releases';
import { TillPage } from '../support/till-page';

test.use({ shop: 'none', serviceWorkers: 'allow' });

test('the browser finds no obstacle to installing the till', async ({ relay }) => {
  const profile = mkdtempSync(join(tmpdir(), 'counterfoil-install-'));
  // a private window is never installable, so the test needs a profile of its own
  const context = await chromium.launchPersistentContext(profile, chromiumLaunch);
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(relay.url);
    await page.evaluate(() => navigator.serviceWorker.ready);
    const session = await context.newCDPSession(page);
    const { errors, data } = await session.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    const manifest = JSON.parse(data ?? '{}') as {
      icons: { src: string; purpose?: string; sizes: string }[];
      screenshots: { src: string; form_factor: string }[];
      display: string;
    };
    expect(manifest.display).toBe('standalone');
    expect(manifest.icons.some(({ purpose }) => purpose === 'maskable')).toBe(true);
    expect(manifest.screenshots.map(({ form_factor }) => form_factor).sort()).toEqual([
      'narrow',
      'wide',
    ]);
    for (const { src } of [...manifest.icons, ...manifest.screenshots]) {
      const reply = await page.request.get(new URL(src, relay.url).href);
      expect([src, reply.status(), reply.headers()['content-type']]).toEqual([
        src,
        200,
        expect.stringMatching(/^image\//),
      ]);
    }
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    expect(installabilityErrors).toEqual([]);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
});

test('after one visit a device that never joined the shop opens without a network @long', async ({
  till,
  page,
  context,
}) => {
  await till.open();
  await installed(page);
  await context.setOffline(true);
  await till.open();
  await till.button('English').click();
  await expect(page.getByText('The shop server does not answer')).toBeVisible();
});

test('a part of the till that does not load is reported in words, and a reload loads it @long', async ({
  page,
}) => {
  await ownBuild(async (relay, root) => {
    const assets = join(root, 'dist/assets');
    const away = join(root, 'away');
    mkdirSync(away);
    const move = (from: string, to: string, part: RegExp) => {
      for (const file of readdirSync(from).filter((name) => part.test(name)))
        renameSync(join(from, file), join(to, file));
    };
    // without these files the worker is not installed, so each file comes from the relay
    move(assets, away, /^(Journal|core)-.*js/);
    await relay.restart();
    const till = new TillPage(page, () => relay.url);
    await till.open();
    await expect(page.getByText('The till did not load completely')).toBeVisible();

    move(away, assets, /^core-/);
    await relay.restart();
    await till.firstRun();
    await till.ring('Carrier bag');
    await page.route('**/dialogs-*.js', (route) => route.abort());
    await till.open();
    await till.signIn();
    await page.keyboard.press('F4');
    await expect(page.getByRole('alert')).toContainText('Reload the page');
    await page.unroute('**/dialogs-*.js');
    await till.button('Reload').click();
    await till.signIn();
    await expect(till.lines).toHaveCount(1);
    await page.keyboard.press('F4');
    await expect(till.dialog).toContainText('Timur Sadykov');
    await page.keyboard.press('Escape');
    await page.goto(`${relay.url}/#/journal`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'A part of the till did not load',
    );

    move(away, assets, /./);
    await relay.restart();
    await till.button('Reload').click();
    await till.signIn();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Journal');
    await page.goto(`${relay.url}/#/till`);
    await expect(till.lines).toHaveCount(1);
  });
});

test('the browser is asked to keep the records, and its answer is shown @long', async ({
  till,
  page,
}) => {
  await page.addInitScript(() => {
    let answer = false;
    const asked: number[] = [];
    Object.assign(window, { asked, allow: () => (answer = true) });
    StorageManager.prototype.persisted = () => Promise.resolve(false);
    StorageManager.prototype.persist = () => {
      asked.push(1);
      return Promise.resolve(answer);
    };
  });
  await till.firstRun();
  const asked = () => page.evaluate(() => (window as unknown as { asked: number[] }).asked.length);
  await expect.poll(asked).toBe(1);
  await till.goTo('settings/data');
  await expect(page.getByText('The browser may delete')).toBeVisible();
  await page.evaluate(() => (window as unknown as { allow: () => void }).allow());
  await till.button('Protect the data from deletion').click();
  await expect(page.getByText('The browser protects')).toBeVisible();
  expect(await asked()).toBe(2);
});

test('installing is offered once in an empty receipt, and always in the settings @long', async ({
  till,
  page,
}) => {
  await till.firstRun();
  /** Imitates Chromium in a normal window; the person accepts the prompt. */
  const browserOffers = () =>
    page.evaluate(() => {
      const event = new Event('beforeinstallprompt', { cancelable: true });
      const answer = { outcome: 'accepted' };
      Object.assign(event, { prompt: () => answer, userChoice: Promise.resolve(answer) });
      dispatchEvent(event);
    });
  await browserOffers();
  const hint = page.getByRole('region', { name: 'The till as an app' });
  if (!(await hint.isVisible())) await till.button('OK').click(); // the demo is explained first
  await expect(hint).toContainText('Install the till on this device?');
  await till.ring('Ground coffee, 250 g');
  await expect(hint).toBeHidden();
  await till.removeFirstLine();
  await hint.getByRole('button', { name: 'Not now' }).click();
  await expect(hint).toBeHidden();

  await till.goTo('settings/device');
  const section = page.locator('[data-install]');
  await section.getByRole('button', { name: 'Install' }).click();
  await expect(section).toContainText('The till is installed on this device.');
});
