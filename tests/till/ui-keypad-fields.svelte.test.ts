// Keys of a keypad beside fields: what they type, and that no system keyboard opens.
import { beforeEach, expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { userEvent } from 'vitest/browser';
import { money } from '$lib/domain/values/money';
import type { Quantity } from '$lib/domain/values/quantity';
import { typeOver } from '$lib/ui/keys';
import { setLanguage } from '$lib/ui/text/current.svelte';
import QuantityDialog from '../../src/routes/till/QuantityDialog.svelte';

beforeEach(async () => {
  await setLanguage('en');
  return () => setLanguage('ru');
});

const open = async (initial: number | null) => {
  const screen = await render(QuantityDialog, {
    title: 'Cheese',
    usualMost: null,
    unit: 'kilogram',
    price: money(100),
    initial: initial as Quantity | null,
    onset: () => undefined,
    onclose: () => undefined,
  });
  const field = screen.getByLabelText('How much, kg');
  await expect.element(field).toHaveFocus();
  const press = (name: string) => screen.getByRole('button', { name, exact: true }).click();
  return { screen, field, press };
};

test('the first key replaces the value, the next ones are added', async () => {
  const { field, press } = await open(1500);
  await expect.element(field).toHaveValue('1,5');
  await press('0');
  await press('. Decimal point');
  await press('4');
  await expect.element(field).toHaveValue('0.4');
  await press('Erase');
  await expect.element(field).toHaveValue('0.');
  await expect.element(field).toHaveFocus();
});

test('the system’s keyboard stays closed, and a hardware keyboard types', async () => {
  const { field } = await open(null);
  await expect.element(field).toHaveAttribute('inputmode', 'none');
  await userEvent.keyboard('0.25');
  await expect.element(field).toHaveValue('0.25');
});

test('a key types into the field also after another button had the focus', async () => {
  const { screen, field, press } = await open(null);
  (screen.getByRole('button', { name: 'Done' }).element() as HTMLElement).focus();
  await press('7');
  await expect.element(field).toHaveValue('7');
  await expect.element(field).toHaveFocus();
});

test.each([
  ['12', { from: 0, to: 2 }, '7', '7', 1],
  ['12', { from: 1, to: 1 }, '7', '172', 2],
  ['0', { from: 1, to: 1 }, '7', '7', 1],
  ['', { from: 0, to: 0 }, 'comma', '0.', 2],
  ['1,5', { from: 3, to: 3 }, 'comma', '1,5', 3],
  ['1,5', { from: 0, to: 3 }, 'comma', '0.', 2],
  ['12', { from: 2, to: 2 }, 'backspace', '1', 1],
  ['123', { from: 1, to: 3 }, 'backspace', '1', 1],
  ['123', { from: 1, to: 1 }, 'clear', '', 0],
] as const)('in %j, %j selected, %s gives %j', (text, selected, key, typed, caret) => {
  expect(typeOver(text, selected, key, '.')).toEqual({ text: typed, caret });
});
