// The dialogue of a return: what the cashier has to choose, and how quantities are typed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { cleanup, render } from 'vitest-browser-svelte';
import { v7 as newId } from 'uuid';
import { knownEntry } from '$lib/proof/known-entry';
import { till } from '$lib/state/till.svelte';
import { setLanguage } from '$lib/ui/text/current.svelte';
import ReturnDialog from '../../src/routes/shared/returns/ReturnDialog.svelte';
import { cash, CASHIER, openShop, receiptOf, SENIOR, type Shop } from '../support/storage-shop';

let shop: Shop;

beforeAll(async () => {
  await setLanguage('en');
  shop = await openShop(till.db);
  await till.policy.load();
  till.signIn.enterAsNew(SENIOR);
});
afterAll(async () => {
  cleanup();
  await page.viewport(1280, 800);
  await till.db.delete({ disableAutoOpen: false });
  await till.policy.load();
  await setLanguage('ru');
});

/** Sells bread and cheese, and opens the return of that sale. */
async function open() {
  const parts = { bread: 12, cheese: 1, tenders: [cash(220_000)] };
  const sold = await shop.sell(receiptOf(newId(), parts));
  const policy = till.policy.current;
  const sale = sold.kind === 'saved' ? knownEntry(sold.entry) : null;
  if (sale?.act !== 'sale' || policy === null) expect.fail('nothing sold');
  return render(ReturnDialog, { sale, policy, onclose: () => undefined });
}

test('what is shown and the reason are chosen by the cashier, and the button says what is missing', async () => {
  const screen = await open();
  const [shown, reason] = [
    screen.getByLabelText('What the customer shows'),
    screen.getByLabelText('Why it comes back'),
  ];
  const button = (name: string) => screen.getByRole('button', { name, exact: true });
  await screen.getByRole('button', { name: 'More: хлеб' }).click();
  await expect.element(shown).toHaveDisplayValue('Choose…');
  await expect.element(reason).toHaveDisplayValue('Choose…');
  await expect.element(screen.getByText('In cash')).toBeVisible();
  await expect.element(button('Choose what is shown')).toBeDisabled();
  await shown.selectOptions('Nothing');
  await expect.element(button('Choose the reason')).toBeDisabled();
  await reason.selectOptions('Faulty');
  await expect.element(button('Refund 100.00')).toBeEnabled();
  await screen.unmount();
});

test('who may not return finds it, and calls a colleague', async () => {
  till.signIn.enterAsNew(CASHIER);
  const screen = await open();
  await screen.getByRole('button', { name: 'More: хлеб' }).click();
  await screen.getByLabelText('What the customer shows').selectOptions('Nothing');
  await screen.getByLabelText('Why it comes back').selectOptions('Faulty');
  await screen.getByRole('button', { name: 'Call a colleague' }).click();
  await expect
    .element(screen.getByRole('dialog').getByRole('button', { name: /senior-cashier/ }))
    .toBeVisible();
  await screen.unmount();
  till.signIn.enterAsNew(SENIOR);
});

test('a quantity is typed by the keys below, which replace what was there', async () => {
  const screen = await open();
  const field = screen.getByLabelText('How much came back: хлеб');
  await expect.element(field).toHaveAttribute('inputmode', 'none');
  await screen.getByRole('button', { name: 'More: хлеб' }).click();
  await expect.element(field).toHaveValue('1');
  await field.click();
  await screen.getByRole('button', { name: '7', exact: true }).click();
  await expect.element(field).toHaveValue('7');
  await expect.element(field).toHaveFocus();
  await expect.element(field).not.toHaveAttribute('aria-invalid');
  await screen.getByRole('button', { name: '0', exact: true }).click();
  await expect.element(field).toHaveAttribute('aria-invalid', 'true');
  await screen.unmount();
});

for (const [width, height] of [
  [1280, 800],
  [390, 844],
  [844, 390],
] as const)
  test(`at ${width} × ${height} the keys are in sight while a quantity is typed`, async () => {
    await page.viewport(width, height);
    const screen = await open();
    const field = screen.getByLabelText('How much came back: сыр');
    await field.click();
    for (const name of ['1', '0'])
      await expect
        .element(screen.getByRole('button', { name, exact: true }))
        .toBeInViewport({ ratio: 0.99 });
    await expect.element(field).toBeInViewport({ ratio: 0.99 });
    await screen.unmount();
  });
