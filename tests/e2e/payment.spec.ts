// Taking money: nothing moves under the finger, a card takes one tap, and mistakes save nothing.
import { expect, test } from '../support/e2e';
import { expectRoom } from '../support/fits';
import { SettingsPage } from '../support/settings-page';
import { newRows } from '../support/till-disk';

test.use({ shop: 'shared' });

const SIZES = {
  'a counter': { width: 1280, height: 800 },
  'a tablet upright': { width: 800, height: 1280 },
  'a phone': { width: 390, height: 844 },
  'a phone lying': { width: 844, height: 390 },
};

test('the keypad and the main button do not move, regardless of what is typed and who pays', async ({
  till,
  page,
}) => {
  await till.ring('Ground coffee, 250 g');
  await till.pay();
  const keys = page.getByRole('group', { name: 'Digits' }).getByRole('button');
  const places = async () => {
    const all = [till.main, keys.first(), keys.last()];
    return JSON.stringify(await Promise.all(all.map((each) => each.boundingBox())));
  };
  const stand: Record<string, string[]> = {};
  const measure = async () => {
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      (stand[size] ??= []).push(await places());
    }
    await page.setViewportSize(SIZES['a counter']);
  };
  await measure();
  await till.give('4.4');
  await expect(till.main).toContainText('Whose account?');
  await measure();
  await till.chooseCustomer('Timur Sadykov');
  await expect(till.main).toContainText('Put it on account');
  await measure();
  await till.give('9');
  await expect(till.main).toContainText('no change');
  await measure();
  await till.give('0');
  await till.button('Erase').click();
  await till.button(/^Points/).click();
  await expect(till.button('Clear')).toBeVisible();
  await measure();
  for (const [size, places] of Object.entries(stand))
    expect(new Set(places), size).toEqual(new Set(places.slice(0, 1)));
});

test('with two payments and a debt, the sum, its term and both payments are in sight', async ({
  till,
  page,
}) => {
  await till.ring('Ground coffee, 250 g');
  await till.chooseCustomer('Timur Sadykov');
  await till.pay();
  await till.give('1');
  await till.button(/^Points/).click();
  await till.give('100');
  const rows = page.getByRole('list', { name: 'To pay and paid' }).getByRole('listitem');
  for (const size of ['a counter', 'a tablet upright'] as const) {
    await page.setViewportSize(SIZES[size]);
    await expect(rows).toHaveCount(4);
    for (const row of await rows.all()) await expect(row, size).toBeInViewport({ ratio: 1 });
  }
});

test('on a phone the debt’s term is in sight beside one payment', async ({ till, page }) => {
  await till.ring('Ground coffee, 250 g');
  await till.chooseCustomer('Timur Sadykov');
  await till.pay();
  await till.give('1');
  await page.setViewportSize(SIZES['a phone']);
  const rows = page.getByRole('list', { name: 'To pay and paid' }).getByRole('listitem');
  await expect(rows).toHaveCount(3);
  for (const row of await rows.all()) await expect(row).toBeInViewport({ ratio: 1 });
});

test('at 200 % text size on a phone no sum is cut off, and the main button stays in sight', async ({
  till,
  page,
}) => {
  /** A viewport of half as many rem: the space that doubled text leaves on a phone. */
  const halved = { width: 195, height: 422 };
  /** Names of elements that are wider than the screen. */
  const cut = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('main b, main p, main li > *, main button')]
        .filter((it) => it.checkVisibility() && it.getBoundingClientRect().width > 1)
        .filter((it) => it.getBoundingClientRect().right > innerWidth)
        .map((it) => it.textContent.trim()),
    );
  await till.ring('Ground coffee, 250 g');
  await till.changeQuantity(till.lines.first());
  await till.dialog.getByLabel('Quantity').fill('999');
  await till.dialog.getByRole('button', { name: 'Done' }).click();
  await page.setViewportSize(halved);
  const pay = till.button(/^Pay/).filter({ visible: true });
  expect(await pay.evaluate((it) => it.scrollWidth - it.clientWidth)).toBe(0);
  await page.setViewportSize(SIZES['a counter']);
  await till.pay();
  await till.give('1');
  await till.chooseCustomer('Vera Lugova');
  await page.setViewportSize(halved);
  expect(await cut()).toEqual([]);
  await expect(till.main).toBeInViewport({ ratio: 1 });
  await page.setViewportSize(SIZES['a counter']);
  await till.give('10000');
  await till.accept();
  await till.expectSaved();
  await page.setViewportSize(halved);
  expect(await cut()).toEqual([]);
  await expect(till.button('Next customer')).toBeInViewport({ ratio: 1 });
});

