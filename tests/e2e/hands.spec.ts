// Input slower or faster than the network: typing, scans at any moment, a tablet handed on.
import { barcodeOf } from '../support/till-page';
import { codeIn, DemoPhone } from '../support/demo-phone';
import { expect, ownersOtherTill, test } from '../support/e2e';

test.use({ shop: 'shared' });

test('the screen stays on while somebody sells, and scans, refusals and sales have sounds @long', async ({
  till,
  page,
}) => {
  await page.evaluate(() => {
    const seen = Object.assign(window, { locks: 0, heard: [] as number[] });
    Object.assign(navigator.wakeLock, {
      request: () => {
        seen.locks += 1;
        return Promise.resolve({ release: () => Promise.resolve((seen.locks -= 1)) });
      },
    });
    const Counted = class extends AudioContext {
      override createOscillator() {
        seen.heard.push(1);
        return super.createOscillator();
      }
    };
    Object.assign(window, { AudioContext: Counted });
  });
  const locks = () => page.evaluate(() => (window as unknown as { locks: number }).locks);
  const heard = () =>
    page.evaluate(() => (window as unknown as { heard: number[] }).heard.splice(0).length);
  await till.goTo('customers');
  await expect(page.getByRole('heading', { level: 1, name: 'Customers' })).toBeVisible();
  expect(await locks()).toBe(0);
  await till.goTo('till');
  await expect.poll(locks).toBe(1);
  await till.scan(barcodeOf('Carrier bag'));
  await expect(till.lines).toHaveCount(1);
  expect(await heard()).toBe(1);
  await till.scan('4006381333931');
  await expect(page.getByText('No product has the barcode')).toBeVisible();
  expect(await heard()).toBe(2);
  await page.keyboard.press('Escape');
  await expect(till.dialogs).toHaveCount(0);
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  expect(await heard()).toBe(2);
  await till.next();
  await till.lock();
  await expect.poll(locks).toBe(0);
  await till.signIn();
});

test('typed digits of a code stay while news of its message arrives @long', async ({
  till,
  page,
}) => {
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  const phone = await DemoPhone.open(page);
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  const code = codeIn((await phone.newest(1)).text);
  await page.keyboard.type(code.slice(0, 3));
  const news = () =>
    page.waitForResponse(
      (reply) => reply.request().method() === 'GET' && /\/challenges\/[\w-]+$/.test(reply.url()),
    );
  await news();
  await news();
  await expect(till.codeField).toHaveValue(code.slice(0, 3));
  await page.keyboard.type(code.slice(3));
  await till.expectSaved();
});

test('Enter pressed before the list follows the search chooses the customer who was typed', async ({
  till,
  page,
}) => {
  await till.ring('Ground coffee, 250 g');
  await page.keyboard.press('F4');
  await expect(till.dialog.locator('.list').getByRole('button')).toHaveCount(6);
  // filled in at once; even a list that takes a moment to read is shown completely
  await till.dialog.getByLabel('Name or phone').evaluate((field: HTMLInputElement) => {
    field.value = 'vera';
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  });
  await expect(till.dialogs).toHaveCount(0);
  await expect(page.getByRole('complementary', { name: 'Receipt' })).toContainText('Vera Lugova');
});

test('goods scanned while money is taken are added, and their digits are not money', async ({
  till,
  page,
}) => {
  await till.ring('Ground coffee, 250 g');
  await till.pay();
  await till.button('Exact').click();
  const cash = page
    .getByRole('list', { name: 'To pay and paid' })
    .getByRole('listitem')
    .filter({ hasText: 'Cash' });
  await expect(cash).toContainText('−4.49');
  await till.scan(barcodeOf('Carrier bag'));
  // the bag is what is left to pay
  await expect(page.getByRole('region', { name: 'On account' })).toContainText('0.10');
  await expect(cash).toContainText('−4.49');
});

