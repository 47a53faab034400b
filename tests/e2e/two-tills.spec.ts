// A manager at another till changes rights and methods; the cashier's open screen follows in moments.
import Sqlite from 'better-sqlite3';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { codeIn, messagesAt } from '../support/demo-phone';
import {
  changePolicy,
  connectionCode,
  expect,
  expectSent,
  newOperator,
  ownersOtherTill,
  secondTill,
  test,
} from '../support/e2e';
import { SettingsPage } from '../support/settings-page';
import type { RelayProcess } from '../support/relay-process';
import { OWNER, TillPage } from '../support/till-page';

test('the code dialogue and the one without a code follow the manager’s changes when they are saved @long', async ({
  till,
  page,
  relay,
  browser,
}) => {
  test.setTimeout(120_000);
  await till.openShop();
  const owner = await ownersOtherTill(relay);
  const kirill = newOperator('Kirill', 'cashier', '258025');
  await changePolicy(owner, (policy) => ({ ...policy, operators: [...policy.operators, kirill] }));
  await till.open();
  await till.signIn('Kirill', '258025');
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  await till.otherWay('The code did not arrive');
  await expect(till.dialog).toContainText('You are not allowed to go on without a code');

  const manager = await secondTill(browser, relay);
  const settings = new SettingsPage(manager);
  await manager.goTo('settings/staff');
  await manager.page.getByRole('tab', { name: 'Groups and permissions' }).click();
  await manager.button(/^Cashier/).click();
  await manager.dialog.getByLabel('Put on account without a code').check();
  await settings.asOwner(
    manager.dialog.getByRole('button', { name: 'Save' }),
    manager.page.getByText(/^Saved/).first(),
  );
  // without anybody touching the cashier's screen
  await expect(till.dialog).toContainText('Allowed by Kirill, cashier', { timeout: 5_000 });

  await till.button('Type the code after all').click();
  await expect(till.codeField).toBeFocused();
  await settings.open('codes-and-limits');
  await settings.method('Sale on account').getByRole('radio', { name: 'Nothing' }).check();
  await settings.save();
  await expect(till.dialogs).toHaveCount(0, { timeout: 5_000 });
  await expect(page.getByText('rules for confirming have changed')).toBeVisible();
  await expect(till.main).toHaveText(/^\s*Put it on account £[\d.]+\s*$/);
  await manager.page.context().close();
});

/** Sets the relay's last contact with every till to this time, ms. */
function sawLast(relay: RelayProcess, at: number): void {
  const db = new Sqlite(join(relay.dataDir, 'relay.db'));
  db.prepare('UPDATE tills SET seen_at = ?').run(at);
  db.close();
}

/** Lets the till ask the relay again until the relay reports it. */
async function expectNews(page: Page, says: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await says();
  }).toPass();
}

test(
  'a customer and a debt of one tablet are known at the other within moments, and after an outage',
  { tag: '@service-worker' },
  async ({ till, second, page, relay }) => {
    const context = second.page.context();
    // nobody has entered this customer at the second till: the card came from the first one
    await second.goTo('customers');
    await expect(second.page.getByText('Vera Lugova')).toBeVisible({ timeout: 5_000 });
    await second.page.getByText('Vera Lugova').click();
    await expect(second.dialog).toContainText(/Debt\s*12\.50/);

    await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
    await till.saveAndSend();
    await expect(till.codeField).toBeFocused();
    await page.keyboard.type(codeIn((await messagesAt(relay.url))[0]?.text ?? ''));
    await till.expectSaved();
    // without anybody touching the other screen
    await expect(second.dialog).toContainText(/Debt\s*15\.99/, { timeout: 5_000 });
    await expect(second.dialog).toContainText('Sale on account');

    await context.setOffline(true);
    await expect(second.dialog).toContainText('without the other tills since', { timeout: 20_000 });
    await context.setOffline(false);
    await expect(second.dialog).not.toContainText('without the other tills', { timeout: 20_000 });
  },
);

