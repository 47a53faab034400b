// The list of what is still to set up: in the empty till, until it is closed on this device.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { cleanup, render } from 'vitest-browser-svelte';
import { demoGoods } from '$lib/domain/demo/goods';
import { ONE } from '$lib/domain/values/quantity';
import { till } from '$lib/state/till.svelte';
import { setLanguage } from '$lib/ui/text/current.svelte';
import Till from '../../src/routes/till/Till.svelte';
import { importGoods } from '../support/goods';
import { openShop, OWNER, SENIOR } from '../support/storage-shop';

const goods = demoGoods({ code: 'RUB', digits: 2 }, 'en');
const address = location.hash;

beforeAll(async () => {
  await setLanguage('en');
  await openShop(till.db);
  await importGoods(till.db, { products: goods });
  await till.policy.load();
  await till.catalogue.load();
  await page.viewport(1280, 800);
});
afterEach(async () => {
  location.hash = address;
  till.register.startNew();
  await till.preferences.change({ checklistClosed: false });
});
afterAll(async () => {
  cleanup();
  await till.register.draft.write();
  await till.db.delete({ disableAutoOpen: false });
  await till.policy.load();
  await setLanguage('ru');
});

test('an owner of a shop with staff is led to what guards the drawer; ringing up takes the list away', async () => {
  till.signIn.enterAsNew(OWNER);
  const screen = await render(Till);
  const list = screen.getByRole('region', { name: 'Still to set up' });
  await expect.element(list).toBeVisible();
  const shown = list.getByRole('button').elements();
  expect(
    shown.map((row) => row.querySelector('.strong')?.textContent ?? row.textContent.trim()),
  ).toEqual([
    ...['Enter your staff’s phones', 'Count the float', 'Count the drawer blind'],
    ...['Remind customers of their debt', 'Do not show again'],
  ]);
  for (const [row, place] of [
    ['Enter your staff’s phones', '#/settings/staff'],
    ['Count the float', '#/settings/shop'],
    ['Count the drawer blind', '#/settings/shop'],
    ['Remind customers of their debt', '#/settings/codes-and-limits'],
  ] as const) {
    await list.getByRole('button', { name: row }).click();
    expect([row, location.hash]).toEqual([row, place]);
  }

  const piece = goods.find(({ unit }) => unit === 'piece');
  if (!piece) expect.fail('no goods');
  till.register.add(piece, piece.name, ONE);
  await expect.element(list).not.toBeInTheDocument();
});

test('once closed it stays away on this device, and a cashier never sees it', async () => {
  till.signIn.enterAsNew(OWNER);
  const screen = await render(Till);
  const list = screen.getByRole('region', { name: 'Still to set up' });
  await list.getByRole('button', { name: 'Do not show again' }).click();
  await expect.element(list).not.toBeInTheDocument();
  await till.preferences.recall();
  expect(till.preferences.current.checklistClosed).toBe(true);

  await till.preferences.change({ checklistClosed: false });
  await expect.element(list).toBeVisible();
  till.signIn.enterAsNew(SENIOR);
  await expect.element(list).not.toBeInTheDocument();
});
