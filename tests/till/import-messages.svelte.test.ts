// The import of customers: debtors get a message now, or read of their debt with a code.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { cleanup, render } from 'vitest-browser-svelte';
import { till } from '$lib/state/till.svelte';
import { loadAdminText, setLanguage } from '$lib/ui/text/current.svelte';
import ImportDialog from '../../src/routes/customers/ImportDialog.svelte';
import { openShop, OWNER } from '../support/storage-shop';

beforeAll(async () => {
  await loadAdminText();
  await setLanguage('en');
  await openShop(till.db);
  await till.policy.load();
  till.signIn.enterAsNew(OWNER);
});
afterAll(async () => {
  cleanup();
  await till.db.delete({ disableAutoOpen: false });
  await till.policy.load();
  await setLanguage('ru');
});

async function dialogWith(rows: readonly string[]) {
  const screen = await render(ImportDialog, { onclose: () => undefined });
  const text = ['Name;Phone;Debt', ...rows].join('\n');
  const input = screen.container.ownerDocument.querySelector('input[type=file]');
  if (input === null) throw new Error('no field for a file');
  await userEvent.upload(input, new File([text], 'customers.csv', { type: 'text/csv' }));
  return screen;
}

test('a message to each debtor with a phone is the choice until the owner leaves them out', async () => {
  const screen = await dialogWith(['Nora;+79250000801;1200', 'Otto;;300', 'Pia;+79250000802;0']);
  const now = screen.getByRole('radio', { name: 'Send a message to each' });
  await expect.element(now).toBeChecked();
  await expect
    .element(screen.getByText(/debt: 1\smessage\. The shop pays for each message\./))
    .toBeVisible();
  const later = screen.getByRole('radio', { name: 'Do not send now' });
  await later.click();
  await expect.element(later).toBeChecked();
  await expect
    .element(screen.getByText(/first code each customer gets names the debt/))
    .toBeVisible();
  await screen.unmount();
});

test('where no debtor has a phone there is nothing to choose', async () => {
  const screen = await dialogWith(['Otto;;300']);
  await expect.element(screen.getByText(/There will be no messages/)).toBeVisible();
  expect(screen.getByRole('radio').elements()).toEqual([]);
  await screen.unmount();
});
