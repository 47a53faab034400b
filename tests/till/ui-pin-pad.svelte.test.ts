// The PIN pad: hands over a complete PIN and keeps none of it after a refusal.
import { expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { userEvent } from 'vitest/browser';
import PinPad from '$lib/ui/PinPad.svelte';

function pad(extra: Record<string, unknown> = {}) {
  const full: string[] = [];
  const onfull = (pin: string) => void full.push(pin);
  return { full, props: { digits: 4, label: 'PIN', onfull, ...extra } };
}

test('a PIN is handed over with its last digit, leading zeros included', async () => {
  const { full, props } = pad();
  const screen = await render(PinPad, props);
  for (const digit of '0042') {
    await screen.getByRole('button', { name: digit, exact: true }).click();
  }
  await expect.poll(() => full).toEqual(['0042']);
});

test('the PIN can be typed on the keyboard, and Backspace removes a digit', async () => {
  const { full, props } = pad();
  await render(PinPad, props);
  await userEvent.keyboard('129{Backspace}34');
  await expect.poll(() => full).toEqual(['1234']);
});

test('digits typed into another field are not part of the PIN', async () => {
  const { full, props } = pad();
  await render(PinPad, props);
  const input = document.createElement('input');
  document.body.append(input);
  input.focus();
  await userEvent.keyboard('1234');
  input.remove();
  expect(full).toEqual([]);
});

test('a refusal clears the dots and is read aloud', async () => {
  const { full, props } = pad();
  const screen = await render(PinPad, props);
  await userEvent.keyboard('1234');
  await expect.poll(() => full).toEqual(['1234']);
  await screen.rerender({ refusals: 1, error: 'Wrong PIN' });
  await expect.element(screen.getByRole('alert')).toHaveTextContent('Wrong PIN');
  await expect.element(screen.getByRole('img', { name: 'Введено 0 из 4' })).toBeVisible();
  await userEvent.keyboard('5678');
  await expect.poll(() => full).toEqual(['1234', '5678']);
});

test('while the PIN is being checked no digit is accepted', async () => {
  const { full, props } = pad({ busy: true });
  await render(PinPad, props);
  await userEvent.keyboard('1234');
  expect(full).toEqual([]);
});

test('typed digits stay when the staff is loaded again and the person has the same number of digits', async () => {
  let olga = $state.raw({ digits: 4 });
  const given: string[] = [];
  const screen = await render(PinPad, {
    label: 'PIN',
    get digits() {
      return olga.digits;
    },
    onfull: (pin: string) => given.push(pin),
  });
  await userEvent.keyboard('24');
  olga = { digits: 4 };
  await expect.element(screen.getByRole('img')).toHaveAccessibleName(/2/);
  await userEvent.keyboard('68');
  await expect.poll(() => given).toEqual(['2468']);
});