test('a double tap on Pay saves nothing, and money typed before is not kept', async ({
  till,
  page,
}) => {
  await till.ring('Ground coffee, 250 g');
  await till.pay();
  await till.button('Exact').click();
  await expect(till.main).toContainText('Accept 4.49');
  await till.toReceipt();
  await till.button(/^Pay/).dblclick();
  await expect(till.main).toBeDisabled();
  expect(await newRows(page, 'sales')).toEqual([]);
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
});

test('Enter after a click on a quick sum saves; held down it does not start the next receipt', async ({
  till,
  page,
}) => {
  await till.ring('Ground coffee, 250 g');
  await till.pay();
  await till.button('Exact').click();
  await page.keyboard.down('Enter');
  await till.expectSaved();
  await expect(page.locator('[data-saved] .main')).not.toHaveAttribute('aria-disabled');
  await page.keyboard.down('Enter');
  await till.expectSaved();
  await page.keyboard.up('Enter');
  await page.keyboard.press('Enter');
  await expect(till.saved).toHaveCount(0);
});

test('a card takes what points left open in one tap; nothing goes on account without a separate act', async ({
  till,
  page,
}) => {
  await till.ring('Ground coffee, 250 g');
  await till.chooseCustomer('Timur Sadykov');
  await till.pay();
  await expect(till.main).toBeDisabled();
  await till.button(/^Points/).click();
  await till.give('100');
  await expect(till.main).toHaveText(/^\s*£3\.49 left to pay/);
  await expect(till.main).toBeDisabled();
  await page.keyboard.press('Enter');
  await till.button('Remove the payment: 100 points').click();
  await till.button(/^Card/).click();
  await till.expectSaved();
  await expect(till.saved).toContainText('Paid');
  await expect(till.saved).not.toContainText('Change');
  expect(await newRows(page, 'sales')).toMatchObject([{ onAccount: 0 }]);
  expect((await newRows(page, 'journal')).at(-1)).toMatchObject({
    body: { tenders: [{ kind: 'card', amount: 449 }] },
  });
});

test('part of the sum is typed and then changed to card; on account needs a separate act', async ({
  till,
  page,
}) => {
  await till.ring('Ground coffee, 250 g');
  await till.pay();
  const given = async (as: 'Cash' | 'Card', to: 'Cash' | 'Card') => {
    await till.button(`${as}: paid another way`).click();
    await till.dialog.getByRole('button', { name: to }).click();
  };
  // without cash no change is mentioned
  await till.button('Exact').click();
  const result = page.locator('.result');
  await expect(result).toContainText('Change');
  await given('Cash', 'Card');
  await expect(result).toContainText('Paid');
  await given('Card', 'Cash');
  await expect(result).toContainText('Change');
  await till.button('Remove the payment: Cash').click();
  await till.give('2');
  await given('Cash', 'Card');
  await expect(page.getByRole('list', { name: 'To pay and paid' })).toContainText('−2.00');
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  expect((await newRows(page, 'journal')).at(-1)).toMatchObject({
    body: {
      tenders: [
        { kind: 'card', amount: 200 },
        { kind: 'cash', amount: 249 },
      ],
    },
  });
  await till.next();

  await till.ring('Ground coffee, 250 g');
  await till.chooseCustomer('Timur Sadykov');
  await till.pay();
  await expect(till.main).toHaveText(/^\s*Enter the cash received/);
  await till.button(/^On account/).click();
  await expect(till.main).toHaveText(/^\s*Put it on account £4\.49/);
});

