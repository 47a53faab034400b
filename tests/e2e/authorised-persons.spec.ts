// An authorised person is added with the customer's code, and buys with a code to their own phone.
// The customer is notified.
import { codeIn, messagesAt } from '../support/demo-phone';
import { expect, test } from '../support/e2e';
import { rowsOf } from '../support/till-disk';

const CUSTOMER = 'Vera Lugova';
const MAIN = '+70000000101';
const PERSON = { name: 'Anna', phone: '+447400123456' };

test('a customer lets somebody in by code; they buy on account, and the customer is notified', async ({
  till,
  page,
}) => {
  const newest = async () => {
    const [message] = await messagesAt(new URL(page.url()).origin);
    if (message === undefined) throw new Error('no message');
    return message;
  };
  await till.openShop();
  await till.goTo('customers');
  const list = page.getByRole('main').getByRole('list', { name: 'List of customers' });
  await list.getByText(CUSTOMER).click();
  await till.button('Add an authorised person').click();
  await till.dialog.getByLabel('Name').fill(PERSON.name);
  await till.dialog.getByLabel('Phone').fill(PERSON.phone);
  await till.button('Ask for the code').click();
  await expect(till.codeField).toBeFocused();
  const asked = await newest();
  expect(asked.phone.replace(/ /g, '')).toBe(MAIN);
  expect(asked.text).toContain('a new authorised person Anna, *3456');
  await page.keyboard.type(codeIn(asked.text));
  await expect(page.locator('[data-persons]')).toContainText(PERSON.name);
  await page.locator('[data-persons]').scrollIntoViewIfNeeded();
  await page.keyboard.press('Escape');

  await till.goTo('till');
  await till.shortTender('Ground coffee, 250 g', CUSTOMER);
  await till.saveAndSend();
  await expect(till.dialog).toContainText('Whom to send the code to?');
  await expect(till.dialog.getByRole('radio', { name: CUSTOMER })).toBeChecked();
  // by keyboard: the customer is first, the person next
  await till.dialog.getByRole('radio', { name: CUSTOMER }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(till.dialog.getByRole('radio', { name: PERSON.name })).toBeChecked();
  const face = await till.dialog
    .getByText(PERSON.name, { exact: true })
    .locator('../..')
    .boundingBox();
  expect(face?.height ?? 0).toBeGreaterThanOrEqual(44);
  await page.keyboard.press('Enter');
  await expect(till.codeField).toBeFocused();
  await expect(till.dialog).toContainText('Anna, authorised person');
  const code = await newest();
  expect(code.phone.replace(/ /g, '')).toBe(PERSON.phone);
  await page.keyboard.type(codeIn(code.text));
  await till.expectSaved();
  await expect
    .poll(async () => (await messagesAt(new URL(page.url()).origin)).map(({ text }) => text), {
      timeout: 20_000,
    })
    .toContainEqual(expect.stringContaining('by the code of an authorised person (Anna)'));

  await till.goTo('journal');
  await page.getByRole('button', { name: `Sale on account ${CUSTOMER}` }).click();
  await expect(till.dialog).toContainText('Anna, authorised person');
  const acts = (await rowsOf(page, 'journal')).map(({ act }) => act);
  expect(acts.filter((act) => act === 'authorised-person-added')).toHaveLength(1);
});
