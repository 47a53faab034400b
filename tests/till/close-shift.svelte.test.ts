// Closing a shift on a real disk: the cash and the totals of cards and transfers are compared.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { cleanup, render } from 'vitest-browser-svelte';
import type { EntryOf } from '$lib/contract/journal';
import type { ShiftTotals } from '$lib/contract/acts/shift';
import { isOpen } from '$lib/domain/shift/shift';
import { money } from '$lib/domain/values/money';
import { till } from '$lib/state/till.svelte';
import { sellInShift } from '$lib/storage/sales/save-sale';
import { shiftOf } from '$lib/storage/shifts/shifts';
import { setLanguage } from '$lib/ui/text/current.svelte';
import CloseShift from '../../src/routes/shift/CloseShift.svelte';
import { AT, cash, id, openShop, OWNER, receiptOf } from '../support/storage-shop';

beforeAll(async () => {
  await setLanguage('en');
  await openShop(till.db);
  await till.policy.load();
  till.signIn.enterAsNew(OWNER);
  const by = { operator: OWNER, at: AT, confirmations: [] };
  const card = { kind: 'card', amount: money(2_000) } as const;
  const paid = receiptOf(id(2_001), { tenders: [card, cash(8_000)] });
  expect((await sellInShift(till.db, { ...by, receipt: paid })).kind).toBe('saved');
});
afterAll(async () => {
  cleanup();
  await till.db.delete({ disableAutoOpen: false });
  await till.policy.load();
  await setLanguage('ru');
});

/** The form for the open shift, blind; `moved`: changes of what was paid another way. */
async function openForm(moved: ShiftTotals['tendersCorrected'] = []) {
  const { shift } = await shiftOf(till.db);
  const currency = till.policy.current?.shop.currency;
  if (!isOpen(shift) || currency === undefined) throw new Error('no shift');
  const closed: EntryOf<'shift-closed'>[] = [];
  const screen = await render(CloseShift, {
    shift: { ...shift, totals: { ...shift.totals, tendersCorrected: moved } },
    currency,
    blind: true,
    onclosed: (entry: EntryOf<'shift-closed'>) => void closed.push(entry),
  });
  return { screen, closed };
}

for (const [width, height] of [
  [1280, 800],
  [800, 1280],
] as const)
  test(`at ${width} × ${height} notes are counted by the keypad, which is in sight beside the field`, async () => {
    await page.viewport(width, height);
    const { screen } = await openForm();
    const notes = screen.getByLabelText(/^How many of/).nth(2);
    await notes.click();
    for (const name of ['1', '2']) {
      const key = screen.getByRole('button', { name, exact: true });
      await expect.element(key).toBeInViewport({ ratio: 0.99 });
      await key.click();
    }
    await expect.element(notes).toHaveValue('12');
    await expect.element(notes).toBeInViewport({ ratio: 0.99 });
    await screen.unmount();
  });

test('where more was given back by card than came in, a button makes the typed total negative', async () => {
  await page.viewport(1280, 800);
  const none = await openForm();
  const minus = (screen: typeof none.screen) =>
    screen.getByRole('button', { name: 'More was given back than came in' });
  await expect.element(minus(none.screen)).not.toBeInTheDocument();
  await none.screen.unmount();

  const { screen } = await openForm([
    { operator: null, from: 'card', to: 'cash', count: 1, amount: 5_000 },
  ]);
  const total = screen.getByLabelText('Card total by the terminal');
  await total.click();
  for (const name of ['3', '0']) await screen.getByRole('button', { name, exact: true }).click();
  await minus(screen).click();
  await expect.element(total).toHaveValue('−30');
  await screen.getByRole('button', { name: 'Type one sum' }).click();
  await screen.getByLabelText('Money in the drawer').fill('130');
  await screen.getByRole('button', { name: 'Done counting' }).click();
  // 20 by card less 50 that were cash: −30, as typed
  await expect.element(screen.getByText('Card · Short')).not.toBeInTheDocument();
  await expect.element(screen.getByText('It adds up').first()).toBeVisible();
  await screen.unmount();
});

test('a blind count hides the card total, too; what it lacks needs a reason and is on the Z', async () => {
  const { screen, closed } = await openForm();
  const counted = screen.getByRole('button', { name: 'Done counting' });
  await expect.element(screen.getByText('First type the card total')).toBeVisible();
  await expect.element(counted).toBeDisabled();

  await screen.getByLabelText('Card total by the terminal').fill('15');
  await expect.element(screen.getByText('First count the cash')).toBeVisible();
  // a number of notes has no decimals: the key beside the zero does not spoil it
  const notes = screen.getByLabelText(/^How many of/).first();
  await notes.click();
  for (const name of [/^1$/, /Decimal point/]) await screen.getByRole('button', { name }).click();
  await expect.element(notes).toHaveValue('1');
  await screen.getByRole('button', { name: 'Type one sum' }).click();
  // by the keypad, which types into the field that has the focus
  await screen.getByLabelText('Money in the drawer').click();
  for (const key of ['8', '0'])
    await screen.getByRole('button', { name: key, exact: true }).click();
  await expect.element(screen.baseElement).not.toHaveTextContent('20.00');
  await counted.click();

  await expect.element(screen.getByText('Card · Short')).toBeVisible();
  await expect.element(screen.getByText('It adds up')).toBeVisible();
  const close = screen.getByRole('button', { name: /Close the shift/ });
  await close.click();
  await expect.element(screen.getByRole('alert')).toBeVisible();
  await screen.getByRole('radio', { name: 'paid another way than entered' }).click();
  await close.click();
  await expect.poll(() => closed.length).toBe(1);
  expect(closed[0]?.body).toMatchObject({
    difference: 0,
    reason: 'wrong-tender',
    terminal: [{ kind: 'card', counted: 1_500, expected: 2_000 }],
  });
});