test('money typed for a receipt that was emptied is gone in the next one', async ({
  till,
  page,
}) => {
  await till.ring('Carrier bag');
  await till.pay();
  await till.give('100');
  await till.toReceipt();
  await till.removeFirstLine();
  await expect(page.getByText('Payment cleared: nothing is left in the receipt')).toBeVisible();
  await till.open();
  await till.signIn();
  await till.ring('Ground coffee, 250 g');
  await till.pay();
  await expect(till.main).toHaveText(/^\s*Enter the cash received/);
  await expect(page.getByText('To pay', { exact: true })).toBeVisible();
});

test('a shop that rounds cash takes a rounded sum in cash and the exact one by card @long', async ({
  till,
  page,
}) => {
  await till.goTo('settings/shop');
  await page.setViewportSize(SIZES['a counter']);
  await page.getByLabel('Round cash').selectOption({ label: '£0.50' });
  await page.getByRole('radio', { name: 'Down, in the customer’s favour' }).check({ force: true });
  await new SettingsPage(till).save();
  await till.goTo('till');
  await till.ring('Ground coffee, 250 g');
  await till.pay();
  await expect(page.locator('[data-cash-due]')).toHaveText(/In cash\s?£4.00/);
  await expect(till.button(/^Card/)).toContainText('4.49');
  await till.button('Exact').click();
  await expect(page.locator('[data-rounding]')).toHaveText(/Rounding\s?−0.49/);
  await expect(till.main).toContainText(/Accept 4.00\s*no change/);
  await till.accept();
  await till.expectSaved();
  await expect(till.saved).toContainText(/Paid\s*£4.00/);
  await till.button('Show or print the receipt').click();
  await expect(page.locator('[data-slip]').first()).toContainText(
    /TOTAL\s*£4.49\s*Rounding\s*−0.49\s*Cash\s*4.00/,
  );
});

test('a way tapped by mistake is replaced by another one, and nothing is saved before the main button says how', async ({
  till,
  page,
}) => {
  await till.ring('Ground coffee, 250 g');
  await till.pay();
  await till.button('Exact').click();
  await till.button(/^Card/).click();
  await expect(till.main).toContainText('Accept 4.49 by card');
  await till.button(/^Transfer/).click();
  await expect(till.main).toContainText('Accept 4.49 by transfer');
  expect(await newRows(page, 'sales')).toEqual([]);
  await till.accept();
  await till.expectSaved();
  expect((await newRows(page, 'journal')).at(-1)).toMatchObject({
    body: { tenders: [{ kind: 'transfer', amount: 449 }] },
  });
});

test('typing replaces a custom price, the dialogue shows the new total, and an unlikely price is asked about', async ({
  till,
  page,
}) => {
  await till.ring('Ground coffee, 250 g');
  await page.getByRole('button', { name: 'Discount', exact: true }).first().click();
  const price = till.dialog.getByLabel('Custom price');
  await price.click();
  await page.keyboard.type('45');
  await expect(price).toHaveValue('45');
  await expect(till.dialog).toContainText(/New total\s*£45\.00/);
  await expectRoom(page, price, till.dialog.getByText('£45.00'));
  await till.dialog.getByRole('button', { name: 'Done' }).click();
  const doubt = page.getByRole('alertdialog');
  await expect(doubt).toContainText('The list price is £4.49');
  await doubt.getByRole('button', { name: 'Correct it' }).click();
  await price.fill('4');
  await till.dialog.getByRole('button', { name: 'Done' }).click();
  await expect(till.dialogs).toHaveCount(0);
  await expect(till.lines.first()).toContainText('4.00');
});
