// Asking a colleague to allow an act: who may, what the button says, whom the act names.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { till } from '$lib/state/till.svelte';
import { setLanguage } from '$lib/ui/text/current.svelte';
import { ColleagueAsk } from '../../src/routes/shared/override/colleague-ask.svelte';
import { CASHIER, openShop, OWNER, SENIOR } from '../support/storage-shop';

beforeAll(async () => {
  await setLanguage('en');
  await openShop(till.db);
  await till.policy.load();
});
afterAll(async () => {
  await till.db.delete({ disableAutoOpen: false });
  await till.policy.load();
  await setLanguage('ru');
});

/** Whom an act would name; nothing: it has not gone on. */
function asked(ask: ColleagueAsk): (string | null)[] {
  const named: (string | null)[] = [];
  ask.allow((colleague) => named.push(colleague));
  return named;
}

test('with the right an act goes on at once and names nobody', () => {
  till.signIn.enterAsNew(SENIOR);
  const ask = new ColleagueAsk('correct-tender');
  expect(ask.button('Correct it')).toBe('Correct it');
  expect(asked(ask)).toEqual([null]);
  expect(ask.waiting).toBeNull();
});

test('without it an act waits for a colleague with the right, and names them once', () => {
  till.signIn.enterAsNew(CASHIER);
  const ask = new ColleagueAsk('correct-tender');
  expect(ask.button('Correct it')).toBe('Call a colleague');
  expect(ask.colleagues.map(({ id }) => id)).toEqual([OWNER, SENIOR]);
  expect(ask.anyone).toBe(OWNER);
  const named = asked(ask);
  expect([named, ask.waiting]).toEqual([[], expect.any(Function)]);
  ask.came(SENIOR);
  ask.came(OWNER);
  expect([named, ask.waiting]).toEqual([[SENIOR], null]);
});

test('a colleague who may not allow it here is not asked, and another operator has other colleagues', () => {
  till.signIn.enterAsNew(CASHIER);
  const ask = new ColleagueAsk('correct-tender', (by) => by !== OWNER);
  expect(ask.anyone).toBe(SENIOR);
  till.signIn.enterAsNew(SENIOR);
  expect([ask.mayAlone, ask.anyone]).toEqual([true, null]);
});
