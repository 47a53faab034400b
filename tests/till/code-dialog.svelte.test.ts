// The code dialogue at the till: everything in sight at every size, typed with its own keypad.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { cleanup, render } from 'vitest-browser-svelte';
import { tick } from 'svelte';
import { till } from '$lib/state/till.svelte';
import { setLanguage } from '$lib/ui/text/current.svelte';
import CodeDialog from '../../src/routes/till/CodeDialog.svelte';
import NoCodeDialog from '../../src/routes/till/NoCodeDialog.svelte';
import { awaiting, jointAsk, run, view } from '../domain/checkout-fixtures';
import { NOW } from '../domain/fixtures';
import { expectAccessible } from '../support/axe-part';
import { crowded } from '../support/crowded';
import { BORIS, CASHIER, openShop, SENIOR } from '../support/storage-shop';

beforeAll(async () => {
  await openShop(till.db);
  await till.policy.load();
  till.signIn.enterAsNew(CASHIER);
  await till.register.chooseCustomer(BORIS);
});
beforeEach(() => {
  till.clock.setByRelay(NOW);
  till.register.checkout.show({ checkout: awaiting, askedBy: CASHIER, begun: true });
});
afterAll(async () => {
  cleanup();
  till.clock.setByRelay(Date.now());
  till.register.startNew();
  till.signIn.lock();
  await till.register.draft.write();
  await till.db.delete({ disableAutoOpen: false });
  await till.policy.load();
  await page.viewport(1280, 800);
  await setLanguage('ru');
});

const open = () => render(CodeDialog, { onturn: () => undefined, onhold: () => undefined });

const sizes = [
  [1280, 800],
  [800, 1280],
  [390, 844],
  [844, 390],
  [640, 400],
] as const;

for (const [width, height] of sizes)
  for (const language of ['en', 'ru'] as const)
    test(`at ${width} × ${height} it needs no scrolling, in demo mode either: ${language}`, async () => {
      await page.viewport(width, height);
      await setLanguage(language);
      // points and debt by one code
      const { also } = jointAsk;
      const shown = { ...awaiting, also, wrong: { checksLeft: 4 }, view: { ...view, demo: true } };
      till.register.checkout.show({ checkout: shown, askedBy: CASHIER, begun: true });
      const { container, unmount } = await open();
      const body = container.querySelector('.body') ?? expect.fail('no dialogue');
      expect(body.scrollHeight).toBeLessThanOrEqual(body.clientHeight);
      expect(crowded()).toEqual([]);
      for (const part of body.querySelectorAll('button, input, .deal, .demo a')) {
        const { top, bottom, height: own } = part.getBoundingClientRect();
        expect([top >= 0, bottom <= height, own > 0], part.outerHTML).toEqual([true, true, true]);
      }
      await unmount();
    });

for (const [width, height] of sizes)
  for (const language of ['en', 'ru'] as const)
    test(`at ${width} × ${height} what is left without a code needs no scrolling: ${language}`, async () => {
      await page.viewport(width, height);
      await setLanguage(language);
      till.signIn.enterAsNew(SENIOR);
      const checkout = run(awaiting, { kind: 'phone-not-at-hand' });
      till.register.checkout.show({ checkout, askedBy: SENIOR, begun: true });
      const { container, unmount } = await render(NoCodeDialog, { onhold: () => undefined });
      const body = container.querySelector('.body') ?? expect.fail('no dialogue');
      expect(body.scrollHeight - body.clientHeight).toBe(0);
      expect(body.querySelectorAll('button, label').length).toBeGreaterThan(10);
      expect(crowded()).toEqual([]);
      await unmount();
      till.signIn.enterAsNew(CASHIER);
    });

test('nothing that is said about the code or its messages moves the boxes', async () => {
  await setLanguage('en');
  await page.viewport(1280, 800);
  const { container, unmount } = await open();
  const place = () => {
    const { left, top, width, height } = container.querySelector('input')!.getBoundingClientRect();
    return [left, top, width, height].map(Math.round);
  };
  const before = place();
  const earlier = { channel: 'sms', codeLength: 6, sentAt: NOW, delivery: 'failed' } as const;
  const next = { channel: 'call', at: NOW + 20_000 } as const;
  for (const change of [
    { wrong: { checksLeft: 1 } },
    { kind: 'checking' } as const,
    { view: { ...view, sendsLeft: 0, resendAt: NOW, delivery: 'failed' } as const },
    { view: { ...view, demo: false, earlier: [earlier, earlier], next } },
  ]) {
    const checkout = { ...awaiting, ...change } as typeof awaiting;
    till.register.checkout.show({ checkout, askedBy: CASHIER, begun: true });
    await tick();
    expect(place(), JSON.stringify(change)).toEqual(before);
  }
  await unmount();
});

test('its keypad types the code, leading zeros too, and the system’s keyboard stays closed', async () => {
  await setLanguage('en');
  const screen = await open();
  const field = screen.getByLabelText('Code from the message, 6 digits');
  await expect.element(field).toHaveAttribute('inputmode', 'none');
  await expect.element(field).toHaveFocus();
  const press = (name: string) => screen.getByRole('button', { name, exact: true }).click();
  for (const key of ['0', '0', '7']) await press(key);
  await expect.element(field).toHaveValue('007');
  await press('Erase');
  await userEvent.keyboard('5');
  await expect.element(field).toHaveValue('005');
  await press('Clear');
  await expect.element(field).toHaveValue('');
  await screen.unmount();
});

test('a press beside the buttons leaves the focus in the field', async () => {
  await setLanguage('en');
  const screen = await open();
  const field = screen.getByLabelText('Code from the message, 6 digits');
  await expect.element(field).toHaveFocus();
  await screen.getByRole('heading', { name: 'Customer’s code' }).click();
  await screen.getByText('Sent at').click();
  await expect.element(field).toHaveFocus();
  await screen.unmount();
});

test('something else has Back to payment alone, and Escape returns to the code that was sent', async () => {
  await setLanguage('en');
  const checkout = run(awaiting, { kind: 'did-not-arrive' });
  till.register.checkout.show({ checkout, askedBy: CASHIER, begun: true });
  const screen = await render(NoCodeDialog, { onhold: () => undefined });
  const button = (name: string) => screen.getByRole('button', { name, exact: true });
  await expect.element(button('Back to payment')).toBeVisible();
  await expectAccessible(screen.getByRole('dialog').element());
  await expect.element(button('Close')).not.toBeInTheDocument();
  await userEvent.keyboard('{Escape}');
  await expect.poll(() => till.register.checkout.current.kind).toBe('awaiting-code');
  await screen.unmount();
});

test('the other ways are named and can be read in both themes', async () => {
  await setLanguage('en');
  const screen = await open();
  await screen.getByRole('button', { name: 'Something else…' }).click();
  const ways = screen.getByRole('dialog', { name: 'Something else' });
  await expect
    .element(ways.getByRole('button', { name: /^The code did not arrive/ }))
    .toBeVisible();
  await expectAccessible(ways.element());
  await screen.unmount();
});
