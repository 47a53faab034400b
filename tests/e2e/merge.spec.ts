// Two cards become one account: what moves, a code of each customer, and the joint card.
import { codeIn, messagesAt } from '../support/demo-phone';
import { expect, test } from '../support/e2e';
import { rowsOf } from '../support/till-disk';

const FROM = 'Vera Lugova';
const INTO = 'Timur Sadykov';

test('two cards are merged by the codes of both, and one card shows what both had', async ({
  till,
  page,
}) => {
  await till.openShop();
  await till.goTo('customers');
  const list = page.getByRole('main').getByRole('list', { name: 'List of customers' });
  await list.getByText(FROM).click();
  await till.button('Merge').click();
  await till.dialog.getByLabel('Which card').fill('timur');
  await till.dialog.getByText(INTO).click();
  await expect(till.dialog).toContainText(/Moves to it\s*owes £12\.50, 180.points/);
  await till.button('Ask for the codes').click();
  for (const name of [FROM, INTO]) {
    await expect(till.dialog).toContainText(`Code of: ${name}`);
    await expect(till.codeField).toBeFocused();
    const [asked] = await messagesAt(new URL(page.url()).origin);
    expect(asked?.text).toContain('a debt of £12.50, 180 points');
    await page.keyboard.type(codeIn(asked?.text ?? ''));
  }
  await expect(list.getByText(FROM)).toHaveCount(0);
  await expect(list.getByRole('listitem').filter({ hasText: INTO })).toContainText('£12.50');
  await list.getByText(INTO).click();
  await expect(till.dialog).toContainText('820');
  await expect(till.dialog).toContainText('Opening balance');
  const merged = (await rowsOf(page, 'journal')).filter(({ act }) => act === 'customers-merged');
  expect(merged).toHaveLength(1);
});
