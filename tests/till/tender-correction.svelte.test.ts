// "Paid another way": the button of a sale of the open shift and its dialogue, on a real disk.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Locator } from 'vitest/browser';
import { cleanup, render } from 'vitest-browser-svelte';
import type { EntryOf } from '$lib/contract/journal';
import type { GivenConfirmation } from '$lib/domain/consent/confirmation';
import { money } from '$lib/domain/values/money';
import { NO_MONEY, type MoneyParts } from '$lib/domain/values/settlement';
import { codeHash } from '$lib/domain/values/receipt-number';
import { till } from '$lib/state/till.svelte';
import { isEnrolled, tillIn } from '$lib/storage/database/meta';
import { correctTender } from '$lib/storage/sales/corrected-tenders';
import { saveRepayment } from '$lib/storage/customers/debts';
import { saveReturn } from '$lib/storage/sales/returns';
import { openShift, shiftOf } from '$lib/storage/shifts/shifts';
import { expectedCash, isOpen } from '$lib/domain/shift/shift';
import { setLanguage } from '$lib/ui/text/current.svelte';
import ReceiptDialog from '../../src/routes/shared/receipt/ReceiptDialog.svelte';
import PaidAnotherWayButton from '../../src/routes/shared/tender/PaidAnotherWayButton.svelte';
import { expectAccessible } from '../support/axe-part';
import {
  AT,
  BORIS,
  cash,
  CASHIER,
  id,
  openShop,
  overrideBy,
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

/** A loaf at 100.00, for which 150.00 was given in cash. */
async function sold(
  receipt: string,
  tenders = [cash(15_000)],
  { customer = null as string | null, byRight = [] as GivenConfirmation[] } = {},
): Promise<EntryOf<'sale'>> {
  const saved = await shop.sell(receiptOf(receipt, { tenders, customer }), byRight, {
    operator: SENIOR,
  });
  if (saved.kind !== 'saved') throw new Error(saved.because.kind);
  return saved.entry as EntryOf<'sale'>;
}

async function inDrawer(): Promise<number> {
  const { shift } = await shiftOf(till.db);
  if (!isOpen(shift)) throw new Error('no shift is open');
  return expectedCash(shift);
}

test('a sale entered as cash becomes one by card, and again one by cash: the drawer follows', async () => {
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
  await expectAccessible(dialog.element());
  await dialog.getByRole('radio', { name: 'Card' }).click();
  await correct.click();
  await expect.element(screen.getByText('Paid another way: Card 100.00')).toBeVisible();
  expect(await inDrawer()).toBe(before);
  await screen.getByRole('button', { name: 'Paid another way' }).click();
  await expect.element(dialog.getByRole('radio', { name: 'Card' })).toBeChecked();
  await expect.element(correct).toBeDisabled();
  await dialog.getByRole('radio', { name: 'Cash' }).click();
  await correct.click();
  await expect.element(screen.getByText('Paid another way: Card 100.00')).not.toBeInTheDocument();
  expect(await inDrawer()).toBe(before + 10_000);
});

test('two parts that were joined by a correction can be taken apart again', async () => {
  till.signIn.enterAsNew(SENIOR);
  const card = { kind: 'card', amount: money(4_000) } as const;
  const sale = await sold(id(804), [cash(6_000), card]);
  const screen = await render(PaidAnotherWayButton, { sale });
  const button = screen.getByRole('button', { name: 'Paid another way' });
  await button.click();
  const dialog = screen.getByRole('dialog', { name: 'How was it paid?' });
  const part = (name: RegExp) => dialog.getByRole('group', { name });
  await part(/^Cash/).getByRole('radio', { name: 'Card' }).click();
  await dialog.getByRole('button', { name: 'Correct it' }).click();
  await expect.element(screen.getByText('Paid another way: Card 100.00')).toBeVisible();
  await button.click();
  await expect.element(part(/^Cash/).getByRole('radio', { name: 'Card' })).toBeChecked();
  await part(/^Cash/).getByRole('radio', { name: 'Transfer' }).click();
  await dialog.getByRole('button', { name: 'Correct it' }).click();
  await expect
    .element(screen.getByText('Paid another way: Card 40.00, Transfer 60.00'))
    .toBeVisible();
});

test('the paper shows the tenders in force, and of corrected ones no change', async () => {
  till.signIn.enterAsNew(SENIOR);
  const sale = await sold(id(807));
  const [identity, policy] = [await tillIn(till.db), till.policy.current];
  if (!isEnrolled(identity) || policy === null) throw new Error('no till');
  const paper = async () => {
    const screen = await render(ReceiptDialog, {
      entry: sale,
      first: 'copy',
      identity,
      policy,
      onclose: () => {},
    });
    await expect.element(screen.getByRole('dialog').getByText('TOTAL')).toBeVisible();
    const texts = [...document.querySelectorAll('dialog [data-slip] p')].map(
      (row) => row.textContent,
    );
    await screen.unmount();
    return texts.slice(texts.findIndex((text) => text.startsWith('TOTAL')) + 1, -1);
  };
  const correct = (correction: string, tenders: MoneyParts) =>
    correctTender(till.db, {
      correction,
      sale,
      tenders,
      allowedBy: null,
      operator: SENIOR,
      at: AT,
    });
  const entered = ['Cash150.00', 'Change50.00'];
  expect(await paper()).toEqual(entered);
  await correct(id(808), { cash: 0, card: 6_000, transfer: 4_000 });
  expect(await paper()).toEqual([
    ...['Card60.00', 'Transfer40.00', 'Payment corrected after the sale'],
  ]);
  await correct(id(809), { ...NO_MONEY, cash: 10_000 });
  expect(await paper()).toEqual(entered);
});

/** The whole sale comes back. */
async function giveBack(sale: EntryOf<'sale'>, as: string): Promise<void> {
  const outcome = await saveReturn(till.db, {
    return: as,
    sale,
    operator: SENIOR,
    at: AT,
    inCash: false,
    shown: 'paper',
    scanned: codeHash(sale.hash),
    reason: 'faulty',
    note: null,
    approvedBy: null,
    goods: [{ line: 0, quantity: 1000, to: 'stock' }],
  });
  if (outcome.kind !== 'saved') throw new Error(JSON.stringify(outcome));
}

/** Tries to change the cash of a sale to a card payment, and resolves with the dialogue. */
async function cashToCard(sale: EntryOf<'sale'>): Promise<Locator> {
  const screen = await render(PaidAnotherWayButton, { sale });
  await screen.getByRole('button', { name: 'Paid another way' }).click();
  const dialog = screen.getByRole('dialog', { name: 'How was it paid?' });
  await dialog.getByRole('radio', { name: 'Card' }).click();
  await dialog.getByRole('button', { name: 'Correct it' }).click();
  return dialog;
}

test('a correction that a return forbids says which money it gave back', async () => {
  till.signIn.enterAsNew(SENIOR);
  const sale = await sold(id(805));
  await giveBack(sale, id(806));
  await expect
    .element(await cashToCard(sale))
    .toHaveTextContent(/gave back.*100\.00 in cash: .*100\.00 has to stay paid in cash/);
});

test('a correction refused although a debt payment covers a part of what came back says what is left of the sale', async () => {
  till.signIn.enterAsNew(SENIOR);
  const byRight = [overrideBy(SENIOR, 'sell-on-account')];
  const sale = await sold(id(810), [cash(6_000)], { customer: BORIS, byRight });
  const repaid = await saveRepayment(till.db, {
    repayment: id(811),
    customer: BORIS,
    operator: SENIOR,
    at: AT,
    tenders: [{ kind: 'cash', amount: money(1_500) }],
  });
  expect(repaid.kind).toBe('saved');
  // of 100.00 the 25.00 still owed come off the debt
  await giveBack(sale, id(812));
  await expect
    .element(await cashToCard(sale))
    .toHaveTextContent(/gave back.*75\.00 in cash: .*60\.00 has to stay paid in cash/);
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
