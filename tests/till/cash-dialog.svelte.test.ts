// Cash put in and taken out: what is missing comes into sight, also where the fields scroll.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { cleanup, render } from 'vitest-browser-svelte';
import { till } from '$lib/state/till.svelte';
import { setLanguage } from '$lib/ui/text/current.svelte';
import CashDialog from '../../src/routes/shift/CashDialog.svelte';
import { shiftForm } from '../support/shift-form';
import { openShop, OWNER } from '../support/storage-shop';

beforeAll(async () => {
  await setLanguage('en');
  await openShop(till.db);
  await till.policy.load();
  till.signIn.enterAsNew(OWNER);
});
afterAll(async () => {
  cleanup();
  till.signIn.lock();
  await till.db.delete({ disableAutoOpen: false });
  await till.policy.load();
  await page.viewport(1280, 800);
  await setLanguage('ru');
});

test('on a lying phone a missing sum and a missing note have the focus, and nothing is booked', async () => {
  await page.viewport(844, 390);
  const currency = { code: 'RUB', digits: 2 };
  const screen = await render(CashDialog, {
    asks: shiftForm('out'),
    currency,
    onclose: () => undefined,
  });
  const take = screen.getByRole('button', { name: 'Take out' });
  await screen.getByRole('radio', { name: 'other' }).click();
  await take.click();
  await expect.element(screen.getByLabelText('How much')).toHaveFocus();
  await screen.getByRole('button', { name: '5', exact: true }).click();
  await take.click();
  const note = screen.getByLabelText('Note');
  await expect.element(note).toHaveFocus();
  await expect.element(note).toBeInViewport();
  expect(await till.db.journal.filter(({ act }) => act === 'cash-moved').count()).toBe(0);
});
