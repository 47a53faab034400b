// Closing a shift on a real disk: the cash and the totals of cards and transfers are compared.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanup, render } from 'vitest-browser-svelte';
import type { EntryOf } from '$lib/contract/journal';
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

test('a blind count hides the card total, too; what it lacks needs a reason and is on the Z', async () => {
  const { shift } = await shiftOf(till.db);
  if (!isOpen(shift)) throw new Error('no shift');
  const currency = till.policy.current?.shop.currency;
  if (currency === undefined) throw new Error('no policy');
  const closed: EntryOf<'shift-closed'>[] = [];
  const onclosed = (entry: EntryOf<'shift-closed'>) => void closed.push(entry);
  const screen = await render(CloseShift, { shift, currency, blind: true, onclosed });
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
