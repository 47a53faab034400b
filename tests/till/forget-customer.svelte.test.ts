// The dialogue about forgetting a customer: their code, five a day without it, then an owner's.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cleanup, render } from 'vitest-browser-svelte';
import { till } from '$lib/state/till.svelte';
import { customerById } from '$lib/storage/customers/customers';
import { setLanguage } from '$lib/ui/text/current.svelte';
import ForgetCustomer from '../../src/routes/customers/ForgetCustomer.svelte';
import { BORIS, id, NO_PHONE, openShop, OWNER } from '../support/storage-shop';

beforeAll(async () => {
  await setLanguage('en');
  await openShop(till.db);
  await till.policy.load();
  till.signIn.enterAsNew(OWNER);
});
afterEach(async () => {
  cleanup();
  await till.db.forgotten.clear();
});
afterAll(async () => {
  await till.db.delete({ disableAutoOpen: false });
  await till.policy.load();
  await setLanguage('ru');
});

/** Staff have forgotten this many today without anybody's code. */
const byRight = (count: number) =>
  till.db.forgotten.bulkPut(
    Array.from({ length: count }, (_, place) => ({
      customer: id(3400 + place),
      state: 'erased' as const,
      byRightAt: till.now(),
      until: null,
    })),
  );

async function open(customerId: string) {
  const customer = await customerById(till.db, customerId);
  if (customer === null) throw new Error('no card');
  const nothing = () => undefined;
  const screen = await render(ForgetCustomer, { customer, ondone: nothing, onclose: nothing });
  return screen.getByRole('dialog', { name: 'Forget this customer?' });
}

test('a customer with a phone is asked for a code, or is one of five a day', async () => {
  await byRight(3);
  const dialog = await open(BORIS);
  await expect.element(dialog.getByText(/The code goes to .*06/)).toBeVisible();
  await expect.element(dialog.getByText(/may forget 2.more customers this way/)).toBeVisible();
  await expect.element(dialog.getByRole('button', { name: 'Send a code' })).toBeEnabled();
  await dialog.getByRole('button', { name: 'Without a code' }).click();
  await expect.poll(() => till.db.forgotten.get(BORIS)).toMatchObject({ state: 'asked' });
});

test('after five, one without a phone takes an owner’s code', async () => {
  await byRight(5);
  const dialog = await open(NO_PHONE);
  await expect.element(dialog.getByText(/takes an owner’s code/)).toBeVisible();
  await expect.element(dialog.getByRole('button', { name: 'With an owner’s code' })).toBeEnabled();
  for (const name of ['Forget', 'Without a code', 'Send a code'])
    await expect.element(dialog.getByRole('button', { name })).not.toBeInTheDocument();
  expect(await till.db.forgotten.get(NO_PHONE)).toBeUndefined();
});
