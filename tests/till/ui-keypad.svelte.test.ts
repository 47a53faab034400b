// The keypad: reports the pressed key, and does not take the focus.
import { expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { keyOf, typeKey, type Key } from '$lib/ui/keys';
import Keypad from '$lib/ui/Keypad.svelte';

test('every key reports itself', async () => {
  const keys: Key[] = [];
  const screen = await render(Keypad, { onkey: (key: Key) => void keys.push(key) });
  for (const digit of '1234567890') {
    await screen.getByRole('button', { name: digit, exact: true }).click();
  }
  await screen.getByRole('button', { name: 'Запятая' }).click();
  await screen.getByRole('button', { name: 'Стереть' }).click();
  expect(keys).toEqual([...'1234567890', 'comma', 'backspace']);
});

test('a press leaves the focus in the current field', async () => {
  const input = document.createElement('input');
  document.body.append(input);
  input.focus();
  const screen = await render(Keypad, { onkey: () => undefined });
  await screen.getByRole('button', { name: '5' }).click();
  expect(document.activeElement).toBe(input);
  input.remove();
});

test('keys are at least 48 pixels in both directions', async () => {
  const screen = await render(Keypad, { onkey: () => undefined, shape: 'even' });
  for (const button of screen.container.querySelectorAll('button')) {
    const box = button.getBoundingClientRect();
    expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(48);
  }
});

test('keys build an amount as a person expects', () => {
  const type = (keys: readonly Key[]) => keys.reduce(typeKey, '');
  expect(type(['1', '2', 'comma', '5'])).toBe('12,5');
  expect(type(['comma', '5'])).toBe('0,5');
  expect(type(['1', 'comma', 'comma', '5'])).toBe('1,5');
  expect(type(['0', '7'])).toBe('7');
  expect(type(['1', '2', 'backspace'])).toBe('1');
  expect(type(['1', '2', 'clear'])).toBe('');
});

test('point and comma of a keyboard are the same key', () => {
  expect(['1', '.', ',', 'Backspace', 'Delete', 'a', 'F2'].map((key) => keyOf({ key }))).toEqual([
    '1',
    'comma',
    'comma',
    'backspace',
    'clear',
    null,
    null,
  ]);
});
