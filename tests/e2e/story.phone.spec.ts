// The main story on a phone: goods, a short tender, the customer's code, saved; nothing is too wide.
import { codeIn, messagesAt } from '../support/demo-phone';
import { expect, test } from '../support/e2e';
import { expectFits } from '../support/fits';
import { rowsOf } from '../support/till-disk';

test('on a phone a sale on account is closed by the customer’s code', async ({
  till,
  page,
  relay,
}) => {
  const fits = () => expectFits(page);
  await till.openShop();
  await fits();
  await page.getByLabel('Find a product').fill('Ground coffee');
  await page
    .locator('.tiles')
    .getByRole('button', { name: /Ground coffee/ })
    .tap();
  await till.button('Show the whole receipt').tap();
  await till.button('Choose a customer').tap();
  await till.dialog.getByRole('button', { name: /Vera/ }).tap();
  await expect(till.dialogs).toHaveCount(0);
  await till.button(/^Pay/).filter({ visible: true }).tap();
  await fits();
  const pad = page.getByRole('group', { name: 'Digits' });
  // the amount and all its keys are on the screen together
  const sums = page.getByRole('list', { name: 'To pay and paid' });
  // the main button covers anything that is too low
  const foot = async () => (await page.locator('[data-main-act]').boundingBox())?.y ?? 0;
  const bottomOf = async (key: string) => {
    const box = await pad.getByRole('button', { name: key }).boundingBox();
    return (box?.y ?? Infinity) + (box?.height ?? 0);
  };
  expect(await bottomOf('0')).toBeLessThanOrEqual(await foot());
  await pad.getByRole('button', { name: '1' }).tap();
  await expect(sums).toContainText('−1.00');
  await expect(sums).toBeInViewport({ ratio: 1 });
  for (const row of [/To pay.*4\.49/s, /Debt due/, /Cash/]) {
    const shown = sums.getByRole('listitem').filter({ hasText: row });
    await expect(shown).toBeInViewport({ ratio: 1 });
  }
  expect(await bottomOf('0')).toBeLessThanOrEqual(await foot());
  const whose = page.getByRole('region', { name: 'On account' });
  await expect(whose).toContainText('Vera Lugova');
  await expect(whose).toContainText('will owe 15.99');
  await expect(whose).toBeInViewport({ ratio: 1 });
  await expect(till.main).toBeInViewport({ ratio: 1 });
  await till.main.tap();
  await expect(till.codeField).toBeFocused();
  await fits();
  const [message] = await messagesAt(relay.url);
  await till.codeField.fill(codeIn(message?.text ?? ''));
  await till.expectSaved();
  await fits();
  expect(await rowsOf(page, 'sales')).toMatchObject([{ onAccount: 349 }]);
});
