// Offline, the browser is killed while a reserve code confirms a debt: the code works exactly once.
// A control whose disk forgets the use must accept it twice.
import { expect, test, type Page } from '@playwright/test';
import { codeIn, messagesAt } from '../support/demo-phone';
import { RelayProcess } from '../support/relay-process';
import { changeRows, rowsOf } from '../support/till-disk';
import { seededRandom } from '../support/seeded-random';
import { TillPage } from '../support/till-page';
import { expectStore, openBrowser, STORES, type Store } from './browser';
import { roundsOf, SEED, storesOfRun } from './scale';
import { withFolder } from './shop';
import { Tally } from './tally';

const CUSTOMER = 'Vera Lugova';
/** Longest time from the input of the code to the kill, ms; most of it is the check of the code. */
const MOMENT_MS = 1500;

for (const [place, store] of storesOfRun(STORES).entries()) {
  const rounds = roundsOf({ push: 1, long: 50 });
  test(`after ${rounds} kills during its reserve codes, a till on ${store} accepts none twice`, async () => {
    test.setTimeout(300_000 + rounds * 60_000);
    const tally = new Tally(`a reserve code works once (${store})`);
    const random = seededRandom(SEED + place);
    await tally.over(async () => {
      while (tally.rounds < rounds) await oneShop(tally, rounds, random, store);
    });
  });
}

test('control: a till whose disk forgets that a reserve code was used accepts it twice', async () => {
  test.setTimeout(300_000);
  const tally = new Tally('control: a till that forgets the use of a reserve code', {
    kind: 'control',
  });
  const [store] = STORES;
  await tally.over(async () => {
    await inOneShop(store, async (shop) => {
      const [code = ''] = shop.codes;
      const unused = await rowsOf(shop.page(), 'reserveVerifiers');
      await owe(shop.till());
      await give(shop.till(), code);
      await shop.till().expectSaved();
      await shop.killed();
      const keys = unused.map(({ id }) => String(id));
      await changeRows(shop.page(), {
        put: { table: 'reserveVerifiers', rows: unused },
        drop: { table: 'grantsUsed', keys },
      });
      await useAgain(shop.till(), code);
      tally.rounds += 1;
      if ((await usesOf(shop.page(), code)) > 1) tally.doubled.add(code);
    });
    expect(tally.doubled.size, 'the harness does not see a second use').toBe(1);
  });
});

/** A shop with reserve codes, whose relay is out of reach. */
type OfflineShop = {
  readonly codes: readonly string[];
  readonly till: () => TillPage;
  readonly page: () => Page;
  /** Kills the browser, opens it again and signs in. */
  readonly killed: () => Promise<void>;
};

async function inOneShop(store: Store, work: (shop: OfflineShop) => Promise<void>): Promise<void> {
  await withFolder(async (profile) => {
    const relay = new RelayProcess();
    await relay.start();
    let browser = await openBrowser(profile, store);
    const till = () => new TillPage(browser.page, () => relay.url);
    try {
      await till().firstRun();
      expectStore(profile, store);
      await expect
        .poll(() => browser.page.evaluate(() => navigator.serviceWorker.controller?.state))
        .toBe('activated');
      const codes = await issue(till(), relay.url);
      expect(codes.length).toBeGreaterThan(0);
      await relay.kill();
      const killed = async () => {
        await browser.kill();
        browser = await openBrowser(profile, store);
        await till().open();
        await till().signIn();
      };
      await work({ codes, till, page: () => browser.page, killed });
      await browser.kill();
    } finally {
      await relay.dispose();
    }
  });
}

/** As many rounds as the till has codes. Uses customers of the demo, because a new number gets no reserve codes. */
async function oneShop(tally: Tally, rounds: number, random: () => number, store: Store) {
  await inOneShop(store, async ({ codes, till, page, killed }) => {
    for (const code of codes.slice(0, rounds - tally.rounds)) {
      await owe(till());
      await give(till(), code);
      // the time of the kill is under test, so nothing is awaited before it
      await new Promise((resolve) => setTimeout(resolve, random() * MOMENT_MS));
      await killed();
      await useAgain(till(), code);
      tally.rounds += 1;
      tally.acknowledged.add(code);
      const uses = await usesOf(page(), code);
      if (uses > 1) tally.doubled.add(code);
      if (uses === 0) tally.lost.add(code);
      tally.expectNothingWrong(`round ${tally.rounds}`);
    }
  });
}

/** From the card: the customer's code, then the message with the reserve codes. */
async function issue(till: TillPage, origin: string): Promise<string[]> {
  const { page } = till;
  await till.goTo('customers');
  await till.button(new RegExp(CUSTOMER)).click();
  await till.dialog.getByRole('button', { name: 'Issue reserve codes' }).click();
  await till.dialog.getByRole('button', { name: 'Send the code' }).click();
  await expect(till.codeField).toBeFocused();
  const [asked] = await messagesAt(origin);
  await page.keyboard.type(codeIn(asked?.text ?? ''));
  await expect(till.dialog).toContainText('5 codes sent to');
  const [sent] = await messagesAt(origin);
  await till.dialog.getByRole('button', { name: 'Close' }).first().click();
  await page.keyboard.press('Escape');
  await expect(till.dialogs).toHaveCount(0);
  await till.goTo('till');
  return (sent?.text ?? '').match(/[0-9A-Z]{5}-[0-9A-Z]{5}/g) ?? [];
}

/** Rings up a debt, up to the message that no code can be sent. */
async function owe(till: TillPage): Promise<void> {
  const { lines } = till;
  if ((await lines.count()) === 0) await till.ring('Ground coffee');
  if (await till.button('Choose a customer').isVisible()) await till.chooseCustomer(CUSTOMER);
  await till.pay();
  await till.give('1');
  await till.saveAndSend();
  await expect(till.dialog).toContainText('The code can’t be sent');
}

async function give(till: TillPage, code: string): Promise<void> {
  await till.button(/^Reserve code · \d left$/).click();
  await till.dialog.getByLabel('Reserve code, 10 characters').fill(code);
  await till.button('Confirm with the reserve code').click();
}

/** Tries the same code once more, in the interrupted sale or in another one. */
async function useAgain(till: TillPage, code: string): Promise<void> {
  const asked = till.dialog.filter({ hasText: 'The code can’t be sent' });
  await till.goTo('till');
  // the start of the till completes a sale that was being saved
  await expect(asked.or(till.saved).or(till.button('Often bought')).first()).toBeVisible();
  if (await till.saved.isVisible()) await till.next();
  if (!(await asked.isVisible())) await owe(till);
  await give(till, code);
  const refused = till.dialog.getByRole('alert');
  await expect(till.saved.or(refused).first()).toBeVisible();
  if (await till.saved.isVisible()) return till.next();
  await till.dialog.getByRole('button', { name: 'Back to payment' }).click();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  await till.next();
}

async function usesOf(page: Page, code: string): Promise<number> {
  const entries = await rowsOf(page, 'journal');
  const plain = code.replace('-', '');
  return entries.filter((entry) => JSON.stringify(entry).replaceAll('-', '').includes(plain))
    .length;
}