test(
  'a till with an open shift that the relay does not hear is named where balances are shown @long',
  { tag: '@service-worker' },
  async ({ till, second, page, relay }) => {
    await second.sellForCash('Carrier bag');
    await expectSent(second);
    const context = second.page.context();
    await context.setOffline(true);
    sawLast(relay, Date.now() - 6 * 60_000);
    const note = /till “[^”]+” not heard since (?:yesterday, )?\d\d:\d\d/;
    await till.goTo('customers');
    await page.getByText('Vera Lugova').click();
    await expectNews(page, () => expect(till.dialog).toContainText(note, { timeout: 1_000 }));
    await page.keyboard.press('Escape');
    await till.goTo('till');
    await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
    await expect(page.getByText(note)).toBeVisible();

    await context.setOffline(false);
    await expectNews(page, () => expect(page.getByText(note)).toHaveCount(0, { timeout: 1_000 }));
  },
);

test('what one tablet asks a code for is held: the other one shows what is left of the limit @long', async ({
  till,
  page,
  relay,
  browser,
}) => {
  test.setTimeout(120_000);
  await till.openShop();
  const owner = await ownersOtherTill(relay);
  const kirill = newOperator('Kirill', 'cashier', '258025');
  await changePolicy(owner, (policy) => ({
    ...policy,
    credit: { ...policy.credit, debtLimit: 1700 },
    operators: [...policy.operators, kirill],
  }));
  await till.open();
  await till.signIn('Kirill', '258025');
  const second = await secondTill(browser, relay);
  await second.lock();
  await second.signIn('Kirill', '258025');

  // Vera owes 12.50, so 4.50 are left for two sales of 3.49
  for (const tablet of [till, second])
    await tablet.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  await second.saveAndSend();
  await expect(second.dialog).toContainText(
    'by the records of all tills this customer may take £1.01 more',
  );
  await expect(second.dialog).not.toContainText('go on without a code');
  await second.button('Back to payment').click();
  await expect(second.dialogs).toHaveCount(0);

  await till.dialog.getByRole('button', { name: 'Cancel the code' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the code' }).click();
  await expect(till.dialogs).toHaveCount(0);
  await second.saveAndSend();
  await expect(second.codeField).toBeFocused();
  await second.page.context().close();
});

test('where a till began with a snapshot, a customer’s list says since when it has the others @long', async ({
  till,
  page,
}) => {
  await till.openShop();
  const openCard = async () => {
    await till.goTo('customers');
    await page.getByText('Vera Lugova').click();
  };
  await openCard();
  await expect(till.dialog).toContainText('Movements');
  await expect(till.dialog).not.toContainText('is not listed on this till');
  await page.keyboard.press('Escape');
  // a story's shop is too small for a snapshot, so pretend that there is one
  const begun = { manifest: 'a.b.c', order: 1, at: Date.parse('2026-03-04T12:00:00Z') };
  await page.evaluate(
    (value) =>
      new Promise<void>((resolve) => {
        const opened = indexedDB.open('counterfoil');
        opened.onsuccess = () => {
          const writing = opened.result.transaction('meta', 'readwrite');
          writing.objectStore('meta').put({ key: 'remote-snapshot', value });
          writing.oncomplete = () => {
            opened.result.close();
            resolve();
          };
        };
      }),
    begun,
  );
  await openCard();
  await expect(till.dialog).toContainText(/What other tills did before .*Mar.* is not listed on/);
  await expect(till.dialog).not.toContainText('No debts yet');
});

/** Sets an individual limit on the customer's card. */
async function limit(till: TillPage, amount: string): Promise<void> {
  await till.goTo('customers');
  await till.page.getByText('Vera Lugova').click();
  await till.dialog.getByRole('button', { name: 'Edit' }).click();
  await till.dialog.getByRole('radio', { name: 'A limit of their own' }).check();
  await till.dialog.getByLabel('Debt limit').fill(amount);
  await till.dialog.getByRole('button', { name: 'Save' }).click();
  await expect(till.page.getByText('Card saved')).toBeVisible();
  await till.page.keyboard.press('Escape');
}

test(
  'two limits set apart wait at both tablets with both values; what one decides is done at the other @long',
  { tag: '@service-worker' },
  async ({ till, second }) => {
    const context = second.page.context();
    await second.goTo('customers');
    await expect(second.page.getByText('Vera Lugova')).toBeVisible({ timeout: 5_000 });
    await context.setOffline(true);
    await limit(second, '70');
    await limit(till, '30');
    await expectSent(till);
    await context.setOffline(false);

    const list = (of: TillPage) => of.page.getByRole('main').getByRole('listitem');
    await till.goTo('to-settle');
    await second.goTo('to-settle');
    for (const each of [till, second]) {
      await expect(list(each)).toContainText('A card changed at two tills', {
        timeout: 30_000,
      });
      await expect(list(each)).toContainText(/Not applied.*Vera Lugova.*70\.00/);
      await expect(list(each)).toContainText(/Kept.*Vera Lugova.*30\.00/);
      await expect(each.page.getByText('1 entry waits for a decision')).toBeVisible();
      const menu = each.page.getByRole('navigation', { name: 'Sections' });
      await expect(menu.getByRole('link', { name: /^To settle/ })).toContainText('1');
    }
    await list(till)
      .getByRole('button', { name: 'Apply: A limit of their own: up to £70.00' })
      .click();
    for (const each of [till, second]) {
      await expect(each.page.getByText('Nothing to settle')).toBeVisible({ timeout: 10_000 });
      await expect(list(each)).toContainText('The other value was applied · Olga');
      await each.goTo('customers');
      await each.page.getByText('Vera Lugova').click();
      await expect(each.dialog).toContainText('£70.00');
    }
  },
);

test('a card’s form opened before another till changed the limit does not undo that @long', async ({
  till,
  second,
  page,
  relay,
}) => {
  await second.goTo('customers');
  await second.page.getByText('Vera Lugova').click({ timeout: 10_000 });
  await second.dialog.getByRole('button', { name: 'Edit' }).click();
  await second.dialog.getByLabel('Note').fill('Pays on Fridays');

  await limit(till, '30');
  await till.goTo('till');
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  await page.keyboard.type(codeIn((await messagesAt(relay.url))[0]?.text ?? ''));
  await till.expectSaved();
  // the debt came after the limit
  await expect(second.page.getByText('15.99').first()).toBeAttached({ timeout: 10_000 });

  await second.dialog.getByRole('button', { name: 'Save' }).click();
  await expect(second.page.getByText('Card saved')).toBeVisible();
  await expect(second.dialog).toContainText('Pays on Fridays');
  await expect(second.dialog).toContainText('A limit of their own: up to £30.00');
});

test('an open card follows another till’s change of the limit, and its form begins there @long', async ({
  till,
  second,
}) => {
  await second.goTo('customers');
  await second.page.getByText('Vera Lugova').click({ timeout: 10_000 });
  await expect(second.dialog).toContainText('Standard limit');
  await limit(till, '30');
  await expect(second.dialog).toContainText('A limit of their own: up to £30.00', {
    timeout: 10_000,
  });
  await second.dialog.getByRole('button', { name: 'Edit' }).click();
  await expect(second.dialog.getByLabel('Debt limit')).toHaveValue('30.00');
});

test(
  'the list of tills says what each has not sent and not received, and since when @long',
  { tag: '@service-worker' },
  async ({ till, second, page }) => {
    const context = second.page.context();
    await second.goTo('customers');
    await expect(second.page.getByText('Vera Lugova')).toBeVisible({ timeout: 5_000 });
    const settings = new SettingsPage(till);
    const main = page.getByRole('main');
    const row = (name: RegExp) => main.getByRole('listitem').filter({ hasText: name });
    const show = async () => {
      await till.goTo('settings');
      await till.goTo('settings/tills');
      await settings.asOwner(till.button('Show the tills'), row(/No. 2/));
    };
    await show();
    await expect(row(/No. 1/)).toContainText('has sent and received everything');
    await expect(row(/No. 2/)).toContainText('had sent and received everything when last seen');

    await context.setOffline(true);
    await limit(second, '70');
    await till.goTo('till');
    for (const goods of ['Carrier bag', 'Cinnamon bun']) {
      await till.sellForCash(goods);
      await till.next();
    }
    await show();
    await expect(row(/No. 1/)).toContainText('has sent and received everything');
    await expect(row(/No. 2/)).toContainText(/has not received 3\sentries since \d+:\d\d/);

    // for its own state it needs no server: it has not sent what it did meanwhile
    await second.goTo('settings/tills');
    await expect(second.page.getByText(/^This till: has not sent 1\sentry since/)).toContainText(
      'without the other tills since',
    );
  },
);

test(
  'a till never heard of again: the list says what it has not sent and since when, also after its removal @long',
  { tag: '@service-worker' },
  async ({ till, page, relay, browser }) => {
    test.setTimeout(120_000);
    await till.openShop();
    const second = await secondTill(browser, relay);
    await second.sellForCash('Carrier bag');
    await second.next();
    await expectSent(second);
    const context = second.page.context();
    // only the journal does not get through; the till still says at its sign-in how long it is
    await context.route(/\/api\/v1\/journal$/, (route) => route.abort());
    await second.goTo('till');
    await second.sellForCash('Cinnamon bun');
    await second.open();
    await second.signIn();
    await expect(second.chip).toHaveAttribute('data-status', 'codes-can-be-sent');

    const settings = new SettingsPage(till);
    const row = page.getByRole('main').getByRole('listitem').filter({ hasText: 'No. 2' });
    const show = async () => {
      await till.goTo('settings');
      await till.goTo('settings/tills');
      await settings.asOwner(till.button('Show the tills'), row);
    };
    await show();
    await expect(row).toContainText(/has not sent 1\sentry since (?:yesterday, )?\d\d:\d\d/);
    await expect(row).not.toContainText('Not in touch');

    await context.close();
    sawLast(relay, Date.now() - 6 * 60_000);
    await show();
    await expect(row).toContainText(/has not sent 1\sentry since (?:yesterday, )?\d\d:\d\d/);
    await expect(row).toContainText(
      /Not in touch since (?:yesterday, )?\d\d:\d\d\. If it has sold anything since, it has not sent those sales yet/,
    );
    await expect(page.getByRole('main')).toHaveText(/^(?!.*Not in touch.*Not in touch)/s);

    await row.getByRole('button', { name: /^Remove/ }).click();
    await till.dialog.getByRole('button', { name: 'Remove' }).click();
    await expect(page.getByText('The till is removed')).toBeVisible();
    await expect(row).toContainText(
      /removed.*has not sent 1\sentry since (?:yesterday, )?\d\d:\d\d/,
    );
    await expect(row).toContainText(
      /Last in touch before it was removed: (?:yesterday, )?\d\d:\d\d\./,
    );

    await till.speak('Русский');
    await till.goTo('settings/tills');
    await till.button('Показать кассы').click();
    await page.keyboard.type(OWNER.pin);
    const inRussian = page.getByRole('main').getByRole('listitem').filter({ hasText: '№ 2' });
    await expect(inRussian).toContainText(
      /не отправила 1\sзапись (?:с|со вчерашнего дня,) \d\d:\d\d/,
    );
    await expect(inRussian).toContainText(
      /До отключения не выходила на связь (?:с|со вчерашнего дня,) \d\d:\d\d\./,
    );
  },
);

test(
  'after the server was restored no code is sent before the other tablet was back, or an owner decides @long',
  { tag: '@service-worker' },
  async ({ till, second, page, relay }) => {
    await second.sellForCash('Carrier bag');
    await second.page.context().close();
    await relay.kill();
    await relay.word('restore');
    await relay.start();

    await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
    await till.saveAndSend();
    await expect(till.dialog).toContainText('does not know yet what happened at other tills');
    await till.button('Back to payment').click();
    await till.goTo('settings/tills');
    const settings = new SettingsPage(till);
    const waits = page
      .getByRole('main')
      .getByText('The shop server was restored from an older copy');
    await settings.asOwner(till.button('Show the tills'), waits);
    await till.button('Do not wait').click();
    await expect(page.getByText('The server does not wait any more')).toBeVisible();
    await expect(waits).toHaveCount(0);
    await till.goTo('till');
    await till.saveAndSend();
    await expect(till.codeField).toBeFocused();
  },
);

test(
  'a till whose download worker dies gets entries of the others again; one where it cannot start sells, and says what it lacks @long',
  { tag: '@service-worker' },
  async ({ till, second, page, relay, browser }) => {
    await second.goTo('customers');
    await expect(second.page.getByText('Vera Lugova')).toBeVisible({ timeout: 5_000 });
    const worker = second.page.workers().find((each) => each.url().includes('download.worker'));
    // ends the worker without an error event
    await worker?.evaluate(() => self.close());
    await second.page.getByText('Vera Lugova').click();
    await expect(second.dialog).toContainText(/Debt\s*12\.50/);
    await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
    await till.saveAndSend();
    await expect(till.codeField).toBeFocused();
    await page.keyboard.type(codeIn((await messagesAt(relay.url))[0]?.text ?? ''));
    await till.expectSaved();
    await expect(second.dialog).toContainText(/Debt\s*15\.99/, { timeout: 20_000 });
    await second.page.context().close();

    const context = await browser.newContext({ serviceWorkers: 'block' });
    const third = new TillPage(await context.newPage(), () => relay.url);
    await third.connect(await connectionCode(relay));
    await third.goTo('customers');
    await expect(third.page.getByText('Vera Lugova')).toBeVisible({ timeout: 5_000 });
    const script = '**/download.worker-*.js';
    await context.route(script, (route) => route.abort());
    await third.page.reload();
    await third.signIn();
    await third.goTo('till');
    await third.sellForCash('Ground coffee, 250 g');
    await third.goTo('till');
    await third.chip.click();
    await expect(third.dialog).toContainText('The browser could not start the part of the till');
    await third.page.keyboard.press('Escape');
    await third.goTo('settings/tills');
    const note = third.page.getByRole('main').getByText('What the other tills do does not reach');
    await expect(note).toBeVisible();
    await third.goTo('customers');
    await third.page.getByText('Vera Lugova').click();
    await expect(third.dialog).toContainText('without the other tills since');
    await context.unroute(script);
    await expect(third.dialog).not.toContainText('without the other tills', { timeout: 30_000 });
    await context.close();
  },
);

test('a new till that gets ten megabytes in one line in place of the others’ acts says so, sells, and gets them later @long', async ({
  till,
  relay,
  browser,
}) => {
  test.setTimeout(120_000);
  await till.openShop();
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const order = /\/api\/v1\/journal\?/;
  const json = { kind: 'journal', entries: [], head: 'x'.repeat(10_000_000), checkpoint: '' };
  await context.route(order, (route) => route.fulfill({ json }));
  const second = new TillPage(await context.newPage(), () => relay.url);
  const { page } = second;
  await second.connect(await connectionCode(relay));
  const banner = page
    .getByRole('status')
    .filter({ hasText: 'What the other tills do does not reach this one' });
  await expect(banner).toContainText('cannot read what comes', { timeout: 20_000 });
  await second.goTo('settings/tills');
  await expect(page.getByText('This till: without the other tills')).toBeVisible();

  await second.goTo('catalogue');
  await second.button('Add a product').click();
  await second.dialog.getByLabel('Name').fill('Paper bag');
  await second.dialog.getByLabel('Price').fill('0.30');
  await second.button('Save').click();
  await expect(second.dialog).toHaveCount(0);
  await second.goTo('till');
  await second.sellForCash('Paper bag');

  await context.unroute(order);
  // the till asks again by itself, but less and less often
  await second.open();
  await second.signIn();
  await second.goTo('customers');
  await expect(page.getByText('Vera Lugova')).toBeVisible({ timeout: 20_000 });
  await expect(banner).toHaveCount(0);
  await context.close();
});
