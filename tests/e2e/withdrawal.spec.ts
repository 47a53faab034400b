// The shop's owner withdraws a bad release with one command: pages load again, records are unchanged.
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
import { snapshotOf } from '../support/till-disk';
import { TillPage } from '../support/till-page';
import type { Page, Worker } from '@playwright/test';

test.use({ serviceWorkers: 'allow' });

const THROWS: Change = [/^assets\/start-.*js$/, /^/, 'throw new Error("a bad release");'];
const FETCHES_NOTHING: Change = [
  /^sw\.js$/,
  /^/,
  'self.addEventListener("fetch",(event)=>event.respondWith(Response.error()));',
];
const MENDED: readonly Change[] = [
  [/^assets\/start-.*js$/, THROWS[2], ''],
  [/^sw\.js$/, FETCHES_NOTHING[2], ''],
];

const RECORDS = ['journal', 'sales', 'customers', 'balances', 'accountEntries'] as const;

/** All records: the rows of the database, and every byte of the origin's files. */
async function recordsOf(page: Page) {
  const files = await page.evaluate(async () => {
    const found: [string, string][] = [];
    const walk = async (dir: FileSystemDirectoryHandle, path: string) => {
      for await (const [name, handle] of dir as unknown as AsyncIterable<
        [string, FileSystemDirectoryHandle | FileSystemFileHandle]
      >) {
        if (handle.kind === 'directory') await walk(handle, `${path}/${name}`);
        else found.push([`${path}/${name}`, await (await handle.getFile()).text()]);
      }
    };
    await walk(await navigator.storage.getDirectory(), '');
    return found.sort();
  });
  return { files, tables: await snapshotOf(page, RECORDS) };
}

/** Addresses of everything in the origin's caches. */
const cached = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const kept = await Promise.all(caches_.map((each) => each.keys()));
    return kept.flat().map(({ url }) => new URL(url).pathname);
  });

const registrations = (page: Page): Promise<number> =>
  page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);

test('a release that breaks page and network is withdrawn, and the next one is installed as usual @long', async ({
  page,
  context,
}) => {
  // three releases, each with a start of the relay
  test.slow();
  await ownBuild(async (relay, root) => {
    const till = new TillPage(page, () => relay.url);
    await till.firstRun();
    await installed(page);
    await till.sellForCash('Carrier bag');
    await till.next();
    // only files of the build are cached, no reply of the relay and no personal data
    const files = await cached(page);
    expect(files.length).toBeGreaterThan(50);
    expect(
      files.filter(
        (path) =>
          !/^\/(assets|icons)\/|^\/(index\.html|tablets\.(html|css)|not-loaded\.js|manifest\.webmanifest)$/.test(
            path,
          ),
      ),
    ).toEqual([]);
    const records = await recordsOf(page);
    expect(records.files.length).toBeGreaterThan(0);

    await deploy(relay, root, 'bad', [THROWS, FETCHES_NOTHING]);
    expect(await lookForUpdate(page)).toBe('waiting');
    await update(till);
    await expect(page.goto(relay.url)).rejects.toThrow('net::ERR_FAILED');

    await deploy(relay, root, 'good', MENDED);
    expect(await relay.word('withdraw')).toContain('The till is withdrawn');
    // the visit still fails, but makes the browser check some time later; the next visit works
    let worker: Worker | undefined;
    context.once('serviceworker', (come) => (worker = come));
    await expect(async () => {
      await page.goto(relay.url).catch(() => undefined);
      await expect.poll(() => worker).toBeDefined();
    }).toPass();
    const standing = () =>
      worker
        ?.evaluate(() => (self as unknown as { serviceWorker: ServiceWorker }).serviceWorker.state)
        .catch(() => 'gone');
    await expect.poll(standing).toMatch(/^(activated|redundant|gone)$/);
    await page.goto(relay.url);
    expect(await releaseOf(page)).toBe('good');
    await till.signIn();
    expect(await recordsOf(page)).toEqual(records);
    await till.goTo('settings/data');
    await expect(page.getByText('The till opens without the internet too')).toHaveCount(0);
    await expect.poll(() => registrations(page)).toBe(0);
    expect(await cached(page)).toEqual([]);

    await relay.word('reinstate');
    await till.open();
    await installed(page);
    await till.signIn();
    await till.goTo('settings/data');
    await expect(page.getByText('The till opens without the internet too')).toBeVisible();
    await context.setOffline(true);
    await till.open();
    await till.signIn();
    await till.sellForCash('Carrier bag');
  });
});

test('a release that breaks at the start says so, and a repaired one is installed by closing and opening the till @long', async ({
  page,
  context,
}) => {
  await ownBuild(async (relay, root) => {
    const till = new TillPage(page, () => relay.url);
    await till.firstRun();
    await installed(page);
    await deploy(relay, root, 'bad', [THROWS]);
    expect(await lookForUpdate(page)).toBe('waiting');
    await update(till);
    await expect(page.getByText('The till did not load completely')).toBeVisible();

    await deploy(relay, root, 'good', [[/^assets\/start-.*js$/, THROWS[2], '']]);
    await page.goto(relay.url);
    expect(await lookForUpdate(page)).toBe('waiting');
    await page.close();
    const again = await context.newPage();
    await again.goto(relay.url);
    expect(await releaseOf(again)).toBe('good');
    await new TillPage(again, () => relay.url).signIn();
  });
});

test('an open till that is withdrawn is reloaded once, and its receipt is still there @long', async ({
  till,
  page,
  relay,
}) => {
  await till.openShop();
  await installed(page);
  await till.ring('Carrier bag');
  const records = await recordsOf(page);
  await relay.word('withdraw');
  let loads = 0;
  page.on('load', () => (loads += 1));
  await page.evaluate(async () => {
    await (await navigator.serviceWorker.getRegistration())?.update();
  });
  await expect.poll(() => loads).toBeGreaterThan(0);
  await till.signIn();
  await expect(till.lines).toHaveCount(1);
  await expect.poll(() => registrations(page)).toBe(0);
  expect(await cached(page)).toEqual([]);
  expect(await recordsOf(page)).toEqual(records);
  // opened again, the worker removes itself without a message
  await till.open();
  await till.signIn();
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  expect(loads).toBeLessThanOrEqual(4);
});
