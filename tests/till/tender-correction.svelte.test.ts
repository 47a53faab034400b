// "Paid another way": the button of a sale of the open shift and its dialogue, on a real disk.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cleanup, render } from 'vitest-browser-svelte';
import type { EntryOf } from '$lib/contract/journal';
import { till } from '$lib/state/till.svelte';
import { openShift, shiftOf } from '$lib/storage/shifts/shifts';
import { expectedCash, isOpen } from '$lib/domain/shift/shift';
import { setLanguage } from '$lib/ui/text/current.svelte';
import PaidAnotherWayButton from '../../src/routes/shared/tender/PaidAnotherWayButton.svelte';
import {
  AT,
  cash,
  CASHIER,
  id,
  openShop,
  receiptOf,
  SENIOR,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
beforeAll(async () => {
  await setLanguage('en');
  shop = await openShop(till.db);
  await till.policy.load();
  await openShift(till.db, { operator: SENIOR, at: AT, float: null });
});
afterEach(cleanup);
afterAll(async () => {
  await till.db.delete({ disableAutoOpen: false });
  await till.policy.load();
  await setLanguage('ru');
});

/** A loaf at 100.00, of which 150.00 was given in cash. */
async function sold(receipt: string): Promise<EntryOf<'sale'>> {
  const saved = await shop.sell(receiptOf(receipt, { tenders: [cash(15_000)] }));
  if (saved.kind !== 'saved') throw new Error(saved.because.kind);
  return saved.entry as EntryOf<'sale'>;
}

async function inDrawer(): Promise<number> {
  const { shift } = await shiftOf(till.db);
  if (!isOpen(shift)) throw new Error('no shift is open');
  return expectedCash(shift);
}

test('a sale entered as cash becomes one by card, once: the drawer should hold less', async () => {
  till.signIn.enterAsNew(SENIOR);
  const before = await sold(id(801)).then(inDrawer);
  const sale = await sold(id(802));
  expect(await inDrawer()).toBe(before + 10_000);
  const screen = await render(PaidAnotherWayButton, { sale });
  await screen.getByRole('button', { name: 'Paid another way' }).click();
  const dialog = screen.getByRole('dialog', { name: 'How was it paid?' });
  const correct = dialog.getByRole('button', { name: 'Correct it' });
  await expect.element(dialog.getByRole('radio', { name: 'Cash' })).toBeChecked();
  await expect.element(correct).toBeDisabled();
  await dialog.getByRole('radio', { name: 'Card' }).click();
  await correct.click();
  await expect.element(screen.getByText('Paid another way: Card 100.00')).toBeVisible();
  await expect.element(screen.getByRole('button')).not.toBeInTheDocument();
  expect(await inDrawer()).toBe(before);
});

test('without the right a colleague is called, and nothing is saved before their PIN', async () => {
  till.signIn.enterAsNew(CASHIER);
  const sale = await sold(id(803));
  const before = await inDrawer();
  const screen = await render(PaidAnotherWayButton, { sale });
  await screen.getByRole('button', { name: 'Paid another way' }).click();
  const dialog = screen.getByRole('dialog', { name: 'How was it paid?' });
  await dialog.getByRole('radio', { name: 'Transfer' }).click();
  await expect.element(dialog.getByRole('button', { name: 'Correct it' })).not.toBeInTheDocument();
  await dialog.getByRole('button', { name: 'Call a colleague' }).click();
  const colleague = screen.getByRole('dialog', { name: 'Who allows it?' });
  await colleague.getByRole('button', { name: /senior-cashier/ }).click();
  await expect.element(colleague).toHaveTextContent(/to allow correcting how a sale was paid/);
  expect(await inDrawer()).toBe(before);
});
