// The form of codes and limits: the order of methods, what weakens consent, and what is refused.
import { beforeEach, expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import type { Policy } from '$lib/contract/policy';
import { setLanguage } from '$lib/ui/text/current.svelte';
import Rules from '../../src/routes/codes-and-limits/Rules.svelte';
import { policyOf } from '../support/storage-shop';

beforeEach(async () => {
  await setLanguage('en');
  return () => setLanguage('ru');
});

/** A shop in pounds as the relay has signed it: a debt limit of 100.00, codes by SMS, numbers of one country. */
const POLICY = policyOf(1, (policy) => {
  policy.shop.currency = { code: 'GBP', digits: 2 };
  policy.credit.debtLimit = 10_000;
  policy.allowedPrefixes = ['+44'];
});

/** The form; `saved` is the policy as its button would save it, null until then. */
async function shown() {
  let saved: Policy | null = null;
  const screen = await render(Rules, {
    policy: POLICY,
    whyNot: () => null,
    isWeak: (channel: string) => channel === 'call',
    ownersNotified: true,
    disabled: false,
    busy: false,
    trouble: null,
    onedit: () => undefined,
    onsave: (edit: (policy: Policy) => Policy) => {
      saved = edit(POLICY);
    },
  });
  const save = () => screen.getByRole('button', { name: 'Save' }).click();
  return { screen, save, saved: () => saved };
}

test('methods are tried in the manager’s order', async () => {
  const { screen, save, saved } = await shown();
  const add = screen.getByRole('group', { name: 'Sale on account: add a method' });
  await add.getByRole('button', { name: 'Call' }).click();
  await add.getByRole('button', { name: 'Viber' }).click();
  const earlier = screen.getByRole('button', { name: 'Viber: earlier' });
  await earlier.click();
  const chain = screen.getByRole('list', { name: 'Sale on account: what to try next' });
  await expect.poll(() => chain.getByRole('listitem').all().length).toBe(2);
  await expect.element(chain.getByRole('listitem').first()).toHaveTextContent(/then Viber/);
  await expect.element(chain.getByRole('listitem').last()).toHaveTextContent(/then Call.*weak/);
  await expect.element(screen.getByText('up to once in a thousand a day')).toBeVisible();
  await earlier.click();
  const methods = screen.getByRole('group', { name: 'Sale on account', exact: true });
  await expect.element(methods.getByRole('radio', { name: 'Viber' })).toBeChecked();
  await add.getByRole('button', { name: 'Telegram' }).click();
  await screen.getByRole('button', { name: 'Telegram: remove' }).click();
  await screen.getByLabelText('How long to wait for delivery').selectOptions('1 minute');
  await save();
  expect(saved()?.methods['sell-on-account']).toEqual({
    chain: ['viber', 'sms', 'call'],
    threshold: 0,
    nextAfterMs: 60_000,
  });
});

test('what weakens consent is shown before it is saved, and what strengthens it is not', async () => {
  const { screen, saved } = await shown();
  const note = screen.getByText('This reduces the customers’ protection');
  const limit = screen.getByLabelText('Debt limit of a customer');
  await limit.fill('50');
  expect(note.query()).toBeNull();
  await limit.fill('200');
  await expect.element(screen.getByText('debt limit £100.00 → £200.00')).toBeVisible();
  const points = screen.getByRole('group', { name: 'Redeeming points', exact: true });
  await points.getByRole('radio', { name: 'Nothing' }).click();
  const both = /points without a code; debt limit £100\.00 → £200\.00\./;
  await expect.element(screen.getByText(both)).toBeVisible();
  await expect.element(note).toBeVisible();
  await expect
    .element(screen.getByText('All owners with a phone number on record will be notified.'))
    .toBeVisible();
  expect(saved()).toBeNull();
});

test('an invalid field is named, and nothing is saved', async () => {
  const { screen, save, saved } = await shown();
  const prefixes = screen.getByLabelText('Numbers that may be written to');
  await expect.element(prefixes).toHaveValue('+44');
  await prefixes.fill('07, +44');
  await screen.getByLabelText('To one number an hour').fill('0');
  await save();
  await expect.element(screen.getByText('This takes a whole number from 1 to 1000.')).toBeVisible();
  await expect
    .element(screen.getByText('A beginning has the plus and the country code'))
    .toBeVisible();
  await expect.element(prefixes).toHaveFocus();
  await prefixes.fill('+44, +979');
  await expect.element(screen.getByText('Satellite and premium-rate networks')).toBeVisible();
  await prefixes.fill('');
  await expect.element(screen.getByText('Enter at least one beginning')).toBeVisible();
  expect(saved()).toBeNull();
});
