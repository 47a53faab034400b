// The screen turned to the customer: they type the code and can reach nothing else.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { codeIn, DemoPhone } from '../support/demo-phone';
import { expect, test } from '../support/e2e';
import { newRows } from '../support/till-disk';
import { barcodeOf, OWNER, SHOP, type TillPage } from '../support/till-page';

test.use({ shop: 'shared' });

// a screen that is left to the customer is taken back, so that the next story finds the receipt
test.afterEach(async ({ till, page }) => {
  const takeBack = till.button('Back to the cashier');
  if (!(await takeBack.isVisible())) return;
  await takeBack.click();
  await page.keyboard.type(OWNER.pin);
  await expect(takeBack).toHaveCount(0);
});

const SIZES = [
  { width: 1280, height: 800 },
  { width: 800, height: 1280 },
  { width: 390, height: 844 },
  { width: 844, height: 390 },
];

async function turnRound(till: TillPage) {
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await till.saveAndSend();
  await till.otherWay('Let the customer type it');
  await expect(till.dialog).toContainText('you agree to this sum');
}

/** Taps the digits of the code on the screen. */
async function tapCode(page: Page, code: string) {
  const pad = page.getByRole('group', { name: 'Digits' }).last();
  for (const digit of code) await pad.getByRole('button', { name: digit, exact: true }).tap();
}

test('the customer reads the deal, types the code by touch, and the sale is saved', async ({
  till,
  page,
}) => {
  const phone = await DemoPhone.open(page);
  await turnRound(till);
  const code = codeIn((await phone.newest(1)).text);
  await expect(till.dialog).toContainText(SHOP);
  await expect(till.dialog).toContainText('On account');
  await expect(till.dialog).toContainText('£3.49');
  await tapCode(page, code === '111111' ? '222222' : '111111');
  await expect(till.dialog).toContainText('4 tries left');
  await tapCode(page, code);
  await till.expectSaved();
  await expect(till.dialogs).toHaveCount(0);
  expect(await newRows(page, 'sales')).toMatchObject([{ onAccount: 349 }]);
});

test('points and debt of a receipt are both read on the turned till, and confirmed by one code @long', async ({
  till,
  page,
}) => {
  await till.pointsAndDebt();
  const phone = await DemoPhone.open(page);
  await till.saveAndSend();
  await till.otherWay('Let the customer type it');
  await expect(till.dialog).toContainText('100 points');
  await expect(till.dialog).toContainText('On account');
  await expect(till.dialog).toContainText('£1.49');
  await tapCode(page, codeIn((await phone.newest(1)).text));
  await till.expectSaved();
});

test('nothing else of the till can be reached until the cashier enters a PIN', async ({
  till,
  page,
}) => {
  await turnRound(till);
  for (const key of ['Escape', 'Escape', 'F2', 'F4']) await page.keyboard.press(key);
  await expect(till.dialogs).toHaveCount(1);
  await expect(till.dialog).toContainText('you agree to this sum');
  const reached = await page.evaluate(() => {
    const middles = [...document.querySelectorAll('header button, main button, main input')];
    return middles.filter((each) => {
      const { left, top, width, height } = each.getBoundingClientRect();
      const hit = document.elementFromPoint(left + width / 2, top + height / 2);
      return hit !== null && each.closest('dialog') === null && each.contains(hit);
    }).length;
  });
  expect(reached).toBe(0);

  await till.button('Back to the cashier').click();
  await page.keyboard.type('000111');
  await expect(till.dialog).toContainText('That PIN is not right');
  await page.keyboard.type(OWNER.pin);
  await expect(till.button('Something else…')).toBeVisible();
  await expect(till.codeField).toBeFocused();
});

test('the customer’s back gesture leads to the lock @long', async ({ till, page }) => {
  await till.goTo('journal');
  await till.goTo('till');
  await turnRound(till);
  await page.goBack();
  await expect(page.getByRole('group', { name: 'PIN' })).toBeVisible();
  await till.signIn();
});

test('goods scanned meanwhile void the code, and the screen asks to return the till @long', async ({
  till,
}) => {
  await turnRound(till);
  await till.scan(barcodeOf('Carrier bag'));
  await expect(till.dialog).toContainText('give the till back to the cashier');
  await expect(till.dialog.getByRole('group', { name: 'Digits' })).toHaveCount(0);
});

test('the screen fits all sizes, and every key is large enough for a finger @long', async ({
  till,
  page,
}) => {
  await turnRound(till);
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await expect
      .poll(() => till.dialog.boundingBox())
      .toMatchObject({ x: 0, y: 0, width: size.width, height: size.height });
    const keys = till.dialog.getByRole('group', { name: 'Digits' }).getByRole('button');
    for (const key of await keys.all()) {
      await expect(key).toBeInViewport({ ratio: 1 });
      const box = await key.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(48);
    }
    await expect(till.button('Back to the cashier')).toBeInViewport({ ratio: 1 });
  }
  await till.button('Back to the cashier').click();
  const back = till.dialog.getByRole('button', { name: 'Back' });
  await expect(back).toBeInViewport({ ratio: 1 });
  await back.click();
});

test('every control has a name and enough contrast in both themes @long', async ({
  till,
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await turnRound(till);
  const check = async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const seen = new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag22aa']);
      expect((await seen.analyze()).violations, colorScheme).toEqual([]);
    }
  };
  await check();
  await till.button('Back to the cashier').click();
  await expect(page.getByRole('group', { name: /enter your PIN/ })).toBeVisible();
  await check();
  await till.dialog.getByRole('button', { name: 'Back' }).click();
});
