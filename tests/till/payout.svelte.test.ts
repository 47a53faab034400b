// Paying back an overpayment: without the right a colleague is called, on a real disk.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cleanup, render } from 'vitest-browser-svelte';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { NO_MONEY } from '$lib/domain/values/settlement';
import { till } from '$lib/state/till.svelte';
import { customerById } from '$lib/storage/customers/customers';
import { savePolicy } from '$lib/storage/policy/policies';
import { openShift } from '$lib/storage/shifts/shifts';
import { setLanguage } from '$lib/ui/text/current.svelte';
import Card from '../../src/routes/customers/Card.svelte';
import PayoutDialog from '../../src/routes/customers/PayoutDialog.svelte';
import { expectAccessible } from '../support/axe-part';
import { AT, BORIS, CASHIER, downloaded, id, openShop, SENIOR } from '../support/storage-shop';

beforeAll(async () => {
  await setLanguage('en');
  const shop = await openShop(till.db);
  // cashiers may not pay back
  const jws = await shop.policyJws(2, (policy) => {
    policy.cashRounding = { step: 10, way: 'nearest' };
    const own = policy.operators.find((one) => one.id === CASHIER)?.group;
    for (const group of policy.groups)
      if (group.id === own) group.rights = group.rights.filter((right) => right !== 'return');
  });
  await savePolicy(till.db, jws);
  await till.policy.load();
  await openShift(till.db, { operator: SENIOR, at: AT, float: null });
  await downloaded(till.db);
  await till.db.remoteBalances.put({ customer: BORIS, account: 'debt', sum: -90_005 });
  await till.db.remoteDebts.put({
    customer: BORIS,
    debt: 'a'.repeat(64),
    left: -90_005,
    repaid: NO_MONEY,
    earned: NOTHING_EARNED,
    made: { till: id(2), seq: 1, at: AT, amount: 5_000, dueAt: null, earns: null },
  });
  till.signIn.enterAsNew(CASHIER);
});
afterAll(async () => {
  await till.db.delete({ disableAutoOpen: false });
  await till.policy.load();
  await setLanguage('ru');
});

afterEach(cleanup);

async function payingBack() {
  const customer = await customerById(till.db, BORIS);
  if (customer === null) throw new Error('no card');
  const nothing = () => undefined;
  const on = { onconfirmed: nothing, onedit: nothing, onclose: nothing };
  const screen = await render(Card, { customer, word: null, ...on });
  await screen.getByRole('button', { name: 'Pay back what we owe' }).click();
  return { screen, dialog: screen.getByRole('dialog', { name: 'Pay back an overpayment' }) };
}

test('in cash only what coins make is paid back', async () => {
  const { dialog } = await payingBack();
  const sum = dialog.getByRole('textbox');
  await expect.element(sum).toHaveValue('900.00');
  await sum.fill('900.05');
  await expect.element(dialog).toHaveTextContent(/No coins make this sum: in cash.*900\.00/);
  await expect.element(dialog.getByRole('button', { name: 'Call a colleague' })).toBeDisabled();
  await dialog.getByRole('radio', { name: /card/i }).click();
  await expect.element(dialog.getByRole('button', { name: 'Call a colleague' })).toBeEnabled();
});

test('a person who may not pay back an overpayment finds it, and calls a colleague', async () => {
  expect(till.signIn.may('return')).toBe(false);
  const { screen, dialog } = await payingBack();
  await expect.element(dialog.getByText(/a colleague allows it with their PIN/)).toBeVisible();
  const pay = dialog.getByRole('button', { name: 'Pay back', exact: true });
  await expect.element(pay).not.toBeInTheDocument();
  await expectAccessible(dialog.element());
  await dialog.getByRole('button', { name: 'Call a colleague' }).click();
  const colleague = screen.getByRole('dialog', { name: 'Who allows it?' });
  await expectAccessible(colleague.element());
  await colleague.getByRole('button', { name: /senior-cashier/ }).click();
  await expect.element(colleague).toHaveTextContent(/to allow paying back/);
  await expectAccessible(colleague.element());
  const paid = await till.db.journal.filter(({ act }) => act === 'overpayment-returned').count();
  expect(paid).toBe(0);
});

test('in Russian the sum has its comma, and no way to pay it back is broken inside a word', async () => {
  await setLanguage('ru');
  const [customer, policy] = [await customerById(till.db, BORIS), till.policy.current];
  if (customer === null || policy === null) throw new Error('no card');
  const screen = await render(PayoutDialog, { customer, policy, onclose: () => undefined });
  await expect.element(screen.getByLabelText('Сколько вернуть')).toHaveValue('900,00');
  for (const way of ['Наличные', 'Карта', 'Перевод']) {
    const lines = document.createRange();
    lines.selectNodeContents(screen.getByText(way, { exact: true }).element());
    expect([way, lines.getClientRects().length]).toEqual([way, 1]);
  }
  const ways = screen.getByRole('group', { name: 'Чем вернуть' }).element();
  expect(ways.scrollWidth).toBeLessThanOrEqual(ways.clientWidth);
});
