// Two cards become one account: what moves, a code of each customer, and the common card.
import { codeIn, messagesAt } from '../support/demo-phone';
import { expect, test } from '../support/e2e';
import { rowsOf } from '../support/till-disk';
import type { TillPage } from '../support/till-page';

const FROM = 'Vera Lugova';
const INTO = 'Timur Sadykov';

const shots = process.env['SHOTS'];
async function shot(till: TillPage, name: string): Promise<void> {
  if (shots === undefined) return;
  for (const [width, height] of [
    [1280, 800],
    [390, 844],
  ] as const) {
    await till.page.setViewportSize({ width, height });
    await till.page.screenshot({ path: `${shots}/merge-${name}-${width}.png` });
  }
  await till.page.setViewportSize({ width: 1280, height: 800 });
}

test('two cards are merged by the codes of both, and one card shows what both had', async ({
  till,
  page,
}) => {
  await till.openShop();
  await till.goTo('customers');
  const list = page.getByRole('main').getByRole('list', { name: 'List of customers' });
  await list.getByText(FROM).click();
  await shot(till, 'card');
  await till.button('Merge').click();
  await till.dialog.getByLabel('Which card').fill('timur');
  await till.dialog.getByText(INTO).click();
  await expect(till.dialog).toContainText(/Moves to it\s*owes £12\.50, 180.points/);
  await shot(till, 'moves');
  await till.button('Ask for the codes').click();
  for (const name of [FROM, INTO]) {
    await expect(till.dialog).toContainText(`Code of: ${name}`);
    await expect(till.codeField).toBeFocused();
    const [asked] = await messagesAt(new URL(page.url()).origin);
    expect(asked?.text).toContain('a debt of £12.50, 180 points');
    if (name === FROM) await shot(till, 'code');
    await page.keyboard.type(codeIn(asked?.text ?? ''));
  }
  await expect(list.getByText(FROM)).toHaveCount(0);
  await expect(list.getByRole('listitem').filter({ hasText: INTO })).toContainText('£12.50');
  await list.getByText(INTO).click();
  await expect(till.dialog).toContainText('820');
  await expect(till.dialog).toContainText('Opening balance');
  await shot(till, 'merged');
  const merged = (await rowsOf(page, 'journal')).filter(({ act }) => act === 'customers-merged');
  expect(merged).toHaveLength(1);
});
