// A debt payment on a phone, in Russian: everything needed is on the screen at once.
import { expect, test } from '../support/e2e';

test('на телефоне долг гасится частью, и всё нужное видно сразу', async ({ till, page }) => {
  await till.openShop();
  await till.speak('Русский');
  await till.goTo('customers');
  await page.getByText('Vera Lugova').tap();
  await till.button('Погасить долг').tap();
  const pad = page.getByRole('group', { name: 'Цифры' });
  await expect(pad.getByRole('button', { name: '0' })).toBeInViewport({ ratio: 1 });
  await expect(till.main).toBeInViewport({ ratio: 1 });
  await expect(till.main).toHaveText(/Введите сумму/);
  await pad.getByRole('button', { name: '5' }).tap();
  await expect(till.dialog).toContainText(/Останется долг\s*7,50/);
  await expect(page.getByText('Останется долг')).toBeInViewport({ ratio: 1 });
  await till.main.tap();
  await expect(till.dialog).toContainText('Погашение записано · принято 5,00');
  await expect(till.dialog).toContainText(/Осталось долга\s*7,50/);
});
