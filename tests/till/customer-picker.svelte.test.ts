// The choice of a customer at the till: a long list is read as far as it is looked at.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanup, render } from 'vitest-browser-svelte';
import { NO_DETAILS } from '$lib/domain/customers/customer';
import type { Phone } from '$lib/domain/values/phone';
import { till } from '$lib/state/till.svelte';
import { importCustomers } from '$lib/storage/customers/customers';
import { setLanguage } from '$lib/ui/text/current.svelte';
import CustomerPicker from '../../src/routes/till/CustomerPicker.svelte';
import { AT, id, openShop, OWNER, SENIOR } from '../support/storage-shop';

const MANY = 40;

beforeAll(async () => {
  await setLanguage('en');
  await openShop(till.db);
  const customers = Array.from({ length: MANY }, (_, place) => ({
    id: id(100 + place),
    name: `Яков ${String(place).padStart(2, '0')}`,
    phone: `+792500010${String(place).padStart(2, '0')}` as Phone,
    credit: { kind: 'shop-limit' as const },
    ...NO_DETAILS,
    owed: 0,
    points: 0,
  }));
  const attempt = { source: 'demo' as const, customers, approvals: [], operator: OWNER, at: AT };
  expect(await importCustomers(till.db, attempt)).toMatchObject({ kind: 'saved' });
  till.signIn.enterAsNew(SENIOR);
});
afterAll(async () => {
  cleanup();
  await till.db.delete({ disableAutoOpen: false });
  await setLanguage('ru');
});

test('a list of all customers goes on when its end is seen, until everyone is listed', async () => {
  const { container } = await render(CustomerPicker, { onclose: () => undefined });
  const rows = () => [...container.querySelectorAll('.list button')];
  await expect.poll(() => rows().length).toBeGreaterThan(0);
  const first = rows().length;
  expect(first).toBeLessThan(MANY);
  await expect
    .poll(() => {
      rows().at(-1)?.scrollIntoView();
      return rows().length;
    })
    .toBeGreaterThan(MANY);
});
