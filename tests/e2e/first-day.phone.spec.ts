// The first day on a phone: a double tap neither saves nor chooses anything that nobody has seen.
import type { Locator, Page } from '@playwright/test';
import { codeIn, messagesAt } from '../support/demo-phone';
import { expect, test } from '../support/e2e';
import { rowsOf } from '../support/till-disk';

/** Both taps hit the place where the button was at the first tap. */
async function tapTwice(page: Page, button: Locator): Promise<void> {
  await expect(button).toBeEnabled();
  const box = await button.boundingBox();
  if (box === null) throw new Error('nothing to tap');
  const at = [box.x + box.width / 2, box.y + box.height / 2] as const;
  await page.touchscreen.tap(...at);
  await page.touchscreen.tap(...at);
}

const soldOf = async (page: Page) =>
  (await rowsOf(page, 'journal')).filter(({ act }) => act === 'sale').map(({ body }) => body);

test.beforeEach(({ till }) => till.openShop());

test('a double tap on any main act chooses, saves and sends once, and only what was seen', async ({
  till,
  page,
  relay,
}) => {
  await till.ring('Ground coffee, 250 g');
  await tapTwice(page, till.button(/^Pay/).filter({ visible: true }));
  await till.give('1');
  // the list of customers appears under the finger
  await tapTwice(page, till.button(/^Whose account\?/));
  await expect(till.dialog).toContainText('Choose a customer');
  await till.dialog.getByRole('button', { name: 'Vera Lugova' }).tap();
  await expect(till.dialogs).toHaveCount(0);
  await tapTwice(page, till.main);
  await expect(till.codeField).toBeFocused();
  const messages = await messagesAt(relay.url);
  expect(messages).toHaveLength(1);
  await till.codeField.fill(codeIn(messages[0]?.text ?? ''));
  await till.expectSaved();
  expect(await soldOf(page)).toMatchObject([
    { total: 449, tenders: [{ kind: 'cash', amount: 100 }], changeDue: 0, onAccount: 349 },
  ]);
  await till.next();

  // cash is typed instead of card: a question appears, and the second tap does not answer it
  await till.ring('Ground coffee, 250 g');
  await till.pay();
  await till.give('2');
  await tapTwice(page, till.button(/^Card/));
  await expect(till.dialog).toContainText('How is £4.49 paid?');
  await till.dialog.getByRole('button', { name: /^Only £2\.00 by card/ }).tap();
  await tapTwice(page, till.button(/^Card 2\.49/));
  await till.expectSaved();
  expect((await soldOf(page)).slice(1)).toMatchObject([
    { total: 449, tenders: [{ kind: 'card', amount: 449 }], changeDue: 0, onAccount: 0 },
  ]);
});
