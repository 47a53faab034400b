// Cards that will be erased: the screen says when, and only an owner is offered to stop it.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cleanup, render } from 'vitest-browser-svelte';
import { transact } from '$lib/storage/database/db';
import { delayIn, keepIn } from '$lib/storage/remote/forgotten-customers';
import { till } from '$lib/state/till.svelte';
import { setLanguage } from '$lib/ui/text/current.svelte';
import ToBeErased from '../../src/routes/customers/ToBeErased.svelte';
import { BORIS, downloaded, openShop, OWNER, SENIOR } from '../support/storage-shop';

beforeAll(async () => {
  await setLanguage('en');
  await openShop(till.db);
  await till.policy.load();
  const until = new Date(2027, 4, 6, 12, 30).getTime();
  await transact(till.db, [till.db.forgotten], () =>
    delayIn(till.db, [{ customer: BORIS, until, byRightAt: null }]),
  );
});
afterEach(() => cleanup());
afterAll(async () => {
  await till.db.delete({ disableAutoOpen: false });
  await till.policy.load();
  await setLanguage('ru');
});

test('a person who is no owner reads when the card is erased, and who can stop it', async () => {
  till.signIn.enterAsNew(SENIOR);
  const screen = await render(ToBeErased);
  await expect.element(screen.getByText('Борис Ёлкин')).toBeVisible();
  await expect.element(screen.getByText(/To be erased: .*6 May.* 12:30/)).toBeVisible();
  await expect.element(screen.getByText('Until then an owner can stop it.')).toBeVisible();
  await expect.element(screen.getByRole('button', { name: 'Stop' })).not.toBeInTheDocument();
});

test('an owner is offered to stop it, until it is over', async () => {
  till.signIn.enterAsNew(OWNER);
  const screen = await render(ToBeErased);
  await expect.element(screen.getByRole('button', { name: 'Stop' })).toBeEnabled();
  await transact(till.db, [till.db.forgotten], () => keepIn(till.db, [BORIS]));
  await downloaded(till.db);
  await expect.element(screen.getByText('Борис Ёлкин')).not.toBeInTheDocument();
});