test('a quantity typed before goods applies to them; + repeats the last, and Ctrl+Z takes it back', async ({
  till,
  page,
}) => {
  const search = page.getByLabel('Find a product');
  const bag = till.lines.filter({ hasText: 'Carrier bag' });
  // filled in, not typed, because keys typed this fast would be taken for a scan
  await search.fill('3*');
  await till.scan(barcodeOf('Carrier bag'));
  await expect(bag).toContainText('3 ×');
  await expect(search).toHaveValue('');
  await page.keyboard.press('+');
  await expect(bag).toContainText('4 ×');
  await page.keyboard.press('Control+z');
  await expect(bag).toContainText('3 ×');
  // typed slowly, because faster keys would be taken for a scan
  await page.keyboard.type('2*coffee', { delay: 60 });
  await page.keyboard.press('Enter');
  await expect(till.lines).toHaveCount(2);
  await expect(till.lines.filter({ hasText: 'coffee' })).toContainText('2 ×');
  await page.keyboard.press('Control+z');
  await expect(till.lines).toHaveCount(1);
  // half a bag is not a valid quantity
  await page.keyboard.type('0,5*bag', { delay: 60 });
  await page.keyboard.press('Enter');
  await expect(page.getByText('This quantity cannot be sold: 0,5')).toBeVisible();
  await expect(bag).toContainText('3 ×');
});

test('a sale on account can be closed by keyboard alone', async ({ till, page }) => {
  await till.ring('Ground coffee, 250 g');
  await page.locator('main').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('group', { name: 'Paid by' })).toBeVisible();
  await page.keyboard.press('1');
  await page.keyboard.press('Enter');
  await expect(till.dialog).toContainText('Choose');
  // typed slowly, because after faster keys Enter would end a scan
  await page.keyboard.type('Vera Lugova', { delay: 60 });
  await expect(till.dialog.locator('.list').getByRole('button')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(till.dialogs).toHaveCount(0);
  await page.locator('main').focus();
  const phone = await DemoPhone.open(page);
  await page.bringToFront();
  await page.keyboard.press('Enter');
  await expect(till.codeField).toBeFocused();
  await page.keyboard.type(codeIn((await phone.newest(1)).text));
  await till.expectSaved();
});

test('an owner’s elevation at the relay ends when the till is locked @long', async ({
  till,
  page,
}) => {
  await till.lock();
  await till.signIn();
  await page.goto(`${page.url().split('#')[0]}#/settings/codes-and-limits`);
  await page
    .getByRole('group', { name: /debt|account/i })
    .first()
    .waitFor();
  const change = page.waitForResponse((reply) => reply.request().method() === 'PUT');
  await page
    .getByRole('radio', { name: /No code|None|Without/i })
    .first()
    .check();
  await page.getByRole('button', { name: 'Save' }).first().click();
  expect((await change).status()).toBe(403);
  await expect(till.dialog).toContainText('Confirm with your PIN');
});

test.describe('a till that is removed', () => {
  test.use({ shop: 'prepared' });

  test(
    'a till removed from the shop uploads its journal, says so, and sells nothing until it is connected again @long',
    { tag: '@service-worker' },
    async ({ till, page, relay }) => {
      await till.openShop();
      const owner = await ownersOtherTill(relay);
      const { json } = await owner.call('GET', '/tills');
      const mine = (json['tills'] as { id: string }[]).find(({ id }) => id !== owner.id);
      await owner.call('DELETE', `/tills/${mine?.id}`);
      await till.chip.click();
      await till.button('Check now').click();
      await expect(
        page.getByRole('heading', { name: 'This till was removed from the shop.' }),
      ).toBeVisible();
      await expect(page.getByLabel('Find a product')).toHaveCount(0);
      // it stays removed without a connection
      await page.context().setOffline(true);
      await page.goto(page.url().split('#')[0] ?? '');
      await till.signIn();
      await expect(
        page.getByRole('heading', { name: 'This till was removed from the shop.' }),
      ).toBeVisible();
      await page.context().setOffline(false);
      await page.getByRole('link', { name: 'Connect again' }).click();
      await expect(page.getByRole('heading', { name: 'Connect this till again' })).toBeVisible();
    },
  );
});
