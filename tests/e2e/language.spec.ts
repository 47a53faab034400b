// The language is switched during a receipt: open goods follow, a saved sale stays as printed.
import { expect, test } from '../support/e2e';
import { rowsOf } from '../support/till-disk';

test.beforeEach(({ till }) => till.openShop());

test('demo goods in the open receipt are renamed; a sale keeps the names it was closed with', async ({
  till,
  page,
}) => {
  await till.sellForCash('Carrier bag');
  await till.next();
  await till.ring('Ground coffee, 250 g');
  await till.goTo('settings/looks');
  await page.getByRole('radio', { name: 'Русский' }).check();
  await till.goTo('till');
  const receipt = page.getByRole('list', { name: 'Чек' });
  await expect(receipt).toContainText('Кофе молотый');
  await expect(receipt).not.toContainText('Ground coffee');
  await page.reload();
  await till.signIn();
  await expect(receipt).toContainText('Кофе молотый');

  const bodies = (await rowsOf(page, 'journal')).map((entry) => JSON.stringify(entry['body']));
  expect(bodies.some((body) => body.includes('Carrier bag'))).toBe(true);
});
