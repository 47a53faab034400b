// The quantity dialogue: what a typed weight is asked about before it counts.
import { beforeEach, expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { userEvent } from 'vitest/browser';
import { money } from '$lib/domain/values/money';
import type { Quantity } from '$lib/domain/values/quantity';
import { setLanguage } from '$lib/ui/text/current.svelte';
import QuantityDialog from '../../src/routes/till/QuantityDialog.svelte';

let set: Quantity[] = [];
beforeEach(async () => {
  set = [];
  await setLanguage('en');
  return () => setLanguage('ru');
});

const open = (props: { unit: 'piece' | 'kilogram'; initial?: Quantity; typed?: string }) =>
  render(QuantityDialog, {
    title: 'Cheese',
    usualMost: null,
    price: money(100),
    initial: null,
    typed: null,
    ...props,
    onset: (amount: Quantity) => void set.push(amount),
    onclose: () => undefined,
  });

test('412 without a decimal mark may be grams: the first answer sells 412 g', async () => {
  const screen = await open({ unit: 'kilogram' });
  await userEvent.keyboard('412{Enter}');
  const question = screen.getByRole('alertdialog', { name: 'Did you mean 412 g?' });
  await expect.element(question).toBeVisible();
  expect(set).toEqual([]);
  await question.getByRole('button', { name: '412 g', exact: true }).click();
  expect(set).toEqual([412]);
});

test('the other answer sells 412 kg', async () => {
  const screen = await open({ unit: 'kilogram' });
  await userEvent.keyboard('412{Enter}');
  await screen.getByRole('button', { name: 'No, 412' }).click();
  expect(set).toEqual([412_000]);
});

test('more than is usual is asked about, and can be corrected', async () => {
  const screen = await open({ unit: 'kilogram' });
  await userEvent.keyboard('20,5{Enter}');
  await screen.getByRole('button', { name: 'Correct it' }).click();
  expect(set).toEqual([]);
  await userEvent.keyboard('{Enter}');
  await screen.getByRole('button', { name: 'Yes, 20.500' }).click();
  expect(set).toEqual([20_500]);
});

test('a usual weight, and any number of pieces, count at once', async () => {
  const screen = await open({ unit: 'kilogram' });
  await userEvent.keyboard('0,412{Enter}');
  await screen.unmount();
  await open({ unit: 'piece' });
  await userEvent.keyboard('412{Enter}');
  expect(set).toEqual([412, 412_000]);
});

test('a weight that was accepted before is not asked about again', async () => {
  await open({ unit: 'kilogram', initial: 25_000 as Quantity });
  await userEvent.keyboard('{Enter}');
  expect(set).toEqual([25_000]);
});

test('an unlikely weight that was typed before the goods is asked about at once', async () => {
  const screen = await open({ unit: 'kilogram', typed: '412' });
  await screen.getByRole('button', { name: '412 g', exact: true }).click();
  expect(set).toEqual([412]);
});
